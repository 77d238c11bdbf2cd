//! API keys.

use serde::Serialize;
use vestibule_words::Moment;

use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The keys of an environment.
#[derive(Debug, Serialize)]
pub(crate) struct KeysPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the page is.
    pub href: String,
    /// Where SDKs are pointed at.
    pub public_url: String,
    /// The environment's public id.
    pub client_id: String,
    /// A key that was made just now: shown once.
    pub made: Option<String>,
    /// The keys, those that work first, newest first.
    pub rows: Vec<KeyRow>,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// The name of a new one.
    pub field: Field,
}

/// A key.
#[derive(Debug, Serialize)]
pub(crate) struct KeyRow {
    /// Its name.
    pub name: String,
    /// Its last characters.
    pub hint: String,
    /// When it was made.
    pub created_at: Moment,
    /// When it was withdrawn, if it was.
    pub revoked_at: Option<Moment>,
    /// Where it is withdrawn.
    pub revoke_href: Option<String>,
}

impl Page for KeysPage {
    const TEMPLATE: &'static str = "dashboard/keys.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let at = Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC));
        let row = |withdrawn: bool| KeyRow {
            name: HOSTILE.to_owned(),
            hint: HOSTILE.to_owned(),
            created_at: at,
            revoked_at: withdrawn.then_some(at),
            revoke_href: (!withdrawn).then(|| "/dashboard/e/keys/k/revoke".to_owned()),
        };
        let page = |shell: Shell, rows, made: Option<&str>, error: Option<&str>| Self {
            shell,
            href: "/dashboard/e/keys".to_owned(),
            public_url: "https://vestibule.example".to_owned(),
            client_id: "client_01J9ZQK3V0000000000000000A".to_owned(),
            made: made.map(str::to_owned),
            rows,
            errors: error
                .map(|error| ErrorLink { field_id: "field-name".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            field: Field { error: error.map(Into::into), ..Field::plain("name", "Name", "line") },
        };
        let member = Shell { admin: false, ..plain.clone() };
        vec![
            page(plain, Vec::new(), None, None),
            page(member, vec![row(false)], None, None),
            page(hostile, vec![row(false), row(true)], Some(HOSTILE), Some(HOSTILE)),
        ]
    }
}
