//! E-mail addresses.

use std::fmt;

/// Longest address, in bytes. Source: RFC 5321, section 4.5.3.1.3, less the angle brackets.
pub const EMAIL_BYTES_MAX: usize = 254;

/// Why an address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Nothing.
    #[error("must not be empty")]
    Empty,
    /// Longer than [`EMAIL_BYTES_MAX`].
    #[error("must be at most {EMAIL_BYTES_MAX} bytes long")]
    TooLong,
    /// Not of the form `name@example.com`.
    #[error("must be an e-mail address such as name@example.com")]
    Syntax,
}

/// An e-mail address of the everyday form: no quoting, no comments, a host name with a dot.
///
/// The whole address is kept in lower case: no mail system of note tells `Anna@` from `anna@`,
/// and people type both.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Accepts an address, trims it and folds its case.
    pub fn parse(raw: &str) -> Result<Self, EmailError> {
        let raw = raw.trim();
        if raw.is_empty() {
            return Err(EmailError::Empty);
        }
        if raw.len() > EMAIL_BYTES_MAX {
            return Err(EmailError::TooLong);
        }
        let (local, host) = raw.rsplit_once('@').ok_or(EmailError::Syntax)?;
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
        // No top-level domain begins with a digit; what ends in one is an IP address, to which
        // nobody delivers.
        let top = host.rsplit('.').next().unwrap_or_default();
        let host_ok = host.contains('.')
            && !top.starts_with(|c: char| c.is_ascii_digit())
            && host.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        if local_ok && host_ok { Ok(Self(raw.to_lowercase())) } else { Err(EmailError::Syntax) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as it may be shown to somebody who has not proven that it is theirs: enough to
    /// know one's own by, and too little to learn another's. How much is left out is not told.
    pub fn masked(&self) -> String {
        let first = self.0.chars().next().unwrap_or_default();
        format!("{first}•••@{}", self.host())
    }

    /// What follows the at sign.
    pub fn host(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, host)| host)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Addresses of people stay out of logs.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress(…@{})", self.host())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_addresses_are_taken_in_lower_case() {
        assert_eq!(EmailAddress::parse(" Anna.B+it@Example.COM ").unwrap().as_str(), "anna.b+it@example.com");
        assert_eq!(EmailAddress::parse("a@b.c").unwrap().host(), "b.c");
    }

    #[test]
    fn a_masked_address_shows_its_first_letter_and_its_host() {
        for (raw, masked) in [
            ("anna.b@example.com", "a•••@example.com"),
            ("a@b.example", "a•••@b.example"),
            ("jürgen@bücher.example", "j•••@bücher.example"),
            ("élodie@b.example", "é•••@b.example"),
        ] {
            assert_eq!(EmailAddress::parse(raw).unwrap().masked(), masked);
        }
    }

    #[test]
    fn what_could_smuggle_a_header_or_a_second_address_is_refused() {
        for raw in [
            "a",
            "@b.c",
            "a@",
            "a@b",
            "a b@c.d",
            "a@b.c\r\nBcc: x@y.z",
            "a@b.c,d@e.f",
            "<a@b.c>",
            "\"a\"@b.c",
            "a@@b.c",
            "a@-b.c",
            "a@b..c",
            ".a@b.c",
            "a..b@c.d",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@example.0x7f",
            "a\0@b.c",
        ] {
            assert_eq!(EmailAddress::parse(raw), Err(EmailError::Syntax), "{raw:?}");
        }
    }

    #[test]
    fn length_is_limited_exactly() {
        let label = "x".repeat(61);
        let at = |n: usize| {
            let host = format!("{label}.{label}.{label}");
            format!("{}@{host}.{}", "a".repeat(2), "y".repeat(n - host.len() - 4))
        };
        assert_eq!(at(EMAIL_BYTES_MAX).len(), EMAIL_BYTES_MAX);
        assert_eq!(EmailAddress::parse(&at(EMAIL_BYTES_MAX + 1)), Err(EmailError::TooLong));
    }
}
