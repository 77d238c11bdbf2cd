//! The people at a customer who set things up.

use serde::Serialize;
use vestibule_words::Moment;

use super::head::{OrganizationHead, Tab, sample};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The IT contacts of an organization.
#[derive(Debug, Serialize)]
pub(crate) struct ContactsPage {
    /// What surrounds it.
    pub shell: Shell,
    /// What stands above it.
    pub head: OrganizationHead,
    /// Where the list is.
    pub href: String,
    /// What was done just now.
    pub notice: Option<&'static str>,
    /// What is wrong with a form.
    pub errors: Vec<ErrorLink>,
    /// The contacts, newest first.
    pub rows: Vec<ContactRow>,
    /// Whether there is a live link, so that nobody can be invited.
    pub live: bool,
    /// Languages to invite in: code and name.
    pub languages: Vec<(&'static str, &'static str)>,
    /// The form for a new one.
    pub email: Field,
    /// Where newer ones are.
    pub newer_href: Option<String>,
    /// Where older ones are.
    pub older_href: Option<String>,
}

/// A contact.
#[derive(Debug, Serialize)]
pub(crate) struct ContactRow {
    /// Where what is done with them goes.
    pub href: String,
    /// Their id.
    pub id: String,
    /// Their address.
    pub email: String,
    /// When they were added.
    pub created_at: Moment,
}

impl Page for ContactsPage {
    const TEMPLATE: &'static str = "dashboard/contacts.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let row = || ContactRow {
            href: "/dashboard/e/organizations/o/contacts/c".to_owned(),
            id: "it_contact_01J9ZQK3V0000000000000000A".to_owned(),
            email: HOSTILE.to_owned(),
            created_at: Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC)),
        };
        let page = |shell, rows: Vec<ContactRow>, live: bool, error: Option<&str>| Self {
            shell,
            head: sample(Tab::Contacts),
            href: "/dashboard/e/organizations/o/contacts".to_owned(),
            notice: live.then_some("The contact was added."),
            errors: error
                .map(|error| ErrorLink { field_id: "field-email".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            live,
            languages: vec![("en", "English"), ("de", "Deutsch")],
            email: Field {
                value: error.unwrap_or_default().to_owned(),
                error: error.map(Into::into),
                ..Field::plain("email", "E-mail address", "email")
            },
            newer_href: (!rows.is_empty()).then(|| "?before=1".to_owned()),
            older_href: (!rows.is_empty()).then(|| "?after=1".to_owned()),
            rows,
        };
        vec![
            page(plain.clone(), Vec::new(), false, None),
            page(plain, vec![row()], true, None),
            page(hostile, vec![row()], false, Some(HOSTILE)),
        ]
    }
}
