//! What of an environment needs a person's attention, and from when on.

use time::Duration;

use crate::Instant;

/// A set-up at whose link nothing moved for this time is stuck.
pub const STUCK_AFTER: Duration = Duration::days(3);

/// A connection is failing when so many sign-ins in a row ended in failure, tests not counted.
pub const FAILURES_IN_A_ROW: u8 = 3;

/// The last of these failures may be this old: what nobody tries any more is not failing.
pub const FAILING_FOR: Duration = Duration::days(7);

/// Certificates are shown this long before they end.
pub const CERTIFICATE_SOON: Duration = Duration::days(30);

/// Deliveries that were given up are shown until this time after they were made; most of it is what
/// trying them took.
pub const UNDELIVERED_FOR: Duration = Duration::days(14);

/// What an organization lacks, or where it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It has no connection, not even a draft.
    Connection,
    /// Its set-up is stuck: see [`STUCK_AFTER`].
    SetUp,
    /// Its sign-ins fail: see [`FAILURES_IN_A_ROW`].
    SignIns,
    /// The last certificate of its identity provider has ended or ends soon, and the connection is
    /// active.
    Certificate,
    /// One of its domains is not proven.
    Domain,
}

impl Need {
    /// All needs, in the order in which they are shown.
    pub const ALL: [Self; 5] =
        [Self::SetUp, Self::SignIns, Self::Certificate, Self::Connection, Self::Domain];

    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "no_connection",
            Self::SetUp => "stuck",
            Self::SignIns => "failing",
            Self::Certificate => "certificate",
            Self::Domain => "domain_pending",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|need| need.as_str() == raw)
    }
}

/// Set-ups are stuck at `now` at which something moved then for the last time, or before.
pub fn stuck_by(now: Instant) -> Instant {
    now - STUCK_AFTER
}

/// Certificates are shown at `now` that end then, or before.
pub fn ends_soon_by(now: Instant) -> Instant {
    now + CERTIFICATE_SOON
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_survives_its_word() {
        for need in Need::ALL {
            assert_eq!(Need::parse(need.as_str()), Some(need));
        }
        assert_eq!(Need::parse("nothing"), None);
    }
}
