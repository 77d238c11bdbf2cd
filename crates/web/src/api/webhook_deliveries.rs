//! The delivery log of a webhook endpoint, and sending something again. Routes of our own: the
//! WorkOS API has none.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Serialize;
use vestibule_application::ambient::Ambient;
use vestibule_application::ports::store::DeliveryView;
use vestibule_application::replay::Answer;
use vestibule_application::usecases::replay_delivery::{
    ReplayDelivery, ReplayDeliveryCommand, ReplayDeliveryError,
};
use vestibule_domain::id::{WebhookDeliveryId, WebhookEndpointId};
use vestibule_domain::webhook::{AttemptAnswer, DeliveryState, WebhookAttempt, WebhookDelivery};
use vestibule_wire::timestamp::Timestamp;

use super::webhook_endpoints;
use crate::app::App;
use crate::transport::{
    ApiCaller, Fields, List, Listing, Methods, Nothing, PageParams, Params, Posted, Problem, Routes, answer,
    named,
};

/// The word for people.
const ENTITY: &str = "Webhook delivery";

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/webhook_endpoints/{id}/deliveries", Methods::new().get(list));
    routes.api("/webhook_endpoints/{id}/deliveries/{delivery}/replay", Methods::new().post(replay));
}

/// One event on its way to one endpoint.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = WebhookDelivery)]
pub(crate) struct WebhookDeliveryView {
    /// Always `webhook_delivery`.
    #[schema(value_type = String, example = "webhook_delivery")]
    object: &'static str,
    /// `delivery_…`
    id: String,
    /// `we_…`
    endpoint_id: String,
    /// `event_…`
    event_id: String,
    /// `pending`, `delivered` or `given_up`.
    #[schema(value_type = String)]
    status: &'static str,
    /// Tries made since it began or was last replayed.
    tries: u16,
    /// When it was delivered or given up.
    #[schema(value_type = Option<String>)]
    ended_at: Option<Timestamp>,
    /// When it began.
    #[schema(value_type = String)]
    created_at: Timestamp,
}

impl WebhookDeliveryView {
    fn new(delivery: &WebhookDelivery) -> Self {
        let ended_at = match delivery.state {
            DeliveryState::Pending => None,
            DeliveryState::Delivered { at } | DeliveryState::GivenUp { at } => Some(at),
        };
        Self {
            object: "webhook_delivery",
            id: delivery.id.to_string(),
            endpoint_id: delivery.endpoint_id.to_string(),
            event_id: delivery.event_id.to_string(),
            status: delivery.state.as_str(),
            tries: delivery.tries,
            ended_at: ended_at.map(Timestamp::from),
            created_at: delivery.created_at.into(),
        }
    }
}

/// A delivery with all its attempts.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = WebhookDeliveryLog)]
pub(crate) struct WebhookDeliveryLogView {
    /// The delivery.
    #[serde(flatten)]
    delivery: WebhookDeliveryView,
    /// Every request that was made for it, oldest first.
    attempts: Vec<WebhookAttemptView>,
}

/// One request, and what came back.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = WebhookAttempt)]
pub(crate) struct WebhookAttemptView {
    /// Always `webhook_attempt`.
    #[schema(value_type = String, example = "webhook_attempt")]
    object: &'static str,
    /// `attempt_…`
    id: String,
    /// The status of the answer; null if there was none.
    response_status: Option<u16>,
    /// The beginning of the answer's body; null if there was none.
    response_body: Option<String>,
    /// Why there was no answer; null if there was one.
    error: Option<String>,
    /// How long it took, in milliseconds.
    duration_ms: u32,
    /// When the request was made.
    #[schema(value_type = String)]
    created_at: Timestamp,
}

impl WebhookAttemptView {
    fn new(attempt: WebhookAttempt) -> Self {
        let (response_status, response_body, error) = match attempt.answer {
            AttemptAnswer::Status { status, body } => (Some(status), Some(body), None),
            AttemptAnswer::Failed { reason } => (None, None, Some(reason)),
        };
        Self {
            object: "webhook_attempt",
            id: attempt.id.to_string(),
            response_status,
            response_body,
            error,
            duration_ms: attempt.duration_ms,
            created_at: attempt.at.into(),
        }
    }
}

/// List an endpoint's deliveries
///
/// With every attempt and what the receiver answered.
#[utoipa::path(get, path = "/webhook_endpoints/{id}/deliveries", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint's id"), PageParams),
    responses(
        (status = 200, description = "A page", body = List<WebhookDeliveryLogView>),
        (status = 404, description = "No such endpoint"),
    ))]
pub(crate) async fn list(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    let endpoint: WebhookEndpointId = named(webhook_endpoints::ENTITY, &path)?;
    let mut fields = Fields::new();
    let listing: Listing<WebhookDeliveryId> = params.listing(&mut fields);
    fields.finish()?;
    let queries = app.store.queries();
    if queries.webhook_endpoint(api.environment_id(), endpoint).await?.is_none() {
        return Err(Problem::entity_not_found(webhook_endpoints::ENTITY, &path));
    }
    let page = queries.webhook_deliveries(api.environment_id(), endpoint, listing.page).await?;
    let id = |view: &DeliveryView| view.delivery.id.to_string();
    let log = |view: DeliveryView| WebhookDeliveryLogView {
        delivery: WebhookDeliveryView::new(&view.delivery),
        attempts: view.attempts.into_iter().map(WebhookAttemptView::new).collect(),
    };
    Ok(HttpResponse::Ok().json(List::of(&listing, page, id, log)))
}

/// Replay a delivery
///
/// Sends the same event to the same endpoint again, with all its tries anew. For deliveries that
/// ended, delivered or given up.
#[utoipa::path(post, path = "/webhook_endpoints/{id}/deliveries/{delivery}/replay", tag = "Webhooks",
    params(
        ("id" = String, Path, description = "The endpoint's id"),
        ("delivery" = String, Path, description = "The delivery's id"),
    ),
    responses(
        (status = 202, description = "The delivery, pending again", body = WebhookDeliveryView),
        (status = 404, description = "No such endpoint or delivery"),
        (status = 409, description = "It is still being tried: `delivery_pending`"),
    ))]
pub(crate) async fn replay(
    app: Data<App>,
    api: ApiCaller,
    path: Path<(String, String)>,
    posted: Posted<Nothing>,
) -> Result<HttpResponse, Problem> {
    let (endpoint, delivery) = path.into_inner();
    let command = ReplayDeliveryCommand {
        caller: api.caller,
        endpoint_id: named(webhook_endpoints::ENTITY, &endpoint)?,
        delivery_id: named(ENTITY, &delivery)?,
    };
    let case = ReplayDelivery { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, replayed, |error| refused(error, &delivery)).await
}

fn replayed(delivery: &WebhookDelivery, _: &Ambient) -> Answer {
    answer(StatusCode::ACCEPTED, &WebhookDeliveryView::new(delivery))
}

fn refused(error: ReplayDeliveryError, id: &str) -> Problem {
    match error {
        ReplayDeliveryError::Unknown => Problem::entity_not_found(ENTITY, id),
        ReplayDeliveryError::Pending => {
            Problem::conflict("delivery_pending", "The delivery is still being tried.")
        }
        ReplayDeliveryError::Store(error) => error.into(),
    }
}
