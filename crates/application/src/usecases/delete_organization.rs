//! Removes an organization with all it had.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::event::{ConnectionSnapshot, Fact, OrganizationSnapshot};
use vestibule_domain::id::OrganizationId;

use super::create_organization::deed;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Removes an organization.
///
/// `connection.deleted` is told before `organization.deleted`: a vendor's app keeps sign-in state
/// by connection and should not have to derive that it is gone. A draft was never told of and goes
/// in silence, and so do the domains: the organization's own event shows them.
pub struct DeleteOrganization {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct DeleteOrganizationCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which organization.
    pub organization_id: OrganizationId,
}

/// Why nothing was removed.
#[derive(Debug, thiserror::Error)]
pub enum DeleteOrganizationError {
    /// No such organization in the environment.
    #[error("no such organization")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for DeleteOrganizationError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for DeleteOrganization {
    type Command = DeleteOrganizationCommand;
    type Outcome = ();
    type Error = DeleteOrganizationError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: DeleteOrganizationCommand,
    ) -> Result<(), DeleteOrganizationError> {
        let now = self.ambient.now();
        let (environment_id, id) = (command.caller.environment_id(), command.organization_id);
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        let organization =
            work.organizations().lock(environment_id, id).await?.ok_or(DeleteOrganizationError::Unknown)?;
        let domains = work.organization_domains().list(environment_id, id).await?;
        let connection = work.connections().lock_of_organization(environment_id, id).await?;
        if let Some(connection) = connection.filter(|held| held.state != ConnectionState::Draft) {
            let fact = Fact::ConnectionDeleted(ConnectionSnapshot::of(&connection, &domains));
            chronicle::announce(work, &self.ambient, &scene, id, fact).await?;
            let deed = Deed {
                action: AuditAction::ConnectionDeleted,
                organization_id: Some(id),
                target: ("connection", connection.id.to_string()),
                details: Vec::new(),
            };
            chronicle::record(work, &self.ambient, &scene, deed).await?;
        }
        if !work.organizations().delete(environment_id, id).await? {
            return Err(DeleteOrganizationError::Unknown);
        }
        let deed = deed(AuditAction::OrganizationDeleted, id);
        chronicle::record(work, &self.ambient, &scene, deed).await?;
        let fact = Fact::OrganizationDeleted(OrganizationSnapshot { organization, domains });
        chronicle::announce(work, &self.ambient, &scene, id, fact).await?;
        Ok(())
    }
}
