//! The store contract, kept on PostgreSQL.

mod support;

use std::process::ExitCode;
use std::sync::Arc;

use vestibule_store_contract::{self as store_contract, World};
use vestibule_test_servers::Postgres;

/// An empty database: on the server that the environment names, or else on one of our own.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration but their environment")]
fn database(name: &str) -> (Option<Postgres>, String) {
    if let Ok(url) = std::env::var("VESTIBULE_TEST_POSTGRES_URL") {
        return (None, url);
    }
    let server = Postgres::start().expect("PostgreSQL starts");
    let url = server.create_database(name).expect("a database is made");
    (Some(server), url)
}

fn main() -> ExitCode {
    if let Some(code) = support::one_case_at_a_time() {
        return code;
    }
    let (_server, url) = database("contract");
    support::migrate(&url);
    store_contract::main("postgres", move || {
        let url = url.clone();
        async move { World::new(Arc::new(support::store(&url).await)) }
    })
}
