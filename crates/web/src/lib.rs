//! The actix-web front end: management API, one-time-token API, portal, sign-in addresses,
//! operations.
//!
//! Handlers parse, run a use case and present. This crate names no store; everything it needs
//! comes in [`app::Parts`].

pub mod app;
