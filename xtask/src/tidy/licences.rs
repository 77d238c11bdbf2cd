//! Licences of everything we are built from, against the list in `deny.toml`.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::workspace::Workspace;

/// Packages whose licence is not one we take.
pub(super) fn check(workspace: &Workspace, deny: &Table) -> Vec<String> {
    let section = deny.get("licenses");
    let allowed = names(section.and_then(|section| section.get("allow")));
    let mut exceptions: Vec<(&str, BTreeSet<&str>)> = Vec::new();
    for exception in section.and_then(|s| s.get("exceptions")).and_then(Value::as_array).into_iter().flatten()
    {
        if let Some(name) = exception.get("crate").and_then(Value::as_str) {
            exceptions.push((name, names(exception.get("allow"))));
        }
    }
    let mut found = Vec::new();
    for package in workspace.foreign() {
        let id = format!("{} {}", package.name, package.version);
        let Some(expression) = &package.licence else {
            found.push(format!("{id}: declares no licence"));
            continue;
        };
        let mut allowed = allowed.clone();
        for (_, extra) in exceptions.iter().filter(|(name, _)| *name == package.name) {
            allowed.extend(extra);
        }
        match satisfied(expression, &allowed) {
            Some(true) => {}
            Some(false) => found.push(format!("{id}: `{expression}` is not among the licences of deny.toml")),
            None => found.push(format!("{id}: `{expression}` is no licence expression")),
        }
    }
    for (name, _) in exceptions {
        if !workspace.foreign().any(|package| package.name == name) {
            found.push(format!("deny.toml: the exception for {name} is not needed"));
        }
    }
    found
}

fn names(list: Option<&Value>) -> BTreeSet<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Whether the allowed licences are enough for an expression; None when it is none.
///
/// Source: SPDX 2.3, annex D; `/` is how older packages write OR. `WITH` binds a licence and its
/// exception to one name, which the list must hold as such.
fn satisfied(expression: &str, allowed: &BTreeSet<&str>) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = spaced.split_whitespace().collect::<Vec<_>>();
    words.reverse();
    let value = any(&mut words, allowed)?;
    words.is_empty().then_some(value)
}

fn any(words: &mut Vec<&str>, allowed: &BTreeSet<&str>) -> Option<bool> {
    let mut value = all(words, allowed)?;
    while words.last() == Some(&"OR") {
        words.pop();
        value |= all(words, allowed)?;
    }
    Some(value)
}

fn all(words: &mut Vec<&str>, allowed: &BTreeSet<&str>) -> Option<bool> {
    let mut value = one(words, allowed)?;
    while words.last() == Some(&"AND") {
        words.pop();
        value &= one(words, allowed)?;
    }
    Some(value)
}

fn one(words: &mut Vec<&str>, allowed: &BTreeSet<&str>) -> Option<bool> {
    match words.pop()? {
        "(" => {
            let value = any(words, allowed)?;
            (words.pop()? == ")").then_some(value)
        }
        ")" | "AND" | "OR" | "WITH" => None,
        name if words.last() == Some(&"WITH") => {
            words.pop();
            Some(allowed.contains(format!("{name} WITH {}", words.pop()?).as_str()))
        }
        name => Some(allowed.contains(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::workspace::Package;
    use super::*;

    #[test]
    fn expressions_mean_what_spdx_says() {
        let allowed = BTreeSet::from(["MIT", "ISC", "Unicode-3.0"]);
        for (expression, wanted) in [
            ("MIT", Some(true)),
            ("MPL-2.0", Some(false)),
            ("MIT OR MPL-2.0", Some(true)),
            ("MIT/Apache-2.0", Some(true)),
            ("Apache-2.0 / MIT", Some(true)),
            ("MIT AND MPL-2.0", Some(false)),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", Some(true)),
            ("MPL-2.0 OR MIT AND ISC", Some(true)),
            ("MPL-2.0 OR MIT AND BSL-1.0", Some(false)),
            ("Apache-2.0 WITH LLVM-exception OR MIT", Some(true)),
            ("MIT WITH LLVM-exception", Some(false)),
            ("ISC AND (Apache-2.0 OR ISC)", Some(true)),
            ("", None),
            ("MIT OR", None),
            ("(MIT", None),
            ("MIT)", None),
            ("MIT ISC", None),
            ("MIT WITH", None),
        ] {
            assert_eq!(satisfied(expression, &allowed), wanted, "{expression}");
        }
    }

    #[test]
    fn an_exception_counts_for_its_crate_and_must_be_needed() {
        let deny = r#"
            [licenses]
            allow = ["MIT"]
            exceptions = [{ crate = "a", allow = ["MPL-2.0"] }, { crate = "gone", allow = ["MPL-2.0"] }]
        "#;
        let packages = vec![
            Package::foreign("a", "1.0.0", Some("MPL-2.0"), &[]),
            Package::foreign("b", "1.0.0", Some("MPL-2.0"), &[]),
            Package::foreign("c", "1.0.0", None, &[]),
        ];
        assert_eq!(
            check(&Workspace { packages }, &deny.parse().unwrap()),
            [
                "b 1.0.0: `MPL-2.0` is not among the licences of deny.toml",
                "c 1.0.0: declares no licence",
                "deny.toml: the exception for gone is not needed",
            ]
        );
    }
}
