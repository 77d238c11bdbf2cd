//! What both databases share: the tables, the rows, and every query, written once.
//!
//! This module is compiled twice, below `postgres` and below `sqlite`. All it knows of where it
//! stands comes from `super::dialect`: the types of diesel, the connection, and the few macros for
//! what truly differs.

mod accounts;
mod codes;
mod connections;
mod deliveries;
mod events;
mod it_contacts;
mod jobs;
mod keyset;
mod links;
mod lists;
mod members;
mod messages;
mod migrate;
mod organization_domains;
mod organizations;
mod outbox;
mod overview;
mod queries;
mod replays;
pub(super) mod rows;
pub(super) mod schema;
mod sessions;
mod sign_ins;
mod sso;
mod sweep;
mod tally;
mod teams;
mod unit;
mod webhooks;

pub(super) use jobs::SqlJobs;
pub(super) use migrate::{migrate, state};
pub(super) use outbox::{Kept, ROWS_MAX, inserts};
pub(super) use queries::SqlQueries;
pub(super) use unit::SqlUnitOfWork;
