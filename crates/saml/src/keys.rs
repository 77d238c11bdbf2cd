//! Key pairs of ours: generated here, or brought by a vendor who migrates.
//!
//! Private keys pass through and go to the vault; nothing here keeps, prints or quotes one.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, RsaKeySize,
    SerialNumber,
};
use vestibule_application::ports::saml::{
    GeneratedKeyPair, KeyGenerationError, KeyPairRequest, PrivateKeyError,
};
use vestibule_domain::certificate::Certificate;
use zeroize::Zeroizing;

use crate::certificate;
use crate::text::cut;

/// Longest PEM of a private key that is looked at, in bytes. RSA with 16384 bits has 13 KiB.
pub const PRIVATE_KEY_BYTES_MAX: usize = 16 * 1024;

/// Smallest RSA key of ours, in bytes of modulus: 2048 bits.
const MODULUS_BYTES_MIN: usize = 256;

/// Bytes of a serial number; RFC 5280, section 4.1.2.2, allows 20 and wants it unpredictable.
const SERIAL_BYTES: usize = 16;

/// Longest common name, in characters. Source: RFC 5280, appendix A.1, `ub-common-name`.
pub const COMMON_NAME_CHARS_MAX: usize = 64;

/// Reads an unencrypted PEM private key and checks that it is the certificate's.
pub(crate) fn read_private_key(pem: &str, certificate: &Certificate) -> Result<Vec<u8>, PrivateKeyError> {
    let key = parse(pem)?;
    if key.public_modulus_len() < MODULUS_BYTES_MIN {
        return Err(PrivateKeyError::Kind);
    }
    if certificate::public_key(certificate).is_none_or(|public| public != key.public_key().as_ref()) {
        return Err(PrivateKeyError::Mismatch);
    }
    let pkcs8 =
        AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key).map_err(|_| PrivateKeyError::Encoding)?;
    Ok(pkcs8.as_ref().to_vec())
}

fn parse(pem: &str) -> Result<RsaKeyPair, PrivateKeyError> {
    if pem.len() > PRIVATE_KEY_BYTES_MAX {
        return Err(PrivateKeyError::Encoding);
    }
    let (_, rest) = pem.split_once("-----BEGIN ").ok_or(PrivateKeyError::Encoding)?;
    let (label, rest) = rest.split_once("-----").ok_or(PrivateKeyError::Encoding)?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----")).ok_or(PrivateKeyError::Encoding)?;
    let compact = Zeroizing::new(body.split_ascii_whitespace().collect::<String>());
    let decode = || BASE64_STANDARD.decode(compact.as_bytes()).map(Zeroizing::new);
    let key = match label {
        // An encrypted key in PKCS#1 form has headers in its body, which are not base64.
        "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&decode().map_err(|_| PrivateKeyError::Encoding)?),
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&decode().map_err(|_| PrivateKeyError::Encoding)?),
        "EC PRIVATE KEY" | "DSA PRIVATE KEY" => return Err(PrivateKeyError::Kind),
        _ => return Err(PrivateKeyError::Encoding),
    };
    key.map_err(|rejected| match rejected.description_() {
        "TooSmall" | "TooLarge" | "WrongAlgorithm" => PrivateKeyError::Kind,
        _ => PrivateKeyError::Encoding,
    })
}

/// Makes an RSA pair with 2048 bits and a self-signed certificate (SHA-256).
///
/// 2048 because some providers still refuse more, and signing takes a third of the time of 3072.
pub(crate) fn generate(request: &KeyPairRequest) -> Result<GeneratedKeyPair, KeyGenerationError> {
    if request.not_before >= request.not_after {
        return Err(KeyGenerationError("the validity ends before it begins".into()));
    }
    let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).map_err(because)?;
    let signed = parameters(request)?.self_signed(&pair).map_err(because)?;
    Ok(GeneratedKeyPair {
        certificate: certificate::read_der(signed.der()).map_err(because)?,
        private_key: pair.serialize_der(),
    })
}

fn parameters(request: &KeyPairRequest) -> Result<CertificateParams, KeyGenerationError> {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, cut(request.common_name.clone(), COMMON_NAME_CHARS_MAX));
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = name;
    parameters.not_before = request.not_before;
    parameters.not_after = request.not_after;
    parameters.serial_number = Some(serial_number()?);
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    Ok(parameters)
}

/// Random, positive, and always of the same length.
fn serial_number() -> Result<SerialNumber, KeyGenerationError> {
    let mut bytes = [0; SERIAL_BYTES];
    rand::fill(&mut bytes).map_err(because)?;
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from(bytes.to_vec()))
}

fn because(error: impl std::fmt::Display) -> KeyGenerationError {
    KeyGenerationError(error.to_string())
}
