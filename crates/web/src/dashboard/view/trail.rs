//! The audit trail.

use serde::Serialize;
use vestibule_words::Moment;

use super::head::{OrganizationHead, Tab, sample};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::HOSTILE;

/// The audit trail of an environment, or what it holds of one organization.
#[derive(Debug, Serialize)]
pub(crate) struct TrailPage {
    /// What surrounds it.
    pub shell: Shell,
    /// The organization, if it is that of one.
    pub head: Option<OrganizationHead>,
    /// Where the list is.
    pub list_href: String,
    /// The actions to choose from.
    pub actions: Vec<ActionChoice>,
    /// The actor that is looked for.
    pub actor: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// The organization that is looked for, where it is there no more.
    pub organization: Option<String>,
    /// Whether it is narrowed.
    pub narrowed: bool,
    /// Where it is as CSV.
    pub csv_href: String,
    /// Where it is as lines of JSON.
    pub json_href: String,
    /// The entries, newest first.
    pub rows: Vec<TrailRow>,
    /// Where newer ones are.
    pub newer_href: Option<String>,
    /// Where older ones are.
    pub older_href: Option<String>,
}

/// An action to choose.
#[derive(Debug, Serialize)]
pub(crate) struct ActionChoice {
    /// Its word.
    pub value: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
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
    /// Where all that they did is.
    pub actor_href: String,
    /// The address they acted from.
    pub ip_address: Option<String>,
    /// What they acted with.
    pub user_agent: Option<String>,
    /// What it was done to.
    pub target: String,
    /// Where the organization's page is, if one is concerned.
    pub organization_href: Option<String>,
    /// More about it.
    pub details: Vec<DetailView>,
    /// What it changed.
    pub changes: Vec<ChangeView>,
}

/// A detail.
#[derive(Debug, Serialize)]
pub(crate) struct DetailView {
    /// What it is.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A field that changed.
#[derive(Debug, Serialize)]
pub(crate) struct ChangeView {
    /// Its name.
    pub field: String,
    /// What it read.
    pub before: Option<String>,
    /// What it reads.
    pub after: Option<String>,
}

impl Page for TrailPage {
    const TEMPLATE: &'static str = "dashboard/trail.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let row = |origin: Option<&str>, details: bool| TrailRow {
            at: Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC)),
            action: "organization.created",
            actor_kind: "member",
            actor: HOSTILE.to_owned(),
            actor_href: "/dashboard/e/trail?actor=member".to_owned(),
            ip_address: origin.map(str::to_owned),
            user_agent: origin.map(str::to_owned),
            target: HOSTILE.to_owned(),
            organization_href: Some("/dashboard/e/organizations/o".to_owned()),
            details: details
                .then(|| DetailView { name: HOSTILE.to_owned(), value: HOSTILE.to_owned() })
                .into_iter()
                .collect(),
            changes: origin
                .map(|text| ChangeView { field: text.to_owned(), before: None, after: Some(text.to_owned()) })
                .into_iter()
                .collect(),
        };
        let page = |shell, head, rows, narrowed: bool| Self {
            shell,
            head,
            list_href: "/dashboard/e/trail".to_owned(),
            actions: vec![ActionChoice { value: "organization.created", chosen: narrowed }],
            actor: if narrowed { HOSTILE.to_owned() } else { String::new() },
            from: String::new(),
            until: "2026-11-22".to_owned(),
            organization: narrowed.then(|| HOSTILE.to_owned()),
            narrowed,
            csv_href: "/dashboard/e/trail/audit-trail.csv?".to_owned(),
            json_href: "/dashboard/e/trail/audit-trail.jsonl?".to_owned(),
            rows,
            newer_href: narrowed.then(|| "?before=1".to_owned()),
            older_href: narrowed.then(|| "?after=1".to_owned()),
        };
        vec![
            page(plain.clone(), None, Vec::new(), false),
            page(plain, Some(sample(Tab::Trail)), vec![row(None, true)], false),
            page(hostile, None, vec![row(Some(HOSTILE), true), row(Some(HOSTILE), false)], true),
        ]
    }
}
