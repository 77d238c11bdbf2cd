//! Time, chance and secrets: what the domain may not reach for itself.

use ulid::Ulid;
use vestibule_domain::Instant;
use vestibule_domain::id::Id;
use vestibule_domain::password::{Password, Weakness};
use vestibule_domain::secret::Sealed;

/// The time.
pub trait Clock: Send + Sync {
    /// Now, in UTC, cut to microseconds.
    fn now(&self) -> Instant;
}

/// Chance, from the system's cryptographic source.
pub trait Entropy: Send + Sync {
    /// Fills the slice with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Entropy + '_ {
    /// 32 random bytes, for tokens.
    pub fn token_bytes(&self) -> [u8; vestibule_domain::secret::TOKEN_BYTES] {
        let mut bytes = [0; vestibule_domain::secret::TOKEN_BYTES];
        self.fill(&mut bytes);
        bytes
    }

    /// A new id whose time is `now`.
    pub fn id<T: Id>(&self, now: Instant) -> T {
        let mut bytes = [0; 16];
        self.fill(&mut bytes[6..]);
        let random = u128::from_be_bytes(bytes);
        // Instants before 1970 do not occur; a clock set there gives ids at the epoch.
        let ms = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        T::from_ulid(Ulid::from_parts(ms, random))
    }
}

/// Seals secrets at rest.
///
/// The context names the row a secret belongs to (`connection:conn_…:oidc_client_secret`); it is
/// authenticated, so that a sealed value copied to another row does not open.
pub trait Vault: Send + Sync {
    /// Seals.
    fn seal(&self, context: &str, plaintext: &[u8]) -> Sealed;

    /// Opens what was sealed under the same context.
    fn open(&self, context: &str, sealed: &Sealed) -> Result<Vec<u8>, VaultError>;
}

/// A sealed value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Sealed under a key that is not configured.
    #[error("sealed under the key {key_id:016x}, which is not configured")]
    UnknownKey {
        /// The id of the key, so that an operator can find the one that is missing.
        key_id: u64,
    },
    /// Changed, cut, or moved here from another row.
    #[error("the sealed value does not belong here or was changed")]
    Refused,
}

/// Tells how easy a password is to guess.
pub trait PasswordStrength: Send + Sync {
    /// What makes a password easy to guess, for somebody who knows these words as well: name and
    /// address of whoever chooses it, the team's name. None if nobody will guess it.
    fn weakness(&self, password: &Password, own_words: &[&str]) -> Option<Weakness>;
}

/// Hashes passwords.
pub trait PasswordHasher: Send + Sync {
    /// A PHC string with its parameters inside. Slow on purpose.
    fn hash(&self, password: &str) -> String;

    /// Whether the password is the one that was hashed. Slow on purpose.
    fn verify(&self, password: &str, hash: &str) -> bool;
}
