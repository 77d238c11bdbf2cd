//! Use cases and the worker over the in-memory store, which keeps the same contract as the others.

#![expect(clippy::unwrap_used, reason = "what a test cannot prepare has failed it")]

mod admission;
mod after_set_up;
mod api_keys;
mod certificate_care;
mod certificates;
mod connection_edits;
mod connections;
mod custom_hosts;
mod deliveries;
mod digests;
mod domain_checks;
mod environment;
mod mailing;
mod name_servers;
mod oidc_sign_ins;
mod people;
mod portal;
mod receiver;
mod sign_ins;
mod social;
mod support;
mod test_provider;
mod trials;
mod two_editors;
mod webhook_endpoints;
mod world;
