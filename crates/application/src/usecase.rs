//! How a use case runs: one unit of work, settled, and run again when the store was contended.

use async_trait::async_trait;

use crate::ports::store::{Store, StoreError, UnitOfWork};

/// Runs of a contended use case before it is given up.
pub const RUNS_MAX: usize = 5;

/// One decision that a person or a program brings.
///
/// A use case is handed its unit of work and so cannot open a second one, nor hold one open while
/// it waits for the outside: what must be fetched is fetched before and comes in the command.
#[async_trait]
pub trait UseCase: Send + Sync {
    /// What is asked. A plain value, so that a contended run can be repeated.
    type Command: Clone + Send + Sync;
    /// What comes of it.
    type Outcome: Send;
    /// Why nothing came of it.
    type Error: From<StoreError> + Contended + Send;

    /// Decides. Nothing is true before the unit of work is committed by the caller.
    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: Self::Command,
    ) -> Result<Self::Outcome, Self::Error>;
}

/// Tells a contended run from a refusal.
pub trait Contended {
    /// Whether the use case should simply run again.
    fn is_contended(&self) -> bool;
}

impl Contended for StoreError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Contention)
    }
}

/// Commits on success, takes back on refusal.
pub async fn settle<T, E: From<StoreError>>(
    work: Box<dyn UnitOfWork>,
    outcome: Result<T, E>,
) -> Result<T, E> {
    match outcome {
        Ok(value) => {
            work.commit().await?;
            Ok(value)
        }
        Err(error) => {
            // The refusal is what the caller needs to hear; a failed rollback only costs the
            // connection, which the store throws away.
            if let Err(rollback) = work.rollback().await {
                tracing::warn!(error = %rollback, "a unit of work could not be taken back");
            }
            Err(error)
        }
    }
}

/// Runs a use case in a unit of work of its own.
///
/// The future must be driven to its end once it has begun: callers that may be cancelled spawn it.
pub async fn run<U: UseCase + ?Sized>(
    store: &dyn Store,
    case: &U,
    command: U::Command,
) -> Result<U::Outcome, U::Error> {
    for _ in 1..RUNS_MAX {
        match run_once(store, case, command.clone()).await {
            Err(error) if error.is_contended() => {}
            settled => return settled,
        }
    }
    run_once(store, case, command).await
}

async fn run_once<U: UseCase + ?Sized>(
    store: &dyn Store,
    case: &U,
    command: U::Command,
) -> Result<U::Outcome, U::Error> {
    let mut work = store.begin().await?;
    let outcome = case.perform(&mut *work, command).await;
    settle(work, outcome).await
}
