//! The management API, compatible with the WorkOS SDKs.
//!
//! One file for each kind of object. A file's `routes` mounts its paths; a handler parses, runs a
//! use case and presents; every refusal of a use case is matched exhaustively beside its handler.

pub(crate) mod it_contacts;
pub(crate) mod organization_domains;
pub(crate) mod organizations;
pub(crate) mod portal_links;

use crate::transport::Routes;

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    portal_links::routes(routes);
    organizations::routes(routes);
    it_contacts::routes(routes);
    organization_domains::routes(routes);
    // Connections, events, webhook endpoints and deliveries mount here.
}
