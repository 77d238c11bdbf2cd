//! Access tokens of our own, and the key sets by which others can check them.

use std::fmt;
use std::sync::Arc;

use vestibule_domain::Instant;
use vestibule_domain::id::{ConnectionId, OrganizationId, ProfileId, SigningKeyId, SsoSessionId};
use vestibule_domain::sso::signing_key::SigningKey;

/// Longest access token that is looked at, in bytes. Ours have about 900.
pub const ACCESS_TOKEN_BYTES_MAX: usize = 4 * 1024;

/// Signs and verifies access tokens: JWTs by RS256.
pub trait AccessTokens: Send + Sync {
    /// Prepares a private key (PKCS#8 DER, RSA with at least 2048 bits) for signing. Reading a key
    /// takes as long as many signatures: keep what comes back.
    fn signer(&self, key: SigningKeyId, pkcs8: &[u8]) -> Result<Arc<dyn TokenSigner>, SigningKeyUnusable>;

    /// For whom a token says it is, before anything about it was verified: by this the environment
    /// is found whose keys verify it. None if the text is no token of ours.
    fn audience(&self, token: &str) -> Option<String>;

    /// Verifies a token against an environment's keys.
    fn verify(&self, token: &str, order: &VerifyOrder<'_>) -> Result<AccessToken, AccessTokenRefused>;

    /// The key set as JSON.
    ///
    /// Source: RFC 7517; api/workos-wire-contract.md, section 7.4.
    fn key_set(&self, keys: &[&SigningKey]) -> String;
}

/// A key that is ready to sign.
pub trait TokenSigner: Send + Sync {
    /// Signs a token.
    fn sign(&self, token: &AccessToken) -> Result<SignedToken, SigningKeyUnusable>;
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// Who issued it: our public address (`iss`).
    pub issuer: String,
    /// Whom it is for: the client id (`aud`).
    pub audience: String,
    /// Whose profile it tells (`sub`).
    pub profile_id: ProfileId,
    /// The sign-in (`sid`); also its own id (`jti`), since a sign-in yields one token.
    pub session_id: SsoSessionId,
    /// The organization (`org`).
    pub organization_id: Option<OrganizationId>,
    /// The connection (`conn`).
    pub connection_id: ConnectionId,
    /// When it was issued (`iat`), to the second.
    pub issued_at: Instant,
    /// From when on it is worth nothing (`exp`), to the second.
    pub expires_at: Instant,
}

/// A token in its compact form: for the one answer that carries it.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedToken(String);

impl SignedToken {
    /// Wraps what was signed.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedToken(…)")
    }
}

/// What a token is verified against.
#[derive(Clone, Copy, Debug)]
pub struct VerifyOrder<'a> {
    /// Who must have issued it.
    pub issuer: &'a str,
    /// Whom it must be for.
    pub audience: &'a str,
    /// The environment's keys.
    pub keys: &'a [&'a SigningKey],
    /// Now, by the clock that issued it: there is no skew.
    pub now: Instant,
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessTokenRefused {
    /// Not a token, or not one of ours: its shape, algorithm, key or signature.
    #[error("the access token is invalid")]
    Invalid,
    /// Issued by, or for, somebody else.
    #[error("the access token was issued by or for somebody else")]
    Foreign,
    /// Too late.
    #[error("the access token has expired")]
    Expired,
}

/// A private key does not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the private key cannot sign access tokens")]
pub struct SigningKeyUnusable;
