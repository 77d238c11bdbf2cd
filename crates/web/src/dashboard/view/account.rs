//! A member's own account.

use serde::Serialize;
use vestibule_words::Moment;

use super::meanwhile::{self, MeanwhileView};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The account.
#[derive(Debug, Serialize)]
pub(crate) struct AccountPage {
    /// What surrounds it.
    pub shell: Shell,
    /// What was done just before.
    pub done: Option<&'static str>,
    /// What is wrong with a form.
    pub errors: Vec<ErrorLink>,
    /// What they changed meanwhile in another tab.
    pub meanwhile: Option<MeanwhileView>,
    /// What the form of name and mails was made from.
    pub made_from: String,
    /// The address to sign in with.
    pub email: String,
    /// What they may do.
    pub role: &'static str,
    /// Their name.
    pub name: Field,
    /// The mails that there are.
    pub notices: Vec<NoticeView>,
    /// The present password.
    pub old_password: Field,
    /// The new one.
    pub new_password: Field,
    /// Their second factor, if it is on.
    pub factor: Option<FactorView>,
    /// Their visits, newest first.
    pub visits: Vec<VisitRow>,
}

/// A mail that members may want.
#[derive(Debug, Serialize)]
pub(crate) struct NoticeView {
    /// Its word.
    pub value: &'static str,
    /// What it tells.
    pub label: &'static str,
    /// Whether it is wanted.
    pub wanted: bool,
}

/// A second factor.
#[derive(Debug, Serialize)]
pub(crate) struct FactorView {
    /// Since when it is on.
    pub since: Moment,
    /// How many recovery codes are left.
    pub codes_left: usize,
}

/// A visit.
#[derive(Debug, Serialize)]
pub(crate) struct VisitRow {
    /// The browser.
    pub browser: String,
    /// Its address.
    pub ip_address: Option<String>,
    /// Since when.
    pub since: Moment,
    /// Whether it is the one that looks.
    pub current: bool,
    /// Where it is ended.
    pub end_href: String,
}

impl Page for AccountPage {
    const TEMPLATE: &'static str = "dashboard/account.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let at = Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC));
        let visit = |text: &str, current: bool| VisitRow {
            browser: text.to_owned(),
            ip_address: current.then(|| text.to_owned()),
            since: at,
            current,
            end_href: "/dashboard/account/visits/v/end".to_owned(),
        };
        let page = |shell, text: &str, error: Option<&str>, codes_left: Option<usize>| Self {
            shell,
            done: error.is_none().then_some("Saved."),
            errors: error
                .map(|error| ErrorLink { field_id: "field-name".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            meanwhile: error.is_some().then(meanwhile::sample),
            made_from: "00".to_owned(),
            email: text.to_owned(),
            role: "admin",
            name: Field {
                value: text.to_owned(),
                error: error.map(Into::into),
                ..Field::plain("name", "Name", "line")
            },
            notices: vec![NoticeView {
                value: "certificate_expiry",
                label: "Certificates",
                wanted: error.is_some(),
            }],
            old_password: Field::plain("old_password", "Present password", "secret"),
            new_password: Field {
                error: error.map(Into::into),
                ..Field::plain("new_password", "New password", "secret")
            },
            factor: codes_left.map(|codes_left| FactorView { since: at, codes_left }),
            visits: vec![visit(text, true), visit(text, false)],
        };
        vec![
            page(plain.clone(), "Ada", None, None),
            page(plain, "Ada", None, Some(10)),
            page(hostile, HOSTILE, Some(HOSTILE), Some(2)),
        ]
    }
}
