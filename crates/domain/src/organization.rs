//! Organizations: the vendor's customers.

use std::collections::BTreeMap;
use std::fmt;

use crate::Instant;
use crate::id::{EnvironmentId, OrganizationId};
use crate::readout::Readout;
use crate::text::Name;

/// One customer of the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// The environment it lives in.
    pub environment_id: EnvironmentId,
    /// The customer's name.
    pub name: Name,
    /// A short name for addresses, unique in the environment.
    pub slug: Slug,
    /// The vendor's own id for it, unique in the environment.
    pub external_id: Option<ExternalId>,
    /// The vendor's notes.
    pub metadata: Metadata,
    /// The customer's id at Stripe.
    pub stripe_customer_id: Option<Name>,
    /// Whose sign-ins are taken.
    pub profiles: ProfileRule,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl Organization {
    /// What can be edited of it.
    pub fn readout(&self) -> Readout {
        let readout = Readout::default()
            .with("name", &self.name)
            .with_some("external_id", self.external_id.as_ref().map(ExternalId::as_str))
            .with_some("stripe_customer_id", self.stripe_customer_id.as_ref())
            .with("profiles", self.profiles.as_str());
        let notes = self.metadata.as_map().iter();
        notes.fold(readout, |readout, (key, value)| readout.with(format!("metadata.{key}"), value))
    }
}

/// Whose sign-ins an organization takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProfileRule {
    /// Only people whose address lies in a verified domain.
    #[default]
    VerifiedDomains,
    /// Anybody the identity provider vouches for.
    AnyDomain,
}

impl ProfileRule {
    /// Both rules.
    pub const ALL: [Self; 2] = [Self::VerifiedDomains, Self::AnyDomain];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifiedDomains => "verified_domains",
            Self::AnyDomain => "any_domain",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == raw)
    }
}

/// Longest slug, in bytes.
pub const SLUG_BYTES_MAX: usize = 64;

/// A short name: lower-case letters, digits and single hyphens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// Why a slug was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Not of the form `acme-corp`.
    #[error("must consist of lower-case letters, digits and single hyphens, such as acme-corp")]
    Syntax,
    /// Longer than [`SLUG_BYTES_MAX`].
    #[error("must be at most {SLUG_BYTES_MAX} bytes long")]
    TooLong,
}

impl Slug {
    /// Accepts a slug.
    pub fn parse(raw: &str) -> Result<Self, SlugError> {
        if raw.len() > SLUG_BYTES_MAX {
            return Err(SlugError::TooLong);
        }
        let ok = !raw.is_empty()
            && raw.split('-').all(|part| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            });
        if ok { Ok(Self(raw.to_owned())) } else { Err(SlugError::Syntax) }
    }

    /// Makes a slug of a name; names without any ASCII letter or digit give `organization`.
    pub fn of_name(name: &Name) -> Self {
        let mut slug = String::new();
        for c in name.as_str().chars() {
            // Room is left for the suffix that `with_suffix` may add.
            if slug.len() >= SLUG_BYTES_MAX - 16 {
                break;
            }
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        let slug = slug.trim_end_matches('-');
        Self(if slug.is_empty() { "organization".into() } else { slug.to_owned() })
    }

    /// The slug with the last characters of the organization's id, for when the plain one is taken.
    pub fn with_suffix(&self, id: OrganizationId) -> Self {
        let id = id.to_string().to_ascii_lowercase();
        Self(format!("{}-{}", self.0, &id[id.len() - 8..]))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Longest external id, in bytes. Source: api/workos-wire-contract.md, section 5.1.
pub const EXTERNAL_ID_BYTES_MAX: usize = 128;

/// The vendor's own id for something: printable ASCII.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalId(String);

/// Why an external id was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExternalIdError {
    /// Nothing.
    #[error("must not be empty")]
    Empty,
    /// Longer than [`EXTERNAL_ID_BYTES_MAX`].
    #[error("must be at most {EXTERNAL_ID_BYTES_MAX} characters long")]
    TooLong,
    /// Something else than printable ASCII.
    #[error("must consist of printable ASCII characters")]
    Characters,
}

impl ExternalId {
    /// Accepts an id.
    pub fn parse(raw: &str) -> Result<Self, ExternalIdError> {
        if raw.is_empty() {
            return Err(ExternalIdError::Empty);
        }
        if !raw.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            return Err(ExternalIdError::Characters);
        }
        if raw.len() > EXTERNAL_ID_BYTES_MAX {
            return Err(ExternalIdError::TooLong);
        }
        Ok(Self(raw.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Most keys of an organization's metadata. Source: api/workos-wire-contract.md, section 5.1.
pub const METADATA_KEYS_MAX: usize = 50;
/// Longest key, in characters; ASCII.
pub const METADATA_KEY_CHARS_MAX: usize = 40;
/// Longest value, in characters.
pub const METADATA_VALUE_CHARS_MAX: usize = 600;

/// The vendor's notes about an organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata(BTreeMap<String, String>);

/// Why metadata was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// More than [`METADATA_KEYS_MAX`] keys.
    #[error("metadata must have at most {METADATA_KEYS_MAX} keys")]
    TooManyKeys,
    /// A key that is empty, too long or not ASCII.
    #[error("metadata key `{key}` must be 1 to {METADATA_KEY_CHARS_MAX} ASCII characters long")]
    Key {
        /// The key, cut.
        key: String,
    },
    /// A value that is too long.
    #[error("metadata value of `{key}` must be at most {METADATA_VALUE_CHARS_MAX} characters long")]
    Value {
        /// Its key.
        key: String,
    },
}

impl Metadata {
    /// Accepts a map.
    pub fn parse(entries: impl IntoIterator<Item = (String, String)>) -> Result<Self, MetadataError> {
        let mut map = BTreeMap::new();
        for (key, value) in entries {
            if key.is_empty() || key.len() > METADATA_KEY_CHARS_MAX || !key.is_ascii() {
                return Err(MetadataError::Key { key: key.chars().take(METADATA_KEY_CHARS_MAX).collect() });
            }
            if value.chars().count() > METADATA_VALUE_CHARS_MAX {
                return Err(MetadataError::Value { key });
            }
            map.insert(key, value);
        }
        if map.len() > METADATA_KEYS_MAX {
            return Err(MetadataError::TooManyKeys);
        }
        Ok(Self(map))
    }

    /// Rebuilds metadata from a store's row.
    pub fn from_stored(map: BTreeMap<String, String>) -> Self {
        Self(map)
    }

    /// Applies an update: given keys are set, a null value removes its key, no keys at all removes
    /// everything. Source: api/workos-wire-contract.md, section 5.1.
    pub fn merged(&self, change: MetadataChange) -> Result<Self, MetadataError> {
        if change.0.is_empty() {
            return Ok(Self::default());
        }
        let mut map = self.0.clone();
        for (key, value) in change.0 {
            match value {
                Some(value) => map.insert(key, value),
                None => map.remove(&key),
            };
        }
        Self::parse(map)
    }

    /// The update that makes these notes others.
    pub fn change_to(&self, wanted: &Self) -> MetadataChange {
        let gone = self.0.keys().filter(|key| !wanted.0.contains_key(*key)).map(|key| (key.clone(), None));
        let kept = wanted.0.iter().map(|(key, value)| (key.clone(), Some(value.clone())));
        MetadataChange(gone.chain(kept).collect())
    }

    /// The entries in order of their keys.
    pub fn as_map(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

/// An update of metadata; a key without value is removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataChange(pub BTreeMap<String, Option<String>>);

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> Metadata {
        Metadata::parse(entries.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))).unwrap()
    }

    #[test]
    fn an_update_of_metadata_merges() {
        let before = map(&[("a", "1"), ("b", "2")]);
        let change = MetadataChange(BTreeMap::from([("b".into(), None), ("c".into(), Some("3".into()))]));
        assert_eq!(before.merged(change), Ok(map(&[("a", "1"), ("c", "3")])));
        assert_eq!(before.merged(MetadataChange::default()), Ok(Metadata::default()));
    }

    #[test]
    fn an_update_is_made_from_what_is_wanted() {
        let before = map(&[("a", "1"), ("b", "2")]);
        for wanted in [map(&[("b", "3"), ("c", "")]), map(&[]), before.clone()] {
            assert_eq!(before.merged(before.change_to(&wanted)), Ok(wanted));
        }
    }

    #[test]
    fn limits_of_metadata_hold_exactly() {
        let keys = |n: usize| Metadata::parse((0..n).map(|i| (format!("k{i}"), String::new())));
        assert!(keys(METADATA_KEYS_MAX).is_ok());
        assert_eq!(keys(METADATA_KEYS_MAX + 1), Err(MetadataError::TooManyKeys));
        let key = |n: usize| Metadata::parse([("k".repeat(n), String::new())]);
        assert!(key(METADATA_KEY_CHARS_MAX).is_ok());
        assert!(matches!(key(METADATA_KEY_CHARS_MAX + 1), Err(MetadataError::Key { .. })));
        assert!(matches!(key(0), Err(MetadataError::Key { .. })));
        let value = |n: usize| Metadata::parse([("k".to_owned(), "é".repeat(n))]);
        assert!(value(METADATA_VALUE_CHARS_MAX).is_ok());
        assert_eq!(value(METADATA_VALUE_CHARS_MAX + 1), Err(MetadataError::Value { key: "k".into() }));
    }

    #[test]
    fn an_external_id_is_printable_ascii_of_limited_length() {
        assert!(ExternalId::parse(&"x".repeat(EXTERNAL_ID_BYTES_MAX)).is_ok());
        assert_eq!(ExternalId::parse(&"x".repeat(EXTERNAL_ID_BYTES_MAX + 1)), Err(ExternalIdError::TooLong));
        assert_eq!(ExternalId::parse(""), Err(ExternalIdError::Empty));
        assert_eq!(ExternalId::parse("é"), Err(ExternalIdError::Characters));
        assert!(ExternalId::parse("a/b:c d").is_ok());
    }

    #[test]
    fn a_slug_comes_of_a_name() {
        let slug = |name: &str| Slug::of_name(&Name::parse(name).unwrap()).as_str().to_owned();
        assert_eq!(slug("Acme, Inc."), "acme-inc");
        assert_eq!(slug("日本"), "organization");
        assert!(Slug::parse(&slug(&"x-".repeat(100))).is_ok());
        assert_eq!(Slug::parse("a--b"), Err(SlugError::Syntax));
        assert_eq!(Slug::parse("-a"), Err(SlugError::Syntax));
        assert!(Slug::parse(&"a".repeat(SLUG_BYTES_MAX)).is_ok());
        assert_eq!(Slug::parse(&"a".repeat(SLUG_BYTES_MAX + 1)), Err(SlugError::TooLong));
    }
}
