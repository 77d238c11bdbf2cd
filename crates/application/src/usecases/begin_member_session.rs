//! A member signs in to the dashboard.

use async_trait::async_trait;
use time::Duration;
use vestibule_domain::Instant;
use vestibule_domain::id::MemberId;
use vestibule_domain::member::{Member, PasswordAttempts};
use vestibule_domain::member_session::{MEMBER_SESSION_LIFE, MemberSession, SECOND_STEP_LIFE, SessionStage};
use vestibule_domain::secret::MemberSessionToken;
use vestibule_domain::team_trail::TeamAction;

use super::confirmation::note_wrong;
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::sign_in::Browser;
use crate::team_chronicle::{self, Acting, TeamDeed};
use crate::usecase::{Contended, UseCase};

/// Takes note of a password that was given, and begins a visit if it is the right one: an open one,
/// or one that waits for the code of the member's second factor.
pub struct BeginMemberSession {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What was given.
#[derive(Clone, Debug)]
pub struct BeginMemberSessionCommand {
    /// Whose password was compared.
    pub member_id: MemberId,
    /// The hash it was compared with, and whether it is the right one. Comparing takes long on
    /// purpose, and so is done before the unit of work is open.
    pub compared: ComparedPassword,
    /// Where from.
    pub browser: Browser,
}

/// What came of comparing a password.
#[derive(Clone, PartialEq, Eq)]
pub struct ComparedPassword {
    /// The hash it was compared with.
    pub hash: String,
    /// Whether it is the right one.
    pub right: bool,
}

impl std::fmt::Debug for ComparedPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ComparedPassword({})", self.right)
    }
}

/// A visit that began. The token is in one cookie only.
#[derive(Clone, Debug)]
pub struct BegunMemberSession {
    /// The visit.
    pub session: MemberSession,
    /// What the browser proves it with.
    pub token: MemberSessionToken,
}

/// Why no visit began. A wrong password is no error here: its count has to be written.
#[derive(Debug, thiserror::Error)]
pub enum BeginMemberSessionError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for BeginMemberSessionError {
    fn is_contended(&self) -> bool {
        let Self::Store(error) = self;
        error.is_contended()
    }
}

#[async_trait]
impl UseCase for BeginMemberSession {
    type Command = BeginMemberSessionCommand;
    type Outcome = Option<BegunMemberSession>;
    type Error = BeginMemberSessionError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: BeginMemberSessionCommand,
    ) -> Result<Option<BegunMemberSession>, BeginMemberSessionError> {
        let now = self.ambient.now();
        let Some(member) = work.members().lock(command.member_id).await? else { return Ok(None) };
        if member.attempts.open(now).is_err() {
            return Ok(None);
        }
        // A password that was changed meanwhile was not compared with.
        if !command.compared.right || command.compared.hash != member.password_hash {
            note_wrong(work, &self.ambient, member, command.browser.ip_address, now).await?;
            return Ok(None);
        }
        if member.second_factor.is_none() {
            return Ok(Some(open(work, &self.ambient, member, command.browser, now, "password").await?));
        }
        // Wrong passwords stay counted until the code is there: who knows the password alone must not
        // get an endless number of guesses at it.
        let begun = begun(&self.ambient, member.id, SessionStage::SecondStep, command.browser, now);
        work.members().insert_session(&begun.session).await?;
        Ok(Some(begun))
    }
}

/// Begins a visit of somebody who proved all that they have to, and writes it down.
pub(super) async fn open(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    member: Member,
    browser: Browser,
    now: Instant,
    proof: &'static str,
) -> Result<BegunMemberSession, StoreError> {
    let by = Acting::new(&member, browser.ip_address.clone());
    let begun = begun(ambient, member.id, SessionStage::Open, browser, now);
    let member = Member { attempts: PasswordAttempts::default(), signed_in_at: Some(now), ..member };
    work.members().update(&member).await?;
    work.members().insert_session(&begun.session).await?;
    let deed = TeamDeed {
        details: vec![("proof", proof.to_owned())],
        ..TeamDeed::to(member.id, TeamAction::MemberSignedIn)
    };
    team_chronicle::record(work, ambient, &by, now, deed).await?;
    Ok(begun)
}

fn begun(
    ambient: &Ambient,
    member_id: MemberId,
    stage: SessionStage,
    browser: Browser,
    now: Instant,
) -> BegunMemberSession {
    let token = MemberSessionToken::from_random(ambient.token_bytes());
    let Browser { ip_address, user_agent } = browser.shortened();
    let session = MemberSession {
        id: ambient.id(now),
        member_id,
        stage,
        digest: token.digest(),
        ip_address,
        user_agent,
        started_at: now,
        expires_at: now + life(stage),
        ended_at: None,
    };
    BegunMemberSession { session, token }
}

fn life(stage: SessionStage) -> Duration {
    match stage {
        SessionStage::SecondStep => SECOND_STEP_LIFE,
        SessionStage::Open => MEMBER_SESSION_LIFE,
    }
}
