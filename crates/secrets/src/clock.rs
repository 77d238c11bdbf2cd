//! The system's clock.

use time::OffsetDateTime;
use vestibule_application::ports::ambient::Clock;
use vestibule_domain::{Instant, truncate_to_micros};

/// The system's clock, in UTC and cut to the microseconds that every store keeps.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock for everybody else")]
    fn now(&self) -> Instant {
        truncate_to_micros(OffsetDateTime::now_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_is_utc_in_whole_microseconds_and_moves_on() {
        let first = SystemClock.now();
        let second = SystemClock.now();
        assert!(first.offset().is_utc());
        assert_eq!(first.nanosecond() % 1_000, 0);
        assert!(second >= first);
        // The year this was written: a clock that starts at the epoch would issue expired links.
        assert!(first.year() >= 2026);
    }
}
