//! `GET /sso/oidc/callback`: an OpenID Connect provider sends a person back; and
//! `GET /sso/login/{connection}`: a provider's page of apps begins a sign-in.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use vestibule_application::ports::store::ArrivalKey;
use vestibule_application::sign_in::{Departure, OidcAnswer, Route, Wishes};
use vestibule_application::usecases::start_sign_in::{StartSignIn, StartSignInCommand};
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::redirect_uri::relayed;
use vestibule_domain::sso::authorization::{Authorization, HINT_BYTES_MAX};
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::Origin;

use super::page::{Refusal, of_store, refuse};
use super::{Desk, Here, arrived, away, browser, ground, parameter};

/// Longest query that is read, in bytes. Codes of providers have up to 2 KiB.
const CALLBACK_QUERY_BYTES_MAX: usize = 16 * 1024;

/// Take an OpenID Connect answer
///
/// An identity provider sends a browser back here.
#[utoipa::path(get, path = "/sso/oidc/callback", tag = "Sign-in", security(()),
    params(
        ("state" = String, Query, description = "What the request had"),
        ("code" = Option<String>, Query, description = "The provider's code"),
        ("error" = Option<String>, Query, description = "The provider's error"),
        ("iss" = Option<String>, Query, description = "The provider (RFC 9207)"),
    ),
    responses(
        (status = 302, description = "To the redirect URI, with a code or an error"),
        (status = 303, description = "To the report of a test"),
        (status = 400, description = "A page: the answer was not accepted"),
        (status = 404, description = "A page: no such sign-in"),
    ))]
pub(crate) async fn get(desk: Here, request: HttpRequest) -> HttpResponse {
    let query = request.query_string();
    if query.len() > CALLBACK_QUERY_BYTES_MAX {
        return refuse(&desk, &request, Refusal::Unreadable);
    }
    let Some(session) = parameter(query, "state").and_then(|state| state.parse().ok()) else {
        return refuse(&desk, &request, Refusal::Unreadable);
    };
    let answer = OidcAnswer {
        session,
        code: parameter(query, "code"),
        error: parameter(query, "error"),
        error_description: parameter(query, "error_description"),
        iss: parameter(query, "iss"),
        browser: browser(&desk.app, &request),
    };
    let (sign_ins, store) = (desk.app.sign_ins.clone(), desk.app.store.clone());
    // Boxed, since it holds the whole exchange with the provider.
    let task = Box::pin(async move { sign_ins.arrive_by_oidc(&*store, answer).await });
    let outcome = desk.app.complete(task).await;
    arrived(&desk, &request, outcome).await
}

/// Begin a sign-in at the provider's wish
///
/// A page of apps sends a browser here (OpenID Connect Core 1.0, section 4). The person is sent on
/// to the provider of the connection, never to one that the address names.
#[utoipa::path(get, path = "/sso/login/{connection}", tag = "Sign-in", security(()),
    params(
        ("connection" = String, Path, description = "The connection's id"),
        ("login_hint" = Option<String>, Query, description = "Who probably signs in"),
    ),
    responses(
        (status = 200, description = "A page that posts the request on to the provider"),
        (status = 302, description = "To the provider"),
        (status = 400, description = "A page: the connection is not active, or there is no redirect URI"),
        (status = 404, description = "A page: no such connection"),
    ))]
pub(crate) async fn begin(desk: Here, request: HttpRequest, path: Path<String>) -> HttpResponse {
    let Ok(connection) = path.parse() else { return refuse(&desk, &request, Refusal::Unknown) };
    match initiate(&desk, &request, connection).await {
        Ok(route) => away(&desk, &request, route),
        Err(refusal) => refuse(&desk, &request, refusal),
    }
}

async fn initiate(desk: &Desk, request: &HttpRequest, id: ConnectionId) -> Result<Route, Refusal> {
    let arrival = desk.app.store.queries().sign_in_arrival(ArrivalKey::Connection(id)).await;
    let arrival = arrival.map_err(of_store)?.ok_or(Refusal::Unknown)?;
    if arrival.connection.state != ConnectionState::Active {
        return Err(Refusal::Stranded { session: None, code: FailureCode::IdpInitiatedSsoDisabled });
    }
    let redirect_uri = relayed(&arrival.environment.redirect_uris, None).ok_or(Refusal::RedirectUri)?;
    let authorization = Authorization { redirect_uri, state: None, code_challenge: None };
    let hint = parameter(request.query_string(), "login_hint");
    let wishes = Wishes {
        login_hint: hint.filter(|hint| hint.len() <= HINT_BYTES_MAX && !hint.chars().any(char::is_control)),
        ..Wishes::default()
    };
    let origin = (Origin::IdentityProvider, Some(&authorization));
    let browser = browser(&desk.app, request);
    let through = (arrival.environment.test_provider, &arrival.connection);
    if let Some(grounded) = ground(&desk.app, through, origin, &browser, arrival.listened).await? {
        let session = Some(grounded.session.id);
        return Err(Refusal::Stranded { session, code: grounded.failure.code });
    }
    let departed = desk.app.sign_ins.depart(
        &arrival.connection,
        Origin::IdentityProvider,
        Some(authorization),
        &wishes,
        browser,
    );
    let Departure { session, route } = departed.map_err(|error| {
        tracing::error!(connection.id = %id, error = %error, "nobody can be sent off");
        Refusal::Internal
    })?;
    let case = StartSignIn { ambient: desk.app.ambient.clone() };
    let command = StartSignInCommand { session, listened: arrival.listened };
    desk.app.run(case, command).await.map_err(of_store)?;
    Ok(route)
}
