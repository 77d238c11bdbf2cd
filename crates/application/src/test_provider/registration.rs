//! What a connection has to know of the test identity provider, and the provider of it: nobody
//! copies anything.

use time::Duration;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::connection::ConnectionRefused;
use vestibule_domain::connection_type::Protocol;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcProvider, TokenAuthMethod};
use vestibule_domain::saml::IdentityProvider;
use vestibule_domain::secret::SecretText;
use vestibule_domain::url::{EntityId, EntityIdError, HttpsUrl, Issuer, UrlError};

use crate::addresses::Addresses;
use crate::ambient::Ambient;
use crate::usecases::review_candidate::{OidcRegistration, ProviderData};

/// How long the certificate of the provider's key is good. Nobody looks after a sandbox: longer
/// than any lasts.
pub const TEST_CERTIFICATE_LIFE: Duration = Duration::days(20 * 365);

/// The provider's addresses for one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestPages {
    /// Where sign-ins start that nobody asked for.
    pub start: String,
    /// Where SAML requests go.
    pub saml: String,
    /// The SAML metadata, and its entity id.
    pub saml_metadata: String,
    /// The issuer of id tokens.
    pub issuer: String,
    /// Where OpenID Connect requests go.
    pub authorize: String,
    /// Where codes are exchanged.
    pub token: String,
    /// The key set.
    pub keys: String,
}

impl TestPages {
    /// For a connection.
    pub fn of(addresses: &Addresses, connection: ConnectionId) -> Self {
        let start = addresses.test_provider(connection);
        Self {
            saml: format!("{start}/saml"),
            saml_metadata: format!("{start}/saml/metadata"),
            issuer: format!("{start}/oidc"),
            authorize: format!("{start}/oidc/authorize"),
            token: format!("{start}/oidc/token"),
            keys: format!("{start}/oidc/keys"),
            start,
        }
    }
}

/// The deployment's own address cannot be a provider's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TestAddressRefused {
    /// As an address.
    #[error("the public URL {0}")]
    Url(#[from] UrlError),
    /// As an entity id.
    #[error("the public URL {0}")]
    EntityId(#[from] EntityIdError),
    /// As a provider.
    #[error(transparent)]
    Refused(#[from] ConnectionRefused),
}

/// What the portal would have read from the provider's documents.
pub(crate) fn registration(
    addresses: &Addresses,
    connection: ConnectionId,
    protocol: Protocol,
    certificate: &Certificate,
    client_secret: SecretText,
) -> Result<ProviderData, TestAddressRefused> {
    let pages = TestPages::of(addresses, connection);
    let url = |raw: &str| HttpsUrl::parse_allowing_http(raw);
    Ok(match protocol {
        Protocol::Saml => ProviderData::Saml {
            idp: IdentityProvider::by_hand(
                EntityId::parse(&pages.saml_metadata)?,
                url(&pages.saml)?,
                vec![certificate.clone()],
            )?,
            // It is not read again: it never changes by itself.
            metadata_url: None,
        },
        Protocol::Oidc => ProviderData::Oidc(OidcRegistration {
            provider: OidcProvider {
                issuer: Issuer::parse(&pages.issuer)?,
                authorization_endpoint: url(&pages.authorize)?,
                token_endpoint: url(&pages.token)?,
                userinfo_endpoint: None,
                jwks_uri: url(&pages.keys)?,
                end_session_endpoint: None,
                token_auth_methods: vec![
                    TokenAuthMethod::ClientSecretBasic,
                    TokenAuthMethod::ClientSecretPost,
                ],
                id_token_algorithms: vec![IdTokenAlgorithm::Rs256],
                supports_pkce_s256: true,
                sends_iss: true,
            },
            discovery_url: None,
            client_id: connection.to_string(),
            client_secret: Some(client_secret),
            token_auth_method: None,
            id_token_algorithm: None,
            pkce: None,
            fetch_user_info: None,
            redirect_uri: None,
        }),
    })
}

/// A new client secret.
pub(crate) fn client_secret(ambient: &Ambient) -> SecretText {
    let mut bytes = [0; 16];
    ambient.entropy.fill(&mut bytes);
    SecretText::new(format!("{:032x}", u128::from_be_bytes(bytes)))
}
