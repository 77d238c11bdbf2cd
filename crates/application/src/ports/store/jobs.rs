//! Work after the answer.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::job::{Job, JobEnd};

use super::StoreResult;

/// Work after the answer, for workers.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Takes up to `most` jobs that are due at `now`, those first that should have run earliest and
    /// of these the oldest, for [`vestibule_domain::job::JOB_LEASE`] from `now`; from the end of its
    /// lease on a job counts as due. Nobody else gets them meanwhile. Counts the start in `starts`;
    /// `run_at` stays as it was asked for.
    async fn claim(&self, most: u16, now: Instant) -> StoreResult<Vec<Job>>;
    /// Ends a claimed job, even past its lease. Does nothing if the job was taken over after its
    /// lease (its `starts` is another).
    async fn end(&self, job: &Job, end: &JobEnd) -> StoreResult<()>;
    /// When the next job is due, if there is any. Claimed jobs are due again when their lease ends:
    /// their worker may have died. Jobs given up are never due.
    async fn next_due(&self) -> StoreResult<Option<Instant>>;
    /// Removes what time has made useless at `now`: expired replays, and codes from
    /// [`vestibule_domain::address_code::CODE_KEPT`] after they were made, assertion ids that are too
    /// old to be accepted anyway, and attempts to sign in that are older than their environment
    /// keeps them; portal sessions and links are kept. Of teams: password resets that ran out,
    /// invitations from [`vestibule_domain::team::TEAM_INVITATION_KEPT`] after they ran out on, and,
    /// by the time in their ids, visits that are older than
    /// [`vestibule_domain::member_session::MEMBER_SESSION_KEPT`] and entries of the audit trail that
    /// are older than [`vestibule_domain::team_trail::TEAM_TRAIL_KEPT`].
    async fn sweep(&self, now: Instant) -> StoreResult<()>;
    /// Counts sign-ins and set-ups for [`super::Queries::overview`], and notes which connections fail, as it
    /// all stands at `now`. A store may be up to date without it. Whoever does it at the same time, or
    /// again, changes nothing.
    async fn tally(&self, now: Instant) -> StoreResult<()>;
}
