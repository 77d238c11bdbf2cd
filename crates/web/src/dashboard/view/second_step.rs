//! The second step of signing in.

use serde::Serialize;

use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The form.
#[derive(Debug, Serialize)]
pub(crate) struct SecondStepPage {
    /// The theme's word.
    pub theme: &'static str,
    /// The token of this visit's form.
    pub form_token: String,
    /// Who signs in.
    pub member: String,
    /// Where to go afterwards.
    pub next: String,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// The code.
    pub field: Field,
}

impl Page for SecondStepPage {
    const TEMPLATE: &'static str = "dashboard/second_step.html";

    fn samples() -> Vec<Self> {
        let page = |text: &str, error: Option<&str>| Self {
            theme: "system",
            form_token: text.to_owned(),
            member: text.to_owned(),
            next: text.to_owned(),
            errors: error
                .map(|error| ErrorLink { field_id: "field-code".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            field: Field { error: error.map(Into::into), ..Field::plain("code", "Code", "line") },
        };
        vec![page("ada@vendor.example", None), page(HOSTILE, Some(HOSTILE))]
    }
}
