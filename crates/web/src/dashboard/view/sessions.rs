//! Attempts to sign in: the list, and all about one.

use serde::Serialize;
use vestibule_words::{Moment, Text, text};

use super::head::{OrganizationHead, Tab, sample};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::HOSTILE;
use crate::portal::view::session::{ChoiceView, FindingsView, LineView, SessionPage};

/// The list.
#[derive(Debug, Serialize)]
pub(crate) struct AttemptsPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the list is.
    pub list_href: String,
    /// The organization, if it is that of one.
    pub head: Option<OrganizationHead>,
    /// The attempts, newest first.
    pub rows: Vec<LineView>,
    /// How it can be narrowed by state.
    pub standings: Vec<ChoiceView>,
    /// The address that is looked for.
    pub email: String,
    /// The connection that it is narrowed to; empty for all.
    pub connection: String,
    /// The first day that it is narrowed to; empty for the beginning.
    pub from: String,
    /// The last day; empty for today.
    pub until: String,
    /// Whether it is narrowed.
    pub narrowed: bool,
    /// Where newer ones are.
    pub newer_href: Option<String>,
    /// Where older ones are.
    pub older_href: Option<String>,
}

/// The organization that attempts belong to.
#[derive(Debug, Serialize)]
pub(crate) struct OrganizationLink {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where its page is.
    pub href: String,
}

/// All about one.
#[derive(Debug, Serialize)]
pub(crate) struct AttemptPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the list is.
    pub list_href: String,
    /// The organization; none for accounts of people's own.
    pub organization: Option<OrganizationLink>,
    /// How it reads.
    pub standing: &'static str,
    /// The same in words.
    pub standing_word: Text,
    /// The class of failure, if it is one.
    pub error: Option<&'static str>,
    /// What exactly was wrong.
    pub message: Option<String>,
    /// What was found.
    pub found: FindingsView,
}

impl Page for AttemptsPage {
    const TEMPLATE: &'static str = "dashboard/attempts.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let row = |email: Option<&str>, error| LineView {
            href: "/dashboard/e/sessions/s".to_owned(),
            at: Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC)),
            email: email.map(str::to_owned),
            standing: "failed",
            standing_word: text!("sessions-failed"),
            origin: text!("sessions-by-app"),
            error,
        };
        let choice = || ChoiceView { value: "failed", label: text!("sessions-failed"), chosen: true };
        vec![
            Self {
                shell: plain,
                list_href: "/dashboard/e/sessions".to_owned(),
                head: None,
                rows: Vec::new(),
                standings: vec![choice()],
                email: String::new(),
                connection: String::new(),
                from: String::new(),
                until: String::new(),
                narrowed: false,
                newer_href: None,
                older_href: None,
            },
            Self {
                shell: hostile,
                list_href: "/dashboard/e/sessions".to_owned(),
                head: Some(sample(Tab::Sessions)),
                rows: vec![row(None, None), row(Some(HOSTILE), Some("invalid_attributes"))],
                standings: vec![choice()],
                email: HOSTILE.to_owned(),
                connection: String::new(),
                from: String::new(),
                until: String::new(),
                narrowed: true,
                newer_href: Some("?before=1".to_owned()),
                older_href: Some("?after=1".to_owned()),
            },
        ]
    }
}

fn hostile_link() -> OrganizationLink {
    OrganizationLink { id: HOSTILE.to_owned(), name: HOSTILE.to_owned(), href: "/dashboard".to_owned() }
}

impl Page for AttemptPage {
    const TEMPLATE: &'static str = "dashboard/attempt.html";

    /// The portal's samples of the same attempt, in the dashboard's shell.
    fn samples() -> Vec<Self> {
        let shells = samples();
        let of = |(page, shell): (SessionPage, Shell)| Self {
            shell,
            list_href: "/dashboard/e/sessions".to_owned(),
            organization: Some(hostile_link()),
            standing: page.standing,
            standing_word: page.standing_word,
            error: Some("invalid_attributes"),
            message: Some(HOSTILE.to_owned()),
            found: page.found,
        };
        SessionPage::samples().into_iter().zip(shells.into_iter().cycle()).map(of).collect()
    }
}
