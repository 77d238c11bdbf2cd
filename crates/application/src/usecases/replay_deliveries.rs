//! Starts many deliveries of an endpoint again: those that were given up.

use async_trait::async_trait;
use vestibule_domain::id::{WebhookDeliveryId, WebhookEndpointId};
use vestibule_domain::webhook::{DeliveryState, REPLAYS_MAX};

use super::replay_delivery::start_again;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::Scene;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Starts deliveries again.
pub struct ReplayDeliveries {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ReplayDeliveriesCommand {
    /// Who asks.
    pub caller: Caller,
    /// To which endpoint.
    pub endpoint_id: WebhookEndpointId,
    /// Which; those that are not given up (any more) stay as they are.
    pub delivery_ids: Vec<WebhookDeliveryId>,
}

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum ReplayDeliveriesError {
    /// More than [`REPLAYS_MAX`].
    #[error("at most {REPLAYS_MAX} deliveries are started again at once")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for ReplayDeliveriesError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for ReplayDeliveries {
    type Command = ReplayDeliveriesCommand;
    /// How many were started.
    type Outcome = usize;
    type Error = ReplayDeliveriesError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ReplayDeliveriesCommand,
    ) -> Result<usize, ReplayDeliveriesError> {
        if command.delivery_ids.len() > usize::from(REPLAYS_MAX) {
            return Err(ReplayDeliveriesError::TooMany);
        }
        let environment_id = command.caller.environment_id();
        let scene = Scene { environment_id, actor: command.caller.actor, now: self.ambient.now() };
        let mut started = 0;
        for id in command.delivery_ids {
            let held = work.webhooks().lock_delivery(environment_id, id).await?;
            let over = held.filter(|held| {
                held.endpoint_id == command.endpoint_id && matches!(held.state, DeliveryState::GivenUp { .. })
            });
            if let Some(over) = over {
                start_again(work, &self.ambient, &scene, over).await?;
                started += 1;
            }
        }
        Ok(started)
    }
}
