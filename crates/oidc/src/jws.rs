//! Signed tokens in their compact form. Source: RFC 7515, sections 3.1 and 5.2.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use vestibule_domain::oidc::IdTokenAlgorithm;

/// The algorithm's name in the library that verifies.
pub(crate) fn library_name(algorithm: IdTokenAlgorithm) -> Algorithm {
    match algorithm {
        IdTokenAlgorithm::Rs256 => Algorithm::RS256,
        IdTokenAlgorithm::Rs384 => Algorithm::RS384,
        IdTokenAlgorithm::Rs512 => Algorithm::RS512,
        IdTokenAlgorithm::Ps256 => Algorithm::PS256,
        IdTokenAlgorithm::Ps384 => Algorithm::PS384,
        IdTokenAlgorithm::Ps512 => Algorithm::PS512,
        IdTokenAlgorithm::Es256 => Algorithm::ES256,
        IdTokenAlgorithm::Es384 => Algorithm::ES384,
        IdTokenAlgorithm::EdDsa => Algorithm::EdDSA,
    }
}

/// The members of a header that are read. Keys and addresses of keys inside a token (`jwk`, `jku`,
/// `x5c`, `x5u`) are not: whoever made the token made them too.
#[derive(Deserialize)]
pub(crate) struct Header {
    /// The algorithm, whatever it is.
    pub(crate) alg: String,
    /// Which key, if it says so.
    pub(crate) kid: Option<String>,
    /// What kind of token, if it says so.
    pub(crate) typ: Option<String>,
    crit: Option<Value>,
}

/// A token that was taken apart; nothing about it is verified.
pub(crate) struct Jws<'a> {
    pub(crate) header: Header,
    /// The payload's bytes.
    pub(crate) payload: Vec<u8>,
    signed: &'a str,
    signature: &'a str,
}

/// Why a text is no signed token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JwsError {
    #[error("it is longer than {bytes_max} bytes")]
    TooLarge { bytes_max: usize },
    #[error("it is encrypted; turn the encryption of id tokens off at the provider")]
    Encrypted,
    #[error("it does not have three parts")]
    Shape,
    #[error("its {part} is not base64url")]
    Encoding { part: &'static str },
    #[error("its header cannot be read: {reason}")]
    Header { reason: String },
    #[error("its header demands an extension that is not known here")]
    Critical,
}

impl<'a> Jws<'a> {
    /// Takes a token apart.
    pub(crate) fn parse(token: &'a str, bytes_max: usize) -> Result<Self, JwsError> {
        if token.len() > bytes_max {
            return Err(JwsError::TooLarge { bytes_max });
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Shape)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Shape)?;
        match payload.matches('.').count() {
            0 => {}
            // RFC 7516, section 3.1: header, key, vector, text, tag.
            2 => return Err(JwsError::Encrypted),
            _ => return Err(JwsError::Shape),
        }
        let decode = |part, text| URL_SAFE_NO_PAD.decode(text).map_err(|_| JwsError::Encoding { part });
        let header: Header = serde_json::from_slice(&decode("header", header)?)
            .map_err(|error| JwsError::Header { reason: error.to_string() })?;
        if header.crit.is_some() {
            return Err(JwsError::Critical);
        }
        let payload = decode("payload", payload)?;
        decode("signature", signature)?;
        Ok(Self { header, payload, signed, signature })
    }

    /// Whether the signature is the key's. The algorithm is the caller's choice, not the header's.
    pub(crate) fn is_signed_by(&self, key: &DecodingKey, algorithm: IdTokenAlgorithm) -> bool {
        let algorithm = library_name(algorithm);
        jsonwebtoken::crypto::verify(self.signature, self.signed.as_bytes(), key, algorithm).unwrap_or(false)
    }
}
