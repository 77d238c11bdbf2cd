//! A member switches their second factor off.

use async_trait::async_trait;
use vestibule_domain::member::Member;
use vestibule_domain::message::AccountChange;
use vestibule_domain::team_trail::TeamAction;

use super::begin_member_session::ComparedPassword;
use super::confirmation::{Unconfirmed, confirmed};
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::team_chronicle::{self, Acting, Says, TeamDeed};
use crate::usecase::UseCase;

/// Forgets the secret and the recovery codes.
pub struct DisableSecondFactor {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct DisableSecondFactorCommand {
    /// Who asks.
    pub by: Acting,
    /// What came of comparing their password.
    pub compared: ComparedPassword,
}

#[async_trait]
impl UseCase for DisableSecondFactor {
    type Command = DisableSecondFactorCommand;
    type Outcome = Result<(), Unconfirmed>;
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: DisableSecondFactorCommand,
    ) -> Result<Result<(), Unconfirmed>, StoreError> {
        let now = self.ambient.now();
        let DisableSecondFactorCommand { by, compared } = command;
        let member = match confirmed(work, &self.ambient, &by, &compared, now).await? {
            Ok(member) => member,
            Err(unconfirmed) => return Ok(Err(unconfirmed)),
        };
        if member.second_factor.is_none() {
            return Ok(Ok(()));
        }
        let member = Member { second_factor: None, ..member };
        work.members().update(&member).await?;
        let says = Says::Changed(AccountChange::SecondFactorOff);
        team_chronicle::write_to(work, &self.ambient, (member.team_id, &member.email), now, says).await?;
        let deed = TeamDeed::to(member.id, TeamAction::SecondFactorDisabled);
        team_chronicle::record(work, &self.ambient, &by, now, deed).await?;
        Ok(Ok(()))
    }
}
