//! Webhook endpoints, deliveries and attempts.

use vestibule_application::ports::store::{StoreError, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::secret::Sealed;
use vestibule_domain::url::WebhookUrl;
use vestibule_domain::webhook::{
    AttemptAnswer, DeliveryState, EventFilter, WebhookAttempt, WebhookDelivery, WebhookEndpoint,
};
use vestibule_wire::stored::TextForm as _;

use super::row;
use crate::doc::Doc;
use crate::parse::{Table, instant, without_nul};

row! {
    /// An endpoint. No list of events means all of them. Whether it hears of sign-ins follows from
    /// state and list; the column is for a quick answer.
    EndpointRow of webhook_endpoints {
        id: String,
        environment_id: String,
        url: String,
        secret: Vec<u8>,
        state: String,
        events: Option<Doc>,
        style: String,
        sign_in_events: bool,
        created_at: Instant,
        updated_at: Instant,
    }
}

impl From<&WebhookEndpoint> for EndpointRow {
    fn from(endpoint: &WebhookEndpoint) -> Self {
        Self {
            id: endpoint.id.to_string(),
            environment_id: endpoint.environment_id.to_string(),
            url: endpoint.url.as_str().to_owned(),
            secret: endpoint.secret.as_bytes().to_vec(),
            state: endpoint.state.to_text(),
            events: match &endpoint.events {
                EventFilter::All => None,
                EventFilter::Only(names) => Some(Doc::of(names)),
            },
            style: endpoint.style.to_text(),
            sign_in_events: endpoint.hears_sign_ins(),
            created_at: instant(endpoint.created_at),
            updated_at: instant(endpoint.updated_at),
        }
    }
}

impl TryFrom<EndpointRow> for WebhookEndpoint {
    type Error = StoreError;

    fn try_from(row: EndpointRow) -> StoreResult<Self> {
        let table = Table("webhook_endpoints");
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            url: WebhookUrl::from_stored(row.url),
            secret: Sealed::from_bytes(row.secret),
            state: table.text("state", &row.state)?,
            events: match row.events {
                None => EventFilter::All,
                Some(names) => EventFilter::Only(table.document("events", &names)?),
            },
            style: table.text("style", &row.style)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

row! {
    /// A delivery.
    DeliveryRow of webhook_deliveries {
        id: String,
        environment_id: String,
        endpoint_id: String,
        event_id: String,
        state: String,
        state_at: Option<Instant>,
        tries: i32,
        created_at: Instant,
    }
}

impl From<&WebhookDelivery> for DeliveryRow {
    fn from(delivery: &WebhookDelivery) -> Self {
        let state_at = match delivery.state {
            DeliveryState::Pending => None,
            DeliveryState::Delivered { at } | DeliveryState::GivenUp { at } => Some(instant(at)),
        };
        Self {
            id: delivery.id.to_string(),
            environment_id: delivery.environment_id.to_string(),
            endpoint_id: delivery.endpoint_id.to_string(),
            event_id: delivery.event_id.to_string(),
            state: delivery.state.as_str().to_owned(),
            state_at,
            tries: delivery.tries.into(),
            created_at: instant(delivery.created_at),
        }
    }
}

impl TryFrom<DeliveryRow> for WebhookDelivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> StoreResult<Self> {
        let table = Table("webhook_deliveries");
        let state = match (row.state.as_str(), row.state_at) {
            ("pending", None) => DeliveryState::Pending,
            ("delivered", Some(at)) => DeliveryState::Delivered { at },
            ("given_up", Some(at)) => DeliveryState::GivenUp { at },
            _ => return Err(table.corrupt("state")),
        };
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            endpoint_id: table.id("endpoint_id", &row.endpoint_id)?,
            event_id: table.id("event_id", &row.event_id)?,
            state,
            tries: table.number("tries", row.tries.into())?,
            created_at: row.created_at,
        })
    }
}

row! {
    /// An attempt. No status means that no answer came; then `answer` says why.
    AttemptRow of webhook_attempts {
        id: String,
        environment_id: String,
        delivery_id: String,
        at: Instant,
        duration_ms: i64,
        status: Option<i32>,
        answer: String,
    }
}

impl From<&WebhookAttempt> for AttemptRow {
    fn from(attempt: &WebhookAttempt) -> Self {
        let (status, answer) = match &attempt.answer {
            AttemptAnswer::Status { status, body } => (Some(i32::from(*status)), body),
            AttemptAnswer::Failed { reason } => (None, reason),
        };
        Self {
            id: attempt.id.to_string(),
            environment_id: attempt.environment_id.to_string(),
            delivery_id: attempt.delivery_id.to_string(),
            at: instant(attempt.at),
            duration_ms: attempt.duration_ms.into(),
            status,
            answer: without_nul(answer),
        }
    }
}

impl TryFrom<AttemptRow> for WebhookAttempt {
    type Error = StoreError;

    fn try_from(row: AttemptRow) -> StoreResult<Self> {
        let table = Table("webhook_attempts");
        let answer = match row.status {
            Some(status) => {
                AttemptAnswer::Status { status: table.number("status", status.into())?, body: row.answer }
            }
            None => AttemptAnswer::Failed { reason: row.answer },
        };
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            delivery_id: table.id("delivery_id", &row.delivery_id)?,
            at: row.at,
            duration_ms: table.number("duration_ms", row.duration_ms)?,
            answer,
        })
    }
}
