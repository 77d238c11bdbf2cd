//! A member makes new recovery codes.

use async_trait::async_trait;
use vestibule_domain::member::Member;
use vestibule_domain::team_trail::TeamAction;
use vestibule_domain::totp::{RecoveryCode, SecondFactor};

use super::begin_member_session::ComparedPassword;
use super::confirmation::{Unconfirmed, confirmed};
use super::enable_second_factor::fresh_codes;
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::team_chronicle::{self, Acting, TeamDeed};
use crate::usecase::UseCase;

/// Puts new recovery codes in the place of those that are left.
pub struct RenewRecoveryCodes {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RenewRecoveryCodesCommand {
    /// Who asks.
    pub by: Acting,
    /// What came of comparing their password.
    pub compared: ComparedPassword,
}

#[async_trait]
impl UseCase for RenewRecoveryCodes {
    type Command = RenewRecoveryCodesCommand;
    /// The codes, shown once; none without a second factor.
    type Outcome = Result<Vec<RecoveryCode>, Unconfirmed>;
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RenewRecoveryCodesCommand,
    ) -> Result<Result<Vec<RecoveryCode>, Unconfirmed>, StoreError> {
        let now = self.ambient.now();
        let RenewRecoveryCodesCommand { by, compared } = command;
        let member = match confirmed(work, &self.ambient, &by, &compared, now).await? {
            Ok(member) => member,
            Err(unconfirmed) => return Ok(Err(unconfirmed)),
        };
        let Some(factor) = member.second_factor.clone() else { return Ok(Ok(Vec::new())) };
        let codes = fresh_codes(&self.ambient);
        let recovery_codes = codes.iter().map(RecoveryCode::digest).collect();
        let factor = SecondFactor { recovery_codes, ..factor };
        let member = Member { second_factor: Some(factor), ..member };
        work.members().update(&member).await?;
        let deed = TeamDeed::to(member.id, TeamAction::RecoveryCodesRenewed);
        team_chronicle::record(work, &self.ambient, &by, now, deed).await?;
        Ok(Ok(codes))
    }
}
