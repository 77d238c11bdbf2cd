//! The web over a real store and real adapters, by request and answer.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop right there")]

mod access;
mod hostile;
mod it_contacts;
mod one_time_tokens;
mod openapi;
mod ops;
mod organization_domains;
mod organizations;
mod portal_links;
mod server;
mod support;
mod transport;
