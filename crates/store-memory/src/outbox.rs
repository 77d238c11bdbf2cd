//! Audit trail, events and jobs, as units of work write them.

use async_trait::async_trait;
use vestibule_application::ports::store::{Outbox, StoreResult};
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::event::Event;
use vestibule_domain::id::{AuditId, EnvironmentId, EventId};
use vestibule_domain::job::Job;

use crate::jobs::StoredJob;
use crate::table::{Row, Table};
use crate::unit_of_work::MemoryUnitOfWork;

/// Something with its place in the order of becoming visible. Units of work run one after the
/// other, so the order of writing is that order.
#[derive(Clone)]
pub(crate) struct Placed<T> {
    place: u64,
    pub(crate) value: T,
}

/// What is listed by place and named by id.
pub(crate) trait Listed: Clone {
    type Id: Ord + Copy;
    fn id(&self) -> Self::Id;
    fn environment_id(&self) -> EnvironmentId;
}

impl Listed for Event {
    type Id = EventId;
    fn id(&self) -> EventId {
        self.id
    }
    fn environment_id(&self) -> EnvironmentId {
        self.environment_id
    }
}

impl Listed for AuditEntry {
    type Id = AuditId;
    fn id(&self) -> AuditId {
        self.id
    }
    fn environment_id(&self) -> EnvironmentId {
        self.environment_id
    }
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PlacedIndex<I> {
    Environment(EnvironmentId),
    Id(I),
}

impl<T: Listed> Row for Placed<T> {
    type Key = u64;
    type Index = PlacedIndex<T::Id>;
    fn key(&self) -> u64 {
        self.place
    }
    fn indexes(&self) -> Vec<Self::Index> {
        vec![PlacedIndex::Environment(self.value.environment_id()), PlacedIndex::Id(self.value.id())]
    }
}

impl<T: Listed> Table<Placed<T>> {
    fn append(&mut self, value: T) {
        let place = self.last_key().map_or(0, |last| last + 1);
        self.put(Placed { place, value });
    }
}

#[async_trait]
impl Outbox for MemoryUnitOfWork {
    async fn record(&mut self, entry: AuditEntry) -> StoreResult<()> {
        self.tables.audit_trail.append(entry);
        Ok(())
    }

    async fn append(&mut self, event: Event) -> StoreResult<()> {
        self.tables.events.append(event);
        Ok(())
    }

    async fn enqueue(&mut self, job: Job) -> StoreResult<()> {
        if self.tables.jobs.get(&job.id).is_none() {
            self.tables.jobs.put(StoredJob::waiting(job));
        }
        Ok(())
    }
}
