//! Codes that prove an address: six digits, sent there, typed back.
//!
//! Six digits can be guessed, so nothing about a code is unlimited: how long it lives, how often it
//! may be tried, how many are made for a link. A code whose address the link does not name is made
//! and judged like any other, and never sent: from outside nobody can tell the two apart.

use std::fmt;

use time::Duration;

use crate::Instant;
use crate::email::EmailAddress;
use crate::id::{AddressCodeId, EnvironmentId, OrganizationId, PortalLinkId};
use crate::secret::Sealed;

/// Digits of a code.
pub const CODE_DIGITS: usize = 6;

/// How many codes there are.
const CODES: u64 = 1_000_000;

/// How long a code works.
pub const CODE_LIFE: Duration = Duration::minutes(10);

/// Wrong tries after which a code is worth nothing.
pub const CODE_TRIES_MAX: u8 = 5;

/// Most codes that are made for one link within an hour.
pub const CODES_PER_HOUR_MAX: usize = 5;

/// Most codes that are made for one link within a day.
///
/// With [`CODE_TRIES_MAX`] that is a hundred guesses a day: whoever has a forwarded link and
/// guesses for all of its thirty days finds a code with a chance of one in three hundred.
pub const CODES_PER_DAY_MAX: usize = 20;

/// How long codes are kept, used up or not: for as long as they count against a limit.
pub const CODE_KEPT: Duration = Duration::days(1);

/// A code: six digits. Never prints itself, and compares in constant time.
#[derive(Clone)]
pub struct ConfirmationCode([u8; CODE_DIGITS]);

/// A text that is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code has {CODE_DIGITS} digits")]
pub struct CodeSyntax;

impl ConfirmationCode {
    /// Makes a code from fresh random bytes. Of 2^64 values the first codes get one more than the
    /// last, which nobody can make use of.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let mut rest = u64::from_be_bytes(bytes) % CODES;
        let mut digits = [b'0'; CODE_DIGITS];
        for digit in digits.iter_mut().rev() {
            // Below ten, always a byte.
            *digit += u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        Self(digits)
    }

    /// Accepts a code as people paste it: with spaces or dashes in it, or in full-width digits as
    /// Japanese keyboards type them.
    pub fn parse(raw: &str) -> Result<Self, CodeSyntax> {
        let mut digits = [0; CODE_DIGITS];
        let mut places = digits.iter_mut();
        for c in raw.chars().filter(|c| !c.is_whitespace() && !is_dash(*c)) {
            let digit = match c {
                '0'..='9' => u32::from(c) - u32::from('0'),
                '０'..='９' => u32::from(c) - u32::from('０'),
                _ => return Err(CodeSyntax),
            };
            *places.next().ok_or(CodeSyntax)? = b'0' + u8::try_from(digit).map_err(|_| CodeSyntax)?;
        }
        if places.next().is_some() { Err(CodeSyntax) } else { Ok(Self(digits)) }
    }

    /// The digits: for the one message that carries them, and for the vault.
    pub fn expose(&self) -> String {
        self.0.iter().map(|digit| char::from(*digit)).collect()
    }

    /// Whether both are the same, in a time that does not depend on where they differ.
    pub fn matches(&self, other: &Self) -> bool {
        let differing = self.0.iter().zip(&other.0).fold(0, |seen, (a, b)| seen | (a ^ b));
        std::hint::black_box(differing) == 0
    }
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}')
}

impl fmt::Debug for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfirmationCode(…)")
    }
}

/// A code that was made for an address and a link. Of an address's codes only the newest counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressCode {
    /// Its id.
    pub id: AddressCodeId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The organization of the link.
    pub organization_id: OrganizationId,
    /// The link that is to be opened with it.
    pub link_id: PortalLinkId,
    /// The address it proves.
    pub address: EmailAddress,
    /// The digits, sealed under the code's id: a digest of six digits would hide nothing.
    pub sealed: Sealed,
    /// How often something else was typed.
    pub wrong_tries: u8,
    /// What became of it.
    pub state: CodeState,
    /// When it was made.
    pub created_at: Instant,
}

/// What became of a code. That it expired is not a state: it follows from the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// It waits to be typed.
    Waiting,
    /// It was typed. Each code works once.
    Used {
        /// When.
        at: Instant,
    },
}

/// Why a code does not prove an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefused {
    /// Other digits.
    #[error("these are not the digits of the newest code; {tries_left} tries are left")]
    Wrong {
        /// How often more it may be tried.
        tries_left: u8,
    },
    /// Too many wrong tries.
    #[error("the code was tried too often")]
    TriedTooOften,
    /// Older than [`CODE_LIFE`], or used, or there is none.
    #[error("the code works no longer")]
    Over,
}

/// What was typed for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    /// Its digits.
    Right,
    /// Others; or any for a code whose address may not open the link, since it was never sent.
    Wrong,
}

impl AddressCode {
    /// When it stops working.
    pub fn expires_at(&self) -> Instant {
        self.created_at + CODE_LIFE
    }

    /// The code after digits were typed for it, and whether they prove its address.
    pub fn tried(self, typed: Digits, now: Instant) -> (Self, Result<(), CodeRefused>) {
        if self.state != CodeState::Waiting || self.expires_at() <= now {
            return (self, Err(CodeRefused::Over));
        }
        if self.wrong_tries >= CODE_TRIES_MAX {
            return (self, Err(CodeRefused::TriedTooOften));
        }
        if typed == Digits::Right {
            return (Self { state: CodeState::Used { at: now }, ..self }, Ok(()));
        }
        let wrong_tries = self.wrong_tries + 1;
        let refused = match CODE_TRIES_MAX - wrong_tries {
            0 => CodeRefused::TriedTooOften,
            tries_left => CodeRefused::Wrong { tries_left },
        };
        (Self { wrong_tries, ..self }, Err(refused))
    }
}

/// Too many codes were made for a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many codes were asked for")]
pub struct TooManyCodes {
    /// When another one may be made.
    pub again_at: Instant,
}

/// Whether another code may be made for a link, given when those of the last [`CODE_KEPT`] were
/// made, in any order.
pub fn another_code(made: &[Instant], now: Instant) -> Result<(), TooManyCodes> {
    let mut newest_first = made.to_vec();
    newest_first.sort_unstable_by(|a, b| b.cmp(a));
    let limits = [(CODES_PER_HOUR_MAX, Duration::hours(1)), (CODES_PER_DAY_MAX, Duration::days(1))];
    // Another one is within a limit as soon as the oldest of the last `most` is out of its window.
    let again_at = limits
        .into_iter()
        .filter_map(|(most, window)| newest_first.get(most - 1).map(|oldest| *oldest + window))
        .filter(|again_at| *again_at > now)
        .max();
    again_at.map_or(Ok(()), |again_at| Err(TooManyCodes { again_at }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use time::macros::datetime;
    use ulid::Ulid;

    const NOW: Instant = datetime!(2026-11-21 12:00 UTC);

    fn code() -> AddressCode {
        AddressCode {
            id: AddressCodeId::from_ulid(Ulid::from_parts(1, 1)),
            environment_id: EnvironmentId::from_ulid(Ulid::from_parts(1, 2)),
            organization_id: OrganizationId::from_ulid(Ulid::from_parts(1, 3)),
            link_id: PortalLinkId::from_ulid(Ulid::from_parts(1, 4)),
            address: EmailAddress::parse("it@acme.example").unwrap(),
            sealed: Sealed::from_bytes(Vec::new()),
            wrong_tries: 0,
            state: CodeState::Waiting,
            created_at: NOW,
        }
    }

    fn digits(raw: &str) -> ConfirmationCode {
        ConfirmationCode::parse(raw).unwrap()
    }

    #[test]
    fn a_code_is_read_as_people_paste_it() {
        for raw in [
            "012345",
            " 012 345\n",
            "012-345",
            "012\u{2011}345",
            "０１２３４５",
            "0 1 2 3 4 5",
            "\u{a0}012345",
        ] {
            assert_eq!(digits(raw).expose(), "012345", "{raw:?}");
        }
        for raw in ["", "01234", "0123456", "o12345", "012.345", "٠١٢٣٤٥", "012345 0", "+12345"] {
            assert_eq!(ConfirmationCode::parse(raw).map(|code| code.expose()), Err(CodeSyntax), "{raw:?}");
        }
    }

    #[test]
    fn random_bytes_make_every_code() {
        let made = |n: u64| ConfirmationCode::from_random(n.to_be_bytes()).expose();
        assert_eq!(made(0), "000000");
        assert_eq!(made(7), "000007");
        assert_eq!(made(999_999), "999999");
        assert_eq!(made(1_000_000), "000000");
        assert_eq!(made(u64::MAX).len(), CODE_DIGITS);
    }

    #[test]
    fn only_the_same_digits_match() {
        assert!(digits("123456").matches(&digits("123456")));
        for other in ["023456", "123457", "654321"] {
            assert!(!digits("123456").matches(&digits(other)), "{other}");
        }
    }

    #[test]
    fn a_code_works_once() {
        let (used, proved) = code().tried(Digits::Right, NOW);
        assert_eq!((used.state, proved), (CodeState::Used { at: NOW }, Ok(())));
        let (again, refused) = used.clone().tried(Digits::Right, NOW);
        assert_eq!((again, refused), (used, Err(CodeRefused::Over)));
    }

    #[test]
    fn a_code_works_until_the_instant_it_expires() {
        let at = |now| code().tried(Digits::Right, now).1;
        assert_eq!(at(NOW + CODE_LIFE - Duration::microseconds(1)), Ok(()));
        assert_eq!(at(NOW + CODE_LIFE), Err(CodeRefused::Over));
    }

    #[test]
    fn a_code_may_be_tried_five_times() {
        let mut code = code();
        for left in (1..CODE_TRIES_MAX).rev() {
            let (tried, refused) = code.tried(Digits::Wrong, NOW);
            assert_eq!(refused, Err(CodeRefused::Wrong { tries_left: left }));
            code = tried;
        }
        // One is left, and it may be the right one.
        assert_eq!(code.clone().tried(Digits::Right, NOW).1, Ok(()));
        let (spent, refused) = code.tried(Digits::Wrong, NOW);
        assert_eq!((spent.wrong_tries, refused), (CODE_TRIES_MAX, Err(CodeRefused::TriedTooOften)));
        let (still, refused) = spent.clone().tried(Digits::Right, NOW);
        assert_eq!((still, refused), (spent, Err(CodeRefused::TriedTooOften)));
    }

    #[test]
    fn so_many_codes_are_made_in_an_hour() {
        let made = |n: usize, at: Instant| vec![at; n];
        assert_eq!(another_code(&made(CODES_PER_HOUR_MAX - 1, NOW), NOW), Ok(()));
        let again_at = NOW + Duration::hours(1);
        let full = made(CODES_PER_HOUR_MAX, NOW);
        assert_eq!(another_code(&full, NOW), Err(TooManyCodes { again_at }));
        assert_eq!(another_code(&full, again_at - Duration::microseconds(1)), Err(TooManyCodes { again_at }));
        assert_eq!(another_code(&full, again_at), Ok(()));
    }

    #[test]
    fn so_many_codes_are_made_in_a_day() {
        let hourly = |n: usize| -> Vec<Instant> {
            (0..n).map(|i| NOW + Duration::hours(i64::try_from(i).unwrap())).collect()
        };
        let now = NOW + Duration::hours(23);
        assert_eq!(another_code(&hourly(CODES_PER_DAY_MAX - 1), now), Ok(()));
        let again_at = NOW + Duration::days(1);
        assert_eq!(another_code(&hourly(CODES_PER_DAY_MAX), now), Err(TooManyCodes { again_at }));
        assert_eq!(another_code(&hourly(CODES_PER_DAY_MAX), again_at), Ok(()));
        // The later of two limits is told.
        let mut both = hourly(CODES_PER_DAY_MAX - CODES_PER_HOUR_MAX);
        both.extend(vec![now; CODES_PER_HOUR_MAX]);
        assert_eq!(another_code(&both, now), Err(TooManyCodes { again_at }));
    }

    #[test]
    fn nothing_secret_is_printed() {
        assert_eq!(format!("{:?}", digits("123456")), "ConfirmationCode(…)");
    }
}
