//! Connections.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use vestibule_application::ambient::Ambient;
use vestibule_application::change::Change;
use vestibule_application::ports::store::{ConnectionFilter, ConnectionView};
use vestibule_application::replay::Answer;
use vestibule_application::usecases::create_connection::{
    CreateConnection, CreateConnectionCommand, CreateConnectionError, CreatedConnection,
};
use vestibule_application::usecases::delete_connection::{
    DeleteConnection, DeleteConnectionCommand, DeleteConnectionError,
};
use vestibule_application::usecases::update_connection::{
    UpdateConnection, UpdateConnectionCommand, UpdateConnectionError,
};
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::connection::ConnectionRefused;
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::oidc::OidcClientRefused;
use vestibule_domain::organization::ExternalId;
use vestibule_domain::saml::SpKeyRefused;
use vestibule_domain::text::Name;
use vestibule_wire::connection::ConnectionJson;

use super::connection_attributes::AttributeMapsBody;
use super::connection_options::{self, refusal};
use super::oidc_options::OidcOptionsBody;
use super::organizations;
use super::saml_options::SamlOptionsBody;
use crate::app::App;
use crate::transport::{
    ApiCaller, Body, Fields, List, Listing, METADATA_BODY_BYTES_MAX, Methods, PageParams, Params, Posted,
    Problem, Routes, answer, named, nullable,
};

/// The word for people.
pub(super) const ENTITY: &str = "Connection";

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/connections", Methods::new().get(list).post(create));
    routes.api("/connections/{id}", Methods::new().get(get).patch(update).delete(delete));
}

/// A connection to be made.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct CreateConnectionBody {
    /// The organization's id.
    #[schema(required = true)]
    organization_id: Option<String>,
    /// A name for people; the organization's by default.
    name: Option<String>,
    /// The vendor's own id. A connection of the organization that has it already is answered with.
    external_id: Option<String>,
    /// The type, such as `OktaSAML`; `GenericSAML` or `GenericOIDC` by the options otherwise.
    /// `TestIdp` is the test identity provider of a sandbox: without options by SAML, with empty
    /// `oidc_options` by OpenID Connect.
    connection_type: Option<String>,
    /// Which attributes of the provider become which fields of a profile.
    attribute_maps: Option<AttributeMapsBody>,
    /// What SAML needs; not together with `oidc_options`.
    saml_options: Option<SamlOptionsBody>,
    /// What OpenID Connect needs; not together with `saml_options`.
    oidc_options: Option<OidcOptionsBody>,
}

/// A change to a connection. What is absent stays as it is, null takes back to the default.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct UpdateConnectionBody {
    /// A name for people; null: the organization's.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    name: Change<String>,
    /// The vendor's own id; null removes it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    external_id: Change<String>,
    /// The type, which does not change: another one than the connection has is refused.
    connection_type: Option<String>,
    /// Which attributes of the provider become which fields of a profile.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<AttributeMapsBody>)]
    attribute_maps: Change<AttributeMapsBody>,
    /// What SAML needs.
    saml_options: Option<SamlOptionsBody>,
    /// What OpenID Connect needs.
    oidc_options: Option<OidcOptionsBody>,
}

/// List connections
#[utoipa::path(get, path = "/connections", tag = "Connections",
    params(
        PageParams,
        ("connection_type" = Option<String>, Query, description = "Of this type"),
        ("domain" = Option<String>, Query, description = "Of an organization with this domain"),
        ("organization_id" = Option<String>, Query, description = "Of this organization"),
        ("search" = Option<String>, Query, description = "Whose name begins with this"),
    ),
    responses(
        (status = 200, description = "A page", body = List<ConnectionJson>),
        (status = 422, description = "A parameter is wrong"),
    ))]
pub(crate) async fn list(app: Data<App>, api: ApiCaller, params: Params) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::new();
    let listing: Listing<ConnectionId> = params.listing(&mut fields);
    let connection_type = fields.optional("connection_type", params.one("connection_type"), parse_type);
    let organization_id = params.parsed(&mut fields, "organization_id");
    fields.finish()?;
    let domain = params.one("domain").map(DomainName::parse);
    if let Some(Err(_)) = domain {
        // A domain that no organization can have matches none: apps look up whoever signs in.
        return Ok(HttpResponse::Ok().json(List::<ConnectionJson>::whole(Vec::new())));
    }
    let filter = ConnectionFilter {
        connection_type,
        domain: domain.and_then(Result::ok),
        organization_id,
        search: params.one("search").map(str::to_owned),
    };
    let page = app.store.queries().connections(api.environment_id(), &filter, listing.page).await?;
    let id = |view: &ConnectionView| view.connection.id.to_string();
    Ok(HttpResponse::Ok().json(List::of(&listing, page, id, |view| present(&view))))
}

/// Get a connection
#[utoipa::path(get, path = "/connections/{id}", tag = "Connections",
    params(("id" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "The connection", body = ConnectionJson),
        (status = 404, description = "No such connection"),
    ))]
pub(crate) async fn get(app: Data<App>, api: ApiCaller, path: Path<String>) -> Result<HttpResponse, Problem> {
    let view = find(&app, &api, &path).await?;
    Ok(HttpResponse::Ok().json(present(&view)))
}

/// Create a connection
///
/// With everything it needs, so that it is live at once (or as soon as a domain is verified, where
/// the environment demands that). A metadata address and a discovery endpoint are read right away.
#[utoipa::path(post, path = "/connections", tag = "Connections", request_body = CreateConnectionBody,
    responses(
        (status = 201, description = "The connection", body = ConnectionJson),
        (status = 200, description = "The connection that has the external id", body = ConnectionJson),
        (status = 404, description = "No such organization"),
        (status = 409, description = "The organization has a connection: `organization_already_has_connection`"),
        (status = 422, description = "A field is missing or wrong, or the provider cannot be read"),
    ))]
pub(crate) async fn create(
    app: Data<App>,
    api: ApiCaller,
    posted: Posted<CreateConnectionBody, METADATA_BODY_BYTES_MAX>,
) -> Result<HttpResponse, Problem> {
    let Posted { body, once } = posted;
    let organization = body.organization_id.clone().unwrap_or_default();
    let command = body.into_command(&app, &api).await?;
    let case = CreateConnection { ambient: app.ambient.clone() };
    once.run(&app, case, command, created, |error| creation_refused(error, &organization)).await
}

/// Update a connection
///
/// What is absent stays as it is; null takes a field back to its default. The type does not change.
#[utoipa::path(patch, path = "/connections/{id}", tag = "Connections",
    params(("id" = String, Path, description = "The connection's id")),
    request_body = UpdateConnectionBody,
    responses(
        (status = 200, description = "The connection", body = ConnectionJson),
        (status = 400, description = "The external id is taken: `external_id_already_used`"),
        (status = 404, description = "No such connection"),
        (status = 422, description = "A field is wrong, or the provider cannot be read"),
    ))]
pub(crate) async fn update(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    body: Body<UpdateConnectionBody, METADATA_BODY_BYTES_MAX>,
) -> Result<HttpResponse, Problem> {
    // Asked before anything is fetched: an unknown id is 404 whatever the body says.
    let connection_id = find(&app, &api, &path).await?.connection.id;
    let command = body.0.into_command(&app, &api, connection_id).await?;
    let case = UpdateConnection { ambient: app.ambient.clone() };
    let view = app.run(case, command).await.map_err(|error| update_refused(error, &path))?;
    Ok(HttpResponse::Ok().json(present(&view)))
}

/// Delete a connection
#[utoipa::path(delete, path = "/connections/{id}", tag = "Connections",
    params(("id" = String, Path, description = "The connection's id")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "No such connection"),
    ))]
pub(crate) async fn delete(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let command = DeleteConnectionCommand { connection_id: named(ENTITY, &path)?, caller: api.caller };
    let case = DeleteConnection { ambient: app.ambient.clone() };
    app.run(case, command).await.map_err(|error| match error {
        DeleteConnectionError::Unknown => Problem::entity_not_found(ENTITY, &path),
        DeleteConnectionError::Store(error) => error.into(),
    })?;
    Ok(HttpResponse::NoContent().finish())
}

/// Finds a connection of the caller's environment by the id in a path.
pub(super) async fn find(app: &App, api: &ApiCaller, raw: &str) -> Result<ConnectionView, Problem> {
    let found = app.store.queries().connection(api.environment_id(), named(ENTITY, raw)?).await?;
    found.ok_or_else(|| Problem::entity_not_found(ENTITY, raw))
}

fn present(view: &ConnectionView) -> ConnectionJson {
    ConnectionJson::new(&view.connection, &view.domains)
}

fn created(made: &CreatedConnection, _: &Ambient) -> Answer {
    match made {
        CreatedConnection::New(view) => answer(StatusCode::CREATED, &present(view)),
        CreatedConnection::Known(view) => answer(StatusCode::OK, &present(view)),
    }
}

impl CreateConnectionBody {
    async fn into_command(self, app: &App, api: &ApiCaller) -> Result<CreateConnectionCommand, Problem> {
        let mut fields = Fields::new();
        let organization = fields.required("organization_id", self.organization_id, Ok::<_, String>);
        let name = fields.optional("name", self.name, |raw| Name::parse(&raw));
        let external_id = fields.optional("external_id", self.external_id, |raw| ExternalId::parse(&raw));
        let maps = self.attribute_maps.unwrap_or_default().into_change();
        let attribute_map =
            fields.optional("attribute_maps", Some(maps), |maps| maps.apply(AttributeMap::default()));
        let Some(organization) = organization else { return Err(fields.into_problem()) };
        fields.finish()?;
        let organization_id = named(organizations::ENTITY, &organization)?;
        let given = read_type(self.connection_type)?;
        let (connection_type, options) =
            connection_options::new_options(app, given, self.saml_options, self.oidc_options).await?;
        Ok(CreateConnectionCommand {
            caller: api.caller.clone(),
            organization_id,
            connection_type,
            name,
            external_id,
            attribute_map: attribute_map.unwrap_or_default(),
            options,
        })
    }
}

impl UpdateConnectionBody {
    async fn into_command(
        self,
        app: &App,
        api: &ApiCaller,
        connection_id: ConnectionId,
    ) -> Result<UpdateConnectionCommand, Problem> {
        let mut fields = Fields::new();
        let name = self.name.try_map(|raw| Name::parse(&raw));
        let name = fields.optional("name", Some(name), |name| name);
        let external_id = self.external_id.try_map(|raw| ExternalId::parse(&raw));
        let external_id = fields.optional("external_id", Some(external_id), |id| id);
        fields.finish()?;
        let attribute_map = match self.attribute_maps {
            Change::Keep => AttributeMapsBody::default(),
            Change::Reset => AttributeMapsBody::all_null(),
            Change::Set(maps) => maps,
        };
        let connection_type = read_type(self.connection_type)?;
        let options = connection_options::changed_options(app, self.saml_options, self.oidc_options).await?;
        Ok(UpdateConnectionCommand {
            caller: api.caller.clone(),
            connection_id,
            connection_type,
            name: name.unwrap_or_default(),
            external_id: external_id.unwrap_or_default(),
            attribute_map: attribute_map.into_change(),
            options,
        })
    }
}

fn parse_type(raw: &str) -> Result<ConnectionType, &'static str> {
    ConnectionType::parse(raw).ok_or("must be a connection type such as OktaSAML or GenericOIDC")
}

fn read_type(raw: Option<String>) -> Result<Option<ConnectionType>, Problem> {
    let parsed = raw.map(|raw| parse_type(&raw)).transpose();
    parsed.map_err(|why| refusal("connection_type_not_supported", "connection_type", why))
}

fn creation_refused(error: CreateConnectionError, organization: &str) -> Problem {
    match error {
        CreateConnectionError::UnknownOrganization => {
            Problem::entity_not_found(organizations::ENTITY, organization)
        }
        CreateConnectionError::AlreadyConnected => Problem::conflict(
            "organization_already_has_connection",
            "The organization already has a connection; delete it first, or change it.",
        ),
        CreateConnectionError::ExternalIdInUse => external_id_in_use(),
        CreateConnectionError::Refused(why) => connection_refused(why),
        CreateConnectionError::Oidc(why) => registration_refused(why),
        CreateConnectionError::NoTestProvider(why) => {
            refusal("connection_type_not_supported", "connection_type", format_args!("is refused: {why}"))
        }
        CreateConnectionError::TestAddress(error) => Problem::internal(error),
        CreateConnectionError::Keys(why) => keys_refused(why),
        CreateConnectionError::Store(error) => error.into(),
    }
}

fn update_refused(error: UpdateConnectionError, id: &str) -> Problem {
    match error {
        UpdateConnectionError::Unknown => Problem::entity_not_found(ENTITY, id),
        UpdateConnectionError::TypeNotUpdatable => refusal(
            "connection_type_not_updatable",
            "connection_type",
            "cannot be changed; delete the connection and create another",
        ),
        UpdateConnectionError::ExternalIdInUse => external_id_in_use(),
        UpdateConnectionError::Refused(why) => connection_refused(why),
        UpdateConnectionError::IncompleteRegistration => refusal(
            "oidc_options_required",
            "oidc_options",
            "must have discovery_endpoint, client_id and client_secret: the connection has none yet",
        ),
        UpdateConnectionError::Oidc(why) => registration_refused(why),
        UpdateConnectionError::Keys(why) => keys_refused(why),
        UpdateConnectionError::AttributeMap(why) => {
            let mut fields = Fields::new();
            fields.wrong("attribute_maps", why);
            fields.into_problem()
        }
        UpdateConnectionError::Store(error) => error.into(),
    }
}

fn external_id_in_use() -> Problem {
    Problem::bad_request("Another connection has this external id.").with_code("external_id_already_used")
}

/// What a connection cannot be, in the contract's words (section 2.4).
pub(super) fn connection_refused(why: ConnectionRefused) -> Problem {
    match why {
        ConnectionRefused::Incomplete => refusal(
            "incomplete_saml_options",
            "saml_options",
            "must name the identity provider: idp_metadata_url, or idp_entity_id, idp_sso_url and idp_signing_certs",
        ),
        ConnectionRefused::WrongProtocol | ConnectionRefused::TypeMismatch => refusal(
            "connection_type_conflicts_with_options",
            "connection_type",
            "does not go with the options",
        ),
        ConnectionRefused::CertificateExists => {
            Problem::conflict("certificate_already_exists", "The connection already trusts this certificate.")
        }
        ConnectionRefused::TooManyCertificates => {
            refusal("too_many_idp_signing_certs", "idp_signing_certs", why)
        }
        ConnectionRefused::LastCertificate => Problem::conflict(
            "cannot_delete_last_certificate",
            "The last certificate of a connection cannot be deleted; add the next one first.",
        ),
        ConnectionRefused::NoSuchCertificate => {
            Problem::new(StatusCode::NOT_FOUND, "Certificate not found.").with_code("entity_not_found")
        }
    }
}

fn registration_refused(why: OidcClientRefused) -> Problem {
    let (code, member) = match why {
        OidcClientRefused::SecretRequired => ("client_secret_required", "client_secret"),
        OidcClientRefused::SecretNotAccepted => ("client_secret_not_accepted", "client_secret"),
        OidcClientRefused::PkceRequired => ("pkce_required", "pkce"),
        OidcClientRefused::KeyRequired => ("key_pair_not_accepted", "jwt_signing_key_pair"),
        OidcClientRefused::TokenAuthMethod => {
            ("token_authentication_method_not_supported", "token_authentication_method")
        }
        OidcClientRefused::IdTokenAlgorithm => {
            ("id_token_signature_algorithm_not_supported", "id_token_signature_algorithm")
        }
    };
    refusal(code, &format!("oidc_options.{member}"), format_args!("is refused: {why}"))
}

fn keys_refused(why: SpKeyRefused) -> Problem {
    let (code, member) = match why {
        SpKeyRefused::SigningKeyExists => ("sp_signing_cert_already_exists", "sp_signing_key_pair"),
        SpKeyRefused::TooManyEncryptionKeys => ("too_many_sp_encryption_certs", "sp_encryption_key_pairs"),
        SpKeyRefused::NextSigningKeyExists => ("sp_next_signing_cert_already_exists", "sp_signing_key_pair"),
        SpKeyRefused::NoSigningKey => ("sp_signing_cert_missing", "sp_signing_key_pair"),
        SpKeyRefused::NoSuchKey => ("entity_not_found", "sp_signing_key_pair"),
    };
    refusal(code, &format!("saml_options.{member}"), format_args!("is refused: {why}"))
}
