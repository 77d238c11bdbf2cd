//! Makes a webhook endpoint with a secret of its own.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::event::EventName;
use vestibule_domain::id::WebhookEndpointId;
use vestibule_domain::readout::Readout;
use vestibule_domain::secret::WebhookSecret;
use vestibule_domain::url::WebhookUrl;
use vestibule_domain::webhook::{
    ENDPOINTS_MAX, EndpointState, EventFilter, EventFilterRefused, PayloadStyle, WebhookEndpoint,
};

use crate::ambient::{Ambient, SecretOf};
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{Conflict, StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Makes an endpoint.
pub struct CreateWebhookEndpoint {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct CreateWebhookEndpointCommand {
    /// Who asks.
    pub caller: Caller,
    /// Where to.
    pub url: WebhookUrl,
    /// Which events, see [`EventFilter::of`].
    pub events: Vec<EventName>,
    /// How bodies look and are signed.
    pub style: PayloadStyle,
}

/// Why no endpoint was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateWebhookEndpointError {
    /// The environment has an endpoint with the address.
    #[error("an endpoint with this address exists")]
    Duplicate,
    /// The environment has [`ENDPOINTS_MAX`] endpoints.
    #[error("an environment has at most {ENDPOINTS_MAX} webhook endpoints")]
    TooMany,
    /// The list of events is refused.
    #[error(transparent)]
    Events(#[from] EventFilterRefused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for CreateWebhookEndpointError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for CreateWebhookEndpoint {
    type Command = CreateWebhookEndpointCommand;
    type Outcome = WebhookEndpoint;
    type Error = CreateWebhookEndpointError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: CreateWebhookEndpointCommand,
    ) -> Result<WebhookEndpoint, CreateWebhookEndpointError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let events = EventFilter::of(command.events, command.style)?;
        // Two at the same time may make one too many; the limit keeps the dispatch of an event
        // small, and one more does not hurt that.
        if work.webhooks().list_endpoints(environment_id).await?.len() >= ENDPOINTS_MAX {
            return Err(CreateWebhookEndpointError::TooMany);
        }
        let id: WebhookEndpointId = self.ambient.id(now);
        let secret = WebhookSecret::from_random(self.ambient.token_bytes());
        let endpoint = WebhookEndpoint {
            id,
            environment_id,
            url: command.url,
            secret: self.ambient.seal(SecretOf::WebhookEndpoint(id), secret.expose().as_bytes()),
            state: EndpointState::Enabled,
            events,
            style: command.style,
            created_at: now,
            updated_at: now,
        };
        work.webhooks().insert_endpoint(&endpoint).await.map_err(|error| match error {
            StoreError::Conflict(Conflict::WebhookUrl) => CreateWebhookEndpointError::Duplicate,
            other => other.into(),
        })?;
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        let deed = endpoint_deed(AuditAction::WebhookEndpointCreated, &endpoint);
        let changes = Readout::default().changes(&endpoint.readout());
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        Ok(endpoint)
    }
}

/// What the audit trail says of an endpoint.
pub(super) fn endpoint_deed(action: AuditAction, endpoint: &WebhookEndpoint) -> Deed {
    Deed {
        action,
        organization_id: None,
        target: ("webhook_endpoint", endpoint.id.to_string()),
        details: vec![
            ("endpoint_url", endpoint.url.to_string()),
            ("status", endpoint.state.as_str().to_owned()),
        ],
    }
}
