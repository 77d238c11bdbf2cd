//! A member ends visits of theirs from the list of them.

use async_trait::async_trait;
use vestibule_domain::id::MemberSessionId;
use vestibule_domain::team_trail::TeamAction;

use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork, Visits};
use crate::team_chronicle::{self, Acting, TeamDeed};
use crate::usecase::UseCase;

/// Ends one visit, or all but the one in which it is asked.
pub struct EndOtherSessions {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct EndOtherSessionsCommand {
    /// Who asks.
    pub by: Acting,
    /// Which are ended.
    pub which: Which,
}

/// Which visits are ended.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// One.
    One(MemberSessionId),
    /// All but this one.
    AllBut(MemberSessionId),
}

#[async_trait]
impl UseCase for EndOtherSessions {
    type Command = EndOtherSessionsCommand;
    /// False if the one is not theirs, or over already.
    type Outcome = bool;
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: EndOtherSessionsCommand,
    ) -> Result<bool, StoreError> {
        let now = self.ambient.now();
        let member = command.by.member_id;
        let ended = match command.which {
            Which::One(id) => {
                if !work.members().end_session(member, id, now).await? {
                    return Ok(false);
                }
                id.to_string()
            }
            Which::AllBut(id) => {
                work.members().end_sessions(member, Visits::AllBut(id), now).await?;
                "all others".to_owned()
            }
        };
        let deed =
            TeamDeed { details: vec![("ended", ended)], ..TeamDeed::to(member, TeamAction::SessionsEnded) };
        team_chronicle::record(work, &self.ambient, &command.by, now, deed).await?;
        Ok(true)
    }
}
