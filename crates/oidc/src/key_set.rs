//! A provider's keys. Source: RFC 7517; RFC 7518, section 6; RFC 8037, section 2.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::Value;
use vestibule_application::ports::oidc_sign_in::KEY_SET_BYTES_MAX;
use vestibule_domain::oidc::IdTokenAlgorithm;

use crate::jws::Jws;

/// Most keys of a set. The largest sets seen (Entra ID's common keys) have about a dozen.
pub const KEYS_MAX: usize = 100;

/// Sizes of RSA moduli that are taken, in bytes: 2048 to 8192 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// Providers pad what must not be padded, and a public key is none the worse for it.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Names of RFC 7518 and RFC 8812 that are no algorithm of id tokens here. Other words say nothing.
const FOREIGN_ALGORITHMS: [&str; 9] =
    ["none", "HS", "RSA", "ECDH-ES", "ES512", "ES256K", "A", "dir", "PBES2"];

/// Operations of RFC 7517, section 4.3, besides `verify`.
const FOREIGN_OPERATIONS: [&str; 7] =
    ["sign", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"];

/// The keys of a provider that can verify id tokens.
#[derive(Debug)]
pub(crate) struct KeySet {
    keys: Vec<ProviderKey>,
}

#[derive(Debug)]
struct ProviderKey {
    kid: Option<String>,
    /// The algorithms that it serves; never empty.
    serves: Vec<IdTokenAlgorithm>,
    key: DecodingKey,
}

/// What a set says of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// One of its keys made it.
    Genuine,
    /// There is a key that could have made it, which did not.
    Forged,
    /// No key could have made it.
    NoKey,
}

/// Why a document is no key set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeySetError {
    #[error("it is larger than {KEY_SET_BYTES_MAX} bytes")]
    TooLarge,
    #[error("it is no JSON object with a list `keys`: {reason}")]
    Shape { reason: String },
    #[error("it has more than {KEYS_MAX} keys")]
    TooMany,
    #[error("it has no key that can verify id tokens")]
    NoneUsable,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// The members of a key that are read.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    /// Certificates of the key. They are not needed, since the key itself stands beside them, but
    /// of a key that was damaged on its way no part is believed.
    x5c: Option<Vec<String>>,
    /// A private key that was published verifies nothing any more.
    d: Option<Value>,
}

impl KeySet {
    /// Reads a set. Keys that cannot verify id tokens are left out; at least one must be left.
    pub(crate) fn parse(document: &[u8]) -> Result<Self, KeySetError> {
        if document.len() > KEY_SET_BYTES_MAX {
            return Err(KeySetError::TooLarge);
        }
        let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
        let Document { keys } = serde_json::from_slice(document)
            .map_err(|error| KeySetError::Shape { reason: error.to_string() })?;
        if keys.len() > KEYS_MAX {
            return Err(KeySetError::TooMany);
        }
        let read = |key| serde_json::from_value(key).ok().and_then(ProviderKey::read);
        let keys: Vec<_> = keys.into_iter().filter_map(read).collect();
        if keys.is_empty() { Err(KeySetError::NoneUsable) } else { Ok(Self { keys }) }
    }

    /// Looks for the key that signed a token: the one it names, or any if it names none.
    pub(crate) fn judge(&self, token: &Jws<'_>, algorithm: IdTokenAlgorithm) -> Verdict {
        let named = token.header.kid.as_deref();
        let mut verdict = Verdict::NoKey;
        for key in &self.keys {
            // A key without a name may be the one; so it is with a set of one old key.
            let fits = named.is_none_or(|named| key.kid.as_deref().is_none_or(|kid| kid == named));
            if !fits || !key.serves.contains(&algorithm) {
                continue;
            }
            if token.is_signed_by(&key.key, algorithm) {
                return Verdict::Genuine;
            }
            verdict = Verdict::Forged;
        }
        verdict
    }

    /// The names of the keys, for people.
    pub(crate) fn names(&self) -> String {
        let name = |key: &ProviderKey| key.kid.clone().unwrap_or_else(|| "(without kid)".to_owned());
        self.keys.iter().map(name).collect::<Vec<_>>().join(", ")
    }
}

impl ProviderKey {
    fn read(jwk: Jwk) -> Option<Self> {
        use IdTokenAlgorithm::{EdDsa, Es256, Es384, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
        if jwk.d.is_some() || !jwk.is_for_signatures() || !jwk.has_whole_certificates() {
            return None;
        }
        let (key, mut serves) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => (jwk.rsa()?, vec![Rs256, Rs384, Rs512, Ps256, Ps384, Ps512]),
            ("EC", Some("P-256")) => (jwk.ec(32)?, vec![Es256]),
            ("EC", Some("P-384")) => (jwk.ec(48)?, vec![Es384]),
            ("OKP", Some("Ed25519")) => {
                (DecodingKey::from_ed_der(&sized(jwk.x.as_deref()?, 32)?), vec![EdDsa])
            }
            _ => return None,
        };
        if let Some(only) = jwk.alg.as_deref().and_then(IdTokenAlgorithm::parse) {
            serves.retain(|algorithm| *algorithm == only);
        }
        (!serves.is_empty()).then_some(Self { kid: jwk.kid, serves, key })
    }
}

impl Jwk {
    fn is_for_signatures(&self) -> bool {
        let alg = self.alg.as_deref().unwrap_or_default();
        let is_foreign = FOREIGN_ALGORITHMS.iter().any(|name| alg.starts_with(name));
        let operations = self.key_ops.as_deref().unwrap_or_default();
        let verifies = operations.iter().any(|operation| operation == "verify")
            || !operations.iter().any(|operation| FOREIGN_OPERATIONS.contains(&operation.as_str()));
        self.usage.as_deref().is_none_or(|usage| usage == "sig") && !is_foreign && verifies
    }

    fn has_whole_certificates(&self) -> bool {
        let whole =
            |text: &String| STANDARD.decode(text.split_ascii_whitespace().collect::<String>()).is_ok();
        self.x5c.as_deref().unwrap_or_default().iter().all(whole)
    }

    fn rsa(&self) -> Option<DecodingKey> {
        let modulus = decode(self.n.as_deref()?)?;
        let exponent = decode(self.e.as_deref()?)?;
        // Some encoders put the sign's zero in front, which the library would refuse.
        let significant =
            |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>();
        let (modulus, exponent) = (significant(&modulus), significant(&exponent));
        let usable = MODULUS_BYTES.contains(&modulus.len()) && !exponent.is_empty();
        usable.then(|| DecodingKey::from_rsa_raw_components(&modulus, &exponent))
    }

    fn ec(&self, coordinate_bytes: usize) -> Option<DecodingKey> {
        let x = sized(self.x.as_deref()?, coordinate_bytes)?;
        let y = sized(self.y.as_deref()?, coordinate_bytes)?;
        // SEC 1, section 2.3.3: an uncompressed point.
        Some(DecodingKey::from_ec_der(&[&[4], x.as_slice(), y.as_slice()].concat()))
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    FORGIVING.decode(text.replace('+', "-").replace('/', "_")).ok()
}

fn sized(text: &str, bytes: usize) -> Option<Vec<u8>> {
    decode(text).filter(|decoded| decoded.len() == bytes)
}

#[cfg(test)]
mod tests;
