//! What OpenID Connect needs, in bodies of connections: checked, and discovery fetched and read.

use std::fmt::Display;

use serde::Deserialize;
use vestibule_application::change::Change;
use vestibule_application::ports::outbound::OutboundError;
use vestibule_application::usecases::create_connection::NewOidcOptions;
use vestibule_application::usecases::review_candidate::OidcRegistration;
use vestibule_application::usecases::update_connection::OidcChange;
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcProvider, TokenAuthMethod};
use vestibule_domain::secret::SecretText;
use vestibule_domain::url::HttpsUrl;

use super::connection_options::refusal;
use super::saml_options::{KeyPairBody, read_pair};
use crate::app::App;
use crate::assertion_keys::new_assertion_key;
use crate::discovery::{Undiscovered, credential, discover};
use crate::transport::{Fields, Problem, nullable};

/// What OpenID Connect needs.
#[derive(Deserialize, utoipa::ToSchema)]
pub(crate) struct OidcOptionsBody {
    /// The provider's discovery document, or its issuer; https. It is read at once.
    discovery_endpoint: Option<String>,
    /// Our client id there.
    client_id: Option<String>,
    /// Our client secret there; it is never shown again. One that is kept goes to no other issuer: it is
    /// required with another one.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    client_secret: Change<String>,
    /// A redirect URI other than ours, for a connection that moves here.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    redirect_uri: Change<String>,
    /// Whether PKCE is used; on by default.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<bool>)]
    pkce: Change<bool>,
    /// `client_secret_basic`, `client_secret_post`, `private_key_jwt`, or `none` for a public client,
    /// which has no secret and must use PKCE; by default what the provider offers.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    token_authentication_method: Change<String>,
    /// The pair that signs our assertions for `private_key_jwt`; one is made where it is needed
    /// and none is given, and another one for null. The private key is never shown.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<KeyPairBody>)]
    jwt_signing_key_pair: Change<KeyPairBody>,
    /// A fixed algorithm of id tokens: `RS…`, `PS…`, `ES256`, `ES384` or `EdDSA`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    id_token_signature_algorithm: Change<String>,
    /// Whether claims are also fetched from userinfo; by default if the provider has it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<bool>)]
    fetch_user_info: Change<bool>,
}

impl std::fmt::Debug for OidcOptionsBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OidcOptionsBody({:?}, …)", self.discovery_endpoint)
    }
}

impl OidcOptionsBody {
    /// Whether nothing is said.
    pub(super) fn is_empty(&self) -> bool {
        matches!(
            self,
            Self {
                discovery_endpoint: None,
                client_id: None,
                client_secret: Change::Keep,
                redirect_uri: Change::Keep,
                pkce: Change::Keep,
                token_authentication_method: Change::Keep,
                jwt_signing_key_pair: Change::Keep,
                id_token_signature_algorithm: Change::Keep,
                fetch_user_info: Change::Keep,
            }
        )
    }

    pub(super) async fn into_new(self, app: &App) -> Result<NewOidcOptions, Problem> {
        let mut fields = Fields::new();
        if self.discovery_endpoint.is_none() {
            fields.missing("oidc_options.discovery_endpoint");
        }
        if self.client_id.is_none() {
            fields.missing("oidc_options.client_id");
        }
        fields.finish()?;
        let change = self.into_change(app).await?;
        let (Some((provider, url)), Some(client_id)) = (change.provider, change.client_id) else {
            return Err(Problem::internal("the fields that were there are gone"));
        };
        let registration = OidcRegistration {
            provider,
            discovery_url: Some(url),
            client_id,
            client_secret: change.client_secret.of(None),
            token_auth_method: change.token_auth_method.of(None),
            id_token_algorithm: change.id_token_algorithm.of(None),
            pkce: change.pkce.of(None),
            fetch_user_info: change.fetch_user_info.of(None),
            redirect_uri: change.redirect_uri.of(None),
        };
        let signing_key = change.signing_key.of(None).or(change.fresh_key);
        Ok(NewOidcOptions { registration, signing_key })
    }

    pub(super) async fn into_change(self, app: &App) -> Result<OidcChange, Problem> {
        let client_secret = self.client_secret;
        let signing_key = self
            .jwt_signing_key_pair
            .try_map(|pair| read_pair(app, "oidc_options.jwt_signing_key_pair", pair))?;
        let token_auth_method = self.token_authentication_method.try_map(|raw| parse_method(&raw))?;
        let id_token_algorithm = self.id_token_signature_algorithm.try_map(|raw| parse_algorithm(&raw))?;

        let mut fields = Fields::new();
        let at = |member: &str| format!("oidc_options.{member}");
        let client_id = fields.optional(&at("client_id"), self.client_id, credential);
        let client_secret = client_secret.try_map(credential);
        let client_secret = fields.optional(&at("client_secret"), Some(client_secret), |secret| secret);
        let redirect_uri = self.redirect_uri.try_map(|raw| HttpsUrl::parse(&raw));
        let redirect_uri = fields.optional(&at("redirect_uri"), Some(redirect_uri), |uri| uri);
        fields.finish()?;

        let provider = match self.discovery_endpoint {
            Some(raw) => Some(fetch_discovery(app, &raw).await?),
            None => None,
        };
        let offered = provider.as_ref().and_then(|(provider, _)| provider.token_auth_methods.first());
        let method = token_auth_method.of(offered.copied());
        let needs_key = match signing_key {
            Change::Set(_) => false,
            // Null makes another one, where one is used.
            Change::Reset => true,
            Change::Keep => method == Some(TokenAuthMethod::PrivateKeyJwt),
        };
        let fresh_key =
            if needs_key { Some(new_assertion_key(app).await.map_err(Problem::internal)?) } else { None };
        Ok(OidcChange {
            provider,
            client_id,
            client_secret: client_secret.unwrap_or_default().map(SecretText::new),
            token_auth_method,
            signing_key,
            fresh_key,
            id_token_algorithm,
            pkce: self.pkce,
            fetch_user_info: self.fetch_user_info,
            redirect_uri: redirect_uri.unwrap_or_default(),
        })
    }
}

fn parse_method(raw: &str) -> Result<TokenAuthMethod, Problem> {
    TokenAuthMethod::parse(raw).ok_or_else(|| {
        let words = TokenAuthMethod::ALL.map(TokenAuthMethod::as_str).join(", ");
        refusal(
            "token_authentication_method_not_supported",
            "oidc_options.token_authentication_method",
            format_args!("must be one of {words}"),
        )
    })
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
    discover(app, raw).await.map_err(|undiscovered| match undiscovered {
        Undiscovered::Address(error) => wrong(&error),
        // Plain http passes only where the operator's allow-list has it.
        Undiscovered::Fetch(OutboundError::Scheme { .. }) => {
            refusal("discovery_endpoint_must_use_https", FIELD, "must use https")
        }
        Undiscovered::Fetch(error) => failed(&error),
        Undiscovered::Document(error) => failed(&error),
    })
}
