//! Two people who edit the same thing: the later one is told what changed, and loses nothing.
//!
//! A page that shows a form puts the [`Revision`] of what it shows into the form
//! (`<made_from revision={…} />`). Whoever takes the form hands [`made_from`] to the use case; a use
//! case that answers [`Overtaken`] is presented as [`Meanwhile`]: the form as it was typed, with what
//! stands there now beside it, made from that, so that sending it again saves it all the same.

use vestibule_application::ports::store::{AuditFilter, EnvironmentLine, StoreResult};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::OrganizationId;
use vestibule_domain::page::{Order, PageLimit, PageRequest};
use vestibule_domain::readout::{Overtaken, Readout, Revision};
use vestibule_words::Moment;

use super::Dashboard;
use super::failure::Failure;
use super::form::Sent;
use super::view::meanwhile::{MeanwhileRow, MeanwhileView};

/// The field of a form that says what the form was made from.
const FIELD: &str = "made_from";

/// What a form was made from.
pub(super) fn made_from(form: &Sent) -> Result<Revision, Failure> {
    Revision::parse(form.one(FIELD)).ok_or(Failure::Malformed)
}

/// What happened to something while somebody edited it.
pub(super) struct Meanwhile {
    /// What it reads now: what the form is made from when it is shown again.
    pub(super) revision: Revision,
    view: MeanwhileView,
}

impl Meanwhile {
    /// What differs between what is there and what was typed; none if nothing does, so that what was
    /// typed counts as saved.
    pub(super) fn of(
        Overtaken { now }: &Overtaken,
        typed: &Readout,
        label: impl Fn(&str) -> String,
    ) -> Option<Self> {
        let differences = now.changes(typed);
        let rows: Vec<_> = differences
            .into_iter()
            .map(|change| MeanwhileRow {
                label: label(&change.field),
                theirs: change.before,
                yours: change.after,
            })
            .collect();
        let view = MeanwhileView { rows, by: None, at: None };
        (!view.rows.is_empty()).then(|| Self { revision: now.revision(), view })
    }

    /// The same, with who changed something of the organization last, by the audit trail.
    pub(super) async fn told(
        mut self,
        dashboard: &Dashboard,
        environment: &EnvironmentLine,
        organization: OrganizationId,
        action: AuditAction,
    ) -> StoreResult<Self> {
        let filter = AuditFilter {
            actions: vec![action],
            organization_id: Some(organization),
            ..AuditFilter::default()
        };
        let limit = PageLimit::new(1).unwrap_or_default();
        let newest = PageRequest { limit, order: Order::Descending, cursor: None };
        let found = dashboard.app.store.queries().audit_trail(environment.id, &filter, newest).await?;
        if let Some(entry) = found.items.into_iter().next() {
            self.view.at = Some(Moment::of(entry.at));
            self.view.by = Some(entry.actor.name.unwrap_or(entry.actor.id));
        }
        Ok(self)
    }

    /// What the page shows.
    pub(super) fn into_view(self) -> MeanwhileView {
        self.view
    }
}
