//! Member sessions: a member's visit to the dashboard, in one browser.

use time::Duration;

use crate::Instant;
use crate::id::{MemberId, MemberSessionId};
use crate::secret::SecretDigest;

/// How long a visit lasts, however busy it is.
///
/// Source: NIST SP 800-63B-4, section 2.2.3: at most 24 hours before people prove themselves again.
pub const MEMBER_SESSION_LIFE: Duration = Duration::hours(24);

/// How long somebody whose password was right has for the code of their second factor.
pub const SECOND_STEP_LIFE: Duration = Duration::minutes(10);

/// How long a visit is kept after it began; by then it ended long ago.
pub const MEMBER_SESSION_KEPT: Duration = Duration::days(90);

const _: () = assert!(
    MEMBER_SESSION_KEPT.whole_seconds() > MEMBER_SESSION_LIFE.whole_seconds(),
    "no visit is taken away that goes on"
);

/// How far a visit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStage {
    /// The password was right; the code of the second factor is awaited. Opens nothing.
    SecondStep,
    /// Signed in.
    Open,
}

impl SessionStage {
    /// The word in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecondStep => "second_step",
            Self::Open => "open",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        [Self::SecondStep, Self::Open].into_iter().find(|stage| stage.as_str() == raw)
    }
}

/// A member's visit to the dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSession {
    /// Its id.
    pub id: MemberSessionId,
    /// Whose it is.
    pub member_id: MemberId,
    /// How far it is.
    pub stage: SessionStage,
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
    /// Whether it goes on and opens the dashboard.
    pub fn live(&self, now: Instant) -> bool {
        self.stage == SessionStage::Open && self.goes_on(now)
    }

    /// Whether it goes on and waits for a code.
    pub fn awaits_code(&self, now: Instant) -> bool {
        self.stage == SessionStage::SecondStep && self.goes_on(now)
    }

    fn goes_on(&self, now: Instant) -> bool {
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
            stage: SessionStage::Open,
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
        assert!(!session.awaits_code(now));
        assert!(!MemberSession { ended_at: Some(now), ..session.clone() }.live(now));
        let halfway = MemberSession { stage: SessionStage::SecondStep, ..session };
        assert!(halfway.awaits_code(now) && !halfway.live(now));
        assert!(!halfway.awaits_code(halfway.expires_at));
        assert!(!MemberSession { ended_at: Some(now), ..halfway }.awaits_code(now));
    }
}
