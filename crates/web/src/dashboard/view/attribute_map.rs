//! Attribute names of a connection.

use serde::Serialize;

use super::head::{OrganizationHead, Tab, sample};
use super::meanwhile::{self, MeanwhileView};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The form.
#[derive(Debug, Serialize)]
pub(crate) struct AttributeMapPage {
    /// What surrounds it.
    pub shell: Shell,
    /// What stands above it.
    pub head: OrganizationHead,
    /// Where the form goes.
    pub href: String,
    /// Where the connection is.
    pub back_href: String,
    /// What was done just now.
    pub notice: Option<&'static str>,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// What somebody else changed meanwhile.
    pub meanwhile: Option<MeanwhileView>,
    /// What the form was made from.
    pub made_from: String,
    /// The names.
    pub fields: Vec<Field>,
}

impl Page for AttributeMapPage {
    const TEMPLATE: &'static str = "dashboard/attribute_map.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let page = |shell, error: Option<&str>| Self {
            shell,
            head: sample(Tab::Connection),
            href: "/dashboard/e/connections/c/attributes".to_owned(),
            back_href: "/dashboard/e/organizations/o/connection".to_owned(),
            notice: error.is_none().then_some("Saved."),
            errors: error
                .map(|error| ErrorLink { field_id: "field-attribute.email".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            meanwhile: error.is_some().then(meanwhile::sample),
            made_from: "00".to_owned(),
            fields: vec![Field {
                value: HOSTILE.to_owned(),
                error: error.map(Into::into),
                ..Field::plain("attribute.email", HOSTILE.to_owned(), "line")
            }],
        };
        vec![page(plain, None), page(hostile, Some(HOSTILE))]
    }
}
