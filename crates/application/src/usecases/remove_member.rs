//! An admin removes a member from the team.

use async_trait::async_trait;
use vestibule_domain::id::MemberId;
use vestibule_domain::team::has_other_admin;
use vestibule_domain::team_trail::TeamAction;

use super::team_change::{Roster, TeamChangeError};
use crate::ambient::Ambient;
use crate::ports::store::UnitOfWork;
use crate::team_chronicle::{self, Acting, TeamDeed};
use crate::usecase::UseCase;

/// Removes a member with their visits. What they did stays in the audit trails.
pub struct RemoveMember {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RemoveMemberCommand {
    /// Who asks.
    pub by: Acting,
    /// Who goes.
    pub member_id: MemberId,
}

#[async_trait]
impl UseCase for RemoveMember {
    type Command = RemoveMemberCommand;
    type Outcome = ();
    type Error = TeamChangeError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RemoveMemberCommand,
    ) -> Result<(), TeamChangeError> {
        let now = self.ambient.now();
        let RemoveMemberCommand { by, member_id } = command;
        let roster = Roster::of_admin(work, &by).await?;
        let held = roster.lock(work, member_id).await?;
        if !has_other_admin(&roster.members, &held) {
            return Err(TeamChangeError::LastAdmin);
        }
        work.members().delete(roster.team.id, member_id).await?;
        let details = vec![("member", held.email.to_string()), ("role", held.role.as_str().to_owned())];
        let deed = TeamDeed { details, ..TeamDeed::to(member_id, TeamAction::MemberRemoved) };
        team_chronicle::record(work, &self.ambient, &by, now, deed).await?;
        Ok(())
    }
}
