//! API keys that were looked up a moment ago.
//!
//! A program sends many requests with one key; asking the store for each would be a round trip
//! before every other. What is remembered is remembered for a second: a key that is withdrawn, or
//! a setting of its environment that is changed, takes that long to reach every process. Only keys
//! that were found are remembered, so guessing fills nothing.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use vestibule_domain::secret::SecretDigest;

use super::caller::ApiCaller;

/// How long a key is remembered.
const REMEMBERED: Duration = Duration::from_secs(1);

/// Most keys that are remembered.
const KEYS_MAX: usize = 4_096;

/// The keys of one process, and who presents them.
pub(crate) struct KnownKeys<Who = ApiCaller> {
    keys: RwLock<HashMap<SecretDigest, Known<Who>>>,
}

struct Known<Who> {
    who: Who,
    since: Instant,
}

impl<Who> Default for KnownKeys<Who> {
    fn default() -> Self {
        Self { keys: RwLock::default() }
    }
}

impl<Who: Clone> KnownKeys<Who> {
    /// Who presents a key, if that was found out less than [`REMEMBERED`] ago.
    pub(super) fn recall(&self, digest: &SecretDigest, now: Instant) -> Option<Who> {
        // The map is whole after any panic: one insertion or one removal.
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let known = keys.get(digest)?;
        is_fresh(known, now).then(|| known.who.clone())
    }

    /// Remembers who presents a key. `looked_up` is from before the store was asked.
    pub(super) fn remember(&self, digest: SecretDigest, who: Who, looked_up: Instant) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= KEYS_MAX {
            keys.retain(|_, known| is_fresh(known, looked_up));
        }
        if keys.len() < KEYS_MAX {
            keys.insert(digest, Known { who, since: looked_up });
        }
    }
}

fn is_fresh<Who>(known: &Known<Who>, now: Instant) -> bool {
    now.saturating_duration_since(known.since) < REMEMBERED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(n: usize) -> SecretDigest {
        SecretDigest::of(&n.to_string())
    }

    #[test]
    fn a_key_is_remembered_for_a_second_after_it_was_looked_up() {
        let (keys, now) = (KnownKeys::default(), Instant::now());
        assert_eq!(keys.recall(&digest(1), now), None);
        keys.remember(digest(1), 'a', now);
        let last = now + REMEMBERED.saturating_sub(Duration::from_nanos(1));
        assert_eq!(keys.recall(&digest(1), last), Some('a'));
        assert_eq!(keys.recall(&digest(1), now + REMEMBERED), None);
        assert_eq!(keys.recall(&digest(2), now), None);
    }

    #[test]
    fn a_full_memory_takes_no_more_until_some_are_old() {
        let (keys, now) = (KnownKeys::default(), Instant::now());
        for n in 0..KEYS_MAX {
            keys.remember(digest(n), n, now);
        }
        keys.remember(digest(KEYS_MAX), KEYS_MAX, now);
        assert_eq!(keys.recall(&digest(KEYS_MAX - 1), now), Some(KEYS_MAX - 1));
        assert_eq!(keys.recall(&digest(KEYS_MAX), now), None);
        let later = now + REMEMBERED;
        keys.remember(digest(KEYS_MAX), KEYS_MAX, later);
        assert_eq!(keys.recall(&digest(KEYS_MAX), later), Some(KEYS_MAX));
    }
}
