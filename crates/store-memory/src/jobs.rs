//! Work after the answer.

use async_trait::async_trait;
use vestibule_application::ports::store::{Jobs, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::id::JobId;
use vestibule_domain::job::{JOB_LEASE, Job, JobEnd, Task};

use crate::MemoryStore;
use crate::table::Row;

/// A job with where it stands.
#[derive(Clone)]
pub(crate) struct StoredJob {
    job: Job,
    standing: Standing,
}

#[derive(Clone)]
enum Standing {
    /// To be started at that time: when it was asked for, or when a worker's lease ends.
    Due(Instant),
    /// Given up.
    GivenUp {
        /// Why.
        reason: String,
    },
}

impl StoredJob {
    pub(crate) fn waiting(job: Job) -> Self {
        Self { standing: Standing::Due(job.run_at), job }
    }

    pub(crate) fn task(&self) -> Task {
        self.job.task
    }
}

impl Row for StoredJob {
    type Key = JobId;
    /// When it is due.
    type Index = Instant;
    fn key(&self) -> JobId {
        self.job.id
    }
    fn indexes(&self) -> Vec<Instant> {
        match self.standing {
            Standing::Due(at) => vec![at],
            Standing::GivenUp { .. } => Vec::new(),
        }
    }
}

impl MemoryStore {
    /// The jobs that were given up and why, oldest first.
    pub fn given_up_jobs(&self) -> Vec<(Job, String)> {
        let tables = self.committed();
        let given_up = tables.jobs.all().filter_map(|stored| match &stored.standing {
            Standing::GivenUp { reason } => Some((stored.job.clone(), reason.clone())),
            Standing::Due(_) => None,
        });
        given_up.collect()
    }
}

#[async_trait]
impl Jobs for MemoryStore {
    async fn claim(&self, most: u16, now: Instant) -> StoreResult<Vec<Job>> {
        let mut work = self.open().await;
        let mut due: Vec<Job> =
            work.tables.jobs.up_to(&now).take(usize::from(most)).map(|stored| stored.job.clone()).collect();
        for job in &mut due {
            job.starts = job.starts.saturating_add(1);
            let standing = Standing::Due(now + JOB_LEASE);
            work.tables.jobs.put(StoredJob { job: job.clone(), standing });
        }
        work.publish();
        Ok(due)
    }

    async fn end(&self, job: &Job, end: &JobEnd) -> StoreResult<()> {
        let mut work = self.open().await;
        let jobs = &mut work.tables.jobs;
        if jobs.get(&job.id).is_some_and(|stored| stored.job.starts == job.starts) {
            match end {
                JobEnd::Done => {
                    jobs.remove(&job.id);
                }
                JobEnd::Retry { at } => jobs.put(StoredJob::waiting(Job { run_at: *at, ..job.clone() })),
                JobEnd::GiveUp { reason } => {
                    let standing = Standing::GivenUp { reason: reason.clone() };
                    jobs.put(StoredJob { job: job.clone(), standing });
                }
            }
        }
        work.publish();
        Ok(())
    }

    async fn next_due(&self) -> StoreResult<Option<Instant>> {
        Ok(self.committed().jobs.first_index().copied())
    }

    async fn sweep(&self, now: Instant) -> StoreResult<()> {
        let mut work = self.open().await;
        work.forget_replays(now);
        work.forget_codes(now);
        work.forget_assertions(now);
        work.forget_exchanges(now);
        work.forget_sso_sessions(now);
        work.forget_of_teams(now);
        work.publish();
        Ok(())
    }

    async fn tally(&self, _: Instant) -> StoreResult<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use vestibule_application::ports::store::Store;
    use vestibule_domain::job::Task;

    use super::*;

    #[tokio::test]
    async fn a_job_given_up_is_listed_with_the_reason() {
        let store = MemoryStore::new();
        let now = Instant::UNIX_EPOCH;
        let mut work = store.begin().await.unwrap();
        for id in ["job_00000000000000000000000001", "job_00000000000000000000000002"] {
            let environment_id = "environment_00000000000000000000000001".parse().unwrap();
            let task = Task::SendMessage("message_00000000000000000000000001".parse().unwrap());
            let job = Job { id: id.parse().unwrap(), environment_id, task, run_at: now, starts: 0 };
            work.outbox().enqueue(job).await.unwrap();
        }
        work.commit().await.unwrap();

        let claimed = store.claim(1, now).await.unwrap();
        let reason = "the receiver is gone".to_owned();
        store.end(&claimed[0], &JobEnd::GiveUp { reason: reason.clone() }).await.unwrap();

        assert_eq!(store.given_up_jobs(), vec![(claimed[0].clone(), reason)]);
    }
}
