//! Webhook endpoints.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use vestibule_application::ambient::{Ambient, SecretOf};
use vestibule_application::replay::Answer;
use vestibule_application::usecases::create_webhook_endpoint::{
    CreateWebhookEndpoint, CreateWebhookEndpointCommand, CreateWebhookEndpointError,
};
use vestibule_application::usecases::delete_webhook_endpoint::{
    DeleteWebhookEndpoint, DeleteWebhookEndpointCommand, DeleteWebhookEndpointError,
};
use vestibule_application::usecases::update_webhook_endpoint::{
    UpdateWebhookEndpoint, UpdateWebhookEndpointCommand, UpdateWebhookEndpointError,
};
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::event::EventName;
use vestibule_domain::id::WebhookEndpointId;
use vestibule_domain::url::WebhookUrl;
use vestibule_domain::webhook::{
    ENDPOINTS_MAX, EndpointState, EventFilterRefused, PayloadStyle, WebhookEndpoint,
};
use vestibule_wire::timestamp::Timestamp;

use super::connection_options::refusal;
use crate::app::App;
use crate::transport::{
    ApiCaller, Body, Fields, List, Listing, Methods, PageParams, Params, Posted, Problem, Routes, answer,
    named,
};

/// The word for people.
pub(super) const ENTITY: &str = "Webhook endpoint";

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/webhook_endpoints", Methods::new().get(list).post(create));
    routes.api("/webhook_endpoints/{id}", Methods::new().patch(update).delete(delete));
}

/// A webhook endpoint.
///
/// Source: WorkOS-compatible contract, section 13.3; `payload_style` is our own.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = WebhookEndpoint)]
pub(crate) struct WebhookEndpointView {
    /// Always `webhook_endpoint`.
    #[schema(value_type = String, example = "webhook_endpoint")]
    object: &'static str,
    /// `we_…`
    id: String,
    /// Where events are posted to.
    endpoint_url: String,
    /// The key that bodies are signed with.
    secret: String,
    /// `enabled` or `disabled`.
    #[schema(value_type = String)]
    status: &'static str,
    /// The events that are sent; in the style `authio`, an empty list stands for all.
    events: Vec<String>,
    /// `workos` or `authio`: how bodies look and are signed.
    #[schema(value_type = String)]
    payload_style: &'static str,
    /// When it was made.
    #[schema(value_type = String)]
    created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String)]
    updated_at: Timestamp,
}

impl WebhookEndpointView {
    /// Presents an endpoint, its secret opened.
    fn new(endpoint: &WebhookEndpoint, ambient: &Ambient) -> Result<Self, Problem> {
        let context = SecretOf::WebhookEndpoint(endpoint.id).context();
        let secret = ambient.vault.open(&context, &endpoint.secret).map_err(Problem::internal)?;
        Ok(Self {
            object: "webhook_endpoint",
            id: endpoint.id.to_string(),
            endpoint_url: endpoint.url.to_string(),
            secret: String::from_utf8(secret).map_err(Problem::internal)?,
            status: endpoint.state.as_str(),
            events: endpoint.events.names().iter().map(|name| name.as_str().to_owned()).collect(),
            payload_style: endpoint.style.as_str(),
            created_at: endpoint.created_at.into(),
            updated_at: endpoint.updated_at.into(),
        })
    }
}

/// An endpoint to be made.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct CreateWebhookEndpointBody {
    /// Where to: https; http only for loopback hosts in a sandbox environment.
    #[schema(required = true)]
    endpoint_url: Option<String>,
    /// Which events, at most 200. May be left out in the style `authio`, which then gets all.
    events: Option<Vec<String>>,
    /// `workos` (default) or `authio`.
    payload_style: Option<String>,
}

/// A change to an endpoint. What is absent stays as it is.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct UpdateWebhookEndpointBody {
    /// Where to.
    endpoint_url: Option<String>,
    /// `enabled` or `disabled`. Events of the meantime are not sent later.
    status: Option<String>,
    /// Which events.
    events: Option<Vec<String>>,
    /// `workos` or `authio`.
    payload_style: Option<String>,
}

/// List webhook endpoints
///
/// With their secrets, so that a receiver can be set up again.
#[utoipa::path(get, path = "/webhook_endpoints", tag = "Webhooks", params(PageParams),
    responses((status = 200, description = "A page", body = List<WebhookEndpointView>)))]
pub(crate) async fn list(app: Data<App>, api: ApiCaller, params: Params) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::new();
    let listing: Listing<WebhookEndpointId> = params.listing(&mut fields);
    fields.finish()?;
    let page = app.store.queries().webhook_endpoints(api.environment_id(), listing.page).await?;
    let (has_previous, has_next) = (page.has_previous, page.has_next);
    let views = page.items.iter().map(|endpoint| WebhookEndpointView::new(endpoint, &app.ambient));
    let items = views.collect::<Result<Vec<_>, _>>()?;
    let page = vestibule_domain::page::Page { items, has_previous, has_next };
    let id = |view: &WebhookEndpointView| view.id.clone();
    Ok(HttpResponse::Ok().json(List::of(&listing, page, id, |view| view)))
}

/// Create a webhook endpoint
#[utoipa::path(post, path = "/webhook_endpoints", tag = "Webhooks", request_body = CreateWebhookEndpointBody,
    responses(
        (status = 201, description = "The endpoint with its secret", body = WebhookEndpointView),
        (status = 409, description = "An endpoint has the address: `duplicate_endpoint`"),
        (status = 422, description = "`invalid_url`, or a field is missing or wrong"),
    ))]
pub(crate) async fn create(
    app: Data<App>,
    api: ApiCaller,
    posted: Posted<CreateWebhookEndpointBody>,
) -> Result<HttpResponse, Problem> {
    let body = posted.body;
    let mut fields = Fields::new();
    if body.endpoint_url.is_none() {
        fields.missing("endpoint_url");
    }
    let style = read_style(&mut fields, body.payload_style);
    let events = fields.each("events", body.events.unwrap_or_default(), |raw| EventName::parse(&raw));
    fields.finish()?;
    let command = CreateWebhookEndpointCommand {
        url: read_url(&body.endpoint_url.unwrap_or_default(), api.environment_kind())?,
        caller: api.caller,
        events,
        style: style.unwrap_or_default(),
    };
    let case = CreateWebhookEndpoint { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, created, creation_refused).await
}

fn created(endpoint: &WebhookEndpoint, ambient: &Ambient) -> Answer {
    match WebhookEndpointView::new(endpoint, ambient) {
        Ok(view) => answer(StatusCode::CREATED, &view),
        // The secret was sealed a moment ago; if it does not open, the endpoint is made all the same.
        Err(_) => Answer { status: StatusCode::CREATED.as_u16(), body: Vec::new() },
    }
}

/// Update a webhook endpoint
#[utoipa::path(patch, path = "/webhook_endpoints/{id}", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint's id")),
    request_body = UpdateWebhookEndpointBody,
    responses(
        (status = 200, description = "The endpoint", body = WebhookEndpointView),
        (status = 404, description = "No such endpoint"),
        (status = 409, description = "Another endpoint has the address: `duplicate_endpoint`"),
        (status = 422, description = "`invalid_url`, or a field is wrong"),
    ))]
pub(crate) async fn update(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    body: Body<UpdateWebhookEndpointBody>,
) -> Result<HttpResponse, Problem> {
    let body = body.0;
    let mut fields = Fields::new();
    let style = read_style(&mut fields, body.payload_style);
    let state = fields.optional("status", body.status, |raw| {
        EndpointState::parse(&raw).ok_or("must be enabled or disabled")
    });
    let events =
        body.events.map(|events| fields.each("events", events, |raw: String| EventName::parse(&raw)));
    fields.finish()?;
    let url = body.endpoint_url.map(|raw| read_url(&raw, api.environment_kind())).transpose()?;
    let endpoint_id = named(ENTITY, &path)?;
    let command = UpdateWebhookEndpointCommand {
        caller: api.caller,
        endpoint_id,
        url,
        state,
        events,
        style,
        made_from: None,
    };
    let case = UpdateWebhookEndpoint { ambient: app.ambient.clone() };
    let endpoint = app.run(case, command).await.map_err(|error| update_refused(error, &path))?;
    Ok(HttpResponse::Ok().json(WebhookEndpointView::new(&endpoint, &app.ambient)?))
}

/// Delete a webhook endpoint
///
/// With its deliveries.
#[utoipa::path(delete, path = "/webhook_endpoints/{id}", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint's id")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "No such endpoint"),
    ))]
pub(crate) async fn delete(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let command = DeleteWebhookEndpointCommand { endpoint_id: named(ENTITY, &path)?, caller: api.caller };
    let case = DeleteWebhookEndpoint { ambient: app.ambient.clone() };
    app.run(case, command).await.map_err(|error| match error {
        DeleteWebhookEndpointError::Unknown => Problem::entity_not_found(ENTITY, &path),
        DeleteWebhookEndpointError::Store(error) => error.into(),
    })?;
    Ok(HttpResponse::NoContent().finish())
}

fn read_url(raw: &str, environment: EnvironmentKind) -> Result<WebhookUrl, Problem> {
    WebhookUrl::parse(raw, environment).map_err(|error| refusal("invalid_url", "endpoint_url", error))
}

fn read_style(fields: &mut Fields, raw: Option<String>) -> Option<PayloadStyle> {
    fields.optional("payload_style", raw, |raw| PayloadStyle::parse(&raw).ok_or("must be workos or authio"))
}

fn creation_refused(error: CreateWebhookEndpointError) -> Problem {
    match error {
        CreateWebhookEndpointError::Duplicate => duplicate(),
        CreateWebhookEndpointError::TooMany => Problem::conflict(
            "too_many_endpoints",
            format!("An environment has at most {ENDPOINTS_MAX} webhook endpoints."),
        ),
        CreateWebhookEndpointError::Events(why) => events_refused(why),
        CreateWebhookEndpointError::Store(error) => error.into(),
    }
}

fn update_refused(error: UpdateWebhookEndpointError, id: &str) -> Problem {
    match error {
        UpdateWebhookEndpointError::Unknown => Problem::entity_not_found(ENTITY, id),
        UpdateWebhookEndpointError::Duplicate => duplicate(),
        UpdateWebhookEndpointError::Events(why) => events_refused(why),
        // Programs say nothing of what they made a change from.
        UpdateWebhookEndpointError::Overtaken(error) => Problem::internal(error),
        UpdateWebhookEndpointError::Store(error) => error.into(),
    }
}

fn duplicate() -> Problem {
    Problem::conflict("duplicate_endpoint", "A webhook endpoint with this address exists.")
}

fn events_refused(why: EventFilterRefused) -> Problem {
    let mut fields = Fields::new();
    match why {
        EventFilterRefused::Empty => fields.add("events", "events_required", why),
        EventFilterRefused::TooMany => fields.wrong("events", why),
    }
    fields.into_problem()
}
