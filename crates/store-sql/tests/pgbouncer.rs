//! The store contract, kept behind PgBouncer in transaction mode, by two processes' worth of stores
//! at once: what one prepares or sets must never be met by the other.

mod support;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use vestibule_application::ports::store::{Jobs, Queries, Store, StoreResult, UnitOfWork};
use vestibule_store_contract::{self as store_contract, World};
use vestibule_store_sql::SqlStore;
use vestibule_test_servers::{PgBouncer, Postgres};

/// Connections to the server, for all cases and both stores: as few as a case can do with, so
/// that every one of them is used by everybody.
const POOL_SIZE: u16 = 2;

/// Two stores that take turns.
struct Pair {
    stores: [SqlStore; 2],
    turns: AtomicUsize,
}

impl Pair {
    fn next(&self) -> &SqlStore {
        &self.stores[self.turns.fetch_add(1, Ordering::Relaxed) % 2]
    }
}

#[async_trait]
impl Store for Pair {
    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        self.next().begin().await
    }

    fn queries(&self) -> &dyn Queries {
        self.next().queries()
    }

    fn jobs(&self) -> &dyn Jobs {
        self.next().jobs()
    }
}

fn main() -> ExitCode {
    if let Some(code) = support::one_case_at_a_time() {
        return code;
    }
    let server = Postgres::start().expect("PostgreSQL starts");
    server.create_database("contract").expect("a database is made");
    let pooler = PgBouncer::start(&server, POOL_SIZE).expect("PgBouncer starts");
    let url = pooler.url("contract");
    // The schema is made through the pooler as well.
    support::migrate(&url);
    store_contract::main("pgbouncer", move || {
        let url = url.clone();
        async move {
            let stores = [support::store(&url).await, support::store(&url).await];
            World::new(Arc::new(Pair { stores, turns: AtomicUsize::new(0) }))
        }
    })
}
