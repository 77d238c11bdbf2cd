//! Real servers for tests, each thrown away with the value that stands for it.
//!
//! A test dependency only. PostgreSQL and PgBouncer refuse to run as root; where tests do, as in
//! containers, the servers run as the system's `postgres` user.

mod account;
mod pgbouncer;
mod postgres;

pub use pgbouncer::PgBouncer;
pub use postgres::Postgres;

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Its programs are not installed.
    #[error("{0} is not installed")]
    Missing(&'static str),
    /// One of its programs failed.
    #[error("{program} failed: {output}")]
    Failed {
        /// The program.
        program: String,
        /// What it said.
        output: String,
    },
    /// It began, and does not answer.
    #[error("{0} does not answer")]
    Silent(&'static str),
    /// The system refused something.
    #[error("the system refused: {0}")]
    System(#[from] std::io::Error),
}

/// A port of the loopback address that is free now.
fn free_port() -> Result<u16, ServerError> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
