//! Every shipped file keeps the rules of the schema. Read from the TOML itself, not through the
//! loader, so that the loader is not its own judge; and for the folders it does not parse yet.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use toml::{Table, Value};
use vestibule_catalog::{Catalog, CatalogError, FieldKey, Group, OurValue, Protocol, embedded_files};

const FOLDERS: [(&str, usize); 4] = [("sso", 36), ("directory", 18), ("log-stream", 10), ("dns", 10)];

/// Folder, file name without its end, and content of every provider file.
fn provider_files() -> Vec<(String, String, Table)> {
    embedded_files()
        .into_iter()
        .filter_map(|file| {
            let (folder, name) = file.path.split_once('/')?;
            let slug = name.strip_suffix(".toml").expect("only TOML files in the folders");
            let table = toml::from_str(&file.text).unwrap_or_else(|error| panic!("{}: {error}", file.path));
            Some((folder.to_owned(), slug.to_owned(), table))
        })
        .collect()
}

/// The tables of a list; none if there is no such list.
fn tables<'a>(table: &'a Table, name: &str) -> impl Iterator<Item = &'a Table> {
    table.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

fn texts<'a>(table: &'a Table, name: &str) -> impl Iterator<Item = &'a str> {
    table.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn text<'a>(table: &'a Table, name: &str) -> Option<&'a str> {
    table.get(name).and_then(Value::as_str)
}

#[test]
fn every_folder_holds_its_files() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (folder, ..) in provider_files() {
        *counts.entry(folder).or_default() += 1;
    }
    assert_eq!(counts, FOLDERS.map(|(folder, count)| (folder.to_owned(), count)).into());
}

#[test]
fn every_file_is_utf8() {
    for file in embedded_files() {
        assert!(!file.text.contains('\u{fffd}'), "{}", file.path);
    }
}

#[test]
fn every_head_agrees_with_the_place_of_its_file() {
    for (folder, slug, table) in provider_files() {
        assert_eq!(text(&table, "slug"), Some(slug.as_str()));
        assert_eq!(text(&table, "category"), Some(folder.as_str()), "{slug}");
        assert_eq!(table["schema_version"].as_integer(), Some(1), "{slug}");
        assert!(text(&table, "name").is_some_and(|name| !name.is_empty()), "{slug}");
        assert!(matches!(text(&table, "confidence"), Some("high" | "medium" | "low")), "{slug}");
        assert!(table["checked_on_live_console"].as_bool().is_some(), "{slug}");
    }
}

#[test]
fn steps_name_only_what_is_listed() {
    for (folder, slug, table) in provider_files() {
        let given: BTreeSet<&str> =
            tables(&table, "we_give").filter_map(|row| text(row, "key")).chain(["app_name"]).collect();
        let needed: BTreeSet<&str> = tables(&table, "we_need").filter_map(|row| text(row, "key")).collect();
        for word in &given {
            assert!(OurValue::find(word).is_some(), "{folder}/{slug}: we_give {word}");
        }
        for step in tables(&table, "steps") {
            let entered = tables(step, "enter").filter_map(|row| text(row, "value_ref"));
            for word in texts(step, "copy").chain(entered) {
                assert!(given.contains(word), "{folder}/{slug}: {word}");
            }
            for word in texts(step, "collect") {
                assert!(needed.contains(word), "{folder}/{slug}: {word}");
            }
        }
    }
}

#[test]
fn the_files_inside_the_binary_keep_the_rules_about_patterns_too() {
    let files = embedded_files();
    let (providers, types) = files.iter().fold((Vec::new(), ""), |(mut providers, mut types), file| {
        if file.path.starts_with("sso/") {
            providers.push((file.path.as_str(), file.text.as_str()));
        } else if file.path.ends_with("connection-types.toml") {
            types = &file.text;
        }
        (providers, types)
    });
    assert_eq!(providers.len(), Catalog::embedded().unwrap().providers().len());
    Catalog::parse(providers, types).unwrap();
}

#[test]
fn patterns_compile_and_match_their_examples() {
    let mut patterns = 0;
    for (folder, slug, table) in provider_files() {
        for field in tables(&table, "we_need") {
            let Some(pattern) = text(field, "pattern") else { continue };
            let regex = Regex::new(pattern).unwrap_or_else(|error| panic!("{folder}/{slug}: {error}"));
            match text(field, "example") {
                Some(example) => assert!(regex.is_match(example), "{folder}/{slug}: {pattern} and {example}"),
                None => assert_ne!(folder, "sso", "{slug}: a pattern without example"),
            }
            patterns += 1;
        }
    }
    assert!(patterns >= 21, "only {patterns} patterns");
}

#[test]
fn the_readme_lists_every_file() {
    let readme = embedded_files().into_iter().find(|file| file.path == "README.md").unwrap().text;
    let mut listed = BTreeSet::new();
    let mut folder = String::new();
    for line in readme.lines() {
        if line.starts_with("### ") {
            folder = line.split('`').nth(1).unwrap_or_default().trim_end_matches('/').to_owned();
        } else if let Some(row) = line.strip_prefix("| `")
            && FOLDERS.iter().any(|(known, _)| *known == folder)
        {
            listed.insert((folder.clone(), row.split('`').next().unwrap().to_owned()));
        }
    }
    let present = provider_files().into_iter().map(|(folder, slug, _)| (folder, slug)).collect();
    assert_eq!(listed, present);
}

#[test]
fn every_identity_provider_is_parsed_and_complete() {
    let catalog = Catalog::embedded().unwrap();
    let parsed: BTreeSet<&str> = catalog.providers().iter().map(|provider| provider.slug.as_str()).collect();
    let files = provider_files();
    let shipped = files.iter().filter(|(folder, ..)| folder == "sso").map(|(_, slug, _)| slug.as_str());
    assert_eq!(parsed, shipped.collect());

    for provider in catalog.providers() {
        let slug = &provider.slug;
        for field in provider.fields_for(Group::None).filter(|field| field.must_be_asked()) {
            assert!(provider.step_collecting(field.key).is_some(), "{slug}: {}", field.key);
        }
        match provider.protocol {
            Protocol::Saml => {
                let preferred = provider.preferred_metadata().expect("all of them publish metadata");
                assert!(provider.step_collecting(preferred.key).is_some(), "{slug}");
                assert!(provider.field(FieldKey::IdpMetadataXml).is_some(), "{slug}");
                assert_eq!(provider.manual_fields().count(), 3, "{slug}");
                assert!(provider.manual_fields().all(|field| field.required), "{slug}");
                assert!(provider.name_id.is_some() && provider.signing.is_some(), "{slug}");
            }
            Protocol::Oidc => {
                assert!(provider.field(FieldKey::Issuer).is_some(), "{slug}");
                assert!(provider.field(FieldKey::ClientId).is_some(), "{slug}");
                assert!(provider.input_modes().is_empty(), "{slug}");
            }
        }
    }
}

#[test]
fn no_body_holds_markup_that_markdown_does_not_make() {
    let catalog = Catalog::embedded().unwrap();
    for step in catalog.providers().iter().flat_map(|provider| &provider.steps) {
        assert!(!step.body_text.is_empty());
        for tag in step.body_html.split('<').skip(1) {
            let element: String =
                tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
            assert!(
                ["p", "strong", "em", "code", "pre", "ul", "ol", "li", "a", "br"].contains(&element.as_str()),
                "{}",
                step.body_html
            );
        }
    }
}

#[test]
fn the_catalogue_is_the_same_however_often_it_is_read() -> Result<(), CatalogError> {
    let (first, second) = (Catalog::embedded()?, Catalog::embedded()?);
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
    Ok(())
}
