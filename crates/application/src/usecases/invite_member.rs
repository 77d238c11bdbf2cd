//! An admin invites somebody to the team.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::member::MemberRole;
use vestibule_domain::secret::TeamInvitationToken;
use vestibule_domain::team::{TEAM_PEOPLE_MAX, TeamInvitation};
use vestibule_domain::team_trail::TeamAction;

use super::team_change::{Roster, TeamChangeError};
use crate::ambient::Ambient;
use crate::ports::store::{Conflict, StoreError, StoreResult, UnitOfWork};
use crate::team_chronicle::{self, Acting, Says, TeamDeed};
use crate::usecase::{Contended, UseCase};

/// Mails an invitation.
pub struct InviteMember {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct InviteMemberCommand {
    /// Who asks.
    pub by: Acting,
    /// Who is invited.
    pub email: EmailAddress,
    /// What they may do once they joined.
    pub role: MemberRole,
}

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteMemberError {
    /// They are a member of the team.
    #[error("is a member of the team")]
    Member,
    /// They are invited.
    #[error("is invited already; send the invitation again below")]
    Invited,
    /// The team is full.
    #[error("cannot be invited: a team has at most {TEAM_PEOPLE_MAX} people, invited ones included")]
    Full,
    /// Whoever asks may not, or the store failed.
    #[error(transparent)]
    Change(#[from] TeamChangeError),
}

impl From<StoreError> for InviteMemberError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::TeamInvitation) => Self::Invited,
            other => Self::Change(other.into()),
        }
    }
}

impl Contended for InviteMemberError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Change(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for InviteMember {
    type Command = InviteMemberCommand;
    type Outcome = TeamInvitation;
    type Error = InviteMemberError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: InviteMemberCommand,
    ) -> Result<TeamInvitation, InviteMemberError> {
        let now = self.ambient.now();
        let InviteMemberCommand { by, email, role } = command;
        let roster = Roster::of_admin(work, &by).await?;
        if roster.members.iter().any(|member| member.email == email) {
            return Err(InviteMemberError::Member);
        }
        let invited = work.teams().invitations(roster.team.id).await?;
        if roster.members.len() + invited.len() >= TEAM_PEOPLE_MAX {
            return Err(InviteMemberError::Full);
        }
        let token = TeamInvitationToken::from_random(self.ambient.token_bytes());
        let invitation = TeamInvitation {
            id: self.ambient.id(now),
            team_id: roster.team.id,
            email,
            role,
            digest: token.digest(),
            invited_by: by.name.clone(),
            created_at: now,
            sent_at: now,
        };
        work.teams().insert_invitation(&invitation).await?;
        send(work, &self.ambient, &invitation, &token, now).await?;
        let deed = TeamDeed {
            action: TeamAction::MemberInvited,
            target: invitation.id.to_string(),
            details: vec![("email", invitation.email.to_string()), ("role", role.as_str().to_owned())],
        };
        team_chronicle::record(work, &self.ambient, &by, now, deed).await?;
        Ok(invitation)
    }
}

/// Mails the link of an invitation.
pub(super) async fn send(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    invitation: &TeamInvitation,
    token: &TeamInvitationToken,
    now: Instant,
) -> StoreResult<()> {
    let url = ambient.addresses.team_invitation(token);
    let says = Says::Invitation {
        url: &url,
        invited_by: invitation.invited_by.clone(),
        expires_at: invitation.expires_at(),
    };
    team_chronicle::write_to(work, ambient, (invitation.team_id, &invitation.email), now, says).await
}
