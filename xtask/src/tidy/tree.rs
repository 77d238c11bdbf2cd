//! The files of the repository, as they are on the disk: tracked ones and those about to be.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::run::output;
use crate::{Failure, Outcome};

/// Paths from the root, with the text of those that are text.
#[derive(Default)]
pub(super) struct Tree {
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads what git tracks and what it would add.
    pub(super) fn read(root: &Path) -> Outcome<Self> {
        let listed = output(
            Command::new("git")
                .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
                .current_dir(root),
        )?;
        let mut files = BTreeMap::new();
        for path in listed.split_terminator('\0') {
            match std::fs::read(root.join(path)) {
                Ok(bytes) => {
                    files.insert(path.to_owned(), String::from_utf8(bytes).ok());
                }
                // Deleted, and not yet told to git.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                // A link to a folder.
                Err(error) if error.kind() == std::io::ErrorKind::IsADirectory => {}
                Err(error) => return Err(Failure::new(format!("{path}: {error}"))),
            }
        }
        Ok(Self { files })
    }

    /// Every path.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Every file that is text.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// One file's text.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether a file or a folder of that name is there.
    pub(super) fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty()
            || self.files.contains_key(path)
            || self.files.range(folder.clone()..).next().is_some_and(|(next, _)| next.starts_with(&folder))
    }

    /// How many files there are.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }
}

/// What follows the last dot of a path; empty without one.
pub(super) fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Tree {
    fn from(files: [(&str, &str); N]) -> Self {
        Self { files: files.map(|(path, text)| (path.to_owned(), Some(text.to_owned()))).into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_there_when_something_is_in_them() {
        let tree = Tree::from([("docs/adr/0001.md", ""), ("docs.md", "")]);
        assert!(tree.has("docs") && tree.has("docs/adr") && tree.has("docs/adr/0001.md"));
        assert!(!tree.has("doc") && !tree.has("docs/ad"));
    }
}
