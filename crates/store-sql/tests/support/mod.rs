//! What the contract on PostgreSQL needs, direct and behind a pooler: one database for all worlds.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use vestibule_domain::Instant;
use vestibule_store_sql::{ConnectOptions, SqlStore};

/// When the schema is made.
pub(crate) const NOW: Instant = time::macros::datetime!(2026-11-21 12:00 UTC);

/// A store on a database, with a small pool: several stores share a server's connections.
pub(crate) async fn store(url: &str) -> SqlStore {
    let options = ConnectOptions { connections_max: 8, ..ConnectOptions::default() };
    SqlStore::connect(url, options).await.expect("the database answers")
}

/// Makes the schema in a database.
pub(crate) fn migrate(url: &str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async { store(url).await.migrate(NOW).await }).expect("the schema is made");
}

/// Runs this test program again with one thread, unless it has been told how many.
///
/// Transaction ids belong to the whole server, and events are shown only before the oldest
/// transaction that runs. A case that reads what it has just written must not meet the
/// transactions of another case.
pub(crate) fn one_case_at_a_time() -> Option<ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let told = |argument: &OsString| argument.to_string_lossy().starts_with("--test-threads");
    if arguments.iter().any(told) {
        return None;
    }
    let program = std::env::current_exe().expect("this program has a path");
    let status = Command::new(program).args(arguments).arg("--test-threads=1").status();
    let code = status.expect("this program runs").code().and_then(|code| u8::try_from(code).ok());
    Some(code.unwrap_or(1).into())
}
