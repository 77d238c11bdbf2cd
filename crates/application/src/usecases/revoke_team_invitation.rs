//! An admin withdraws an invitation to the team.

use async_trait::async_trait;
use vestibule_domain::id::TeamInvitationId;
use vestibule_domain::team_trail::TeamAction;

use super::team_change::{Roster, TeamChangeError};
use crate::ambient::Ambient;
use crate::ports::store::UnitOfWork;
use crate::team_chronicle::{self, Acting, TeamDeed};
use crate::usecase::UseCase;

/// Withdraws an invitation: its link stops working.
pub struct RevokeTeamInvitation {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RevokeTeamInvitationCommand {
    /// Who asks.
    pub by: Acting,
    /// Which.
    pub invitation_id: TeamInvitationId,
}

#[async_trait]
impl UseCase for RevokeTeamInvitation {
    type Command = RevokeTeamInvitationCommand;
    type Outcome = ();
    type Error = TeamChangeError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RevokeTeamInvitationCommand,
    ) -> Result<(), TeamChangeError> {
        let now = self.ambient.now();
        let RevokeTeamInvitationCommand { by, invitation_id } = command;
        let roster = Roster::of_admin(work, &by).await?;
        if !work.teams().delete_invitation(roster.team.id, invitation_id).await? {
            return Err(TeamChangeError::Unknown);
        }
        let deed = TeamDeed {
            action: TeamAction::InvitationRevoked,
            target: invitation_id.to_string(),
            details: Vec::new(),
        };
        team_chronicle::record(work, &self.ambient, &by, now, deed).await?;
        Ok(())
    }
}
