//! Finding where messages are named: `t(key="…", name=…)` in templates, `text!("…", name = …)` in
//! Rust.

use std::collections::BTreeSet;

/// A place that names a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) key: String,
    pub(crate) variables: BTreeSet<String>,
}

/// The messages that a template names.
pub(crate) fn in_template(source: &str) -> Vec<Result<Call, String>> {
    after(source, "t(").map(|rest| read(rest, true)).collect()
}

/// The messages that a source file names.
pub(crate) fn in_rust(source: &str) -> Vec<Result<Call, String>> {
    after(source, "text!(").map(|rest| read(rest, false)).collect()
}

/// What follows each call of a function.
fn after<'a>(source: &'a str, function: &'static str) -> impl Iterator<Item = &'a str> {
    source.match_indices(function).filter_map(move |(at, _)| {
        let before = source[..at].chars().next_back();
        let is_name = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '!'));
        (!is_name).then(|| &source[at + function.len()..])
    })
}

/// Reads arguments up to the bracket that closes them.
fn read(rest: &str, key_is_named: bool) -> Result<Call, String> {
    let mut arguments = split(rest)?.into_iter();
    let first = arguments.next().unwrap_or_default();
    let first = if key_is_named {
        first.strip_prefix("key=").ok_or_else(|| format!("`key=` has to come first: {first}"))?
    } else {
        &first
    };
    let literal = first.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let key = literal.ok_or_else(|| format!("a key has to be a literal: {first}"))?.to_owned();
    let variables = arguments
        .filter(|argument| !argument.is_empty())
        .map(|argument| match argument.split_once('=') {
            Some((name, _)) => Ok(name.trim().to_owned()),
            None => Err(format!("an argument of `{key}` without name: {argument}")),
        })
        .collect::<Result<_, String>>()?;
    Ok(Call { key, variables })
}

/// The arguments, without the white space around them.
fn split(rest: &str) -> Result<Vec<String>, String> {
    let (mut arguments, mut current, mut depth) = (Vec::new(), String::new(), 0_usize);
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                current.push(c);
                while let Some(c) = chars.next() {
                    current.push(c);
                    match c {
                        '\\' => current.extend(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
                continue;
            }
            ')' | ']' | '}' if depth == 0 => {
                arguments.push(current.trim().to_owned());
                return Ok(arguments);
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                arguments.push(std::mem::take(&mut current).trim().to_owned());
                continue;
            }
            _ => {}
        }
        current.push(c);
    }
    let line = rest.lines().next().unwrap_or_default();
    Err(format!("brackets do not match after: {line}"))
}

fn call(key: &str, variables: &[&str]) -> Call {
    Call { key: key.to_owned(), variables: variables.iter().map(|name| (*name).to_owned()).collect() }
}

#[test]
fn calls_in_templates_are_found() {
    let template = r#"<p>{{ t(key="a-b") }} {{ at(key="no") }} {{ format(x) }}
        {% if t(key="c-d", n=list | length, who=frame.product | bdi) %}"#;
    let found: Vec<Call> = in_template(template).into_iter().map(Result::unwrap).collect();
    assert_eq!(found, [call("a-b", &[]), call("c-d", &["n", "who"])]);
}

#[test]
fn calls_in_rust_are_found() {
    let source = r#"
        [text!("a-b"), vestibule_words::text!("c-d", n = f(1, "),"), who = [1, 2])]
        text!(
            "e-f",
            task = text!("g-h", x = y),
        )"#;
    let found: Vec<Call> = in_rust(source).into_iter().map(Result::unwrap).collect();
    let wanted = [call("a-b", &[]), call("c-d", &["n", "who"]), call("e-f", &["task"]), call("g-h", &["x"])];
    assert_eq!(found, wanted);
}

#[test]
fn calls_that_cannot_be_checked_are_refused() {
    for template in ["{{ t(key=name) }}", r#"{{ t(n=1, key="a-b") }}"#, r#"{{ t("a-b") }}"#, "{{ t(key="] {
        assert!(in_template(template)[0].is_err(), "{template}");
    }
    for source in ["text!(KEY)", r#"text!("a-b", name)"#, r#"text!("a-b""#] {
        assert!(in_rust(source)[0].is_err(), "{source}");
    }
}
