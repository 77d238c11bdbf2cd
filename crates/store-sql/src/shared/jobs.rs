//! Work after the answer: jobs are claimed with a lease, and ended by whoever holds it.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use vestibule_application::ports::store::{Jobs, StoreResult, UnitOfWork as _};
use vestibule_domain::Instant;
use vestibule_domain::job::{JOB_LEASE, Job, JobEnd};

use super::super::dialect::{self, ConnPool, unclaimed};
use super::queries::loaded;
use super::rows::JobRow;
use super::schema::jobs;
use super::unit::SqlUnitOfWork;
use crate::fault::store_error;
use crate::parse::{instant, without_nul};
use crate::pool::checkout;

const TABLE: &str = "jobs";

/// Why a job was given up whose row means nothing to this program.
const UNREADABLE: &str = "the row of the job cannot be read";

/// Jobs over pools of connections.
pub(in super::super) struct SqlJobs {
    pub(super) reads: ConnPool,
    pub(super) writes: ConnPool,
}

impl SqlJobs {
    pub(in super::super) fn new(reads: ConnPool, writes: ConnPool) -> Self {
        Self { reads, writes }
    }
}

#[async_trait]
impl Jobs for SqlJobs {
    async fn claim(&self, most: u16, now: Instant) -> StoreResult<Vec<Job>> {
        let now = instant(now);
        // Idle workers look often; looking takes no lock.
        if self.next_due().await?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let due = jobs::table
            .filter(jobs::given_up_reason.is_null())
            // Both, though the second implies the first: one bounds the scan of the index that has
            // them in their order, the other passes over the few that somebody has.
            .filter(jobs::run_at.le(now))
            .filter(jobs::due_at.le(now))
            .order((jobs::run_at, jobs::id))
            .limit(most.into())
            .select(JobRow::as_select());
        // Two statements on purpose: PostgreSQL may run a locking subquery more than once, and
        // then it claims more than it was asked for.
        let mut work = SqlUnitOfWork::new(dialect::begin(&self.writes).await?);
        let rows: Vec<JobRow> = work.rows(TABLE, unclaimed!(due)).await?;
        let mut claimed = Vec::with_capacity(rows.len());
        let (mut ids, mut unreadable) = (Vec::with_capacity(rows.len()), Vec::new());
        for mut row in rows {
            row.starts += 1;
            let id = row.id.clone();
            match Job::try_from(row) {
                Ok(job) => {
                    ids.push(id);
                    claimed.push(job);
                }
                // It would come first for ever, and keep all others from being done.
                Err(_) => unreadable.push(id),
            }
        }
        if !unreadable.is_empty() {
            tracing::error!(jobs = ?unreadable, "jobs whose rows cannot be read were given up");
            let given_up = diesel::update(jobs::table.filter(jobs::id.eq_any(unreadable)))
                .set(jobs::given_up_reason.eq(Some(UNREADABLE)));
            work.run(TABLE, given_up).await?;
        }
        let leased = diesel::update(jobs::table.filter(jobs::id.eq_any(ids)))
            .set((jobs::due_at.eq(now + JOB_LEASE), jobs::starts.eq(jobs::starts + 1)));
        work.run(TABLE, leased).await?;
        Box::new(work).commit().await?;
        Ok(claimed)
    }

    async fn end(&self, job: &Job, end: &JobEnd) -> StoreResult<()> {
        let held = jobs::table
            .filter(jobs::id.eq(job.id.to_string()))
            .filter(jobs::starts.eq(i64::from(job.starts)))
            .filter(jobs::given_up_reason.is_null());
        let mut conn = checkout(&self.writes).await?;
        let outcome = match end {
            JobEnd::Done => diesel::delete(held).execute(&mut *conn).await,
            JobEnd::Retry { at } => {
                let at = instant(*at);
                let retry = diesel::update(held).set((jobs::run_at.eq(at), jobs::due_at.eq(at)));
                retry.execute(&mut *conn).await
            }
            JobEnd::GiveUp { reason } => {
                let given_up = diesel::update(held).set(jobs::given_up_reason.eq(Some(without_nul(reason))));
                given_up.execute(&mut *conn).await
            }
        };
        outcome.map(drop).map_err(|error| store_error(TABLE, error))
    }

    async fn next_due(&self) -> StoreResult<Option<Instant>> {
        let query = jobs::table
            .filter(jobs::given_up_reason.is_null())
            .order(jobs::due_at)
            .limit(1)
            .select(jobs::due_at);
        Ok(loaded(TABLE, &mut *checkout(&self.reads).await?, query).await?.pop())
    }

    async fn sweep(&self, now: Instant) -> StoreResult<()> {
        self.forget_expired(now).await?;
        self.forget_attempts(now).await?;
        self.forget_of_teams(now).await?;
        dialect::maintain(&mut *checkout(&self.writes).await?, now).await
    }

    async fn tally(&self, now: Instant) -> StoreResult<()> {
        self.count(now).await
    }
}
