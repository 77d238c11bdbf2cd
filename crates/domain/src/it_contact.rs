//! IT contacts: the people at a customer who set things up.

use crate::Instant;
use crate::email::EmailAddress;
use crate::id::{EnvironmentId, ItContactId, OrganizationId};

/// A person at the customer who sets things up; unique by address within the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItContact {
    /// Their id.
    pub id: ItContactId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// Their address.
    pub email: EmailAddress,
    /// When they were added.
    pub created_at: Instant,
    /// When they were last changed.
    pub updated_at: Instant,
}
