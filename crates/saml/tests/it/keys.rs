//! Key pairs: made, brought, and told apart.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use time::macros::datetime;
use vestibule_application::ports::saml::{KeyPairRequest, PrivateKeyError, Saml};
use vestibule_domain::certificate::{Certificate, KeyKind};
use vestibule_saml::SamlAdapter;
use vestibule_saml::keys::{COMMON_NAME_CHARS_MAX, PRIVATE_KEY_BYTES_MAX};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::support::text;

fn request(common_name: &str) -> KeyPairRequest {
    KeyPairRequest {
        common_name: common_name.into(),
        not_before: datetime!(2026-11-21 12:00:00 UTC),
        not_after: datetime!(2029-11-21 12:00:00 UTC),
    }
}

fn certificate(name: &str) -> Certificate {
    SamlAdapter::new().read_certificate(text(&format!("certificates/{name}.pem")).as_bytes()).unwrap()
}

fn read(pem: &str, certificate: &Certificate) -> Result<Vec<u8>, PrivateKeyError> {
    SamlAdapter::new().read_private_key(pem, certificate)
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der))
}

#[test]
fn a_generated_pair_belongs_together_and_says_so() {
    let adapter = SamlAdapter::new();
    let pair = adapter.generate_key_pair(&request("acme & söhne")).unwrap();

    assert_eq!(pair.certificate.subject, "CN=acme & söhne");
    assert_eq!(pair.certificate.issuer, pair.certificate.subject);
    assert_eq!(pair.certificate.not_before, datetime!(2026-11-21 12:00:00 UTC));
    assert_eq!(pair.certificate.not_after, datetime!(2029-11-21 12:00:00 UTC));
    assert_eq!(pair.certificate.key, KeyKind::Rsa { bits: 2048 });
    assert_eq!(adapter.read_certificate(&pair.certificate.der), Ok(pair.certificate.clone()));

    let key = RsaKeyPair::from_pkcs8(&pair.private_key).unwrap();
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), b"a request", &mut signature).unwrap();
    let (_, parsed) = X509Certificate::from_der(&pair.certificate.der).unwrap();
    let public = parsed.public_key().subject_public_key.data.as_ref();
    assert_eq!(public, key.public_key().as_ref());
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public).verify(b"a request", &signature).unwrap();

    let signed = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
    signed.verify(parsed.tbs_certificate.as_ref(), &parsed.signature_value.data).unwrap();
    assert_eq!(parsed.signature_algorithm.algorithm.to_id_string(), "1.2.840.113549.1.1.11");
    assert_eq!(parsed.raw_serial().len(), 16);

    assert_eq!(read(&pem("PRIVATE KEY", &pair.private_key), &pair.certificate), Ok(pair.private_key.clone()));
    let shown = format!("{pair:?}");
    assert!(shown.contains(&pair.certificate.fingerprint.to_string()) && shown.len() < 100, "{shown}");
}

#[test]
fn no_two_pairs_share_key_or_serial_number() {
    let pairs = [(); 2].map(|()| SamlAdapter::new().generate_key_pair(&request("same")).unwrap());
    assert_ne!(pairs[0].private_key, pairs[1].private_key);
    let [a, b] =
        &pairs.map(|pair| X509Certificate::from_der(&pair.certificate.der).unwrap().1.raw_serial().to_vec());
    assert_ne!(a, b);
}

#[test]
fn a_common_name_is_cut_exactly_at_its_limit() {
    let subject =
        |name: &str| SamlAdapter::new().generate_key_pair(&request(name)).unwrap().certificate.subject;
    let longest = "é".repeat(COMMON_NAME_CHARS_MAX);
    assert_eq!(subject(&longest), format!("CN={longest}"));
    let cut = subject(&format!("{longest}x"));
    assert_eq!(cut, format!("CN={}…", "é".repeat(COMMON_NAME_CHARS_MAX - 1)));
}

#[test]
fn a_validity_that_ends_before_it_begins_is_refused() {
    let mut request = request("x");
    request.not_after = request.not_before;
    let error = SamlAdapter::new().generate_key_pair(&request).unwrap_err();
    assert_eq!(error.to_string(), "a key pair could not be generated: the validity ends before it begins");
}

#[test]
fn both_forms_of_a_private_key_are_read_and_answered_as_one() {
    let certificate = certificate("rsa-2048");
    let pkcs1 = text("certificates/rsa-2048.key.pem");
    let pkcs8 = read(&pkcs1, &certificate).unwrap();
    assert!(RsaKeyPair::from_pkcs8(&pkcs8).is_ok());
    assert_eq!(read(&pem("PRIVATE KEY", &pkcs8), &certificate), Ok(pkcs8.clone()));
    assert_eq!(
        read(&format!("Key Attributes: <none>\r\n{}", pkcs1.replace('\n', "\r\n")), &certificate),
        Ok(pkcs8)
    );
}

#[test]
fn a_private_key_is_refused_for_its_own_reason() {
    let own = certificate("rsa-2048");
    let key = text("certificates/rsa-2048.key.pem");
    let body = key.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    let pair = SamlAdapter::new().generate_key_pair(&request("other")).unwrap();
    let cases = [
        ("another certificate's", key.clone(), &pair.certificate, PrivateKeyError::Mismatch),
        (
            "for a certificate of another kind",
            key.clone(),
            &certificate("ec-p256"),
            PrivateKeyError::Mismatch,
        ),
        ("1024 bits", text("certificates/rsa-1024.key.pem"), &certificate("rsa-1024"), PrivateKeyError::Kind),
        ("EC", text("certificates/ec-p256.key.pem"), &certificate("ec-p256"), PrivateKeyError::Kind),
        ("EC in PKCS#8", rcgen::KeyPair::generate().unwrap().serialize_pem(), &own, PrivateKeyError::Kind),
        ("encrypted", text("certificates/rsa-2048.key.encrypted.pem"), &own, PrivateKeyError::Encoding),
        (
            "encrypted PKCS#8",
            text("certificates/rsa-2048.key.encrypted-pkcs8.pem"),
            &own,
            PrivateKeyError::Encoding,
        ),
        ("a certificate", text("certificates/rsa-2048.pem"), &own, PrivateKeyError::Encoding),
        ("no markers", body.clone(), &own, PrivateKeyError::Encoding),
        ("no last marker", key.replace("-----END", ""), &own, PrivateKeyError::Encoding),
        ("another label", key.replace("RSA PRIVATE", "PRIVATE"), &own, PrivateKeyError::Encoding),
        ("not base64", key.replacen("MII", "!!!", 1), &own, PrivateKeyError::Encoding),
        (
            "cut",
            pem("RSA PRIVATE KEY", &BASE64_STANDARD.decode(&body).unwrap()[..800]),
            &own,
            PrivateKeyError::Encoding,
        ),
        ("nothing", String::new(), &own, PrivateKeyError::Encoding),
    ];
    for (what, pem, certificate, wanted) in cases {
        assert_eq!(read(&pem, certificate), Err(wanted), "{what}");
    }
}

#[test]
fn size_is_limited_exactly() {
    let certificate = certificate("rsa-2048");
    let padded = |length: usize| {
        let key = text("certificates/rsa-2048.key.pem");
        " ".repeat(length - key.len()) + &key
    };
    assert!(read(&padded(PRIVATE_KEY_BYTES_MAX), &certificate).is_ok());
    assert_eq!(read(&padded(PRIVATE_KEY_BYTES_MAX + 1), &certificate), Err(PrivateKeyError::Encoding));
}
