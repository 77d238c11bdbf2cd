//! The guarded client against real servers on this machine.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod dns;
mod get;
mod guard;
mod name_server;
mod post;
mod send;
mod server;
mod tls;
