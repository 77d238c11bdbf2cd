//! Mail domains.

use std::fmt;

use url::Host;

/// Longest domain name in its ASCII form, in bytes. Source: RFC 1035, section 2.3.4.
pub const DOMAIN_BYTES_MAX: usize = 253;

/// Why a text is no domain an organization can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainNameError {
    /// Nothing.
    #[error("must not be empty")]
    Empty,
    /// Longer than [`DOMAIN_BYTES_MAX`].
    #[error("must be at most {DOMAIN_BYTES_MAX} bytes long")]
    TooLong,
    /// Not a host name with at least one dot, such as `example.com`.
    #[error("must be a domain name such as example.com, without scheme, port or path")]
    Syntax,
    /// A provider of mailboxes for everybody: owning an address there proves nothing.
    #[error("is a public mailbox provider and cannot belong to an organization")]
    PublicMailbox,
}

/// A mail domain in lower-case ASCII (internationalised names in their `xn--` form).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

/// Providers where anybody can have an address.
const PUBLIC_MAILBOXES: [&str; 31] = [
    "aol.com",
    "fastmail.com",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "laposte.net",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "orange.fr",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "t-online.de",
    "tutanota.com",
    "web.de",
    "yahoo.co.jp",
    "yahoo.com",
    "yandex.ru",
];

impl DomainName {
    /// Accepts a host name with a dot; folds case, drops a trailing dot, encodes other scripts.
    pub fn parse(raw: &str) -> Result<Self, DomainNameError> {
        let raw = raw.trim();
        let raw = raw.strip_suffix('.').unwrap_or(raw);
        if raw.is_empty() {
            return Err(DomainNameError::Empty);
        }
        if raw.contains(['/', ':', '@', '*', '_', '%', '?', '#', '[', '\\'])
            || raw.chars().any(char::is_whitespace)
        {
            return Err(DomainNameError::Syntax);
        }
        let Ok(Host::Domain(ascii)) = Host::parse(raw) else {
            // Too long a label fails to parse as well; say the more useful thing.
            return Err(if raw.len() > DOMAIN_BYTES_MAX {
                DomainNameError::TooLong
            } else {
                DomainNameError::Syntax
            });
        };
        if ascii.len() > DOMAIN_BYTES_MAX {
            return Err(DomainNameError::TooLong);
        }
        let labels_ok = ascii.contains('.')
            && ascii.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            })
            // A last label of digits only would read as an address.
            && ascii.rsplit('.').next().is_some_and(|top| !top.bytes().all(|b| b.is_ascii_digit()));
        if !labels_ok {
            return Err(DomainNameError::Syntax);
        }
        if PUBLIC_MAILBOXES.contains(&ascii.as_str()) {
            return Err(DomainNameError::PublicMailbox);
        }
        Ok(Self(ascii))
    }

    /// Rebuilds a domain from a store's row.
    pub fn from_stored(raw: String) -> Self {
        Self(raw)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_one_spelling() {
        for raw in ["Example.COM", " example.com. ", "example.com"] {
            assert_eq!(DomainName::parse(raw).unwrap().as_str(), "example.com", "{raw}");
        }
        assert_eq!(DomainName::parse("bücher.example").unwrap().as_str(), "xn--bcher-kva.example");
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for raw in [
            "localhost",
            "https://example.com",
            "example.com/x",
            "example.com:443",
            "a@example.com",
            "*.example.com",
            "_dmarc.example.com",
            "exa mple.com",
            "-a.example",
            "a-.example",
            "a..example",
            "127.0.0.1",
            "[::1]",
            "1.2.3",
            "example.123",
        ] {
            assert_eq!(DomainName::parse(raw), Err(DomainNameError::Syntax), "{raw}");
        }
        assert_eq!(DomainName::parse(" . "), Err(DomainNameError::Empty));
        assert_eq!(DomainName::parse(""), Err(DomainNameError::Empty));
        assert_eq!(DomainName::parse("GMail.com"), Err(DomainNameError::PublicMailbox));
    }

    #[test]
    fn length_is_limited_exactly() {
        let at = |n: usize| {
            let label = "x".repeat(49);
            format!("{label}.{label}.{label}.{label}.{}", "y".repeat(n - 200))
        };
        assert!(DomainName::parse(&at(DOMAIN_BYTES_MAX)).is_ok());
        assert_eq!(DomainName::parse(&at(DOMAIN_BYTES_MAX + 1)), Err(DomainNameError::TooLong));
    }
}
