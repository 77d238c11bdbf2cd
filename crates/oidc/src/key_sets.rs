//! Providers' keys, fetched when they are needed and kept for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use time::Duration;
use vestibule_application::ports::oidc_sign_in::KEY_SET_BYTES_MAX;
use vestibule_application::ports::outbound::{FetchLimits, Outbound, OutboundError};
use vestibule_domain::Instant;
use vestibule_domain::oidc::IdTokenAlgorithm;

use crate::jws::Jws;
use crate::key_set::{KeySet, KeySetError, Verdict};

/// How long a key set serves before it is fetched again: as long as a key that the provider has
/// withdrawn may still be believed.
pub const KEY_SET_LIFE: Duration = Duration::hours(1);

/// How long after a fetch because of a signature by an unknown key the next such signature does not
/// lead to another one.
pub const KEY_SET_REFRESH_PAUSE: Duration = Duration::minutes(1);

/// How long a fetch that failed stands for those that would follow: whoever waited for it does not
/// wait for one of their own.
pub const KEY_SET_RETRY_PAUSE: Duration = Duration::seconds(10);

/// Most key sets that are kept; the one that was fetched longest ago makes room.
pub const KEY_SETS_MAX: usize = 1_000;

/// How far a key set is followed.
const FETCH: FetchLimits =
    FetchLimits { body_bytes_max: KEY_SET_BYTES_MAX, timeout_ms: 10_000, redirects_max: 3 };

/// Why there are no keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoKeys {
    #[error("the provider's keys at `{uri}` cannot be fetched: {reason}")]
    Fetch { uri: String, reason: OutboundError },
    #[error("the provider's key set at `{uri}` cannot be used: {reason}")]
    Unreadable { uri: String, reason: KeySetError },
}

/// The key sets that were fetched, by address.
#[derive(Default)]
pub(crate) struct KeySets {
    places: Mutex<HashMap<String, Arc<Place>>>,
}

/// The place of one key set. Whoever fetches holds the lock, so that everybody else who needs the
/// same keys waits for that one fetch.
#[derive(Default)]
struct Place {
    held: tokio::sync::Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// The keys, and when they were fetched.
    keys: Option<(Arc<KeySet>, Instant)>,
    /// How the last fetch failed, if it did, and when.
    failure: Option<(NoKeys, Instant)>,
    /// When they were last fetched because of a signature by an unknown key.
    refreshed_at: Option<Instant>,
}

impl Held {
    fn last_asked_at(&self) -> Option<Instant> {
        let fetched_at = self.keys.as_ref().map(|(_, at)| *at);
        fetched_at.max(self.failure.as_ref().map(|(_, at)| *at))
    }
}

/// What the keys say of a token, and which keys these are, for people.
pub(crate) struct KeyJudgement {
    pub(crate) verdict: Verdict,
    pub(crate) keys: Arc<KeySet>,
}

impl KeySets {
    /// Judges a token's signature by the keys at an address. Where the keys at hand do not verify
    /// it, the provider may have changed them: they are fetched again, not too often.
    pub(crate) async fn judge(
        &self,
        outbound: &dyn Outbound,
        uri: &str,
        token: &Jws<'_>,
        algorithm: IdTokenAlgorithm,
        now: Instant,
    ) -> Result<KeyJudgement, NoKeys> {
        let place = self.place(uri);
        let keys = place.keys(outbound, uri, now).await?;
        let verdict = keys.judge(token, algorithm);
        if verdict == Verdict::Genuine {
            return Ok(KeyJudgement { verdict, keys });
        }
        let keys = place.refreshed_keys(outbound, uri, now).await?;
        Ok(KeyJudgement { verdict: keys.judge(token, algorithm), keys })
    }

    /// The place for an address. A place that makes room while somebody waits for it just serves
    /// them for the last time.
    fn place(&self, uri: &str) -> Arc<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(uri) {
            return Arc::clone(place);
        }
        if places.len() >= KEY_SETS_MAX {
            // One that is being fetched is not to be had; it is the newest anyway.
            let age = |place: &Arc<Place>| place.held.try_lock().ok().map(|held| held.last_asked_at());
            let oldest = places
                .iter()
                .filter_map(|(uri, place)| Some((age(place)?, uri)))
                .min()
                .map(|(_, uri)| uri.clone());
            if let Some(oldest) = oldest {
                places.remove(&oldest);
            }
        }
        let place = Arc::<Place>::default();
        places.insert(uri.to_owned(), Arc::clone(&place));
        place
    }
}

impl Place {
    /// The keys at hand, unless their life is over.
    async fn keys(&self, outbound: &dyn Outbound, uri: &str, now: Instant) -> Result<Arc<KeySet>, NoKeys> {
        let mut held = self.held.lock().await;
        match &held.keys {
            Some((keys, at)) if now - *at < KEY_SET_LIFE => Ok(Arc::clone(keys)),
            Some(_) | None => held.fetch(outbound, uri, now).await,
        }
    }

    /// The keys for a signature that is by none of those at hand: new ones, unless these are of this
    /// moment or such a signature led to a fetch a short while ago.
    async fn refreshed_keys(
        &self,
        outbound: &dyn Outbound,
        uri: &str,
        now: Instant,
    ) -> Result<Arc<KeySet>, NoKeys> {
        let mut held = self.held.lock().await;
        let lately = held.refreshed_at.is_some_and(|at| now - at < KEY_SET_REFRESH_PAUSE);
        match &held.keys {
            Some((keys, at)) if lately || *at >= now => Ok(Arc::clone(keys)),
            Some(_) | None => {
                held.refreshed_at = Some(now);
                held.fetch(outbound, uri, now).await
            }
        }
    }
}

impl Held {
    async fn fetch(
        &mut self,
        outbound: &dyn Outbound,
        uri: &str,
        now: Instant,
    ) -> Result<Arc<KeySet>, NoKeys> {
        if let Some((failure, at)) = &self.failure
            && now - *at < KEY_SET_RETRY_PAUSE
        {
            return Err(failure.clone());
        }
        match fetch(outbound, uri).await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                self.keys = Some((Arc::clone(&keys), now));
                self.failure = None;
                Ok(keys)
            }
            Err(failure) => {
                self.failure = Some((failure.clone(), now));
                Err(failure)
            }
        }
    }
}

async fn fetch(outbound: &dyn Outbound, uri: &str) -> Result<KeySet, NoKeys> {
    let fetched =
        outbound.get(uri, FETCH).await.map_err(|reason| NoKeys::Fetch { uri: uri.to_owned(), reason })?;
    KeySet::parse(&fetched.body).map_err(|reason| NoKeys::Unreadable { uri: uri.to_owned(), reason })
}
