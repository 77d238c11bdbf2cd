//! The provider's addresses of OpenID Connect.

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;
use vestibule_application::ports::test_provider::{TOKEN_REQUEST_BYTES_MAX, TestAuthorization};
use vestibule_domain::connection_type::Protocol;
use vestibule_domain::sso::authorization::{CodeChallenge, HINT_BYTES_MAX, STATE_BYTES_MAX};

use super::form::{Carried, FORM_BYTES_MAX};
use super::{Connection, at, document, of_provider, page};
use crate::sso::page::{Refusal, refuse};
use crate::sso::{Here, only, read_bytes};

const JSON: &str = "application/json";

/// Ask the test identity provider by OpenID Connect
///
/// Source: OpenID Connect Core 1.0, section 3.1.2.1.
#[utoipa::path(get, path = "/test-idp/{connection}/oidc/authorize", tag = "Test identity provider", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "A page on which one chooses who signs in"),
        (status = 400, description = "A page: not a request of the connection"),
        (status = 404, description = "A page: no test identity provider, or none of that connection"),
    ))]
pub(crate) async fn authorize(desk: Here, request: HttpRequest, path: Connection) -> HttpResponse {
    let test = match at(&desk, &path, Some(Protocol::Oidc)).await {
        Ok(test) => test,
        Err(refusal) => return refuse(&desk, &request, refusal),
    };
    let asked = Asked::read(request.query_string());
    let known = asked.filter(|asked| {
        asked.client_id == test.connection.id.to_string()
            && desk.app.test_provider.is_registered(&test, &asked.redirect_uri)
    });
    match known {
        Some(asked) => page::choose(&desk, &request, &test, Carried::Oidc(asked.authorization)),
        None => refuse(&desk, &request, Refusal::TestRequest),
    }
}

/// What is read of a request.
struct Asked {
    client_id: String,
    redirect_uri: String,
    authorization: TestAuthorization,
}

impl Asked {
    fn read(query: &str) -> Option<Self> {
        if query.len() > FORM_BYTES_MAX {
            return None;
        }
        let fields: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let scopes = only(&fields, "scope")?;
        let asks_for_code = only(&fields, "response_type")? == "code";
        if !asks_for_code || !scopes.split(' ').any(|scope| scope == "openid") {
            return None;
        }
        Some(Self {
            client_id: only(&fields, "client_id")?,
            redirect_uri: only(&fields, "redirect_uri")?,
            authorization: authorization(&fields)?,
        })
    }
}

/// What an answer repeats. None if it is more than that could be.
pub(super) fn authorization(fields: &[(String, String)]) -> Option<TestAuthorization> {
    let state = only(fields, "state");
    let nonce = only(fields, "nonce");
    let fits = |value: &Option<String>, max| value.as_ref().is_none_or(|value| value.len() <= max);
    if !fits(&state, STATE_BYTES_MAX) || !fits(&nonce, HINT_BYTES_MAX) {
        return None;
    }
    let challenge = match only(fields, "code_challenge") {
        None => None,
        Some(_) if only(fields, "code_challenge_method").as_deref() != Some("S256") => return None,
        Some(challenge) => Some(CodeChallenge::parse(&challenge).ok()?),
    };
    Some(TestAuthorization { state, nonce, challenge })
}

/// Exchange a code of the test identity provider
///
/// Our own relying party asks without leaving the process; others may see here how it answers.
/// Source: OpenID Connect Core 1.0, section 3.1.3.
#[utoipa::path(post, path = "/test-idp/{connection}/oidc/token", tag = "Test identity provider", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "Tokens"),
        (status = 400, description = "An error as RFC 6749 has it"),
        (status = 401, description = "Not the client that the connection is registered as"),
        (status = 404, description = "A page: no test identity provider, or none of that connection"),
    ))]
pub(crate) async fn token(
    desk: Here,
    request: HttpRequest,
    path: Connection,
    payload: Payload,
) -> HttpResponse {
    let test = match at(&desk, &path, Some(Protocol::Oidc)).await {
        Ok(test) => test,
        Err(refusal) => return refuse(&desk, &request, refusal),
    };
    let Some(form) = read_bytes(payload, TOKEN_REQUEST_BYTES_MAX).await else {
        return refuse(&desk, &request, Refusal::TestRequest);
    };
    let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match desk.app.test_provider.tokens(&test, authorization, &form) {
        Ok(tokens) => {
            let status = StatusCode::from_u16(tokens.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            HttpResponse::build(status)
                .insert_header((CONTENT_TYPE, JSON))
                .insert_header(("Cache-Control", "no-store"))
                .body(tokens.body)
        }
        Err(error) => refuse(&desk, &request, of_provider(&error)),
    }
}

/// Get the test identity provider's key set
///
/// The key of the connection.
#[utoipa::path(get, path = "/test-idp/{connection}/oidc/keys", tag = "Test identity provider", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "A JSON Web Key Set"),
        (status = 404, description = "A page: no test identity provider, or none of that connection"),
    ))]
pub(crate) async fn keys(desk: Here, request: HttpRequest, path: Connection) -> HttpResponse {
    let test = match at(&desk, &path, Some(Protocol::Oidc)).await {
        Ok(test) => test,
        Err(refusal) => return refuse(&desk, &request, refusal),
    };
    match desk.app.test_provider.keys(&test) {
        Ok(keys) => document(JSON, keys),
        Err(error) => refuse(&desk, &request, of_provider(&error)),
    }
}

/// Get the test identity provider's discovery document
///
/// Source: OpenID Connect Discovery 1.0, section 4.
#[utoipa::path(get, path = "/test-idp/{connection}/oidc/.well-known/openid-configuration", tag = "Test identity provider", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "A discovery document"),
        (status = 404, description = "A page: no test identity provider, or none of that connection"),
    ))]
pub(crate) async fn discovery(desk: Here, request: HttpRequest, path: Connection) -> HttpResponse {
    let test = match at(&desk, &path, Some(Protocol::Oidc)).await {
        Ok(test) => test,
        Err(refusal) => return refuse(&desk, &request, refusal),
    };
    match desk.app.test_provider.discovery(&test) {
        Ok(discovery) => document(JSON, discovery),
        Err(error) => refuse(&desk, &request, of_provider(&error)),
    }
}
