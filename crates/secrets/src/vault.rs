//! Sealing secrets at rest: AES-256-GCM under a key of its own for every record.
//!
//! A record is `version (1) ‖ key id (8) ‖ salt (16) ‖ ciphertext ‖ tag (16)`. Its key is
//! HKDF-SHA256 over the master key with the random salt, so a nonce is used once per key and can
//! be constant: random nonces under one key would be good for 2^32 records only (NIST SP 800-38D,
//! section 8.3). The header and the context are authenticated along with the plaintext.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use vestibule_application::ports::ambient::{Entropy as _, Vault, VaultError};
use vestibule_domain::secret::Sealed;

use crate::{KeyId, MasterKey, SystemEntropy};

const VERSION: u8 = 1;
const KEY_ID_BYTES: usize = 8;
const RECORD_SALT_BYTES: usize = 16;
const HEADER_BYTES: usize = 1 + KEY_ID_BYTES + RECORD_SALT_BYTES;
const TAG_BYTES: usize = 16;

/// By how much a sealed value is longer than its plaintext, in bytes.
pub const OVERHEAD_BYTES: usize = HEADER_BYTES + TAG_BYTES;

/// Separates these keys from any others that may one day be derived from the master key.
const RECORD_KEY_LABEL: &[u8] = b"vestibule vault record v1";

/// Why a vault cannot be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultSetupError {
    /// One key given twice: most likely the old key was not replaced but copied.
    #[error("the secret key {key_id} is configured twice")]
    SameKeyTwice {
        /// The key's id.
        key_id: KeyId,
    },
}

/// Seals under the current key, opens what was sealed under it or a previous one.
pub struct AeadVault {
    /// The current key first.
    keys: Vec<(KeyId, MasterKey)>,
    entropy: SystemEntropy,
}

impl fmt::Debug for AeadVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|(id, _)| id)).finish()
    }
}

impl AeadVault {
    /// A vault that seals under `current` and still opens what `previous` keys sealed.
    pub fn new(current: MasterKey, previous: Vec<MasterKey>) -> Result<Self, VaultSetupError> {
        let mut keys: Vec<(KeyId, MasterKey)> = Vec::with_capacity(1 + previous.len());
        for key in std::iter::once(current).chain(previous) {
            let key_id = key.id();
            if keys.iter().any(|(known, _)| *known == key_id) {
                return Err(VaultSetupError::SameKeyTwice { key_id });
            }
            keys.push((key_id, key));
        }
        Ok(Self { keys, entropy: SystemEntropy::new() })
    }

    /// Whether a value was sealed under another key than the current one: what `key rotate` seals
    /// anew.
    pub fn is_outdated(&self, sealed: &Sealed) -> bool {
        Header::read(sealed.as_bytes()).is_none_or(|(header, _)| header.key_id() != self.keys[0].0)
    }
}

/// The fixed beginning of a record.
#[derive(Clone, Copy)]
struct Header([u8; HEADER_BYTES]);

impl Header {
    fn new(key_id: KeyId, salt: [u8; RECORD_SALT_BYTES]) -> Self {
        let mut bytes = [0; HEADER_BYTES];
        bytes[0] = VERSION;
        bytes[1..=KEY_ID_BYTES].copy_from_slice(&key_id.0);
        bytes[1 + KEY_ID_BYTES..].copy_from_slice(&salt);
        Self(bytes)
    }

    /// Splits a record into its header and the rest; `None` if this is no record of ours.
    fn read(sealed: &[u8]) -> Option<(Self, &[u8])> {
        let (header, rest) = sealed.split_first_chunk::<HEADER_BYTES>()?;
        (header[0] == VERSION && rest.len() >= TAG_BYTES).then_some((Self(*header), rest))
    }

    fn key_id(&self) -> KeyId {
        let mut id = [0; KEY_ID_BYTES];
        id.copy_from_slice(&self.0[1..=KEY_ID_BYTES]);
        KeyId(id)
    }

    fn salt(&self) -> &[u8] {
        &self.0[1 + KEY_ID_BYTES..]
    }

    /// What is authenticated beside the plaintext. The header has a fixed length, so no two pairs
    /// of header and context read alike.
    fn associated_data(&self, context: &str) -> Aad<Vec<u8>> {
        Aad::from([self.0.as_slice(), context.as_bytes()].concat())
    }

    fn record_key(&self, master: &MasterKey) -> LessSafeKey {
        let key: UnboundKey = Salt::new(HKDF_SHA256, self.salt())
            .extract(master.bytes())
            .expand(&[RECORD_KEY_LABEL], &AES_256_GCM)
            .expect("one key is far below HKDF's limit of 255 hashes")
            .into();
        LessSafeKey::new(key)
    }
}

/// Constant, because every record has a key of its own.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

impl Vault for AeadVault {
    /// # Panics
    /// When the system has no random bytes, see [`SystemEntropy`].
    fn seal(&self, context: &str, plaintext: &[u8]) -> Sealed {
        let (key_id, master) = &self.keys[0];
        let mut salt = [0; RECORD_SALT_BYTES];
        self.entropy.fill(&mut salt);
        let header = Header::new(*key_id, salt);

        // The capacity is exact, so that no copy of the plaintext is left behind by growing.
        let mut record = Vec::with_capacity(OVERHEAD_BYTES + plaintext.len());
        record.extend_from_slice(&header.0);
        record.extend_from_slice(plaintext);
        let tag = header
            .record_key(master)
            .seal_in_place_separate_tag(nonce(), header.associated_data(context), &mut record[HEADER_BYTES..])
            .expect("AES-GCM takes 64 GiB, more than memory holds");
        record.extend_from_slice(tag.as_ref());
        Sealed::from_bytes(record)
    }

    fn open(&self, context: &str, sealed: &Sealed) -> Result<Vec<u8>, VaultError> {
        let (header, ciphertext) = Header::read(sealed.as_bytes()).ok_or(VaultError::Refused)?;
        let key_id = header.key_id();
        let (_, master) = self
            .keys
            .iter()
            .find(|(known, _)| *known == key_id)
            .ok_or(VaultError::UnknownKey { key_id: u64::from_be_bytes(key_id.0) })?;
        let mut buffer = ciphertext.to_vec();
        let length = header
            .record_key(master)
            .open_in_place(nonce(), header.associated_data(context), &mut buffer)
            .map_err(|_| VaultError::Refused)?
            .len();
        buffer.truncate(length);
        Ok(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: &str = "connection:conn_01J9ZQK3V0000000000000000A:oidc_client_secret";

    fn key(seed: u8) -> MasterKey {
        let mut bytes = [seed; 32];
        bytes[0] = 0;
        let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
        MasterKey::parse(&text).unwrap()
    }

    fn vault(current: u8, previous: &[u8]) -> AeadVault {
        AeadVault::new(key(current), previous.iter().map(|seed| key(*seed)).collect()).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_under_the_same_context() {
        let vault = vault(1, &[]);
        for plaintext in [b"".as_slice(), b"s3cret", &[0xff; 10_000]] {
            let sealed = vault.seal(CONTEXT, plaintext);
            assert_eq!(sealed.as_bytes().len(), plaintext.len() + OVERHEAD_BYTES);
            assert_eq!(vault.open(CONTEXT, &sealed), Ok(plaintext.to_vec()));
        }
    }

    #[test]
    fn a_value_moved_to_another_row_does_not_open() {
        let vault = vault(1, &[]);
        let sealed = vault.seal(CONTEXT, b"s3cret");
        for context in ["", "connection", &CONTEXT[1..], &format!("{CONTEXT} ")] {
            assert_eq!(vault.open(context, &sealed), Err(VaultError::Refused), "{context}");
        }
    }

    #[test]
    fn no_byte_can_be_changed_cut_or_added() {
        let vault = vault(1, &[]);
        let sealed = vault.seal(CONTEXT, b"s3cret").as_bytes().to_vec();
        for position in 0..sealed.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed[position] ^= 1 << bit;
                let refused = vault.open(CONTEXT, &Sealed::from_bytes(changed)).unwrap_err();
                let in_key_id = (1..=KEY_ID_BYTES).contains(&position);
                assert_eq!(matches!(refused, VaultError::UnknownKey { .. }), in_key_id, "byte {position}");
            }
            let cut = Sealed::from_bytes(sealed[..position].to_vec());
            assert_eq!(vault.open(CONTEXT, &cut), Err(VaultError::Refused), "cut at {position}");
        }
        let longer = Sealed::from_bytes([sealed.as_slice(), b"\0"].concat());
        assert_eq!(vault.open(CONTEXT, &longer), Err(VaultError::Refused));
    }

    #[test]
    fn one_plaintext_never_seals_alike() {
        let vault = vault(1, &[]);
        assert_ne!(vault.seal(CONTEXT, b"s3cret"), vault.seal(CONTEXT, b"s3cret"));
    }

    #[test]
    fn after_a_rotation_old_values_open_and_new_ones_are_under_the_new_key() {
        let old = vault(1, &[]).seal(CONTEXT, b"s3cret");
        let rotated = vault(2, &[1]);
        assert_eq!(rotated.open(CONTEXT, &old), Ok(b"s3cret".to_vec()));
        assert!(rotated.is_outdated(&old));

        let new = rotated.seal(CONTEXT, b"s3cret");
        assert!(!rotated.is_outdated(&new));
        assert_eq!(vault(2, &[]).open(CONTEXT, &new), Ok(b"s3cret".to_vec()));
    }

    #[test]
    fn a_missing_key_is_named() {
        let sealed = vault(1, &[]).seal(CONTEXT, b"s3cret");
        let refused = vault(2, &[3]).open(CONTEXT, &sealed).unwrap_err();
        assert!(refused.to_string().contains(&key(1).id().to_string()), "{refused}");
    }

    #[test]
    fn the_same_key_twice_is_a_mistake() {
        let refused = AeadVault::new(key(1), vec![key(2), key(1)]).map(drop);
        assert_eq!(refused, Err(VaultSetupError::SameKeyTwice { key_id: key(1).id() }));
    }

    #[test]
    fn a_record_of_an_earlier_release_opens() {
        // Made by another implementation of format 1 (Python's `cryptography`) with the key
        // 00 01 01 … and the salt 00 01 02 …; it must open for ever.
        let record = include_bytes!("../tests/data/record-v1.bin");
        let opened = vault(1, &[]).open(CONTEXT, &Sealed::from_bytes(record.to_vec()));
        assert_eq!(opened, Ok(b"kept since format 1".to_vec()));
    }

    #[test]
    fn a_vault_prints_key_ids_only() {
        assert_eq!(format!("{:?}", vault(1, &[])), format!("[{:?}]", key(1).id()));
    }
}
