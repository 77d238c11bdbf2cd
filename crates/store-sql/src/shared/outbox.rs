//! What is written and seldom read again in the same unit of work: kept back, and sent with the
//! commit.

use async_trait::async_trait;
use vestibule_application::ports::store::{Outbox, StoreResult};
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::event::Event;
use vestibule_domain::job::Job;

use super::rows::{AuditRow, EventRow, JobRow, LinkRow, SsoSessionRow};
use super::unit::SqlUnitOfWork;

/// Most rows of one statement, well below what both databases take in parameters.
pub(in super::super) const ROWS_MAX: usize = 500;

/// Rows that wait for the commit.
#[derive(Debug, Default)]
pub(in super::super) struct Kept {
    /// Written before anything else that the unit of work sends.
    pub(in super::super) links: Vec<LinkRow>,
    /// Likewise.
    pub(in super::super) sso_sessions: Vec<SsoSessionRow>,
    pub(in super::super) audit: Vec<AuditRow>,
    pub(in super::super) events: Vec<EventRow>,
    pub(in super::super) jobs: Vec<JobRow>,
}

impl Kept {
    /// Whether nothing waits.
    pub(in super::super) fn is_empty(&self) -> bool {
        let Self { links, sso_sessions, audit, events, jobs } = self;
        links.is_empty()
            && sso_sessions.is_empty()
            && audit.is_empty()
            && events.is_empty()
            && jobs.is_empty()
    }
}

/// Goes through the statements that write the rows, one for each table that has any.
macro_rules! inserts {
    ($kept:expr, $insert:ident => $run:expr) => {
        for row in $kept.links {
            let $insert = diesel::insert_into(shared::schema::portal_links::table).values(row);
            $run;
        }
        for row in $kept.sso_sessions {
            let $insert = diesel::insert_into(shared::schema::sso_sessions::table).values(row);
            $run;
        }
        for rows in $kept.audit.chunks(shared::ROWS_MAX) {
            let $insert = diesel::insert_into(shared::schema::audit_trail::table).values(rows);
            $run;
        }
        for rows in $kept.events.chunks(shared::ROWS_MAX) {
            let $insert = diesel::insert_into(shared::schema::events::table).values(rows);
            $run;
        }
        for rows in $kept.jobs.chunks(shared::ROWS_MAX) {
            // A standing job is there once, whoever asks for it again.
            let $insert =
                diesel::insert_into(shared::schema::jobs::table).values(rows).on_conflict_do_nothing();
            $run;
        }
    };
}

pub(in super::super) use inserts;

/// The position of the next row.
fn position<T>(rows: &[T]) -> i32 {
    i32::try_from(rows.len()).unwrap_or(i32::MAX)
}

#[async_trait]
impl Outbox for SqlUnitOfWork {
    async fn record(&mut self, entry: AuditEntry) -> StoreResult<()> {
        let position = position(&self.kept.audit);
        self.kept.audit.push(AuditRow::new(entry, position));
        Ok(())
    }

    async fn append(&mut self, event: Event) -> StoreResult<()> {
        let position = position(&self.kept.events);
        self.kept.events.push(EventRow::new(event, position));
        Ok(())
    }

    async fn enqueue(&mut self, job: Job) -> StoreResult<()> {
        self.kept.jobs.push(job.into());
        Ok(())
    }
}
