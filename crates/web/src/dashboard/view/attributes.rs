//! Custom attributes.

use serde::Serialize;

use super::meanwhile::{self, MeanwhileView};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The custom attributes of an environment.
#[derive(Debug, Serialize)]
pub(crate) struct AttributesPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the page is.
    pub href: String,
    /// The attributes, in order.
    pub rows: Vec<AttributeRow>,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// Key and label of one.
    pub fields: [Field; 2],
    /// What the form for a new one was made from.
    pub made_from: String,
    /// Whether the form has what was typed and can be saved all the same.
    pub again: bool,
    /// What somebody else changed meanwhile.
    pub meanwhile: Option<MeanwhileView>,
}

/// A custom attribute.
#[derive(Debug, Serialize)]
pub(crate) struct AttributeRow {
    /// What apps read it by.
    pub key: String,
    /// What IT admins know it by.
    pub label: String,
    /// What the forms of it were made from.
    pub made_from: String,
}

impl Page for AttributesPage {
    const TEMPLATE: &'static str = "dashboard/attributes.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let row = || AttributeRow {
            key: HOSTILE.to_owned(),
            label: HOSTILE.to_owned(),
            made_from: "00".to_owned(),
        };
        let page = |shell: Shell, rows, error: Option<&str>| Self {
            shell,
            href: "/dashboard/e/attributes".to_owned(),
            rows,
            errors: error
                .map(|error| ErrorLink { field_id: "field-key".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            fields: [
                Field { error: error.map(Into::into), ..Field::plain("key", "Key", "line") },
                Field::plain("label", "Label", "line"),
            ],
            made_from: "00".to_owned(),
            again: error.is_some(),
            meanwhile: error.is_some().then(meanwhile::sample),
        };
        let member = Shell { admin: false, ..plain.clone() };
        vec![
            page(plain, Vec::new(), None),
            page(member, vec![row()], None),
            page(hostile, vec![row(), row()], Some(HOSTILE)),
        ]
    }
}
