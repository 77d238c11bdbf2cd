//! Short texts that people see.

use std::fmt;

/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 255;

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or only white space.
    #[error("must not be empty")]
    Empty,
    /// Longer than [`NAME_CHARS_MAX`].
    #[error("must be at most {NAME_CHARS_MAX} characters long")]
    TooLong,
    /// A control character, such as a line break.
    #[error("must not contain control characters")]
    ControlCharacter,
}

/// A name of something: one line, not empty, without white space around it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// Accepts one line of text and trims it.
    pub fn parse(raw: &str) -> Result<Self, NameError> {
        let raw = raw.trim();
        if raw.is_empty() {
            return Err(NameError::Empty);
        }
        if raw.chars().count() > NAME_CHARS_MAX {
            return Err(NameError::TooLong);
        }
        if raw.chars().any(char::is_control) {
            return Err(NameError::ControlCharacter);
        }
        Ok(Self(raw.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_limited_length() {
        assert_eq!(Name::parse("  Acme ").unwrap().as_str(), "Acme");
        assert_eq!(Name::parse(" \u{a0}\n"), Err(NameError::Empty));
        assert!(Name::parse(&"é".repeat(NAME_CHARS_MAX)).is_ok());
        assert_eq!(Name::parse(&"é".repeat(NAME_CHARS_MAX + 1)), Err(NameError::TooLong));
        assert_eq!(Name::parse("a\nb"), Err(NameError::ControlCharacter));
        assert_eq!(Name::parse("a\0b"), Err(NameError::ControlCharacter));
    }
}
