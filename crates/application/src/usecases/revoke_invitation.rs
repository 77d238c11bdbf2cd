//! Withdraws the invitation of an IT contact.

use async_trait::async_trait;

use super::delete_it_contact::{ItContactCommand, ItContactError};
use super::invitations;
use crate::ambient::Ambient;
use crate::chronicle::Scene;
use crate::ports::store::UnitOfWork;
use crate::usecase::UseCase;

/// Withdraws an invitation. Without one nothing happens: what was asked is so.
pub struct RevokeInvitation {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

#[async_trait]
impl UseCase for RevokeInvitation {
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
        Ok(invitations::withdraw(work, &self.ambient, &scene, &contact).await?)
    }
}
