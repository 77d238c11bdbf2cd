//! `cargo xtask tidy`: the project's own rules, checked without compiling it.
//!
//! Each check takes what it looks at as values and returns what it found as sentences that name the
//! file and the way to mend it. It never says why the rule is good: DESIGN.md and `docs/` do.

mod arrows;
mod bans;
mod dependencies;
mod licences;
mod links;
mod lints;
mod migrations;
mod sources;
mod tree;
mod workspace;

use crate::{Failure, Outcome, root};
use tree::Tree;
use workspace::Workspace;

/// Runs every check and tells all that was found, not the first thing only.
pub(crate) fn run() -> Outcome {
    let workspace = Workspace::read()?;
    let tree = Tree::read(&root())?;
    let deny: toml::Table = tree
        .text("deny.toml")
        .ok_or_else(|| Failure::new("deny.toml is missing"))?
        .parse()
        .map_err(|error| Failure::new(format!("deny.toml: {error}")))?;
    let found = [
        arrows::check(&workspace),
        lints::check(&workspace, &tree),
        licences::check(&workspace, &deny),
        bans::check(&workspace, &deny),
        dependencies::check(
            &workspace,
            tree.text(dependencies::PAGE).unwrap_or_default(),
            tree.text("Cargo.toml").unwrap_or_default(),
        ),
        sources::check(&tree),
        links::check(&tree),
        migrations::check(&tree),
    ]
    .concat();
    if found.is_empty() {
        println!("{} crates and {} files are tidy.", workspace.members().count(), tree.len());
        return Ok(());
    }
    for complaint in &found {
        println!("{complaint}");
    }
    Err(Failure::new(format!("{} things are not as this project wants them.", found.len())))
}
