//! Forms as they were sent: names may come more than once.

use vestibule_words::Piece;

use super::view::choices::Choices;
use crate::portal::{ErrorLink, Field, field_id};

/// A form.
pub(super) struct Sent(Vec<(String, String)>);

impl Sent {
    /// Names and values in the order in which they were sent.
    pub(super) fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value under a name, without white space around it; empty if there is none.
    pub(super) fn one(&self, name: &str) -> &str {
        let sent = self.0.iter().find(|(key, _)| key == name);
        sent.map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// The first value under a name as it was typed, white space included: for passwords.
    pub(super) fn as_typed(&self, name: &str) -> &str {
        let sent = self.0.iter().find(|(key, _)| key == name);
        sent.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Whether anything was sent under a name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// All values under a name, without white space around them.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// Puts what was typed back into the fields.
    pub(super) fn fill(&self, fields: &mut [Field]) {
        for field in fields {
            self.one(&field.key).clone_into(&mut field.value);
        }
    }
}

/// What is wrong with fields, by their keys.
#[derive(Debug, Default)]
pub(super) struct Wrong(Vec<(&'static str, String)>);

impl Wrong {
    /// Takes a value, or notes what is wrong with it.
    pub(super) fn take<T, E: std::fmt::Display>(
        &mut self,
        key: &'static str,
        value: Result<T, E>,
    ) -> Option<T> {
        value.map_err(|error| self.note(key, error)).ok()
    }

    /// Notes what is wrong with a field: a clause that begins with a verb.
    pub(super) fn note(&mut self, key: &'static str, reason: impl std::fmt::Display) {
        self.0.push((key, reason.to_string()));
    }

    /// Notes that a secret that was typed has to be typed again, where the form is shown again: it is
    /// never sent back.
    pub(super) fn lose(&mut self, key: &'static str, form: &Sent) {
        if !form.one(key).is_empty() && self.0.iter().all(|(noted, _)| *noted != key) {
            self.note(key, "has to be typed again: it is never sent back");
        }
    }

    /// Whether nothing is.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts what is wrong beside the fields, and sums it up for the top of the page.
    pub(super) fn onto<const N: usize>(&self, mut fields: [Field; N]) -> ([Field; N], Vec<ErrorLink>) {
        let mut errors = Vec::with_capacity(self.0.len());
        for (key, reason) in &self.0 {
            let field = fields.iter_mut().find(|field| field.key == *key);
            let name = field.as_ref().map_or_else(|| (*key).to_owned(), |field| label(&field.label));
            let text = said(&name, reason);
            if let Some(field) = field
                && field.error.is_none()
            {
                field.error = Some(text.clone());
            }
            errors.push(ErrorLink { field_id: field_id(key), text });
        }
        (fields, errors)
    }

    /// Puts what is wrong with a group of boxes beside it, and says it better at the top.
    pub(super) fn onto_choices(&self, choices: &mut Choices, errors: &mut [ErrorLink]) {
        let Some((_, reason)) = self.0.iter().find(|(key, _)| *key == choices.key) else { return };
        let text = said(choices.legend, reason);
        choices.error = Some(text.clone());
        if let Some(error) = errors.iter_mut().find(|error| error.field_id == choices.id) {
            error.text = text;
        }
    }
}

fn label(piece: &Piece) -> String {
    match piece {
        Piece::Verbatim(text) => text.clone(),
        _ => String::new(),
    }
}

fn said(label: &str, reason: &str) -> Piece {
    Piece::from(format!("{label} {reason}."))
}
