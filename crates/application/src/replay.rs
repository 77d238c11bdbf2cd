//! Running a use case once for a request that may come twice.
//!
//! The claim on the idempotency key, the effect and the kept answer are one unit of work: there is
//! no moment at which a crash leaves an effect without its answer, and a second request waits for
//! the first instead of guessing. Refusals are not kept: they changed nothing, and asking again
//! gives the same.

use crate::ambient::{Ambient, SecretOf};
use crate::ports::store::{ReplayClaim, ReplayOutcome, Store, StoreError};
use crate::usecase::{Contended, RUNS_MAX, UseCase, settle};

/// How long answers are kept.
pub const ANSWER_LIFE: time::Duration = time::Duration::hours(24);

/// Longest idempotency key, in bytes.
pub const KEY_BYTES_MAX: usize = 255;

/// An answer as it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP-like status.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
}

/// An answer, and whether it was made now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// Made now.
    Now(Answer),
    /// Kept from the first time.
    Again(Answer),
}

/// Why there is no answer.
#[derive(Debug)]
pub enum ReplayError<E> {
    /// The key was used with another body.
    OtherBody,
    /// The kept answer cannot be opened (its key is no longer configured).
    Unreadable,
    /// The use case refused.
    Case(E),
}

impl<E: From<StoreError>> From<StoreError> for ReplayError<E> {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

/// Runs a use case unless its request was answered before; gives that answer again otherwise.
pub async fn run<U: UseCase + ?Sized>(
    store: &dyn Store,
    ambient: &Ambient,
    claim: &ReplayClaim,
    case: &U,
    command: U::Command,
    render: &(dyn Fn(&U::Outcome) -> Answer + Send + Sync),
) -> Result<Given, ReplayError<U::Error>> {
    for _ in 1..RUNS_MAX {
        match run_once(store, ambient, claim, case, command.clone(), render).await {
            Err(ReplayError::Case(error)) if error.is_contended() => {}
            settled => return settled,
        }
    }
    run_once(store, ambient, claim, case, command, render).await
}

async fn run_once<U: UseCase + ?Sized>(
    store: &dyn Store,
    ambient: &Ambient,
    claim: &ReplayClaim,
    case: &U,
    command: U::Command,
    render: &(dyn Fn(&U::Outcome) -> Answer + Send + Sync),
) -> Result<Given, ReplayError<U::Error>> {
    let context = SecretOf::Replay(claim.api_key_id, claim.key.clone()).context();
    let mut work = store.begin().await?;
    let outcome = match work.replays().claim(claim).await {
        Err(error) => Err(error.into()),
        Ok(ReplayOutcome::OtherBody) => Err(ReplayError::OtherBody),
        Ok(ReplayOutcome::Answered(sealed)) => {
            // Sealed, because answers hold secrets that the store must not see: tokens, keys.
            ambient
                .vault
                .open(&context, &sealed)
                .ok()
                .and_then(|bytes| decode(&bytes))
                .map(Given::Again)
                .ok_or(ReplayError::Unreadable)
        }
        Ok(ReplayOutcome::Claimed) => match case.perform(&mut *work, command).await {
            Err(error) => Err(ReplayError::Case(error)),
            Ok(outcome) => {
                let answer = render(&outcome);
                let sealed = ambient.vault.seal(&context, &encode(&answer));
                match work.replays().keep(claim, &sealed).await {
                    Ok(()) => Ok(Given::Now(answer)),
                    Err(error) => Err(error.into()),
                }
            }
        },
    };
    settle(work, outcome).await
}

/// Status in two bytes, then the body.
fn encode(answer: &Answer) -> Vec<u8> {
    let mut bytes = answer.status.to_be_bytes().to_vec();
    bytes.extend_from_slice(&answer.body);
    bytes
}

fn decode(bytes: &[u8]) -> Option<Answer> {
    let (status, body) = bytes.split_first_chunk::<2>()?;
    Some(Answer { status: u16::from_be_bytes(*status), body: body.to_vec() })
}
