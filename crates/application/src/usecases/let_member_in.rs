//! Whoever runs the deployment lets a member in who lost the way: their second factor, their password,
//! or both, and with nobody left who could help them.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::id::MemberId;
use vestibule_domain::member::Member;
use vestibule_domain::message::AccountChange;
use vestibule_domain::password_reset::PasswordReset;
use vestibule_domain::secret::PasswordResetToken;
use vestibule_domain::team_trail::TeamAction;

use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork, Visits};
use crate::team_chronicle::{self, Says, TeamDeed};
use crate::usecase::{Contended, UseCase};

/// Takes away a second factor, and makes a link to choose a new password. All of it is in the team's
/// audit trail, as done at the console.
pub struct LetMemberIn {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What becomes of something that somebody signs in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// It stays as it is.
    Keep,
    /// A new one can be had.
    Replace,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct LetMemberInCommand {
    /// Whom.
    pub member_id: MemberId,
    /// Replaced, it is off: signing in takes the password alone until they set up another.
    pub second_factor: Remedy,
    /// Replaced, there is a link to choose a new one.
    pub password: Remedy,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct LetIn {
    /// The member as they are now.
    pub member: Member,
    /// Whether they had a second factor that was taken away.
    pub factor_taken: bool,
    /// A link to choose a new password, if one was asked for.
    pub link: Option<PasswordLink>,
}

/// A link to choose a new password. It works once.
#[derive(Clone)]
pub struct PasswordLink {
    /// The link. Secret.
    pub url: String,
    /// When it stops working.
    pub expires_at: Instant,
}

impl std::fmt::Debug for PasswordLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PasswordLink(…, {})", self.expires_at)
    }
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum LetMemberInError {
    /// There is no such member.
    #[error("there is no such member")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for LetMemberInError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for LetMemberIn {
    type Command = LetMemberInCommand;
    type Outcome = LetIn;
    type Error = LetMemberInError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: LetMemberInCommand,
    ) -> Result<LetIn, LetMemberInError> {
        let now = self.ambient.now();
        let held = work.members().lock(command.member_id).await?.ok_or(LetMemberInError::Unknown)?;
        let factor_taken = command.second_factor == Remedy::Replace && held.second_factor.is_some();
        let member = if factor_taken { self.without_factor(work, held, now).await? } else { held };
        let link = match command.password {
            Remedy::Keep => None,
            Remedy::Replace => Some(self.link(work, &member, now).await?),
        };
        Ok(LetIn { member, factor_taken, link })
    }
}

impl LetMemberIn {
    async fn without_factor(
        &self,
        work: &mut dyn UnitOfWork,
        held: Member,
        now: Instant,
    ) -> Result<Member, StoreError> {
        let member = Member { second_factor: None, ..held };
        work.members().update(&member).await?;
        work.members().end_sessions(member.id, Visits::All, now).await?;
        // In case that nobody should have asked for it.
        let says = Says::Changed(AccountChange::SecondFactorOff);
        team_chronicle::write_to(work, &self.ambient, (member.team_id, &member.email), now, says).await?;
        let details = vec![("member", member.email.to_string())];
        let deed = TeamDeed { details, ..TeamDeed::to(member.id, TeamAction::SecondFactorReset) };
        team_chronicle::record_at_console(work, &self.ambient, member.team_id, now, deed).await?;
        Ok(member)
    }

    async fn link(
        &self,
        work: &mut dyn UnitOfWork,
        member: &Member,
        now: Instant,
    ) -> Result<PasswordLink, StoreError> {
        // Links that were mailed before stop working: there is one, and who has it is known.
        work.members().delete_resets(member.id, now).await?;
        let token = PasswordResetToken::from_random(self.ambient.token_bytes());
        let reset = PasswordReset { digest: token.digest(), member_id: member.id, created_at: now };
        work.members().insert_reset(&reset).await?;
        let details = vec![("member", member.email.to_string())];
        let deed = TeamDeed { details, ..TeamDeed::to(member.id, TeamAction::PasswordResetRequested) };
        team_chronicle::record_at_console(work, &self.ambient, member.team_id, now, deed).await?;
        let url = self.ambient.addresses.password_reset(&token);
        Ok(PasswordLink { url, expires_at: reset.expires_at() })
    }
}
