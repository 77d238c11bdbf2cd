//! An admin sends an invitation to the team again.

use async_trait::async_trait;
use vestibule_domain::id::TeamInvitationId;
use vestibule_domain::secret::TeamInvitationToken;
use vestibule_domain::team::{TEAM_INVITATION_PAUSE, TeamInvitation};
use vestibule_domain::team_trail::TeamAction;

use super::invite_member::send;
use super::team_change::{Roster, TeamChangeError};
use crate::ambient::Ambient;
use crate::ports::store::UnitOfWork;
use crate::team_chronicle::{self, Acting, TeamDeed};
use crate::usecase::UseCase;

/// Mails an invitation again, with a new link and a new time: the link before stops working.
pub struct ResendTeamInvitation {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ResendTeamInvitationCommand {
    /// Who asks.
    pub by: Acting,
    /// Which.
    pub invitation_id: TeamInvitationId,
}

#[async_trait]
impl UseCase for ResendTeamInvitation {
    type Command = ResendTeamInvitationCommand;
    /// None if it was sent a moment ago.
    type Outcome = Option<TeamInvitation>;
    type Error = TeamChangeError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ResendTeamInvitationCommand,
    ) -> Result<Option<TeamInvitation>, TeamChangeError> {
        let now = self.ambient.now();
        let ResendTeamInvitationCommand { by, invitation_id } = command;
        let roster = Roster::of_admin(work, &by).await?;
        let held = work.teams().invitations(roster.team.id).await?;
        let held = held.into_iter().find(|held| held.id == invitation_id);
        let held = held.ok_or(TeamChangeError::Unknown)?;
        if now < held.sent_at + TEAM_INVITATION_PAUSE {
            return Ok(None);
        }
        let token = TeamInvitationToken::from_random(self.ambient.token_bytes());
        let invitation = TeamInvitation { digest: token.digest(), sent_at: now, ..held };
        if !work.teams().update_invitation(&invitation).await? {
            return Err(TeamChangeError::Unknown);
        }
        send(work, &self.ambient, &invitation, &token, now).await?;
        let deed = TeamDeed {
            action: TeamAction::InvitationSentAgain,
            target: invitation.id.to_string(),
            details: vec![("email", invitation.email.to_string())],
        };
        team_chronicle::record(work, &self.ambient, &by, now, deed).await?;
        Ok(Some(invitation))
    }
}
