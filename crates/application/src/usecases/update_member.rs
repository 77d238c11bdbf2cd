//! A member changes their name, or which mails they get.

use async_trait::async_trait;
use vestibule_domain::member::Member;
use vestibule_domain::notice::Notices;
use vestibule_domain::readout::{Overtaken, Revision};
use vestibule_domain::team_trail::TeamAction;
use vestibule_domain::text::Name;

use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::team_chronicle::{self, Acting, TeamDeed};
use crate::usecase::{Contended, UseCase};

/// Changes what a member may say about themselves.
pub struct UpdateMember {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct UpdateMemberCommand {
    /// Who asks.
    pub by: Acting,
    /// Their name; none to go by their address.
    pub name: Option<Name>,
    /// The mails that they want.
    pub notices: Notices,
    /// What they read when the change was made; whatever they read, if none.
    pub made_from: Option<Revision>,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateMemberError {
    /// They changed it themselves, in another tab.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for UpdateMemberError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for UpdateMember {
    type Command = UpdateMemberCommand;
    type Outcome = ();
    type Error = UpdateMemberError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: UpdateMemberCommand,
    ) -> Result<(), UpdateMemberError> {
        let now = self.ambient.now();
        let UpdateMemberCommand { by, name, notices, made_from } = command;
        let Some(held) = work.members().lock(by.member_id).await? else { return Ok(()) };
        if held.name == name && held.notices == notices {
            return Ok(());
        }
        let before = held.readout();
        before.expect(made_from)?;
        let saved = Member { name, notices, ..held };
        work.members().update(&saved).await?;
        let deed = TeamDeed::to(by.member_id, TeamAction::MemberUpdated);
        let change = (deed, before.changes(&saved.readout()));
        team_chronicle::record_change(work, &self.ambient, &by, now, change).await?;
        Ok(())
    }
}
