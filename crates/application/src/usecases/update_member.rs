//! A member changes their name, or which mails they get.

use async_trait::async_trait;
use vestibule_domain::member::Member;
use vestibule_domain::notice::Notices;
use vestibule_domain::team_trail::TeamAction;
use vestibule_domain::text::Name;

use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::team_chronicle::{self, Acting, TeamDeed};
use crate::usecase::UseCase;

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
}

#[async_trait]
impl UseCase for UpdateMember {
    type Command = UpdateMemberCommand;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: UpdateMemberCommand,
    ) -> Result<(), StoreError> {
        let now = self.ambient.now();
        let UpdateMemberCommand { by, name, notices } = command;
        let Some(held) = work.members().lock(by.member_id).await? else { return Ok(()) };
        if held.name == name && held.notices == notices {
            return Ok(());
        }
        let mut details = Vec::new();
        if held.name != name {
            let said = |name: &Option<Name>| name.as_ref().map(Name::to_string).unwrap_or_default();
            details.extend([("name_before", said(&held.name)), ("name", said(&name))]);
        }
        if held.notices != notices {
            details.extend([("mails_before", held.notices.to_words()), ("mails", notices.to_words())]);
        }
        work.members().update(&Member { name, notices, ..held }).await?;
        let deed = TeamDeed { details, ..TeamDeed::to(by.member_id, TeamAction::MemberUpdated) };
        team_chronicle::record(work, &self.ambient, &by, now, deed).await
    }
}
