//! Attribute maps: which attribute of the provider becomes which field of a profile.

use std::collections::BTreeMap;

use crate::readout::Readout;
use crate::role_mapping::{RoleMapping, RoleMappingError};

/// Longest attribute name, in bytes.
pub const ATTRIBUTE_NAME_BYTES_MAX: usize = 512;
/// Most custom attributes of a map.
pub const CUSTOM_ATTRIBUTES_MAX: usize = 50;

/// Which attribute becomes which field; an absent entry means the provider's default names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributeMap {
    /// For the id of the person at the provider.
    pub idp_id: Option<String>,
    /// For the e-mail address.
    pub email: Option<String>,
    /// For the given name.
    pub first_name: Option<String>,
    /// For the family name.
    pub last_name: Option<String>,
    /// For the groups.
    pub groups: Option<String>,
    /// For the whole name.
    pub name: Option<String>,
    /// For the environment's custom attributes, by their key.
    pub custom: BTreeMap<String, String>,
    /// Which roles the groups give.
    pub roles: RoleMapping,
}

/// Why a map was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttributeMapError {
    /// A name that is empty, too long or holds control characters.
    #[error(
        "attribute name for `{field}` must be 1 to {ATTRIBUTE_NAME_BYTES_MAX} bytes without control characters"
    )]
    Name {
        /// The field.
        field: String,
    },
    /// Too many custom attributes.
    #[error("at most {CUSTOM_ATTRIBUTES_MAX} custom attributes are taken")]
    TooMany,
    /// The roles are refused.
    #[error(transparent)]
    Roles(#[from] RoleMappingError),
}

impl AttributeMap {
    /// What can be edited of it.
    pub fn readout(&self) -> Readout {
        let standard = Readout::default()
            .with_some("attribute.idp_id", self.idp_id.as_ref())
            .with_some("attribute.email", self.email.as_ref())
            .with_some("attribute.first_name", self.first_name.as_ref())
            .with_some("attribute.last_name", self.last_name.as_ref())
            .with_some("attribute.groups", self.groups.as_ref())
            .with_some("attribute.name", self.name.as_ref());
        let custom = self.custom.iter();
        let custom = custom
            .fold(standard, |readout, (key, name)| readout.with(format!("attribute.custom.{key}"), name));
        let rules: Vec<_> =
            self.roles.rules().iter().map(|rule| format!("{} = {}", rule.group, rule.role)).collect();
        custom
            .with_some("group_roles", (!rules.is_empty()).then(|| rules.join("\n")))
            .with_some("default_role", self.roles.default_role())
    }

    /// Checks names and sizes.
    pub fn checked(self) -> Result<Self, AttributeMapError> {
        if self.custom.len() > CUSTOM_ATTRIBUTES_MAX {
            return Err(AttributeMapError::TooMany);
        }
        let fields = [
            ("idp_id", &self.idp_id),
            ("email", &self.email),
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
            ("groups", &self.groups),
            ("name", &self.name),
        ];
        let standard = fields.into_iter().filter_map(|(field, name)| Some((field, name.as_ref()?)));
        let custom = self.custom.iter().map(|(field, name)| (field.as_str(), name));
        for (field, name) in standard.chain(custom) {
            let ok = |text: &str| {
                !text.is_empty()
                    && text.len() <= ATTRIBUTE_NAME_BYTES_MAX
                    && !text.chars().any(char::is_control)
            };
            if !ok(name) || !ok(field) {
                return Err(AttributeMapError::Name { field: field.chars().take(40).collect() });
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold_exactly() {
        let name =
            |n: usize| AttributeMap { email: Some("x".repeat(n)), ..AttributeMap::default() }.checked();
        assert!(name(ATTRIBUTE_NAME_BYTES_MAX).is_ok());
        assert_eq!(
            name(ATTRIBUTE_NAME_BYTES_MAX + 1),
            Err(AttributeMapError::Name { field: "email".into() })
        );
        assert_eq!(name(0), Err(AttributeMapError::Name { field: "email".into() }));
        let custom = |n: usize| {
            let custom = (0..n).map(|i| (format!("k{i}"), "x".to_owned())).collect();
            AttributeMap { custom, ..AttributeMap::default() }.checked()
        };
        assert!(custom(CUSTOM_ATTRIBUTES_MAX).is_ok());
        assert_eq!(custom(CUSTOM_ATTRIBUTES_MAX + 1), Err(AttributeMapError::TooMany));
    }
}
