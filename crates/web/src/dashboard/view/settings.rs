//! An environment's name and ids, and the environments of a team.

use serde::Serialize;

use super::meanwhile::{self, MeanwhileView};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// What programs know an environment by.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FactsView {
    /// Where SDKs are pointed at.
    pub public_url: String,
    /// Its public id.
    pub client_id: String,
    /// Its id.
    pub environment_id: String,
}

/// An environment's name and ids.
#[derive(Debug, Serialize)]
pub(crate) struct GeneralPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the page is.
    pub href: String,
    /// The name.
    pub name: String,
    /// The ids.
    pub facts: FactsView,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// What somebody else changed meanwhile.
    pub meanwhile: Option<MeanwhileView>,
    /// What the form was made from.
    pub made_from: String,
    /// The field for another name.
    pub field: Field,
}

/// The environments of a team.
#[derive(Debug, Serialize)]
pub(crate) struct EnvironmentsPage {
    /// What surrounds it; the environments are in its menu, too.
    pub shell: Shell,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// Name and kind of a new one.
    pub fields: [Field; 2],
}

pub(super) fn facts(text: &str) -> FactsView {
    FactsView {
        public_url: "https://vestibule.example".to_owned(),
        client_id: "client_01J9ZQK3V0000000000000000A".to_owned(),
        environment_id: text.to_owned(),
    }
}

fn errors(field_id: &str, error: Option<&str>) -> Vec<ErrorLink> {
    let link = |error: &str| ErrorLink { field_id: field_id.to_owned(), text: error.into() };
    error.map(link).into_iter().collect()
}

impl Page for GeneralPage {
    const TEMPLATE: &'static str = "dashboard/general.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let page = |shell: Shell, name: &str, error: Option<&str>| Self {
            shell,
            href: "/dashboard/e/settings".to_owned(),
            name: name.to_owned(),
            facts: facts(name),
            errors: errors("field-name", error),
            meanwhile: error.is_some().then(meanwhile::sample),
            made_from: "00".to_owned(),
            field: Field { error: error.map(Into::into), ..Field::plain("name", "Name", "line") },
        };
        let member = Shell { admin: false, ..plain.clone() };
        vec![
            page(plain, "Sandbox", None),
            page(member, "Sandbox", None),
            page(hostile, HOSTILE, Some(HOSTILE)),
        ]
    }
}

impl Page for EnvironmentsPage {
    const TEMPLATE: &'static str = "dashboard/environments.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let page = |shell: Shell, error: Option<&str>| Self {
            shell,
            errors: errors("field-name", error),
            fields: [
                Field { error: error.map(Into::into), ..Field::plain("name", "Name", "line") },
                Field { options: vec!["sandbox".to_owned()], ..Field::plain("kind", "Kind", "choice") },
            ],
        };
        let member = Shell { admin: false, ..plain.clone() };
        vec![page(plain, None), page(member, None), page(hostile, Some(HOSTILE))]
    }
}
