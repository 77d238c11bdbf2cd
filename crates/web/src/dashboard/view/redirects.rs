//! Where sign-ins may lead.

use serde::Serialize;

use super::meanwhile::{self, MeanwhileView};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The redirect URIs of an environment.
#[derive(Debug, Serialize)]
pub(crate) struct RedirectsPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the page is.
    pub href: String,
    /// The redirect URIs, in order.
    pub rows: Vec<RedirectRow>,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// What somebody else changed meanwhile.
    pub meanwhile: Option<MeanwhileView>,
    /// What the buttons were made from.
    pub made_from: String,
    /// The field for a new one.
    pub field: Field,
}

/// A redirect URI.
#[derive(Debug, Serialize)]
pub(crate) struct RedirectRow {
    /// The URI.
    pub uri: String,
    /// Whether sign-ins that begin at an identity provider go there.
    pub default: bool,
    /// Whether it stands for many, and so cannot be the default.
    pub wildcard: bool,
}

impl Page for RedirectsPage {
    const TEMPLATE: &'static str = "dashboard/redirects.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let page = |shell: Shell, rows, error: Option<&str>| Self {
            shell,
            href: "/dashboard/e/redirects".to_owned(),
            rows,
            errors: error
                .map(|error| ErrorLink { field_id: "field-uri".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            meanwhile: error.is_some().then(meanwhile::sample),
            made_from: "00".to_owned(),
            field: Field { error: error.map(Into::into), ..Field::plain("uri", "Redirect URI", "url") },
        };
        let rows = || {
            [(true, false), (false, false), (false, true)]
                .map(|(default, wildcard)| RedirectRow { uri: HOSTILE.to_owned(), default, wildcard })
                .into()
        };
        let member = Shell { admin: false, ..plain.clone() };
        vec![page(plain, Vec::new(), None), page(member, rows(), None), page(hostile, rows(), Some(HOSTILE))]
    }
}
