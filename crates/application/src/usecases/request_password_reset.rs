//! Somebody says that they forgot a member's password.

use async_trait::async_trait;
use vestibule_domain::id::MemberId;
use vestibule_domain::password_reset::{PASSWORD_RESET_LIFE, PASSWORD_RESETS_MAX, PasswordReset};
use vestibule_domain::secret::PasswordResetToken;
use vestibule_domain::team_trail::TeamAction;

use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::team_chronicle::{self, Says, TeamDeed};
use crate::usecase::UseCase;

/// Mails a link to choose a new password. Who asks is told nothing of what came of it.
pub struct RequestPasswordReset {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RequestPasswordResetCommand {
    /// Whose password is forgotten.
    pub member_id: MemberId,
    /// The address of the browser.
    pub ip_address: Option<String>,
}

#[async_trait]
impl UseCase for RequestPasswordReset {
    type Command = RequestPasswordResetCommand;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RequestPasswordResetCommand,
    ) -> Result<(), StoreError> {
        let now = self.ambient.now();
        let Some(member) = work.members().lock(command.member_id).await? else { return Ok(()) };
        work.members().delete_resets(member.id, now - PASSWORD_RESET_LIFE).await?;
        if work.members().resets(member.id).await?.len() >= PASSWORD_RESETS_MAX {
            return Ok(());
        }
        let token = PasswordResetToken::from_random(self.ambient.token_bytes());
        let reset = PasswordReset { digest: token.digest(), member_id: member.id, created_at: now };
        work.members().insert_reset(&reset).await?;
        let url = self.ambient.addresses.password_reset(&token);
        let says = Says::Reset { url: &url, expires_at: reset.expires_at() };
        team_chronicle::write_to(work, &self.ambient, (member.team_id, &member.email), now, says).await?;
        let deed = TeamDeed::to(member.id, TeamAction::PasswordResetRequested);
        let from = (member.team_id, command.ip_address);
        team_chronicle::record_of_nobody(work, &self.ambient, from, now, deed).await
    }
}
