//! From the groups that a provider sends to the roles that an app gives.

use std::fmt;

/// Longest slug of a role, in bytes.
pub const ROLE_SLUG_BYTES_MAX: usize = 64;
/// Longest name of a group, in bytes. Directories send distinguished names.
pub const GROUP_NAME_BYTES_MAX: usize = 1024;
/// Most rules of a mapping.
pub const GROUP_ROLES_MAX: usize = 200;

/// Why a mapping was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleMappingError {
    /// A role of another form.
    #[error("a role is 1 to {ROLE_SLUG_BYTES_MAX} letters of a to z, digits, `_` and `-`, a letter first")]
    Role,
    /// A group that is empty, too long or holds control characters.
    #[error("the name of a group must be 1 to {GROUP_NAME_BYTES_MAX} bytes without control characters")]
    Group,
    /// The same rule twice.
    #[error("the group `{group}` is given the role `{role}` twice")]
    Twice {
        /// The group.
        group: String,
        /// The role.
        role: RoleSlug,
    },
    /// More than [`GROUP_ROLES_MAX`].
    #[error("at most {GROUP_ROLES_MAX} groups are given roles")]
    TooMany,
}

/// The name of a role as the app knows it. What a role permits is the app's own business.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleSlug(String);

impl RoleSlug {
    /// Reads a slug.
    pub fn parse(raw: &str) -> Result<Self, RoleMappingError> {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        if raw.len() > ROLE_SLUG_BYTES_MAX
            || !raw.starts_with(|c: char| c.is_ascii_lowercase())
            || !raw.chars().all(letters)
        {
            return Err(RoleMappingError::Role);
        }
        Ok(Self(raw.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whoever is in the group has the role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRole {
    /// The group, as the provider writes it. Compared exactly: some providers tell groups apart by
    /// case alone.
    pub group: String,
    /// The role.
    pub role: RoleSlug,
}

/// Which groups give which roles, the most important first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleMapping {
    rules: Vec<GroupRole>,
    default: Option<RoleSlug>,
}

impl RoleMapping {
    /// A mapping, checked. A group may give several roles, and several groups the same.
    pub fn new(rules: Vec<GroupRole>, default: Option<RoleSlug>) -> Result<Self, RoleMappingError> {
        if rules.len() > GROUP_ROLES_MAX {
            return Err(RoleMappingError::TooMany);
        }
        for (place, rule) in rules.iter().enumerate() {
            let name = &rule.group;
            if name.trim().is_empty()
                || name.len() > GROUP_NAME_BYTES_MAX
                || name.chars().any(char::is_control)
            {
                return Err(RoleMappingError::Group);
            }
            if rules.iter().take(place).any(|before| before == rule) {
                let GroupRole { group, role } = rule.clone();
                return Err(RoleMappingError::Twice { group: group.chars().take(40).collect(), role });
            }
        }
        Ok(Self { rules, default })
    }

    /// The rules, in order.
    pub fn rules(&self) -> &[GroupRole] {
        &self.rules
    }

    /// The role of whoever is in no group that gives one.
    pub fn default_role(&self) -> Option<&RoleSlug> {
        self.default.as_ref()
    }

    /// Whether it gives no roles at all.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.default.is_none()
    }

    /// Every role that it can give, each once, in order.
    pub fn roles(&self) -> Vec<RoleSlug> {
        distinct(self.rules.iter().map(|rule| &rule.role).chain(&self.default))
    }

    /// The roles of whoever is in these groups, each once: in the order of the rules, whatever the
    /// order of the groups; or the default where none fits.
    pub fn roles_of(&self, groups: &[String]) -> Vec<RoleSlug> {
        let fits = |rule: &&GroupRole| groups.contains(&rule.group);
        let given = distinct(self.rules.iter().filter(fits).map(|rule| &rule.role));
        if given.is_empty() { self.default.iter().cloned().collect() } else { given }
    }
}

fn distinct<'a>(roles: impl Iterator<Item = &'a RoleSlug>) -> Vec<RoleSlug> {
    let mut found: Vec<RoleSlug> = Vec::new();
    for role in roles {
        if !found.contains(role) {
            found.push(role.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(raw: &str) -> RoleSlug {
        RoleSlug::parse(raw).unwrap()
    }

    fn rule(group: &str, of: &str) -> GroupRole {
        GroupRole { group: group.to_owned(), role: role(of) }
    }

    fn groups(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_order_of_the_rules_decides_and_each_role_comes_once() {
        let rules = vec![
            rule("Owners", "admin"),
            rule("IT", "admin"),
            rule("IT", "auditor"),
            rule("Staff", "member"),
        ];
        let mapping = RoleMapping::new(rules, Some(role("guest"))).unwrap();
        for (held, given) in [
            (groups(&["Staff", "IT", "Owners"]), vec!["admin", "auditor", "member"]),
            (groups(&["Staff"]), vec!["member"]),
            (groups(&["staff", "Owners "]), vec!["guest"]),
            (groups(&[]), vec!["guest"]),
        ] {
            let found = mapping.roles_of(&held);
            assert_eq!(found.iter().map(RoleSlug::as_str).collect::<Vec<_>>(), given, "{held:?}");
        }
        assert_eq!(mapping.roles(), [role("admin"), role("auditor"), role("member"), role("guest")]);
        assert_eq!(RoleMapping::default().roles_of(&groups(&["IT"])), []);
        assert!(RoleMapping::default().is_empty() && !mapping.is_empty());
    }

    #[test]
    fn a_role_is_a_plain_word() {
        for slug in ["a", "org-admin", "member_2", &"r".repeat(ROLE_SLUG_BYTES_MAX)] {
            assert_eq!(role(slug).to_string(), slug);
        }
        for slug in ["", "2nd", "-a", "Admin", "a b", "rôle", &"r".repeat(ROLE_SLUG_BYTES_MAX + 1)] {
            assert_eq!(RoleSlug::parse(slug), Err(RoleMappingError::Role), "{slug}");
        }
    }

    #[test]
    fn groups_have_names_and_rules_are_not_repeated() {
        let with = |group: &str| RoleMapping::new(vec![rule(group, "a")], None);
        assert!(with("CN=Admins,OU=IT,DC=acme,DC=example").is_ok());
        assert!(with(&"g".repeat(GROUP_NAME_BYTES_MAX)).is_ok());
        for group in ["", "  ", "a\nb", &"g".repeat(GROUP_NAME_BYTES_MAX + 1)] {
            assert_eq!(with(group), Err(RoleMappingError::Group), "{group}");
        }
        let twice = RoleMapping::new(vec![rule("g", "a"), rule("g", "b"), rule("g", "a")], None);
        assert_eq!(twice, Err(RoleMappingError::Twice { group: "g".to_owned(), role: role("a") }));
    }

    #[test]
    fn the_most_rules_are_taken_and_not_one_more() {
        let many = |n: usize| RoleMapping::new((0..n).map(|i| rule(&format!("g{i}"), "a")).collect(), None);
        assert!(many(GROUP_ROLES_MAX).is_ok());
        assert_eq!(many(GROUP_ROLES_MAX + 1), Err(RoleMappingError::TooMany));
    }
}
