//! The audit trail.

use serde::Serialize;
use vestibule_words::Moment;

use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::HOSTILE;

/// The audit trail of an environment, or what it holds of one organization.
#[derive(Debug, Serialize)]
pub(crate) struct TrailPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the list is.
    pub list_href: String,
    /// Whether it is narrowed to an organization.
    pub narrowed: bool,
    /// The entries, newest first.
    pub rows: Vec<TrailRow>,
    /// Where newer ones are.
    pub newer_href: Option<String>,
    /// Where older ones are.
    pub older_href: Option<String>,
}

/// An entry.
#[derive(Debug, Serialize)]
pub(crate) struct TrailRow {
    /// When.
    pub at: Moment,
    /// What was done.
    pub action: &'static str,
    /// What sort of actor.
    pub actor_kind: &'static str,
    /// Who: a name, or an id.
    pub actor: String,
    /// What it was done to.
    pub target: String,
    /// Where the organization's page is, if one is concerned.
    pub organization_href: Option<String>,
    /// More about it.
    pub details: Vec<DetailView>,
}

/// A detail.
#[derive(Debug, Serialize)]
pub(crate) struct DetailView {
    /// What it is.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Page for TrailPage {
    const TEMPLATE: &'static str = "dashboard/trail.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let row = TrailRow {
            at: Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC)),
            action: "organization.created",
            actor_kind: "member",
            actor: HOSTILE.to_owned(),
            target: HOSTILE.to_owned(),
            organization_href: Some("/dashboard/e/organizations/o".to_owned()),
            details: vec![DetailView { name: HOSTILE.to_owned(), value: HOSTILE.to_owned() }],
        };
        let page = |shell, rows, narrowed: bool| Self {
            shell,
            list_href: "/dashboard/e/trail".to_owned(),
            narrowed,
            rows,
            newer_href: narrowed.then(|| "?before=1".to_owned()),
            older_href: narrowed.then(|| "?after=1".to_owned()),
        };
        vec![page(plain, Vec::new(), false), page(hostile, vec![row], true)]
    }
}
