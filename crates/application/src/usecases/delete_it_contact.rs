//! Removes an IT contact, and the invitation they may hold.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::{ItContactId, OrganizationId};

use super::add_it_contact::deed;
use super::invitations;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Removes a contact. Their invitation is withdrawn with them: somebody who is no contact any more
/// must not set anything up.
pub struct DeleteItContact {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// Which contact is meant.
#[derive(Clone, Debug)]
pub struct ItContactCommand {
    /// Who asks.
    pub caller: Caller,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The contact.
    pub contact_id: ItContactId,
}

/// Why nothing was done to a contact.
#[derive(Debug, thiserror::Error)]
pub enum ItContactError {
    /// The organization has no such contact.
    #[error("no such contact")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for ItContactError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for DeleteItContact {
    type Command = ItContactCommand;
    type Outcome = ();
    type Error = ItContactError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ItContactCommand,
    ) -> Result<(), ItContactError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let contact = work
            .it_contacts()
            .find(environment_id, command.organization_id, command.contact_id)
            .await?
            .ok_or(ItContactError::Unknown)?;
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        invitations::withdraw(work, &self.ambient, &scene, &contact).await?;
        if !work.it_contacts().delete(environment_id, contact.organization_id, contact.id).await? {
            return Err(ItContactError::Unknown);
        }
        chronicle::record(work, &self.ambient, &scene, deed(AuditAction::ItContactDeleted, &contact)).await?;
        Ok(())
    }
}
