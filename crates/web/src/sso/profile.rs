//! `GET /sso/profile`: the profile that an access token tells.

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use vestibule_application::ports::access_tokens::{AccessTokenRefused, VerifyOrder};
use vestibule_domain::id::ClientId;
use vestibule_domain::sso::signing_key::shown_at;
use vestibule_wire::profile::ProfileJson;

use super::key_ring::Keys;
use super::{Desk, Here};
use crate::transport::Problem;

/// The refusal. Source: api/workos-wire-contract.md, section 7.3.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ProfileRefusal {
    /// Always `Unauthorized`.
    error: &'static str,
}

/// Get a profile
///
/// Takes the access token of an exchange as bearer.
#[utoipa::path(get, path = "/sso/profile", tag = "Sign-in", security(()),
    responses(
        (status = 200, description = "The profile", body = ProfileJson),
        (status = 401, description = "The token is missing, wrong or too old", body = ProfileRefusal),
    ))]
pub(crate) async fn get(desk: Here, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let found = match bearer(request.headers()) {
        Some(token) => find(&desk, token).await?,
        None => None,
    };
    Ok(match found {
        Some(profile) => HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(profile),
        None => HttpResponse::build(StatusCode::UNAUTHORIZED)
            .insert_header(("WWW-Authenticate", "Bearer error=\"invalid_token\""))
            .json(ProfileRefusal { error: "Unauthorized" }),
    })
}

async fn find(desk: &Desk, token: &str) -> Result<Option<ProfileJson>, Problem> {
    let client: Option<ClientId> =
        desk.app.access_tokens.audience(token).and_then(|audience| audience.parse().ok());
    let Some(client) = client else { return Ok(None) };
    let Some(environment) = desk.keys.environment_of(&desk.app, client).await? else { return Ok(None) };
    let verified = |keys: &Keys| {
        let now = desk.app.ambient.now();
        let order = VerifyOrder {
            issuer: desk.app.ambient.addresses.public_url(),
            audience: &client.to_string(),
            keys: &shown_at(&keys.all, now),
            now,
        };
        desk.app.access_tokens.verify(token, &order)
    };
    let outcome = match verified(&*desk.keys.of(&desk.app, environment).await?) {
        // Perhaps by a key that another process made a moment ago.
        Err(AccessTokenRefused::Invalid) => verified(&*desk.keys.fresh(&desk.app, environment).await?),
        outcome => outcome,
    };
    let Ok(token) = outcome else { return Ok(None) };
    let profile = desk.app.store.queries().profile(environment, token.profile_id).await?;
    Ok(profile.map(|profile| ProfileJson::new(&profile)))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
