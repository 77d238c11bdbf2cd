//! Everything kept in memory: for tests, examples and embedding.
//!
//! Units of work run one after the other: each holds the writer's lock from `begin` to its end.
//! It works on tables of its own that remember what every changed row was before; committing
//! copies the changed rows, and only those, into the tables that queries read, and dropping puts
//! back what was. So writing costs what is changed, not what is kept; queries never wait for a
//! unit of work and never see half of one. The price is two trees over each table; the rows
//! themselves are shared.
//!
//! This crate must never know a clock, a runtime or a format: it needs locks and nothing else.

mod accounts;
mod codes;
mod connections;
mod jobs;
mod links;
mod lists;
mod members;
mod organizations;
mod outbox;
mod overview;
mod queries;
mod replays;
mod rows;
mod sessions;
mod sso;
mod table;
mod tables;
mod teams;
mod unit_of_work;
mod webhooks;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use async_trait::async_trait;
use tokio::sync::Mutex;
use vestibule_application::ports::store::{Jobs, Queries, Store, StoreResult, UnitOfWork};

use crate::tables::Tables;
use crate::unit_of_work::MemoryUnitOfWork;

/// A store in memory. Cloning it gives another handle on the same store.
#[derive(Clone, Default)]
pub struct MemoryStore {
    /// What the one open unit of work changes.
    working: Arc<Mutex<Tables>>,
    /// What was committed; locked for as long as one query or one commit takes.
    committed: Arc<RwLock<Tables>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    async fn open(&self) -> MemoryUnitOfWork {
        let working = Arc::clone(&self.working).lock_owned().await;
        MemoryUnitOfWork::new(working, Arc::clone(&self.committed))
    }

    fn committed(&self) -> RwLockReadGuard<'_, Tables> {
        // Nothing that holds this lock can panic halfway; what is inside is whole.
        self.committed.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        Ok(Box::new(self.open().await))
    }

    fn queries(&self) -> &dyn Queries {
        self
    }

    fn jobs(&self) -> &dyn Jobs {
        self
    }
}
