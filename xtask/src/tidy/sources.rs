//! What no file may hold, how a Rust file begins, and how long code may be.

use super::tree::{Tree, extension};

/// Past this a file of code has two things in it.
const CODE_LINES_MAX: usize = 700;

/// Endings of what people read as code.
const CODE: &[&str] = &["rs", "html", "css", "js", "mjs", "ts", "py", "sh", "sql"];

/// Folders with bytes that others made: judged by tests, not by taste.
const CORPORA: &[&str] = &["/tests/data/", "/fuzz/corpus/"];

/// A phrase and why it must not be there. Written in two halves, or this file would hold it.
struct Phrase(&'static str, &'static str, &'static str);

const IN_RUST: &[Phrase] = &[
    Phrase("#[all", "ow(", "use `#[expect(…, reason = \"…\")]`"),
    Phrase("#![all", "ow(", "use `#![expect(…, reason = \"…\")]`"),
    Phrase("tod", "o!(", "write it"),
    Phrase("unimplem", "ented!(", "write it"),
    Phrase("#[igno", "re", "a test that does not run proves nothing"),
];

const ANYWHERE: &[Phrase] = &[
    Phrase("FIX", "ME", "fix it, or open an issue"),
    Phrase("<<<<", "<<< ", "finish the merge"),
    Phrase(">>>>", ">>> ", "finish the merge"),
];

/// Where folders of one machine begin.
const MACHINE: &[(&str, &str)] = &[("/ho", "me/"), ("/ro", "ot/"), ("/wo", "rk/"), ("/Us", "ers/")];

/// Files that hold the settings of one machine's package managers.
const SETTINGS: &[&str] = &[".npmrc", ".yarnrc", "pip.conf", ".pypirc", "credentials.toml"];

/// The one registry of our lock file.
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What is wrong with the files.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for path in tree.paths() {
        let name = path.rsplit('/').next().unwrap_or(path);
        if SETTINGS.contains(&name) {
            found.push(format!("{path}: settings of one machine do not belong here"));
        }
    }
    for (path, text) in tree.texts() {
        if CORPORA.iter().any(|folder| path.contains(folder)) {
            continue;
        }
        let extension = extension(path);
        if extension == "rs" {
            if !text.starts_with("//!") {
                found.push(format!("{path}:1: begin with `//!`: what it is for and what it must never know"));
            }
            phrases(path, text, IN_RUST, &mut found);
        }
        let lines = text.lines().count();
        if CODE.contains(&extension) && lines > CODE_LINES_MAX {
            found.push(format!("{path}: {lines} lines; look for two things in it"));
        }
        phrases(path, text, ANYWHERE, &mut found);
        for (number, line) in numbered(text) {
            if names_a_machine(line) {
                found.push(format!("{path}:{number}: a path of one machine"));
            }
        }
        registries(path, text, &mut found);
    }
    found
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines())
}

fn phrases(path: &str, text: &str, phrases: &[Phrase], found: &mut Vec<String>) {
    for Phrase(first, second, advice) in phrases {
        let phrase = format!("{first}{second}");
        for (number, line) in numbered(text).filter(|(_, line)| line.contains(&phrase)) {
            let hidden = ["//! # ", "/// # "].iter().any(|mark| line.trim_start().starts_with(mark));
            if hidden {
                // What an example's reader does not see stands for what the reader has.
                continue;
            }
            // A mark of a merge stands at the beginning; elsewhere it is a drawing or a shift.
            if !phrase.ends_with(' ') || line.starts_with(&phrase) {
                found.push(format!("{path}:{number}: `{}`: {advice}", phrase.trim()));
            }
        }
    }
}

/// Whether an absolute path begins with a person's or a machine's folder. After a letter or a dot
/// it is part of something longer, such as a URL.
fn names_a_machine(line: &str) -> bool {
    MACHINE.iter().any(|(first, second)| {
        let start = format!("{first}{second}");
        line.match_indices(&start).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + start.len()..].chars().next();
            before.is_none_or(|c| c.is_whitespace() || "\"'`(=:[,".contains(c))
                && after.is_some_and(|c| c.is_alphanumeric() || c == '.')
        })
    })
}

/// Hosts that packages come from are the business of each machine.
fn registries(path: &str, text: &str, found: &mut Vec<String>) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let wrong = |line: &str| match name {
        "Cargo.lock" => line.starts_with("source = ") && !line.contains(CRATES),
        "package-lock.json" => line.contains("\"resolved\""),
        "config.toml" => ["[source", "[registr"].iter().any(|section| line.starts_with(section)),
        _ if name.contains("requirements") => {
            ["-i ", "-f ", "--index", "--extra-index", "--find-links", "--trusted-host"]
                .iter()
                .any(|option| line.trim_start().starts_with(option))
        }
        _ => false,
    };
    found.extend(
        numbered(text)
            .filter(|(_, line)| wrong(line))
            .map(|(number, _)| format!("{path}:{number}: names where packages come from")),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&Tree::from([(path, text)]))
    }

    #[test]
    fn a_rust_file_says_what_it_is_for() {
        assert!(found("a.rs", "//! For tests.\n").is_empty());
        assert_eq!(found("a.rs", "fn main() {}\n").len(), 1);
    }

    #[test]
    fn phrases_are_found_with_their_line() {
        let attribute = format!("//! x\n\n{}{}dead_code)]\n", "#[all", "ow(");
        let told = found("crates/a/src/lib.rs", &attribute);
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("crates/a/src/lib.rs:3: "), "{told:?}");
        assert_eq!(found("a.rs", &format!("//! x\n{}{})\n", "tod", "o!(")).len(), 1);
        assert!(found("a.rs", &format!("//! # fn x() {{ {}{} }}\n", "tod", "o!()")).is_empty());
        assert_eq!(found("docs/a.md", &format!("x {}{} y\n", "FIX", "ME")).len(), 1);
        assert_eq!(found("docs/a.md", &format!("{}{}HEAD\n", "<<<<", "<<< ")).len(), 1);
    }

    #[test]
    fn code_may_be_as_long_as_the_limit_and_not_one_line_longer() {
        let lines = |n| "//! x\n".repeat(n);
        assert!(found("a.rs", &lines(CODE_LINES_MAX)).is_empty());
        assert_eq!(found("a.rs", &lines(CODE_LINES_MAX + 1)), ["a.rs: 701 lines; look for two things in it"]);
        assert!(found("a.xml", &lines(CODE_LINES_MAX + 1)).is_empty());
    }

    #[test]
    fn paths_of_one_machine_are_told_and_urls_are_not() {
        let home = format!("{}{}", "/ho", "me/");
        assert!(names_a_machine(&format!("cd {home}ada/src")));
        assert!(names_a_machine(&format!("`{home}ada`")));
        assert!(!names_a_machine(&format!("https://example.com{home}page")));
        assert!(!names_a_machine(&format!("route \"{home}\"")));
    }

    #[test]
    fn corpora_are_left_alone() {
        assert!(found("crates/saml/tests/data/a.rs", "anything").is_empty());
    }

    #[test]
    fn registries_stay_out_of_lock_files_and_settings() {
        assert_eq!(
            found("tests/node/package-lock.json", "  \"resolved\": \"https://npm.example/x.tgz\",").len(),
            1
        );
        assert_eq!(found("tests/python/requirements.txt", "--index-url https://pypi.example\n").len(), 1);
        assert!(found("tests/python/requirements.txt", "workos==5.0.0 --hash=sha256:00\n").is_empty());
        assert_eq!(found(".cargo/config.toml", "[source.crates-io]\n").len(), 1);
        assert!(found("Cargo.lock", &format!("source = \"{CRATES}\"\n")).is_empty());
        assert_eq!(found("Cargo.lock", "source = \"git+https://git.example/x\"\n").len(), 1);
        assert_eq!(found("tests/node/.npmrc", "").len(), 1);
    }
}
