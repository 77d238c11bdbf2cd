//! The packages and who depends on whom, from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::run::{cargo, output};
use crate::{Failure, Outcome, root};

/// What is shipped: packages for other platforms are of no concern.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// All packages in the lock file that [`PLATFORM`] uses.
pub(super) struct Workspace {
    /// All packages, our own included.
    pub(super) packages: Vec<Package>,
}

/// One package.
#[derive(Clone, Debug, Default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// The SPDX expression, as its author wrote it.
    pub(super) licence: Option<String>,
    /// Where its `Cargo.toml` is, from the root; only for our own.
    pub(super) manifest: Option<String>,
    /// What its `Cargo.toml` names.
    pub(super) names: Vec<Dependency>,
    /// The packages that use it.
    pub(super) users: BTreeSet<String>,
}

/// One line of a `[dependencies]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// Whether only tests, examples and benchmarks see it.
    pub(super) dev: bool,
}

impl Workspace {
    /// Asks cargo. The lock file must fit the manifests.
    pub(super) fn read() -> Outcome<Self> {
        let text = output(&mut cargo(&[
            "metadata",
            "--format-version=1",
            "--locked",
            "--filter-platform",
            PLATFORM,
        ]))?;
        let metadata: Value = serde_json::from_str(&text)
            .map_err(|error| Failure::new(format!("`cargo metadata` made no sense: {error}")))?;
        Self::parse(&metadata, &root())
            .ok_or_else(|| Failure::new("`cargo metadata` has another form than this program knows"))
    }

    /// Reads version 1 of the format.
    fn parse(metadata: &Value, root: &Path) -> Option<Self> {
        let members: BTreeSet<&str> =
            metadata["workspace_members"].as_array()?.iter().filter_map(Value::as_str).collect();
        let mut packages = BTreeMap::new();
        for package in metadata["packages"].as_array()? {
            let id = package["id"].as_str()?;
            let manifest = PathBuf::from(package["manifest_path"].as_str()?);
            let own = members.contains(id);
            packages.insert(
                id,
                Package {
                    name: package["name"].as_str()?.to_owned(),
                    version: package["version"].as_str()?.to_owned(),
                    licence: package["license"].as_str().map(str::to_owned),
                    manifest: own
                        .then(|| Some(manifest.strip_prefix(root).ok()?.to_str()?.to_owned()))
                        .flatten(),
                    names: dependencies(package)?,
                    users: BTreeSet::new(),
                },
            );
        }
        for node in metadata["resolve"]["nodes"].as_array()? {
            let user = packages.get(node["id"].as_str()?)?.name.clone();
            for used in node["deps"].as_array()? {
                packages.get_mut(used["pkg"].as_str()?)?.users.insert(user.clone());
            }
        }
        Some(Self { packages: packages.into_values().collect() })
    }

    /// Our own packages.
    pub(super) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.manifest.is_some())
    }

    /// The packages of others.
    pub(super) fn foreign(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.manifest.is_none())
    }
}

fn dependencies(package: &Value) -> Option<Vec<Dependency>> {
    package["dependencies"]
        .as_array()?
        .iter()
        .map(|dependency| {
            Some(Dependency {
                name: dependency["name"].as_str()?.to_owned(),
                dev: dependency["kind"].as_str() == Some("dev"),
            })
        })
        .collect()
}

#[cfg(test)]
impl Package {
    /// One of ours, with what it names.
    pub(super) fn ours(name: &str, names: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            manifest: Some(format!("crates/{name}/Cargo.toml")),
            names: names.iter().map(|name| Dependency { name: (*name).to_owned(), dev: false }).collect(),
            ..Self::default()
        }
    }

    /// Somebody else's.
    pub(super) fn foreign(name: &str, version: &str, licence: Option<&str>, users: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            licence: licence.map(str::to_owned),
            users: users.iter().map(|&user| user.to_owned()).collect(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_becomes_packages_that_know_their_users() {
        let metadata = json!({
            "workspace_members": ["ours"],
            "packages": [
                {"id": "ours", "name": "vestibule-x", "version": "0.1.0", "license": "Apache-2.0",
                 "manifest_path": "/somewhere/crates/x/Cargo.toml",
                 "dependencies": [{"name": "url", "kind": null}, {"name": "insta", "kind": "dev"}]},
                {"id": "theirs", "name": "url", "version": "2.5.0", "license": null,
                 "manifest_path": "/elsewhere/Cargo.toml", "dependencies": []},
            ],
            "resolve": {"nodes": [
                {"id": "ours", "deps": [{"pkg": "theirs"}]}, {"id": "theirs", "deps": []},
            ]},
        });
        let workspace = Workspace::parse(&metadata, Path::new("/somewhere")).unwrap();
        let ours = workspace.members().next().unwrap();
        assert_eq!(ours.manifest.as_deref(), Some("crates/x/Cargo.toml"));
        assert_eq!(ours.names.iter().map(|d| d.dev).collect::<Vec<_>>(), [false, true]);
        let theirs = workspace.foreign().next().unwrap();
        assert_eq!((theirs.name.as_str(), &theirs.licence), ("url", &None));
        assert!(theirs.users.contains("vestibule-x"));
    }

    #[test]
    fn another_form_is_refused() {
        assert!(Workspace::parse(&json!({"packages": []}), Path::new("/")).is_none());
    }
}
