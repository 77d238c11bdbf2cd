//! A message that is not said yet: its key, and what it is filled with.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vestibule_domain::Instant;

/// A message with what it is filled with, to be said in some language later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    key: Cow<'static, str>,
    args: BTreeMap<Cow<'static, str>, Piece>,
}

/// What a message is filled with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Piece {
    /// Something that is the same in every language.
    Verbatim(String),
    /// A number, which may choose a plural form.
    Number(i64),
    /// Another message.
    Text(Text),
    /// Things one after the other, joined as the language joins them.
    List(Vec<Piece>),
    /// A day.
    Day(Day),
    /// A day and a time.
    Moment(Moment),
}

/// A day, as the language writes it. In UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Day {
    /// Seconds since 1970.
    day: i64,
}

/// A day and a time, as the language writes them. In UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// Seconds since 1970.
    moment: i64,
}

impl Day {
    /// The day that an instant lies in.
    pub fn of(at: Instant) -> Self {
        Self { day: at.unix_timestamp() }
    }

    pub(crate) fn instant(self) -> Option<Instant> {
        Instant::from_unix_timestamp(self.day).ok()
    }
}

impl Moment {
    /// The minute that an instant lies in.
    pub fn of(at: Instant) -> Self {
        Self { moment: at.unix_timestamp() }
    }

    pub(crate) fn instant(self) -> Option<Instant> {
        Instant::from_unix_timestamp(self.moment).ok()
    }
}

impl Text {
    /// The message with a key. Use [`text!`](crate::text), whose keys and variables are checked.
    #[doc(hidden)]
    pub fn with(key: &'static str, args: impl IntoIterator<Item = (&'static str, Piece)>) -> Self {
        let args = args.into_iter().map(|(name, piece)| (name.into(), piece)).collect();
        Self { key: key.into(), args }
    }

    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What it is filled with.
    pub fn args(&self) -> impl Iterator<Item = (&str, &Piece)> {
        self.args.iter().map(|(name, piece)| (name.as_ref(), piece))
    }
}

/// Makes a [`Text`](crate::Text) from a literal key and what it is filled with.
///
/// ```
/// use vestibule_words::text;
/// let text = text!("frame-questions", contact = "help@acme.example");
/// assert_eq!(text.key(), "frame-questions");
/// ```
#[macro_export]
macro_rules! text {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::Text::with($key, [$((stringify!($name), $crate::Piece::from($value))),*])
    };
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        Self::Verbatim(text)
    }
}

impl From<&str> for Piece {
    fn from(text: &str) -> Self {
        Self::Verbatim(text.to_owned())
    }
}

impl From<Text> for Piece {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<Day> for Piece {
    fn from(day: Day) -> Self {
        Self::Day(day)
    }
}

impl From<Moment> for Piece {
    fn from(moment: Moment) -> Self {
        Self::Moment(moment)
    }
}

impl<P: Into<Self>> From<Vec<P>> for Piece {
    fn from(pieces: Vec<P>) -> Self {
        Self::List(pieces.into_iter().map(Into::into).collect())
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Piece {
            fn from(number: $number) -> Self {
                // Counts of things on a page are nowhere near the end.
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
    )*};
}

numbers!(u8, u16, u32, u64, usize, i32, i64);

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn what_a_template_gets_reads_back_as_it_was() {
        let at = datetime!(2026-11-21 12:34:56 UTC);
        let text = text!(
            "a-key",
            string = "x",
            number = 3_usize,
            text = text!("another-key"),
            list = vec![text!("one"), text!("two")],
            day = Day::of(at),
            moment = Moment::of(at),
        );
        let value = tera::Value::try_from_serializable(&text).unwrap();
        assert_eq!(Text::deserialize(&value).unwrap(), text);
        assert_eq!(text.args().count(), 6);
    }
}
