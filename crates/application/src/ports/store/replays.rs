//! Answers that are given again.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::id::{ApiKeyId, EnvironmentId};
use vestibule_domain::secret::{Sealed, SecretDigest};

use super::StoreResult;

/// Answers that are given again when a request is repeated with the same idempotency key.
#[async_trait]
pub trait Replays: Send {
    /// Claims a key. Of concurrent claims of one key, one wins; the others wait for its unit of
    /// work to end, and then find its answer, or win in their turn if it was taken back.
    ///
    /// From its `expires_at` on, a claim counts as none; so does one whose unit of work ended without
    /// [`Replays::keep`]. Who asks, environment, route and key together tell claims apart.
    async fn claim(&mut self, claim: &ReplayClaim) -> StoreResult<ReplayOutcome>;
    /// Keeps the answer under a key claimed in this unit of work.
    async fn keep(&mut self, claim: &ReplayClaim, answer: &Sealed) -> StoreResult<()>;
}

/// A request that may be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayClaim {
    /// Who asks.
    pub api_key_id: ApiKeyId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Method and route.
    pub route: String,
    /// The key that the client sent.
    pub key: String,
    /// Digest of the body: the same key with another body is a mistake.
    pub body: SecretDigest,
    /// Now.
    pub now: Instant,
    /// When the answer is forgotten.
    pub expires_at: Instant,
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplayOutcome {
    /// The request is new; go on.
    Claimed,
    /// It was answered; give this answer again.
    Answered(Sealed),
    /// The key was used with another body.
    OtherBody,
}
