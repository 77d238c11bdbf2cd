//! Changes a webhook endpoint.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::event::EventName;
use vestibule_domain::id::WebhookEndpointId;
use vestibule_domain::readout::{Overtaken, Revision};
use vestibule_domain::url::WebhookUrl;
use vestibule_domain::webhook::{
    EndpointState, EventFilter, EventFilterRefused, PayloadStyle, WebhookEndpoint,
};

use super::create_webhook_endpoint::endpoint_deed;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Scene};
use crate::ports::store::{Conflict, StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Changes an endpoint.
pub struct UpdateWebhookEndpoint {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked; what is not given stays.
#[derive(Clone, Debug)]
pub struct UpdateWebhookEndpointCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which endpoint.
    pub endpoint_id: WebhookEndpointId,
    /// Where to.
    pub url: Option<WebhookUrl>,
    /// Whether events are sent.
    pub state: Option<EndpointState>,
    /// Which events, see [`EventFilter::of`].
    pub events: Option<Vec<EventName>>,
    /// How bodies look and are signed.
    pub style: Option<PayloadStyle>,
    /// What [`WebhookEndpoint::told_readout`] read when the change was made; whatever it reads, if none.
    pub made_from: Option<Revision>,
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateWebhookEndpointError {
    /// No such endpoint in the environment.
    #[error("no such webhook endpoint")]
    Unknown,
    /// The environment has another endpoint with the address.
    #[error("an endpoint with this address exists")]
    Duplicate,
    /// The list of events is refused, or missing in a new style that demands it.
    #[error(transparent)]
    Events(#[from] EventFilterRefused),
    /// Somebody else changed it.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for UpdateWebhookEndpointError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for UpdateWebhookEndpoint {
    type Command = UpdateWebhookEndpointCommand;
    type Outcome = WebhookEndpoint;
    type Error = UpdateWebhookEndpointError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: UpdateWebhookEndpointCommand,
    ) -> Result<WebhookEndpoint, UpdateWebhookEndpointError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let held = work
            .webhooks()
            .lock_endpoint(environment_id, command.endpoint_id)
            .await?
            .ok_or(UpdateWebhookEndpointError::Unknown)?;
        let style = command.style.unwrap_or(held.style);
        let names = command.events.unwrap_or_else(|| held.events.names().to_vec());
        let saved = WebhookEndpoint {
            url: command.url.unwrap_or_else(|| held.url.clone()),
            state: command.state.unwrap_or(held.state),
            events: EventFilter::of(names, style)?,
            style,
            ..held.clone()
        };
        if saved == held {
            return Ok(held);
        }
        let before = held.readout();
        held.told_readout().expect(command.made_from)?;
        let changes = before.changes(&saved.readout());
        let saved = WebhookEndpoint { updated_at: now, ..saved };
        work.webhooks().update_endpoint(&saved).await.map_err(|error| match error {
            StoreError::Conflict(Conflict::WebhookUrl) => UpdateWebhookEndpointError::Duplicate,
            other => other.into(),
        })?;
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        let deed = endpoint_deed(AuditAction::WebhookEndpointUpdated, &saved);
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        Ok(saved)
    }
}
