//! Certificates: from DER to facts, and the judgement whether a signature can be checked with one.
//!
//! How people paste them is the business of `pasted`. Trust is nobody's here: a certificate is
//! trusted because an administrator put it on a connection, not because of who issued it.

use vestibule_application::ports::saml::CertificateError;
use vestibule_domain::certificate::{Certificate, Fingerprint, KeyKind};
use x509_parser::prelude::{FromDer, X509Certificate, X509Version};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{SubjectPublicKeyInfo, X509Name};

use crate::text::collapsed;

/// Largest input that is looked at for one certificate, in bytes.
///
/// A certificate has one to three KiB, and `openssl x509 -text` prints five times as much.
pub const CERTIFICATE_BYTES_MAX: usize = 64 * 1024;

/// Smallest RSA modulus of a certificate that is brought by itself, in bits.
///
/// Much below today's advice of 2048 on purpose: more than a quarter of those that were seen in
/// metadata have 1024, and refusing them would only hide the reason. The size is a fact of the
/// certificate, [`Certificate::key`], pages warn of it, and whether a signature made with it is
/// believed is decided where signatures are checked. Below 1024 bits no library checks any.
/// Metadata is read whatever its keys: there the certificate is one fact among others, and one
/// real provider still has 512 bits.
pub const RSA_BITS_MIN: u32 = 1_024;

/// Largest RSA modulus, in bits: verification libraries stop here, since time grows with it.
pub const RSA_BITS_MAX: u32 = 8_192;

/// Longest subject or issuer that is kept, in characters.
const NAME_CHARS_MAX: usize = 512;

/// Reads a DER certificate, whatever its key.
pub(crate) fn read_der(der: &[u8]) -> Result<Certificate, CertificateError> {
    let Ok((rest, parsed)) = X509Certificate::from_der(der) else { return Err(CertificateError::NotX509) };
    // RFC 5280, section 4.1.2.1. Version 2 was never in use, but one buggy writer counts from 1
    // instead of 0 and so claims it for version 3.
    if !rest.is_empty() || !matches!(parsed.version(), X509Version::V1 | X509Version::V3) {
        return Err(CertificateError::NotX509);
    }
    Ok(Certificate {
        der: der.to_vec(),
        fingerprint: Fingerprint::of_der(der),
        subject: name(parsed.subject()),
        issuer: name(parsed.issuer()),
        not_before: parsed.validity().not_before.to_datetime(),
        not_after: parsed.validity().not_after.to_datetime(),
        key: key_kind(parsed.public_key()),
    })
}

/// Lets only those certificates pass that signatures can be checked with.
pub(crate) fn verifying(certificate: Certificate) -> Result<Certificate, CertificateError> {
    match certificate.key {
        KeyKind::Rsa { bits: RSA_BITS_MIN..=RSA_BITS_MAX } | KeyKind::EcP256 | KeyKind::EcP384 => {
            Ok(certificate)
        }
        key => Err(CertificateError::WeakKey { key: key.to_string() }),
    }
}

/// Leaves out the authorities of a chain: certificates that issued another one of the list. A
/// self-signed certificate issues nothing but itself, so that the old and the new one of a
/// roll-over, which share their name, both stay.
pub(crate) fn leaves(certificates: Vec<Certificate>) -> Vec<Certificate> {
    let issued_another = |one: &Certificate| {
        let by_one = |other: &Certificate| other.issuer != other.subject && other.issuer == one.subject;
        certificates.iter().any(by_one)
    };
    let keep: Vec<bool> = certificates.iter().map(|one| !issued_another(one)).collect();
    // Two authorities that issued each other, crosswise, leave nothing: then all stay.
    if !keep.contains(&true) {
        return certificates;
    }
    certificates.into_iter().zip(keep).filter_map(|(one, keep)| keep.then_some(one)).collect()
}

/// The public key inside a certificate, as its `SubjectPublicKeyInfo` carries it: for RSA the DER of
/// PKCS#1's `RSAPublicKey`.
pub(crate) fn public_key(certificate: &Certificate) -> Option<Vec<u8>> {
    let (_, parsed) = X509Certificate::from_der(&certificate.der).ok()?;
    Some(parsed.public_key().subject_public_key.data.to_vec())
}

fn name(name: &X509Name<'_>) -> String {
    collapsed(&name.to_string(), NAME_CHARS_MAX)
}

fn key_kind(key: &SubjectPublicKeyInfo<'_>) -> KeyKind {
    match key.parsed() {
        Ok(PublicKey::RSA(rsa)) => KeyKind::Rsa { bits: bit_length(rsa.modulus) },
        Ok(PublicKey::EC(_)) => named_curve(key),
        _ => KeyKind::Other,
    }
}

fn named_curve(key: &SubjectPublicKeyInfo<'_>) -> KeyKind {
    let curve = key.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    // RFC 5480, section 2.1.1.1.
    match curve.map(|oid| oid.to_id_string()).as_deref() {
        Some("1.2.840.10045.3.1.7") => KeyKind::EcP256,
        Some("1.3.132.0.34") => KeyKind::EcP384,
        Some("1.3.132.0.35") => KeyKind::EcP521,
        _ => KeyKind::Other,
    }
}

/// Bits of a big-endian number, without leading zeros.
fn bit_length(number: &[u8]) -> u32 {
    let Some(first) = number.iter().position(|byte| *byte != 0) else { return 0 };
    let bits = (number.len() - first) * 8 - number[first].leading_zeros() as usize;
    u32::try_from(bits).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_counted_from_the_first_that_is_set() {
        for (number, bits) in
            [(&[][..], 0), (&[0, 0], 0), (&[1], 1), (&[0, 0x80, 0], 16), (&[0x7f, 0xff], 15)]
        {
            assert_eq!(bit_length(number), bits, "{number:x?}");
        }
    }

    #[test]
    fn an_rsa_key_verifies_from_the_smallest_to_the_largest_size() {
        let verifies = |key| {
            let certificate = Certificate {
                der: Vec::new(),
                fingerprint: Fingerprint::of_der(&[]),
                subject: String::new(),
                issuer: String::new(),
                not_before: vestibule_domain::Instant::UNIX_EPOCH,
                not_after: vestibule_domain::Instant::UNIX_EPOCH,
                key,
            };
            verifying(certificate).is_ok()
        };
        for (bits, wanted) in
            [(RSA_BITS_MIN - 1, false), (RSA_BITS_MIN, true), (RSA_BITS_MAX, true), (RSA_BITS_MAX + 1, false)]
        {
            assert_eq!(verifies(KeyKind::Rsa { bits }), wanted, "{bits}");
        }
    }

    #[test]
    fn of_a_chain_only_the_end_is_left_and_a_roll_over_stays() {
        let named = |subject: &str, issuer: &str| Certificate {
            der: Vec::new(),
            fingerprint: Fingerprint::of_der(&[]),
            subject: subject.to_owned(),
            issuer: issuer.to_owned(),
            not_before: vestibule_domain::Instant::UNIX_EPOCH,
            not_after: vestibule_domain::Instant::UNIX_EPOCH,
            key: KeyKind::EcP256,
        };
        let left = |all: &[(&str, &str)]| -> Vec<String> {
            let all = all.iter().map(|(subject, issuer)| named(subject, issuer)).collect();
            leaves(all).into_iter().map(|certificate| certificate.subject).collect()
        };
        assert_eq!(left(&[("idp", "ca"), ("ca", "root"), ("root", "root")]), ["idp"]);
        assert_eq!(left(&[("root", "root"), ("ca", "root"), ("idp", "ca")]), ["idp"]);
        assert_eq!(left(&[("idp", "idp"), ("idp", "idp")]), ["idp", "idp"]);
        assert_eq!(left(&[("a", "ca"), ("b", "ca")]), ["a", "b"]);
        assert_eq!(left(&[("a", "b"), ("b", "a")]), ["a", "b"]);
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        for der in [&b""[..], b"\x30", b"\x30\x00", b"\x30\x82\xff\xff", b"\x30\x80\x00\x00"] {
            assert_eq!(read_der(der), Err(CertificateError::NotX509), "{der:x?}");
        }
    }
}
