//! The web over a real store and real adapters, by request and answer.

mod access;
mod it_contacts;
mod one_time_tokens;
mod openapi;
mod ops;
mod organization_domains;
mod organizations;
mod portal_links;
mod support;
mod transport;
