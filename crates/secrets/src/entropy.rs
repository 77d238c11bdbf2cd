//! The system's random source.

use ring::rand::{SecureRandom as _, SystemRandom};
use vestibule_application::ports::ambient::Entropy;

/// The operating system's cryptographic random source.
#[derive(Clone, Debug)]
pub struct SystemEntropy {
    source: SystemRandom,
}

impl SystemEntropy {
    /// The system's source. Nothing is opened or read until the first use.
    pub fn new() -> Self {
        Self { source: SystemRandom::new() }
    }
}

impl Default for SystemEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl Entropy for SystemEntropy {
    /// # Panics
    /// When the operating system refuses random bytes. There is no answer to give then: any token
    /// or key made without them could be guessed, so the task must not go on, and no caller has a
    /// better idea. On Linux this means that `getrandom` is missing or filtered away.
    fn fill(&self, bytes: &mut [u8]) {
        assert!(self.source.fill(bytes).is_ok(), "the operating system's random source failed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_filled_and_no_two_draws_agree() {
        let entropy = SystemEntropy::new();
        // Each byte is zero in one draw out of 256; in 64 draws together practically never.
        let mut seen = [0_u8; 32];
        for _ in 0..64 {
            let mut draw = [0; 32];
            entropy.fill(&mut draw);
            for (seen, drawn) in seen.iter_mut().zip(draw) {
                *seen |= drawn;
            }
        }
        assert!(seen.iter().all(|byte| *byte != 0));

        let dynamic: &dyn Entropy = &entropy;
        assert_ne!(dynamic.token_bytes(), dynamic.token_bytes());
    }

    #[test]
    fn an_empty_slice_is_fine() {
        SystemEntropy::new().fill(&mut []);
    }
}
