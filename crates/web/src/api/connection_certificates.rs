//! Certificates of SAML connections: the provider's, and ours.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use serde::{Deserialize, Serialize};
use vestibule_application::ambient::Ambient;
use vestibule_application::ports::saml::KeyPairRequest;
use vestibule_application::replay::Answer;
use vestibule_application::usecases::add_idp_certificate::{
    AddIdpCertificate, AddIdpCertificateCommand, AddIdpCertificateError,
};
use vestibule_application::usecases::add_sp_key::{AddSpKey, AddSpKeyCommand, AddSpKeyError, NewKeyPair};
use vestibule_application::usecases::remove_idp_certificate::{
    RemoveIdpCertificate, RemoveIdpCertificateCommand, RemoveIdpCertificateError,
};
use vestibule_application::usecases::remove_sp_key::{RemoveSpKey, RemoveSpKeyCommand, RemoveSpKeyError};
use vestibule_application::usecases::switch_signing_key::{
    SwitchSigningKey, SwitchSigningKeyCommand, SwitchSigningKeyError,
};
use vestibule_domain::connection::{Connection, ConnectionRefused};
use vestibule_domain::id::ConnectionId;
use vestibule_domain::saml::{IdpCertificate, SamlSettings, SpKeyPair, SpKeyPlace, SpKeyRefused, SpKeyUse};
use vestibule_wire::certificate::CertificateJson;

use super::connection_options::refusal;
use super::connections::{self, connection_refused, find};
use super::saml_options::read_certificate;
use crate::app::App;
use crate::transport::{ApiCaller, Fields, Methods, Nothing, Posted, Problem, Routes, answer, named};

/// The word for people.
const ENTITY: &str = "Certificate";

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/connections/{id}/saml_idp_signing_certs", Methods::new().get(list_idp).post(add_idp));
    routes.api(
        "/connections/{id}/saml_idp_signing_certs/{cert}",
        Methods::new().get(get_idp).delete(delete_idp),
    );
    routes.api(
        "/connections/{id}/saml_sp_encryption_certs",
        Methods::new().get(list_encryption).post(add_encryption),
    );
    routes.api(
        "/connections/{id}/saml_sp_encryption_certs/{cert}",
        Methods::new().get(get_encryption).delete(delete_encryption),
    );
    routes.api("/connections/{id}/saml_sp_signing_cert", Methods::new().get(get_signing).post(add_signing));
    routes.api("/connections/{id}/saml_sp_signing_cert/{cert}", Methods::new().delete(delete_signing));
    routes.api(
        "/connections/{id}/saml_sp_next_signing_cert",
        Methods::new().get(get_next_signing).post(add_next_signing),
    );
    routes.api(
        "/connections/{id}/saml_sp_next_signing_cert/{cert}",
        Methods::new().delete(delete_next_signing),
    );
    routes.api(
        "/connections/{id}/saml_sp_next_signing_cert/{cert}/activate",
        Methods::new().post(activate_next_signing),
    );
}

/// A certificate to be trusted.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct AddIdpCertificateBody {
    /// The certificate as PEM.
    #[schema(required = true)]
    value: Option<String>,
}

/// All certificates of a kind, oldest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct CertificateListView {
    /// Always `list`.
    #[schema(value_type = String, example = "list")]
    object: &'static str,
    /// The certificates.
    data: Vec<CertificateJson>,
}

impl CertificateListView {
    fn new(data: impl IntoIterator<Item = CertificateJson>) -> Self {
        Self { object: "list", data: data.into_iter().collect() }
    }
}

/// The SAML settings of the connection in a path.
async fn settings(app: &App, api: &ApiCaller, id: &str) -> Result<SamlSettings, Problem> {
    let view = find(app, api, id).await?;
    view.connection.saml().cloned().map_err(not_saml)
}

pub(super) fn not_saml(why: ConnectionRefused) -> Problem {
    match why {
        ConnectionRefused::WrongProtocol => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "The connection does not speak SAML.")
                .with_code("connection_is_not_saml")
        }
        ConnectionRefused::Incomplete
        | ConnectionRefused::TypeMismatch
        | ConnectionRefused::CertificateExists
        | ConnectionRefused::TooManyCertificates
        | ConnectionRefused::LastCertificate
        | ConnectionRefused::NoSuchCertificate => connection_refused(why),
    }
}

/// List the provider's certificates
#[utoipa::path(get, path = "/connections/{id}/saml_idp_signing_certs", tag = "Certificates",
    params(("id" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "All of them, oldest first", body = CertificateListView),
        (status = 404, description = "No such connection"),
        (status = 422, description = "The connection does not speak SAML"),
    ))]
pub(crate) async fn list_idp(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let held = idp_certificates(settings(&app, &api, &path).await?);
    Ok(HttpResponse::Ok().json(CertificateListView::new(held.iter().map(CertificateJson::of_idp))))
}

fn idp_certificates(settings: SamlSettings) -> Vec<IdpCertificate> {
    settings.idp.map(|idp| idp.signing_certificates).unwrap_or_default()
}

/// Get a certificate of the provider
#[utoipa::path(get, path = "/connections/{id}/saml_idp_signing_certs/{cert}", tag = "Certificates",
    params(
        ("id" = String, Path, description = "The connection's id"),
        ("cert" = String, Path, description = "The certificate's id"),
    ),
    responses(
        (status = 200, description = "The certificate", body = CertificateJson),
        (status = 404, description = "No such connection or certificate"),
    ))]
pub(crate) async fn get_idp(
    app: Data<App>,
    api: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (connection, certificate) = path.into_inner();
    let held = idp_certificates(settings(&app, &api, &connection).await?);
    let found = held.iter().find(|held| held.id.to_string() == certificate);
    let found = found.ok_or_else(|| Problem::entity_not_found(ENTITY, &certificate))?;
    Ok(HttpResponse::Ok().json(CertificateJson::of_idp(found)))
}

/// Trust one more certificate of the provider
#[utoipa::path(post, path = "/connections/{id}/saml_idp_signing_certs", tag = "Certificates",
    params(("id" = String, Path, description = "The connection's id")),
    request_body = AddIdpCertificateBody,
    responses(
        (status = 201, description = "The certificate", body = CertificateJson),
        (status = 404, description = "No such connection"),
        (status = 409, description = "The connection trusts it already: `certificate_already_exists`"),
        (status = 422, description = "`invalid_certificate`, `certificate_expired`, `connection_is_not_saml`"),
    ))]
pub(crate) async fn add_idp(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    posted: Posted<AddIdpCertificateBody>,
) -> Result<HttpResponse, Problem> {
    let Some(value) = posted.body.value else {
        let mut fields = Fields::new();
        fields.missing("value");
        return Err(fields.into_problem());
    };
    let connection_id = named(connections::ENTITY, &path)?;
    let certificate = read_certificate(&app, "value", &value)?;
    let command = AddIdpCertificateCommand { caller: api.caller, connection_id, certificate };
    let case = AddIdpCertificate { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, idp_added, |error| idp_refused(error, &path)).await
}

fn idp_added(held: &IdpCertificate, _: &Ambient) -> Answer {
    answer(StatusCode::CREATED, &CertificateJson::of_idp(held))
}

fn idp_refused(error: AddIdpCertificateError, id: &str) -> Problem {
    match error {
        AddIdpCertificateError::Unknown => Problem::entity_not_found(connections::ENTITY, id),
        AddIdpCertificateError::Expired => refusal("certificate_expired", "value", "has expired"),
        AddIdpCertificateError::Refused(why) => not_saml(why),
        AddIdpCertificateError::Store(error) => error.into(),
    }
}

/// Trust a certificate of the provider no longer
#[utoipa::path(delete, path = "/connections/{id}/saml_idp_signing_certs/{cert}", tag = "Certificates",
    params(
        ("id" = String, Path, description = "The connection's id"),
        ("cert" = String, Path, description = "The certificate's id"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "No such connection or certificate"),
        (status = 409, description = "It is the last: `cannot_delete_last_certificate`"),
    ))]
pub(crate) async fn delete_idp(
    app: Data<App>,
    api: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (connection, certificate) = path.into_inner();
    let command = RemoveIdpCertificateCommand {
        caller: api.caller,
        connection_id: named(connections::ENTITY, &connection)?,
        certificate_id: named(ENTITY, &certificate)?,
    };
    let case = RemoveIdpCertificate { ambient: app.ambient.clone() };
    app.run(case, command).await.map_err(|error| match error {
        RemoveIdpCertificateError::Unknown => Problem::entity_not_found(connections::ENTITY, &connection),
        RemoveIdpCertificateError::Refused(ConnectionRefused::NoSuchCertificate) => {
            Problem::entity_not_found(ENTITY, &certificate)
        }
        RemoveIdpCertificateError::Refused(why) => not_saml(why),
        RemoveIdpCertificateError::Store(error) => error.into(),
    })?;
    Ok(HttpResponse::NoContent().finish())
}

/// List our encryption certificates
#[utoipa::path(get, path = "/connections/{id}/saml_sp_encryption_certs", tag = "Certificates",
    params(("id" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "All of them, oldest first", body = CertificateListView),
        (status = 404, description = "No such connection"),
        (status = 422, description = "The connection does not speak SAML"),
    ))]
pub(crate) async fn list_encryption(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let settings = settings(&app, &api, &path).await?;
    let data = settings.keys(SpKeyPlace::Encryption).iter();
    let data = data.map(|pair| CertificateJson::of_sp(SpKeyUse::Encryption, pair));
    Ok(HttpResponse::Ok().json(CertificateListView::new(data)))
}

/// Get an encryption certificate of ours
#[utoipa::path(get, path = "/connections/{id}/saml_sp_encryption_certs/{cert}", tag = "Certificates",
    params(
        ("id" = String, Path, description = "The connection's id"),
        ("cert" = String, Path, description = "The certificate's id"),
    ),
    responses(
        (status = 200, description = "The certificate", body = CertificateJson),
        (status = 404, description = "No such connection or certificate"),
    ))]
pub(crate) async fn get_encryption(
    app: Data<App>,
    api: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (connection, certificate) = path.into_inner();
    let settings = settings(&app, &api, &connection).await?;
    let mut held = settings.keys(SpKeyPlace::Encryption).iter();
    let found = held.find(|pair| pair.id.to_string() == certificate);
    let found = found.ok_or_else(|| Problem::entity_not_found(ENTITY, &certificate))?;
    Ok(HttpResponse::Ok().json(CertificateJson::of_sp(SpKeyUse::Encryption, found)))
}

/// Get our signing certificate
#[utoipa::path(get, path = "/connections/{id}/saml_sp_signing_cert", tag = "Certificates",
    params(("id" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "The certificate", body = CertificateJson),
        (status = 404, description = "No such connection, or it has none"),
        (status = 422, description = "The connection does not speak SAML"),
    ))]
pub(crate) async fn get_signing(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let settings = settings(&app, &api, &path).await?;
    signing(settings.signing_key.as_ref(), "The connection has no signing certificate.")
}

/// Presents a certificate that signs our requests, if there is one.
fn signing(pair: Option<&SpKeyPair>, none: &'static str) -> Result<HttpResponse, Problem> {
    let pair = pair.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, none).with_code("entity_not_found"))?;
    Ok(HttpResponse::Ok().json(CertificateJson::of_sp(SpKeyUse::Signing, pair)))
}

/// Make an encryption certificate
///
/// A new key pair: the certificate is for the provider, the private key never leaves.
#[utoipa::path(post, path = "/connections/{id}/saml_sp_encryption_certs", tag = "Certificates",
    params(("id" = String, Path, description = "The connection's id")),
    responses(
        (status = 201, description = "The certificate", body = CertificateJson),
        (status = 404, description = "No such connection"),
        (status = 409, description = "It has two already: `too_many_sp_encryption_certs`"),
        (status = 422, description = "The connection does not speak SAML"),
    ))]
pub(crate) async fn add_encryption(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    posted: Posted<Nothing>,
) -> Result<HttpResponse, Problem> {
    let command = new_key(&app, api, &path, SpKeyPlace::Encryption).await?;
    let case = AddSpKey { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, encryption_added, |error| key_refused(error, &path)).await
}

/// Make the signing certificate
///
/// A new key pair: the certificate is for the provider, the private key never leaves.
#[utoipa::path(post, path = "/connections/{id}/saml_sp_signing_cert", tag = "Certificates",
    params(("id" = String, Path, description = "The connection's id")),
    responses(
        (status = 201, description = "The certificate", body = CertificateJson),
        (status = 404, description = "No such connection"),
        (status = 409, description = "It has one: `sp_signing_cert_already_exists`"),
        (status = 422, description = "The connection does not speak SAML"),
    ))]
pub(crate) async fn add_signing(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    posted: Posted<Nothing>,
) -> Result<HttpResponse, Problem> {
    let command = new_key(&app, api, &path, SpKeyPlace::Signing).await?;
    let case = AddSpKey { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, signing_added, |error| key_refused(error, &path)).await
}

fn encryption_added(pair: &SpKeyPair, _: &Ambient) -> Answer {
    answer(StatusCode::CREATED, &CertificateJson::of_sp(SpKeyUse::Encryption, pair))
}

fn signing_added(pair: &SpKeyPair, _: &Ambient) -> Answer {
    answer(StatusCode::CREATED, &CertificateJson::of_sp(SpKeyUse::Signing, pair))
}

fn signing_switched(connection: &Connection, _: &Ambient) -> Answer {
    let saml = connection.saml().ok();
    let pair = saml.and_then(|saml| saml.signing_key.as_ref());
    answer(StatusCode::OK, &pair.map(|pair| CertificateJson::of_sp(SpKeyUse::Signing, pair)))
}

/// Makes a key pair, on a thread that may be busy for a second.
async fn new_key(
    app: &App,
    api: ApiCaller,
    connection: &str,
    place: SpKeyPlace,
) -> Result<AddSpKeyCommand, Problem> {
    // Nobody waits for a key that cannot be kept, and nobody makes us work for unknown ids.
    settings(app, &api, connection).await?;
    let connection_id: ConnectionId = named(connections::ENTITY, connection)?;
    let request = KeyPairRequest::of(connection_id, app.ambient.now());
    let saml = app.saml.clone();
    let pair = web::block(move || saml.generate_key_pair(&request)).await;
    let pair: NewKeyPair = pair.map_err(Problem::internal)?.map_err(Problem::internal)?.into();
    Ok(AddSpKeyCommand { caller: api.caller, connection_id, place, pair })
}

fn key_refused(error: AddSpKeyError, id: &str) -> Problem {
    match error {
        AddSpKeyError::Unknown => Problem::entity_not_found(connections::ENTITY, id),
        AddSpKeyError::Connection(why) => not_saml(why),
        AddSpKeyError::Refused(SpKeyRefused::SigningKeyExists) => {
            Problem::conflict("sp_signing_cert_already_exists", "The connection has a signing certificate.")
        }
        AddSpKeyError::Refused(SpKeyRefused::TooManyEncryptionKeys) => Problem::conflict(
            "too_many_sp_encryption_certs",
            "The connection has the current and the next encryption certificate; delete one first.",
        ),
        AddSpKeyError::Refused(SpKeyRefused::NextSigningKeyExists) => Problem::conflict(
            "sp_next_signing_cert_already_exists",
            "The connection has its next signing certificate; activate or delete it first.",
        ),
        AddSpKeyError::Refused(SpKeyRefused::NoSigningKey) => Problem::conflict(
            "sp_signing_cert_missing",
            "The connection has no signing certificate that another could follow; make that one first.",
        ),
        AddSpKeyError::Refused(SpKeyRefused::NoSuchKey) => Problem::entity_not_found(ENTITY, id),
        AddSpKeyError::Store(error) => error.into(),
    }
}

/// Delete an encryption certificate
#[utoipa::path(delete, path = "/connections/{id}/saml_sp_encryption_certs/{cert}", tag = "Certificates",
    params(
        ("id" = String, Path, description = "The connection's id"),
        ("cert" = String, Path, description = "The certificate's id"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "No such connection or certificate"),
    ))]
pub(crate) async fn delete_encryption(
    app: Data<App>,
    api: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    delete_key(&app, api, path.into_inner(), SpKeyPlace::Encryption).await
}

/// Delete the signing certificate
#[utoipa::path(delete, path = "/connections/{id}/saml_sp_signing_cert/{cert}", tag = "Certificates",
    params(
        ("id" = String, Path, description = "The connection's id"),
        ("cert" = String, Path, description = "The certificate's id"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "No such connection or certificate"),
    ))]
pub(crate) async fn delete_signing(
    app: Data<App>,
    api: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    delete_key(&app, api, path.into_inner(), SpKeyPlace::Signing).await
}

/// Get our next signing certificate
///
/// Our metadata shows it beside the present one; nothing is signed with it before it is activated.
#[utoipa::path(get, path = "/connections/{id}/saml_sp_next_signing_cert", tag = "Certificates",
    params(("id" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "The certificate", body = CertificateJson),
        (status = 404, description = "No such connection, or it has none"),
        (status = 422, description = "The connection does not speak SAML"),
    ))]
pub(crate) async fn get_next_signing(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let settings = settings(&app, &api, &path).await?;
    signing(settings.next_signing_key.as_ref(), "The connection has no next signing certificate.")
}

/// Make our next signing certificate
///
/// A new key pair. The provider can be given its certificate, or find it in our metadata, before
/// requests are signed with it. Ninety days before the present one ends it is made by itself.
#[utoipa::path(post, path = "/connections/{id}/saml_sp_next_signing_cert", tag = "Certificates",
    params(("id" = String, Path, description = "The connection's id")),
    responses(
        (status = 201, description = "The certificate", body = CertificateJson),
        (status = 404, description = "No such connection"),
        (status = 409, description = "It has one: `sp_next_signing_cert_already_exists`; or it signs no \
            requests: `sp_signing_cert_missing`"),
        (status = 422, description = "The connection does not speak SAML"),
    ))]
pub(crate) async fn add_next_signing(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    posted: Posted<Nothing>,
) -> Result<HttpResponse, Problem> {
    let command = new_key(&app, api, &path, SpKeyPlace::NextSigning).await?;
    let case = AddSpKey { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, signing_added, |error| key_refused(error, &path)).await
}

/// Sign with our next signing certificate
///
/// Requests are signed with it from now on; the one before is gone.
#[utoipa::path(post, path = "/connections/{id}/saml_sp_next_signing_cert/{cert}/activate",
    tag = "Certificates",
    params(
        ("id" = String, Path, description = "The connection's id"),
        ("cert" = String, Path, description = "The next certificate's id"),
    ),
    responses(
        (status = 200, description = "The certificate, which is the signing certificate now",
            body = CertificateJson),
        (status = 404, description = "No such connection, or that is not its next certificate"),
        (status = 422, description = "The connection does not speak SAML"),
    ))]
pub(crate) async fn activate_next_signing(
    app: Data<App>,
    api: ApiCaller,
    path: Path<(String, String)>,
    posted: Posted<Nothing>,
) -> Result<HttpResponse, Problem> {
    let (connection, certificate) = path.into_inner();
    let command = SwitchSigningKeyCommand {
        caller: api.caller,
        connection_id: named(connections::ENTITY, &connection)?,
        certificate_id: named(ENTITY, &certificate)?,
    };
    let case = SwitchSigningKey { ambient: app.ambient.clone() };
    let refused = |error| match error {
        SwitchSigningKeyError::Unknown => Problem::entity_not_found(connections::ENTITY, &connection),
        SwitchSigningKeyError::Connection(why) => not_saml(why),
        SwitchSigningKeyError::Refused(_) => Problem::entity_not_found(ENTITY, &certificate),
        SwitchSigningKeyError::Store(error) => error.into(),
    };
    posted.once.run(&app, case, command, signing_switched, refused).await
}

/// Delete our next signing certificate
#[utoipa::path(delete, path = "/connections/{id}/saml_sp_next_signing_cert/{cert}", tag = "Certificates",
    params(
        ("id" = String, Path, description = "The connection's id"),
        ("cert" = String, Path, description = "The certificate's id"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "No such connection or certificate"),
    ))]
pub(crate) async fn delete_next_signing(
    app: Data<App>,
    api: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    delete_key(&app, api, path.into_inner(), SpKeyPlace::NextSigning).await
}

async fn delete_key(
    app: &App,
    api: ApiCaller,
    (connection, certificate): (String, String),
    place: SpKeyPlace,
) -> Result<HttpResponse, Problem> {
    let command = RemoveSpKeyCommand {
        caller: api.caller,
        connection_id: named(connections::ENTITY, &connection)?,
        place,
        certificate_id: named(ENTITY, &certificate)?,
    };
    let case = RemoveSpKey { ambient: app.ambient.clone() };
    app.run(case, command).await.map_err(|error| match error {
        RemoveSpKeyError::Unknown => Problem::entity_not_found(connections::ENTITY, &connection),
        RemoveSpKeyError::Connection(why) => not_saml(why),
        RemoveSpKeyError::Refused(_) => Problem::entity_not_found(ENTITY, &certificate),
        RemoveSpKeyError::Store(error) => error.into(),
    })?;
    Ok(HttpResponse::NoContent().finish())
}
