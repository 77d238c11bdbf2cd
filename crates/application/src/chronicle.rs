//! Writing down what happened: the audit trail for us, events for the vendor.

use vestibule_domain::Instant;
use vestibule_domain::audit::{Actor, AuditAction, AuditEntry, AuditTarget};
use vestibule_domain::event::{Event, Fact};
use vestibule_domain::id::{EnvironmentId, EventId, OrganizationId};
use vestibule_domain::job::{Job, Task};
use vestibule_domain::readout::FieldChange;

use crate::ambient::Ambient;
use crate::ports::store::{StoreResult, UnitOfWork};

/// Where and by whom something happens; one for each run of a use case.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Who acts.
    pub actor: Actor,
    /// When.
    pub now: Instant,
}

/// What was done to what.
#[derive(Clone, Debug)]
pub struct Deed {
    /// What was done.
    pub action: AuditAction,
    /// The organization concerned.
    pub organization_id: Option<OrganizationId>,
    /// What it was done to: type and id.
    pub target: (&'static str, String),
    /// More about it; never secrets.
    pub details: Vec<(&'static str, String)>,
}

/// Adds to the audit trail.
pub async fn record(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    deed: Deed,
) -> StoreResult<()> {
    record_change(work, ambient, scene, deed, Vec::new()).await
}

/// Adds to the audit trail, with what was before and after.
pub async fn record_change(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    deed: Deed,
    changes: Vec<FieldChange>,
) -> StoreResult<()> {
    let entry = AuditEntry {
        id: ambient.id(scene.now),
        environment_id: scene.environment_id,
        organization_id: deed.organization_id,
        at: scene.now,
        action: deed.action,
        actor: scene.actor.clone(),
        target: AuditTarget { kind: deed.target.0.to_owned(), id: deed.target.1 },
        details: deed.details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        changes: changes.into_iter().map(FieldChange::shortened).collect(),
    };
    work.outbox().record(entry).await
}

/// Appends an event and the job that dispatches it.
pub async fn announce(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    organization_id: impl Into<Option<OrganizationId>>,
    fact: Fact,
) -> StoreResult<()> {
    let id: EventId = ambient.id(scene.now);
    let organization_id = organization_id.into();
    let event = Event {
        id,
        environment_id: scene.environment_id,
        organization_id,
        created_at: scene.now,
        // Where somebody acts from is for the vendor's people, not for whoever receives events.
        actor: Actor { origin: None, ..scene.actor.clone() },
        fact,
    };
    work.outbox().append(event).await?;
    enqueue(work, ambient, scene, Task::DispatchEvent(id)).await
}

/// Adds a job that is due at once.
pub async fn enqueue(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    task: Task,
) -> StoreResult<()> {
    let job = Job {
        id: ambient.id(scene.now),
        environment_id: scene.environment_id,
        task,
        run_at: scene.now,
        starts: 0,
    };
    work.outbox().enqueue(job).await
}
