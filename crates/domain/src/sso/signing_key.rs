//! The keys that an environment signs access tokens with.

use time::Duration;

use crate::Instant;
use crate::certificate::Certificate;
use crate::id::{EnvironmentId, SigningKeyId};
use crate::secret::Sealed;

/// How long a new key is shown in the key set before it signs: consumers cache key sets for hours.
pub const SIGNING_KEY_LEAD: Duration = Duration::days(7);

/// How long a key signs before its successor is made.
pub const SIGNING_KEY_TERM: Duration = Duration::days(365);

/// How long a key that signs no more is still shown.
pub const SIGNING_KEY_TAIL: Duration = Duration::days(1);

/// A key pair of an environment: RSA with 2048 bits, for RS256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// Its id, which is the `kid` of tokens.
    pub id: SigningKeyId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The self-signed certificate, shown in the key set.
    pub certificate: Certificate,
    /// The private key, PKCS#8 DER.
    pub private_key: Sealed,
    /// From when on it signs.
    pub signs_from: Instant,
    /// When it was made.
    pub created_at: Instant,
}

/// The key among an environment's that signs at `now`: the one that began last. Where none has
/// begun, the first: the process that made it may have a clock that is ahead, or was asked for it
/// before it was made.
pub fn signing_at(keys: &[SigningKey], now: Instant) -> Option<&SigningKey> {
    let begun = keys.iter().filter(|key| key.signs_from <= now);
    begun
        .max_by_key(|key| (key.signs_from, key.id))
        .or_else(|| keys.iter().min_by_key(|key| (key.signs_from, key.id)))
}

/// The keys that are shown at `now`: what signs, what will, and what has until a while ago.
pub fn shown_at(keys: &[SigningKey], now: Instant) -> Vec<&SigningKey> {
    let ended_at = |key: &SigningKey| {
        keys.iter()
            .filter(|other| (other.signs_from, other.id) > (key.signs_from, key.id))
            .map(|other| other.signs_from)
            .min()
    };
    keys.iter().filter(|key| ended_at(key).is_none_or(|at| at + SIGNING_KEY_TAIL > now)).collect()
}

/// Whether the newest key is so old that a successor should be made.
pub fn needs_successor(keys: &[SigningKey], now: Instant) -> bool {
    keys.iter().map(|key| key.signs_from).max().is_none_or(|newest| newest + SIGNING_KEY_TERM <= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Fingerprint, KeyKind};
    use crate::id::Id;
    use time::macros::datetime;
    use ulid::Ulid;

    const START: Instant = datetime!(2026-11-22 12:00 UTC);

    fn key(n: u128, signs_from: Instant) -> SigningKey {
        SigningKey {
            id: SigningKeyId::from_ulid(Ulid::from_parts(1, n)),
            environment_id: EnvironmentId::from_ulid(Ulid::from_parts(1, 1)),
            certificate: Certificate {
                der: vec![],
                fingerprint: Fingerprint::of_der(&[]),
                subject: String::new(),
                issuer: String::new(),
                not_before: START,
                not_after: START,
                key: KeyKind::Rsa { bits: 2048 },
            },
            private_key: Sealed::from_bytes(vec![]),
            signs_from,
            created_at: START,
        }
    }

    #[test]
    fn a_new_key_is_shown_before_it_signs_and_the_old_one_a_while_after() {
        let turn = START + SIGNING_KEY_LEAD;
        let keys = [key(1, START), key(2, turn)];
        let shown = |at| shown_at(&keys, at).into_iter().map(|key| key.id).collect::<Vec<_>>();
        let signs = |at| signing_at(&keys, at).map(|key| key.id);
        assert_eq!(signs(START - Duration::SECOND), Some(keys[0].id), "a clock that is behind");
        assert_eq!(signs(turn - Duration::SECOND), Some(keys[0].id));
        assert_eq!(shown(START), [keys[0].id, keys[1].id]);
        assert_eq!(signs(turn), Some(keys[1].id));
        assert_eq!(shown(turn + SIGNING_KEY_TAIL - Duration::SECOND), [keys[0].id, keys[1].id]);
        assert_eq!(shown(turn + SIGNING_KEY_TAIL), [keys[1].id]);
    }

    #[test]
    fn a_successor_is_due_after_a_term() {
        assert!(needs_successor(&[], START));
        let keys = [key(1, START)];
        assert!(!needs_successor(&keys, START + SIGNING_KEY_TERM - Duration::SECOND));
        assert!(needs_successor(&keys, START + SIGNING_KEY_TERM));
        assert!(!needs_successor(
            &[key(1, START), key(2, START + SIGNING_KEY_TERM)],
            START + SIGNING_KEY_TERM
        ));
    }
}
