//! The second factor: codes that follow from the time, and recovery codes for when the device that
//! makes them is gone.
//!
//! Source: RFC 6238 (TOTP), RFC 4226 (HOTP), NIST SP 800-63B-4, sections 3.1.2 and 3.1.4.

use std::fmt;

use ring::hmac;
use time::Duration;

use crate::Instant;
use crate::secret::{Sealed, SecretDigest};

/// How long a code is shown. Source: RFC 6238, section 4.1; apps know no other.
pub const TOTP_STEP: Duration = Duration::seconds(30);

/// Digits of a code.
pub const TOTP_DIGITS: u32 = 6;

/// Bytes of a secret. Source: RFC 4226, section 4 (R6): 160 bits.
pub const TOTP_SECRET_BYTES: usize = 20;

/// Steps before and after the present one whose codes are taken: clocks go wrong, people are slow.
///
/// Source: RFC 6238, section 5.2 ("at most one time step is allowed as the network delay").
pub const TOTP_SKEW_STEPS: u64 = 1;

/// Recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;

/// Random bytes of a recovery code: 120 bits. From 112 bits on a plain hash of it may be stored.
///
/// Source: NIST SP 800-63B-4, section 3.1.2.2.
pub const RECOVERY_CODE_BYTES: usize = 15;

/// Source: RFC 4648, section 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Characters between two dashes of a recovery code.
const GROUP_CHARS: usize = 4;

/// What an app and we share. Never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; TOTP_SECRET_BYTES]);

impl TotpSecret {
    /// From fresh random bytes, or those that a vault kept.
    pub fn from_bytes(bytes: [u8; TOTP_SECRET_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the vault.
    pub fn expose(&self) -> &[u8; TOTP_SECRET_BYTES] {
        &self.0
    }

    /// The secret as it is typed into an app.
    pub fn to_base32(&self) -> String {
        base32(&self.0)
    }

    /// The address that an app reads from a picture, which shows `issuer` and `account`.
    ///
    /// Source: the "Key Uri Format" of Google Authenticator, which all apps took over.
    pub fn to_uri(&self, issuer: &str, account: &str) -> String {
        let [issuer, account] = [issuer, account].map(percent_encoded);
        format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={TOTP_DIGITS}&period={}",
            self.to_base32(),
            TOTP_STEP.whole_seconds()
        )
    }

    /// The code of a step. Source: RFC 4226, section 5.3.
    pub fn code_at(&self, step: u64) -> TotpCode {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let bytes = tag.as_ref();
        let offset = usize::from(bytes.last().copied().unwrap_or(0) & 0xf);
        let four = bytes.iter().skip(offset).take(4).fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        TotpCode((four & 0x7fff_ffff) % 10_u32.pow(TOTP_DIGITS))
    }

    /// The step that a code was shown in: one around now, and later than the last one whose code
    /// counted, since a code counts once. None if it is wrong.
    pub fn step_of(&self, code: TotpCode, now: Instant, last: Option<u64>) -> Option<u64> {
        let present = step_at(now);
        let steps = present.saturating_sub(TOTP_SKEW_STEPS)..=present + TOTP_SKEW_STEPS;
        // All are worked out, so that the time it takes tells nothing.
        let fits = steps.filter(|step| self.code_at(*step) == code).collect::<Vec<_>>();
        fits.into_iter().find(|step| last.is_none_or(|last| *step > last))
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// The step of an instant. Instants before 1970 do not occur.
pub fn step_at(now: Instant) -> u64 {
    u64::try_from(now.unix_timestamp() / TOTP_STEP.whole_seconds()).unwrap_or(0)
}

/// A code as an app shows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TotpCode(u32);

impl TotpCode {
    /// Reads six digits; apps show a gap between them, which may be typed.
    pub fn parse(typed: &str) -> Option<Self> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let six = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        six.then(|| digits.parse().ok().map(Self)).flatten()
    }
}

impl fmt::Display for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode(…)")
    }
}

/// A code that stands in for the app once. Never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// Makes a code from fresh random bytes.
    pub fn from_random(bytes: [u8; RECOVERY_CODE_BYTES]) -> Self {
        Self(base32(&bytes))
    }

    /// Reads a code as people copy it: dashes, spaces and case make no difference.
    pub fn parse(typed: &str) -> Option<Self> {
        let plain = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let code = plain.collect::<String>().to_ascii_uppercase();
        let whole =
            code.len() == RECOVERY_CODE_BYTES * 8 / 5 && code.bytes().all(|byte| BASE32.contains(&byte));
        whole.then_some(Self(code))
    }

    /// The code in groups, to be shown once.
    pub fn expose(&self) -> String {
        let chars: Vec<char> = self.0.to_ascii_lowercase().chars().collect();
        let groups: Vec<String> = chars.chunks(GROUP_CHARS).map(|group| group.iter().collect()).collect();
        groups.join("-")
    }

    /// What is stored.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.0)
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// What a member proves themselves by besides the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret that the member's app has too, sealed.
    pub sealed_secret: Sealed,
    /// The last step whose code counted.
    pub last_step: u64,
    /// The recovery codes that are left.
    pub recovery_codes: Vec<SecretDigest>,
    /// Since when.
    pub since: Instant,
}

impl SecondFactor {
    /// Spends a recovery code. None if it is none of those that are left.
    pub fn spend(&self, code: &RecoveryCode) -> Option<Self> {
        let digest = code.digest();
        let left: Vec<_> = self.recovery_codes.iter().copied().filter(|held| *held != digest).collect();
        (left.len() < self.recovery_codes.len()).then(|| Self { recovery_codes: left, ..self.clone() })
    }
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5);
    let mut bits = 0_u32;
    let mut held = 0_u32;
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    text
}

/// Everything but letters, digits and `-._~` in percents. Source: RFC 3986, section 2.
fn percent_encoded(text: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encoded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn secret() -> TotpSecret {
        TotpSecret::from_bytes(*b"12345678901234567890")
    }

    /// RFC 6238, appendix B, for SHA-1: eight digits there, of which an app shows the last six.
    #[test]
    fn the_codes_of_the_standard_come_out() {
        for (at_s, code) in [
            (59, 94_287_082_u32),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            let now = Instant::from_unix_timestamp(at_s).unwrap();
            assert_eq!(secret().code_at(step_at(now)), TotpCode(code % 1_000_000), "{at_s}");
        }
    }

    /// RFC 4226, appendix D.
    #[test]
    fn the_codes_of_the_first_counters_come_out() {
        let codes: Vec<String> = (0..5).map(|step| secret().code_at(step).to_string()).collect();
        assert_eq!(codes, ["755224", "287082", "359152", "969429", "338314"]);
    }

    #[test]
    fn a_code_counts_one_step_early_or_late_and_no_more() {
        let now = datetime!(2026-11-22 12:00 UTC);
        let present = step_at(now);
        let taken = |step| secret().step_of(secret().code_at(step), now, None);
        assert_eq!(taken(present - TOTP_SKEW_STEPS - 1), None);
        assert_eq!(taken(present - TOTP_SKEW_STEPS), Some(present - 1));
        assert_eq!(taken(present), Some(present));
        assert_eq!(taken(present + TOTP_SKEW_STEPS), Some(present + 1));
        assert_eq!(taken(present + TOTP_SKEW_STEPS + 1), None);
    }

    #[test]
    fn a_code_counts_once_and_none_before_it_counts_afterwards() {
        let now = datetime!(2026-11-22 12:00 UTC);
        let present = step_at(now);
        let taken = |step, last| secret().step_of(secret().code_at(step), now, Some(last));
        assert_eq!(taken(present, present - 1), Some(present));
        assert_eq!(taken(present, present), None);
        assert_eq!(taken(present - 1, present), None);
        assert_eq!(taken(present + 1, present), Some(present + 1));
    }

    #[test]
    fn a_code_is_six_digits_with_or_without_a_gap() {
        assert_eq!(TotpCode::parse(" 012 345 "), Some(TotpCode(12_345)));
        assert_eq!(TotpCode::parse("012345").unwrap().to_string(), "012345");
        for typed in ["", "12345", "1234567", "12345a", "-12345", "+12345", "１２３４５６"] {
            assert_eq!(TotpCode::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn an_app_reads_issuer_account_and_secret_from_the_address() {
        let uri = secret().to_uri("Vestibule: A&B", "ada@vendor.example");
        assert_eq!(
            uri,
            "otpauth://totp/Vestibule%3A%20A%26B:ada%40vendor.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Vestibule%3A%20A%26B&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn a_recovery_code_survives_being_copied() {
        let code = RecoveryCode::from_random([0xa5; RECOVERY_CODE_BYTES]);
        let shown = code.expose();
        assert_eq!(shown.len(), 29);
        for typed in [shown.clone(), shown.to_uppercase(), shown.replace('-', " "), format!(" {shown}\n")] {
            assert_eq!(RecoveryCode::parse(&typed), Some(code.clone()), "{typed}");
        }
        let one_more = format!("{shown}a");
        for typed in ["", "123456", &shown[1..], one_more.as_str()] {
            assert_eq!(RecoveryCode::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_recovery_code_is_spent_once() {
        let codes = [1, 2].map(|byte| RecoveryCode::from_random([byte; RECOVERY_CODE_BYTES]));
        let factor = SecondFactor {
            sealed_secret: Sealed::from_bytes(Vec::new()),
            last_step: 0,
            recovery_codes: codes.iter().map(RecoveryCode::digest).collect(),
            since: datetime!(2026-11-22 12:00 UTC),
        };
        let left = factor.spend(&codes[0]).unwrap();
        assert_eq!(left.recovery_codes, [codes[1].digest()]);
        assert_eq!(left.spend(&codes[0]), None);
        assert_eq!(left.spend(&codes[1]).unwrap().recovery_codes, []);
    }

    #[test]
    fn nothing_secret_is_printed() {
        let code = RecoveryCode::from_random([1; RECOVERY_CODE_BYTES]);
        let printed = format!("{:?} {:?} {code:?}", secret(), secret().code_at(1));
        assert_eq!(printed, "TotpSecret(…) TotpCode(…) RecoveryCode(…)");
    }
}
