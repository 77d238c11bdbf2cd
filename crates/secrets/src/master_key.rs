//! The key that everything at rest is sealed under.

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::digest;
use vestibule_application::ports::ambient::Entropy;
use zeroize::{Zeroize as _, Zeroizing};

/// Length of a master key, in bytes: 256 bits.
pub const KEY_BYTES: usize = 32;

/// What a key is hashed with for its id, so that the id says nothing about keys derived elsewhere.
const KEY_ID_LABEL: &[u8] = b"vestibule master key id v1\0";

/// Keys are made by `openssl rand -base64 32`, by secret managers and by us, with and without
/// padding and in either alphabet; all of them are taken.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Tells keys apart without giving anything away: the first 8 bytes of SHA-256 over a label and
/// the key. It stands in front of everything that was sealed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub(crate) [u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// Why a text is no master key. Never says anything about its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// Not base64.
    #[error("the secret key must be base64, as `openssl rand -base64 32` prints it")]
    Encoding,
    /// Another number of bytes than [`KEY_BYTES`].
    #[error("the secret key must be {KEY_BYTES} bytes in base64, but it has {found}")]
    Length {
        /// How many there were.
        found: usize,
    },
    /// The same byte all over: a placeholder that somebody forgot to replace.
    #[error("the secret key is a placeholder; make one with `openssl rand -base64 32`")]
    Placeholder,
}

/// A master key. Wiped from memory when dropped; prints only its id.
pub struct MasterKey {
    bytes: [u8; KEY_BYTES],
}

impl MasterKey {
    /// Reads a key from configuration: base64 of [`KEY_BYTES`] bytes, white space around it
    /// ignored.
    pub fn parse(raw: &str) -> Result<Self, MasterKeyError> {
        let raw = raw.trim();
        let decoded = STANDARD
            .decode(raw)
            .or_else(|_| URL_SAFE.decode(raw))
            .map(Zeroizing::new)
            .map_err(|_| MasterKeyError::Encoding)?;
        let bytes: [u8; KEY_BYTES] =
            decoded.as_slice().try_into().map_err(|_| MasterKeyError::Length { found: decoded.len() })?;
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(MasterKeyError::Placeholder);
        }
        Ok(Self { bytes })
    }

    /// Makes a fresh key.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut key = Self { bytes: [0; KEY_BYTES] };
        entropy.fill(&mut key.bytes);
        key
    }

    /// The text that [`MasterKey::parse`] reads, for the key file of a first run. Secret.
    pub fn encode(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(KEY_BYTES * 2));
        base64::engine::general_purpose::STANDARD.encode_string(self.bytes, &mut text);
        text
    }

    /// The id.
    pub fn id(&self) -> KeyId {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(KEY_ID_LABEL);
        context.update(&self.bytes);
        let digest = context.finish();
        let mut id = [0; 8];
        id.copy_from_slice(&digest.as_ref()[..8]);
        KeyId(id)
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.bytes
    }
}

impl Drop for MasterKey {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn a_generated_key_survives_its_text_form() {
        let key = MasterKey::generate(&SystemEntropy::new());
        let read = MasterKey::parse(&key.encode()).unwrap();
        assert_eq!(read.bytes, key.bytes);
        assert_eq!(read.id(), key.id());
        assert_ne!(MasterKey::generate(&SystemEntropy::new()).id(), key.id());
    }

    #[test]
    fn either_alphabet_with_or_without_padding_and_a_trailing_line_break_are_taken() {
        for raw in [
            "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=",
            "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s",
            " -_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s=\r\n",
        ] {
            // All bytes are 0xfb, which only the placeholder check sees.
            assert_eq!(MasterKey::parse(raw).map(drop), Err(MasterKeyError::Placeholder), "{raw}");
        }
        let key = MasterKey::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
        assert_eq!(key.bytes[31], 31);
    }

    #[test]
    fn what_is_not_exactly_32_bytes_in_base64_is_refused() {
        let of_length = |n: u8| base64::engine::general_purpose::STANDARD.encode((0..n).collect::<Vec<_>>());
        assert_eq!(MasterKey::parse("").map(drop), Err(MasterKeyError::Length { found: 0 }));
        assert_eq!(MasterKey::parse("not base64!").map(drop), Err(MasterKeyError::Encoding));
        assert_eq!(MasterKey::parse(&of_length(31)).map(drop), Err(MasterKeyError::Length { found: 31 }));
        assert!(MasterKey::parse(&of_length(32)).is_ok());
        assert_eq!(MasterKey::parse(&of_length(33)).map(drop), Err(MasterKeyError::Length { found: 33 }));
    }

    #[test]
    fn a_key_prints_its_id_only() {
        let key = MasterKey::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        assert_eq!(format!("{key:?}"), format!("MasterKey({})", key.id()));
        assert_eq!(key.id().to_string().len(), 16);
    }
}
