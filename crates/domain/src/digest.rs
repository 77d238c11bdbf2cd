//! Mails that tell members what of an environment needs attention: when they are due, and what they
//! tell of.

use time::Duration;

use crate::Instant;
use crate::id::{OrganizationId, WebhookEndpointId};
use crate::notice::Notice;
use crate::text::Name;

/// How often an environment is looked at.
pub const LOOK_EVERY: Duration = Duration::hours(1);

/// Nobody is mailed a digest of the same kind about an environment more often.
pub const DIGEST_EVERY: Duration = Duration::days(1);

/// What is older is not told: not to whoever asks for digests only now, nor after an upgrade.
pub const DIGEST_OF: Duration = Duration::days(7);

/// What is younger waits for the next look: a moment is noted before others can see what happened
/// at it.
pub const SETTLED_AFTER: Duration = Duration::minutes(1);

/// Most customers or endpoints that a digest names; the rest is counted.
pub const DIGEST_NAMES_MAX: usize = 10;

/// The time that a digest tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// What happened then was told before.
    pub after: Instant,
    /// What happened later is told next time.
    pub until: Instant,
}

impl Span {
    /// What a digest is about at `now`, the last one having told of everything until `told_until`;
    /// none as long as [`DIGEST_EVERY`] has not passed since.
    pub fn due(told_until: Option<Instant>, now: Instant) -> Option<Self> {
        let until = now - SETTLED_AFTER;
        let oldest = until - DIGEST_OF;
        match told_until {
            Some(told) if told + DIGEST_EVERY > until => None,
            Some(told) => Some(Self { after: told.max(oldest), until }),
            None => Some(Self { after: oldest, until }),
        }
    }

    /// Whether it is about an instant.
    pub fn has(&self, at: Instant) -> bool {
        self.after < at && at <= self.until
    }
}

/// What is told. Lists are at most [`DIGEST_NAMES_MAX`] long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Digest {
    /// Set-ups got stuck.
    StuckSetUps {
        /// Whose, the one that moved last first.
        named: Vec<StuckSetUp>,
        /// How many there are besides.
        more: u32,
    },
    /// Deliveries were given up.
    Undelivered {
        /// To which endpoints, the one that failed last first.
        named: Vec<UndeliveredTo>,
        /// To how many endpoints besides.
        more: u32,
    },
}

impl Digest {
    /// Who wants it.
    pub fn notice(&self) -> Notice {
        match self {
            Self::StuckSetUps { .. } => Notice::SetUpStuck,
            Self::Undelivered { .. } => Notice::WebhookUndelivered,
        }
    }
}

/// A set-up that got stuck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckSetUp {
    /// The organization.
    pub organization_id: OrganizationId,
    /// Its name.
    pub name: Name,
    /// When something last moved.
    pub moved_at: Instant,
    /// Whether the link was ever opened.
    pub opened: bool,
}

/// An endpoint that did not take deliveries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndeliveredTo {
    /// The endpoint.
    pub endpoint_id: WebhookEndpointId,
    /// Its address.
    pub url: String,
    /// How many deliveries were given up.
    pub given_up: u32,
    /// When the last of them was.
    pub last_at: Instant,
    /// Whether it is switched off.
    pub disabled: bool,
}

/// The first of a list, and how many more there are.
pub fn named<T>(mut all: Vec<T>) -> (Vec<T>, u32) {
    let more = all.len().saturating_sub(DIGEST_NAMES_MAX);
    all.truncate(DIGEST_NAMES_MAX);
    (all, u32::try_from(more).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: Instant = datetime!(2026-11-22 12:00 UTC);

    #[test]
    fn a_digest_is_due_a_day_after_the_last_one() {
        let told = NOW - DIGEST_EVERY - SETTLED_AFTER;
        assert_eq!(Span::due(Some(told), NOW), Some(Span { after: told, until: NOW - SETTLED_AFTER }));
        assert_eq!(Span::due(Some(told + Duration::MICROSECOND), NOW), None);
    }

    #[test]
    fn the_first_digest_and_one_after_a_pause_tell_of_a_week() {
        let until = NOW - SETTLED_AFTER;
        let week = Some(Span { after: until - DIGEST_OF, until });
        assert_eq!(Span::due(None, NOW), week);
        assert_eq!(Span::due(Some(NOW - Duration::days(30)), NOW), week);
    }

    #[test]
    fn what_happens_at_an_edge_is_told_once() {
        let first = Span { after: NOW - Duration::DAY, until: NOW };
        let second = Span { after: NOW, until: NOW + Duration::DAY };
        assert!(first.has(NOW) && !second.has(NOW));
        assert!(!first.has(first.after) && second.has(NOW + Duration::MICROSECOND));
    }

    #[test]
    fn so_many_are_named_and_the_rest_is_counted() {
        let (all, more) = named((0..DIGEST_NAMES_MAX).collect());
        assert_eq!((all.len(), more), (DIGEST_NAMES_MAX, 0));
        let (all, more) = named((0..=DIGEST_NAMES_MAX).collect());
        assert_eq!((all.len(), more), (DIGEST_NAMES_MAX, 1));
    }
}
