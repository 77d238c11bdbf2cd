//! Signing in by OpenID Connect: the request that a person is sent with, and the judgement of what
//! comes back.

use std::fmt;

use async_trait::async_trait;
use time::Duration;
use vestibule_domain::Instant;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::oidc::OidcClient;
use vestibule_domain::secret::TOKEN_BYTES;
use vestibule_domain::social::ProviderTokens;
use vestibule_domain::sso::asserted::Asserted;
use vestibule_domain::sso::check::Check;
use vestibule_domain::sso::failure::Failure;
use vestibule_domain::sso::session::MessageKind;

/// Largest answer of a token endpoint that is read, in bytes. Id tokens with hundreds of groups
/// have about 30 KiB.
pub const TOKEN_ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Largest answer of a userinfo endpoint that is read, in bytes.
pub const USER_INFO_BYTES_MAX: usize = 256 * 1024;

/// Largest key set that is read, in bytes. The largest of the corpus has 15 KiB.
pub const KEY_SET_BYTES_MAX: usize = 256 * 1024;

/// The relying party's two steps of the authorization code flow.
///
/// Source: OpenID Connect Core 1.0, section 3.1.
#[async_trait]
pub trait OidcSignIn: Send + Sync {
    /// The address that the person is sent to, and what must be remembered for the answer.
    fn begin(&self, order: &OidcRequestOrder<'_>) -> OidcRequest;

    /// Judges the provider's answer: exchanges the code, verifies the id token, and asks userinfo
    /// if the connection wants it. Talks to the provider; no unit of work may be open.
    async fn finish(&self, order: &OidcExchangeOrder<'_>) -> OidcJudgement;
}

/// What a request is made of.
#[derive(Clone, Copy)]
pub struct OidcRequestOrder<'a> {
    /// Our registration at the provider.
    pub client: &'a OidcClient,
    /// Where the provider sends the person back to: the client's own if it has one, else ours.
    pub redirect_uri: &'a str,
    /// What the provider hands back unchanged.
    pub state: &'a str,
    /// The address that the provider may fill in.
    pub login_hint: Option<&'a str>,
    /// The domain by which the provider may pick a directory.
    pub domain_hint: Option<&'a str>,
    /// Scopes besides `openid`, `profile` and `email`.
    pub scopes: &'a [String],
    /// Further parameters for the provider, the first of each name; those that the request itself
    /// needs are left out.
    pub parameters: &'a [(String, String)],
    /// Whether the person must prove themselves anew.
    pub login: Login,
    /// Fresh random bytes for the nonce.
    pub nonce: [u8; TOKEN_BYTES],
    /// Fresh random bytes for the code verifier.
    pub verifier: [u8; TOKEN_BYTES],
}

/// Whether a session at the provider is enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Login {
    /// The provider decides.
    #[default]
    IfNeeded,
    /// The person must sign in again (`prompt=login`).
    Again,
}

/// A request for authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcRequest {
    /// Where the person is sent.
    pub url: String,
    /// What the answer is checked against.
    pub exchange: OidcExchange,
    /// The request for the session log, one parameter a line; nonce and state shortened.
    pub logged: String,
}

/// What must be remembered between request and answer. Kept sealed: the verifier is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct OidcExchange {
    nonce: [u8; TOKEN_BYTES],
    verifier: Option<[u8; TOKEN_BYTES]>,
}

/// The bytes are no exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes hold no OpenID Connect exchange")]
pub struct OidcExchangeError;

impl OidcExchange {
    /// Remembers a nonce, and a verifier where PKCE is used.
    pub fn new(nonce: [u8; TOKEN_BYTES], verifier: Option<[u8; TOKEN_BYTES]>) -> Self {
        Self { nonce, verifier }
    }

    /// The nonce's bytes.
    pub fn nonce(&self) -> &[u8; TOKEN_BYTES] {
        &self.nonce
    }

    /// The verifier's bytes, if PKCE was used.
    pub fn verifier(&self) -> Option<&[u8; TOKEN_BYTES]> {
        self.verifier.as_ref()
    }

    /// The form that is sealed: the nonce, then the verifier if there is one.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.nonce.as_slice(), self.verifier.as_ref().map_or(&[], <[u8; TOKEN_BYTES]>::as_slice)].concat()
    }

    /// Reads the form that was sealed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, OidcExchangeError> {
        let (nonce, rest) = bytes.split_first_chunk().ok_or(OidcExchangeError)?;
        let verifier = match rest {
            [] => None,
            rest => Some(rest.try_into().map_err(|_| OidcExchangeError)?),
        };
        Ok(Self { nonce: *nonce, verifier })
    }
}

impl fmt::Debug for OidcExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OidcExchange(…)")
    }
}

/// What an answer is judged by.
#[derive(Clone, Copy)]
pub struct OidcExchangeOrder<'a> {
    /// Our registration at the provider.
    pub client: &'a OidcClient,
    /// Whose id tokens are taken.
    pub issuer: IssuerRule<'a>,
    /// By which we prove who we are at the token endpoint; must fit the client's method.
    pub credential: ClientCredential<'a>,
    /// The redirect URI of the request.
    pub redirect_uri: &'a str,
    /// What the provider sent the person back with.
    pub callback: OidcCallback<'a>,
    /// What was remembered of the request.
    pub exchange: &'a OidcExchange,
    /// 16 random bytes, for the id of our assertion (`private_key_jwt`).
    pub assertion_id: [u8; 16],
    /// Now.
    pub now: Instant,
    /// Allowed difference between the clocks, usually [`CLOCK_SKEW`].
    pub skew: Duration,
}

/// Whose id tokens are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IssuerRule<'a> {
    /// The provider's own, by its issuer.
    #[default]
    Exact,
    /// Those of any tenant of the provider: the template's [`TENANT_PLACE`] must hold what the
    /// token's claim `tid` says, a UUID.
    ///
    /// Source: <https://learn.microsoft.com/entra/identity-platform/claims-validation>, "Validate
    /// the issuer".
    AnyTenant {
        /// The issuer with [`TENANT_PLACE`] in it.
        template: &'a str,
    },
}

/// Where a template of issuers has the tenant.
pub const TENANT_PLACE: &str = "{tenantid}";

/// What proves who we are at the token endpoint.
#[derive(Clone, Copy)]
pub enum ClientCredential<'a> {
    /// The client secret, for `client_secret_basic` and `client_secret_post`.
    Secret(&'a str),
    /// Our key, for `private_key_jwt`.
    Key {
        /// The private key, PKCS#8 DER: RSA (RS256) or EC P-256 (ES256).
        pkcs8: &'a [u8],
        /// Its certificate, which the provider was given.
        certificate: &'a Certificate,
    },
    /// Nothing: a public client.
    None,
}

impl fmt::Debug for ClientCredential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "ClientCredential::Secret(…)",
            Self::Key { .. } => "ClientCredential::Key(…)",
            Self::None => "ClientCredential::None",
        })
    }
}

/// The parameters of the provider's redirect to us, decoded; `state` was found already.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct OidcCallback<'a> {
    /// The code.
    pub code: Option<&'a str>,
    /// The class of error.
    pub error: Option<&'a str>,
    /// The error for people.
    pub error_description: Option<&'a str>,
    /// Who answers. Source: RFC 9207.
    pub iss: Option<&'a str>,
}

impl fmt::Debug for OidcCallback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcCallback")
            .field("error", &self.error)
            .field("iss", &self.iss)
            .finish_non_exhaustive()
    }
}

/// What came of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcJudgement {
    /// The checks in the order in which they were made; those behind a failed one are skipped.
    pub checks: Vec<Check>,
    /// Who signed in, or what was wrong.
    pub outcome: Result<Asserted, Failure>,
    /// What was sent and came, in order, codes, tokens and secrets removed.
    pub messages: Vec<(MessageKind, String)>,
    /// What the provider gave for its own interfaces, if it did and it can be handed on.
    pub tokens: Option<ProviderTokens>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_survives_its_bytes_and_nothing_else_is_one() {
        for exchange in [OidcExchange::new([1; 32], None), OidcExchange::new([1; 32], Some([2; 32]))] {
            assert_eq!(OidcExchange::from_bytes(&exchange.to_bytes()), Ok(exchange));
        }
        for length in [0, 31, 33, 63, 65] {
            assert_eq!(OidcExchange::from_bytes(&vec![0; length]), Err(OidcExchangeError), "{length}");
        }
    }

    #[test]
    fn no_secret_is_printed() {
        let exchange = OidcExchange::new([77; 32], Some([78; 32]));
        assert_eq!(format!("{exchange:?}"), "OidcExchange(…)");
        assert!(!format!("{:?}", ClientCredential::Secret("hush")).contains("hush"));
        let callback = OidcCallback { code: Some("hush"), ..OidcCallback::default() };
        assert!(!format!("{callback:?}").contains("hush"));
    }
}
