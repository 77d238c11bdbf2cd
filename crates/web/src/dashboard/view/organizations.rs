//! The list of customers.

use serde::Serialize;
use vestibule_words::Moment;

use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The list.
#[derive(Debug, Serialize)]
pub(crate) struct OrganizationsPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the list is.
    pub list_href: String,
    /// What is looked for.
    pub query: String,
    /// By what the list can be narrowed.
    pub needs: Vec<NeedChoice>,
    /// Whether it is narrowed.
    pub narrowed: bool,
    /// The customers, newest first.
    pub rows: Vec<OrganizationRow>,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// The form for a new one.
    pub fields: Vec<Field>,
    /// Where newer ones are.
    pub newer_href: Option<String>,
    /// Where older ones are.
    pub older_href: Option<String>,
}

/// A customer in the list.
#[derive(Debug, Serialize)]
pub(crate) struct OrganizationRow {
    /// Where all about it is.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its domains.
    pub domains: Vec<DomainMark>,
    /// Where its connection stands: a word of the domain, or `none`.
    pub state: &'static str,
    /// The same for people.
    pub state_word: &'static str,
    /// Its identity provider.
    pub provider: Option<String>,
    /// When it was made.
    pub created_at: Moment,
    /// What else to see at a glance.
    pub marks: Vec<MarkView>,
}

/// Something to see at a glance.
#[derive(Debug, Serialize)]
pub(crate) struct MarkView {
    /// How it is marked.
    pub kind: &'static str,
    /// What it says.
    pub text: &'static str,
    /// When that is or was.
    pub at: Option<Moment>,
}

/// What the list can be narrowed to.
#[derive(Debug, Serialize)]
pub(crate) struct NeedChoice {
    /// As forms send it.
    pub value: &'static str,
    /// Its name.
    pub label: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A domain in the list.
#[derive(Debug, Serialize)]
pub(crate) struct DomainMark {
    /// The domain.
    pub name: String,
    /// Whether it is proven.
    pub proven: bool,
}

impl Page for OrganizationsPage {
    const TEMPLATE: &'static str = "dashboard/organizations.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let at = Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC));
        let row = |text: &str| OrganizationRow {
            href: "/dashboard/e/organizations/o".to_owned(),
            name: text.to_owned(),
            domains: [true, false].map(|proven| DomainMark { name: text.to_owned(), proven }).into(),
            state: "active",
            state_word: "Active",
            provider: Some(text.to_owned()),
            created_at: at,
            marks: [None, Some(at)].map(|at| MarkView { kind: "pending", text: "Stuck since", at }).into(),
        };
        let field = |error: Option<&str>| Field {
            error: error.map(Into::into),
            value: error.unwrap_or_default().to_owned(),
            ..Field::plain("name", "Name", "line")
        };
        let needs = || vec![NeedChoice { value: "stuck", label: "Stuck", chosen: true }];
        vec![
            Self {
                shell: plain,
                list_href: "/dashboard/e/organizations".to_owned(),
                query: String::new(),
                needs: needs(),
                narrowed: false,
                rows: Vec::new(),
                errors: Vec::new(),
                fields: vec![field(None)],
                newer_href: None,
                older_href: None,
            },
            Self {
                shell: hostile,
                list_href: "/dashboard/e/organizations".to_owned(),
                query: HOSTILE.to_owned(),
                needs: needs(),
                narrowed: true,
                rows: vec![row(HOSTILE)],
                errors: vec![ErrorLink { field_id: "field-name".to_owned(), text: HOSTILE.into() }],
                fields: vec![field(Some(HOSTILE))],
                newer_href: Some("?before=1".to_owned()),
                older_href: Some("?after=1".to_owned()),
            },
        ]
    }
}
