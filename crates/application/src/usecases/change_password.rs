//! A member changes their password.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::id::MemberSessionId;
use vestibule_domain::member::Member;
use vestibule_domain::message::AccountChange;
use vestibule_domain::password_reset::PASSWORD_RESET_LIFE;
use vestibule_domain::team_trail::TeamAction;

use super::begin_member_session::ComparedPassword;
use super::confirmation::{Unconfirmed, confirmed};
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork, Visits};
use crate::team_chronicle::{self, Acting, Says, TeamDeed};
use crate::usecase::UseCase;

/// Changes a password. All other visits end, and links to reset it stop working.
pub struct ChangePassword {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone)]
pub struct ChangePasswordCommand {
    /// Who asks.
    pub by: Acting,
    /// The visit in which they ask: it goes on.
    pub session_id: MemberSessionId,
    /// What came of comparing the old password.
    pub compared: ComparedPassword,
    /// The new password as a PHC string.
    pub password_hash: String,
}

#[async_trait]
impl UseCase for ChangePassword {
    type Command = ChangePasswordCommand;
    type Outcome = Result<(), Unconfirmed>;
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ChangePasswordCommand,
    ) -> Result<Result<(), Unconfirmed>, StoreError> {
        let now = self.ambient.now();
        let ChangePasswordCommand { by, session_id, compared, password_hash } = command;
        let member = match confirmed(work, &self.ambient, &by, &compared, now).await? {
            Ok(member) => member,
            Err(unconfirmed) => return Ok(Err(unconfirmed)),
        };
        let deed = TeamDeed::to(member.id, TeamAction::PasswordChanged);
        set(work, &self.ambient, member, password_hash, Visits::AllBut(session_id), now).await?;
        team_chronicle::record(work, &self.ambient, &by, now, deed).await?;
        Ok(Ok(()))
    }
}

/// Sets a password: visits end, links to reset it stop working, and its owner is told.
pub(super) async fn set(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    member: Member,
    password_hash: String,
    visits: Visits,
    now: Instant,
) -> Result<(), StoreError> {
    let member = Member { password_hash, ..member };
    work.members().update(&member).await?;
    work.members().end_sessions(member.id, visits, now).await?;
    // Those as well that a process with a faster clock has made.
    work.members().delete_resets(member.id, now + PASSWORD_RESET_LIFE).await?;
    let says = Says::Changed(AccountChange::Password);
    team_chronicle::write_to(work, ambient, (member.team_id, &member.email), now, says).await
}
