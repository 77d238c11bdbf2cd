//! The use cases, one file each.

pub mod add_idp_certificate;
pub mod add_sp_key;
pub mod begin_visit;
pub mod bootstrap;
pub mod create_connection;
pub mod create_webhook_endpoint;
pub mod delete_connection;
pub mod delete_webhook_endpoint;
pub mod mint_link;
pub mod pick_provider;
pub mod reach_step;
pub mod remove_idp_certificate;
pub mod remove_sp_key;
pub mod replay_delivery;
pub mod review_candidate;
pub mod revoke_link;
pub mod revoke_links_of_user;
pub mod save_connection;
pub mod update_connection;
pub mod update_webhook_endpoint;
pub mod visit;
