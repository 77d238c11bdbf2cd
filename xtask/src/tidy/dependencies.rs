//! `docs/dependencies.md` answers for every crate that one of ours names.

use std::collections::{BTreeMap, BTreeSet};

use super::workspace::Workspace;

/// The page. A crate's row begins with its name and its licence: `` | `name` | licence | ``.
pub(super) const PAGE: &str = "docs/dependencies.md";

/// Crates without a row, rows without a crate, licences that changed, and what the workspace's
/// manifest declares for nobody.
pub(super) fn check(workspace: &Workspace, page: &str, manifest: &str) -> Vec<String> {
    let own: BTreeSet<&str> = workspace.members().map(|package| package.name.as_str()).collect();
    let named: BTreeSet<&str> = workspace
        .members()
        .flat_map(|package| &package.names)
        .map(|dependency| dependency.name.as_str())
        .filter(|name| !own.contains(name))
        .collect();
    let rows: BTreeMap<&str, &str> = page.lines().filter_map(row).collect();
    let mut found = Vec::new();
    for name in &named {
        let declared = || workspace.foreign().filter(|p| p.name == *name).find_map(|p| p.licence.as_deref());
        match rows.get(name) {
            None => found.push(format!("{PAGE}: why do we use `{name}`?")),
            Some(licence) => {
                if let Some(declared) = declared().filter(|declared| declared != licence) {
                    found.push(format!("{PAGE}: `{name}` says its licence is {declared}, not {licence}"));
                }
            }
        }
    }
    for name in rows.keys().filter(|name| !named.contains(*name)) {
        found.push(format!("{PAGE}: nobody uses `{name}` any more"));
    }
    found.extend(
        declared_for_all(manifest)
            .into_iter()
            .filter(|name| !named.contains(name.as_str()) && !own.contains(name.as_str()))
            .map(|name| format!("Cargo.toml: no crate uses `{name}`")),
    );
    found
}

/// The names under `[workspace.dependencies]`.
fn declared_for_all(manifest: &str) -> Vec<String> {
    let table = manifest.parse::<toml::Table>().unwrap_or_default();
    let declared = table.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    declared.and_then(toml::Value::as_table).into_iter().flat_map(|names| names.keys().cloned()).collect()
}

fn row(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
    let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
    Some((name, cells.next()?))
}

#[cfg(test)]
mod tests {
    use super::super::workspace::Package;
    use super::*;

    #[test]
    fn the_page_and_the_manifests_say_the_same() {
        let workspace = Workspace {
            packages: vec![
                Package::ours("vestibule-a", &["vestibule-b", "url", "ring", "tera"]),
                Package::ours("vestibule-b", &[]),
                Package::foreign("url", "2.0.0", Some("MIT"), &[]),
                Package::foreign("ring", "0.17.0", Some("ISC"), &[]),
                Package::foreign("tera", "2.0.0", Some("MIT"), &[]),
            ],
        };
        let manifest =
            "[workspace.dependencies]\nurl = \"2\"\nserde = \"1\"\nvestibule-b = { path = \"b\" }\n";
        let page = "| Crate | Licence | Why |\n|---|---|---|\n| `url` | MIT | x |\n| `ring` | MIT | x |\n| `nom` | MIT | x |";
        assert_eq!(
            check(&workspace, page, manifest),
            [
                "docs/dependencies.md: `ring` says its licence is ISC, not MIT",
                "docs/dependencies.md: why do we use `tera`?",
                "docs/dependencies.md: nobody uses `nom` any more",
                "Cargo.toml: no crate uses `serde`",
            ]
        );
    }
}
