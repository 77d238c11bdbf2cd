//! The web over a real store and real adapters, by request and answer.

#![expect(clippy::unwrap_used, reason = "what a test cannot prepare has failed it")]

mod access;
mod access_dashboard;
mod account;
mod api_keys;
mod branding;
mod connection_certificates;
mod connection_fields;
mod connections;
mod customers;
mod dashboard;
mod dashboard_domains;
mod dashboard_settings;
mod dashboard_webhooks;
mod events;
mod hostile;
mod hosts;
mod it_contacts;
mod one_time_tokens;
mod openapi;
mod operator;
mod ops;
mod organization_domains;
mod organizations;
mod overview;
mod portal_links;
mod portal_redirects;
mod provider;
mod saml_metadata;
mod server;
mod support;
mod team;
mod test_provider;
mod test_sign_ins;
mod transport;
mod two_editors;
mod webhooks;
