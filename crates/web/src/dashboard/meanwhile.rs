//! Two people who edit the same thing: the later one is told what changed, and loses nothing.
//!
//! A page that shows a form puts the [`Revision`] of what it shows into the form
//! (`<made_from revision={…} />`). Whoever takes the form hands [`made_from`] to the use case; a use
//! case that answers [`Overtaken`] is presented as [`Meanwhile`]: the form as it was typed, with what
//! stands there now beside it, made from that, so that sending it again saves it all the same.

use std::fmt::Display;

use actix_web::http::StatusCode;
use vestibule_application::ports::store::{AuditFilter, EnvironmentLine, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::{OrganizationId, TeamId};
use vestibule_domain::page::{Order, PageLimit, PageRequest};
use vestibule_domain::readout::{FieldChange, Overtaken, Readout, Revision};
use vestibule_domain::team_trail::TeamAction;
use vestibule_words::Moment;

use super::Dashboard;
use super::failure::Failure;
use super::form::{Sent, Wrong};
use super::view::meanwhile::{MeanwhileRow, MeanwhileView};

/// How many entries of the audit trail are looked through for whoever changed something.
const ENTRIES_MAX: u16 = 20;

/// The field of a form that says what the form was made from.
const FIELD: &str = "made_from";

/// What a form was made from.
pub(super) fn made_from(form: &Sent) -> Result<Revision, Failure> {
    Revision::parse(form.one(FIELD)).ok_or(Failure::Malformed)
}

/// How a form is shown: filled with what there is, or as it was sent and not saved.
pub(super) struct Unsaved {
    pub(super) status: StatusCode,
    pub(super) wrong: Wrong,
    /// What the form is made from when it is shown again.
    pub(super) made_from: Revision,
    pub(super) meanwhile: Option<MeanwhileView>,
}

impl Unsaved {
    /// A form that nobody sent yet.
    pub(super) fn fresh(made_from: Revision) -> Self {
        Self { status: StatusCode::OK, wrong: Wrong::default(), made_from, meanwhile: None }
    }

    /// Something is wrong with it. It is still made from what it was made from.
    pub(super) fn wrong(wrong: Wrong, made_from: Revision) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, wrong, made_from, meanwhile: None }
    }
}

/// Somebody else was faster.
impl From<Meanwhile> for Unsaved {
    fn from(told: Meanwhile) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            wrong: Wrong::default(),
            made_from: told.revision,
            meanwhile: Some(told.view),
        }
    }
}

/// What happened to something while somebody edited it.
pub(super) struct Meanwhile {
    /// What it reads now: what the form is made from when it is shown again.
    pub(super) revision: Revision,
    /// Which fields differ, as they are read out.
    fields: Vec<String>,
    view: MeanwhileView,
}

/// What somebody edited, as the audit trail has it.
pub(super) struct Edited {
    pub(super) organization_id: Option<OrganizationId>,
    pub(super) action: AuditAction,
    /// The id.
    pub(super) target: String,
}

impl Edited {
    /// Something of an organization.
    pub(super) fn of(organization_id: OrganizationId, action: AuditAction, target: impl Display) -> Self {
        Self { organization_id: Some(organization_id), action, target: target.to_string() }
    }

    /// Something of an environment.
    pub(super) fn setting(action: AuditAction, target: impl Display) -> Self {
        Self { organization_id: None, action, target: target.to_string() }
    }
}

impl Meanwhile {
    /// What differs between what is there and what was typed; none if nothing does, so that what was
    /// typed counts as saved.
    pub(super) fn of(
        Overtaken { now }: &Overtaken,
        typed: &Readout,
        label: impl Fn(&str) -> String,
    ) -> Option<Self> {
        let (fields, rows): (_, Vec<_>) = now
            .changes(typed)
            .into_iter()
            .map(|FieldChange { field, before, after }| {
                let row = MeanwhileRow { label: label(&field), theirs: before, yours: after };
                (field, row)
            })
            .unzip();
        let view = MeanwhileView { rows, by: None, at: None, typed: true };
        (!view.rows.is_empty()).then(|| Self { revision: now.revision(), fields, view })
    }

    /// The same for buttons, where nothing was typed.
    pub(super) fn pressed(mut self) -> Self {
        self.view.typed = false;
        self
    }

    /// The same, with who changed one of these fields last, by the audit trail.
    pub(super) async fn told(
        mut self,
        dashboard: &Dashboard,
        environment: &EnvironmentLine,
        edited: Edited,
    ) -> StoreResult<Self> {
        let filter = AuditFilter {
            actions: vec![edited.action],
            organization_id: edited.organization_id,
            ..AuditFilter::default()
        };
        let found = dashboard.app.store.queries().audit_trail(environment.id, &filter, newest()).await?;
        let mut of_it = found.items.into_iter().filter(|entry| entry.target.id == edited.target);
        if let Some(entry) = of_it.find(|entry| self.is_among(&entry.changes)) {
            self.changed_by(entry.actor.name.unwrap_or(entry.actor.id), entry.at);
        }
        Ok(self)
    }

    /// The same, by the audit trail of a team.
    pub(super) async fn told_of_team(
        mut self,
        dashboard: &Dashboard,
        team: TeamId,
        action: TeamAction,
        target: impl Display,
    ) -> StoreResult<Self> {
        let target = target.to_string();
        let found = dashboard.app.store.queries().team_trail(team, newest()).await?;
        let mut of_it =
            found.items.into_iter().filter(|entry| entry.action == action && entry.target == target);
        if let Some(entry) = of_it.find(|entry| self.is_among(&entry.changes)) {
            self.changed_by(entry.member_name.unwrap_or_default(), entry.at);
        }
        Ok(self)
    }

    fn is_among(&self, changes: &[FieldChange]) -> bool {
        changes.iter().any(|change| self.fields.contains(&change.field))
    }

    fn changed_by(&mut self, name: String, at: Instant) {
        self.view.at = Some(Moment::of(at));
        self.view.by = Some(name).filter(|name| !name.is_empty());
    }

    /// What the page shows.
    pub(super) fn into_view(self) -> MeanwhileView {
        self.view
    }
}

fn newest<I>() -> PageRequest<I> {
    let limit = PageLimit::new(ENTRIES_MAX).unwrap_or_default();
    PageRequest { limit, order: Order::Descending, cursor: None }
}
