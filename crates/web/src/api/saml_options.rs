//! What SAML needs, in bodies of connections: checked, and metadata fetched and read.

use std::fmt::Display;

use actix_web::web;
use serde::Deserialize;
use vestibule_application::change::Change;
use vestibule_application::ports::outbound::FetchLimits;
use vestibule_application::ports::saml::{METADATA_BYTES_MAX, MetadataRead};
use vestibule_application::usecases::add_sp_key::NewKeyPair;
use vestibule_application::usecases::create_connection::NewSamlOptions;
use vestibule_application::usecases::update_connection::{IdpChange, IdpFields, MetadataLink, SamlChange};
use vestibule_domain::certificate::Certificate;
use vestibule_domain::connection::ConnectionRefused;
use vestibule_domain::saml::{ENCRYPTION_KEYS_MAX, IDP_CERTIFICATES_MAX, IdentityProvider};
use vestibule_domain::url::{EntityId, HttpsUrl};

use super::connection_options::refusal;
use super::connections::connection_refused;
use crate::app::App;
use crate::transport::{Fields, Problem, nullable};

/// How far a metadata address is followed.
const METADATA_FETCH: FetchLimits =
    FetchLimits { body_bytes_max: METADATA_BYTES_MAX, timeout_ms: 10_000, redirects_max: 3 };

/// What SAML needs. Either `idp_metadata_url`, or `idp_entity_id`, `idp_sso_url` and
/// `idp_signing_certs`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct SamlOptionsBody {
    /// Where the provider's metadata is; it is read at once.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    idp_metadata_url: Change<String>,
    /// The provider's entity id.
    idp_entity_id: Option<String>,
    /// Where sign-ins start at the provider.
    idp_sso_url: Option<String>,
    /// The certificates that the provider signs with, as PEM, at most 10.
    idp_signing_certs: Option<Vec<CertificateBody>>,
    /// An assertion consumer address other than ours, for a connection that moves here.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    acs_url: Change<String>,
    /// An entity id other than ours, for a connection that moves here.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    sp_entity_id: Change<String>,
    /// The pair that signs our requests.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<KeyPairBody>)]
    sp_signing_key_pair: Change<KeyPairBody>,
    /// The pairs that responses may be encrypted to, at most 2.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Vec<KeyPairBody>>)]
    sp_encryption_key_pairs: Change<Vec<KeyPairBody>>,
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

impl SamlOptionsBody {
    pub(super) async fn into_new(self, app: &App) -> Result<NewSamlOptions, Problem> {
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
                return Err(connection_refused(ConnectionRefused::Incomplete));
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

    pub(super) async fn into_change(self, app: &App) -> Result<SamlChange, Problem> {
        let by_hand =
            self.idp_entity_id.is_some() || self.idp_sso_url.is_some() || self.idp_signing_certs.is_some();
        let metadata_url = self.idp_metadata_url;
        if by_hand && matches!(metadata_url, Change::Set(_)) {
            let why = "cannot be combined with idp_entity_id, idp_sso_url or idp_signing_certs";
            return Err(refusal("ambiguous_saml_options", "saml_options.idp_metadata_url", why));
        }
        let certificates = self.idp_signing_certs.map(|given| read_certificates(app, given)).transpose()?;
        let sso_url = self.idp_sso_url.map(|raw| HttpsUrl::parse(&raw)).transpose();
        let sso_url =
            sso_url.map_err(|error| refusal("invalid_idp_sso_url", "saml_options.idp_sso_url", error))?;
        let signing_key = self
            .sp_signing_key_pair
            .try_map(|pair| read_pair(app, "saml_options.sp_signing_key_pair", pair))?;
        let encryption_keys = self.sp_encryption_key_pairs.try_map(|pairs| read_pairs(app, pairs))?;

        let mut fields = Fields::new();
        let at = |member: &str| format!("saml_options.{member}");
        let acs_url = self.acs_url.try_map(|raw| HttpsUrl::parse(&raw));
        let acs_url = fields.optional(&at("acs_url"), Some(acs_url), |url| url);
        let sp_entity_id = self.sp_entity_id.try_map(|raw| EntityId::parse(&raw));
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
    app.saml.read_certificate(pem.as_bytes()).map_err(|error| refusal("invalid_certificate", field, error))
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

pub(super) fn read_pair(app: &App, field: &str, pair: KeyPairBody) -> Result<NewKeyPair, Problem> {
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
