//! Several of a list to choose, as boxes to tick.

use serde::Serialize;
use vestibule_words::Piece;

use crate::portal::field_id;

/// A group of boxes.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Choices {
    /// Name in the form.
    pub key: &'static str,
    /// Id on the page.
    pub id: String,
    /// What is chosen.
    pub legend: &'static str,
    /// A remark.
    pub note: Option<&'static str>,
    /// What can be chosen.
    pub boxes: Vec<Choice>,
    /// What is wrong.
    pub error: Option<Piece>,
}

/// A box.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Choice {
    /// What it and those that follow belong to.
    pub heading: Option<&'static str>,
    /// As the form sends it.
    pub value: String,
    /// What it is called.
    pub label: String,
    /// What it means.
    pub note: Option<&'static str>,
    /// Whether it is ticked.
    pub chosen: bool,
}

impl Choices {
    /// A group without a remark.
    pub(crate) fn plain(key: &'static str, legend: &'static str, boxes: Vec<Choice>) -> Self {
        Self { key, id: field_id(key), legend, note: None, boxes, error: None }
    }
}
