//! Passwords: argon2id.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use unicode_normalization::UnicodeNormalization as _;
use vestibule_application::ports::ambient::{Entropy as _, PasswordHasher};

use crate::SystemEntropy;

/// Memory for one hash, in KiB. This and the two below are the first choice of the OWASP Password
/// Storage Cheat Sheet ("m=19456 (19 MiB), t=2, p=1").
pub const ARGON2_MEMORY_KIB: u32 = 19_456;

/// Passes over the memory.
pub const ARGON2_ITERATIONS: u32 = 2;

/// Lanes. One: a server's other cores serve other people.
pub const ARGON2_LANES: u32 = 1;

/// Length of the random salt, in bytes. Source: RFC 9106, section 3.1.
pub const SALT_BYTES: usize = 16;

/// Longest password, in bytes; forms refuse a longer one before it gets here.
///
/// NIST SP 800-63B asks for at least 64 characters; 1 KiB takes any passphrase in any script.
pub const PASSWORD_BYTES_MAX: usize = 1_024;

/// Hashes passwords with argon2id. Each call takes some tens of milliseconds and
/// [`ARGON2_MEMORY_KIB`]: it belongs on a blocking thread.
#[derive(Clone, Debug)]
pub struct Argon2Hasher {
    params: Params,
    entropy: SystemEntropy,
}

impl Default for Argon2Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Argon2Hasher {
    /// A hasher with the parameters above.
    #[expect(clippy::missing_panics_doc, reason = "the parameters are constants; a test makes the hasher")]
    pub fn new() -> Self {
        let params = Params::new(ARGON2_MEMORY_KIB, ARGON2_ITERATIONS, ARGON2_LANES, None)
            .expect("the constant parameters are inside argon2's limits");
        Self { params, entropy: SystemEntropy::new() }
    }

    fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }
}

impl PasswordHasher for Argon2Hasher {
    /// # Panics
    /// When there is no memory for a hash, or no random bytes for its salt.
    fn hash(&self, password: &str) -> String {
        let mut salt = [0; SALT_BYTES];
        self.entropy.fill(&mut salt);
        self.argon2()
            .hash_password_with_salt(normal_form(password).as_bytes(), &salt)
            .expect("argon2 fails on constant parameters only for want of memory")
            .to_string()
    }

    /// The parameters are those inside the hash, so that hashes made before a change of the
    /// constants stay good. A hash that cannot be read matches nothing, and neither does a
    /// password longer than [`PASSWORD_BYTES_MAX`].
    fn verify(&self, password: &str, hash: &str) -> bool {
        if password.len() > PASSWORD_BYTES_MAX {
            return false;
        }
        PasswordHash::new(hash)
            .is_ok_and(|hash| self.argon2().verify_password(normal_form(password).as_bytes(), &hash).is_ok())
    }
}

/// A password as it is hashed and compared: keyboards write the same letter in more than one way.
///
/// Source: NIST SP 800-63B-4, section 3.1.1.2; Unicode Standard Annex 15 (NFC).
fn normal_form(password: &str) -> String {
    password.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_names_the_algorithm_and_the_parameters() {
        let hash = Argon2Hasher::new().hash("correct horse");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }

    #[test]
    fn only_the_same_password_matches() {
        let hasher = Argon2Hasher::new();
        let hash = hasher.hash("correct horse");
        assert!(hasher.verify("correct horse", &hash));
        assert!(!hasher.verify("correct horse ", &hash));
        assert!(!hasher.verify("", &hash));
    }

    #[test]
    fn the_same_password_never_hashes_alike() {
        let hasher = Argon2Hasher::new();
        assert_ne!(hasher.hash("correct horse"), hasher.hash("correct horse"));
    }

    #[test]
    fn a_hash_with_other_parameters_still_opens() {
        // From the reference implementation's own tests (phc-winner-argon2, src/test.c).
        let hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(Argon2Hasher::new().verify("password", hash));
        assert!(!Argon2Hasher::new().verify("passwore", hash));
    }

    #[test]
    fn a_broken_hash_matches_nothing() {
        for hash in
            ["", "$argon2id$", "plain", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$", "\0", "$2b$10$x"]
        {
            assert!(!Argon2Hasher::new().verify("", hash), "{hash:?}");
        }
    }

    #[test]
    fn the_longest_password_works_and_one_byte_more_does_not() {
        let hasher = Argon2Hasher::new();
        let longest = "x".repeat(PASSWORD_BYTES_MAX);
        assert!(hasher.verify(&longest, &hasher.hash(&longest)));
        let too_long = "x".repeat(PASSWORD_BYTES_MAX + 1);
        assert!(!hasher.verify(&too_long, &hasher.hash(&too_long)));
    }

    #[test]
    fn one_password_typed_on_two_keyboards_is_one() {
        let hasher = Argon2Hasher::new();
        let hash = hasher.hash("caf\u{e9} am Bahnhof");
        assert!(hasher.verify("cafe\u{301} am Bahnhof", &hash));
        // Compatibility forms stay apart: what looks different is another password.
        assert!(!hasher.verify("caf\u{e9} am Bahnhof\u{fb01}", &hasher.hash("caf\u{e9} am Bahnhoffi")));
    }
}
