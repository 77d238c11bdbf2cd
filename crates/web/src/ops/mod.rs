//! For those who run the service: is it up, can it work, how much does it do.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::{Deserialize, Serialize};
use vestibule_domain::domain_name::DomainName;

use crate::app::App;
use crate::transport::{Gate, Methods, Problem, Routes};

/// Media type of the Prometheus text format. Source: Prometheus, "Exposition formats", text 0.0.4.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.public("/healthz", Methods::new().get(healthz));
    routes.public("/readyz", Methods::new().get(readyz));
    routes.public("/metrics", Methods::new().get(metrics));
    routes.public("/ops/host", Methods::new().get(host));
}

/// Where the service stands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct StatusView {
    /// `ok`.
    #[schema(value_type = String, example = "ok")]
    status: &'static str,
}

/// Is the process up?
///
/// 200 as long as the process serves requests, whatever its database does.
#[utoipa::path(get, path = "/healthz", tag = "Operations", security(()),
    responses((status = 200, description = "The process serves requests", body = StatusView)))]
pub(crate) async fn healthz() -> impl Responder {
    HttpResponse::Ok().json(StatusView { status: "ok" })
}

/// Can the process work?
///
/// 200 once the database answers and its migrations are current.
#[utoipa::path(get, path = "/readyz", tag = "Operations", security(()),
    responses(
        (status = 200, description = "The database answers and is current", body = StatusView),
        (status = 503, description = "It does not, or is not"),
    ))]
pub(crate) async fn readyz(app: Data<App>) -> Result<HttpResponse, Problem> {
    match app.store.queries().ready().await {
        Ok(()) => Ok(HttpResponse::Ok().json(StatusView { status: "ok" })),
        Err(error) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The database is not ready.")
            .with_code("not_ready")
            .with_cause(error)),
    }
}

/// Metrics of the process
///
/// In the text format of Prometheus; 404 when the operator serves them on another port.
#[utoipa::path(get, path = "/metrics", tag = "Operations", security(()),
    responses(
        (status = 200, description = "Prometheus text", body = String, content_type = "text/plain"),
        (status = 404, description = "Served elsewhere"),
    ))]
pub(crate) async fn metrics(app: Data<App>) -> Result<HttpResponse, Problem> {
    let handle = app.metrics.as_ref().ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, PROMETHEUS_TEXT)).body(handle.render()))
}

/// Which host is asked about.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(crate) struct HostQuestion {
    /// A host name, as a TLS proxy asks for it.
    #[serde(default)]
    domain: String,
}

/// Is a host ours?
///
/// For a TLS proxy that gets certificates by itself, before it asks for one: 200 for the host of the
/// public URL and for custom domains that are active, 404 for every other one. Nothing more is told.
#[utoipa::path(get, path = "/ops/host", tag = "Operations", security(()), params(HostQuestion),
    responses(
        (status = 200, description = "The host is ours", body = StatusView),
        (status = 404, description = "It is not"),
        (status = 429, description = "Too many hosts that are not ours were asked for"),
    ))]
pub(crate) async fn host(
    app: Data<App>,
    gate: Data<Gate>,
    request: HttpRequest,
    question: Query<HostQuestion>,
) -> Result<HttpResponse, Problem> {
    let known = match DomainName::parse(&question.domain) {
        Ok(name) if app.ambient.addresses.host() == Some(name.as_str()) => true,
        Ok(name) => app.store.queries().host_is_live(&name).await?,
        Err(_) => app.ambient.addresses.host() == Some(question.domain.as_str()),
    };
    if known {
        return Ok(HttpResponse::Ok().json(StatusView { status: "ok" }));
    }
    gate.count_failure(&app, &request)?;
    Err(Problem::of_status(StatusCode::NOT_FOUND))
}
