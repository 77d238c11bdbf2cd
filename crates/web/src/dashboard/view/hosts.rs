//! Hosts of the vendor's own.

use serde::Serialize;
use time::macros::datetime;
use vestibule_words::Moment;

use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The hosts of an environment.
#[derive(Debug, Serialize)]
pub(crate) struct HostsPage {
    /// What surrounds it.
    pub shell: Shell,
    /// What is wrong with a form.
    pub errors: Vec<ErrorLink>,
    /// What hosts can be for.
    pub purposes: Vec<PurposeView>,
}

/// What a host can be for.
#[derive(Debug, Serialize)]
pub(crate) struct PurposeView {
    /// Its name.
    pub name: &'static str,
    /// What the host does.
    pub why: &'static str,
    /// Where its forms go.
    pub href: String,
    /// The host, if there is one.
    pub host: Option<HostView>,
    /// The field for one.
    pub field: Field,
}

/// A host.
#[derive(Debug, Serialize)]
pub(crate) struct HostView {
    /// Its name.
    pub name: String,
    /// A stable word.
    pub state: &'static str,
    /// The state in words.
    pub word: &'static str,
    /// What it lacks.
    pub problem: Option<&'static str>,
    /// When it was last looked at.
    pub checked_at: Option<Moment>,
    /// The records to set.
    pub records: Vec<RecordView>,
}

/// A DNS record.
#[derive(Debug, Serialize)]
pub(crate) struct RecordView {
    /// Its type.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: String,
}

impl Page for HostsPage {
    const TEMPLATE: &'static str = "dashboard/hosts.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let purpose = |host: Option<HostView>, error: Option<&str>| PurposeView {
            name: "Portal",
            why: "New links lead there.",
            href: "/dashboard/e/hosts/portal".to_owned(),
            host,
            field: Field {
                value: error.unwrap_or_default().to_owned(),
                error: error.map(Into::into),
                ..Field::plain("portal_host", "Host name", "line")
            },
        };
        let host = |checked: bool| HostView {
            name: HOSTILE.to_owned(),
            state: "validating",
            word: "Waiting for its records",
            problem: checked.then_some("The TXT record was not found."),
            checked_at: checked.then(|| Moment::of(datetime!(2026-11-22 12:00 UTC))),
            records: vec![RecordView { kind: "TXT", name: HOSTILE.to_owned(), value: HOSTILE.to_owned() }],
        };
        let page = |shell: Shell, purpose: PurposeView, error: Option<&str>| Self {
            shell,
            errors: error
                .map(|error| ErrorLink { field_id: "field-portal_host".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            purposes: vec![purpose],
        };
        let member = Shell { admin: false, ..plain.clone() };
        vec![
            page(plain.clone(), purpose(None, None), None),
            page(plain, purpose(Some(host(true)), None), None),
            page(member.clone(), purpose(Some(host(false)), None), None),
            page(member, purpose(None, None), None),
            page(hostile, purpose(None, Some(HOSTILE)), Some(HOSTILE)),
        ]
    }
}
