//! An admin changes what a member may do.

use async_trait::async_trait;
use vestibule_domain::id::MemberId;
use vestibule_domain::member::{Member, MemberRole};
use vestibule_domain::readout::Readout;
use vestibule_domain::team::has_other_admin;
use vestibule_domain::team_trail::TeamAction;

use super::team_change::{Roster, TeamChangeError};
use crate::ambient::Ambient;
use crate::ports::store::UnitOfWork;
use crate::team_chronicle::{self, Acting, TeamDeed};
use crate::usecase::UseCase;

/// Changes a member's role. It counts from their next request on, in the visits that they have.
pub struct ChangeMemberRole {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ChangeMemberRoleCommand {
    /// Who asks.
    pub by: Acting,
    /// Whose role.
    pub member_id: MemberId,
    /// The new one.
    pub role: MemberRole,
}

#[async_trait]
impl UseCase for ChangeMemberRole {
    type Command = ChangeMemberRoleCommand;
    type Outcome = ();
    type Error = TeamChangeError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ChangeMemberRoleCommand,
    ) -> Result<(), TeamChangeError> {
        let now = self.ambient.now();
        let ChangeMemberRoleCommand { by, member_id, role } = command;
        let roster = Roster::of_admin(work, &by).await?;
        let held = roster.lock(work, member_id).await?;
        if held.role == role {
            return Ok(());
        }
        if role != MemberRole::Admin && !has_other_admin(&roster.members, &held) {
            return Err(TeamChangeError::LastAdmin);
        }
        let details = vec![("member", held.email.to_string())];
        let reads = |role: MemberRole| Readout::default().with("role", role.as_str());
        let changes = reads(held.role).changes(&reads(role));
        work.members().update(&Member { role, ..held }).await?;
        let deed = TeamDeed { details, ..TeamDeed::to(member_id, TeamAction::MemberRoleChanged) };
        team_chronicle::record_change(work, &self.ambient, &by, now, (deed, changes)).await?;
        Ok(())
    }
}
