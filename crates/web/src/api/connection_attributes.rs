//! The attribute maps in bodies of connections.

use std::collections::BTreeMap;

use serde::Deserialize;
use vestibule_application::change::Change;
use vestibule_application::usecases::update_connection::AttributeMapChange;

use crate::transport::nullable;

/// Which attributes of the provider become which fields of a profile.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
pub(crate) struct AttributeMapsBody {
    /// The fields that every profile has.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<StandardAttributesBody>)]
    standard_attributes: Change<StandardAttributesBody>,
    /// The environment's own fields, all at once: by key, the attribute they come from.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<std::collections::HashMap<String, String>>)]
    custom_attributes: Change<BTreeMap<String, Option<String>>>,
    /// Which groups give which roles, all at once, the most important first.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Vec<GroupRoleBody>>)]
    group_roles: Change<Vec<GroupRoleBody>>,
    /// The role of whoever is in no group that gives one; null: none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    default_role: Change<String>,
}

/// Whoever is in the group has the role.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct GroupRoleBody {
    /// The group, exactly as the provider sends it.
    group: String,
    /// The role's slug.
    role: String,
}

/// The attributes behind the fields that every profile has. Null: the provider's usual names.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
pub(crate) struct StandardAttributesBody {
    /// The person's id at the provider.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    idp_id: Change<String>,
    /// The e-mail address.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    email: Change<String>,
    /// The given name.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    first_name: Change<String>,
    /// The family name.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    last_name: Change<String>,
    /// The groups.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    groups: Change<String>,
    /// The whole name.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    name: Change<String>,
}

impl AttributeMapsBody {
    /// Everything back to its default.
    pub(super) fn all_null() -> Self {
        Self {
            standard_attributes: Change::Reset,
            custom_attributes: Change::Reset,
            group_roles: Change::Reset,
            default_role: Change::Reset,
        }
    }

    /// What changes.
    pub(super) fn into_change(self) -> AttributeMapChange {
        let standard = match self.standard_attributes {
            Change::Keep => StandardAttributesBody::default(),
            Change::Reset => StandardAttributesBody::all_null(),
            Change::Set(standard) => standard,
        };
        let custom = self
            .custom_attributes
            .map(|map| map.into_iter().filter_map(|(key, name)| Some((key, name?))).collect());
        AttributeMapChange {
            idp_id: standard.idp_id,
            email: standard.email,
            first_name: standard.first_name,
            last_name: standard.last_name,
            groups: standard.groups,
            name: standard.name,
            custom,
            group_roles: self
                .group_roles
                .map(|rules| rules.into_iter().map(|rule| (rule.group, rule.role)).collect()),
            default_role: self.default_role,
        }
    }
}

impl StandardAttributesBody {
    fn all_null() -> Self {
        Self {
            idp_id: Change::Reset,
            email: Change::Reset,
            first_name: Change::Reset,
            last_name: Change::Reset,
            groups: Change::Reset,
            name: Change::Reset,
        }
    }
}
