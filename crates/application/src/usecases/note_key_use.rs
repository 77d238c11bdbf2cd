//! Notes that an API key was used.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::id::{ApiKeyId, EnvironmentId};

use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Notes that a key was used. Nobody decided anything, so the audit trail says nothing of it.
pub struct NoteKeyUse;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct NoteKeyUseCommand {
    /// The key's environment.
    pub environment_id: EnvironmentId,
    /// Which key.
    pub key_id: ApiKeyId,
    /// When it was used.
    pub at: Instant,
}

/// Why nothing was noted.
#[derive(Debug, thiserror::Error)]
pub enum NoteKeyUseError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for NoteKeyUseError {
    fn is_contended(&self) -> bool {
        let Self::Store(error) = self;
        error.is_contended()
    }
}

#[async_trait]
impl UseCase for NoteKeyUse {
    type Command = NoteKeyUseCommand;
    type Outcome = ();
    type Error = NoteKeyUseError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: NoteKeyUseCommand,
    ) -> Result<(), NoteKeyUseError> {
        let NoteKeyUseCommand { environment_id, key_id, at } = command;
        // A key that is gone meanwhile has nothing to be noted.
        work.accounts().note_api_key_use(environment_id, key_id, at).await?;
        Ok(())
    }
}
