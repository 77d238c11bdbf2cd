//! Deliveries of events to an endpoint: what was sent, what came back, and sending again.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use time::Duration;
use vestibule_application::ports::store::DeliveryView;
use vestibule_application::ports::webhook_format::WebhookFormat as _;
use vestibule_application::usecases::replay_deliveries::{
    ReplayDeliveries, ReplayDeliveriesCommand, ReplayDeliveriesError,
};
use vestibule_application::usecases::replay_delivery::{
    ReplayDelivery, ReplayDeliveryCommand, ReplayDeliveryError,
};
use vestibule_domain::event::Event;
use vestibule_domain::id::{EnvironmentId, WebhookDeliveryId, WebhookEndpointId};
use vestibule_domain::webhook::{AttemptAnswer, DeliveryState, REPLAYS_MAX, WebhookAttempt, WebhookEndpoint};
use vestibule_wire::webhook::SignedJson;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::operator::{Operator, Signed, id};
use super::view::deliveries::{DeliveryPage, DeliveryRow, ReplaysPage, SentView, TryRow};
use super::view::shell::Area;
use super::webhooks::{href, secret};

/// Since when given up deliveries can be sent again: the form's word, and what it says.
pub(super) const SINCE: [(&str, &str, Duration); 3] = [
    ("1h", "of the last hour", Duration::HOUR),
    ("24h", "of the last 24 hours", Duration::DAY),
    ("7d", "of the last seven days", Duration::WEEK),
];

/// Since when; the last day, unless said otherwise.
#[derive(Debug, Deserialize)]
pub(super) struct Since {
    since: Option<String>,
}

/// Shows a delivery: the request as it was sent, and every try.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, endpoint_id) = operator.place(&path.0, &path.1)?;
    let queries = dashboard.app.store.queries();
    let (endpoint, view) = tokio::try_join!(
        queries.webhook_endpoint(environment.id, endpoint_id),
        queries.delivery_view(environment.id, endpoint_id, id(&path.2)?),
    )?;
    let (endpoint, view) = (endpoint.ok_or(Failure::NotFound)?, view.ok_or(Failure::NotFound)?);
    let event = queries.event(environment.id, view.delivery.event_id).await?;
    let endpoint_href = href(environment.id, endpoint_id);
    let content = DeliveryPage {
        shell: operator.shell(environment, Area::Webhooks),
        event_name: event.as_ref().map(|event| event.fact.name()),
        request: event.map(|event| request(&dashboard, &endpoint, &event, &view)).transpose()?,
        url: endpoint.url.to_string(),
        delivery: delivery_row(&endpoint_href, &view),
        endpoint_href,
    };
    page(StatusCode::OK, &content)
}

/// The request of the last try. It is made again, byte for byte, as long as the endpoint is what it
/// was then.
fn request(
    dashboard: &Dashboard,
    endpoint: &WebhookEndpoint,
    event: &Event,
    view: &DeliveryView,
) -> Result<SentView, Failure> {
    let last = view.attempts.last().map(|attempt| attempt.at);
    let same = last.filter(|at| endpoint.updated_at <= *at);
    let rendered = SignedJson.render(
        event,
        endpoint.style,
        &secret(dashboard, endpoint)?,
        same.unwrap_or(event.created_at),
    );
    let body = String::from_utf8_lossy(&rendered.body).into_owned();
    let pretty = serde_json::from_slice::<serde_json::Value>(&rendered.body)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .map_err(Failure::internal)?;
    let signed = |(name, value): (String, String)| match same {
        Some(_) => (name, value),
        None => (name, "made anew with each try".to_owned()),
    };
    let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    headers.extend(rendered.headers.into_iter().map(signed));
    Ok(SentView { headers, body, pretty })
}

/// Starts a delivery again.
pub(super) async fn replay(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, endpoint_id) = operator.place(&path.0, &path.1)?;
    let delivery_id: WebhookDeliveryId = id(&path.2)?;
    let caller = operator.caller(&dashboard, environment.id).await?;
    let command = ReplayDeliveryCommand { caller, endpoint_id, delivery_id };
    let case = ReplayDelivery { ambient: dashboard.app.ambient.clone() };
    match dashboard.app.run(case, command).await {
        // Whoever asks twice has what they want.
        Ok(_) | Err(ReplayDeliveryError::Pending) => {
            Ok(see_other(&delivery_href(&href(environment.id, endpoint_id), delivery_id)))
        }
        Err(ReplayDeliveryError::Unknown) => Err(Failure::NotFound),
        Err(ReplayDeliveryError::Store(error)) => Err(error.into()),
    }
}

/// Says how many deliveries would be sent again.
pub(super) async fn confirm_replays(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
    since: Query<Since>,
) -> Result<HttpResponse, Failure> {
    let (environment, endpoint_id) = operator.place(&path.0, &path.1)?;
    let (since, label, _) = found(since.since.as_deref().unwrap_or("24h"))?;
    let endpoint = dashboard.app.store.queries().webhook_endpoint(environment.id, endpoint_id).await?;
    let endpoint = endpoint.ok_or(Failure::NotFound)?;
    let given_up = given_up(&dashboard, &operator, environment.id, endpoint_id, since).await?;
    let content = ReplaysPage {
        shell: operator.shell(environment, Area::Webhooks),
        endpoint_href: href(environment.id, endpoint_id),
        url: endpoint.url.to_string(),
        count: given_up.len(),
        full: given_up.len() == usize::from(REPLAYS_MAX),
        since,
        since_label: label,
    };
    page(StatusCode::OK, &content)
}

/// Starts all deliveries again that were given up.
pub(super) async fn replay_many(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, endpoint_id) = operator.place(&path.0, &path.1)?;
    let delivery_ids =
        given_up(&dashboard, &operator, environment.id, endpoint_id, form.one("since")).await?;
    let caller = operator.caller(&dashboard, environment.id).await?;
    let command = ReplayDeliveriesCommand { caller, endpoint_id, delivery_ids };
    let case = ReplayDeliveries { ambient: dashboard.app.ambient.clone() };
    match dashboard.app.run(case, command).await {
        Ok(_) => Ok(see_other(&href(environment.id, endpoint_id))),
        Err(ReplayDeliveriesError::Store(error)) => Err(error.into()),
        // No more were asked for.
        Err(error @ ReplayDeliveriesError::TooMany) => Err(Failure::internal(error)),
    }
}

fn found(word: &str) -> Result<(&'static str, &'static str, Duration), Failure> {
    SINCE.into_iter().find(|(known, ..)| *known == word).ok_or(Failure::Malformed)
}

async fn given_up(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: EnvironmentId,
    endpoint: WebhookEndpointId,
    since: &str,
) -> Result<Vec<WebhookDeliveryId>, Failure> {
    let (_, _, span) = found(since)?;
    let queries = dashboard.app.store.queries();
    Ok(queries.given_up_deliveries(environment, endpoint, operator.now - span, REPLAYS_MAX).await?)
}

/// Where a delivery's page is, below its endpoint's.
pub(super) fn delivery_href(endpoint_href: &str, id: WebhookDeliveryId) -> String {
    format!("{endpoint_href}/deliveries/{id}")
}

/// What is shown of a delivery.
pub(super) fn delivery_row(endpoint_href: &str, view: &DeliveryView) -> DeliveryRow {
    let DeliveryView { delivery, attempts } = view;
    let over = delivery.state != DeliveryState::Pending;
    let href = delivery_href(endpoint_href, delivery.id);
    DeliveryRow {
        id: delivery.id.to_string(),
        event_id: delivery.event_id.to_string(),
        state: delivery.state.as_str(),
        created_at: Moment::of(delivery.created_at),
        replay_href: over.then(|| format!("{href}/replay")),
        href,
        attempts: attempts.iter().map(try_row).collect(),
    }
}

fn try_row(attempt: &WebhookAttempt) -> TryRow {
    let (answer, body) = match &attempt.answer {
        AttemptAnswer::Status { status, body } => {
            (format!("HTTP {status}"), Some(body.clone()).filter(|body| !body.is_empty()))
        }
        AttemptAnswer::Failed { reason } => (reason.clone(), None),
    };
    TryRow { at: Moment::of(attempt.at), duration_ms: attempt.duration_ms, answer, body }
}
