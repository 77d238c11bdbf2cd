//! An authenticator app, as a person has it on their phone.

use std::time::{SystemTime, UNIX_EPOCH};

use ring::hmac;

/// How long a code is shown, in seconds.
const STEP_S: u64 = 30;

/// Source: RFC 4648, section 6.
const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The app, with the key of one account.
#[derive(Debug)]
pub struct Authenticator {
    key: hmac::Key,
}

impl Authenticator {
    /// Adds an account by its key, typed as it is shown.
    ///
    /// # Panics
    /// When it is no key.
    pub fn with_key(shown: &str) -> Self {
        let mut bytes = Vec::new();
        let (mut held, mut bits) = (0_u32, 0);
        for digit in shown.chars().filter(|c| !c.is_whitespace()) {
            let digit = BASE32.find(digit).unwrap_or_else(|| panic!("{shown} is no key"));
            held = held << 5 | u32::try_from(digit).unwrap();
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push(u8::try_from(held >> bits & 0xff).unwrap());
            }
        }
        Self { key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes) }
    }

    /// The code that is shown now, or so many steps later. Source: RFC 6238, section 4.
    ///
    /// # Panics
    /// When the clock stands before 1970.
    pub fn code(&self, steps_later: u64) -> String {
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let step = now_s / STEP_S + steps_later;
        let tag = hmac::sign(&self.key, &step.to_be_bytes());
        let offset = usize::from(tag.as_ref()[19] & 0xf);
        let four: [u8; 4] = tag.as_ref()[offset..offset + 4].try_into().unwrap();
        format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_shown() {
        let spaced = Authenticator::with_key("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let tag = hmac::sign(&spaced.key, &1_u64.to_be_bytes());
        let plain = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"12345678901234567890");
        assert_eq!(tag.as_ref(), hmac::sign(&plain, &1_u64.to_be_bytes()).as_ref());
    }
}
