//! Crates and versions we refuse, by `[bans]` of `deny.toml`.

use semver::{Version, VersionReq};
use toml::{Table, Value};

use super::workspace::{Package, Workspace};

/// What is in the tree although it is refused.
pub(super) fn check(workspace: &Workspace, deny: &Table) -> Vec<String> {
    let entries = deny.get("bans").and_then(|bans| bans.get("deny")).and_then(Value::as_array);
    let mut found = Vec::new();
    for entry in entries.into_iter().flatten() {
        match Ban::parse(entry) {
            Some(ban) => found.extend(
                workspace.foreign().filter(|package| ban.hits(package)).map(|package| ban.complaint(package)),
            ),
            None => found.push(format!("deny.toml: `{entry:?}` is no ban this program understands")),
        }
    }
    found
}

struct Ban<'a> {
    name: &'a str,
    versions: VersionReq,
    /// Who may use it all the same.
    wrappers: Vec<&'a str>,
    reason: &'a str,
}

impl<'a> Ban<'a> {
    /// An entry as cargo-deny knows it: `crate` is `name` or `name:versions`.
    fn parse(entry: &'a Value) -> Option<Self> {
        let spec = entry.get("crate")?.as_str()?;
        let (name, versions) = spec.split_once(':').unwrap_or((spec, "*"));
        let wrappers = entry.get("wrappers").and_then(Value::as_array);
        Some(Self {
            name,
            versions: VersionReq::parse(versions).ok()?,
            wrappers: wrappers.into_iter().flatten().filter_map(Value::as_str).collect(),
            reason: entry.get("reason")?.as_str()?,
        })
    }

    fn hits(&self, package: &Package) -> bool {
        let welcome = |user: &String| self.wrappers.contains(&user.as_str());
        package.name == self.name
            && Version::parse(&package.version).is_ok_and(|version| self.versions.matches(&version))
            && (self.wrappers.is_empty() || !package.users.iter().all(welcome))
    }

    fn complaint(&self, package: &Package) -> String {
        let users: Vec<&str> = package.users.iter().map(String::as_str).collect();
        format!("{} {} (for {}) is refused: {}", package.name, package.version, users.join(", "), self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY: &str = r#"
        [bans]
        deny = [
            { crate = "bad", reason = "GPL" },
            { crate = "old:<0.41", reason = "advisories" },
            { crate = "rsa", wrappers = ["openidconnect"], reason = "timing" },
        ]
    "#;

    fn found(packages: Vec<Package>) -> Vec<String> {
        check(&Workspace { packages }, &DENY.parse().unwrap())
    }

    #[test]
    fn a_refused_crate_is_told_with_its_user() {
        let packages = vec![Package::foreign("bad", "1.0.0", None, &["a", "b"])];
        assert_eq!(found(packages), ["bad 1.0.0 (for a, b) is refused: GPL"]);
    }

    #[test]
    fn a_floor_refuses_what_is_below_it() {
        let at = |version| found(vec![Package::foreign("old", version, None, &["a"])]).len();
        assert_eq!((at("0.40.9"), at("0.41.0"), at("1.0.0")), (1, 0, 0));
    }

    #[test]
    fn a_wrapper_may_use_it_and_nobody_else() {
        let by = |users: &[&str]| found(vec![Package::foreign("rsa", "0.9.0", None, users)]).len();
        assert_eq!((by(&["openidconnect"]), by(&["openidconnect", "x"])), (0, 1));
    }

    #[test]
    fn an_entry_that_says_nothing_is_told() {
        let deny = "[bans]\ndeny = [\"just-a-name\"]".parse().unwrap();
        assert_eq!(check(&Workspace { packages: vec![] }, &deny).len(), 1);
    }
}
