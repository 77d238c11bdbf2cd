//! What changes of a team's people have in common: who may make them, and why they are refused.

use vestibule_domain::id::MemberId;
use vestibule_domain::member::{Member, MemberRole};
use vestibule_domain::team::Team;

use crate::ports::store::{StoreError, UnitOfWork};
use crate::team_chronicle::Acting;
use crate::usecase::Contended;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum TeamChangeError {
    /// Whoever asks is no admin of the team, or not any more.
    #[error("only admins of the team may do that")]
    AdminsOnly,
    /// The team has no such member or invitation.
    #[error("the team has no such member or invitation")]
    Unknown,
    /// A team keeps an admin.
    #[error("the team has no other admin")]
    LastAdmin,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for TeamChangeError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

/// A team that nobody else changes before the unit of work ends, as an admin of it sees it.
pub(super) struct Roster {
    pub(super) team: Team,
    pub(super) members: Vec<Member>,
}

impl Roster {
    /// Locks the team of whoever asks. Whether they are an admin is asked behind the lock: a
    /// colleague may have changed it a moment ago.
    pub(super) async fn of_admin(work: &mut dyn UnitOfWork, by: &Acting) -> Result<Self, TeamChangeError> {
        let team = work.teams().lock(by.team_id).await?.ok_or(TeamChangeError::AdminsOnly)?;
        let members = work.teams().members(team.id).await?;
        let admin = |member: &&Member| member.id == by.member_id && member.role == MemberRole::Admin;
        if members.iter().find(admin).is_none() {
            return Err(TeamChangeError::AdminsOnly);
        }
        Ok(Self { team, members })
    }

    /// A member of the team, as it stands behind the lock of their own row.
    pub(super) async fn lock(
        &self,
        work: &mut dyn UnitOfWork,
        id: MemberId,
    ) -> Result<Member, TeamChangeError> {
        let member = work.members().lock(id).await?;
        member.filter(|member| member.team_id == self.team.id).ok_or(TeamChangeError::Unknown)
    }
}
