//! Webhook endpoints: where events are told.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use vestibule_application::ambient::SecretOf;
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::create_webhook_endpoint::{
    CreateWebhookEndpoint, CreateWebhookEndpointCommand, CreateWebhookEndpointError,
};
use vestibule_application::usecases::delete_webhook_endpoint::{
    DeleteWebhookEndpoint, DeleteWebhookEndpointCommand, DeleteWebhookEndpointError,
};
use vestibule_application::usecases::roll_webhook_secret::{
    RollWebhookSecret, RollWebhookSecretCommand, RollWebhookSecretError,
};
use vestibule_application::usecases::test_webhook_endpoint::{
    TestWebhookEndpoint, TestWebhookEndpointCommand, TestWebhookEndpointError,
};
use vestibule_application::usecases::update_webhook_endpoint::{
    UpdateWebhookEndpoint, UpdateWebhookEndpointCommand, UpdateWebhookEndpointError,
};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::{EnvironmentId, WebhookEndpointId};
use vestibule_domain::page::PAGE_LIMIT_MAX;
use vestibule_domain::webhook::{EndpointState, WebhookEndpoint};

use super::Dashboard;
use super::answer::{page, see_other};
use super::deliveries::{SINCE, delivery_href, delivery_row};
use super::failure::Failure;
use super::form::Wrong;
use super::meanwhile::{Edited, Meanwhile, Unsaved, made_from};
use super::operator::{Operator, Signed};
use super::view::shell::{Area, area_href};
use super::view::webhooks::{EndpointForm, EndpointRow, SinceView, WebhookPage, WebhooksPage};
use super::webhook_form::{self, Endpoint};
use crate::pages::paging::{Position, Ways};
use crate::portal::ErrorLink;

/// How many deliveries stand on a page.
const DELIVERIES_MAX: u16 = 20;

/// Lists the endpoints.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    let form = webhook_form::empty();
    render(&dashboard, &operator, environment, StatusCode::OK, form, Vec::new()).await
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
    if let Some(Endpoint { url, events, style }) = webhook_form::read(&form, environment.kind, &mut wrong) {
        let caller = operator.caller(&dashboard, environment.id).await?;
        let command = CreateWebhookEndpointCommand { caller, url, events, style };
        let case = CreateWebhookEndpoint { ambient: dashboard.app.ambient.clone() };
        match dashboard.app.run(case, command).await {
            Ok(made) => return Ok(see_other(&href(environment.id, made.id))),
            Err(CreateWebhookEndpointError::Duplicate) => wrong.note("url", "is that of another endpoint"),
            Err(CreateWebhookEndpointError::TooMany) => {
                wrong.note("url", "is one too many: delete another endpoint first");
            }
            Err(CreateWebhookEndpointError::Events(refused)) => wrong.note("event", refused),
            Err(CreateWebhookEndpointError::Store(error)) => return Err(error.into()),
        }
    }
    let (form, errors) = webhook_form::sent(&form, &wrong);
    render(&dashboard, &operator, environment, StatusCode::UNPROCESSABLE_ENTITY, form, errors).await
}

/// Shows all about an endpoint.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
    position: Query<Position>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    render_one(&dashboard, &operator, (environment, id), &position, None).await
}

/// Changes where to, which events, and in which style.
pub(super) async fn edit(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let (environment, endpoint_id) = operator.place(&path.0, &path.1)?;
    let made_from = made_from(&form)?;
    let mut wrong = Wrong::default();
    let mut told = None;
    if let Some(typed) = webhook_form::read(&form, environment.kind, &mut wrong) {
        let command = UpdateWebhookEndpointCommand {
            caller: operator.caller(&dashboard, environment.id).await?,
            endpoint_id,
            url: Some(typed.url.clone()),
            state: None,
            events: Some(typed.events.clone()),
            style: Some(typed.style),
            made_from: Some(made_from),
        };
        let case = UpdateWebhookEndpoint { ambient: dashboard.app.ambient.clone() };
        let saved = || Ok(see_other(&href(environment.id, endpoint_id)));
        match dashboard.app.run(case, command).await {
            Ok(_) => return saved(),
            Err(UpdateWebhookEndpointError::Unknown) => return Err(Failure::NotFound),
            Err(UpdateWebhookEndpointError::Duplicate) => wrong.note("url", "is that of another endpoint"),
            Err(UpdateWebhookEndpointError::Events(refused)) => wrong.note("event", refused),
            Err(UpdateWebhookEndpointError::Store(error)) => return Err(error.into()),
            Err(UpdateWebhookEndpointError::Overtaken(overtaken)) => {
                let queries = dashboard.app.store.queries();
                let held = queries.webhook_endpoint(environment.id, endpoint_id).await?;
                let wanted = typed.onto(held.ok_or(Failure::NotFound)?).told_readout();
                let differs = Meanwhile::of(&overtaken, &wanted, webhook_form::label);
                let Some(differs) = differs else { return saved() };
                let edited = Edited::setting(AuditAction::WebhookEndpointUpdated, endpoint_id);
                told = Some(differs.told(&dashboard, environment, edited).await?);
            }
        }
    }
    let (shown, errors) = webhook_form::sent(&form, &wrong);
    let unsaved = told.map_or_else(|| Unsaved::wrong(wrong, made_from), Unsaved::from);
    let refused = Some((shown, errors, unsaved));
    render_one(&dashboard, &operator, (environment, endpoint_id), &Position::default(), refused).await
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
        made_from: None,
    };
    let case = UpdateWebhookEndpoint { ambient: dashboard.app.ambient.clone() };
    match dashboard.app.run(case, command).await {
        Ok(_) => Ok(see_other(&href(environment.id, endpoint_id))),
        Err(UpdateWebhookEndpointError::Unknown) => Err(Failure::NotFound),
        Err(UpdateWebhookEndpointError::Store(error)) => Err(error.into()),
        // Neither address nor events are changed here, and on or off is what was asked for.
        Err(
            error @ (UpdateWebhookEndpointError::Duplicate
            | UpdateWebhookEndpointError::Events(_)
            | UpdateWebhookEndpointError::Overtaken(_)),
        ) => Err(Failure::internal(error)),
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

/// Replaces the signing secret.
pub(super) async fn roll(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let (environment, endpoint_id) = operator.place(&path.0, &path.1)?;
    let caller = operator.caller(&dashboard, environment.id).await?;
    let case = RollWebhookSecret { ambient: dashboard.app.ambient.clone() };
    match dashboard.app.run(case, RollWebhookSecretCommand { caller, endpoint_id }).await {
        Ok(_) => Ok(see_other(&href(environment.id, endpoint_id))),
        Err(RollWebhookSecretError::Unknown) => Err(Failure::NotFound),
        Err(RollWebhookSecretError::Store(error)) => Err(error.into()),
    }
}

/// Sends a test event, and leads to its delivery.
pub(super) async fn test(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, endpoint_id) = operator.place(&path.0, &path.1)?;
    let caller = operator.caller(&dashboard, environment.id).await?;
    let case = TestWebhookEndpoint { ambient: dashboard.app.ambient.clone() };
    match dashboard.app.run(case, TestWebhookEndpointCommand { caller, endpoint_id }).await {
        Ok(begun) => Ok(see_other(&delivery_href(&href(environment.id, endpoint_id), begun.id))),
        // Switched off since the page was shown, which it says now.
        Err(TestWebhookEndpointError::Disabled) => Ok(see_other(&href(environment.id, endpoint_id))),
        Err(TestWebhookEndpointError::Unknown) => Err(Failure::NotFound),
        Err(TestWebhookEndpointError::Store(error)) => Err(error.into()),
    }
}

/// Where an endpoint's page is.
pub(super) fn href(environment: EnvironmentId, endpoint: WebhookEndpointId) -> String {
    format!("{}/{endpoint}", area_href(environment, Area::Webhooks))
}

/// The signing secret.
pub(super) fn secret(dashboard: &Dashboard, endpoint: &WebhookEndpoint) -> Result<String, Failure> {
    let opened = dashboard.app.ambient.open(SecretOf::WebhookEndpoint(endpoint.id), &endpoint.secret);
    String::from_utf8(opened.map_err(Failure::internal)?).map_err(Failure::internal)
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    status: StatusCode,
    form: EndpointForm,
    errors: Vec<ErrorLink>,
) -> Result<HttpResponse, Failure> {
    // An environment has fewer endpoints than a page has lines.
    let request = Position::default().request(PAGE_LIMIT_MAX).map_err(Failure::internal)?;
    let found = dashboard.app.store.queries().webhook_endpoints(environment.id, request).await?;
    let content = WebhooksPage {
        shell: operator.shell(environment, Area::Webhooks),
        href: area_href(environment.id, Area::Webhooks),
        rows: found.items.iter().map(|endpoint| row(environment, endpoint)).collect(),
        errors,
        form,
    };
    page(status, &content)
}

/// The page of an endpoint; with the form as it was sent, if it was refused.
async fn render_one(
    dashboard: &Dashboard,
    operator: &Operator,
    (environment, id): (&EnvironmentLine, WebhookEndpointId),
    position: &Position,
    refused: Option<(EndpointForm, Vec<ErrorLink>, Unsaved)>,
) -> Result<HttpResponse, Failure> {
    let request = position.request(DELIVERIES_MAX).map_err(Failure::internal)?;
    let queries = dashboard.app.store.queries();
    let (endpoint, found) = tokio::try_join!(
        queries.webhook_endpoint(environment.id, id),
        queries.webhook_deliveries(environment.id, id, request),
    )?;
    let endpoint = endpoint.ok_or(Failure::NotFound)?;
    let secret = match operator.admin() {
        Ok(()) => Some(secret(dashboard, &endpoint)?),
        Err(_) => None,
    };
    let row = row(environment, &endpoint);
    let Ways { newer_href, older_href } = Ways::from(&found, |view| view.delivery.id, &row.href, &[]);
    let (form, errors, unsaved) = refused.unwrap_or_else(|| {
        let fresh = Unsaved::fresh(endpoint.told_readout().revision());
        (webhook_form::of(&endpoint), Vec::new(), fresh)
    });
    let content = WebhookPage {
        shell: operator.shell(environment, Area::Webhooks),
        list_href: area_href(environment.id, Area::Webhooks),
        secret,
        errors,
        meanwhile: unsaved.meanwhile,
        made_from: unsaved.made_from.to_string(),
        form,
        since: SINCE.map(|(value, label, _)| SinceView { value, label }).into(),
        deliveries: found.items.iter().map(|view| delivery_row(&row.href, view)).collect(),
        newer_href,
        older_href,
        endpoint: row,
    };
    page(unsaved.status, &content)
}

/// What is shown of an endpoint.
pub(super) fn row(environment: &EnvironmentLine, endpoint: &WebhookEndpoint) -> EndpointRow {
    EndpointRow {
        href: href(environment.id, endpoint.id),
        url: endpoint.url.to_string(),
        state: endpoint.state.as_str(),
        style: endpoint.style.as_str(),
        events: endpoint.events.names().iter().map(|name| name.as_str().to_owned()).collect(),
    }
}
