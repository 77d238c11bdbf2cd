//! The attribute map of a connection.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::role_mapping::{GroupRole, RoleMapping, RoleSlug};

use super::text::T;
use super::{Stored, StoredError, read, write};

#[derive(Serialize, Deserialize)]
struct AttributeMapForm {
    idp_id: Option<String>,
    email: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    groups: Option<String>,
    name: Option<String>,
    #[serde(default)]
    custom: BTreeMap<String, String>,
    /// Which group gives which role, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    group_roles: Vec<(String, T<RoleSlug>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default_role: Option<T<RoleSlug>>,
}

impl Stored for AttributeMap {
    fn to_stored(&self) -> String {
        let map = self.clone();
        write(&AttributeMapForm {
            idp_id: map.idp_id,
            email: map.email,
            first_name: map.first_name,
            last_name: map.last_name,
            groups: map.groups,
            name: map.name,
            custom: map.custom,
            group_roles: map
                .roles
                .rules()
                .iter()
                .map(|rule| (rule.group.clone(), T(rule.role.clone())))
                .collect(),
            default_role: map.roles.default_role().cloned().map(T),
        })
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let form: AttributeMapForm = read(document)?;
        let by_group = form.group_roles.into_iter().map(|(group, T(role))| GroupRole { group, role });
        let roles = RoleMapping::new(by_group.collect(), form.default_role.map(|T(role)| role));
        Ok(Self {
            idp_id: form.idp_id,
            email: form.email,
            first_name: form.first_name,
            last_name: form.last_name,
            groups: form.groups,
            name: form.name,
            custom: form.custom,
            roles: roles.map_err(|_| StoredError::Form)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{kept, reread};
    use super::*;
    use serde_json::json;

    #[test]
    fn an_attribute_map_has_this_form() {
        let map = AttributeMap {
            email: Some("mail".into()),
            custom: BTreeMap::from([("cost".into(), "c".into())]),
            ..AttributeMap::default()
        };
        let document = json!({
            "v": 1, "idp_id": null, "email": "mail", "first_name": null, "last_name": null,
            "groups": null, "name": null, "custom": { "cost": "c" },
        });
        assert_eq!(kept(&map), document);
        assert_eq!(reread(document.clone()), Ok(map.clone()));

        let slug = |raw| RoleSlug::parse(raw).unwrap();
        let rule = |group: &str, role| GroupRole { group: group.into(), role: slug(role) };
        let held = vec![rule("Owners", "admin"), rule("CN=Staff", "member")];
        let roles = RoleMapping::new(held, Some(slug("guest"))).unwrap();
        let map = AttributeMap { roles, ..map };
        let mut document = document;
        document["group_roles"] = json!([["Owners", "admin"], ["CN=Staff", "member"]]);
        document["default_role"] = json!("guest");
        assert_eq!(kept(&map), document);
        assert_eq!(reread(document), Ok(map));
    }
}
