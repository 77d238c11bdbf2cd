//! Time, chance and secrets: the adapters behind the ports of `vestibule_application::ports::ambient`.
//!
//! This crate is the one place below `app` that looks at the system's clock and random source. It
//! must never know what it seals, whose password it hashes, or where keys are configured.

mod clock;
mod entropy;
mod master_key;
mod password;
mod strength;
mod vault;

pub use clock::SystemClock;
pub use entropy::SystemEntropy;
pub use master_key::{KEY_BYTES, KeyId, MasterKey, MasterKeyError};
pub use password::{
    ARGON2_ITERATIONS, ARGON2_LANES, ARGON2_MEMORY_KIB, Argon2Hasher, PASSWORD_BYTES_MAX, SALT_BYTES,
};
pub use strength::ZxcvbnStrength;
pub use vault::{AeadVault, OVERHEAD_BYTES, VaultSetupError};
