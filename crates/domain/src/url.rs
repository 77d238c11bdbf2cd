//! Addresses: of identity providers, of redirects, of webhook receivers.

use std::fmt;

use url::{Host, Position, Url};

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

/// Where an issuer's discovery document is, below the issuer.
///
/// Source: OpenID Connect Discovery 1.0, section 4.
const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";

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

    /// Accepts an issuer as a provider's own document names it: as [`Issuer::parse`] does, or a
    /// bare host name.
    ///
    /// Google named itself `accounts.google.com` for years, against the specification, and its id
    /// tokens may still do so. The comparison with `iss` is exact either way.
    pub fn parse_published(raw: &str) -> Result<Self, UrlError> {
        match Self::parse(raw) {
            Err(UrlError::Syntax) if is_host_name(raw) => Ok(Self(raw.to_owned())),
            parsed => parsed,
        }
    }

    /// Rebuilds an issuer from a store's row, see [`ReturnUrl::from_stored`].
    pub fn from_stored(raw: String) -> Self {
        Self(raw)
    }

    /// Where the provider's discovery document is.
    pub fn discovery_url(&self) -> String {
        let scheme = if is_host_name(&self.0) { "https://" } else { "" };
        format!("{scheme}{}{DISCOVERY_PATH}", self.0.trim_end_matches('/'))
    }

    /// The issuers that a person may have meant, each with the address of its discovery document,
    /// in the order to try them.
    ///
    /// People paste the issuer, the address of the discovery document or a bare host name, with
    /// spaces around it, and with or without the last slash: consoles show either, while the
    /// comparison with the document is exact. The likelier reading comes first; both readings
    /// share one address, so one fetch serves them.
    pub fn candidates(raw: &str) -> Result<Vec<(Self, String)>, UrlError> {
        let raw = raw.trim();
        let with_scheme =
            if raw.contains("://") || raw.is_empty() { raw.to_owned() } else { format!("https://{raw}") };
        let url = parse_strict(&with_scheme)?;
        if url.fragment().is_some() {
            return Err(UrlError::Fragment);
        }
        // Scheme and host are rebuilt from the parsed form: in lower case, as documents name them.
        let origin = &url[..Position::BeforePath];
        let well_known = url
            .path()
            .split_once(DISCOVERY_PATH)
            .filter(|(_, after)| after.is_empty() || after.starts_with('/'));
        let (issuer, discovery_url) = match well_known {
            // Azure AD B2C and others select a policy in the query, and RFC 8414 puts the
            // issuer's path behind the well-known one: the address is kept as it was pasted.
            Some((before, after)) => (format!("{origin}{before}{after}"), Some(url.to_string())),
            None if url.query().is_some() => return Err(UrlError::Fragment),
            None if with_scheme.ends_with('/') => (format!("{origin}{}", url.path()), None),
            None => (format!("{origin}{}", url.path().trim_end_matches('/')), None),
        };

        let without_slash = issuer.trim_end_matches('/').to_owned();
        let with_slash = format!("{without_slash}/");
        let in_order =
            if issuer.ends_with('/') { [with_slash, without_slash] } else { [without_slash, with_slash] };
        in_order
            .into_iter()
            .map(|raw| {
                let issuer = Self::parse(&raw)?;
                let discovery_url = discovery_url.clone().unwrap_or_else(|| issuer.discovery_url());
                Ok((issuer, discovery_url))
            })
            .collect()
    }
}

/// Whether a text is a host name with a dot and nothing else.
fn is_host_name(raw: &str) -> bool {
    raw.contains('.')
        && raw.len() <= 253
        && raw.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
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

    #[test]
    fn an_issuer_is_found_in_whatever_people_paste() {
        let plain = "https://idp.example.com";
        let path = "https://idp.example.com/oauth2/default";
        let well_known = "/.well-known/openid-configuration";
        let cases = [
            // (pasted, the issuers in order, where to read)
            (plain, [plain, "https://idp.example.com/"], format!("{plain}{well_known}")),
            ("https://idp.example.com/", ["https://idp.example.com/", plain], format!("{plain}{well_known}")),
            ("  idp.example.com\n", [plain, "https://idp.example.com/"], format!("{plain}{well_known}")),
            ("HTTPS://IDP.Example.COM", [plain, "https://idp.example.com/"], format!("{plain}{well_known}")),
            (path, [path, "https://idp.example.com/oauth2/default/"], format!("{path}{well_known}")),
            (
                "https://idp.example.com/oauth2/default//",
                ["https://idp.example.com/oauth2/default/", path],
                format!("{path}{well_known}"),
            ),
            (
                "https://idp.example.com/oauth2/default/.well-known/openid-configuration",
                [path, "https://idp.example.com/oauth2/default/"],
                format!("{path}{well_known}"),
            ),
            (
                "idp.example.com/.well-known/openid-configuration/",
                ["https://idp.example.com/", plain],
                format!("{plain}{well_known}/"),
            ),
            (
                "https://idp.example.com/t/v2.0/.well-known/openid-configuration?p=b2c_1_signin",
                ["https://idp.example.com/t/v2.0", "https://idp.example.com/t/v2.0/"],
                format!("https://idp.example.com/t/v2.0{well_known}?p=b2c_1_signin"),
            ),
            (
                "https://idp.example.com/.well-known/openid-configuration/tenant",
                ["https://idp.example.com/tenant", "https://idp.example.com/tenant/"],
                format!("{plain}{well_known}/tenant"),
            ),
            (
                // Another document: what follows must not grow the host name.
                "https://idp.example.com/.well-known/openid-configuration-2",
                [
                    "https://idp.example.com/.well-known/openid-configuration-2",
                    "https://idp.example.com/.well-known/openid-configuration-2/",
                ],
                format!("{plain}{well_known}-2{well_known}"),
            ),
            (
                "http://localhost:9000/a",
                ["http://localhost:9000/a", "http://localhost:9000/a/"],
                format!("http://localhost:9000/a{well_known}"),
            ),
            (
                "localhost:9000",
                ["https://localhost:9000", "https://localhost:9000/"],
                format!("https://localhost:9000{well_known}"),
            ),
        ];
        for (pasted, issuers, discovery_url) in cases {
            let candidates = Issuer::candidates(pasted).unwrap();
            let found: Vec<_> =
                candidates.iter().map(|(issuer, url)| (issuer.as_str(), url.as_str())).collect();
            let wanted: Vec<_> = issuers.iter().map(|issuer| (*issuer, discovery_url.as_str())).collect();
            assert_eq!(found, wanted, "{pasted}");
        }
    }

    #[test]
    fn what_cannot_be_an_issuer_says_why() {
        for (pasted, wanted) in [
            ("", UrlError::Empty),
            (" \t", UrlError::Empty),
            ("my identity provider", UrlError::ControlCharacter),
            ("https://idp.example.com/#/settings", UrlError::Fragment),
            ("https://idp.example.com/?tenant=1", UrlError::Fragment),
            ("https://u:p@idp.example.com", UrlError::UserInfo),
            ("ftp://idp.example.com", UrlError::Scheme),
            ("https://", UrlError::Syntax),
        ] {
            assert_eq!(Issuer::candidates(pasted), Err(wanted), "{pasted:?}");
        }
        let long = format!("https://a.example/{}", "x".repeat(URL_BYTES_MAX));
        assert_eq!(Issuer::candidates(&long), Err(UrlError::TooLong));
    }

    #[test]
    fn a_published_issuer_may_be_a_bare_host_name() {
        let issuer = Issuer::parse_published("accounts.google.com").unwrap();
        assert_eq!(issuer.as_str(), "accounts.google.com");
        assert_eq!(issuer.discovery_url(), "https://accounts.google.com/.well-known/openid-configuration");
        assert_eq!(Issuer::parse("accounts.google.com"), Err(UrlError::Syntax));
        for raw in ["google", "<issuer>", "-a.example", "a..example", "a.example/x", "a.example:443", "."] {
            assert!(Issuer::parse_published(raw).is_err(), "{raw}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_candidate_leads_to_another_host(
            rest in "(/|\\.well-known|/\\.well-known/openid-configuration|[a-z.@:?%2eF\\\\-]){0,8}",
        ) {
            let Ok(candidates) = Issuer::candidates(&format!("https://idp.example.com/{rest}")) else {
                return Ok(());
            };
            for (issuer, discovery_url) in candidates {
                for address in [issuer.as_str(), &discovery_url] {
                    let host = Url::parse(address).unwrap().host_str().map(str::to_owned);
                    proptest::prop_assert_eq!(host.as_deref(), Some("idp.example.com"), "{}", address);
                }
            }
        }
    }
}
