//! Real servers for tests, each thrown away with the value that stands for it.
//!
//! A test dependency only. PostgreSQL and PgBouncer refuse to run as root; where tests do, as in
//! containers, the servers run as the system's `postgres` user.

mod account;
mod pgbouncer;
mod postgres;

use std::net::TcpListener;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

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

/// Ports for servers: below those that the system gives to connections on their way out (Linux: 32768
/// and up), any of which might be taken between the choice and the server's start.
const PORTS: Range<u16> = 10_000..32_000;

/// A port of the loopback address that is free now. No caller in this process got it before, as long
/// as there are others; processes begin at different places.
///
/// # Errors
/// [`ServerError::System`] if none is free.
pub fn free_port() -> Result<u16, ServerError> {
    static TURN: AtomicU32 = AtomicU32::new(0);
    let count = u32::from(PORTS.end - PORTS.start);
    let begin = std::process::id().wrapping_mul(997);
    let mut refused = std::io::Error::from(std::io::ErrorKind::AddrInUse);
    for _ in PORTS {
        let turn = begin.wrapping_add(TURN.fetch_add(1, Ordering::Relaxed)) % count;
        // The remainder is less than the count, which was a `u16`.
        let port = PORTS.start + u16::try_from(turn).unwrap_or_default();
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => return Ok(port),
            Err(error) => refused = error,
        }
    }
    Err(refused.into())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ports_are_told_apart_are_free_and_no_connection_takes_them() {
        let given: Vec<u16> = (0..64).map(|_| free_port().unwrap()).collect();
        assert!(given.iter().all(|port| PORTS.contains(port)), "{given:?}");
        assert_eq!(given.iter().collect::<HashSet<_>>().len(), given.len());
        // Whoever took the next one keeps it.
        let next = free_port().unwrap() + 1;
        let held = TcpListener::bind(("127.0.0.1", next));
        assert_ne!(free_port().unwrap(), next, "{held:?}");
    }
}
