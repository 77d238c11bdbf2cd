//! Webhook endpoints: where events are told, and how that went.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use vestibule_application::ambient::SecretOf;
use vestibule_application::ports::store::{DeliveryView, EnvironmentLine};
use vestibule_application::usecases::create_webhook_endpoint::{
    CreateWebhookEndpoint, CreateWebhookEndpointCommand, CreateWebhookEndpointError,
};
use vestibule_application::usecases::delete_webhook_endpoint::{
    DeleteWebhookEndpoint, DeleteWebhookEndpointCommand, DeleteWebhookEndpointError,
};
use vestibule_application::usecases::replay_delivery::{
    ReplayDelivery, ReplayDeliveryCommand, ReplayDeliveryError,
};
use vestibule_application::usecases::update_webhook_endpoint::{
    UpdateWebhookEndpoint, UpdateWebhookEndpointCommand, UpdateWebhookEndpointError,
};
use vestibule_domain::event::EventName;
use vestibule_domain::id::{EnvironmentId, WebhookDeliveryId, WebhookEndpointId};
use vestibule_domain::page::PAGE_LIMIT_MAX;
use vestibule_domain::url::WebhookUrl;
use vestibule_domain::webhook::{
    AttemptAnswer, DeliveryState, EndpointState, PayloadStyle, WebhookAttempt, WebhookEndpoint,
};
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::operator::{Operator, Signed, id};
use super::view::shell::{Area, area_href};
use super::view::webhooks::{DeliveryRow, EndpointRow, TryRow, WebhookPage, WebhooksPage};
use crate::pages::paging::{Position, Ways};
use crate::portal::Field;

/// How many deliveries stand on a page.
const DELIVERIES_MAX: u16 = 20;

/// Lists the endpoints.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    render(&dashboard, &operator, environment, StatusCode::OK, fields(), &Wrong::default()).await
}

/// Makes an endpoint.
pub(super) async fn create(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let mut wrong = Wrong::default();
    let url = wrong.take("url", WebhookUrl::parse(form.one("url"), environment.kind));
    let names = form.one("events").split_whitespace().map(EventName::parse);
    let events = wrong.take("events", names.collect::<Result<Vec<_>, _>>());
    let style = PayloadStyle::parse(form.one("style")).ok_or("must be one of the list");
    let style = wrong.take("style", style);
    if let (Some(url), Some(events), Some(style)) = (url, events, style) {
        let caller = operator.caller(&dashboard, environment.id).await?;
        let command = CreateWebhookEndpointCommand { caller, url, events, style };
        let case = CreateWebhookEndpoint { ambient: dashboard.app.ambient.clone() };
        match dashboard.app.run(case, command).await {
            Ok(made) => return Ok(see_other(&href(environment.id, made.id))),
            Err(CreateWebhookEndpointError::Duplicate) => wrong.note("url", "is that of another endpoint"),
            Err(CreateWebhookEndpointError::TooMany) => {
                wrong.note("url", "is one too many: delete another endpoint first");
            }
            Err(CreateWebhookEndpointError::Events(refused)) => wrong.note("events", refused),
            Err(CreateWebhookEndpointError::Store(error)) => return Err(error.into()),
        }
    }
    let mut fields = fields();
    form.fill(&mut fields);
    render(&dashboard, &operator, environment, StatusCode::UNPROCESSABLE_ENTITY, fields, &wrong).await
}

/// Shows all about an endpoint.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
    position: Query<Position>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let request = position.request(DELIVERIES_MAX).map_err(Failure::internal)?;
    let queries = dashboard.app.store.queries();
    let (endpoint, found) = tokio::try_join!(
        queries.webhook_endpoint(environment.id, id),
        queries.webhook_deliveries(environment.id, id, request),
    )?;
    let endpoint = endpoint.ok_or(Failure::NotFound)?;
    let secret = match operator.admin() {
        Ok(()) => Some(secret(&dashboard, &endpoint)?),
        Err(_) => None,
    };
    let row = row(environment, &endpoint);
    let Ways { newer_href, older_href } = Ways::from(&found, |view| view.delivery.id, &row.href, &[]);
    let content = WebhookPage {
        shell: operator.shell(environment, Area::Webhooks),
        list_href: area_href(environment.id, Area::Webhooks),
        secret,
        deliveries: found.items.iter().map(|view| delivery_row(&row.href, view)).collect(),
        newer_href,
        older_href,
        endpoint: row,
    };
    page(StatusCode::OK, &content)
}

/// Switches an endpoint on or off.
pub(super) async fn change(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let (environment, endpoint_id) = operator.place(&path.0, &path.1)?;
    let state = EndpointState::parse(form.one("state")).ok_or(Failure::Malformed)?;
    let command = UpdateWebhookEndpointCommand {
        caller: operator.caller(&dashboard, environment.id).await?,
        endpoint_id,
        url: None,
        state: Some(state),
        events: None,
        style: None,
    };
    let case = UpdateWebhookEndpoint { ambient: dashboard.app.ambient.clone() };
    match dashboard.app.run(case, command).await {
        Ok(_) => Ok(see_other(&href(environment.id, endpoint_id))),
        Err(UpdateWebhookEndpointError::Unknown) => Err(Failure::NotFound),
        Err(UpdateWebhookEndpointError::Store(error)) => Err(error.into()),
        // Neither address nor events are changed here.
        Err(error @ (UpdateWebhookEndpointError::Duplicate | UpdateWebhookEndpointError::Events(_))) => {
            Err(Failure::internal(error))
        }
    }
}

/// Removes an endpoint.
pub(super) async fn delete(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let (environment, endpoint_id) = operator.place(&path.0, &path.1)?;
    let caller = operator.caller(&dashboard, environment.id).await?;
    let command = DeleteWebhookEndpointCommand { caller, endpoint_id };
    let case = DeleteWebhookEndpoint { ambient: dashboard.app.ambient.clone() };
    match dashboard.app.run(case, command).await {
        Ok(()) => Ok(see_other(&area_href(environment.id, Area::Webhooks))),
        Err(DeleteWebhookEndpointError::Unknown) => Err(Failure::NotFound),
        Err(DeleteWebhookEndpointError::Store(error)) => Err(error.into()),
    }
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
        Ok(_) | Err(ReplayDeliveryError::Pending) => Ok(see_other(&href(environment.id, endpoint_id))),
        Err(ReplayDeliveryError::Unknown) => Err(Failure::NotFound),
        Err(ReplayDeliveryError::Store(error)) => Err(error.into()),
    }
}

fn href(environment: EnvironmentId, endpoint: WebhookEndpointId) -> String {
    format!("{}/{endpoint}", area_href(environment, Area::Webhooks))
}

fn secret(dashboard: &Dashboard, endpoint: &WebhookEndpoint) -> Result<String, Failure> {
    let opened = dashboard.app.ambient.open(SecretOf::WebhookEndpoint(endpoint.id), &endpoint.secret);
    String::from_utf8(opened.map_err(Failure::internal)?).map_err(Failure::internal)
}

fn fields() -> [Field; 3] {
    let styles = [PayloadStyle::WorkOs, PayloadStyle::Authio].map(|style| style.as_str().to_owned());
    [
        Field {
            example: Some("https://app.example.com/webhooks".to_owned()),
            ..Field::plain("url", "Address", "url")
        },
        Field {
            note: Some("Names with spaces or line breaks between them.".into()),
            example: Some("connection.activated connection.deactivated".to_owned()),
            ..Field::plain("events", "Events", "area")
        },
        Field {
            note: Some("How bodies look and are signed.".into()),
            options: styles.into(),
            ..Field::plain("style", "Style", "choice")
        },
    ]
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    status: StatusCode,
    fields: [Field; 3],
    wrong: &Wrong,
) -> Result<HttpResponse, Failure> {
    // An environment has fewer endpoints than a page has lines.
    let request = Position::default().request(PAGE_LIMIT_MAX).map_err(Failure::internal)?;
    let found = dashboard.app.store.queries().webhook_endpoints(environment.id, request).await?;
    let (fields, errors) = wrong.onto(fields);
    let content = WebhooksPage {
        shell: operator.shell(environment, Area::Webhooks),
        href: area_href(environment.id, Area::Webhooks),
        rows: found.items.iter().map(|endpoint| row(environment, endpoint)).collect(),
        errors,
        fields: fields.into(),
    };
    page(status, &content)
}

fn row(environment: &EnvironmentLine, endpoint: &WebhookEndpoint) -> EndpointRow {
    EndpointRow {
        href: href(environment.id, endpoint.id),
        url: endpoint.url.to_string(),
        state: endpoint.state.as_str(),
        style: endpoint.style.as_str(),
        events: endpoint.events.names().iter().map(|name| name.as_str().to_owned()).collect(),
    }
}

fn delivery_row(href: &str, view: &DeliveryView) -> DeliveryRow {
    let DeliveryView { delivery, attempts } = view;
    let over = delivery.state != DeliveryState::Pending;
    DeliveryRow {
        id: delivery.id.to_string(),
        event_id: delivery.event_id.to_string(),
        state: delivery.state.as_str(),
        created_at: Moment::of(delivery.created_at),
        replay_href: over.then(|| format!("{href}/deliveries/{}/replay", delivery.id)),
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
