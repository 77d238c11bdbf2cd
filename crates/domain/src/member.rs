//! Members: the vendor's people who sign in to the dashboard.

use time::Duration;

use crate::Instant;
use crate::email::EmailAddress;
use crate::id::{MemberId, TeamId};
use crate::notice::Notices;
use crate::readout::Readout;
use crate::text::Name;
use crate::totp::SecondFactor;

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
    /// What colleagues call them; the address until they say.
    pub name: Option<Name>,
    /// The password as a PHC string.
    pub password_hash: String,
    /// What they may do.
    pub role: MemberRole,
    /// Wrong passwords and codes since they last signed in.
    pub attempts: PasswordAttempts,
    /// What they prove themselves by besides, if they want to.
    pub second_factor: Option<SecondFactor>,
    /// The mails that they want.
    pub notices: Notices,
    /// When they signed in last.
    pub signed_in_at: Option<Instant>,
    /// When they joined.
    pub created_at: Instant,
}

impl Member {
    /// What they may say about themselves.
    pub fn readout(&self) -> Readout {
        let mails = Some(self.notices.to_words()).filter(|words| !words.is_empty());
        Readout::default().with_some("name", self.name.as_ref()).with_some("mails", mails)
    }
}

/// How many wrong passwords in a row are taken before the account rests.
pub const WRONG_PASSWORDS_MAX: u16 = 10;

/// How long an account rests after [`WRONG_PASSWORDS_MAX`] wrong passwords in a row.
pub const ACCOUNT_REST: Duration = Duration::minutes(15);

/// Wrong passwords, and wrong codes of a second factor, since the last sign-in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PasswordAttempts {
    /// How many.
    pub wrong: u16,
    /// When the last of them was given.
    pub last_wrong_at: Option<Instant>,
}

/// The account takes no password now, not even the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the account takes no password before {until}")]
pub struct AccountRests {
    /// When it does again.
    pub until: Instant,
}

impl PasswordAttempts {
    /// Whether a password is looked at.
    ///
    /// # Errors
    /// For [`ACCOUNT_REST`] after [`WRONG_PASSWORDS_MAX`] wrong ones in a row.
    pub fn open(self, now: Instant) -> Result<(), AccountRests> {
        match self.last_wrong_at.map(|at| at + ACCOUNT_REST) {
            Some(until) if self.wrong >= WRONG_PASSWORDS_MAX && now < until => Err(AccountRests { until }),
            _ => Ok(()),
        }
    }

    /// After a wrong password. One after a rest begins a new count.
    #[must_use]
    pub fn with_wrong(self, now: Instant) -> Self {
        let rested = self.wrong >= WRONG_PASSWORDS_MAX && self.open(now).is_ok();
        let wrong = if rested { 1 } else { self.wrong.saturating_add(1) };
        Self { wrong, last_wrong_at: Some(now) }
    }
}

impl Member {
    /// What colleagues read: the name, or the address.
    pub fn display_name(&self) -> &str {
        self.name.as_ref().map_or(self.email.as_str(), Name::as_str)
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Member({}, {:?})", self.id, self.role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: Instant = datetime!(2026-11-22 12:00 UTC);

    fn after(wrong: u16) -> PasswordAttempts {
        (0..wrong).fold(PasswordAttempts::default(), |attempts, _| attempts.with_wrong(NOW))
    }

    #[test]
    fn an_account_rests_after_so_many_wrong_passwords() {
        assert_eq!(after(WRONG_PASSWORDS_MAX - 1).open(NOW), Ok(()));
        let resting = after(WRONG_PASSWORDS_MAX);
        let until = NOW + ACCOUNT_REST;
        assert_eq!(resting.open(NOW), Err(AccountRests { until }));
        assert_eq!(resting.open(until - Duration::MICROSECOND), Err(AccountRests { until }));
        assert_eq!(resting.open(until), Ok(()));
    }

    #[test]
    fn a_wrong_password_after_the_rest_begins_a_new_count() {
        let rested = after(WRONG_PASSWORDS_MAX).with_wrong(NOW + ACCOUNT_REST);
        assert_eq!(rested.wrong, 1);
        assert_eq!(rested.open(NOW + ACCOUNT_REST), Ok(()));
    }
}
