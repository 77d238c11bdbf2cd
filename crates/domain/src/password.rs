//! Passwords that members choose.
//!
//! Source: NIST SP 800-63B-4, section 3.1.1. One rule for everybody, with a second factor or
//! without: a second factor can be switched off, and the password stays.

use std::fmt;

/// Shortest password, in characters: what a password that stands alone must have.
///
/// Source: NIST SP 800-63B-4, section 3.1.1.2 (15 characters as the only factor, 8 beside another).
pub const PASSWORD_CHARS_MIN: usize = 15;

/// Longest password, in characters. At least 64 have to be taken; a password manager makes no more.
pub const PASSWORD_CHARS_MAX: usize = 128;

/// A new password of permitted length, as it was typed. Any character counts, no kind of character is
/// asked for. Never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a password was refused: a clause that begins with a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Shorter than [`PASSWORD_CHARS_MIN`].
    #[error("must have at least {PASSWORD_CHARS_MIN} characters; a few words in a row are easy to remember")]
    TooShort,
    /// Longer than [`PASSWORD_CHARS_MAX`].
    #[error("must have at most {PASSWORD_CHARS_MAX} characters")]
    TooLong,
    /// Easy to guess.
    #[error("is easy to guess: {0}")]
    Guessable(Weakness),
}

/// What makes a password easy to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Among the passwords that people choose most, or close to one.
    #[error("many people use it, or one like it. Take words that do not go together")]
    Common,
    /// The person's or the team's own words.
    #[error("it is made of your name, your address or the name of your team")]
    Own,
    /// Neighbouring keys.
    #[error("it follows the keys of a keyboard")]
    Keyboard,
    /// The same over and over.
    #[error("it repeats itself")]
    Repetition,
    /// Letters or digits in their order.
    #[error("it counts up or down")]
    Sequence,
    /// Dates and years.
    #[error("it is a date or a year with little else")]
    Date,
    /// Few words or names.
    #[error("it is a word or a name with little else. Add words that do not go with it")]
    FewWords,
    /// Anything else.
    #[error("it has too little that nobody could know. Add a few words")]
    Predictable,
}

impl Password {
    /// Takes a password of permitted length. White space is part of it.
    ///
    /// # Errors
    /// When it is too short or too long.
    pub fn parse(typed: &str) -> Result<Self, PasswordError> {
        match typed.chars().count() {
            0..PASSWORD_CHARS_MIN => Err(PasswordError::TooShort),
            PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX => Ok(Self(typed.to_owned())),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// The password itself, for its hash.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_counted_in_characters_and_limited_exactly() {
        let of = |count| Password::parse(&"ü".repeat(count)).map(|_| ());
        assert_eq!(of(PASSWORD_CHARS_MIN - 1), Err(PasswordError::TooShort));
        assert_eq!(of(PASSWORD_CHARS_MIN), Ok(()));
        assert_eq!(of(PASSWORD_CHARS_MAX), Ok(()));
        assert_eq!(of(PASSWORD_CHARS_MAX + 1), Err(PasswordError::TooLong));
        assert_eq!(of(100_000), Err(PasswordError::TooLong));
    }

    #[test]
    fn no_kind_of_character_is_asked_for_and_none_is_refused() {
        for taken in [
            "correct horse battery",
            "               ",
            "ひらがなだけのながいことばです",
            "\u{1f980}".repeat(15).as_str(),
        ] {
            assert!(Password::parse(taken).is_ok(), "{taken}");
        }
        assert_eq!(Password::parse("  space around it ").unwrap().expose(), "  space around it ");
    }

    #[test]
    fn a_password_is_not_printed() {
        assert_eq!(format!("{:?}", Password::parse("a long walk along the shore")), "Ok(Password(…))");
    }
}
