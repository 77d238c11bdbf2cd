//! The attribute maps in bodies of connections.

use std::collections::BTreeMap;

use serde::Deserialize;
use vestibule_application::usecases::update_connection::AttributeMapChange;

use super::connections::change;
use crate::transport::double_option;

/// Which attributes of the provider become which fields of a profile.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
pub(crate) struct AttributeMapsBody {
    /// The fields that every profile has.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<StandardAttributesBody>)]
    standard_attributes: Option<Option<StandardAttributesBody>>,
    /// The environment's own fields, all at once: by key, the attribute they come from.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<std::collections::HashMap<String, String>>)]
    custom_attributes: Option<Option<BTreeMap<String, Option<String>>>>,
}

/// The attributes behind the fields that every profile has. Null: the provider's usual names.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
pub(crate) struct StandardAttributesBody {
    /// The person's id at the provider.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    idp_id: Option<Option<String>>,
    /// The e-mail address.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    email: Option<Option<String>>,
    /// The given name.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    first_name: Option<Option<String>>,
    /// The family name.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    last_name: Option<Option<String>>,
    /// The groups.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    groups: Option<Option<String>>,
    /// The whole name.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    name: Option<Option<String>>,
}

impl AttributeMapsBody {
    /// Everything back to its default.
    pub(super) fn all_null() -> Self {
        Self { standard_attributes: Some(None), custom_attributes: Some(None) }
    }

    /// What changes.
    pub(super) fn into_change(self) -> AttributeMapChange {
        let standard = match self.standard_attributes {
            None => StandardAttributesBody::default(),
            Some(None) => StandardAttributesBody::all_null(),
            Some(Some(standard)) => standard,
        };
        let custom = change(self.custom_attributes)
            .map(|map| map.into_iter().filter_map(|(key, name)| Some((key, name?))).collect());
        AttributeMapChange {
            idp_id: change(standard.idp_id),
            email: change(standard.email),
            first_name: change(standard.first_name),
            last_name: change(standard.last_name),
            groups: change(standard.groups),
            name: change(standard.name),
            custom,
        }
    }
}

impl StandardAttributesBody {
    fn all_null() -> Self {
        let null = || Some(None);
        Self {
            idp_id: null(),
            email: null(),
            first_name: null(),
            last_name: null(),
            groups: null(),
            name: null(),
        }
    }
}
