//! Answers that are given again.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::upsert::excluded;
use vestibule_application::ports::store::{ReplayClaim, ReplayOutcome, Replays, StoreError, StoreResult};
use vestibule_domain::secret::Sealed;

use super::schema::replays;
use super::unit::SqlUnitOfWork;
use crate::parse::{instant, without_nul};

const TABLE: &str = "replays";

#[async_trait]
impl Replays for SqlUnitOfWork {
    async fn claim(&mut self, claim: &ReplayClaim) -> StoreResult<ReplayOutcome> {
        // One statement: it waits for a unit of work that has claimed the key and goes on, takes
        // over a row whose time is past or that was never answered, and otherwise touches nothing.
        let insert = diesel::insert_into(replays::table)
            .values((
                replays::api_key_id.eq(claim.api_key_id.to_string()),
                replays::route.eq(without_nul(&claim.route)),
                replays::key.eq(without_nul(&claim.key)),
                replays::environment_id.eq(claim.environment_id.to_string()),
                replays::body.eq(claim.body.as_bytes().to_vec()),
                replays::answer.eq(None::<Vec<u8>>),
                replays::expires_at.eq(instant(claim.expires_at)),
            ))
            .on_conflict((replays::api_key_id, replays::environment_id, replays::route, replays::key))
            .do_update()
            .set((
                replays::body.eq(excluded(replays::body)),
                replays::answer.eq(None::<Vec<u8>>),
                replays::expires_at.eq(excluded(replays::expires_at)),
            ));
        let insert = diesel::query_dsl::methods::FilterDsl::filter(
            insert,
            replays::expires_at.le(instant(claim.now)).or(replays::answer.is_null()),
        );
        if self.touch(TABLE, insert).await? {
            return Ok(ReplayOutcome::Claimed);
        }
        let query = replays::table
            .filter(replays::api_key_id.eq(claim.api_key_id.to_string()))
            .filter(replays::environment_id.eq(claim.environment_id.to_string()))
            .filter(replays::route.eq(without_nul(&claim.route)))
            .filter(replays::key.eq(without_nul(&claim.key)))
            .select((replays::body, replays::answer));
        let found: Option<(Vec<u8>, Option<Vec<u8>>)> = self.rows(TABLE, query).await?.pop();
        Ok(match found {
            Some((body, _)) if body != claim.body.as_bytes() => ReplayOutcome::OtherBody,
            Some((_, Some(answer))) => ReplayOutcome::Answered(Sealed::from_bytes(answer)),
            // Removed since, or taken over: whoever did that is at it now.
            Some((_, None)) | None => return Err(StoreError::Contention),
        })
    }

    async fn keep(&mut self, claim: &ReplayClaim, answer: &Sealed) -> StoreResult<()> {
        let claimed = replays::table
            .filter(replays::api_key_id.eq(claim.api_key_id.to_string()))
            .filter(replays::environment_id.eq(claim.environment_id.to_string()))
            .filter(replays::route.eq(without_nul(&claim.route)))
            .filter(replays::key.eq(without_nul(&claim.key)));
        let kept = diesel::update(claimed).set(replays::answer.eq(Some(answer.as_bytes().to_vec())));
        self.run(TABLE, kept).await.map(drop)
    }
}
