//! A change of one field, where "not mentioned" and "taken back" are different things.

/// What becomes of a field.
///
/// Source: api/workos-wire-contract.md, section 3.4: a key that is absent keeps the value, an
/// explicit null takes it back to its default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Not mentioned: stays as it is.
    #[default]
    Keep,
    /// Null: back to what it is when nobody says anything.
    Reset,
    /// This value.
    Set(T),
}

impl<T> Change<T> {
    /// The new value of a field that may be empty.
    pub fn of(self, held: Option<T>) -> Option<T> {
        match self {
            Self::Keep => held,
            Self::Reset => None,
            Self::Set(value) => Some(value),
        }
    }

    /// The new value of a field with a default.
    pub fn or(self, held: T, default: T) -> T {
        match self {
            Self::Keep => held,
            Self::Reset => default,
            Self::Set(value) => value,
        }
    }

    /// The same change of something else.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::Reset => Change::Reset,
            Self::Set(value) => Change::Set(f(value)),
        }
    }

    /// The same change if the value can be read, or why it cannot.
    pub fn try_map<U, E>(self, f: impl FnOnce(T) -> Result<U, E>) -> Result<Change<U>, E> {
        Ok(match self {
            Self::Keep => Change::Keep,
            Self::Reset => Change::Reset,
            Self::Set(value) => Change::Set(f(value)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_keeps_null_resets_and_a_value_is_set() {
        assert_eq!(Change::Keep.of(Some(1)), Some(1));
        assert_eq!(Change::Reset.of(Some(1)), None);
        assert_eq!(Change::Set(2).of(Some(1)), Some(2));
        assert_eq!((Change::Keep.or(1, 9), Change::Reset.or(1, 9), Change::Set(2).or(1, 9)), (1, 9, 2));
    }
}
