//! Teams: the vendor's account on this deployment.

use crate::Instant;
use crate::id::TeamId;
use crate::text::Name;

/// The vendor's account; owns environments and members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// The vendor's name.
    pub name: Name,
    /// When it was made.
    pub created_at: Instant,
}
