//! Profiles: the person that a sign-in yields.

use std::collections::BTreeMap;

use serde::Serialize;
use vestibule_domain::role_mapping::RoleSlug;
use vestibule_domain::sso::profile::Profile;

/// A person as the app gets to know them.
///
/// Source: WorkOS-compatible contract, section 7.3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Profile))]
pub struct ProfileJson {
    /// Always `profile`.
    object: &'static str,
    /// `prof_…`; stays the same for a person of a connection.
    id: String,
    /// The connection.
    connection_id: String,
    /// The connection's type.
    connection_type: String,
    /// The organization; null for people who sign in with an account of their own.
    organization_id: Option<String>,
    /// The person's id at the identity provider.
    idp_id: String,
    /// The e-mail address.
    email: String,
    /// The given name.
    first_name: Option<String>,
    /// The family name.
    last_name: Option<String>,
    /// The whole name.
    name: Option<String>,
    /// The groups, if the provider sends any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<String>,
    /// The most important of the roles that the groups give.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<RoleJson>,
    /// All roles that the groups give, the most important first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<RoleJson>,
    /// The environment's custom attributes.
    custom_attributes: BTreeMap<String, AttributeValue>,
    /// Everything the provider said, under its own names.
    raw_attributes: BTreeMap<String, AttributeValue>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Role))]
pub struct RoleJson {
    /// Its name.
    slug: String,
}

impl RoleJson {
    /// Presents roles.
    pub(crate) fn list(roles: &[RoleSlug]) -> Vec<Self> {
        roles.iter().map(|role| Self { slug: role.to_string() }).collect()
    }
}

/// One value as a text, several as a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AttributeValue {
    /// One value.
    One(String),
    /// None or several.
    Many(Vec<String>),
}

impl AttributeValue {
    fn of(values: &[String]) -> Self {
        match values {
            [only] => Self::One(only.clone()),
            values => Self::Many(values.to_vec()),
        }
    }
}

impl ProfileJson {
    /// Presents a profile.
    pub fn new(profile: &Profile) -> Self {
        let person = &profile.person;
        // A whole name that did not come is made of its parts, as people read it.
        let parts = [person.first_name.as_deref(), person.last_name.as_deref()];
        let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let raw = person.raw.attributes.iter();
        let roles = RoleJson::list(&person.roles);
        Self {
            object: "profile",
            id: profile.id.to_string(),
            connection_id: profile.connection_id.to_string(),
            connection_type: profile.connection_type.to_string(),
            organization_id: profile.organization_id.map(|id| id.to_string()),
            idp_id: person.idp_id.clone(),
            email: person.email.clone(),
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
            name: person.name.clone().or_else(|| Some(joined).filter(|joined| !joined.is_empty())),
            groups: person.groups.clone(),
            role: roles.first().cloned(),
            roles,
            custom_attributes: of_map(person.custom.iter()),
            raw_attributes: of_map(raw.map(|attribute| (&attribute.name, &attribute.values))),
        }
    }
}

fn of_map<'a>(
    entries: impl Iterator<Item = (&'a String, &'a Vec<String>)>,
) -> BTreeMap<String, AttributeValue> {
    entries.map(|(name, values)| (name.clone(), AttributeValue::of(values))).collect()
}
