//! Redirect URIs: where sign-ins send people back to, registered per environment.

use std::fmt;

use url::Url;

use crate::environment::EnvironmentKind;
use crate::readout::FieldChange;
use crate::url::{URL_BYTES_MAX, UrlError, is_loopback};

/// Most redirect URIs of an environment.
pub const REDIRECT_URIS_MAX: usize = 100;

/// A registered redirect URI: exact, or with one wildcard.
///
/// A wildcard is one `*` in the label furthest from the root domain (text around it is fine), or
/// the whole port of a loopback host. Source: api/workos-wire-contract.md, section 7.1.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RedirectUri(String);

/// Why a redirect URI was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// Not a usable address.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// A wildcard where none may be.
    #[error(
        "may have one `*`: in the first label of a host name with at least two more labels, or as the port of localhost"
    )]
    Wildcard,
}

impl RedirectUri {
    /// The one that sign-ins take which began at an identity provider: the first without a wildcard.
    pub fn default_of(registered: &[Self]) -> Option<&Self> {
        registered.iter().find(|uri| !uri.0.contains('*'))
    }

    /// What differs between two lists: what was taken away, what was registered, another default.
    pub fn changes(before: &[Self], after: &[Self]) -> Vec<FieldChange> {
        let change = |field: &str, before: Option<&Self>, after: Option<&Self>| FieldChange {
            field: field.to_owned(),
            before: before.map(|uri| uri.0.clone()),
            after: after.map(|uri| uri.0.clone()),
        };
        let gone = before.iter().filter(|uri| !after.contains(uri));
        let new = after.iter().filter(|uri| !before.contains(uri));
        let (was, is) = (Self::default_of(before), Self::default_of(after));
        gone.map(|uri| change("redirect_uri", Some(uri), None))
            .chain(new.map(|uri| change("redirect_uri", None, Some(uri))))
            .chain((was != is).then(|| change("default_redirect_uri", was, is)))
            .collect()
    }

    /// Accepts https anywhere, http on any host of a sandbox, and `http://127.0.0.1` in production,
    /// which native clients need (RFC 8252, section 7.3).
    pub fn parse(raw: &str, environment: EnvironmentKind) -> Result<Self, RedirectUriError> {
        let sample = without_wildcard(raw)?;
        if raw.is_empty() {
            return Err(UrlError::Empty.into());
        }
        if raw.len() > URL_BYTES_MAX {
            return Err(UrlError::TooLong.into());
        }
        if raw.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(UrlError::ControlCharacter.into());
        }
        let url = Url::parse(&sample).map_err(|_| UrlError::Syntax)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlError::UserInfo.into());
        }
        if url.fragment().is_some() {
            return Err(UrlError::Fragment.into());
        }
        if raw != sample && raw.contains(":*") && !is_loopback(&url) {
            return Err(RedirectUriError::Wildcard);
        }
        match (url.scheme(), environment) {
            ("https", _) | ("http", EnvironmentKind::Sandbox) => Ok(Self(raw.to_owned())),
            ("http", EnvironmentKind::Production) if url.host_str() == Some("127.0.0.1") => {
                Ok(Self(raw.to_owned()))
            }
            ("http", EnvironmentKind::Production) => Err(UrlError::PlainHttp.into()),
            _ => Err(UrlError::Scheme.into()),
        }
    }

    /// Rebuilds a redirect URI from a store's row.
    pub fn from_stored(raw: String) -> Self {
        Self(raw)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an address that an app asks for is this one.
    pub fn matches(&self, asked: &str) -> bool {
        let Some((before, after)) = self.0.split_once('*') else { return self.0 == asked };
        let Some(middle) = asked.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) else {
            return false;
        };
        if before.ends_with(':') {
            return middle.bytes().all(|b| b.is_ascii_digit()) && middle.parse::<u16>().is_ok();
        }
        !middle.is_empty() && middle.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    }
}

/// The address with its wildcard replaced by something ordinary, for parsing.
fn without_wildcard(raw: &str) -> Result<String, RedirectUriError> {
    let Some((before, after)) = raw.split_once('*') else { return Ok(raw.to_owned()) };
    let Some((_, authority)) = before.split_once("://") else { return Err(RedirectUriError::Wildcard) };
    if after.contains('*') || authority.contains('/') {
        return Err(RedirectUriError::Wildcard);
    }
    if authority.ends_with(':') {
        return Ok(format!("{before}1{after}"));
    }
    // In the first label, and not directly under a public suffix: two labels must follow.
    let host_rest = after.split(['/', ':', '?']).next().unwrap_or("");
    let labels = host_rest.split('.').skip(1).filter(|label| !label.is_empty()).count();
    if authority.contains('.') || labels < 2 {
        return Err(RedirectUriError::Wildcard);
    }
    Ok(format!("{before}x{after}"))
}

impl fmt::Debug for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Longest `RelayState` that is looked at, in bytes: a redirect URI in a query string.
const RELAY_STATE_BYTES_MAX: usize = URL_BYTES_MAX + 100;

/// Where a sign-in goes that an identity provider began: to the URI in `RelayState`
/// (`redirect_uri=…`) if it is registered, else to the first that has no wildcard.
///
/// Source: api/workos-wire-contract.md, section 7.1.
pub fn relayed(registered: &[RedirectUri], relay_state: Option<&str>) -> Option<String> {
    let asked = relay_state.filter(|state| state.len() <= RELAY_STATE_BYTES_MAX).and_then(|state| {
        let mut pairs = url::form_urlencoded::parse(state.as_bytes());
        pairs.find(|(name, _)| name == "redirect_uri").map(|(_, uri)| uri.into_owned())
    });
    let default = || registered.iter().find(|uri| !uri.0.contains('*')).map(|uri| uri.0.clone());
    asked.filter(|asked| registered.iter().any(|uri| uri.matches(asked))).or_else(default)
}

#[cfg(test)]
mod tests {
    use super::*;
    use EnvironmentKind::{Production, Sandbox};

    #[test]
    fn wildcards_stand_only_where_they_may() {
        for raw in [
            "https://*.preview.example.com/cb",
            "https://pr-*.preview.example.com/cb",
            "http://localhost:*/cb",
            "http://127.0.0.1:*/cb",
        ] {
            assert!(RedirectUri::parse(raw, Sandbox).is_ok(), "{raw}");
        }
        for raw in [
            "https://*.com/cb",
            "https://*.example/cb",
            "https://a.*.example.com/cb",
            "https://*.*.example.com/cb",
            "https://app.example.com/*",
            "https://app.example.com:*/cb",
            "*://app.example.com/cb",
        ] {
            assert_eq!(RedirectUri::parse(raw, Sandbox), Err(RedirectUriError::Wildcard), "{raw}");
        }
    }

    #[test]
    fn a_wildcard_matches_within_its_label_only() {
        let uri = RedirectUri::parse("https://pr-*.preview.example.com/cb", Production).unwrap();
        assert!(uri.matches("https://pr-12_a.preview.example.com/cb"));
        for asked in [
            "https://pr-.preview.example.com/cb",
            "https://pr-a.b.preview.example.com/cb",
            "https://pr-a/x.preview.example.com/cb",
            "https://pr-a.preview.example.com/cb/",
            "https://pr-a@evil.preview.example.com/cb",
        ] {
            assert!(!uri.matches(asked), "{asked}");
        }
        let port = RedirectUri::parse("http://localhost:*/cb", Sandbox).unwrap();
        assert!(port.matches("http://localhost:65535/cb") && !port.matches("http://localhost/cb"));
        for asked in ["65536", "", "3a", "+80", "x"] {
            assert!(!port.matches(&format!("http://localhost:{asked}/cb")), "{asked}");
        }
    }

    #[test]
    fn production_needs_https_but_for_native_clients() {
        assert!(RedirectUri::parse("http://app.example.com/cb", Sandbox).is_ok());
        assert!(RedirectUri::parse("http://127.0.0.1:1234/cb", Production).is_ok());
        for raw in ["http://app.example.com/cb", "http://localhost/cb"] {
            assert_eq!(RedirectUri::parse(raw, Production), Err(UrlError::PlainHttp.into()), "{raw}");
        }
        for raw in
            ["myapp://cb", "javascript:alert(1)", "https://u@a.example/cb", "https://a.example/cb#x", ""]
        {
            assert!(matches!(RedirectUri::parse(raw, Sandbox), Err(RedirectUriError::Url(_))), "{raw}");
        }
    }

    #[test]
    fn a_sign_in_that_a_provider_began_goes_to_a_registered_uri_alone() {
        let uri = |raw: &str| RedirectUri::parse(raw, EnvironmentKind::Sandbox).unwrap();
        let registered = [
            uri("https://*.app.example.com/cb"),
            uri("https://app.example.com/cb"),
            uri("https://b.example/cb"),
        ];
        for (relay_state, goes_to) in [
            (None, "https://app.example.com/cb"),
            (Some("redirect_uri=https%3A%2F%2Fb.example%2Fcb"), "https://b.example/cb"),
            (Some("x=1&redirect_uri=https://t1.app.example.com/cb"), "https://t1.app.example.com/cb"),
            (Some("redirect_uri=https://evil.example/cb"), "https://app.example.com/cb"),
            (Some("https://b.example/cb"), "https://app.example.com/cb"),
        ] {
            assert_eq!(relayed(&registered, relay_state).as_deref(), Some(goes_to), "{relay_state:?}");
        }
        assert_eq!(relayed(&registered[..1], None), None);
    }

    #[test]
    fn a_relay_state_past_its_limit_says_nothing() {
        let uri = |raw: &str| RedirectUri::parse(raw, EnvironmentKind::Sandbox).unwrap();
        let registered = [uri("https://other.example/cb"), uri("https://b.example/cb")];
        let state = |n: usize| format!("redirect_uri=https://b.example/cb&x={}", "x".repeat(n));
        let fits = RELAY_STATE_BYTES_MAX - state(0).len();
        assert_eq!(relayed(&registered, Some(&state(fits))).as_deref(), Some("https://b.example/cb"));
        assert_eq!(relayed(&registered, Some(&state(fits + 1))).as_deref(), Some("https://other.example/cb"));
    }

    #[test]
    fn whatever_a_relay_state_says_it_leads_to_a_registered_uri() {
        let uri = |raw: &str| RedirectUri::parse(raw, EnvironmentKind::Sandbox).unwrap();
        let registered = [
            uri("https://*.app.example.com/cb"),
            uri("https://app.example.com/cb"),
            uri("http://localhost:*/cb"),
        ];
        let documents = [
            "redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb",
            "x=1&redirect_uri=https://t1.app.example.com/cb&y=%zz",
            "redirect_uri=http://localhost:3000/cb",
            "https://attacker.example/cb",
        ];
        let documents = documents.map(|document| document.as_bytes().to_vec()).into();
        let tokens = &[
            "redirect_uri=",
            "&",
            "=",
            "%",
            "%2e",
            "%00",
            "%0d%0a",
            "+",
            "#",
            "?",
            "@",
            "\\",
            "//",
            "..",
            ".",
            ":",
            "attacker.example",
            "https://",
            "javascript:",
            "*",
            "[::1]",
        ];
        vestibule_fuzz::check("relay-state", 5_000, &vestibule_fuzz::mutants(documents, tokens), |mutant| {
            let state = String::from_utf8_lossy(&mutant.bytes);
            let goes_to = relayed(&registered, Some(&state)).unwrap();
            proptest::prop_assert!(registered.iter().any(|uri| uri.matches(&goes_to)), "{}", goes_to);
            let host = Url::parse(&goes_to).unwrap();
            let host = host.host_str().unwrap();
            proptest::prop_assert!(
                host == "localhost" || host == "app.example.com" || host.ends_with(".app.example.com"),
                "{}",
                goes_to
            );
            Ok(())
        });
    }
}
