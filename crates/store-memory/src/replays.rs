//! Answers that are given again.

use async_trait::async_trait;
use vestibule_application::ports::store::{ReplayClaim, ReplayOutcome, Replays, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::id::{ApiKeyId, EnvironmentId};
use vestibule_domain::secret::{Sealed, SecretDigest};

use crate::table::Row;
use crate::unit_of_work::MemoryUnitOfWork;

/// What an answer is kept under.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ReplayKey {
    api_key_id: ApiKeyId,
    environment_id: EnvironmentId,
    route: String,
    key: String,
}

impl ReplayKey {
    fn of(claim: &ReplayClaim) -> Self {
        Self {
            api_key_id: claim.api_key_id,
            environment_id: claim.environment_id,
            route: claim.route.clone(),
            key: claim.key.clone(),
        }
    }
}

/// A kept answer.
#[derive(Clone)]
pub(crate) struct Replay {
    key: ReplayKey,
    body: SecretDigest,
    answer: Sealed,
    expires_at: Instant,
}

impl Row for Replay {
    type Key = ReplayKey;
    /// When it is forgotten.
    type Index = Instant;
    fn key(&self) -> ReplayKey {
        self.key.clone()
    }
    fn indexes(&self) -> Vec<Instant> {
        vec![self.expires_at]
    }
}

#[async_trait]
impl Replays for MemoryUnitOfWork {
    /// Writes nothing: the writer's lock keeps every other claim waiting until this unit of work
    /// ends, and a claim without an answer counts as none.
    async fn claim(&mut self, claim: &ReplayClaim) -> StoreResult<ReplayOutcome> {
        let kept = self.tables.replays.get(&ReplayKey::of(claim));
        Ok(match kept.filter(|kept| kept.expires_at > claim.now) {
            None => ReplayOutcome::Claimed,
            Some(kept) if kept.body != claim.body => ReplayOutcome::OtherBody,
            Some(kept) => ReplayOutcome::Answered(kept.answer.clone()),
        })
    }

    async fn keep(&mut self, claim: &ReplayClaim, answer: &Sealed) -> StoreResult<()> {
        self.tables.replays.put(Replay {
            key: ReplayKey::of(claim),
            body: claim.body,
            answer: answer.clone(),
            expires_at: claim.expires_at,
        });
        Ok(())
    }
}

impl MemoryUnitOfWork {
    /// Forgets what is past its time.
    pub(crate) fn forget_replays(&mut self, now: Instant) {
        let expired: Vec<_> = self.tables.replays.up_to(&now).map(Row::key).collect();
        for key in expired {
            self.tables.replays.remove(&key);
        }
    }
}
