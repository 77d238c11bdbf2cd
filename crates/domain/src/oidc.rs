//! What an OpenID Connect connection knows about its provider.

use crate::key_pair::SpKeyPair;
use crate::readout::Readout;
use crate::secret::Sealed;
use crate::url::{HttpsUrl, Issuer};

/// How we prove who we are at the token endpoint.
///
/// Source: OpenID Connect Core 1.0, section 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAuthMethod {
    /// Secret in the `Authorization` header.
    ClientSecretBasic,
    /// Secret in the form.
    ClientSecretPost,
    /// An assertion signed with our key.
    PrivateKeyJwt,
    /// Not at all: a public client, whose codes are bound to us by PKCE alone.
    None,
}

impl TokenAuthMethod {
    /// All methods we speak, in order of preference.
    pub const ALL: [Self; 4] =
        [Self::ClientSecretBasic, Self::ClientSecretPost, Self::PrivateKeyJwt, Self::None];

    /// The registered name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }

    /// Reads a registered name.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == raw)
    }

    /// Whether the client secret is what proves who we are.
    pub fn takes_secret(self) -> bool {
        match self {
            Self::ClientSecretBasic | Self::ClientSecretPost => true,
            Self::PrivateKeyJwt | Self::None => false,
        }
    }
}

/// Signature algorithms of id tokens that we verify.
///
/// `HS*` is left out although the wire contract lists it: a provider that shares one secret for
/// authentication and for signatures lets anybody who learns it forge sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdTokenAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA P-256 with SHA-256.
    Es256,
    /// ECDSA P-384 with SHA-384.
    Es384,
    /// Edwards-curve signatures.
    EdDsa,
}

impl IdTokenAlgorithm {
    /// All algorithms we verify.
    pub const ALL: [Self; 9] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];

    /// The JOSE name. Source: RFC 7518 section 3.1, RFC 8037 section 3.1.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Reads a JOSE name.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == raw)
    }
}

/// What a discovery document says, read by the `oidc` adapter, or what an admin typed by hand.
///
/// Source: OpenID Connect Discovery 1.0, section 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcProvider {
    /// The issuer, compared exactly with `iss` of every id token.
    pub issuer: Issuer,
    /// Where people sign in.
    pub authorization_endpoint: HttpsUrl,
    /// Where codes are exchanged.
    pub token_endpoint: HttpsUrl,
    /// Where more claims are, if the provider has it.
    pub userinfo_endpoint: Option<HttpsUrl>,
    /// Where the provider's keys are.
    pub jwks_uri: HttpsUrl,
    /// Where sessions end, if the provider has it.
    pub end_session_endpoint: Option<HttpsUrl>,
    /// The methods among ours that the provider takes, in our order of preference; never empty.
    pub token_auth_methods: Vec<TokenAuthMethod>,
    /// The algorithms among ours that the provider signs with; never empty.
    pub id_token_algorithms: Vec<IdTokenAlgorithm>,
    /// Whether PKCE with S256 is announced.
    pub supports_pkce_s256: bool,
    /// Whether the provider says that it names itself when it sends people back; then an answer
    /// without a name is not its own. Source: RFC 9207, section 3.
    pub sends_iss: bool,
}

/// Everything an OpenID Connect connection keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OidcSettings {
    /// The provider and our registration there; absent while the connection is a draft.
    pub client: Option<OidcClient>,
    /// The pair that signs our assertions for `private_key_jwt`. It may be there before the client
    /// is: providers ask for its certificate when we are registered.
    pub signing_key: Option<SpKeyPair>,
    /// The pair with which the test identity provider signs for this connection, where that is its
    /// provider.
    pub test_key: Option<SpKeyPair>,
}

impl OidcSettings {
    /// The settings with a registration, checked against itself, its provider and our key.
    pub fn with_client(self, client: OidcClient) -> Result<Self, OidcClientRefused> {
        let settings = Self { client: Some(client.checked()?), ..self };
        if settings.lacks_key() { Err(OidcClientRefused::KeyRequired) } else { Ok(settings) }
    }

    /// Whether everything is there that a sign-in needs.
    pub fn is_complete(&self) -> bool {
        self.client.is_some() && !self.lacks_key()
    }

    fn lacks_key(&self) -> bool {
        let method = self.client.as_ref().map(|client| client.token_auth_method);
        method == Some(TokenAuthMethod::PrivateKeyJwt) && self.signing_key.is_none()
    }
}

/// Our registration at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcClient {
    /// The provider.
    pub provider: OidcProvider,
    /// Where discovery was read, if it was; it is read again there.
    pub discovery_url: Option<HttpsUrl>,
    /// Our client id there.
    pub client_id: String,
    /// Our client secret there, sealed under the connection's id; absent where none is
    /// taken.
    pub client_secret: Option<Sealed>,
    /// How we authenticate at the token endpoint.
    pub token_auth_method: TokenAuthMethod,
    /// The algorithm that id tokens must have, when it was fixed; otherwise any of the provider's.
    pub id_token_algorithm: Option<IdTokenAlgorithm>,
    /// Whether PKCE is used.
    pub pkce: bool,
    /// Whether claims are also fetched from userinfo.
    pub fetch_user_info: bool,
    /// A redirect URI other than ours, set through the API when a vendor migrates.
    pub redirect_uri: Option<HttpsUrl>,
}

/// Why a registration cannot work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OidcClientRefused {
    /// The method needs a secret.
    #[error("the client secret is required for this token endpoint authentication method")]
    SecretRequired,
    /// The method has no use for a secret.
    #[error("this token endpoint authentication method takes no client secret")]
    SecretNotAccepted,
    /// Without a secret and without PKCE, whoever gets hold of a code could use it.
    #[error("a client without a secret must use PKCE")]
    PkceRequired,
    /// The method needs a key pair.
    #[error("private_key_jwt needs a key pair")]
    KeyRequired,
    /// The provider does not take the method.
    #[error("the provider does not offer this token endpoint authentication method")]
    TokenAuthMethod,
    /// The provider does not sign with the algorithm.
    #[error("the provider does not offer this id token signature algorithm")]
    IdTokenAlgorithm,
}

impl OidcClient {
    /// What can change of it.
    pub fn readout(&self) -> Readout {
        self.registered()
            .with_some("id_token_algorithm", self.id_token_algorithm.map(IdTokenAlgorithm::as_str))
            .with("pkce", self.pkce)
            .with("fetch_user_info", self.fetch_user_info)
            .with_some("redirect_uri", self.redirect_uri.as_ref().map(HttpsUrl::as_str))
    }

    /// Where we are registered, and as what: the values that its console gives out.
    pub fn registered(&self) -> Readout {
        let readout = Readout::default()
            .with("issuer", self.provider.issuer.as_str())
            .with_some("discovery_url", self.discovery_url.as_ref().map(HttpsUrl::as_str))
            .with("client_id", &self.client_id);
        let readout = match &self.client_secret {
            Some(sealed) => readout.with_marked("client_secret", "set", sealed.as_bytes()),
            None => readout,
        };
        readout.with("client_authentication", self.token_auth_method.as_str())
    }

    /// Checks the parts of a registration against each other and against what the provider offers.
    pub fn checked(self) -> Result<Self, OidcClientRefused> {
        if !self.provider.token_auth_methods.contains(&self.token_auth_method) {
            return Err(OidcClientRefused::TokenAuthMethod);
        }
        if self.id_token_algorithm.is_some_and(|fixed| !self.provider.id_token_algorithms.contains(&fixed)) {
            return Err(OidcClientRefused::IdTokenAlgorithm);
        }
        if self.token_auth_method == TokenAuthMethod::None && !self.pkce {
            return Err(OidcClientRefused::PkceRequired);
        }
        match (self.token_auth_method.takes_secret(), &self.client_secret) {
            (false, Some(_)) => Err(OidcClientRefused::SecretNotAccepted),
            (true, None) => Err(OidcClientRefused::SecretRequired),
            (false, None) | (true, Some(_)) => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Instant;
    use crate::certificate::{Certificate, Fingerprint, KeyKind};
    use crate::id::{Id, SpCertificateId};
    use ulid::Ulid;

    fn pair() -> SpKeyPair {
        SpKeyPair {
            id: SpCertificateId::from_ulid(Ulid::from_parts(1, 1)),
            added_at: Instant::UNIX_EPOCH,
            certificate: Certificate {
                der: vec![],
                fingerprint: Fingerprint::of_der(&[]),
                subject: String::new(),
                issuer: String::new(),
                not_before: Instant::UNIX_EPOCH,
                not_after: Instant::UNIX_EPOCH,
                key: KeyKind::Rsa { bits: 2048 },
            },
            private_key: Sealed::from_bytes(vec![1]),
        }
    }

    fn client() -> OidcClient {
        let url = |path: &str| HttpsUrl::parse(&format!("https://idp.example/{path}")).unwrap();
        OidcClient {
            provider: OidcProvider {
                issuer: Issuer::parse("https://idp.example").unwrap(),
                authorization_endpoint: url("authorize"),
                token_endpoint: url("token"),
                userinfo_endpoint: None,
                jwks_uri: url("jwks"),
                end_session_endpoint: None,
                token_auth_methods: vec![TokenAuthMethod::ClientSecretPost, TokenAuthMethod::PrivateKeyJwt],
                id_token_algorithms: vec![IdTokenAlgorithm::Rs256],
                supports_pkce_s256: true,
                sends_iss: false,
            },
            discovery_url: None,
            client_id: "client".into(),
            client_secret: Some(Sealed::from_bytes(vec![1])),
            token_auth_method: TokenAuthMethod::ClientSecretPost,
            id_token_algorithm: None,
            pkce: true,
            fetch_user_info: false,
            redirect_uri: None,
        }
    }

    #[test]
    fn a_registration_fits_its_provider_and_itself() {
        use IdTokenAlgorithm::{Es256, Rs256};
        use TokenAuthMethod::{ClientSecretBasic, PrivateKeyJwt};
        assert!(client().checked().is_ok());
        for (changed, refused) in [
            (OidcClient { client_secret: None, ..client() }, Some(OidcClientRefused::SecretRequired)),
            (
                OidcClient { token_auth_method: PrivateKeyJwt, ..client() },
                Some(OidcClientRefused::SecretNotAccepted),
            ),
            (OidcClient { token_auth_method: PrivateKeyJwt, client_secret: None, ..client() }, None),
            (
                OidcClient { token_auth_method: ClientSecretBasic, ..client() },
                Some(OidcClientRefused::TokenAuthMethod),
            ),
            (
                OidcClient { id_token_algorithm: Some(Es256), ..client() },
                Some(OidcClientRefused::IdTokenAlgorithm),
            ),
            (OidcClient { id_token_algorithm: Some(Rs256), ..client() }, None),
        ] {
            assert_eq!(changed.checked().err(), refused);
        }
    }

    #[test]
    fn a_client_without_a_secret_uses_pkce() {
        let public = || {
            let mut client =
                OidcClient { client_secret: None, token_auth_method: TokenAuthMethod::None, ..client() };
            client.provider.token_auth_methods.push(TokenAuthMethod::None);
            client
        };
        assert!(OidcSettings::default().with_client(public()).unwrap().is_complete());
        let open = OidcClient { pkce: false, ..public() };
        assert_eq!(open.checked(), Err(OidcClientRefused::PkceRequired));
        let secret = OidcClient { client_secret: client().client_secret, ..public() };
        assert_eq!(secret.checked(), Err(OidcClientRefused::SecretNotAccepted));
    }

    #[test]
    fn private_key_jwt_needs_a_key_pair() {
        let signs = || OidcClient {
            token_auth_method: TokenAuthMethod::PrivateKeyJwt,
            client_secret: None,
            ..client()
        };
        assert_eq!(OidcSettings::default().with_client(signs()), Err(OidcClientRefused::KeyRequired));
        assert!(OidcSettings::default().with_client(client()).unwrap().is_complete());

        let keyed = OidcSettings { signing_key: Some(pair()), ..OidcSettings::default() };
        assert!(!keyed.is_complete());
        assert!(keyed.clone().with_client(signs()).unwrap().is_complete());
        assert!(!OidcSettings { client: Some(signs()), ..OidcSettings::default() }.is_complete());
        // A pair that is not needed does no harm.
        assert!(keyed.with_client(client()).unwrap().is_complete());
    }
}
