//! What changed while somebody edited.

use serde::Serialize;
use vestibule_words::Moment;

use crate::portal::HOSTILE;

/// What changed, field by field.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MeanwhileView {
    /// Where what is there differs from what was typed.
    pub rows: Vec<MeanwhileRow>,
    /// Who changed it last.
    pub by: Option<String>,
    /// When.
    pub at: Option<Moment>,
    /// Whether there is a form that was typed into, and not a button that was pressed.
    pub typed: bool,
}

/// A field that differs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MeanwhileRow {
    /// Its name.
    pub label: String,
    /// What is there now.
    pub theirs: Option<String>,
    /// What was typed.
    pub yours: Option<String>,
}

/// For the samples of pages.
pub(crate) fn sample() -> MeanwhileView {
    let row = |theirs: Option<&str>, yours: Option<&str>| MeanwhileRow {
        label: HOSTILE.to_owned(),
        theirs: theirs.map(str::to_owned),
        yours: yours.map(str::to_owned),
    };
    MeanwhileView {
        rows: vec![row(Some(HOSTILE), None), row(None, Some(HOSTILE))],
        by: Some(HOSTILE.to_owned()),
        at: Some(Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC))),
        typed: true,
    }
}
