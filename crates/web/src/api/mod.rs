//! The management API, compatible with the WorkOS SDKs.
//!
//! One file for each kind of object. A file's `routes` mounts its paths; a handler parses, runs a
//! use case and presents; every refusal of a use case is matched exhaustively beside its handler.

pub(crate) mod connection_attributes;
pub(crate) mod connection_certificates;
pub(crate) mod connection_options;
pub(crate) mod connections;
pub(crate) mod events;
pub(crate) mod it_contacts;
pub(crate) mod oidc_options;
pub(crate) mod organization_domains;
pub(crate) mod organizations;
pub(crate) mod portal_links;
pub(crate) mod saml_options;
pub(crate) mod sign_in_options;
pub(crate) mod sso_sessions;
pub(crate) mod test_sign_ins;
pub(crate) mod webhook_deliveries;
pub(crate) mod webhook_endpoints;

use crate::transport::Routes;

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    portal_links::routes(routes);
    organizations::routes(routes);
    it_contacts::routes(routes);
    organization_domains::routes(routes);
    connections::routes(routes);
    connection_certificates::routes(routes);
    sign_in_options::routes(routes);
    test_sign_ins::routes(routes);
    events::routes(routes);
    webhook_endpoints::routes(routes);
    sso_sessions::routes(routes);
    webhook_deliveries::routes(routes);
}
