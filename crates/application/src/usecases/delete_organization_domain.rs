//! Removes a domain of an organization.

use async_trait::async_trait;
use vestibule_domain::id::OrganizationDomainId;

use super::claims;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::Scene;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Removes a domain. A connection that is active stays so: whoever signs in from then on must lie
/// in a domain that is left.
pub struct DeleteOrganizationDomain {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct DeleteOrganizationDomainCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which domain.
    pub domain_id: OrganizationDomainId,
}

/// Why nothing was removed.
#[derive(Debug, thiserror::Error)]
pub enum DeleteOrganizationDomainError {
    /// No such domain in the environment.
    #[error("no such domain")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for DeleteOrganizationDomainError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for DeleteOrganizationDomain {
    type Command = DeleteOrganizationDomainCommand;
    type Outcome = ();
    type Error = DeleteOrganizationDomainError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: DeleteOrganizationDomainCommand,
    ) -> Result<(), DeleteOrganizationDomainError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let domain = work
            .organization_domains()
            .lock(environment_id, command.domain_id)
            .await?
            .ok_or(DeleteOrganizationDomainError::Unknown)?;
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        if claims::remove(work, &self.ambient, &scene, &domain).await? {
            Ok(())
        } else {
            Err(DeleteOrganizationDomainError::Unknown)
        }
    }
}
