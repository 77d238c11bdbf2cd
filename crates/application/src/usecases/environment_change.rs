//! What every change of an environment's settings ends with.

use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::environment::Environment;
use vestibule_domain::readout::FieldChange;

use crate::ambient::Ambient;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreResult, UnitOfWork};

/// What the audit trail says of a change.
pub(super) struct Told {
    pub(super) actor: Actor,
    pub(super) action: AuditAction,
    pub(super) details: Vec<(&'static str, String)>,
    pub(super) changes: Vec<FieldChange>,
}

impl Told {
    /// That settings were changed, and what they read before and after.
    pub(super) fn updated(actor: Actor, changes: Vec<FieldChange>) -> Self {
        Self { actor, action: AuditAction::EnvironmentUpdated, details: Vec::new(), changes }
    }
}

/// Writes an environment as it is after a change, and says so in the audit trail.
pub(super) async fn save(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    after: Environment,
    told: Told,
) -> StoreResult<Environment> {
    work.accounts().update_environment(&after).await?;
    let Told { actor, action, details, changes } = told;
    let scene = Scene { environment_id: after.id, actor, now: ambient.now() };
    let target = ("environment", after.id.to_string());
    let deed = Deed { action, organization_id: None, target, details };
    chronicle::record_change(work, ambient, &scene, deed, changes).await?;
    Ok(after)
}
