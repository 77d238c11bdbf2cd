//! Links in our documents, and mentions of documents in code, lead somewhere.

use std::collections::BTreeSet;

use super::tree::{Tree, extension};

/// Links that lead nowhere.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in tree.texts() {
        if path.contains("/tests/data/") {
            continue;
        }
        let markdown = extension(path) == "md";
        if markdown {
            for (line, target) in targets(text) {
                if let Some(why) = broken(tree, path, target) {
                    found.push(format!("{path}:{line}: `{target}` {why}"));
                }
            }
        }
        // This program's own tests speak of documents that are not.
        if !markdown && !path.starts_with("xtask/src/tidy/") {
            for (line, document) in mentions(text) {
                if !tree.has(document) {
                    found.push(format!("{path}:{line}: there is no {document}"));
                }
            }
        }
    }
    found
}

/// Why a link does not lead anywhere; None when it does, or when it leaves the repository.
fn broken(tree: &Tree, from: &str, target: &str) -> Option<&'static str> {
    let abroad = target.contains("://") || target.starts_with("mailto:");
    if abroad {
        return None;
    }
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let Some(file) = resolved(from, file) else { return Some("leaves the repository") };
    if !tree.has(&file) {
        return Some("is not there");
    }
    let (anchor, text) = (anchor?, tree.text(&file)?);
    (extension(&file) == "md" && !anchors(text).contains(anchor)).then_some("has no such heading")
}

/// The path that a link in `from` means, from the root.
fn resolved(from: &str, target: &str) -> Option<String> {
    if target.is_empty() {
        return Some(from.to_owned());
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The targets of links, with their lines, outside code.
fn targets(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let mut rest = line;
        while let Some(at) = rest.find("](") {
            rest = &rest[at + 2..];
            let Some(end) = rest.find(')') else { break };
            // A title may follow the target.
            let target = rest[..end].split_whitespace().next().unwrap_or_default();
            found.push((number, target.trim_matches(['<', '>'])));
        }
        if let Some((_, target)) = line.split_once("]: ").filter(|_| line.starts_with('[')) {
            found.push((number, target.trim()));
        }
    }
    found
}

/// The lines that are not in a fenced block.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fence && !fenced
    })
}

/// The anchors that headings get where our documents are read: lower case, punctuation dropped,
/// spaces as hyphens, repetitions numbered.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for (_, line) in prose(text).filter(|(_, line)| line.starts_with('#')) {
        let slug: String = line
            .trim_start_matches('#')
            .trim()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .flat_map(char::to_lowercase)
            .collect();
        let mut anchor = slug.clone();
        for n in 1.. {
            if anchors.insert(anchor) {
                break;
            }
            anchor = format!("{slug}-{n}");
        }
    }
    anchors
}

/// Documents that code names by their path, with their lines.
fn mentions(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for (at, _) in line.match_indices("docs/") {
            let before = line[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || "/.-_".contains(c)) {
                continue;
            }
            let end = line[at..]
                .find(|c: char| !(c.is_ascii_alphanumeric() || "/._-".contains(c)))
                .map_or(line.len(), |end| at + end);
            if let Some(stem) = line[at..end].find(".md") {
                found.push((number, &line[at..at + stem + 3]));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_files_folders_and_headings() {
        let readme = "\
See [a](docs/a.md), [its end](docs/a.md#the-end-of-a), [top](#top), [docs](docs), [home](https://a.example).
```
[code](nowhere.md)
```
[1]: docs/a.md
# Top
";
        let tree =
            Tree::from([("README.md", readme), ("docs/a.md", "# The end, of `A`\n[up](../README.md#top)\n")]);
        assert_eq!(check(&tree), Vec::<String>::new());
    }

    #[test]
    fn links_that_lead_nowhere_are_told() {
        let text = "[a](b.md)\n[c](../../c.md)\n[d](#nothing)\n[e](a.md#also-nothing \"title\")\n";
        assert_eq!(
            check(&Tree::from([("docs/a.md", text)])),
            [
                "docs/a.md:1: `b.md` is not there",
                "docs/a.md:2: `../../c.md` leaves the repository",
                "docs/a.md:3: `#nothing` has no such heading",
                "docs/a.md:4: `a.md#also-nothing` has no such heading",
            ]
        );
    }

    #[test]
    fn code_names_documents_that_are() {
        let code = "//! x\n/// Source: docs/adr/0007-clock-skew.md; and (docs/a.md).\n";
        let tree = Tree::from([("crates/a/src/lib.rs", code), ("docs/a.md", "")]);
        assert_eq!(check(&tree), ["crates/a/src/lib.rs:2: there is no docs/adr/0007-clock-skew.md"]);
    }

    #[test]
    fn headings_of_the_same_name_are_numbered() {
        let wanted = ["a-b".to_owned(), "a-b-1".to_owned()];
        assert_eq!(anchors("# A b\n## A b\n").into_iter().collect::<Vec<_>>(), wanted);
    }
}
