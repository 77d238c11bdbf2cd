//! A connection's own fields.

use serde::Serialize;

use super::head::{OrganizationHead, Tab, sample};
use super::meanwhile::{self, MeanwhileView};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The form.
#[derive(Debug, Serialize)]
pub(crate) struct ConnectionFieldsPage {
    /// What surrounds it.
    pub shell: Shell,
    /// What stands above it.
    pub head: OrganizationHead,
    /// Where the form goes.
    pub href: String,
    /// Where the connection is.
    pub back_href: String,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// What somebody else changed meanwhile.
    pub meanwhile: Option<MeanwhileView>,
    /// What the form was made from.
    pub made_from: String,
    /// What it is called.
    pub called: Vec<Field>,
    /// Where it is registered, and as what; empty where nobody registered it by hand.
    pub registered: Vec<Field>,
}

impl Page for ConnectionFieldsPage {
    const TEMPLATE: &'static str = "dashboard/connection_fields.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let field = |key, control, error: Option<&str>| Field {
            value: error.unwrap_or_default().to_owned(),
            error: error.map(Into::into),
            ..Field::plain(key, "A field", control)
        };
        let page = |shell, registered, error: Option<&str>| Self {
            shell,
            head: sample(Tab::Connection),
            href: "/dashboard/e/connections/c/edit".to_owned(),
            back_href: "/dashboard/e/organizations/o/connection".to_owned(),
            errors: error
                .map(|error| ErrorLink { field_id: "field-name".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            meanwhile: error.is_some().then(meanwhile::sample),
            made_from: "00".to_owned(),
            called: vec![field("name", "line", error)],
            registered,
        };
        let registered = |error| vec![field("issuer", "url", error), field("client_secret", "secret", error)];
        vec![
            page(plain.clone(), Vec::new(), None),
            page(plain, registered(None), None),
            page(hostile, registered(Some(HOSTILE)), Some(HOSTILE)),
        ]
    }
}
