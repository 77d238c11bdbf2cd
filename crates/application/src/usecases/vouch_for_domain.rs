//! Takes the vendor's word for a domain.

use async_trait::async_trait;
use vestibule_domain::id::OrganizationDomainId;
use vestibule_domain::organization_domain::OrganizationDomain;

use super::claims;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::Scene;
use crate::ports::store::{Conflict, StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Takes the vendor's word for a domain, and switches on a connection that waited for one.
pub struct VouchForDomain {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct VouchForDomainCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which domain.
    pub domain_id: OrganizationDomainId,
}

/// Why nobody's word was taken.
#[derive(Debug, thiserror::Error)]
pub enum VouchForDomainError {
    /// No such domain in the environment.
    #[error("no such domain")]
    Unknown,
    /// Another organization has it verified.
    #[error("another organization has the domain verified")]
    InUse,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for VouchForDomainError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::OrganizationDomain) => Self::InUse,
            other => Self::Store(other),
        }
    }
}

impl Contended for VouchForDomainError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for VouchForDomain {
    type Command = VouchForDomainCommand;
    type Outcome = OrganizationDomain;
    type Error = VouchForDomainError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: VouchForDomainCommand,
    ) -> Result<OrganizationDomain, VouchForDomainError> {
        let environment = &command.caller.environment;
        let domain = work
            .organization_domains()
            .lock(environment.id, command.domain_id)
            .await?
            .ok_or(VouchForDomainError::Unknown)?;
        let scene = Scene {
            environment_id: environment.id,
            actor: command.caller.actor.clone(),
            now: self.ambient.now(),
        };
        let vouched = claims::vouch(work, &self.ambient, &scene, domain).await?;
        claims::activate_waiting(work, &self.ambient, &scene, environment, vouched.organization_id).await?;
        Ok(vouched)
    }
}
