//! The provider's addresses of SAML.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;
use vestibule_application::ports::saml_sign_in::RELAY_STATE_BYTES_MAX;
use vestibule_domain::connection_type::Protocol;
use vestibule_domain::saml::SsoBinding;

use super::form::{Carried, FORM_BYTES_MAX};
use super::{Connection, at, document, of_provider, page};
use crate::sso::page::{Refusal, refuse};
use crate::sso::{Here, SAML_METADATA, only, read_form};

/// Ask the test identity provider by SAML redirect
///
/// Source: SAML Bindings 2.0, section 3.4.
#[utoipa::path(get, path = "/test-idp/{connection}/saml", tag = "Test identity provider", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "A page on which one chooses who signs in"),
        (status = 400, description = "A page: not a request of the connection"),
        (status = 404, description = "A page: no test identity provider, or none of that connection"),
    ))]
pub(crate) async fn get(desk: Here, request: HttpRequest, path: Connection) -> HttpResponse {
    let query = request.query_string();
    let fields = (query.len() <= FORM_BYTES_MAX)
        .then(|| form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>());
    ask(desk, request, path, fields, SsoBinding::Redirect).await
}

/// Ask the test identity provider by SAML form
///
/// Source: SAML Bindings 2.0, section 3.5.
#[utoipa::path(post, path = "/test-idp/{connection}/saml", tag = "Test identity provider", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "A page on which one chooses who signs in"),
        (status = 400, description = "A page: not a request of the connection"),
        (status = 404, description = "A page: no test identity provider, or none of that connection"),
    ))]
pub(crate) async fn post(
    desk: Here,
    request: HttpRequest,
    path: Connection,
    payload: Payload,
) -> HttpResponse {
    let fields = read_form(payload, FORM_BYTES_MAX).await;
    ask(desk, request, path, fields, SsoBinding::Post).await
}

async fn ask(
    desk: Here,
    request: HttpRequest,
    path: Connection,
    fields: Option<Vec<(String, String)>>,
    binding: SsoBinding,
) -> HttpResponse {
    let test = match at(&desk, &path, Some(Protocol::Saml)).await {
        Ok(test) => test,
        Err(refusal) => return refuse(&desk, &request, refusal),
    };
    let read = fields.and_then(|fields| {
        let relay_state = only(&fields, "RelayState");
        if relay_state.as_ref().is_some_and(|state| state.len() > RELAY_STATE_BYTES_MAX) {
            return None;
        }
        let sent = only(&fields, "SAMLRequest")?;
        let asked = desk.app.test_provider.read_saml_request(&test, &sent, binding);
        let asked =
            asked.inspect_err(|error| tracing::info!(reason = %error, "a request is not read")).ok()?;
        Some(Carried::Saml { request: asked.id, relay_state })
    });
    match read {
        Some(carried) => page::choose(&desk, &request, &test, carried),
        None => refuse(&desk, &request, Refusal::TestRequest),
    }
}

/// Get the test identity provider's SAML metadata
///
/// What a connection would be set up with, were it not set up already.
#[utoipa::path(get, path = "/test-idp/{connection}/saml/metadata", tag = "Test identity provider", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "An EntityDescriptor"),
        (status = 404, description = "A page: no test identity provider, or none of that connection"),
    ))]
pub(crate) async fn metadata(desk: Here, request: HttpRequest, path: Connection) -> HttpResponse {
    let test = match at(&desk, &path, Some(Protocol::Saml)).await {
        Ok(test) => test,
        Err(refusal) => return refuse(&desk, &request, refusal),
    };
    match desk.app.test_provider.metadata(&test) {
        Ok(metadata) => document(SAML_METADATA, metadata),
        Err(error) => refuse(&desk, &request, of_provider(&error)),
    }
}
