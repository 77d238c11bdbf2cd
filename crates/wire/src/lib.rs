//! JSON that leaves the process (what the management API answers, what webhooks carry) or is kept
//! by a store ([`stored`]).
//!
//! The shapes that occur in both are here once, so that `GET /events`, a webhook and a read of the
//! same object cannot drift apart. Source of every shape: docs/api, the WorkOS-compatible and the
//! one-time-token contract. This crate must never know a store, a socket or HTTP.

pub mod authio;
pub mod certificate;
pub mod connection;
pub mod event;
mod metadata;
pub mod organization;
pub mod profile;
pub mod stored;
pub mod timestamp;
pub mod webhook;
