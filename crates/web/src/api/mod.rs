//! The management API, compatible with the WorkOS SDKs.
//!
//! One file for each kind of object. A file's `routes` mounts its paths; a handler parses, runs a
//! use case and presents; every refusal of a use case is matched exhaustively beside its handler.

mod connection_attributes;
mod connection_certificates;
mod connection_options;
mod connections;
mod events;
mod it_contacts;
mod oidc_options;
mod organization_domains;
mod organizations;
pub(crate) mod portal_links;
mod saml_options;
mod webhook_deliveries;
mod webhook_endpoints;

use crate::transport::Routes;

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    portal_links::routes(routes);
    organizations::routes(routes);
    it_contacts::routes(routes);
    organization_domains::routes(routes);
    connections::routes(routes);
    connection_certificates::routes(routes);
    events::routes(routes);
    webhook_endpoints::routes(routes);
    webhook_deliveries::routes(routes);
}
