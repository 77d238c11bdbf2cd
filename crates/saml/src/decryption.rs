//! Opening what a provider encrypted to us.
//!
//! Whoever knows our certificate can encrypt to us, and whoever intercepts a message can change
//! ciphertext that nobody signed. So every failure after the first use of a private key is one and
//! the same: anything finer would tell the plaintext, or the key, to somebody who asks often enough.
//!
//! Source: XML Encryption Syntax and Processing 1.1; SAML Core 2.0, section 6.

use aws_lc_rs::aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512,
    OaepAlgorithm, OaepPrivateDecryptingKey, PrivateDecryptingKey,
};
use roxmltree::Node;
use zeroize::Zeroizing;

use crate::metadata::{children, text_of};
use crate::signature::DS;
use crate::text::from_base64;

const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";

/// Most encrypted keys that are tried; a message has one, or one for each of our certificates.
pub const ENCRYPTED_KEYS_MAX: usize = 4;

/// Bytes of the initialisation vector before ciphertext in CBC mode.
const CBC_IV_BYTES: usize = 16;

/// Bytes of the nonce before ciphertext in GCM mode. Source: XML Encryption 1.1, section 5.2.4.
const GCM_NONCE_BYTES: usize = 12;

/// Why something stays closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Undecrypted {
    /// The connection has no key for it.
    #[error("the assertion is encrypted, but the connection has no encryption certificate")]
    NoKey,
    /// An algorithm that is not known, as the message says in clear.
    #[error("the assertion is encrypted with an algorithm that is not accepted")]
    Algorithm {
        /// Its name.
        uri: String,
    },
    /// Anything else.
    #[error("the assertion cannot be decrypted with the connection's keys")]
    Failed,
}

/// Opens an `EncryptedAssertion` or `EncryptedID` with the first of our keys that can.
pub(crate) fn decrypt(encrypted: Node<'_, '_>, keys: &[Vec<u8>]) -> Result<String, Undecrypted> {
    if keys.is_empty() {
        return Err(Undecrypted::NoKey);
    }
    let data = only(encrypted, XENC, "EncryptedData")?;
    let content = Content::read(data)?;
    let ciphertext = cipher_value(data)?;
    let mut refused = None;
    let transports: Vec<_> = encrypted_keys(encrypted, data)
        .filter_map(|key| KeyTransport::read(key).map_err(|why| refused.get_or_insert(why).clone()).ok())
        .collect();
    if transports.is_empty() {
        return Err(refused.unwrap_or(Undecrypted::Failed));
    }
    let private = keys
        .iter()
        .filter_map(|der| OaepPrivateDecryptingKey::new(PrivateDecryptingKey::from_pkcs8(der).ok()?).ok());
    for key in private {
        for transport in &transports {
            let opened = transport.open(&key).and_then(|secret| content.open(&secret, &ciphertext));
            if let Some(plaintext) = opened.and_then(|plaintext| String::from_utf8(plaintext).ok()) {
                return Ok(plaintext);
            }
        }
    }
    Err(Undecrypted::Failed)
}

/// The keys stand in the data's `KeyInfo`, or beside the data.
fn encrypted_keys<'a, 'input: 'a>(
    encrypted: Node<'a, 'input>,
    data: Node<'a, 'input>,
) -> impl Iterator<Item = Node<'a, 'input>> {
    children(data, DS, "KeyInfo")
        .flat_map(|info| children(info, XENC, "EncryptedKey"))
        .chain(children(encrypted, XENC, "EncryptedKey"))
        .take(ENCRYPTED_KEYS_MAX)
}

/// The cipher of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Cbc { key_bytes: usize },
    Gcm { key_bytes: usize },
}

impl Content {
    fn read(data: Node<'_, '_>) -> Result<Self, Undecrypted> {
        let uri = algorithm(only(data, XENC, "EncryptionMethod")?);
        Ok(match uri {
            "http://www.w3.org/2001/04/xmlenc#aes128-cbc" => Self::Cbc { key_bytes: 16 },
            "http://www.w3.org/2001/04/xmlenc#aes192-cbc" => Self::Cbc { key_bytes: 24 },
            "http://www.w3.org/2001/04/xmlenc#aes256-cbc" => Self::Cbc { key_bytes: 32 },
            "http://www.w3.org/2009/xmlenc11#aes128-gcm" => Self::Gcm { key_bytes: 16 },
            "http://www.w3.org/2009/xmlenc11#aes192-gcm" => Self::Gcm { key_bytes: 24 },
            "http://www.w3.org/2009/xmlenc11#aes256-gcm" => Self::Gcm { key_bytes: 32 },
            _ => return Err(Undecrypted::Algorithm { uri: uri.to_owned() }),
        })
    }

    fn open(self, key: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Cbc { key_bytes } => {
                let algorithm = match key_bytes {
                    16 => &AES_128,
                    24 => &AES_192,
                    _ => &AES_256,
                };
                let key = UnboundCipherKey::new(algorithm, exactly(key, key_bytes)?).ok()?;
                let key = PaddedBlockDecryptingKey::cbc_iso10126(key).ok()?;
                let (iv, rest) = ciphertext.split_first_chunk::<CBC_IV_BYTES>()?;
                let mut buffer = rest.to_vec();
                let iv = DecryptionContext::Iv128(FixedLength::from(*iv));
                key.decrypt(&mut buffer, iv).ok().map(|plaintext| plaintext.to_vec())
            }
            Self::Gcm { key_bytes } => {
                let algorithm = match key_bytes {
                    16 => &AES_128_GCM,
                    24 => &AES_192_GCM,
                    _ => &AES_256_GCM,
                };
                let key = LessSafeKey::new(UnboundKey::new(algorithm, exactly(key, key_bytes)?).ok()?);
                let (nonce, rest) = ciphertext.split_first_chunk::<GCM_NONCE_BYTES>()?;
                let mut buffer = rest.to_vec();
                let nonce = Nonce::assume_unique_for_key(*nonce);
                key.open_in_place(nonce, Aad::empty(), &mut buffer).ok().map(|plaintext| plaintext.to_vec())
            }
        }
    }
}

fn exactly(key: &[u8], bytes: usize) -> Option<&[u8]> {
    (key.len() == bytes).then_some(key)
}

/// A key that was encrypted to one of ours.
struct KeyTransport {
    algorithm: &'static OaepAlgorithm,
    label: Option<Vec<u8>>,
    ciphertext: Vec<u8>,
}

impl KeyTransport {
    /// RSA-OAEP alone: of RSA PKCS#1 v1.5, every answer we give is an oracle.
    fn read(key: Node<'_, '_>) -> Result<Self, Undecrypted> {
        let method = only(key, XENC, "EncryptionMethod")?;
        let digest = children(method, DS, "DigestMethod").next().map(algorithm);
        let mask = children(method, XENC11, "MGF").next().map(algorithm);
        let transport = algorithm(method);
        // The older name fixes the mask to SHA-1, the newer one has that for its default.
        let mask = match transport {
            "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p" => "sha1",
            "http://www.w3.org/2009/xmlenc11#rsa-oaep" => {
                mask.map_or("sha1", |uri| uri.rsplit_once("#mgf1").map_or("", |(_, hash)| hash))
            }
            _ => return Err(Undecrypted::Algorithm { uri: transport.to_owned() }),
        };
        let digest = digest.map_or("sha1", |uri| uri.rsplit_once('#').map_or("", |(_, hash)| hash));
        let algorithm = match (digest, mask) {
            ("sha1", "sha1") => &OAEP_SHA1_MGF1SHA1,
            ("sha256", "sha256") => &OAEP_SHA256_MGF1SHA256,
            ("sha384", "sha384") => &OAEP_SHA384_MGF1SHA384,
            ("sha512", "sha512") => &OAEP_SHA512_MGF1SHA512,
            _ => {
                let uri = format!("{transport} with digest {digest} and mask {mask}");
                return Err(Undecrypted::Algorithm { uri });
            }
        };
        let label = match children(method, XENC, "OAEPparams").next() {
            Some(label) => Some(from_base64(&text_of(label)).ok_or(Undecrypted::Failed)?),
            None => None,
        };
        Ok(Self { algorithm, label, ciphertext: cipher_value(key)? })
    }

    fn open(&self, key: &OaepPrivateDecryptingKey) -> Option<Zeroizing<Vec<u8>>> {
        let mut buffer = Zeroizing::new(vec![0; key.min_output_size()]);
        let label = self.label.as_deref();
        let length = key.decrypt(self.algorithm, &self.ciphertext, &mut buffer, label).ok()?.len();
        buffer.truncate(length);
        Some(buffer)
    }
}

fn cipher_value(parent: Node<'_, '_>) -> Result<Vec<u8>, Undecrypted> {
    let value = only(only(parent, XENC, "CipherData")?, XENC, "CipherValue")?;
    from_base64(&text_of(value)).ok_or(Undecrypted::Failed)
}

fn algorithm<'a>(method: Node<'a, '_>) -> &'a str {
    method.attribute("Algorithm").unwrap_or("")
}

fn only<'a, 'input: 'a>(
    parent: Node<'a, 'input>,
    namespace: &'static str,
    name: &'static str,
) -> Result<Node<'a, 'input>, Undecrypted> {
    let mut found = children(parent, namespace, name);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(Undecrypted::Failed),
    }
}
