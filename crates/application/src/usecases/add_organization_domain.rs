//! Adds a domain to an organization.

use async_trait::async_trait;
use vestibule_domain::id::OrganizationId;
use vestibule_domain::organization_domain::{ClaimedDomain, ORGANIZATION_DOMAINS_MAX, OrganizationDomain};

use super::claims;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::Scene;
use crate::ports::store::{Conflict, StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Adds a domain.
pub struct AddOrganizationDomain {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct AddOrganizationDomainCommand {
    /// Who asks.
    pub caller: Caller,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The domain.
    pub claimed: ClaimedDomain,
}

/// Why no domain was added.
#[derive(Debug, thiserror::Error)]
pub enum AddOrganizationDomainError {
    /// No such organization in the environment.
    #[error("no such organization")]
    UnknownOrganization,
    /// The organization has it, or another one has it verified.
    #[error("the domain already belongs to an organization")]
    Exists,
    /// The organization has [`ORGANIZATION_DOMAINS_MAX`].
    #[error("an organization has at most {ORGANIZATION_DOMAINS_MAX} domains")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for AddOrganizationDomainError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for AddOrganizationDomain {
    type Command = AddOrganizationDomainCommand;
    type Outcome = OrganizationDomain;
    type Error = AddOrganizationDomainError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: AddOrganizationDomainCommand,
    ) -> Result<OrganizationDomain, AddOrganizationDomainError> {
        let now = self.ambient.now();
        let (environment_id, organization_id) = (command.caller.environment_id(), command.organization_id);
        // Locked, so that the count holds and a waiting connection sees the domain.
        work.organizations()
            .lock(environment_id, organization_id)
            .await?
            .ok_or(AddOrganizationDomainError::UnknownOrganization)?;
        let held = work.organization_domains().list(environment_id, organization_id).await?;
        if held.len() >= ORGANIZATION_DOMAINS_MAX {
            return Err(AddOrganizationDomainError::TooMany);
        }
        let scene = Scene { environment_id, actor: command.caller.actor.clone(), now };
        let domain = claims::add(work, &self.ambient, &scene, organization_id, command.claimed)
            .await
            .map_err(|error| match error {
                StoreError::Conflict(Conflict::OrganizationDomain) => AddOrganizationDomainError::Exists,
                StoreError::Conflict(Conflict::Reference) => AddOrganizationDomainError::UnknownOrganization,
                other => AddOrganizationDomainError::Store(other),
            })?;
        if domain.is_verified() {
            let environment = &command.caller.environment;
            claims::activate_waiting(work, &self.ambient, &scene, environment, organization_id).await?;
        }
        Ok(domain)
    }
}
