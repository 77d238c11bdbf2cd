//! Replaces the signing secret of a webhook endpoint.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::WebhookEndpointId;
use vestibule_domain::secret::WebhookSecret;
use vestibule_domain::webhook::WebhookEndpoint;

use super::create_webhook_endpoint::endpoint_deed;
use crate::ambient::{Ambient, SecretOf};
use crate::caller::Caller;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Replaces a signing secret, at once: receivers read one signature in a request, so there is no
/// signing by two. What a receiver refuses until it has the new one is tried again.
pub struct RollWebhookSecret {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RollWebhookSecretCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which endpoint.
    pub endpoint_id: WebhookEndpointId,
}

/// Why nothing was replaced.
#[derive(Debug, thiserror::Error)]
pub enum RollWebhookSecretError {
    /// No such endpoint in the environment.
    #[error("no such webhook endpoint")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for RollWebhookSecretError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RollWebhookSecret {
    type Command = RollWebhookSecretCommand;
    type Outcome = WebhookEndpoint;
    type Error = RollWebhookSecretError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RollWebhookSecretCommand,
    ) -> Result<WebhookEndpoint, RollWebhookSecretError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let held = work
            .webhooks()
            .lock_endpoint(environment_id, command.endpoint_id)
            .await?
            .ok_or(RollWebhookSecretError::Unknown)?;
        let secret = WebhookSecret::from_random(self.ambient.token_bytes());
        let sealed = self.ambient.seal(SecretOf::WebhookEndpoint(held.id), secret.expose().as_bytes());
        let before = held.secret_readout();
        let rolled = WebhookEndpoint { secret: sealed, updated_at: now, ..held };
        work.webhooks().update_endpoint(&rolled).await?;
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        let deed = endpoint_deed(AuditAction::WebhookSecretRolled, &rolled);
        let changes = before.changes(&rolled.secret_readout());
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        Ok(rolled)
    }
}
