//! What nearly every use case needs besides its unit of work.

use std::sync::Arc;

use vestibule_domain::Instant;
use vestibule_domain::id::Id;
use vestibule_domain::secret::{Sealed, TOKEN_BYTES};

use crate::addresses::Addresses;
use crate::ports::ambient::{Clock, Entropy, Vault, VaultError};

/// Time, chance, the vault and our own addresses.
#[derive(Clone)]
pub struct Ambient {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// Seals secrets.
    pub vault: Arc<dyn Vault>,
    /// Our own addresses.
    pub addresses: Addresses,
}

impl Ambient {
    /// Now.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// A new id.
    pub fn id<T: Id>(&self, now: Instant) -> T {
        self.entropy.id(now)
    }

    /// Random bytes for a token.
    pub fn token_bytes(&self) -> [u8; TOKEN_BYTES] {
        self.entropy.token_bytes()
    }

    /// Seals a secret of a row.
    pub fn seal(&self, secret: SecretOf, plaintext: &[u8]) -> Sealed {
        self.vault.seal(&secret.context(), plaintext)
    }

    /// Opens a secret of a row.
    pub fn open(&self, secret: SecretOf, sealed: &Sealed) -> Result<Vec<u8>, VaultError> {
        self.vault.open(&secret.context(), sealed)
    }
}

/// Which secret of which row: the context it is sealed under, so that a sealed value copied to
/// another row or column does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretOf {
    /// The signing secret of a webhook endpoint.
    WebhookEndpoint(vestibule_domain::id::WebhookEndpointId),
    /// The client secret of an OpenID Connect connection.
    OidcClient(vestibule_domain::id::ConnectionId),
    /// A private key of a connection.
    SpKey(vestibule_domain::id::SpCertificateId),
    /// The digits of a code.
    AddressCode(vestibule_domain::id::AddressCodeId),
    /// The address or the code in a message.
    Message(vestibule_domain::id::MessageId),
    /// What a member's app makes codes of.
    TotpSecret(vestibule_domain::id::MemberId),
    /// A secret that a member was offered for their app, by the visit. It is in no row.
    TotpOffer(vestibule_domain::id::MemberSessionId),
    /// What an OpenID Connect exchange needs later.
    SsoExchange(vestibule_domain::id::SsoSessionId),
    /// What a public provider gave for the app.
    ProviderTokens(vestibule_domain::id::SsoSessionId),
    /// A key that signs access tokens.
    SigningKey(vestibule_domain::id::SigningKeyId),
    /// What the address of a logout says. It is in no row.
    LogoutToken,
    /// A code of the test identity provider. It is in no row.
    TestCode(vestibule_domain::id::ConnectionId),
    /// A kept answer, by the API key and the client's idempotency key.
    Replay(vestibule_domain::id::ApiKeyId, String),
}

impl SecretOf {
    /// The context's text.
    pub fn context(&self) -> String {
        match self {
            Self::WebhookEndpoint(id) => format!("webhook_endpoint:{id}:secret"),
            Self::OidcClient(id) => format!("connection:{id}:oidc_client_secret"),
            Self::SpKey(id) => format!("sp_key:{id}:private_key"),
            Self::AddressCode(id) => format!("address_code:{id}:digits"),
            Self::Message(id) => format!("message:{id}:url"),
            Self::TotpSecret(id) => format!("member:{id}:totp_secret"),
            Self::TotpOffer(id) => format!("member_session:{id}:totp_offer"),
            Self::SsoExchange(id) => format!("sso_session:{id}:exchange"),
            Self::ProviderTokens(id) => format!("sso_session:{id}:provider_tokens"),
            Self::SigningKey(id) => format!("signing_key:{id}:private_key"),
            Self::LogoutToken => "logout_token".to_owned(),
            Self::TestCode(id) => format!("connection:{id}:test_code"),
            Self::Replay(id, key) => format!("replay:{id}:{key}"),
        }
    }
}
