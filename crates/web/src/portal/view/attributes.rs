//! Which attributes become which fields.

use serde::Serialize;

use super::HOSTILE;
use super::frame::{ErrorLink, Field, Frame, samples};
use crate::pages::Page;

/// The names of attributes, to be changed.
#[derive(Debug, Serialize)]
pub(crate) struct AttributesPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The form's token.
    pub form_token: String,
    /// The provider's name.
    pub provider: String,
    /// Which connection: names that were shown for one must not reach the next.
    pub connection_id: String,
    /// The names.
    pub fields: Vec<Field>,
    /// What has to be fixed.
    pub errors: Vec<ErrorLink>,
}

impl Page for AttributesPage {
    const TEMPLATE: &'static str = "portal/attributes.html";

    fn samples() -> Vec<Self> {
        let page = |frame, fields, errors| Self {
            frame,
            form_token: HOSTILE.to_owned(),
            provider: HOSTILE.to_owned(),
            connection_id: HOSTILE.to_owned(),
            fields,
            errors,
        };
        let wrong = ErrorLink { field_id: "field-sample_line".to_owned(), text: HOSTILE.into() };
        vec![
            page(samples::frame(), Vec::new(), Vec::new()),
            page(samples::hostile_frame(), vec![samples::hostile_field("line")], vec![wrong]),
        ]
    }
}
