//! Contexts of the dashboard's templates: what a page shows, in the order in which it is shown.

pub(crate) mod account;
pub(crate) mod attribute_map;
pub(crate) mod confirm;
pub(crate) mod connection;
pub(crate) mod contacts;
pub(crate) mod events;
pub(crate) mod forgotten;
pub(crate) mod head;
pub(crate) mod keys;
pub(crate) mod meanwhile;
pub(crate) mod organization;
pub(crate) mod organization_settings;
pub(crate) mod organizations;
pub(crate) mod redirects;
pub(crate) mod refused;
pub(crate) mod second_factor;
pub(crate) mod second_step;
pub(crate) mod sessions;
pub(crate) mod shell;
pub(crate) mod sign_in;
pub(crate) mod team;
pub(crate) mod trail;
pub(crate) mod webhooks;
