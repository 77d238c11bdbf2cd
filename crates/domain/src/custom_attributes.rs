//! Custom attributes: what an environment's profiles carry besides what every profile has.

use std::fmt;

use crate::attribute_map::CUSTOM_ATTRIBUTES_MAX;
use crate::readout::Readout;
use crate::text::{Name, NameError};

/// Longest key of a custom attribute, in bytes.
pub const CUSTOM_ATTRIBUTE_KEY_BYTES_MAX: usize = 64;

/// What every profile has; a custom attribute of such a name would be taken for it.
const STANDARD: [&str; 8] =
    ["id", "idp_id", "email", "first_name", "last_name", "name", "groups", "raw_attributes"];

/// Why custom attributes were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CustomAttributeError {
    /// A key of another form.
    #[error(
        "a key is 1 to {CUSTOM_ATTRIBUTE_KEY_BYTES_MAX} letters of a to z, digits, `_` and `-`, a letter first"
    )]
    Key,
    /// The name of something that every profile has.
    #[error("every profile has `{0}` already")]
    Standard(String),
    /// A label that is no name.
    #[error("the label {0}")]
    Label(#[from] NameError),
    /// More than [`CUSTOM_ATTRIBUTES_MAX`].
    #[error("at most {CUSTOM_ATTRIBUTES_MAX} custom attributes are taken")]
    TooMany,
}

/// The key of a custom attribute: what apps read it by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomAttributeKey(String);

impl CustomAttributeKey {
    /// Reads a key.
    pub fn parse(raw: &str) -> Result<Self, CustomAttributeError> {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        if raw.len() > CUSTOM_ATTRIBUTE_KEY_BYTES_MAX
            || !raw.starts_with(|c: char| c.is_ascii_lowercase())
            || !raw.chars().all(letters)
        {
            return Err(CustomAttributeError::Key);
        }
        if STANDARD.contains(&raw) {
            return Err(CustomAttributeError::Standard(raw.to_owned()));
        }
        Ok(Self(raw.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CustomAttributeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A custom attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomAttribute {
    /// What apps read it by.
    pub key: CustomAttributeKey,
    /// What IT admins know it by.
    pub label: Name,
}

/// The custom attributes of an environment, in the order in which they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomAttributes(Vec<CustomAttribute>);

impl CustomAttributes {
    /// What a store has kept, as it is: rules that came later do not take away what is in use.
    pub fn from_stored(held: impl IntoIterator<Item = (String, Name)>) -> Self {
        let attributes =
            held.into_iter().map(|(key, label)| CustomAttribute { key: CustomAttributeKey(key), label });
        Self(attributes.collect())
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, CustomAttribute> {
        self.0.iter()
    }

    /// Whether there is one with this key.
    pub fn contains(&self, key: &str) -> bool {
        self.iter().any(|attribute| attribute.key.as_str() == key)
    }

    /// What can change of them: labels by key.
    pub fn readout(&self) -> Readout {
        self.iter().fold(Readout::default(), |readout, attribute| {
            readout.with(format!("custom_attribute.{}", attribute.key), &attribute.label)
        })
    }

    /// What can change of those with some keys.
    pub fn readout_of(&self, keys: &[&CustomAttributeKey]) -> Readout {
        let among = |attribute: &&CustomAttribute| keys.contains(&&attribute.key);
        Self(self.iter().filter(among).cloned().collect()).readout()
    }

    /// Adds an attribute at the end, or gives the one with its key another label.
    pub fn define(&mut self, attribute: CustomAttribute) -> Result<(), CustomAttributeError> {
        let full = self.0.len() >= CUSTOM_ATTRIBUTES_MAX;
        match self.0.iter_mut().find(|held| held.key == attribute.key) {
            Some(held) => held.label = attribute.label,
            None if full => return Err(CustomAttributeError::TooMany),
            None => self.0.push(attribute),
        }
        Ok(())
    }

    /// Takes the attribute with a key away; whether there was one.
    pub fn remove(&mut self, key: &CustomAttributeKey) -> bool {
        let before = self.0.len();
        self.0.retain(|held| held.key != *key);
        self.0.len() < before
    }
}

impl<'a> IntoIterator for &'a CustomAttributes {
    type Item = &'a CustomAttribute;
    type IntoIter = std::slice::Iter<'a, CustomAttribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(key: &str, label: &str) -> CustomAttribute {
        CustomAttribute { key: CustomAttributeKey::parse(key).unwrap(), label: Name::parse(label).unwrap() }
    }

    #[test]
    fn a_key_is_plain_and_no_standard_field() {
        for key in ["department", "cost_center-2", "d", &"k".repeat(CUSTOM_ATTRIBUTE_KEY_BYTES_MAX)] {
            assert_eq!(CustomAttributeKey::parse(key).unwrap().as_str(), key);
        }
        let long = "k".repeat(CUSTOM_ATTRIBUTE_KEY_BYTES_MAX + 1);
        for key in ["", "2d", "_d", "Department", "cost center", "abteilung.größe", "a=b", &long] {
            assert_eq!(CustomAttributeKey::parse(key), Err(CustomAttributeError::Key), "{key}");
        }
        for key in STANDARD {
            assert_eq!(
                CustomAttributeKey::parse(key),
                Err(CustomAttributeError::Standard(key.to_owned())),
                "{key}"
            );
        }
    }

    #[test]
    fn a_key_is_defined_once_and_keeps_its_place() {
        let mut held = CustomAttributes::default();
        held.define(attribute("department", "Department")).unwrap();
        held.define(attribute("cost_center", "Cost center")).unwrap();
        held.define(attribute("department", "Abteilung")).unwrap();
        let shown: Vec<_> = held.iter().map(|held| (held.key.as_str(), held.label.as_str())).collect();
        assert_eq!(shown, [("department", "Abteilung"), ("cost_center", "Cost center")]);
        assert!(held.contains("cost_center") && !held.contains("manager"));
        assert!(held.remove(&CustomAttributeKey::parse("department").unwrap()));
        assert!(!held.remove(&CustomAttributeKey::parse("department").unwrap()));
        assert_eq!(held.iter().count(), 1);
    }

    #[test]
    fn the_most_attributes_are_taken_and_not_one_more() {
        let mut held = CustomAttributes::default();
        for n in 0..CUSTOM_ATTRIBUTES_MAX {
            held.define(attribute(&format!("k{n}"), "x")).unwrap();
        }
        assert_eq!(held.define(attribute("more", "x")), Err(CustomAttributeError::TooMany));
        // Another label is no further attribute.
        assert_eq!(held.define(attribute("k0", "y")), Ok(()));
    }
}
