//! API keys: how the vendor's programs prove who they are.

use std::fmt;

use time::Duration;

use crate::Instant;
use crate::environment::EnvironmentKind;
use crate::id::{ApiKeyId, EnvironmentId};
use crate::secret::{LiveApiKey, SecretDigest, SecretText, TOKEN_BYTES, TestApiKey};
use crate::text::Name;

/// How exact [`ApiKey::last_used_at`] is: a key that is used without a pause is noted once in this
/// time, so that noting it costs next to nothing.
pub const USE_NOTED_EVERY: Duration = Duration::hours(1);

/// How long a key that is replaced may go on working, longest.
pub const OVERLAP_MAX: Duration = Duration::days(7);

/// A part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApiKeyScope {
    /// Reading everything.
    Read,
    /// Making, changing and removing everything but portal links.
    Write,
    /// Making, sending and withdrawing portal links.
    PortalLinks,
    /// Exchanging codes of sign-ins for profiles, and signing people out.
    SignIn,
}

impl ApiKeyScope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::PortalLinks, Self::SignIn];

    /// The word on the wire and in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::PortalLinks => "portal_links",
            Self::SignIn => "sign_in",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == raw)
    }
}

/// What a key may be used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiKeyScopes {
    /// All of the API, parts that come later included.
    Everything,
    /// These; never empty, in order, each once.
    Only(Vec<ApiKeyScope>),
}

/// Nothing was chosen that a key could be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be at least one")]
pub struct NoScope;

impl ApiKeyScopes {
    /// The word for [`ApiKeyScopes::Everything`].
    pub const EVERYTHING: &'static str = "everything";

    /// These parts of the API.
    ///
    /// # Errors
    /// Without any.
    pub fn only(mut scopes: Vec<ApiKeyScope>) -> Result<Self, NoScope> {
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() { Err(NoScope) } else { Ok(Self::Only(scopes)) }
    }

    /// Whether a part of the API may be used.
    pub fn allow(&self, scope: ApiKeyScope) -> bool {
        match self {
            Self::Everything => true,
            Self::Only(scopes) => scopes.contains(&scope),
        }
    }

    /// Reads what `Display` writes: the words, with a space between them.
    pub fn parse(raw: &str) -> Option<Self> {
        if raw == Self::EVERYTHING {
            return Some(Self::Everything);
        }
        Self::only(raw.split(' ').map(ApiKeyScope::parse).collect::<Option<_>>()?).ok()
    }
}

impl fmt::Display for ApiKeyScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str(Self::EVERYTHING),
            Self::Only(scopes) => {
                let words: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
                f.write_str(&words.join(" "))
            }
        }
    }
}

/// What people say of a key when they make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyPurpose {
    /// Name for the team's people.
    pub name: Name,
    /// What it may be used for.
    pub scopes: ApiKeyScopes,
    /// Who makes it, as they are called now; the audit trail has their id.
    pub created_by: Option<String>,
}

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
    /// What it may be used for.
    pub scopes: ApiKeyScopes,
    /// Who made it, as they were called then.
    pub created_by: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last used, give or take [`USE_NOTED_EVERY`].
    pub last_used_at: Option<Instant>,
    /// From when on it works no more, if it was replaced.
    pub expires_at: Option<Instant>,
    /// When it was withdrawn, if it was.
    pub revoked_at: Option<Instant>,
}

impl ApiKey {
    /// Makes a key from fresh random bytes; the text is shown once and then forgotten.
    pub fn issue(
        id: ApiKeyId,
        environment: (EnvironmentId, EnvironmentKind),
        purpose: ApiKeyPurpose,
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
            name: purpose.name,
            digest: SecretDigest::of(&text),
            hint: text.chars().skip(text.len() - 4).collect(),
            scopes: purpose.scopes,
            created_by: purpose.created_by,
            created_at: now,
            last_used_at: None,
            expires_at: None,
            revoked_at: None,
        };
        (key, SecretText::new(text))
    }

    /// Whether it opens its environment.
    pub fn works(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether a use of it at `now` is worth noting.
    pub fn is_use_news(&self, now: Instant) -> bool {
        self.last_used_at.is_none_or(|last| now - last >= USE_NOTED_EVERY)
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

    const NOW: Instant = datetime!(2026-01-01 0:00 UTC);

    fn purpose() -> ApiKeyPurpose {
        let name = Name::parse("ci").unwrap();
        ApiKeyPurpose { name, scopes: ApiKeyScopes::Everything, created_by: None }
    }

    fn key() -> ApiKey {
        let environment = (EnvironmentId::from_ulid(Ulid::from_parts(1, 1)), EnvironmentKind::Sandbox);
        ApiKey::issue(
            ApiKeyId::from_ulid(Ulid::from_parts(1, 2)),
            environment,
            purpose(),
            [9; TOKEN_BYTES],
            NOW,
        )
        .0
    }

    #[test]
    fn scopes_are_read_as_they_are_written() {
        use ApiKeyScope::{PortalLinks, Read, SignIn};
        let only = |scopes: &[ApiKeyScope]| ApiKeyScopes::only(scopes.to_vec()).unwrap();
        for (scopes, text) in [
            (ApiKeyScopes::Everything, "everything"),
            (only(&[SignIn, Read, SignIn]), "read sign_in"),
            (only(&[PortalLinks]), "portal_links"),
        ] {
            assert_eq!(scopes.to_string(), text);
            assert_eq!(ApiKeyScopes::parse(text), Some(scopes));
        }
        for raw in ["", "all", "read everything", "read  sign_in", "Read"] {
            assert_eq!(ApiKeyScopes::parse(raw), None, "{raw}");
        }
        assert_eq!(ApiKeyScopes::only(Vec::new()), Err(NoScope));
    }

    #[test]
    fn a_key_may_do_what_its_scopes_name() {
        for scope in ApiKeyScope::ALL {
            assert!(ApiKeyScopes::Everything.allow(scope));
            let alone = ApiKeyScopes::Only(vec![scope]);
            for other in ApiKeyScope::ALL {
                assert_eq!(alone.allow(other), scope == other);
            }
        }
    }

    #[test]
    fn a_key_works_until_it_is_withdrawn_or_its_time_is_over() {
        let end = NOW + Duration::HOUR;
        let replaced = ApiKey { expires_at: Some(end), ..key() };
        assert!(key().works(end) && replaced.works(end - Duration::NANOSECOND) && !replaced.works(end));
        assert!(!ApiKey { revoked_at: Some(NOW), ..key() }.works(NOW));
    }

    #[test]
    fn a_use_is_news_once_in_an_hour() {
        let used = ApiKey { last_used_at: Some(NOW), ..key() };
        assert!(key().is_use_news(NOW));
        assert!(!used.is_use_news(NOW + USE_NOTED_EVERY - Duration::NANOSECOND));
        assert!(used.is_use_news(NOW + USE_NOTED_EVERY));
    }

    #[test]
    fn the_kind_of_environment_shows_in_the_key() {
        for (kind, prefix) in
            [(EnvironmentKind::Sandbox, "sk_test_"), (EnvironmentKind::Production, "sk_live_")]
        {
            let environment = EnvironmentId::from_ulid(Ulid::from_parts(1, 1));
            let (key, text) = ApiKey::issue(
                ApiKeyId::from_ulid(Ulid::from_parts(1, 2)),
                (environment, kind),
                purpose(),
                [9; TOKEN_BYTES],
                NOW,
            );
            assert!(text.expose().starts_with(prefix));
            assert_eq!(ApiKey::digest_of_presented(text.expose()), Some(key.digest));
            assert!(text.expose().ends_with(&key.hint));
        }
        assert_eq!(ApiKey::digest_of_presented("sk_test_x"), None);
        assert_eq!(ApiKey::digest_of_presented("vpt_x"), None);
    }
}
