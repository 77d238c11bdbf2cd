//! Files that are made from code and kept in the repository, so that they can be read and reviewed.
//!
//! `xtask/generate` makes them, because that needs the whole service compiled and this program
//! should not.

use crate::run::{cargo, output};
use crate::{Failure, Outcome, root};

/// The documents by the name `xtask/generate` knows them by, and where they are kept.
const DOCUMENTS: &[(&str, &str)] = &[("providers", "docs/providers.md")];

/// Writes them all.
pub(crate) fn write() -> Outcome {
    for (name, path) in DOCUMENTS {
        let file = root().join(path);
        std::fs::write(&file, made(name)?)
            .map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
        println!("wrote {path}");
    }
    Ok(())
}

/// Says which are not what the code makes now.
pub(crate) fn check() -> Outcome {
    let mut stale = Vec::new();
    for (name, path) in DOCUMENTS {
        let made = made(name)?;
        if std::fs::read_to_string(root().join(path)).is_ok_and(|kept| kept == made) {
            println!("{path} is current");
        } else {
            stale.push(*path);
        }
    }
    if stale.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "not what the code makes: {}. Run `cargo xtask generate` and commit.",
            stale.join(", ")
        )))
    }
}

fn made(name: &str) -> Outcome<String> {
    output(&mut cargo(&["run", "--quiet", "--package", "vestibule-generate", "--", name]))
}
