//! Addresses: of identity providers, of redirects, of webhook receivers.

use std::fmt;

use url::{Host, Url};

use crate::environment::EnvironmentKind;

/// Longest address that is taken, in bytes. Browsers and proxies cut off not far above it.
pub const URL_BYTES_MAX: usize = 2_048;

/// Longest entity id, in characters. Source: SAML Core 2.0, section 8.3.6.
pub const ENTITY_ID_CHARS_MAX: usize = 1_024;

/// Why an address was refused. The message completes a sentence that names the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Nothing was given.
    #[error("must not be empty")]
    Empty,
    /// Longer than [`URL_BYTES_MAX`].
    #[error("must be at most {URL_BYTES_MAX} bytes long")]
    TooLong,
    /// Not an absolute URL.
    #[error("must be an absolute URL such as https://app.example.com/path")]
    Syntax,
    /// Another scheme than https.
    #[error("must use https")]
    Scheme,
    /// http where only a loopback host in a sandbox environment may have it.
    #[error(
        "must use https; http is accepted only for localhost and loopback addresses in a sandbox environment"
    )]
    PlainHttp,
    /// User name or password inside.
    #[error("must not contain a user name or password")]
    UserInfo,
    /// A fragment.
    #[error("must not contain a fragment (`#…`)")]
    Fragment,
    /// No host.
    #[error("must name a host")]
    Host,
    /// White space or a control character in the middle, which parsers treat differently.
    #[error("must not contain spaces or control characters")]
    ControlCharacter,
}

fn parse_strict(raw: &str) -> Result<Url, UrlError> {
    if raw.is_empty() {
        return Err(UrlError::Empty);
    }
    if raw.len() > URL_BYTES_MAX {
        return Err(UrlError::TooLong);
    }
    // The WHATWG parser drops tabs and newlines and turns backslashes into slashes, so that what
    // a browser opens is not what a person read.
    if raw.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(UrlError::ControlCharacter);
    }
    let url = Url::parse(raw).map_err(|_| UrlError::Syntax)?;
    if !url.has_host() || url.host_str().is_none_or(str::is_empty) {
        return Err(if url.cannot_be_a_base() { UrlError::Scheme } else { UrlError::Host });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlError::UserInfo);
    }
    Ok(url)
}

/// Whether the host is this machine itself: `localhost`, a name below it, or a loopback address.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

macro_rules! url_newtype {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The address as it was given.
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{:?}", self.0) }
        }
    )*};
}

url_newtype! {
    /// An address of an identity provider. Always https, except that http is kept where a
    /// provider inside a private network publishes it and the operator's allow-list reaches it:
    /// [`HttpsUrl::parse_allowing_http`].
    HttpsUrl;
    /// An address a person's browser may be sent back to.
    ReturnUrl;
    /// The entity id of a SAML party: any non-empty text, usually a URI.
    EntityId;
    /// An OpenID Connect issuer: an https URL without query or fragment.
    Issuer;
    /// The address of a webhook receiver.
    WebhookUrl;
}

impl HttpsUrl {
    /// Accepts an absolute https URL. A fragment is refused: it never reaches a server.
    pub fn parse(raw: &str) -> Result<Self, UrlError> {
        let url = parse_strict(raw)?;
        match url.scheme() {
            "https" if url.fragment().is_some() => Err(UrlError::Fragment),
            "https" => Ok(Self(raw.to_owned())),
            _ => Err(UrlError::Scheme),
        }
    }

    /// Accepts http as well, where the guarded client decides what may be reached.
    pub fn parse_allowing_http(raw: &str) -> Result<Self, UrlError> {
        let url = parse_strict(raw)?;
        match url.scheme() {
            "https" | "http" if url.fragment().is_some() => Err(UrlError::Fragment),
            "https" | "http" => Ok(Self(raw.to_owned())),
            _ => Err(UrlError::Scheme),
        }
    }
}

impl ReturnUrl {
    /// Accepts https; plain http only for loopback hosts in a sandbox environment.
    pub fn parse(raw: &str, environment: EnvironmentKind) -> Result<Self, UrlError> {
        let url = parse_strict(raw)?;
        if url.fragment().is_some() {
            return Err(UrlError::Fragment);
        }
        match (url.scheme(), environment) {
            ("https", _) => Ok(Self(raw.to_owned())),
            ("http", EnvironmentKind::Sandbox) if is_loopback(&url) => Ok(Self(raw.to_owned())),
            ("http", _) => Err(UrlError::PlainHttp),
            _ => Err(UrlError::Scheme),
        }
    }

    /// Rebuilds an address from a store's row: it was parsed when it came in, and a rule that
    /// became stricter since must not make the row unreadable.
    pub fn from_stored(raw: String) -> Self {
        Self(raw)
    }
}

impl WebhookUrl {
    /// Accepts https; plain http only for loopback hosts in a sandbox environment.
    pub fn parse(raw: &str, environment: EnvironmentKind) -> Result<Self, UrlError> {
        ReturnUrl::parse(raw, environment).map(|url| Self(url.0))
    }

    /// Rebuilds an address from a store's row, see [`ReturnUrl::from_stored`].
    pub fn from_stored(raw: String) -> Self {
        Self(raw)
    }
}

/// Why an entity id was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntityIdError {
    /// Nothing, or only white space.
    #[error("must not be empty")]
    Empty,
    /// Longer than [`ENTITY_ID_CHARS_MAX`].
    #[error("must be at most {ENTITY_ID_CHARS_MAX} characters long")]
    TooLong,
    /// White space around or a control character inside; comparison is exact, so it would never
    /// match.
    #[error("must not begin or end with a space or contain control characters")]
    WhiteSpace,
}

impl EntityId {
    /// Accepts any text a provider may use as its name.
    ///
    /// Real providers use URNs, bare host names and words; only what can never match is refused.
    pub fn parse(raw: &str) -> Result<Self, EntityIdError> {
        if raw.trim().is_empty() {
            return Err(EntityIdError::Empty);
        }
        if raw.chars().count() > ENTITY_ID_CHARS_MAX {
            return Err(EntityIdError::TooLong);
        }
        if raw.trim() != raw || raw.chars().any(char::is_control) {
            return Err(EntityIdError::WhiteSpace);
        }
        Ok(Self(raw.to_owned()))
    }
}

impl Issuer {
    /// Accepts an https URL without query and fragment. Source: OpenID Connect Discovery 1.0,
    /// section 3. Plain http is left to the guarded client, as for [`HttpsUrl`].
    pub fn parse(raw: &str) -> Result<Self, UrlError> {
        let url = parse_strict(raw)?;
        if url.fragment().is_some() || url.query().is_some() {
            return Err(UrlError::Fragment);
        }
        match url.scheme() {
            "https" | "http" => Ok(Self(raw.to_owned())),
            _ => Err(UrlError::Scheme),
        }
    }

    /// Where the provider's discovery document is.
    pub fn discovery_url(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.0.trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EnvironmentKind::{Production, Sandbox};

    #[test]
    fn a_return_url_is_https_without_user_info_or_fragment() {
        let cases = [
            ("https://app.example.com/done?x=1", Ok(())),
            ("", Err(UrlError::Empty)),
            ("app.example.com", Err(UrlError::Syntax)),
            ("/done", Err(UrlError::Syntax)),
            ("//app.example.com/done", Err(UrlError::Syntax)),
            ("javascript:alert(1)", Err(UrlError::Scheme)),
            ("data:text/html,x", Err(UrlError::Scheme)),
            ("ftp://app.example.com", Err(UrlError::Scheme)),
            ("https://", Err(UrlError::Syntax)),
            ("https://u:p@app.example.com", Err(UrlError::UserInfo)),
            ("https://u@app.example.com", Err(UrlError::UserInfo)),
            ("https://app.example.com/#x", Err(UrlError::Fragment)),
            ("https://app.example.com/\n", Err(UrlError::ControlCharacter)),
            (" https://app.example.com", Err(UrlError::ControlCharacter)),
            ("https:\\\\app.example.com", Err(UrlError::ControlCharacter)),
            ("http://app.example.com", Err(UrlError::PlainHttp)),
            ("http://localhost.example.com", Err(UrlError::PlainHttp)),
        ];
        for (raw, wanted) in cases {
            assert_eq!(ReturnUrl::parse(raw, Production).map(drop), wanted, "{raw:?}");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_in_a_sandbox() {
        for raw in
            ["http://localhost:3000/x", "http://127.0.0.1/", "http://[::1]:8080/", "http://a.localhost/"]
        {
            assert!(ReturnUrl::parse(raw, Sandbox).is_ok(), "{raw}");
            assert_eq!(ReturnUrl::parse(raw, Production), Err(UrlError::PlainHttp), "{raw}");
        }
        assert_eq!(ReturnUrl::parse("http://10.0.0.1/", Sandbox), Err(UrlError::PlainHttp));
    }

    #[test]
    fn length_is_limited_exactly() {
        let at = |n: usize| format!("https://a.example/{}", "x".repeat(n - "https://a.example/".len()));
        assert!(HttpsUrl::parse(&at(URL_BYTES_MAX)).is_ok());
        assert_eq!(HttpsUrl::parse(&at(URL_BYTES_MAX + 1)), Err(UrlError::TooLong));
        assert!(EntityId::parse(&"é".repeat(ENTITY_ID_CHARS_MAX)).is_ok());
        assert_eq!(EntityId::parse(&"é".repeat(ENTITY_ID_CHARS_MAX + 1)), Err(EntityIdError::TooLong));
    }

    #[test]
    fn an_entity_id_is_any_text_that_can_match() {
        for raw in ["urn:example:idp", "idp", "http://www.okta.com/1", "a b"] {
            assert!(EntityId::parse(raw).is_ok(), "{raw}");
        }
        assert_eq!(EntityId::parse("  "), Err(EntityIdError::Empty));
        assert_eq!(EntityId::parse("idp "), Err(EntityIdError::WhiteSpace));
        assert_eq!(EntityId::parse("i\ndp"), Err(EntityIdError::WhiteSpace));
    }

    #[test]
    fn discovery_is_below_the_issuer_whatever_its_slash() {
        for raw in ["https://idp.example.com/a", "https://idp.example.com/a/"] {
            assert_eq!(
                Issuer::parse(raw).unwrap().discovery_url(),
                "https://idp.example.com/a/.well-known/openid-configuration"
            );
        }
        assert_eq!(Issuer::parse("https://idp.example.com/?a=1"), Err(UrlError::Fragment));
    }
}
