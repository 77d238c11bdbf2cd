//! Forms as they were sent: names may come more than once.

use actix_web::web::Form;
use vestibule_words::Piece;

use crate::portal::{ErrorLink, Field, field_id};

/// A form.
pub(super) struct Sent(Vec<(String, String)>);

impl From<Form<Vec<(String, String)>>> for Sent {
    fn from(form: Form<Vec<(String, String)>>) -> Self {
        Self(form.into_inner())
    }
}

impl Sent {
    /// The first value under a name, without white space around it; empty if there is none.
    pub(super) fn one(&self, name: &str) -> &str {
        let sent = self.0.iter().find(|(key, _)| key == name);
        sent.map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// All values under a name, without white space around them.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// The form token.
    pub(super) fn token(&self) -> &str {
        self.one("form_token")
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

    /// Whether nothing is.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts what is wrong beside the fields.
    pub(super) fn mark(&self, fields: &mut [Field]) {
        for field in fields {
            let wrong = self.0.iter().find(|(key, _)| *key == field.key);
            field.error = wrong.map(|(_, reason)| said(&label(&field.label), reason));
        }
    }

    /// The summary for the top of the page.
    pub(super) fn summary(&self, fields: &[Field]) -> Vec<ErrorLink> {
        let entry = |(key, reason): &(&'static str, String)| {
            let field = fields.iter().find(|field| field.key == *key);
            let name = field.map_or_else(|| (*key).to_owned(), |field| label(&field.label));
            ErrorLink { field_id: field_id(key), text: said(&name, reason) }
        };
        self.0.iter().map(entry).collect()
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
