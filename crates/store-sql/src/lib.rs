//! The store on PostgreSQL and SQLite.
//!
//! Every query is written once, in `shared/`, and compiled for both databases; `postgres` and
//! `sqlite` keep what truly differs. This crate knows tables and transactions; it must never know
//! a rule of the domain, nor HTTP.

#![expect(
    clippy::duplicate_mod,
    reason = "`shared` is compiled for both databases on purpose: one source of queries, without \
              generic bounds on every function"
)]

mod doc;
mod fault;
mod folded;
mod migrations;
mod options;
mod parse;
mod pool;
mod postgres;
mod sqlite;
mod store;

pub use migrations::SchemaState;
pub use options::{CONNECTIONS_DEFAULT, ConnectError, ConnectOptions, READERS_DEFAULT};
pub use store::SqlStore;
