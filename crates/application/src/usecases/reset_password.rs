//! A member chooses a new password by the link in a mail.

use async_trait::async_trait;
use vestibule_domain::member::{Member, PasswordAttempts};
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::team_trail::TeamAction;

use super::change_password::set;
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork, Visits};
use crate::team_chronicle::{self, TeamDeed};
use crate::usecase::{Contended, UseCase};

/// Sets a password. All visits end; a second factor stays, and an account that rests does not any
/// more.
pub struct ResetPassword {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone)]
pub struct ResetPasswordCommand {
    /// The digest of the link's secret.
    pub digest: SecretDigest,
    /// The new password as a PHC string.
    pub password_hash: String,
    /// The address of the browser.
    pub ip_address: Option<String>,
}

/// Why nothing was set.
#[derive(Debug, thiserror::Error)]
pub enum ResetPasswordError {
    /// The link was used, ran out, or never was one.
    #[error("the link cannot be used any more")]
    Gone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for ResetPasswordError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for ResetPassword {
    type Command = ResetPasswordCommand;
    type Outcome = ();
    type Error = ResetPasswordError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ResetPasswordCommand,
    ) -> Result<(), ResetPasswordError> {
        let now = self.ambient.now();
        let reset = work.members().take_reset(&command.digest).await?;
        let reset = reset.filter(|reset| reset.open(now)).ok_or(ResetPasswordError::Gone)?;
        let member = work.members().lock(reset.member_id).await?.ok_or(ResetPasswordError::Gone)?;
        let (id, team_id) = (member.id, member.team_id);
        let member = Member { attempts: PasswordAttempts::default(), ..member };
        set(work, &self.ambient, member, command.password_hash, Visits::All, now).await?;
        let deed = TeamDeed::to(id, TeamAction::PasswordReset);
        let from = (team_id, command.ip_address);
        team_chronicle::record_of_nobody(work, &self.ambient, from, now, deed).await?;
        Ok(())
    }
}
