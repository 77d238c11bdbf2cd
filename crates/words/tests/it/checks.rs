//! What is demanded of messages and of those who name them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use vestibule_domain::language::Language;

use crate::calls::{in_rust, in_template};
use crate::catalogue::{Catalogue, read};

/// Everything that is checked: paths and texts.
#[derive(Clone, Default)]
struct Everything {
    /// Path below `templates/messages/`.
    messages: Vec<(String, String)>,
    templates: Vec<(String, String)>,
    sources: Vec<(String, String)>,
}

impl Everything {
    /// Reads the repository.
    fn here() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let templates = files(&root.join("templates"));
        let (messages, templates): (Vec<_>, Vec<_>) = templates
            .into_iter()
            .partition(|(path, _)| path.extension().is_some_and(|extension| extension == "ftl"));
        let below = |path: PathBuf, folder: &str| {
            path.strip_prefix(root.join(folder)).unwrap_or(&path).to_string_lossy().into_owned()
        };
        let crates = std::fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
        // This crate names messages in its own examples and tests only.
        let sources =
            crates.filter(|path| !path.ends_with("words")).flat_map(|path| files(&path.join("src")));
        Self {
            messages: messages
                .into_iter()
                .map(|(path, text)| (below(path, "templates/messages"), text))
                .collect(),
            templates: templates.into_iter().map(|(path, text)| (below(path, ""), text)).collect(),
            sources: sources.map(|(path, text)| (below(path, ""), text)).collect(),
        }
    }

    /// Everything that is wrong.
    fn faults(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let languages = self.languages(&mut wrong);
        let Some(english) = languages.get("en") else { return vec!["there is no English".to_owned()] };
        for language in Language::ALL.map(Language::as_str) {
            match languages.get(language) {
                Some(catalogue) => compare(language, catalogue, english, &mut wrong),
                None => wrong.push(format!("{language} has no messages")),
            }
        }
        let used = self.uses(english, &mut wrong);
        let unused = english.keys().filter(|key| !used.contains(*key));
        wrong.extend(unused.map(|key| format!("`{key}` is used nowhere")));
        wrong
    }

    fn languages(&self, wrong: &mut Vec<String>) -> BTreeMap<&str, Catalogue> {
        let mut languages: BTreeMap<&str, Catalogue> = BTreeMap::new();
        for (path, text) in &self.messages {
            let parts = path.strip_suffix(".ftl").and_then(|path| path.split_once('/'));
            match parts.filter(|(_, area)| !area.contains('/')) {
                Some((language, area)) => {
                    let faults = read(area, text, languages.entry(language).or_default());
                    wrong.extend(faults.into_iter().map(|fault| format!("{path}: {fault}")));
                }
                None => wrong.push(format!("{path}: not of the form language/area.ftl")),
            }
        }
        languages
    }

    /// The keys that are used.
    fn uses(&self, english: &Catalogue, wrong: &mut Vec<String>) -> BTreeSet<String> {
        let mut used = BTreeSet::new();
        let templates = self.templates.iter().map(|(path, text)| (path, in_template(text)));
        let sources = self.sources.iter().map(|(path, text)| (path, in_rust(text)));
        for (path, calls) in templates.chain(sources) {
            for call in calls {
                let call = match call {
                    Ok(call) => call,
                    Err(fault) => {
                        wrong.push(format!("{path}: {fault}"));
                        continue;
                    }
                };
                match english.get(&call.key) {
                    None => wrong.push(format!("{path}: there is no message `{}`", call.key)),
                    Some(variables) if *variables != call.variables => wrong.push(format!(
                        "{path}: `{}` has the variables {variables:?}, not {:?}",
                        call.key, call.variables
                    )),
                    Some(_) => {}
                }
                used.insert(call.key);
            }
        }
        used
    }
}

/// Holds a language to English.
fn compare(language: &str, catalogue: &Catalogue, english: &Catalogue, wrong: &mut Vec<String>) {
    for (key, variables) in english {
        match catalogue.get(key) {
            None => wrong.push(format!("{language} lacks `{key}`")),
            Some(own) if own != variables => {
                wrong.push(format!("{language}: `{key}` has the variables {own:?}, not {variables:?}"));
            }
            Some(_) => {}
        }
    }
    let extra = catalogue.keys().filter(|key| !english.contains_key(*key));
    wrong.extend(extra.map(|key| format!("{language}: `{key}` is not in English")));
}

/// The files below a folder, with their texts.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push((path, text));
        }
    }
    found.sort();
    found
}

#[test]
fn every_message_is_there_in_every_language_and_used_as_it_is_meant() {
    let faults = Everything::here().faults();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Two messages in every language, used as they are meant.
fn sound() -> Everything {
    let mut all = Everything::default();
    for language in Language::ALL {
        let text =
            "a-one = One\na-two = { $n ->\n    [one] { $who } has one\n   *[other] { $who } has { $n }\n }\n";
        all.messages.push((format!("{}/a.ftl", language.as_str()), text.to_owned()));
    }
    all.templates.push(("page.html".to_owned(), r#"{{ t(key="a-one") }}"#.to_owned()));
    all.sources.push(("page.rs".to_owned(), r#"text!("a-two", n = 1, who = "x")"#.to_owned()));
    all
}

/// The faults after a change to the German file.
fn german(change: impl Fn(&str) -> String) -> Vec<String> {
    let mut all = sound();
    let (_, text) = all.messages.iter_mut().find(|(path, _)| path == "de/a.ftl").unwrap();
    *text = change(text);
    all.faults()
}

#[test]
fn nothing_is_wrong_with_sound_messages() {
    assert_eq!(sound().faults(), Vec::<String>::new());
}

#[test]
fn a_key_that_a_language_lacks_is_found() {
    assert_eq!(german(|text| text.replace("a-one = One\n", "")), ["de lacks `a-one`"]);
}

#[test]
fn a_key_that_only_one_language_has_is_found() {
    assert_eq!(german(|text| format!("{text}a-more = Mehr\n")), ["de: `a-more` is not in English"]);
}

#[test]
fn other_variables_than_in_english_are_found() {
    let faults = german(|text| text.replace("$who", "$wer"));
    assert_eq!(faults, [r#"de: `a-two` has the variables {"n", "wer"}, not {"n", "who"}"#]);
}

#[test]
fn a_message_that_does_not_parse_is_found() {
    let faults = german(|text| text.replace("a-one = One", "a-one One"));
    assert!(faults.iter().any(|fault| fault.starts_with("de/a.ftl: does not parse")), "{faults:?}");
}

#[test]
fn a_key_that_is_there_twice_is_found() {
    assert_eq!(german(|text| format!("{text}a-one = Eins\n")), ["de/a.ftl: `a-one` is there twice"]);
}

#[test]
fn a_key_of_another_area_is_found() {
    let faults = german(|text| format!("{text}ab-c = Eins\n"));
    assert!(faults.contains(&"de/a.ftl: `ab-c` does not begin with `a-`".to_owned()), "{faults:?}");
}

#[test]
fn what_the_checks_cannot_follow_is_found() {
    for message in
        ["a-one = { a-two }", "a-one = { -term }", "a-one = { NUMBER($n) }", "a-one = x\n    .b = c"]
    {
        let faults = german(|text| text.replace("a-one = One", message));
        assert!(
            faults.iter().any(|fault| fault.starts_with("de/a.ftl: `a-one` has ")),
            "{message}: {faults:?}"
        );
    }
}

#[test]
fn a_message_that_nobody_uses_is_found() {
    let all = Everything { sources: Vec::new(), ..sound() };
    assert_eq!(all.faults(), ["`a-two` is used nowhere"]);
}

#[test]
fn a_use_of_what_is_not_there_is_found() {
    let mut all = sound();
    all.templates.push(("other.html".to_owned(), r#"{{ t(key="a-three") }}"#.to_owned()));
    assert_eq!(all.faults(), ["other.html: there is no message `a-three`"]);
}

#[test]
fn a_use_with_other_variables_is_found() {
    let mut all = sound();
    all.sources.push(("other.rs".to_owned(), r#"text!("a-two", n = 1)"#.to_owned()));
    assert_eq!(all.faults(), [r#"other.rs: `a-two` has the variables {"n", "who"}, not {"n"}"#]);
}

#[test]
fn a_key_that_is_no_literal_is_found() {
    let mut all = sound();
    all.templates.push(("other.html".to_owned(), "{{ t(key=name) }}".to_owned()));
    assert_eq!(all.faults(), ["other.html: a key has to be a literal: name"]);
}

#[test]
fn a_language_without_messages_is_found() {
    let mut all = sound();
    all.messages.retain(|(path, _)| path != "ja/a.ftl");
    assert_eq!(all.faults(), ["ja has no messages"]);
}

#[test]
fn a_file_in_the_wrong_place_is_found() {
    let mut all = sound();
    all.messages.push(("a.ftl".to_owned(), String::new()));
    assert_eq!(all.faults(), ["a.ftl: not of the form language/area.ftl"]);
}
