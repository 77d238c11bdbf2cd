//! Teams: the vendor's account on this deployment.

use time::Duration;

use crate::Instant;
use crate::email::EmailAddress;
use crate::id::{TeamId, TeamInvitationId};
use crate::member::{Member, MemberRole};
use crate::readout::Readout;
use crate::secret::SecretDigest;
use crate::text::Name;

/// Most people of a team, invited ones included: they stand on one page.
pub const TEAM_PEOPLE_MAX: usize = 200;

/// How long an invitation to a team can be taken up.
pub const TEAM_INVITATION_LIFE: Duration = Duration::days(7);

/// How long an invitation that ran out stays on the team's page, to be sent again.
pub const TEAM_INVITATION_KEPT: Duration = Duration::days(30);

/// How long nobody is sent the same invitation again.
pub const TEAM_INVITATION_PAUSE: Duration = Duration::minutes(1);

/// The vendor's account; owns environments and members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// The vendor's name.
    pub name: Name,
    /// Whom its members are told to ask: answers to mails about accounts go there.
    pub support_email: Option<EmailAddress>,
    /// When it was made.
    pub created_at: Instant,
}

impl Team {
    /// What can change of it.
    pub fn readout(&self) -> Readout {
        Readout::default().with("name", &self.name).with_some("support_email", self.support_email.as_ref())
    }
}

/// An invitation to a team that nobody has taken up yet: taken up or withdrawn, it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamInvitation {
    /// Its id.
    pub id: TeamInvitationId,
    /// The team.
    pub team_id: TeamId,
    /// Who is invited, once in a team.
    pub email: EmailAddress,
    /// What they may do once they joined.
    pub role: MemberRole,
    /// What the secret in its link is looked up by. The last one sent is the one that counts.
    pub digest: SecretDigest,
    /// Who invites, as colleagues read it.
    pub invited_by: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last sent.
    pub sent_at: Instant,
}

impl TeamInvitation {
    /// When it cannot be taken up any more.
    pub fn expires_at(&self) -> Instant {
        self.sent_at + TEAM_INVITATION_LIFE
    }

    /// Whether it can be taken up.
    pub fn open(&self, now: Instant) -> bool {
        now < self.expires_at()
    }
}

/// Whether a team has an admin besides one of its members: without, nobody could let anybody in.
pub fn has_other_admin(members: &[Member], but: &Member) -> bool {
    members.iter().any(|member| member.role == MemberRole::Admin && member.id != but.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id as _;
    use time::macros::datetime;

    #[test]
    fn an_invitation_can_be_taken_up_for_its_life() {
        let now = datetime!(2026-11-22 12:00 UTC);
        let invitation = TeamInvitation {
            id: TeamInvitationId::least_at(now),
            team_id: TeamId::least_at(now),
            email: EmailAddress::parse("bob@vendor.example").unwrap(),
            role: MemberRole::Member,
            digest: SecretDigest::of("a"),
            invited_by: "Ada".to_owned(),
            created_at: now - Duration::days(30),
            sent_at: now,
        };
        assert!(invitation.open(invitation.expires_at() - Duration::MICROSECOND));
        assert!(!invitation.open(invitation.expires_at()));
        assert_eq!(invitation.expires_at(), now + TEAM_INVITATION_LIFE);
    }
}
