//! Makes an organization with its domains.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::event::{Fact, OrganizationSnapshot};
use vestibule_domain::id::OrganizationId;
use vestibule_domain::organization::{ExternalId, Metadata, Organization, ProfileRule, Slug};
use vestibule_domain::organization_domain::ClaimedDomain;
use vestibule_domain::text::Name;

use super::claims;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{Conflict, StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Makes an organization.
pub struct CreateOrganization {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct CreateOrganizationCommand {
    /// Who asks.
    pub caller: Caller,
    /// The customer's name.
    pub name: Name,
    /// The slug; one is made of the name otherwise.
    pub slug: Option<Slug>,
    /// The domains, each once.
    pub domains: Vec<ClaimedDomain>,
    /// Whose sign-ins are taken.
    pub profiles: ProfileRule,
    /// The vendor's notes.
    pub metadata: Metadata,
    /// The vendor's own id for it.
    pub external_id: Option<ExternalId>,
}

/// Why no organization was made or changed.
#[derive(Debug, thiserror::Error)]
pub enum WriteOrganizationError {
    /// No such organization in the environment.
    #[error("no such organization")]
    Unknown,
    /// Another organization has the slug.
    #[error("the slug is in use")]
    SlugInUse,
    /// Another organization has the external id.
    #[error("the external id is in use")]
    ExternalIdInUse,
    /// Another organization has the Stripe customer id.
    #[error("the Stripe customer id is in use")]
    StripeCustomerIdInUse,
    /// Another organization has one of the domains verified.
    #[error("one of the domains belongs to another organization")]
    DomainInUse,
    /// The notes would break a rule.
    #[error(transparent)]
    Metadata(#[from] vestibule_domain::organization::MetadataError),
    /// Somebody else changed it.
    #[error(transparent)]
    Overtaken(#[from] vestibule_domain::readout::Overtaken),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for WriteOrganizationError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::OrganizationSlug) => Self::SlugInUse,
            StoreError::Conflict(Conflict::OrganizationExternalId) => Self::ExternalIdInUse,
            StoreError::Conflict(Conflict::OrganizationStripeCustomerId) => Self::StripeCustomerIdInUse,
            StoreError::Conflict(Conflict::OrganizationDomain) => Self::DomainInUse,
            other => Self::Store(other),
        }
    }
}

impl Contended for WriteOrganizationError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for CreateOrganization {
    type Command = CreateOrganizationCommand;
    type Outcome = OrganizationSnapshot;
    type Error = WriteOrganizationError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: CreateOrganizationCommand,
    ) -> Result<OrganizationSnapshot, WriteOrganizationError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let scene = Scene { environment_id, actor: command.caller.actor.clone(), now };
        let id: OrganizationId = self.ambient.id(now);
        let asked_for = command.slug.is_some();
        let slug = match command.slug {
            Some(slug) => slug,
            None => free_slug(work, &scene, &command.name, id).await?,
        };
        let organization = Organization {
            id,
            environment_id,
            name: command.name,
            slug,
            external_id: command.external_id,
            metadata: command.metadata,
            stripe_customer_id: None,
            profiles: command.profiles,
            created_at: now,
            updated_at: now,
        };
        work.organizations().insert(&organization).await.map_err(|error| match error {
            // Somebody took the slug that was free a moment ago: look for another.
            StoreError::Conflict(Conflict::OrganizationSlug) if !asked_for => {
                WriteOrganizationError::Store(StoreError::Contention)
            }
            other => other.into(),
        })?;
        let deed = deed(AuditAction::OrganizationCreated, id);
        chronicle::record(work, &self.ambient, &scene, deed).await?;
        let mut domains = Vec::with_capacity(command.domains.len());
        for claimed in command.domains {
            domains.push(claims::insert(work, &self.ambient, &scene, id, claimed).await?);
        }
        // The order in which they are read: the answer and a later one must be the same.
        domains.sort_unstable_by_key(|domain| domain.id);
        let snapshot = OrganizationSnapshot { organization, domains };
        // An organization is told of before its domains are; its own event shows them already.
        let fact = Fact::OrganizationCreated(snapshot.clone());
        chronicle::announce(work, &self.ambient, &scene, id, fact).await?;
        for domain in &snapshot.domains {
            claims::tell_added(work, &self.ambient, &scene, domain).await?;
        }
        Ok(snapshot)
    }
}

async fn free_slug(
    work: &mut dyn UnitOfWork,
    scene: &Scene,
    name: &Name,
    id: OrganizationId,
) -> Result<Slug, StoreError> {
    let slug = Slug::of_name(name);
    let taken = work.organizations().slug_taken(scene.environment_id, &slug).await?;
    Ok(if taken { slug.with_suffix(id) } else { slug })
}

pub(super) fn deed(action: AuditAction, id: OrganizationId) -> Deed {
    Deed { action, organization_id: Some(id), target: ("organization", id.to_string()), details: Vec::new() }
}
