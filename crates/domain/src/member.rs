//! Members: the vendor's people who sign in to the dashboard.

use crate::Instant;
use crate::email::EmailAddress;
use crate::id::{MemberId, TeamId};

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberRole {
    /// Manages members, keys and environments.
    Admin,
    /// Edits and views resources.
    Member,
}

impl MemberRole {
    /// The word in stores and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        [Self::Admin, Self::Member].into_iter().find(|role| role.as_str() == raw)
    }
}

/// A person who signs in to the dashboard.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// Their id.
    pub id: MemberId,
    /// The team they belong to.
    pub team_id: TeamId,
    /// The address they sign in with, unique on the deployment.
    pub email: EmailAddress,
    /// The password as a PHC string.
    pub password_hash: String,
    /// What they may do.
    pub role: MemberRole,
    /// When they joined.
    pub created_at: Instant,
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Member({}, {:?})", self.id, self.role)
    }
}
