//! X.509 certificates as facts: the bytes, and what was read from them when they came in.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Instant;

/// SHA-256 over a certificate's DER form; two certificates are the same when it is equal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Digests a DER certificate.
    pub fn of_der(der: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, der).as_ref());
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Lower-case hex without separators.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The public key of a certificate, as far as people need to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with this many bits of modulus.
    Rsa {
        /// Size of the modulus in bits.
        bits: u32,
    },
    /// ECDSA over P-256.
    EcP256,
    /// ECDSA over P-384.
    EcP384,
    /// ECDSA over P-521.
    EcP521,
    /// Any other key; nothing signed with it can be verified here.
    Other,
}

/// `rsa-2048`, `ec-p256`, …: a stable word for pages, rows and tests.
impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "rsa-{bits}"),
            Self::EcP256 => f.write_str("ec-p256"),
            Self::EcP384 => f.write_str("ec-p384"),
            Self::EcP521 => f.write_str("ec-p521"),
            Self::Other => f.write_str("other"),
        }
    }
}

impl std::str::FromStr for KeyKind {
    type Err = UnknownKeyKind;

    fn from_str(raw: &str) -> Result<Self, UnknownKeyKind> {
        match raw {
            "ec-p256" => Ok(Self::EcP256),
            "ec-p384" => Ok(Self::EcP384),
            "ec-p521" => Ok(Self::EcP521),
            "other" => Ok(Self::Other),
            _ => raw
                .strip_prefix("rsa-")
                .and_then(|bits| bits.parse().ok())
                .map(|bits| Self::Rsa { bits })
                .ok_or(UnknownKeyKind),
        }
    }
}

/// The text is no form of [`KeyKind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not the name of a kind of key")]
pub struct UnknownKeyKind;

/// A certificate that was parsed on its way in.
///
/// Made by the certificate reader in the `saml` adapter, or from a store's row that was once made
/// by it; the fields are facts about `der` and are never set one without the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate in DER form.
    pub der: Vec<u8>,
    /// SHA-256 of `der`.
    pub fingerprint: Fingerprint,
    /// The subject's distinguished name, for people.
    pub subject: String,
    /// The issuer's distinguished name, for people.
    pub issuer: String,
    /// First instant of validity.
    pub not_before: Instant,
    /// Last instant of validity.
    pub not_after: Instant,
    /// The kind of public key.
    pub key: KeyKind,
}

/// Where `now` lies in a certificate's validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Starts in the future.
    NotYet,
    /// Covers `now`.
    Current,
    /// Covers `now`, but ends within [`EXPIRES_SOON_DAYS`].
    ExpiresSoon,
    /// Ended.
    Expired,
}

/// From how many days before its end a certificate is shown as expiring.
///
/// Source: api/workos-wire-contract.md, section 12.1: certificates are flagged from 90 days on;
/// the catalogue's hint for pasted certificates uses 30, which is what a person can act on while
/// setting up.
pub const EXPIRES_SOON_DAYS: i64 = 30;

/// Characters of a line of PEM. Source: RFC 7468, section 2.
const PEM_LINE_CHARS: usize = 64;

impl Certificate {
    /// The certificate as people pass it on: PEM with lines of 64 characters.
    ///
    /// Source: RFC 7468, section 5.1.
    pub fn to_pem(&self) -> String {
        let base64 = STANDARD.encode(&self.der);
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        let mut rest = base64.as_str();
        while !rest.is_empty() {
            // Base64 is ASCII, so every position is a boundary.
            let (line, after) = rest.split_at(rest.len().min(PEM_LINE_CHARS));
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        pem
    }

    /// Where `now` lies in the validity.
    pub fn validity(&self, now: Instant) -> Validity {
        if now < self.not_before {
            Validity::NotYet
        } else if now > self.not_after {
            Validity::Expired
        } else if now > self.not_after - time::Duration::days(EXPIRES_SOON_DAYS) {
            Validity::ExpiresSoon
        } else {
            Validity::Current
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    fn certificate() -> Certificate {
        Certificate {
            der: vec![1],
            fingerprint: Fingerprint::of_der(&[1]),
            subject: "CN=a".into(),
            issuer: "CN=a".into(),
            not_before: datetime!(2026-01-01 0:00 UTC),
            not_after: datetime!(2027-01-01 0:00 UTC),
            key: KeyKind::Rsa { bits: 2048 },
        }
    }

    #[test]
    fn validity_changes_exactly_at_its_bounds() {
        let c = certificate();
        let second = Duration::seconds(1);
        let soon = c.not_after - Duration::days(EXPIRES_SOON_DAYS);
        assert_eq!(c.validity(c.not_before - second), Validity::NotYet);
        assert_eq!(c.validity(c.not_before), Validity::Current);
        assert_eq!(c.validity(soon), Validity::Current);
        assert_eq!(c.validity(soon + second), Validity::ExpiresSoon);
        assert_eq!(c.validity(c.not_after), Validity::ExpiresSoon);
        assert_eq!(c.validity(c.not_after + second), Validity::Expired);
    }

    #[test]
    fn pem_has_lines_of_sixty_four_characters() {
        let pem = |bytes: usize| Certificate { der: vec![0; bytes], ..certificate() }.to_pem();
        let lines = |bytes: usize| pem(bytes).lines().map(str::len).collect::<Vec<_>>();
        let (begin, end) = ("-----BEGIN CERTIFICATE-----".len(), "-----END CERTIFICATE-----".len());
        assert_eq!(lines(48), [begin, 64, end]);
        assert_eq!(lines(49), [begin, 64, 4, end]);
        assert!(pem(1).ends_with("AA==\n-----END CERTIFICATE-----\n"));
    }

    #[test]
    fn every_kind_of_key_survives_its_text_form() {
        for kind in
            [KeyKind::Rsa { bits: 3072 }, KeyKind::EcP256, KeyKind::EcP384, KeyKind::EcP521, KeyKind::Other]
        {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert_eq!("rsa-x".parse::<KeyKind>(), Err(UnknownKeyKind));
    }
}
