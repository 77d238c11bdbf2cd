//! API keys.

use serde::Serialize;
use vestibule_words::Moment;

use super::choices::{Choice, Choices};
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
    /// What a new one may be used for.
    pub scopes: Choices,
    /// How long one that is replaced may go on working.
    pub overlaps: Vec<OverlapView>,
}

/// How long a key that is replaced may go on working.
#[derive(Debug, Serialize)]
pub(crate) struct OverlapView {
    /// As the form sends it.
    pub value: &'static str,
    /// In words.
    pub label: &'static str,
}

/// A key.
#[derive(Debug, Serialize)]
pub(crate) struct KeyRow {
    /// Its name.
    pub name: String,
    /// Its last characters.
    pub hint: String,
    /// `works`, `replaced` (works for a time), `expired` or `revoked`.
    pub state: &'static str,
    /// What it may be used for.
    pub scopes: Vec<&'static str>,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: Option<String>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Moment>,
    /// When it ends, if it was replaced.
    pub expires_at: Option<Moment>,
    /// When it was withdrawn, if it was.
    pub revoked_at: Option<Moment>,
    /// Where it is, as long as it works.
    pub href: Option<String>,
}

impl Page for KeysPage {
    const TEMPLATE: &'static str = "dashboard/keys.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let at = Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC));
        let row = |state: &'static str| KeyRow {
            name: HOSTILE.to_owned(),
            hint: HOSTILE.to_owned(),
            state,
            scopes: vec!["Read", "Sign-in"],
            created_at: at,
            created_by: (state != "works").then(|| HOSTILE.to_owned()),
            last_used_at: (state != "works").then_some(at),
            expires_at: (state == "replaced" || state == "expired").then_some(at),
            revoked_at: (state == "revoked").then_some(at),
            href: (state == "works" || state == "replaced").then(|| "/dashboard/e/keys/k".to_owned()),
        };
        let choice = |error: Option<&str>| Choice {
            heading: error.map(|_| "An area"),
            value: "read".to_owned(),
            label: "Read".to_owned(),
            note: Some("Organizations"),
            chosen: error.is_none(),
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
            scopes: Choices {
                error: error.map(Into::into),
                note: error.map(|_| "A remark."),
                ..Choices::plain("scope", "What it may be used for", vec![choice(error)])
            },
            overlaps: vec![OverlapView { value: "now", label: "stops at once" }],
        };
        let member = Shell { admin: false, ..plain.clone() };
        vec![
            page(plain, Vec::new(), None, None),
            page(member, vec![row("works")], None, None),
            page(
                hostile,
                ["works", "replaced", "expired", "revoked"].map(row).into(),
                Some(HOSTILE),
                Some(HOSTILE),
            ),
        ]
    }
}
