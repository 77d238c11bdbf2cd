//! Somebody takes up an invitation to a team.

use async_trait::async_trait;
use vestibule_domain::member::{Member, PasswordAttempts};
use vestibule_domain::notice::Notices;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::team_trail::TeamAction;
use vestibule_domain::text::Name;

use super::begin_member_session::{BegunMemberSession, open};
use crate::ambient::Ambient;
use crate::ports::store::{Conflict, StoreError, UnitOfWork};
use crate::sign_in::Browser;
use crate::team_chronicle::{self, Acting, TeamDeed};
use crate::usecase::{Contended, UseCase};

/// Makes a member of whoever has the link of an invitation, and begins their first visit.
pub struct JoinTeam {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone)]
pub struct JoinTeamCommand {
    /// The digest of the link's secret.
    pub digest: SecretDigest,
    /// What colleagues call them.
    pub name: Name,
    /// Their password as a PHC string.
    pub password_hash: String,
    /// Where from.
    pub browser: Browser,
}

/// Why nobody joined.
#[derive(Debug, thiserror::Error)]
pub enum JoinTeamError {
    /// The invitation was taken up or withdrawn, ran out, or never was one.
    #[error("the invitation cannot be taken up any more")]
    Gone,
    /// The address is a member's already, of this team or another.
    #[error("a member with this address exists")]
    MemberExists,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for JoinTeamError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::MemberEmail) => Self::MemberExists,
            other => Self::Store(other),
        }
    }
}

impl Contended for JoinTeamError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for JoinTeam {
    type Command = JoinTeamCommand;
    type Outcome = BegunMemberSession;
    type Error = JoinTeamError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: JoinTeamCommand,
    ) -> Result<BegunMemberSession, JoinTeamError> {
        let now = self.ambient.now();
        let JoinTeamCommand { digest, name, password_hash, browser } = command;
        let invitation = work.teams().find_invitation(&digest).await?;
        let invitation = invitation.filter(|held| held.open(now)).ok_or(JoinTeamError::Gone)?;
        // Whoever removes it is the one who joins; the lock keeps a new link from being sent meanwhile.
        work.teams().lock(invitation.team_id).await?;
        let still = work.teams().find_invitation(&digest).await?.is_some();
        if !still || !work.teams().delete_invitation(invitation.team_id, invitation.id).await? {
            return Err(JoinTeamError::Gone);
        }
        let member = Member {
            id: self.ambient.id(now),
            team_id: invitation.team_id,
            email: invitation.email,
            name: Some(name),
            password_hash,
            role: invitation.role,
            attempts: PasswordAttempts::default(),
            second_factor: None,
            notices: Notices::default(),
            signed_in_at: None,
            created_at: now,
        };
        work.accounts().insert_member(&member).await?;
        let by = Acting::new(&member, browser.ip_address.clone());
        let details = vec![
            ("email", member.email.to_string()),
            ("role", member.role.as_str().to_owned()),
            ("invited_by", invitation.invited_by),
        ];
        let deed = TeamDeed { details, ..TeamDeed::to(member.id, TeamAction::MemberJoined) };
        team_chronicle::record(work, &self.ambient, &by, now, deed).await?;
        Ok(open(work, &self.ambient, member, browser, now, "password").await?)
    }
}
