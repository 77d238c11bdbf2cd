//! What a connection's protocol needs, in bodies: checked, and what they point to fetched and
//! read, all before any unit of work begins.

use std::fmt::Display;

use actix_web::http::StatusCode;
use actix_web::web;
use serde::Deserialize;
use vestibule_application::change::Change;
use vestibule_application::ports::oidc::{DISCOVERY_BYTES_MAX, DiscoveryError};
use vestibule_application::ports::outbound::{FetchLimits, OutboundError};
use vestibule_application::ports::saml::{METADATA_BYTES_MAX, MetadataRead};
use vestibule_application::usecases::add_sp_key::NewKeyPair;
use vestibule_application::usecases::create_connection::{NewOptions, NewSamlOptions};
use vestibule_application::usecases::review_candidate::OidcRegistration;
use vestibule_application::usecases::update_connection::{
    IdpChange, IdpFields, MetadataLink, OidcChange, OptionsChange, SamlChange,
};
use vestibule_domain::certificate::Certificate;
use vestibule_domain::connection_type::{ConnectionType, Protocol};
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcProvider, TokenAuthMethod};
use vestibule_domain::saml::{ENCRYPTION_KEYS_MAX, IDP_CERTIFICATES_MAX, IdentityProvider};
use vestibule_domain::secret::SecretText;
use vestibule_domain::url::{EntityId, HttpsUrl, Issuer};

use super::connections::{change, connection_refused};
use crate::app::App;
use crate::transport::{FieldError, Fields, Problem, double_option};

/// How far a metadata address is followed.
const METADATA_FETCH: FetchLimits =
    FetchLimits { body_bytes_max: METADATA_BYTES_MAX, timeout_ms: 10_000, redirects_max: 3 };
/// How far a discovery endpoint is followed.
const DISCOVERY_FETCH: FetchLimits =
    FetchLimits { body_bytes_max: DISCOVERY_BYTES_MAX, timeout_ms: 10_000, redirects_max: 3 };
/// Longest client id and secret, in bytes. The longest seen have under 200.
const CREDENTIAL_BYTES_MAX: usize = 1_024;

/// What SAML needs. Either `idp_metadata_url`, or `idp_entity_id`, `idp_sso_url` and
/// `idp_signing_certs`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct SamlOptionsBody {
    /// Where the provider's metadata is; it is read at once.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    idp_metadata_url: Option<Option<String>>,
    /// The provider's entity id.
    idp_entity_id: Option<String>,
    /// Where sign-ins start at the provider.
    idp_sso_url: Option<String>,
    /// The certificates that the provider signs with, as PEM, at most 10.
    idp_signing_certs: Option<Vec<CertificateBody>>,
    /// An assertion consumer address other than ours, for a connection that moves here.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    acs_url: Option<Option<String>>,
    /// An entity id other than ours, for a connection that moves here.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    sp_entity_id: Option<Option<String>>,
    /// The pair that signs our requests.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<KeyPairBody>)]
    sp_signing_key_pair: Option<Option<KeyPairBody>>,
    /// The pairs that responses may be encrypted to, at most 2.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<Vec<KeyPairBody>>)]
    sp_encryption_key_pairs: Option<Option<Vec<KeyPairBody>>>,
}

/// A certificate as PEM: as text, or as the `value` of an object.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub(crate) enum CertificateBody {
    /// As text.
    Text(String),
    /// As in the certificate routes.
    Object {
        /// PEM.
        value: String,
    },
}

/// A private key with its certificate, both as PEM.
#[derive(Deserialize, utoipa::ToSchema)]
pub(crate) struct KeyPairBody {
    /// The private key: RSA, PKCS#8 or PKCS#1, not encrypted.
    key: String,
    /// The certificate.
    cert: String,
}

impl std::fmt::Debug for KeyPairBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyPairBody(…)")
    }
}

/// What OpenID Connect needs.
#[derive(Deserialize, utoipa::ToSchema)]
pub(crate) struct OidcOptionsBody {
    /// The provider's discovery document, or its issuer; https. It is read at once.
    discovery_endpoint: Option<String>,
    /// Our client id there.
    client_id: Option<String>,
    /// Our client secret there; it is never shown again.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    client_secret: Option<Option<String>>,
    /// A redirect URI other than ours, for a connection that moves here.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    redirect_uri: Option<Option<String>>,
    /// Whether PKCE is used; on by default.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<bool>)]
    pkce: Option<Option<bool>>,
    /// `client_secret_basic` or `client_secret_post`; by default what the provider offers.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    token_authentication_method: Option<Option<String>>,
    /// Not taken: this deployment has no `private_key_jwt` yet.
    jwt_signing_key_pair: Option<KeyPairBody>,
    /// A fixed algorithm of id tokens: `RS…`, `PS…`, `ES256`, `ES384` or `EdDSA`.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    id_token_signature_algorithm: Option<Option<String>>,
    /// Whether claims are also fetched from userinfo; by default if the provider has it.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<bool>)]
    fetch_user_info: Option<Option<bool>>,
}

impl std::fmt::Debug for OidcOptionsBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OidcOptionsBody({:?}, …)", self.discovery_endpoint)
    }
}

/// A 422 with one of the contract's codes (section 2.4), the field at fault and a message that
/// completes a sentence with it.
pub(super) fn refusal(code: &'static str, field: &str, message: impl Display) -> Problem {
    let error = FieldError { code: code.into(), field: field.to_owned(), message: message.to_string() };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("The request is not valid: {error}."))
        .with_code(code)
        .with_errors(vec![error])
}

/// The type and options of a new connection.
pub(super) async fn new_options(
    app: &App,
    given: Option<ConnectionType>,
    saml: Option<SamlOptionsBody>,
    oidc: Option<OidcOptionsBody>,
) -> Result<(ConnectionType, NewOptions), Problem> {
    let protocol = match given {
        None => None,
        Some(given) => Some(given.protocol().ok_or_else(|| {
            let why = "must be a SAML or OpenID Connect type; others belong to no organization";
            refusal("connection_type_not_supported", "connection_type", why)
        })?),
    };
    let conflict = || {
        let why = "does not go with the options";
        refusal("connection_type_conflicts_with_options", "connection_type", why)
    };
    match (saml, oidc, protocol) {
        (Some(_), Some(_), _) => Err(both_given()),
        (Some(_), None, Some(Protocol::Oidc)) | (None, Some(_), Some(Protocol::Saml)) => Err(conflict()),
        (Some(saml), None, None | Some(Protocol::Saml)) => {
            let options = saml.into_new(app).await?;
            Ok((given.unwrap_or(ConnectionType::GenericSaml), NewOptions::Saml(Box::new(options))))
        }
        (None, Some(oidc), None | Some(Protocol::Oidc)) => {
            let registration = oidc.into_registration(app).await?;
            Ok((given.unwrap_or(ConnectionType::GenericOidc), NewOptions::Oidc(Box::new(registration))))
        }
        (None, None, None) => Err(refusal(
            "connection_type_or_options_required",
            "connection_type",
            "is required, or saml_options or oidc_options",
        )),
        (None, None, Some(Protocol::Saml)) => {
            Err(refusal("saml_options_required", "saml_options", "is required for this connection type"))
        }
        (None, None, Some(Protocol::Oidc)) => {
            Err(refusal("oidc_options_required", "oidc_options", "is required for this connection type"))
        }
    }
}

/// The options of a connection that change.
pub(super) async fn changed_options(
    app: &App,
    saml: Option<SamlOptionsBody>,
    oidc: Option<OidcOptionsBody>,
) -> Result<Option<OptionsChange>, Problem> {
    match (saml, oidc) {
        (Some(_), Some(_)) => Err(both_given()),
        (Some(saml), None) => Ok(Some(OptionsChange::Saml(Box::new(saml.into_change(app).await?)))),
        (None, Some(oidc)) => Ok(Some(OptionsChange::Oidc(Box::new(oidc.into_change(app).await?)))),
        (None, None) => Ok(None),
    }
}

fn both_given() -> Problem {
    refusal("both_saml_and_oidc_options_provided", "saml_options", "cannot be combined with oidc_options")
}

impl SamlOptionsBody {
    async fn into_new(self, app: &App) -> Result<NewSamlOptions, Problem> {
        let change = self.into_change(app).await?;
        let (idp, metadata_url) = match change.idp {
            IdpChange::Metadata { idp, url } => (idp, Some(url)),
            IdpChange::Fields(IdpFields {
                entity_id: Some(entity_id),
                sso_url: Some(sso_url),
                signing_certificates: Some(certificates),
                metadata: _,
            }) => {
                let idp = IdentityProvider::by_hand(entity_id, sso_url, certificates);
                (idp.map_err(connection_refused)?, None)
            }
            IdpChange::Fields(_) => {
                return Err(connection_refused(
                    vestibule_domain::connection::ConnectionRefused::Incomplete,
                ));
            }
        };
        Ok(NewSamlOptions {
            idp,
            metadata_url,
            acs_url: change.acs_url.of(None),
            sp_entity_id: change.sp_entity_id.of(None),
            signing_key: change.signing_key.of(None),
            encryption_keys: change.encryption_keys.of(None).unwrap_or_default(),
        })
    }

    async fn into_change(self, app: &App) -> Result<SamlChange, Problem> {
        let by_hand =
            self.idp_entity_id.is_some() || self.idp_sso_url.is_some() || self.idp_signing_certs.is_some();
        let metadata_url = change(self.idp_metadata_url);
        if by_hand && matches!(metadata_url, Change::Set(_)) {
            let why = "cannot be combined with idp_entity_id, idp_sso_url or idp_signing_certs";
            return Err(refusal("ambiguous_saml_options", "saml_options.idp_metadata_url", why));
        }
        let certificates =
            self.idp_signing_certs.map(|given| read_certificates(app, given)).transpose()?;
        let sso_url = self.idp_sso_url.map(|raw| HttpsUrl::parse(&raw)).transpose();
        let sso_url =
            sso_url.map_err(|error| refusal("invalid_idp_sso_url", "saml_options.idp_sso_url", error))?;
        let signing_key = change(self.sp_signing_key_pair)
            .try_map(|pair| read_pair(app, "saml_options.sp_signing_key_pair", pair))?;
        let encryption_keys = change(self.sp_encryption_key_pairs).try_map(|pairs| read_pairs(app, pairs))?;

        let mut fields = Fields::new();
        let at = |member: &str| format!("saml_options.{member}");
        let acs_url = change(self.acs_url).try_map(|raw| HttpsUrl::parse(&raw));
        let acs_url = fields.optional(&at("acs_url"), Some(acs_url), |url| url);
        let sp_entity_id = change(self.sp_entity_id).try_map(|raw| EntityId::parse(&raw));
        let sp_entity_id = fields.optional(&at("sp_entity_id"), Some(sp_entity_id), |id| id);
        let entity_id =
            fields.optional(&at("idp_entity_id"), self.idp_entity_id, |raw| EntityId::parse(&raw));
        let metadata_url = metadata_url.try_map(|raw| HttpsUrl::parse_allowing_http(&raw));
        let metadata_url = fields.optional(&at("idp_metadata_url"), Some(metadata_url), |url| url);
        fields.finish()?;

        let manual = |metadata| {
            IdpChange::Fields(IdpFields { entity_id, sso_url, signing_certificates: certificates, metadata })
        };
        let idp = match metadata_url.unwrap_or_default() {
            Change::Set(url) => IdpChange::Metadata { idp: fetch_metadata(app, &url).await?, url },
            Change::Keep => manual(MetadataLink::Keep),
            Change::Reset => manual(MetadataLink::Forget),
        };
        Ok(SamlChange {
            idp,
            acs_url: acs_url.unwrap_or_default(),
            sp_entity_id: sp_entity_id.unwrap_or_default(),
            signing_key,
            encryption_keys,
        })
    }
}

fn read_certificates(app: &App, given: Vec<CertificateBody>) -> Result<Vec<Certificate>, Problem> {
    const FIELD: &str = "saml_options.idp_signing_certs";
    if given.len() > IDP_CERTIFICATES_MAX {
        let why = format_args!("must have at most {IDP_CERTIFICATES_MAX} certificates");
        return Err(refusal("too_many_idp_signing_certs", FIELD, why));
    }
    let read = |(index, body): (usize, CertificateBody)| {
        let (CertificateBody::Text(pem) | CertificateBody::Object { value: pem }) = body;
        read_certificate(app, &format!("{FIELD}[{index}]"), &pem)
    };
    given.into_iter().enumerate().map(read).collect()
}

/// Reads a certificate as people paste it.
pub(super) fn read_certificate(app: &App, field: &str, pem: &str) -> Result<Certificate, Problem> {
    app.saml
        .read_certificate(pem.as_bytes())
        .map_err(|error| refusal("invalid_certificate", field, error))
}

fn read_pairs(app: &App, pairs: Vec<KeyPairBody>) -> Result<Vec<NewKeyPair>, Problem> {
    const FIELD: &str = "saml_options.sp_encryption_key_pairs";
    if pairs.len() > ENCRYPTION_KEYS_MAX {
        let why = format_args!("must have at most {ENCRYPTION_KEYS_MAX} pairs");
        return Err(refusal("too_many_sp_encryption_certs", FIELD, why));
    }
    let read = |(index, pair)| read_pair(app, &format!("{FIELD}[{index}]"), pair);
    pairs.into_iter().enumerate().map(read).collect()
}

fn read_pair(app: &App, field: &str, pair: KeyPairBody) -> Result<NewKeyPair, Problem> {
    let certificate = read_certificate(app, &format!("{field}.cert"), &pair.cert)?;
    let private_key = app
        .saml
        .read_private_key(&pair.key, &certificate)
        .map_err(|error| refusal("key_pair_not_accepted", &format!("{field}.key"), error))?;
    Ok(NewKeyPair { certificate, private_key })
}

async fn fetch_metadata(app: &App, url: &HttpsUrl) -> Result<IdentityProvider, Problem> {
    let failed = |why: &dyn Display| {
        let why = format_args!("cannot be used: {why}");
        refusal("idp_metadata_fetch_failed", "saml_options.idp_metadata_url", why)
    };
    let fetched = app.outbound.get(url.as_str(), METADATA_FETCH).await.map_err(|error| failed(&error))?;
    let saml = app.saml.clone();
    // A document of megabytes takes a while: other requests of this worker go on meanwhile.
    let read = web::block(move || saml.read_metadata(&fetched.body, None)).await;
    match read.map_err(Problem::internal)? {
        Ok(MetadataRead::One(idp)) => Ok(*idp),
        Ok(MetadataRead::Choose(_)) => Err(failed(&"the document names several identity providers")),
        Err(error) => Err(failed(&error)),
    }
}

impl OidcOptionsBody {
    async fn into_registration(self, app: &App) -> Result<OidcRegistration, Problem> {
        let mut fields = Fields::new();
        if self.discovery_endpoint.is_none() {
            fields.missing("oidc_options.discovery_endpoint");
        }
        if self.client_id.is_none() {
            fields.missing("oidc_options.client_id");
        }
        fields.finish()?;
        if !matches!(self.client_secret, Some(Some(_))) {
            return Err(secret_required());
        }
        let change = self.into_change(app).await?;
        let (Some((provider, url)), Some(client_id)) = (change.provider, change.client_id) else {
            return Err(Problem::internal("the fields that were there are gone"));
        };
        Ok(OidcRegistration {
            provider,
            discovery_url: Some(url),
            client_id,
            client_secret: change.client_secret.of(None),
            token_auth_method: change.token_auth_method.of(None),
            id_token_algorithm: change.id_token_algorithm.of(None),
            pkce: change.pkce.of(None),
            fetch_user_info: change.fetch_user_info.of(None),
            redirect_uri: change.redirect_uri.of(None),
        })
    }

    async fn into_change(self, app: &App) -> Result<OidcChange, Problem> {
        if self.jwt_signing_key_pair.is_some() {
            let why = "is not taken: this deployment has no private_key_jwt";
            return Err(refusal("key_pair_not_accepted", "oidc_options.jwt_signing_key_pair", why));
        }
        let client_secret = change(self.client_secret);
        if client_secret == Change::Reset {
            return Err(secret_required());
        }
        let token_auth_method = change(self.token_authentication_method).try_map(|raw| parse_method(&raw))?;
        let id_token_algorithm =
            change(self.id_token_signature_algorithm).try_map(|raw| parse_algorithm(&raw))?;

        let mut fields = Fields::new();
        let at = |member: &str| format!("oidc_options.{member}");
        let client_id = fields.optional(&at("client_id"), self.client_id, credential);
        let client_secret = client_secret.try_map(credential);
        let client_secret = fields.optional(&at("client_secret"), Some(client_secret), |secret| secret);
        let redirect_uri = change(self.redirect_uri).try_map(|raw| HttpsUrl::parse(&raw));
        let redirect_uri = fields.optional(&at("redirect_uri"), Some(redirect_uri), |uri| uri);
        fields.finish()?;

        let provider = match self.discovery_endpoint {
            Some(raw) => Some(fetch_discovery(app, &raw).await?),
            None => None,
        };
        Ok(OidcChange {
            provider,
            client_id,
            client_secret: client_secret.unwrap_or_default().map(SecretText::new),
            token_auth_method,
            id_token_algorithm,
            pkce: change(self.pkce),
            fetch_user_info: change(self.fetch_user_info),
            redirect_uri: redirect_uri.unwrap_or_default(),
        })
    }
}

fn secret_required() -> Problem {
    refusal("client_secret_required", "oidc_options.client_secret", "is required")
}

/// A client id or secret: one line without spaces.
fn credential(raw: String) -> Result<String, String> {
    if raw.is_empty() || raw.len() > CREDENTIAL_BYTES_MAX {
        return Err(format!("must be 1 to {CREDENTIAL_BYTES_MAX} bytes long"));
    }
    if raw.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("must not contain spaces or control characters".into());
    }
    Ok(raw)
}

fn parse_method(raw: &str) -> Result<TokenAuthMethod, Problem> {
    match TokenAuthMethod::parse(raw) {
        Some(method @ (TokenAuthMethod::ClientSecretBasic | TokenAuthMethod::ClientSecretPost)) => Ok(method),
        // Nothing here holds the key that would sign the assertion.
        Some(TokenAuthMethod::PrivateKeyJwt) | None => Err(refusal(
            "token_authentication_method_not_supported",
            "oidc_options.token_authentication_method",
            "must be client_secret_basic or client_secret_post",
        )),
    }
}

fn parse_algorithm(raw: &str) -> Result<IdTokenAlgorithm, Problem> {
    IdTokenAlgorithm::parse(raw).ok_or_else(|| {
        let words = IdTokenAlgorithm::ALL.map(IdTokenAlgorithm::as_str).join(", ");
        refusal(
            "id_token_signature_algorithm_not_supported",
            "oidc_options.id_token_signature_algorithm",
            format_args!("must be one of {words}"),
        )
    })
}

/// Reads discovery at the endpoint, which may be given as the document's address or as the issuer.
async fn fetch_discovery(app: &App, raw: &str) -> Result<(OidcProvider, HttpsUrl), Problem> {
    const FIELD: &str = "oidc_options.discovery_endpoint";
    let failed = |why: &dyn Display| {
        refusal("discovery_endpoint_fetch_failed", FIELD, format_args!("cannot be used: {why}"))
    };
    let wrong = |why: &dyn Display| {
        let mut fields = Fields::new();
        fields.wrong(FIELD, why);
        fields.into_problem()
    };
    let candidates = Issuer::candidates(raw).map_err(|error| wrong(&error))?;
    let Some((_, address)) = candidates.first().cloned() else { return Err(wrong(&"names no issuer")) };
    let url = HttpsUrl::parse_allowing_http(&address).map_err(|error| wrong(&error))?;
    let document = app.outbound.get(&address, DISCOVERY_FETCH).await.map_err(|error| match error {
        // Plain http passes only where the operator's allow-list has it.
        OutboundError::Scheme { .. } => {
            refusal("discovery_endpoint_must_use_https", FIELD, "must use https")
        }
        other => failed(&other),
    })?;
    let mut mismatch = None;
    // The readings of one address share their document; they differ in the issuer's last slash.
    for (issuer, _) in candidates.iter().filter(|(_, of)| *of == address) {
        match app.oidc.read_discovery(&document.body, Some(issuer)) {
            Ok(provider) => return Ok((provider, url)),
            Err(error @ DiscoveryError::IssuerMismatch { .. }) => {
                mismatch.get_or_insert(error);
            }
            Err(error) => return Err(failed(&error)),
        }
    }
    Err(mismatch.map_or_else(|| wrong(&"names no issuer"), |error| failed(&error)))
}
