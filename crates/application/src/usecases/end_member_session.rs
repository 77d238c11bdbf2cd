//! A member signs out of the dashboard.

use async_trait::async_trait;
use vestibule_domain::id::{MemberId, MemberSessionId};

use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Ends a visit to the dashboard.
pub struct EndMemberSession {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct EndMemberSessionCommand {
    /// Whose visit.
    pub member_id: MemberId,
    /// Which.
    pub session_id: MemberSessionId,
}

/// Why no visit was ended. One that is over already is no error.
#[derive(Debug, thiserror::Error)]
pub enum EndMemberSessionError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for EndMemberSessionError {
    fn is_contended(&self) -> bool {
        let Self::Store(error) = self;
        error.is_contended()
    }
}

#[async_trait]
impl UseCase for EndMemberSession {
    type Command = EndMemberSessionCommand;
    type Outcome = ();
    type Error = EndMemberSessionError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: EndMemberSessionCommand,
    ) -> Result<(), EndMemberSessionError> {
        let now = self.ambient.now();
        work.members().end_session(command.member_id, command.session_id, now).await?;
        Ok(())
    }
}
