//! Addresses that identity providers are given.

pub(crate) mod metadata;

use crate::transport::Routes;

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    metadata::routes(routes);
}
