//! Starts a finished delivery again: the same event, the same endpoint, all tries anew.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::{WebhookDeliveryId, WebhookEndpointId};
use vestibule_domain::job::Task;
use vestibule_domain::webhook::{DeliveryState, WebhookDelivery};

use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Starts a delivery again.
pub struct ReplayDelivery {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ReplayDeliveryCommand {
    /// Who asks.
    pub caller: Caller,
    /// To which endpoint.
    pub endpoint_id: WebhookEndpointId,
    /// Which delivery.
    pub delivery_id: WebhookDeliveryId,
}

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum ReplayDeliveryError {
    /// No such delivery to that endpoint in the environment.
    #[error("no such delivery")]
    Unknown,
    /// It is still being tried: a second row of tries beside the first would send it twice.
    #[error("the delivery is still being tried")]
    Pending,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for ReplayDeliveryError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for ReplayDelivery {
    type Command = ReplayDeliveryCommand;
    type Outcome = WebhookDelivery;
    type Error = ReplayDeliveryError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ReplayDeliveryCommand,
    ) -> Result<WebhookDelivery, ReplayDeliveryError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let held = work
            .webhooks()
            .lock_delivery(environment_id, command.delivery_id)
            .await?
            .filter(|delivery| delivery.endpoint_id == command.endpoint_id)
            .ok_or(ReplayDeliveryError::Unknown)?;
        match held.state {
            DeliveryState::Pending => return Err(ReplayDeliveryError::Pending),
            DeliveryState::Delivered { .. } | DeliveryState::GivenUp { .. } => {}
        }
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        Ok(start_again(work, &self.ambient, &scene, held).await?)
    }
}

/// Starts a delivery again that is over.
pub(super) async fn start_again(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    over: WebhookDelivery,
) -> Result<WebhookDelivery, StoreError> {
    let again = WebhookDelivery { state: DeliveryState::Pending, tries: 0, ..over };
    work.webhooks().update_delivery(&again).await?;
    chronicle::enqueue(work, ambient, scene, Task::DeliverWebhook(again.id)).await?;
    let deed = Deed {
        action: AuditAction::WebhookDeliveryReplayed,
        organization_id: None,
        target: ("webhook_delivery", again.id.to_string()),
        details: vec![
            ("webhook_endpoint_id", again.endpoint_id.to_string()),
            ("event_id", again.event_id.to_string()),
        ],
    };
    chronicle::record(work, ambient, scene, deed).await?;
    Ok(again)
}
