//! The store contract, kept in an SQLite file.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use vestibule_store_contract::{self as store_contract, World};
use vestibule_store_sql::{ConnectOptions, SqlStore};

/// A store in a file of its own, which goes with the test process's directory.
async fn fresh_store(directory: Arc<tempfile::TempDir>) -> SqlStore {
    static FILES: AtomicU32 = AtomicU32::new(0);
    let file = directory.path().join(format!("{}.db", FILES.fetch_add(1, Ordering::Relaxed)));
    let url = format!("sqlite://{}", file.display());
    let store = SqlStore::connect(&url, ConnectOptions::default()).await.expect("a file is made");
    store.migrate(time::macros::datetime!(2026-11-21 12:00 UTC)).await.expect("the schema is made");
    store
}

fn main() -> ExitCode {
    let directory = Arc::new(tempfile::tempdir().expect("a directory"));
    store_contract::main("sqlite", move || {
        let directory = Arc::clone(&directory);
        async { World::new(Arc::new(fresh_store(directory).await)) }
    })
}
