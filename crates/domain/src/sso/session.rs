//! SSO sessions: one attempt to sign in through a connection, from the moment it was started.

use std::sync::Arc;

use time::Duration;

use crate::Instant;
use crate::connection::Connection;
use crate::email::EMAIL_BYTES_MAX;
use crate::id::{ConnectionId, EnvironmentId, OrganizationId, ProfileId, SsoSessionId};
use crate::secret::{Sealed, SecretDigest};
use crate::social::SocialConnection;
use crate::sso::asserted::Asserted;
use crate::sso::authorization::{AUTHORIZATION_CODE_LIFE, Authorization};
use crate::sso::check::Check;
use crate::sso::failure::Failure;
use crate::sso::profile::Person;
use crate::sso::trial::Trial;

/// After this time without an outcome an attempt reads as timed out, and no answer is taken for it.
pub const SSO_SESSION_TIMEOUT: Duration = Duration::minutes(5);

/// How long an answer to a test sign-in is waited for: an admin may have to sign in to a console, and
/// to assign themselves to the app first.
pub const SSO_TEST_TIMEOUT: Duration = Duration::hours(1);

/// Longest message that is kept in the session log, in bytes; longer ones are cut.
pub const LOGGED_MESSAGE_BYTES_MAX: usize = 256 * 1024;

/// One attempt to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoSession {
    /// Its id, made when it was started: stores tell the age of an attempt by it. The id of our
    /// request to the provider is made from it, so that an answer finds it.
    pub id: SsoSessionId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The organization; none for people who sign in with an account of their own.
    pub organization_id: Option<OrganizationId>,
    /// The connection.
    pub connection_id: ConnectionId,
    /// Who began it.
    pub origin: Origin,
    /// Where it stands.
    pub state: SsoSessionState,
    /// What the app asked for, or where the person goes after a test that a program asked for; none
    /// for other tests, and for what a provider began that has nowhere to go.
    pub authorization: Option<Authorization>,
    /// What a test tries that is not saved; none if it tries the connection as it is. Boxed, since
    /// hardly any attempt has it.
    pub trial: Option<Box<Trial>>,
    /// Digest of the secret in the address where a test begins that a program asked for; none once
    /// it has begun, and for every other attempt.
    pub ticket: Option<SecretDigest>,
    /// What is needed later, sealed: nonce and verifier of an OpenID Connect exchange; then, until
    /// the code is exchanged, what a public provider gave for the app.
    pub exchange: Option<Sealed>,
    /// The code, once there is one.
    pub code: Option<IssuedCode>,
    /// What happened, for whoever looks at the session log.
    pub record: SessionRecord,
    /// The address of the person's browser.
    pub ip_address: Option<String>,
    /// What the browser calls itself, cut to a sensible length.
    pub user_agent: Option<String>,
    /// When it was started.
    pub started_at: Instant,
}

/// Who began an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The vendor's app, by `/sso/authorize`.
    ServiceProvider,
    /// The identity provider, by a response that nobody asked for.
    IdentityProvider,
    /// An admin who tries the connection; never yields a code.
    Test,
}

impl Origin {
    /// All origins.
    pub const ALL: [Self; 3] = [Self::ServiceProvider, Self::IdentityProvider, Self::Test];

    /// The word in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceProvider => "service_provider",
            Self::IdentityProvider => "identity_provider",
            Self::Test => "test",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == raw)
    }

    /// How long an answer is waited for.
    pub fn timeout(self) -> Duration {
        match self {
            Self::ServiceProvider | Self::IdentityProvider => SSO_SESSION_TIMEOUT,
            Self::Test => SSO_TEST_TIMEOUT,
        }
    }
}

/// Where an attempt stands. A test ends in [`SsoSessionState::Successful`] without a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SsoSessionState {
    /// The person is at the provider.
    Started,
    /// The provider vouched for them; the app has a code to exchange.
    Authorized {
        /// Since when.
        at: Instant,
    },
    /// The app has the profile.
    Successful {
        /// Since when.
        at: Instant,
    },
    /// Something was wrong.
    Failed {
        /// Since when.
        at: Instant,
        /// What.
        failure: Failure,
    },
}

impl SsoSessionState {
    /// The word in stores.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Authorized { .. } => "authorized",
            Self::Successful { .. } => "successful",
            Self::Failed { .. } => "failed",
        }
    }

    /// Since when, if it is more than started.
    pub fn at(&self) -> Option<Instant> {
        match self {
            Self::Started => None,
            Self::Authorized { at } | Self::Successful { at } | Self::Failed { at, .. } => Some(*at),
        }
    }

    /// What was wrong, if something was.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed { failure, .. } => Some(failure),
            Self::Started | Self::Authorized { .. } | Self::Successful { .. } => None,
        }
    }

    /// When it came to its outcome, if it has.
    pub fn ended_at(&self) -> Option<Instant> {
        match self {
            Self::Started | Self::Authorized { .. } => None,
            Self::Successful { at } | Self::Failed { at, .. } => Some(*at),
        }
    }

    /// How an attempt in this state reads at `now`.
    pub fn standing(&self, origin: Origin, started_at: Instant, now: Instant) -> Standing {
        match self {
            Self::Successful { .. } => Standing::Success,
            Self::Failed { .. } => Standing::Failed,
            Self::Started if now < started_at + origin.timeout() => Standing::InProgress,
            Self::Authorized { at } if now < *at + AUTHORIZATION_CODE_LIFE => Standing::InProgress,
            Self::Started | Self::Authorized { .. } => Standing::TimedOut,
        }
    }
}

/// How an attempt reads, with time taken into account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Going on.
    InProgress,
    /// Came to its end.
    Success,
    /// Went wrong.
    Failed,
    /// Nothing came.
    TimedOut,
}

impl Standing {
    /// All standings.
    pub const ALL: [Self; 4] = [Self::InProgress, Self::Success, Self::Failed, Self::TimedOut];

    /// The word in filters and message files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Success => "success",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == raw)
    }
}

/// A code as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuedCode {
    /// Its digest.
    pub digest: SecretDigest,
    /// Until when it may be exchanged.
    pub expires_at: Instant,
    /// Whose profile it yields.
    pub profile_id: ProfileId,
}

/// What happened in an attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionRecord {
    /// The messages, in order, secrets removed.
    pub messages: Vec<LoggedMessage>,
    /// The checks, in order.
    pub checks: Vec<Check>,
    /// What the provider said of the person, if that was verified.
    pub asserted: Option<Arc<Asserted>>,
    /// What became of it.
    pub person: Option<Arc<Person>>,
}

impl SessionRecord {
    /// The person's address in lower case, as lists show it and look for it. None if nothing that
    /// can be an address came: longer than [`EMAIL_BYTES_MAX`], or with control characters.
    pub fn address(&self) -> Option<String> {
        let address = self.person.as_ref()?.email.to_lowercase();
        let plain = address.len() <= EMAIL_BYTES_MAX && !address.contains(char::is_control);
        plain.then_some(address)
    }
}

/// A message to or from the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedMessage {
    /// What it is.
    pub kind: MessageKind,
    /// When it was sent or came.
    pub at: Instant,
    /// The message, at most [`LOGGED_MESSAGE_BYTES_MAX`] of it, XML or JSON or a form.
    pub text: String,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// The SAML request.
    SamlRequest,
    /// The SAML response as it was posted, decoded.
    SamlResponse,
    /// The assertion after it was decrypted.
    DecryptedAssertion,
    /// The OpenID Connect authentication request.
    OidcRequest,
    /// The parameters of the provider's redirect to us, the code removed.
    OidcCallback,
    /// The token endpoint's answer, tokens removed.
    OidcTokens,
    /// The claims of the id token.
    IdTokenClaims,
    /// The claims of userinfo.
    UserInfo,
}

impl MessageKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::SamlRequest,
        Self::SamlResponse,
        Self::DecryptedAssertion,
        Self::OidcRequest,
        Self::OidcCallback,
        Self::OidcTokens,
        Self::IdTokenClaims,
        Self::UserInfo,
    ];

    /// The word in stores and message files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SamlRequest => "saml_request",
            Self::SamlResponse => "saml_response",
            Self::DecryptedAssertion => "decrypted_assertion",
            Self::OidcRequest => "oidc_request",
            Self::OidcCallback => "oidc_callback",
            Self::OidcTokens => "oidc_tokens",
            Self::IdTokenClaims => "id_token_claims",
            Self::UserInfo => "user_info",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == raw)
    }
}

impl LoggedMessage {
    /// A message, cut to [`LOGGED_MESSAGE_BYTES_MAX`] at the end of a character.
    pub fn new(kind: MessageKind, at: Instant, mut text: String) -> Self {
        if text.len() > LOGGED_MESSAGE_BYTES_MAX {
            text.truncate(text.floor_char_boundary(LOGGED_MESSAGE_BYTES_MAX));
        }
        Self { kind, at, text }
    }
}

/// Why an answer is not taken for an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttemptClosed {
    /// It has an outcome already.
    #[error("the sign-in has come to its end already")]
    Ended,
    /// It was waited for long enough.
    #[error("the sign-in took longer than {} minutes", .after.whole_minutes())]
    TimedOut {
        /// How long.
        after: Duration,
    },
}

/// Why a code is not exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefused {
    /// Unknown, used, or belonging elsewhere: not told apart.
    #[error("the code is unknown or was used already")]
    Unknown,
    /// Too late.
    #[error("the code has expired")]
    Expired,
    /// The verifier is missing or wrong.
    #[error("the code verifier does not belong to the code")]
    Verifier,
    /// A public client must use PKCE, and this sign-in did not.
    #[error("a public client must use PKCE")]
    PkceRequired,
}

/// Who exchanges a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exchanger {
    /// Proved by its secret.
    Confidential,
    /// Without a secret: bound by PKCE alone.
    Public,
}

impl SsoSession {
    /// An attempt through a connection that starts `now`, which its id was made at.
    pub fn begun(id: SsoSessionId, connection: &Connection, origin: Origin, now: Instant) -> Self {
        Self {
            organization_id: Some(connection.organization_id),
            ..Self::begun_in(connection.environment_id, id, connection.id, origin, now)
        }
    }

    /// An attempt with a public provider that starts `now`, which its id was made at.
    pub fn begun_socially(id: SsoSessionId, connection: &SocialConnection, now: Instant) -> Self {
        Self::begun_in(connection.environment_id, id, connection.id, Origin::ServiceProvider, now)
    }

    fn begun_in(
        environment_id: EnvironmentId,
        id: SsoSessionId,
        connection_id: ConnectionId,
        origin: Origin,
        now: Instant,
    ) -> Self {
        Self {
            id,
            environment_id,
            organization_id: None,
            connection_id,
            origin,
            state: SsoSessionState::Started,
            authorization: None,
            trial: None,
            ticket: None,
            exchange: None,
            code: None,
            record: SessionRecord::default(),
            ip_address: None,
            user_agent: None,
            started_at: now,
        }
    }

    /// How it reads at `now`.
    pub fn standing(&self, now: Instant) -> Standing {
        self.state.standing(self.origin, self.started_at, now)
    }

    /// Whether an answer may still be taken.
    pub fn open(&self, now: Instant) -> Result<(), AttemptClosed> {
        match self.state {
            SsoSessionState::Started if now < self.started_at + self.origin.timeout() => Ok(()),
            SsoSessionState::Started => Err(AttemptClosed::TimedOut { after: self.origin.timeout() }),
            SsoSessionState::Authorized { .. }
            | SsoSessionState::Successful { .. }
            | SsoSessionState::Failed { .. } => Err(AttemptClosed::Ended),
        }
    }

    /// The attempt with a code, and what the app gets besides the profile, sealed.
    pub fn authorized(self, code: IssuedCode, handed_on: Option<Sealed>, now: Instant) -> Self {
        let state = SsoSessionState::Authorized { at: now };
        Self { state, code: Some(code), exchange: handed_on, ..self }
    }

    /// The test that went well.
    pub fn tested(self, now: Instant) -> Self {
        let trial = self.trial.map(|trial| Box::new(trial.ended()));
        Self { state: SsoSessionState::Successful { at: now }, exchange: None, trial, ..self }
    }

    /// The attempt that failed.
    pub fn failed(self, failure: Failure, now: Instant) -> Self {
        let trial = self.trial.map(|trial| Box::new(trial.ended()));
        let state = SsoSessionState::Failed { at: now, failure };
        Self { state, code: None, exchange: None, trial, ..self }
    }

    /// The attempt whose code was exchanged, and whose profile that is.
    pub fn exchanged(
        self,
        digest: &SecretDigest,
        exchanger: Exchanger,
        verifier: Option<&str>,
        now: Instant,
    ) -> Result<(Self, ProfileId), CodeRefused> {
        let code = match (&self.state, self.code) {
            (SsoSessionState::Authorized { .. }, Some(code)) if code.digest == *digest => code,
            _ => return Err(CodeRefused::Unknown),
        };
        if now >= code.expires_at {
            return Err(CodeRefused::Expired);
        }
        let challenge = self.authorization.as_ref().and_then(|asked| asked.code_challenge);
        match (challenge, verifier, exchanger) {
            (Some(challenge), Some(verifier), _) if challenge.answers(verifier) => {}
            (None, None, Exchanger::Confidential) => {}
            (None, _, Exchanger::Public) => return Err(CodeRefused::PkceRequired),
            // A verifier without a challenge: somebody took the challenge away (RFC 9700, 2.1.1).
            (Some(_), _, _) | (None, Some(_), Exchanger::Confidential) => return Err(CodeRefused::Verifier),
        }
        let state = SsoSessionState::Successful { at: now };
        let session = Self { state, code: None, exchange: None, ..self };
        Ok((session, code.profile_id))
    }
}
