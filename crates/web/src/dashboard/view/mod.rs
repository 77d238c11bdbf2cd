//! Contexts of the dashboard's templates: what a page shows, in the order in which it is shown.

pub(crate) mod attributes;
pub(crate) mod choices;
pub(crate) mod confirm;
pub(crate) mod deliveries;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod organization;
pub(crate) mod organizations;
pub(crate) mod providers;
pub(crate) mod redirects;
pub(crate) mod refused;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod shell;
pub(crate) mod sign_in;
pub(crate) mod snippets;
pub(crate) mod trail;
pub(crate) mod webhooks;
