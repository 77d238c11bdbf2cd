//! A member signs in to the dashboard.

use async_trait::async_trait;
use vestibule_domain::id::MemberId;
use vestibule_domain::member::{Member, PasswordAttempts};
use vestibule_domain::member_session::{MEMBER_SESSION_LIFE, MemberSession};
use vestibule_domain::secret::MemberSessionToken;

use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::sign_in::{Browser, shortened};
use crate::usecase::{Contended, UseCase};

/// Takes note of a password that was given, and begins a visit if it is the right one.
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
    /// Where it was given.
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
            let attempts = member.attempts.with_wrong(now);
            work.members().update(&Member { attempts, ..member }).await?;
            return Ok(None);
        }
        let token = MemberSessionToken::from_random(self.ambient.token_bytes());
        let session = MemberSession {
            id: self.ambient.id(now),
            member_id: member.id,
            digest: token.digest(),
            ip_address: command.browser.ip_address,
            user_agent: command.browser.user_agent.map(shortened),
            started_at: now,
            expires_at: now + MEMBER_SESSION_LIFE,
            ended_at: None,
        };
        if member.attempts != PasswordAttempts::default() {
            work.members().update(&Member { attempts: PasswordAttempts::default(), ..member }).await?;
        }
        work.members().insert_session(&session).await?;
        Ok(Some(BegunMemberSession { session, token }))
    }
}
