//! The use cases, one file each.

pub mod begin_visit;
pub mod bootstrap;
pub mod mint_link;
pub mod pick_provider;
pub mod reach_step;
pub mod review_candidate;
pub mod revoke_link;
pub mod revoke_links_of_user;
pub mod save_connection;
pub mod visit;
