//! Member sessions: a member's visit to the dashboard, in one browser.

use time::Duration;

use crate::Instant;
use crate::id::{MemberId, MemberSessionId};
use crate::secret::SecretDigest;

/// How long a visit lasts, however busy it is.
///
/// Source: NIST SP 800-63B-4, section 2.2.3: at most 24 hours before people prove themselves again.
pub const MEMBER_SESSION_LIFE: Duration = Duration::hours(24);

/// A member's visit to the dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSession {
    /// Its id.
    pub id: MemberSessionId,
    /// Whose it is.
    pub member_id: MemberId,
    /// What a presented cookie is looked up by.
    pub digest: SecretDigest,
    /// The address of the browser.
    pub ip_address: Option<String>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// When it began.
    pub started_at: Instant,
    /// When it ends by itself.
    pub expires_at: Instant,
    /// When it was ended, if it was.
    pub ended_at: Option<Instant>,
}

impl MemberSession {
    /// Whether it goes on.
    pub fn live(&self, now: Instant) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id as _;
    use time::macros::datetime;

    #[test]
    fn a_visit_ends_by_itself_or_when_it_is_ended() {
        let now = datetime!(2026-11-22 12:00 UTC);
        let session = MemberSession {
            id: MemberSessionId::least_at(now),
            member_id: MemberId::least_at(now),
            digest: SecretDigest::of("a"),
            ip_address: None,
            user_agent: None,
            started_at: now,
            expires_at: now + MEMBER_SESSION_LIFE,
            ended_at: None,
        };
        assert!(session.live(now));
        assert!(session.live(session.expires_at - Duration::MICROSECOND));
        assert!(!session.live(session.expires_at));
        assert!(!MemberSession { ended_at: Some(now), ..session }.live(now));
    }
}
