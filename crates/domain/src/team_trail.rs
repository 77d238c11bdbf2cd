//! The audit trail of a team: what happened to its people. What happens in an environment is in
//! that environment's [`crate::audit`] trail.

use time::Duration;

use crate::Instant;
use crate::id::{AuditId, MemberId, TeamId};
use crate::readout::FieldChange;

/// How long entries are kept.
pub const TEAM_TRAIL_KEPT: Duration = Duration::days(730);

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $wire:literal,)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum TeamAction {
            $($(#[$doc])* $variant,)*
        }

        impl TeamAction {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in stores and on pages.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire,)* }
            }
        }
    };
}

actions! {
    /// Name or support address of the team were changed.
    TeamUpdated = "team.updated",
    /// Somebody was invited.
    MemberInvited = "member.invited",
    /// An invitation was sent again.
    InvitationSentAgain = "invitation.sent_again",
    /// An invitation was withdrawn.
    InvitationRevoked = "invitation.revoked",
    /// Somebody took up an invitation.
    MemberJoined = "member.joined",
    /// What a member may do was changed.
    MemberRoleChanged = "member.role_changed",
    /// A member was removed.
    MemberRemoved = "member.removed",
    /// A member signed in.
    MemberSignedIn = "member.signed_in",
    /// An account rests after too many wrong passwords or codes.
    MemberLockedOut = "member.locked_out",
    /// A member changed name or mails.
    MemberUpdated = "member.updated",
    /// A member changed their password.
    PasswordChanged = "password.changed",
    /// A link to choose a new password was asked for, and mailed or given out at the console.
    PasswordResetRequested = "password.reset_requested",
    /// A new password was chosen by such a link.
    PasswordReset = "password.reset",
    /// A member switched their second factor on.
    SecondFactorEnabled = "second_factor.enabled",
    /// A member switched their second factor off.
    SecondFactorDisabled = "second_factor.disabled",
    /// An admin took a member's second factor away.
    SecondFactorReset = "second_factor.reset",
    /// A member made new recovery codes.
    RecoveryCodesRenewed = "recovery_codes.renewed",
    /// A member ended visits of theirs.
    SessionsEnded = "sessions.ended",
}

impl TeamAction {
    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == raw)
    }
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamEntry {
    /// Its id.
    pub id: AuditId,
    /// The team.
    pub team_id: TeamId,
    /// When.
    pub at: Instant,
    /// What was done.
    pub action: TeamAction,
    /// Who did it; none where nobody was signed in. They may be gone since.
    pub member_id: Option<MemberId>,
    /// What they were called then.
    pub member_name: Option<String>,
    /// From where, as far as that is known.
    pub ip_address: Option<String>,
    /// To what or whom: an id.
    pub target: String,
    /// More about it: short texts by name, never secrets.
    pub details: Vec<(String, String)>,
    /// What was before and after; never secrets.
    pub changes: Vec<FieldChange>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_survives_its_word() {
        for action in TeamAction::ALL {
            assert_eq!(TeamAction::parse(action.as_str()), Some(*action));
        }
        assert_eq!(TeamAction::parse("team.painted"), None);
    }
}
