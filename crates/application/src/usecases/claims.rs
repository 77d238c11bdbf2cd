//! What several use cases do with the domains of an organization.

use vestibule_domain::Instant;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::{ConnectionState, DomainStanding};
use vestibule_domain::environment::Environment;
use vestibule_domain::event::Fact;
use vestibule_domain::id::OrganizationId;
use vestibule_domain::job::{Job, Task};
use vestibule_domain::organization_domain::{ClaimedDomain, OrganizationDomain};

use super::save_connection::{Before, tell};
use crate::ambient::Ambient;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};

/// Adds a domain and tells of it; of its proof as well, if the vendor vouches for it.
pub(super) async fn add(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    organization_id: OrganizationId,
    claimed: ClaimedDomain,
) -> Result<OrganizationDomain, StoreError> {
    let domain = insert(work, ambient, scene, organization_id, claimed).await?;
    tell_added(work, ambient, scene, &domain).await?;
    Ok(domain)
}

/// Adds a domain; its caller tells of it.
pub(super) async fn insert(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    organization_id: OrganizationId,
    claimed: ClaimedDomain,
) -> Result<OrganizationDomain, StoreError> {
    let domain = OrganizationDomain::claimed(
        ambient.id(scene.now),
        (scene.environment_id, organization_id),
        claimed,
        ambient.token_bytes(),
        scene.now,
    );
    work.organization_domains().insert(&domain).await?;
    if domain.is_sought() {
        work.outbox().enqueue(looking(&domain, scene.now)).await?;
    }
    Ok(domain)
}

/// The job that looks for the record of a domain, as long as the domain waits for it.
pub(crate) fn looking(domain: &OrganizationDomain, now: Instant) -> Job {
    let next = domain.search.next_look(now);
    Job::since(domain.environment_id, Task::CheckDomain(domain.id), domain.search.since, next)
}

/// Tells of a domain that was added, and of its proof if it has one.
pub(super) async fn tell_added(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    domain: &OrganizationDomain,
) -> Result<(), StoreError> {
    let deed = deed(AuditAction::OrganizationDomainCreated, domain);
    chronicle::record(work, ambient, scene, deed).await?;
    let fact = Fact::OrganizationDomainCreated(domain.clone());
    chronicle::announce(work, ambient, scene, domain.organization_id, fact).await?;
    if domain.is_verified() { tell_verified(work, ambient, scene, domain).await } else { Ok(()) }
}

/// Takes the vendor's word for a domain; leaves a proven one as it is.
pub(super) async fn vouch(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    domain: OrganizationDomain,
) -> Result<OrganizationDomain, StoreError> {
    let Some(vouched) = domain.clone().vouched(scene.now) else { return Ok(domain) };
    work.organization_domains().update(&vouched).await?;
    tell_verified(work, ambient, scene, &vouched).await?;
    Ok(vouched)
}

/// Removes a domain and tells of it. False if it is gone.
pub(super) async fn remove(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    domain: &OrganizationDomain,
) -> Result<bool, StoreError> {
    if !work.organization_domains().delete(scene.environment_id, domain.id).await? {
        return Ok(false);
    }
    let deed = deed(AuditAction::OrganizationDomainDeleted, domain);
    chronicle::record(work, ambient, scene, deed).await?;
    let fact = Fact::OrganizationDomainDeleted(domain.clone());
    chronicle::announce(work, ambient, scene, domain.organization_id, fact).await?;
    Ok(true)
}

/// Switches on a connection that waited for a verified domain, now that there is one.
pub(super) async fn activate_waiting(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    environment: &Environment,
    organization_id: OrganizationId,
) -> Result<(), StoreError> {
    let held = work.connections().lock_of_organization(scene.environment_id, organization_id).await?;
    let Some(held) = held.filter(|held| held.state == ConnectionState::Validating) else {
        return Ok(());
    };
    let settings = held.settings.clone();
    let before = Before::of(&held);
    // A waiting connection is complete, so this refuses nothing; if it did, waiting on is right.
    let Ok(active) = held.completed(settings, environment.activation, DomainStanding::Verified, scene.now)
    else {
        return Ok(());
    };
    work.connections().update(&active).await?;
    let domains = work.organization_domains().list(scene.environment_id, organization_id).await?;
    tell(work, ambient, scene, &active, &before, &domains).await
}

/// Tells of a domain that was proven.
pub(super) async fn tell_verified(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    domain: &OrganizationDomain,
) -> Result<(), StoreError> {
    let deed = deed(AuditAction::OrganizationDomainVerified, domain);
    chronicle::record(work, ambient, scene, deed).await?;
    let fact = Fact::OrganizationDomainVerified(domain.clone());
    chronicle::announce(work, ambient, scene, domain.organization_id, fact).await
}

/// What was done to a domain.
pub(super) fn deed(action: AuditAction, domain: &OrganizationDomain) -> Deed {
    Deed {
        action,
        organization_id: Some(domain.organization_id),
        target: ("organization_domain", domain.id.to_string()),
        details: vec![("domain", domain.domain.to_string())],
    }
}
