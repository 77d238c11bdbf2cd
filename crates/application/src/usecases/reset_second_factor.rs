//! An admin takes away the second factor of a member who lost it.

use async_trait::async_trait;
use vestibule_domain::id::MemberId;
use vestibule_domain::member::Member;
use vestibule_domain::message::AccountChange;
use vestibule_domain::team_trail::TeamAction;

use super::team_change::{Roster, TeamChangeError};
use crate::ambient::Ambient;
use crate::ports::store::{UnitOfWork, Visits};
use crate::team_chronicle::{self, Acting, Says, TeamDeed};
use crate::usecase::UseCase;

/// Forgets a member's second factor. Their visits end, and they are told.
pub struct ResetSecondFactor {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ResetSecondFactorCommand {
    /// Who asks.
    pub by: Acting,
    /// Whose second factor.
    pub member_id: MemberId,
}

#[async_trait]
impl UseCase for ResetSecondFactor {
    type Command = ResetSecondFactorCommand;
    type Outcome = ();
    type Error = TeamChangeError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ResetSecondFactorCommand,
    ) -> Result<(), TeamChangeError> {
        let now = self.ambient.now();
        let ResetSecondFactorCommand { by, member_id } = command;
        // Their own takes their password, on the page of their account: a stolen visit must not do.
        if member_id == by.member_id {
            return Err(TeamChangeError::Unknown);
        }
        let roster = Roster::of_admin(work, &by).await?;
        let held = roster.lock(work, member_id).await?;
        if held.second_factor.is_none() {
            return Ok(());
        }
        let member = Member { second_factor: None, ..held };
        work.members().update(&member).await?;
        work.members().end_sessions(member_id, Visits::All, now).await?;
        let says = Says::Changed(AccountChange::SecondFactorOff);
        team_chronicle::write_to(work, &self.ambient, (member.team_id, &member.email), now, says).await?;
        let details = vec![("member", member.email.to_string())];
        let deed = TeamDeed { details, ..TeamDeed::to(member_id, TeamAction::SecondFactorReset) };
        team_chronicle::record(work, &self.ambient, &by, now, deed).await?;
        Ok(())
    }
}
