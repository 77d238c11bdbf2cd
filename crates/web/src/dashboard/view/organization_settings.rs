//! What the vendor says of a customer.

use serde::Serialize;
use vestibule_words::Moment;

use super::head::{OrganizationHead, Tab, sample};
use super::meanwhile::{self, MeanwhileView};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The form.
#[derive(Debug, Serialize)]
pub(crate) struct OrganizationSettingsPage {
    /// What surrounds it.
    pub shell: Shell,
    /// What stands above it.
    pub head: OrganizationHead,
    /// Where the form goes.
    pub href: String,
    /// Where it is asked before the organization is deleted.
    pub delete_href: String,
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// What was done just now.
    pub notice: Option<&'static str>,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// What somebody else changed meanwhile.
    pub meanwhile: Option<MeanwhileView>,
    /// What the form was made from.
    pub made_from: String,
    /// Names and ids.
    pub fields: Vec<Field>,
    /// Whose sign-ins are taken.
    pub rules: Vec<RuleChoice>,
    /// The notes.
    pub notes: Vec<NoteView>,
}

/// Whose sign-ins are taken.
#[derive(Debug, Serialize)]
pub(crate) struct RuleChoice {
    /// As the form sends it.
    pub value: &'static str,
    /// What it means.
    pub label: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A note: a key and a value.
#[derive(Debug, Serialize)]
pub(crate) struct NoteView {
    /// Its number in the form.
    pub number: usize,
    /// The key.
    pub key: Field,
    /// The value.
    pub value: Field,
    /// Whether it was there before.
    pub held: bool,
    /// Whether it is to go.
    pub gone: bool,
}

impl Page for OrganizationSettingsPage {
    const TEMPLATE: &'static str = "dashboard/organization_settings.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let at = Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC));
        let page = |shell, error: Option<&str>| {
            let field = |key: &str, label: &str| Field {
                value: error.unwrap_or_default().to_owned(),
                error: error.map(Into::into),
                ..Field::plain(key, label.to_owned(), "line")
            };
            let numbered =
                |number, key: &str| Field { id: format!("field-{key}-{number}"), ..field(key, HOSTILE) };
            let note = |number, held| NoteView {
                number,
                key: numbered(number, "note_key"),
                value: numbered(number, "note_value"),
                held,
                gone: held && error.is_some(),
            };
            Self {
                shell,
                head: sample(Tab::Settings),
                href: "/dashboard/e/organizations/o/settings".to_owned(),
                delete_href: "/dashboard/e/organizations/o/delete".to_owned(),
                id: HOSTILE.to_owned(),
                created_at: at,
                updated_at: at,
                notice: error.is_none().then_some("Saved."),
                errors: error
                    .map(|error| ErrorLink { field_id: "field-name".to_owned(), text: error.into() })
                    .into_iter()
                    .collect(),
                meanwhile: error.is_some().then(meanwhile::sample),
                made_from: "00".to_owned(),
                fields: vec![field("name", "Name")],
                rules: vec![RuleChoice { value: "any_domain", label: "Anybody", chosen: true }],
                notes: vec![note(0, true), note(1, false)],
            }
        };
        vec![page(plain, None), page(hostile, Some(HOSTILE))]
    }
}
