//! Writes down that a browser came for a test that a program had asked for.

use async_trait::async_trait;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::sso::session::SsoSession;

use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Begins a test that waits.
pub struct BeginTest;

/// What is asked.
#[derive(Clone, Debug)]
pub struct BeginTestCommand {
    /// The test, as [`depart_with_ticket`](crate::sign_in::SignIns::depart_with_ticket) prepared it.
    pub session: SsoSession,
    /// Digest of the ticket that the browser came with.
    pub ticket: SecretDigest,
}

/// Why it does not begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginTestError {
    /// It was begun before.
    #[error("the test was begun already")]
    Spent,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for BeginTestError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for BeginTest {
    type Command = BeginTestCommand;
    type Outcome = ();
    type Error = BeginTestError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: BeginTestCommand,
    ) -> Result<(), BeginTestError> {
        let begun = work.sso_sessions().depart(&command.session, &command.ticket).await?;
        if begun { Ok(()) } else { Err(BeginTestError::Spent) }
    }
}
