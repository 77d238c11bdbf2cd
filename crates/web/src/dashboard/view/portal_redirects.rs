//! Where the portal leads.

use serde::Serialize;

use super::meanwhile::{self, MeanwhileView};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The portal redirects of an environment.
#[derive(Debug, Serialize)]
pub(crate) struct PortalRedirectsPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the form goes.
    pub href: String,
    /// Whether they were saved just now.
    pub saved: bool,
    /// Whether links of the API need the default return URL.
    pub needed: bool,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// What somebody else changed meanwhile.
    pub meanwhile: Option<MeanwhileView>,
    /// What the form was made from.
    pub made_from: String,
    /// Default return URL, and a success URL for each task.
    pub fields: Vec<Field>,
}

impl Page for PortalRedirectsPage {
    const TEMPLATE: &'static str = "dashboard/portal_redirects.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let page = |shell: Shell, text: &str, error: Option<&str>| Self {
            shell,
            href: "/dashboard/e/portal".to_owned(),
            saved: error.is_none(),
            needed: error.is_none(),
            errors: error
                .map(|error| ErrorLink { field_id: "field-sso".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            meanwhile: error.is_some().then(meanwhile::sample),
            made_from: text.to_owned(),
            fields: vec![Field {
                value: text.to_owned(),
                error: error.map(Into::into),
                ..Field::plain("sso", "Single sign-on", "url")
            }],
        };
        let member = Shell { admin: false, ..plain.clone() };
        vec![
            page(plain, "", None),
            page(member.clone(), "", None),
            page(member, HOSTILE, None),
            page(hostile, HOSTILE, Some(HOSTILE)),
        ]
    }
}
