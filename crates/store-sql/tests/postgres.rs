//! The store contract, kept on PostgreSQL.

mod support;

use std::process::ExitCode;
use std::sync::Arc;

use vestibule_store_contract::{self as store_contract, World};

fn main() -> ExitCode {
    if let Some(code) = support::one_case_at_a_time() {
        return code;
    }
    let (_server, url) = support::database("contract");
    support::migrate(&url);
    store_contract::main("postgres", move || {
        let url = url.clone();
        async move { World::new(Arc::new(support::store(&url).await)) }
    })
}
