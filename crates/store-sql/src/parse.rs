//! Columns as domain values: rows are parsed on the way out, and one that cannot be read names
//! its table and column.

use vestibule_application::ports::store::{StoreError, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::id::Id;
use vestibule_domain::secret::SecretDigest;
use vestibule_wire::stored::{Stored, TextForm};

use crate::doc::Doc;

/// A table, for naming it when one of its rows cannot be read.
#[derive(Clone, Copy)]
pub(crate) struct Table(pub(crate) &'static str);

impl Table {
    /// An error that names the column.
    pub(crate) fn corrupt(self, column: &'static str) -> StoreError {
        StoreError::Corrupt { table: self.0, column }
    }

    pub(crate) fn some<T>(self, column: &'static str, value: Option<T>) -> StoreResult<T> {
        value.ok_or(self.corrupt(column))
    }

    pub(crate) fn id<I: Id>(self, column: &'static str, raw: &str) -> StoreResult<I> {
        self.some(column, raw.parse().ok())
    }

    pub(crate) fn text<T: TextForm>(self, column: &'static str, raw: &str) -> StoreResult<T> {
        self.some(column, T::from_text(raw))
    }

    pub(crate) fn text_if_any<T: TextForm>(
        self,
        column: &'static str,
        raw: Option<&str>,
    ) -> StoreResult<Option<T>> {
        raw.map(|raw| self.text(column, raw)).transpose()
    }

    pub(crate) fn document<T: Stored>(self, column: &'static str, raw: &Doc) -> StoreResult<T> {
        self.some(column, T::from_stored(raw.as_str()).ok())
    }

    pub(crate) fn digest(self, column: &'static str, raw: &[u8]) -> StoreResult<SecretDigest> {
        self.some(column, raw.try_into().ok().map(SecretDigest::from_bytes))
    }

    pub(crate) fn number<N: TryFrom<i64>>(self, column: &'static str, raw: i64) -> StoreResult<N> {
        self.some(column, N::try_from(raw).ok())
    }
}

/// An instant as both databases keep it.
pub(crate) fn instant(at: Instant) -> Instant {
    vestibule_domain::truncate_to_micros(at)
}

/// A text that came from outside, as a column can hold it: PostgreSQL has no NUL in texts.
pub(crate) fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
