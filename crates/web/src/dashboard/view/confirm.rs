//! Asks once more before something is gone for good.

use serde::Serialize;

use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The question.
#[derive(Debug, Serialize)]
pub(crate) struct ConfirmPage {
    /// What surrounds it.
    pub shell: Shell,
    /// The question.
    pub heading: String,
    /// What goes with it.
    pub consequences: Vec<&'static str>,
    /// What has to be typed.
    pub wanted: String,
    /// Where the form goes.
    pub action: String,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// The field to type it in.
    pub field: Field,
    /// The button's words.
    pub button: &'static str,
    /// Where to go without doing it.
    pub back_href: String,
}

impl Page for ConfirmPage {
    const TEMPLATE: &'static str = "dashboard/confirm.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let page = |shell, text: &str, error: Option<&str>| Self {
            shell,
            heading: format!("Delete {text}?"),
            consequences: vec!["Nobody can sign in any more."],
            wanted: text.to_owned(),
            action: "/dashboard/e/organizations/o/delete".to_owned(),
            errors: error
                .map(|error| ErrorLink { field_id: "field-confirm".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            field: Field { error: error.map(Into::into), ..Field::plain("confirm", "Name", "line") },
            button: "Delete",
            back_href: "/dashboard".to_owned(),
        };
        vec![page(plain, "Acme", None), page(hostile, HOSTILE, Some(HOSTILE))]
    }
}
