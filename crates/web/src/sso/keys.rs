//! `GET /sso/jwks/{client_id}`: the keys by which others check access tokens.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Path;
use vestibule_domain::sso::signing_key::shown_at;

use super::Here;
use crate::transport::Problem;

/// Get the key set of access tokens
///
/// The keys that sign, will sign, and have signed until lately. A new key is shown a week before it
/// signs.
#[utoipa::path(get, path = "/sso/jwks/{client_id}", tag = "Sign-in", security(()),
    params(("client_id" = String, Path, description = "The environment's client id")),
    responses(
        (status = 200, description = "A JSON Web Key Set", body = serde_json::Value),
        (status = 404, description = "No such client"),
    ))]
pub(crate) async fn get(desk: Here, path: Path<String>) -> Result<HttpResponse, Problem> {
    let unknown =
        || Problem::new(StatusCode::NOT_FOUND, "There is no such client.").with_code("entity_not_found");
    let client = path.parse().map_err(|_| unknown())?;
    let environment = desk.app.store.queries().environment_of_client(client).await?.ok_or_else(unknown)?;
    let keys = desk.keys.fresh(&desk.app, environment.id).await?;
    let shown = shown_at(&keys.all, desk.app.ambient.now());
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(desk.app.access_tokens.key_set(&shown)))
}
