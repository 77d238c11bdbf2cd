//! The one guarded way out: every request to a server that somebody else named goes through here.
//!
//! Customers and vendors choose metadata addresses, discovery documents and webhook receivers, and
//! our process stands inside the operator's network. [`GuardedClient`] therefore decides by the
//! *address* that a connection is made to, never by the name alone, and hands the connector only
//! addresses that it has vetted. This crate must never know what is fetched, or why.

mod address;
mod allow;
mod client;
mod dns;
mod error;
mod fetch;
mod resolve;

pub use address::{Special, classify};
pub use allow::{AllowList, AllowListError};
pub use client::{
    BuildError, GuardedClient, GuardedClientBuilder, HEADER_BYTES_MAX, HEADERS_MAX, USER_AGENT,
};
pub use dns::SystemDns;
