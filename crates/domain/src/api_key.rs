//! API keys: how the vendor's programs prove who they are.

use crate::Instant;
use crate::environment::EnvironmentKind;
use crate::id::{ApiKeyId, EnvironmentId};
use crate::secret::{LiveApiKey, SecretDigest, SecretText, TOKEN_BYTES, TestApiKey};
use crate::text::Name;

/// An API key as it is kept: never the key itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The record's id.
    pub id: ApiKeyId,
    /// The environment it opens.
    pub environment_id: EnvironmentId,
    /// Name for the team's people.
    pub name: Name,
    /// What a presented key is looked up by.
    pub digest: SecretDigest,
    /// The last four characters, so that people can tell their keys apart.
    pub hint: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was withdrawn, if it was.
    pub revoked_at: Option<Instant>,
}

impl ApiKey {
    /// Makes a key from fresh random bytes; the text is shown once and then forgotten.
    pub fn issue(
        id: ApiKeyId,
        environment: (EnvironmentId, EnvironmentKind),
        name: Name,
        random: [u8; TOKEN_BYTES],
        now: Instant,
    ) -> (Self, SecretText) {
        let (environment_id, kind) = environment;
        let text = match kind {
            EnvironmentKind::Sandbox => TestApiKey::from_random(random).expose().to_owned(),
            EnvironmentKind::Production => LiveApiKey::from_random(random).expose().to_owned(),
        };
        let key = Self {
            id,
            environment_id,
            name,
            digest: SecretDigest::of(&text),
            hint: text.chars().skip(text.len() - 4).collect(),
            created_at: now,
            revoked_at: None,
        };
        (key, SecretText::new(text))
    }

    /// The digest of a key as it was presented, if it can be one at all.
    pub fn digest_of_presented(raw: &str) -> Option<SecretDigest> {
        let known = TestApiKey::parse(raw).is_ok() || LiveApiKey::parse(raw).is_ok();
        known.then(|| SecretDigest::of(raw))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use time::macros::datetime;
    use ulid::Ulid;

    #[test]
    fn the_kind_of_environment_shows_in_the_key() {
        for (kind, prefix) in
            [(EnvironmentKind::Sandbox, "sk_test_"), (EnvironmentKind::Production, "sk_live_")]
        {
            let environment = EnvironmentId::from_ulid(Ulid::from_parts(1, 1));
            let (key, text) = ApiKey::issue(
                ApiKeyId::from_ulid(Ulid::from_parts(1, 2)),
                (environment, kind),
                Name::parse("ci").unwrap(),
                [9; TOKEN_BYTES],
                datetime!(2026-01-01 0:00 UTC),
            );
            assert!(text.expose().starts_with(prefix));
            assert_eq!(ApiKey::digest_of_presented(text.expose()), Some(key.digest));
            assert!(text.expose().ends_with(&key.hint));
        }
        assert_eq!(ApiKey::digest_of_presented("sk_test_x"), None);
        assert_eq!(ApiKey::digest_of_presented("vpt_x"), None);
    }
}
