//! Sends a test event to a webhook endpoint: a real delivery, signed as every other.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::event::{Event, Fact, WebhookTest};
use vestibule_domain::id::WebhookEndpointId;
use vestibule_domain::job::Task;
use vestibule_domain::webhook::{DeliveryState, EndpointState, WebhookDelivery};

use super::create_webhook_endpoint::endpoint_deed;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Sends a test event.
pub struct TestWebhookEndpoint {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct TestWebhookEndpointCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which endpoint.
    pub endpoint_id: WebhookEndpointId,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum TestWebhookEndpointError {
    /// No such endpoint in the environment.
    #[error("no such webhook endpoint")]
    Unknown,
    /// The endpoint is switched off.
    #[error("the webhook endpoint is disabled")]
    Disabled,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for TestWebhookEndpointError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for TestWebhookEndpoint {
    type Command = TestWebhookEndpointCommand;
    /// The delivery that was begun.
    type Outcome = WebhookDelivery;
    type Error = TestWebhookEndpointError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: TestWebhookEndpointCommand,
    ) -> Result<WebhookDelivery, TestWebhookEndpointError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let endpoint = work
            .webhooks()
            .lock_endpoint(environment_id, command.endpoint_id)
            .await?
            .ok_or(TestWebhookEndpointError::Unknown)?;
        if endpoint.state == EndpointState::Disabled {
            return Err(TestWebhookEndpointError::Disabled);
        }
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        // Not announced: no other endpoint is to hear of it, whatever it listens to.
        let event = Event {
            id: self.ambient.id(now),
            environment_id,
            organization_id: None,
            created_at: now,
            actor: scene.actor.clone(),
            fact: Fact::WebhookEndpointTested(WebhookTest { endpoint_id: endpoint.id }),
        };
        let delivery = WebhookDelivery {
            id: self.ambient.id(now),
            environment_id,
            endpoint_id: endpoint.id,
            event_id: event.id,
            state: DeliveryState::Pending,
            tries: 0,
            created_at: now,
        };
        work.outbox().append(event).await?;
        work.webhooks().insert_delivery(&delivery).await?;
        chronicle::enqueue(work, &self.ambient, &scene, Task::DeliverWebhook(delivery.id)).await?;
        let deed = endpoint_deed(AuditAction::WebhookEndpointTested, &endpoint);
        chronicle::record(work, &self.ambient, &scene, deed).await?;
        Ok(delivery)
    }
}
