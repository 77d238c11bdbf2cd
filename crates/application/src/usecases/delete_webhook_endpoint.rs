//! Removes a webhook endpoint with its deliveries.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::WebhookEndpointId;
use vestibule_domain::readout::Readout;

use super::create_webhook_endpoint::endpoint_deed;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Removes an endpoint.
pub struct DeleteWebhookEndpoint {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct DeleteWebhookEndpointCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which endpoint.
    pub endpoint_id: WebhookEndpointId,
}

/// Why nothing was removed.
#[derive(Debug, thiserror::Error)]
pub enum DeleteWebhookEndpointError {
    /// No such endpoint in the environment.
    #[error("no such webhook endpoint")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for DeleteWebhookEndpointError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for DeleteWebhookEndpoint {
    type Command = DeleteWebhookEndpointCommand;
    type Outcome = ();
    type Error = DeleteWebhookEndpointError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: DeleteWebhookEndpointCommand,
    ) -> Result<(), DeleteWebhookEndpointError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let held = work
            .webhooks()
            .lock_endpoint(environment_id, command.endpoint_id)
            .await?
            .ok_or(DeleteWebhookEndpointError::Unknown)?;
        work.webhooks().delete_endpoint(environment_id, held.id).await?;
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        let deed = endpoint_deed(AuditAction::WebhookEndpointDeleted, &held);
        let changes = held.readout().changes(&Readout::default());
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        Ok(())
    }
}
