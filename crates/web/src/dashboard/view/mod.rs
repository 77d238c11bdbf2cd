//! Contexts of the dashboard's templates: what a page shows, in the order in which it is shown.

pub(crate) mod chart;
pub(crate) mod confirm;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod organization;
pub(crate) mod organizations;
pub(crate) mod overview;
pub(crate) mod redirects;
pub(crate) mod refused;
pub(crate) mod sessions;
pub(crate) mod shell;
pub(crate) mod sign_in;
pub(crate) mod trail;
pub(crate) mod webhooks;
