//! Our side's SAML metadata of one connection. Public: it holds nothing but what every request and
//! response shows.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use vestibule_application::ports::saml::ServiceProvider;
use vestibule_domain::connection::{Connection, ConnectionRefused};
use vestibule_domain::saml::SpKeyUse;

use crate::app::App;
use crate::transport::{Methods, Problem, Routes};

/// Media type of SAML metadata. Source: SAML Metadata 2.0, appendix A.
pub(crate) const SAML_METADATA: &str = "application/samlmetadata+xml";

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.public("/sso/saml/{connection}/metadata", Methods::new().get(get));
}

/// Get our SAML metadata
///
/// What an identity provider has to know of our side of a connection: entity id, assertion
/// consumer address, certificates.
#[utoipa::path(get, path = "/sso/saml/{connection}/metadata", tag = "Sign-in", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "An EntityDescriptor", body = String,
            content_type = "application/samlmetadata+xml"),
        (status = 404, description = "No such SAML connection"),
    ))]
pub(crate) async fn get(app: Data<App>, path: Path<String>) -> Result<HttpResponse, Problem> {
    // One answer for ids of no form, of nothing and of connections that speak something else.
    let unknown = || {
        Problem::new(StatusCode::NOT_FOUND, "There is no such SAML connection.").with_code("entity_not_found")
    };
    let id = path.parse().map_err(|_| unknown())?;
    let connection = app.store.queries().public_connection(id).await?.ok_or_else(unknown)?;
    let document = document(&app, &connection).map_err(|_| unknown())?;
    Ok(HttpResponse::Ok().content_type(SAML_METADATA).body(document))
}

/// Our metadata of a SAML connection.
///
/// # Errors
/// When the connection does not speak SAML.
pub(crate) fn document(app: &App, connection: &Connection) -> Result<String, ConnectionRefused> {
    let saml = connection.saml()?;
    let certificates = |of| saml.published(of).cloned().collect();
    Ok(app.saml.service_provider_metadata(&ServiceProvider {
        entity_id: app.ambient.addresses.entity_id_of(connection),
        acs_url: app.ambient.addresses.acs_url_of(connection),
        signing_certificates: certificates(SpKeyUse::Signing),
        encryption_certificates: certificates(SpKeyUse::Encryption),
        signs_requests: saml.signing_key.is_some(),
    }))
}
