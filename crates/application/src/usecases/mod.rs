//! The use cases, one file each.

pub mod add_it_contact;
pub mod add_organization_domain;
pub mod begin_visit;
pub mod bootstrap;
mod claims;
pub mod create_organization;
pub mod delete_it_contact;
pub mod delete_organization;
pub mod delete_organization_domain;
mod invitations;
pub mod invite_it_contact;
pub mod mint_link;
pub mod pick_provider;
pub mod reach_step;
pub mod review_candidate;
pub mod revoke_invitation;
pub mod revoke_link;
pub mod revoke_links_of_user;
pub mod save_connection;
pub mod update_organization;
pub mod visit;
