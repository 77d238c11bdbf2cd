//! What an app asks for when it sends a person to sign in, and the code it gets back.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::Duration;

use crate::id::{Id as _, SsoSessionId};
use crate::secret::{SecretDigest, TOKEN_BYTES};

/// How long a code may be exchanged. Source: api/workos-wire-contract.md, section 7.2.
pub const AUTHORIZATION_CODE_LIFE: Duration = Duration::minutes(10);

/// How long an access token tells the profile; in line with `expires_in` of the contract.
pub const ACCESS_TOKEN_LIFE: Duration = Duration::minutes(10);

/// Longest `state` that is kept and handed back, in bytes.
pub const STATE_BYTES_MAX: usize = 4096;

/// Longest `nonce`, `login_hint` and `domain_hint`, in bytes.
pub const HINT_BYTES_MAX: usize = 512;

/// What an app asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Where the person goes afterwards; it was matched against what is registered.
    pub redirect_uri: String,
    /// Handed back unchanged.
    pub state: Option<String>,
    /// The SHA-256 that the verifier must have at the exchange.
    pub code_challenge: Option<CodeChallenge>,
}

/// A PKCE challenge by S256. Source: RFC 7636, section 4.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeChallenge([u8; 32]);

/// Not a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be the base64url form of a SHA-256, 43 characters without padding")]
pub struct CodeChallengeError;

impl CodeChallenge {
    /// Reads the parameter.
    pub fn parse(raw: &str) -> Result<Self, CodeChallengeError> {
        let bytes = URL_SAFE_NO_PAD.decode(raw).map_err(|_| CodeChallengeError)?;
        bytes.try_into().map(Self).map_err(|_| CodeChallengeError)
    }

    /// Whether a verifier belongs to it. Verifiers are 43 to 128 unreserved characters.
    pub fn answers(&self, verifier: &str) -> bool {
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(unreserved)
            && ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes()).as_ref() == self.0
    }

    /// The text form.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// A code: names its sign-in, so that it is found without a search, and proves itself by a secret
/// of which only the digest is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationCode {
    session: SsoSessionId,
    text: String,
}

/// Not a code of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an authorization code")]
pub struct AuthorizationCodeError;

impl AuthorizationCode {
    /// Makes a code for a sign-in.
    pub fn from_random(session: SsoSessionId, bytes: [u8; TOKEN_BYTES]) -> Self {
        Self { session, text: format!("{}{}", session.ulid(), URL_SAFE_NO_PAD.encode(bytes)) }
    }

    /// Reads a code as it came from outside.
    pub fn parse(raw: &str) -> Result<Self, AuthorizationCodeError> {
        let (ulid, secret) = raw.split_at_checked(26).ok_or(AuthorizationCodeError)?;
        let session =
            format!("{}{ulid}", SsoSessionId::PREFIX).parse().map_err(|_| AuthorizationCodeError)?;
        match URL_SAFE_NO_PAD.decode(secret) {
            Ok(bytes) if bytes.len() == TOKEN_BYTES => Ok(Self { session, text: raw.to_owned() }),
            _ => Err(AuthorizationCodeError),
        }
    }

    /// The sign-in it belongs to.
    pub fn session(&self) -> SsoSessionId {
        self.session
    }

    /// The code itself: for the one redirect that carries it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What is kept.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.text)
    }
}

impl fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthorizationCode({}, …)", self.session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    #[test]
    fn a_code_names_its_sign_in_and_nothing_else_is_a_code() {
        let session = SsoSessionId::from_ulid(Ulid::from_parts(1, 2));
        let code = AuthorizationCode::from_random(session, [7; TOKEN_BYTES]);
        assert_eq!(AuthorizationCode::parse(code.expose()).unwrap(), code);
        assert_eq!(AuthorizationCode::parse(code.expose()).unwrap().session(), session);
        assert!(!format!("{code:?}").contains(&code.expose()[26..]));
        let longer = format!("{}A", code.expose());
        for raw in ["", "x", &code.expose()[..68], &longer, "ééééééééééééé"] {
            assert_eq!(AuthorizationCode::parse(raw), Err(AuthorizationCodeError), "{raw}");
        }
    }

    /// The vector of RFC 7636, appendix B.
    #[test]
    fn a_challenge_is_answered_by_its_verifier_alone() {
        let challenge = CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
        assert!(challenge.answers("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.answers("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK"));
        assert_eq!(challenge.encode(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(CodeChallenge::parse("short"), Err(CodeChallengeError));
    }

    #[test]
    fn verifiers_have_43_to_128_unreserved_characters() {
        let of = |verifier: &str| {
            let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
            CodeChallenge::parse(&URL_SAFE_NO_PAD.encode(digest)).unwrap().answers(verifier)
        };
        for (length, right) in [(42, false), (43, true), (128, true), (129, false)] {
            assert_eq!(of(&"a".repeat(length)), right, "{length}");
        }
        assert!(!of(&"a ".repeat(30)));
    }
}
