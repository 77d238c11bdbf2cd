//! Writes down what came of an attempt: the profile, the code, and that the assertion was used; or
//! why there is none. All of it or nothing.

use std::sync::Arc;

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::audit::Actor;
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::event::{Fact, SignInSnapshot};
use vestibule_domain::job::{Job, Task};
use vestibule_domain::secret::{Sealed, SecretDigest};
use vestibule_domain::sso::authorization::AUTHORIZATION_CODE_LIFE;
use vestibule_domain::sso::check::{Check, CheckName};
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_domain::sso::profile::{Person, Profile};
use vestibule_domain::sso::session::{IssuedCode, Origin, SsoSession, SsoSessionState};

use crate::ambient::Ambient;
use crate::chronicle::{self, Scene};
use crate::ports::store::{AcceptedAssertion, Admission, Admitted, StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Ends the part of an attempt that the identity provider has in it.
pub struct FinishSignIn {
    /// Time, chance.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct FinishSignInCommand {
    /// The attempt with what is to be kept of it; still started.
    pub session: SsoSession,
    /// Whether it was written down when it started.
    pub written: Written,
    /// Who signs in, or what is wrong.
    pub outcome: Result<SignedIn, Failure>,
    /// The connection's type, for the profile.
    pub connection_type: ConnectionType,
    /// Digest of the code that the app will get.
    pub code: SecretDigest,
    /// Whether an endpoint asks for events of sign-ins.
    pub listened: bool,
    /// Whether the provider's metadata can be read again: the key that nobody knows may be in it.
    pub has_metadata_url: bool,
}

/// Whether an attempt is in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is.
    Yes,
    /// It begins with its answer.
    NotYet,
}

/// Who signs in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The person.
    pub person: Arc<Person>,
    /// The assertion, to be accepted once: its digest, and until when it has to be remembered.
    pub assertion: Option<(SecretDigest, Instant)>,
    /// What the app gets besides the profile, sealed.
    pub handed_on: Option<Sealed>,
}

/// Why nothing was written down.
#[derive(Debug, thiserror::Error)]
pub enum FinishSignInError {
    /// Another answer was quicker.
    #[error("the sign-in has come to its end already")]
    Ended,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for FinishSignInError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for FinishSignIn {
    type Command = FinishSignInCommand;
    type Outcome = SsoSession;
    type Error = FinishSignInError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: FinishSignInCommand,
    ) -> Result<SsoSession, FinishSignInError> {
        let now = self.ambient.now();
        let FinishSignInCommand {
            mut session,
            written,
            outcome,
            connection_type,
            code,
            listened,
            has_metadata_url,
        } = command;
        let asked_for = written == Written::Yes && session.origin != Origin::Test;
        let handed_on = outcome.as_ref().ok().and_then(|signed_in| signed_in.handed_on.clone());
        let outcome = match outcome {
            Ok(signed_in) if asked_for => {
                let profile = self.profile(&session, signed_in.person.clone(), connection_type, now);
                let issued = IssuedCode {
                    digest: code,
                    expires_at: now + AUTHORIZATION_CODE_LIFE,
                    profile_id: profile.id,
                };
                match admit(work, &session, signed_in, profile, issued, now).await? {
                    Ok(authorized) => return Ok(authorized),
                    Err(check) => {
                        let failure = used(&check);
                        noted(&mut session, check);
                        Err(failure)
                    }
                }
            }
            Ok(signed_in) => once(work, &mut session, signed_in).await?,
            Err(failure) => Err(failure),
        };
        let ended = match (outcome, session.origin) {
            (Err(failure), _) => session.failed(failure, now),
            (Ok(_), Origin::Test) => session.tested(now),
            (Ok(person), Origin::ServiceProvider | Origin::IdentityProvider) => {
                let profile = self.profile(&session, person, connection_type, now);
                let profile_id = work.profiles().save(&profile).await?.id;
                let expires_at = now + AUTHORIZATION_CODE_LIFE;
                session.authorized(IssuedCode { digest: code, expires_at, profile_id }, handed_on, now)
            }
        };
        match written {
            Written::NotYet => work.sso_sessions().insert(&ended).await?,
            Written::Yes => {
                if !work.sso_sessions().advance(&ended, &SsoSessionState::Started).await? {
                    return Err(FinishSignInError::Ended);
                }
            }
        }
        let failure = match &ended.state {
            SsoSessionState::Failed { failure, .. } => Some(failure.code),
            SsoSessionState::Started
            | SsoSessionState::Authorized { .. }
            | SsoSessionState::Successful { .. } => None,
        };
        if failure == Some(FailureCode::InvalidX509Certificate) && has_metadata_url {
            // Anybody can post a response that is signed by nobody: once an hour is often enough.
            let task = Task::RefreshMetadata(ended.connection_id);
            work.outbox().enqueue(Job::hourly(ended.environment_id, task, now)).await?;
        }
        if failure.is_some() && listened && ended.origin != Origin::Test {
            let scene = Scene { environment_id: ended.environment_id, actor: Actor::system(), now };
            let fact = Fact::SsoFailed(SignInSnapshot::of(&ended, None));
            chronicle::announce(work, &self.ambient, &scene, ended.organization_id, fact).await?;
        }
        Ok(ended)
    }
}

impl FinishSignIn {
    fn profile(
        &self,
        session: &SsoSession,
        person: Arc<Person>,
        connection_type: ConnectionType,
        now: Instant,
    ) -> Profile {
        Profile {
            id: self.ambient.id(now),
            environment_id: session.environment_id,
            organization_id: session.organization_id,
            connection_id: session.connection_id,
            connection_type,
            person,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Lets somebody in who was asked for, in one stroke: that is how nearly every sign-in ends. If the
/// assertion was used before, nothing is written, and the check that failed comes back.
async fn admit(
    work: &mut dyn UnitOfWork,
    session: &SsoSession,
    signed_in: SignedIn,
    profile: Profile,
    code: IssuedCode,
    now: Instant,
) -> Result<Result<SsoSession, Check>, FinishSignInError> {
    let mut session = session.clone();
    let assertion = accepted(&session, &signed_in);
    if assertion.is_some() {
        noted(&mut session, fresh());
    }
    let session = session.authorized(code, signed_in.handed_on, now);
    let mut admission = Admission { session, profile, assertion };
    work.decide_by_next();
    match work.sso_sessions().admit(&admission).await? {
        Admitted::In(profile_id) => {
            admission.session.code = Some(IssuedCode { profile_id, ..code });
            Ok(Ok(admission.session))
        }
        Admitted::AssertionUsed => Ok(Err(stale())),
        Admitted::Ended => Err(FinishSignInError::Ended),
    }
}

/// Takes an assertion once.
async fn once(
    work: &mut dyn UnitOfWork,
    session: &mut SsoSession,
    signed_in: SignedIn,
) -> Result<Result<Arc<Person>, Failure>, StoreError> {
    let Some(assertion) = accepted(session, &signed_in) else { return Ok(Ok(signed_in.person)) };
    if work.assertions().accept(&assertion).await? {
        noted(session, fresh());
        return Ok(Ok(signed_in.person));
    }
    let check = stale();
    let failure = used(&check);
    noted(session, check);
    Ok(Err(failure))
}

/// The assertion by which somebody signs in, as it is accepted.
fn accepted(session: &SsoSession, signed_in: &SignedIn) -> Option<AcceptedAssertion> {
    signed_in.assertion.map(|(digest, expires_at)| AcceptedAssertion {
        environment_id: session.environment_id,
        connection_id: session.connection_id,
        digest,
        expires_at,
    })
}

const UNUSED: &str = "an assertion that was not used before";

fn fresh() -> Check {
    Check::passed(CheckName::Fresh, UNUSED)
}

fn stale() -> Check {
    Check::failed(CheckName::Fresh, UNUSED, "an assertion that was used before")
}

/// The failure that belongs to a failed check of [`CheckName::Fresh`].
fn used(check: &Check) -> Failure {
    Failure {
        code: FailureCode::MalformedSamlResponse,
        check: check.name,
        message: "The assertion was used before. Each sign-in needs a new one.".to_owned(),
    }
}

/// Puts the check where it belongs: before attributes are looked at.
fn noted(session: &mut SsoSession, check: Check) {
    let checks = &mut session.record.checks;
    let place = checks.iter().position(|other| other.name > check.name).unwrap_or(checks.len());
    checks.insert(place, check);
}
