//! What may differ from one SAML connection to another at sign-in. Routes of our own: the WorkOS API
//! has none.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use vestibule_application::usecases::set_saml_options::{
    SamlOptionsChange, SetSamlOptions, SetSamlOptionsCommand, SetSamlOptionsError,
};
use vestibule_domain::saml::{SamlOptions, SamlSettings};

use super::connection_certificates::not_saml;
use super::connections::{self, find};
use crate::app::App;
use crate::transport::{ApiCaller, Body, Fields, Methods, Problem, Routes, named};

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/connections/{id}/saml_sign_in_options", Methods::new().get(get).patch(update));
}

/// How a SAML connection takes sign-ins.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SamlSignInOptions)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the wire")]
pub(crate) struct SignInOptionsView {
    /// Always `saml_sign_in_options`.
    #[schema(value_type = String, example = "saml_sign_in_options")]
    object: &'static str,
    /// Whether sign-ins are taken that begin at the provider.
    idp_initiated: bool,
    /// How far the provider's clock may be from ours.
    clock_skew_seconds: i64,
    /// Whether SHA-1 is believed in signatures and digests.
    allow_sha1: bool,
    /// Whether signatures by RSA keys from 1024 bits on are believed; otherwise from 2048 on.
    allow_short_rsa: bool,
    /// Whether our requests are signed: they are while the connection has a signing certificate
    /// (`saml_sp_signing_cert`).
    signs_requests: bool,
}

impl SignInOptionsView {
    fn new(saml: &SamlSettings) -> Self {
        Self {
            object: "saml_sign_in_options",
            idp_initiated: saml.options.idp_initiated,
            clock_skew_seconds: saml.options.clock_skew.whole_seconds(),
            allow_sha1: saml.options.allow_sha1,
            allow_short_rsa: saml.options.allow_short_rsa,
            signs_requests: saml.signing_key.is_some(),
        }
    }
}

/// What changes; what is left out stays.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct SignInOptionsBody {
    /// Whether sign-ins are taken that begin at the provider.
    idp_initiated: Option<bool>,
    /// How far the provider's clock may be from ours, 0 to 600.
    clock_skew_seconds: Option<u32>,
    /// Whether SHA-1 is believed in signatures and digests.
    allow_sha1: Option<bool>,
    /// Whether signatures by RSA keys from 1024 bits on are believed.
    allow_short_rsa: Option<bool>,
}

/// Get the sign-in options of a SAML connection
#[utoipa::path(get, path = "/connections/{id}/saml_sign_in_options", tag = "Connections",
    params(("id" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "The options", body = SignInOptionsView),
        (status = 404, description = "No such connection"),
        (status = 422, description = "The connection does not speak SAML"),
    ))]
pub(crate) async fn get(app: Data<App>, api: ApiCaller, path: Path<String>) -> Result<HttpResponse, Problem> {
    let view = find(&app, &api, &path).await?;
    Ok(HttpResponse::Ok().json(SignInOptionsView::new(view.connection.saml().map_err(not_saml)?)))
}

/// Set sign-in options of a SAML connection
///
/// What is left out stays.
#[utoipa::path(patch, path = "/connections/{id}/saml_sign_in_options", tag = "Connections",
    params(("id" = String, Path, description = "The connection's id")),
    request_body = SignInOptionsBody,
    responses(
        (status = 200, description = "The options", body = SignInOptionsView),
        (status = 404, description = "No such connection"),
        (status = 422, description = "A field is wrong, or the connection does not speak SAML"),
    ))]
pub(crate) async fn update(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    body: Body<SignInOptionsBody>,
) -> Result<HttpResponse, Problem> {
    let connection_id = named(connections::ENTITY, &path)?;
    let body = body.0;
    let mut fields = Fields::new();
    let clock_skew =
        fields.optional("clock_skew_seconds", body.clock_skew_seconds, SamlOptions::clock_skew_of);
    fields.finish()?;
    let change = SamlOptionsChange {
        idp_initiated: body.idp_initiated,
        clock_skew,
        allow_sha1: body.allow_sha1,
        allow_short_rsa: body.allow_short_rsa,
    };
    let command = SetSamlOptionsCommand { caller: api.caller, connection_id, change, made_from: None };
    let case = SetSamlOptions { ambient: app.ambient.clone() };
    let connection = app.run(case, command).await.map_err(|error| match error {
        SetSamlOptionsError::Unknown => Problem::entity_not_found(connections::ENTITY, &path),
        SetSamlOptionsError::Connection(why) => not_saml(why),
        // No program says what it was made from.
        error @ SetSamlOptionsError::Overtaken(_) => Problem::internal(error),
        SetSamlOptionsError::Store(error) => error.into(),
    })?;
    Ok(HttpResponse::Ok().json(SignInOptionsView::new(connection.saml().map_err(not_saml)?)))
}
