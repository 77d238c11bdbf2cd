//! Every package takes the workspace's lints.

use super::tree::Tree;
use super::workspace::Workspace;

/// Packages that do not.
pub(super) fn check(workspace: &Workspace, tree: &Tree) -> Vec<String> {
    workspace
        .members()
        .filter_map(|package| package.manifest.as_deref())
        .filter(|manifest| !inherits(tree.text(manifest).unwrap_or_default()))
        .map(|manifest| format!("{manifest}: lacks `[lints] workspace = true`"))
        .collect()
}

fn inherits(manifest: &str) -> bool {
    let Ok(manifest) = manifest.parse::<toml::Table>() else { return false };
    manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"))
        .and_then(toml::Value::as_bool)
        .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lints_are_inherited_or_not() {
        assert!(inherits("[package]\nname = \"a\"\n[lints]\nworkspace = true"));
        assert!(inherits("lints.workspace = true"));
        assert!(!inherits("[lints]\nworkspace = false"));
        assert!(!inherits("[lints.rust]\nwarnings = \"warn\""));
        assert!(!inherits("[package]"));
    }
}
