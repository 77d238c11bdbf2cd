//! Password resets: links that let whoever reads a member's mail choose a new password.

use time::Duration;

use crate::Instant;
use crate::id::MemberId;
use crate::secret::SecretDigest;

/// How long the link in a mail can be used.
pub const PASSWORD_RESET_LIFE: Duration = Duration::hours(1);

/// Most links of a member that are open at once; who asks for more gets no further mail until one
/// has run out. Nobody's inbox is filled by others.
pub const PASSWORD_RESETS_MAX: usize = 3;

/// A link that was mailed and not used: used, it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordReset {
    /// What the secret in the link is looked up by.
    pub digest: SecretDigest,
    /// Whose password it sets.
    pub member_id: MemberId,
    /// When it was asked for.
    pub created_at: Instant,
}

impl PasswordReset {
    /// When it stops working.
    pub fn expires_at(&self) -> Instant {
        self.created_at + PASSWORD_RESET_LIFE
    }

    /// Whether it can be used.
    pub fn open(&self, now: Instant) -> bool {
        now < self.expires_at()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id as _;
    use time::macros::datetime;

    #[test]
    fn a_link_works_for_an_hour() {
        let now = datetime!(2026-11-22 12:00 UTC);
        let reset = PasswordReset {
            digest: SecretDigest::of("a"),
            member_id: MemberId::least_at(now),
            created_at: now,
        };
        assert!(reset.open(now + PASSWORD_RESET_LIFE - Duration::MICROSECOND));
        assert!(!reset.open(now + PASSWORD_RESET_LIFE));
    }
}
