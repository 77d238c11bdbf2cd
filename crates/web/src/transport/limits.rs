//! How much may be asked: per API key, and per address for those who fail to prove a key.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use vestibule_domain::id::ApiKeyId;

use super::address::counted_as;
use super::problem::Problem;
use crate::app::WebSettings;

/// Checks after which keys that have been quiet are forgotten, so that state stays in proportion
/// to the current traffic.
const CHECKS_BETWEEN_SWEEPS: u32 = 4_096;

/// The limits of one process.
#[derive(Clone)]
pub(crate) struct Limits {
    keys: Arc<Limiter<ApiKeyId>>,
    failures: Arc<Limiter<IpAddr>>,
}

impl Limits {
    /// Limits as the settings say.
    pub(crate) fn new(settings: &WebSettings) -> Self {
        Self {
            keys: Arc::new(Limiter::new(settings.api_requests_per_second)),
            failures: Arc::new(Limiter::new(settings.auth_failures_per_second)),
        }
    }

    /// Counts a request under a proven key.
    pub(super) fn count_key(&self, key: ApiKeyId) -> Result<(), Problem> {
        self.keys.check(key)
    }

    /// Counts a request that proved nothing. Requests without a peer share one count.
    pub(super) fn count_failure(&self, address: Option<IpAddr>) -> Result<(), Problem> {
        self.failures.check(counted_as(address.unwrap_or(IpAddr::from([0; 4]))))
    }
}

struct Limiter<K: Hash + Eq + Clone> {
    buckets: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
    checks: AtomicU32,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    fn new(per_second: NonZeroU32) -> Self {
        Self {
            buckets: RateLimiter::keyed(Quota::per_second(per_second)),
            clock: DefaultClock::default(),
            checks: AtomicU32::new(0),
        }
    }

    fn check(&self, key: K) -> Result<(), Problem> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % CHECKS_BETWEEN_SWEEPS == CHECKS_BETWEEN_SWEEPS - 1 {
            self.buckets.retain_recent();
            self.buckets.shrink_to_fit();
        }
        self.buckets.check_key(&key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            // Rounded up: a client that comes back on time must get through.
            Problem::too_many_requests(wait.as_secs() + 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_up_to_the_limit_passes_and_one_more_does_not() {
        let limiter = Limiter::new(NonZeroU32::new(3).unwrap());
        assert!((0..3).all(|_| limiter.check("a").is_ok()));
        let problem = limiter.check("a").unwrap_err();
        assert_eq!(problem.code(), Some("rate_limit_exceeded"));
        assert!(limiter.check("b").is_ok(), "another key has its own count");
    }

    #[test]
    fn quiet_keys_are_forgotten() {
        let limiter = Limiter::new(NonZeroU32::new(1_000_000).unwrap());
        for key in 0..CHECKS_BETWEEN_SWEEPS * 3 {
            limiter.check(key).unwrap();
        }
        let kept = u32::try_from(limiter.buckets.len()).unwrap();
        assert!(kept <= CHECKS_BETWEEN_SWEEPS + 1, "{kept} keys are kept");
    }
}
