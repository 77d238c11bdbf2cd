//! Who may depend on whom: the house as DESIGN.md draws it.

use super::workspace::Workspace;

/// What one crate may name in `[dependencies]`. Tests and examples are free.
struct Room {
    name: &'static str,
    house: &'static [&'static str],
    outside: Outside,
}

/// Which crates of others.
enum Outside {
    /// These and no more: the crate's purity is its promise to those who embed it.
    Only(&'static [&'static str]),
    /// What it needs; `docs/dependencies.md` answers for each.
    Any,
}

const DOMAIN: &str = "vestibule-domain";
const APPLICATION: &str = "vestibule-application";
const WIRE: &str = "vestibule-wire";
const CATALOG: &str = "vestibule-catalog";
const WORDS: &str = "vestibule-words";

/// The program: it wires, so it may name everything.
const APP: &str = "vestibule";

/// A crate that puts something behind a port, or into bytes, and knows nobody beside it.
const fn adapter(name: &'static str) -> Room {
    Room { name, house: &[DOMAIN, APPLICATION], outside: Outside::Any }
}

const ROOMS: &[Room] = &[
    Room {
        name: DOMAIN,
        house: &[],
        outside: Outside::Only(&["base64", "ring", "thiserror", "time", "ulid", "url"]),
    },
    Room {
        name: APPLICATION,
        house: &[DOMAIN],
        outside: Outside::Only(&["async-trait", "thiserror", "time", "tracing", "ulid"]),
    },
    adapter(WIRE),
    Room { name: CATALOG, house: &[], outside: Outside::Any },
    Room { name: WORDS, house: &[DOMAIN], outside: Outside::Any },
    Room { name: "vestibule-fuzz", house: &[], outside: Outside::Any },
    adapter("vestibule-store-contract"),
    adapter("vestibule-store-memory"),
    Room { name: "vestibule-test-servers", house: &[], outside: Outside::Any },
    Room { name: "vestibule-store-sql", house: &[DOMAIN, APPLICATION, WIRE], outside: Outside::Any },
    adapter("vestibule-saml"),
    adapter("vestibule-oidc"),
    adapter("vestibule-outbound"),
    adapter("vestibule-pictures"),
    Room { name: "vestibule-mail", house: &[DOMAIN, APPLICATION, WORDS], outside: Outside::Any },
    adapter("vestibule-secrets"),
    Room {
        name: "vestibule-web",
        house: &[DOMAIN, APPLICATION, WIRE, CATALOG, WORDS],
        outside: Outside::Any,
    },
];

/// Arrows that point the wrong way, and crates nobody has placed.
pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let mut found = Vec::new();
    let own: Vec<&str> = workspace.members().map(|package| package.name.as_str()).collect();
    for package in workspace.members() {
        let in_house = package.manifest.as_ref().is_some_and(|path| path.starts_with("crates/"));
        if !in_house || package.name == APP {
            continue;
        }
        let Some(room) = ROOMS.iter().find(|room| room.name == package.name) else {
            found.push(format!("{}: say in xtask/src/tidy/arrows.rs what it may depend on", package.name));
            continue;
        };
        for dependency in package.names.iter().filter(|dependency| !dependency.dev) {
            let name = dependency.name.as_str();
            let welcome = if own.contains(&name) {
                room.house.contains(&name)
            } else {
                match room.outside {
                    Outside::Only(names) => names.contains(&name),
                    Outside::Any => true,
                }
            };
            if !welcome {
                found.push(format!("{} must not depend on {name}", package.name));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::workspace::{Dependency, Package};
    use super::*;

    fn found(packages: Vec<Package>) -> Vec<String> {
        check(&Workspace { packages })
    }

    #[test]
    fn arrows_that_point_inwards_are_fine() {
        let packages = vec![
            Package::ours(DOMAIN, &["url"]),
            Package::ours(APPLICATION, &[DOMAIN, "async-trait"]),
            Package::ours("vestibule-saml", &[DOMAIN, APPLICATION, "roxmltree"]),
            Package::ours(APP, &["vestibule-saml", "clap"]),
        ];
        assert_eq!(found(packages), Vec::<String>::new());
    }

    #[test]
    fn a_domain_that_serialises_is_told() {
        assert_eq!(
            found(vec![Package::ours(DOMAIN, &["serde"])]),
            ["vestibule-domain must not depend on serde"]
        );
    }

    #[test]
    fn adapters_keep_apart_and_web_names_no_store() {
        let packages = vec![
            Package::ours("vestibule-mail", &["vestibule-outbound"]),
            Package::ours("vestibule-outbound", &[]),
            Package::ours("vestibule-web", &["vestibule-store-memory"]),
            Package::ours("vestibule-store-memory", &[]),
        ];
        assert_eq!(
            found(packages),
            [
                "vestibule-mail must not depend on vestibule-outbound",
                "vestibule-web must not depend on vestibule-store-memory",
            ]
        );
    }

    #[test]
    fn tests_may_name_what_they_need() {
        let mut web = Package::ours("vestibule-web", &[]);
        web.names.push(Dependency { name: "vestibule-store-memory".into(), dev: true });
        assert!(found(vec![web, Package::ours("vestibule-store-memory", &[])]).is_empty());
    }

    #[test]
    fn a_new_crate_must_be_given_its_place() {
        assert_eq!(found(vec![Package::ours("vestibule-scim", &[])]).len(), 1);
    }
}
