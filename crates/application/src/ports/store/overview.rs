//! What the dashboard shows at a glance: what needs attention, and how sign-ins and set-ups go.

use time::{Date, Duration};
use vestibule_domain::Instant;
use vestibule_domain::attention::Need;
use vestibule_domain::id::{OrganizationId, WebhookEndpointId};
use vestibule_domain::text::Name;

/// Most entries of each kind that need attention in an [`Overview`]: enough to say how many there
/// are as long as anybody would count them.
pub const ATTENTION_MAX: u16 = 100;

/// Days of sign-ins in an [`Overview`], the present one included.
pub const OVERVIEW_DAYS: u16 = 30;

/// Weeks of set-ups in an [`Overview`], the present one included.
pub const OVERVIEW_WEEKS: u16 = 12;

/// A need at a time: what is stuck or ends soon depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeedAt {
    /// The need.
    pub need: Need,
    /// Now.
    pub now: Instant,
}

/// Where an organization stands, besides its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationMarks {
    /// The organization.
    pub organization_id: OrganizationId,
    /// When the last certificate of its identity provider ends, while the connection is active.
    pub certificate_end: Option<Instant>,
    /// How many of its domains are not proven.
    pub unproven_domains: u32,
    /// Its open set-up link, even past its time.
    pub set_up: Option<OpenSetUp>,
    /// When the newest of its failures began, while its sign-ins fail; as of the last tally.
    pub failing_at: Option<Instant>,
}

/// A set-up for which there is an open link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenSetUp {
    /// When something last moved: the link was made, opened, or its admin got further.
    pub moved_at: Instant,
    /// Whether the link was ever opened.
    pub opened: bool,
}

/// An organization that needs something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InNeed {
    /// The organization.
    pub organization_id: OrganizationId,
    /// Its name.
    pub name: Name,
    /// When its set-up last moved, when the newest failure began, or when the certificate ends.
    pub at: Instant,
    /// Whether its set-up link was ever opened.
    pub opened: bool,
}

/// A delivery that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// To which endpoint.
    pub endpoint_id: WebhookEndpointId,
    /// When it was given up.
    pub at: Instant,
}

/// Sign-ins that were started on a day, tests not counted, by where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInDay {
    /// The day, in UTC.
    pub day: Date,
    /// People came in.
    pub successful: u64,
    /// Refused.
    pub failed: u64,
    /// Nobody came back, or not yet.
    pub unfinished: u64,
}

/// Set-ups of a week: from the provider that was picked to the first save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetUpWeek {
    /// Its Monday, in UTC.
    pub monday: Date,
    /// Started in the week.
    pub started: u64,
    /// Finished in the week.
    pub finished: u64,
    /// The median time of those that were finished, to the second.
    pub median: Option<Duration>,
}

/// What an environment looks like at a glance. Lists of needs are at most [`ATTENTION_MAX`] long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// Whether there is any organization.
    pub begun: bool,
    /// Stuck set-ups, the one that moved last first.
    pub stuck: Vec<InNeed>,
    /// Connections that fail, the newest organization first; as of the last tally.
    pub failing: Vec<InNeed>,
    /// Certificates that have ended or end soon, by their end.
    pub certificates: Vec<InNeed>,
    /// Deliveries that were given up lately, newest first.
    pub undelivered: Vec<Undelivered>,
    /// Days with sign-ins, oldest first; as of the last tally.
    pub days: Vec<SignInDay>,
    /// Weeks with set-ups, oldest first; as of the last tally.
    pub weeks: Vec<SetUpWeek>,
}

/// The first day of an overview's pictures.
pub fn first_day(now: Instant) -> Date {
    now.date() - Duration::days(i64::from(OVERVIEW_DAYS) - 1)
}

/// The Monday of the week in which an instant lies.
pub fn monday(at: Instant) -> Date {
    at.date() - Duration::days(at.weekday().number_days_from_monday().into())
}

/// The first Monday of an overview's pictures.
pub fn first_monday(now: Instant) -> Date {
    monday(now) - Duration::weeks(i64::from(OVERVIEW_WEEKS) - 1)
}

/// The middle of some durations, the shorter of two, cut to the second.
pub fn median(mut durations: Vec<Duration>) -> Option<Duration> {
    durations.sort_unstable();
    let middle = durations.get(durations.len().checked_sub(1)? / 2)?;
    Some(Duration::seconds(middle.whole_seconds()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn pictures_end_with_the_present_day_and_week() {
        let sunday = datetime!(2026-11-22 23:59 UTC);
        assert_eq!(first_day(sunday), date!(2026 - 10 - 24));
        assert_eq!(monday(sunday), date!(2026 - 11 - 16));
        assert_eq!(monday(sunday + Duration::minutes(1)), date!(2026 - 11 - 23));
        assert_eq!(first_monday(sunday), date!(2026 - 08 - 31));
    }

    #[test]
    fn the_median_is_the_middle_to_the_second() {
        let of = |minutes: &[i64]| median(minutes.iter().map(|m| Duration::minutes(*m)).collect());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]), Some(Duration::minutes(7)));
        assert_eq!(of(&[9, 1, 5]), Some(Duration::minutes(5)));
        assert_eq!(of(&[8, 2]), Some(Duration::minutes(2)));
        assert_eq!(median(vec![Duration::milliseconds(1_999)]), Some(Duration::SECOND));
    }
}
