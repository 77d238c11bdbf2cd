//! Message files as the checks need them: keys, and the variables of each.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// The messages of one language by key, each with its variables.
pub(crate) type Catalogue = BTreeMap<String, BTreeSet<String>>;

/// Adds the messages of a file to those of its language.
///
/// Messages are text, variables and choices between texts: what else Fluent knows (attributes,
/// terms, references, functions) would hide uses of a message from the checks.
pub(crate) fn read(area: &str, source: &str, into: &mut Catalogue) -> Vec<String> {
    let resource = match parser::parse(source) {
        Ok(resource) => resource,
        Err((_, errors)) => return errors.iter().map(|error| format!("does not parse: {error}")).collect(),
    };
    let mut wrong = Vec::new();
    for entry in &resource.body {
        let message = match entry {
            Entry::Message(message) => message,
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
            Entry::Term(term) => {
                wrong.push(format!("`-{}` is a term, not a message", term.id.name));
                continue;
            }
            Entry::Junk { content } => {
                wrong.push(format!("does not parse: {content}"));
                continue;
            }
        };
        let key = message.id.name;
        if key.strip_prefix(area).is_none_or(|rest| !rest.starts_with('-')) {
            wrong.push(format!("`{key}` does not begin with `{area}-`"));
        }
        if !message.attributes.is_empty() {
            wrong.push(format!("`{key}` has attributes"));
        }
        let mut variables = BTreeSet::new();
        match &message.value {
            Some(pattern) => follow(pattern, key, &mut variables, &mut wrong),
            None => wrong.push(format!("`{key}` says nothing")),
        }
        if into.insert(key.to_owned(), variables).is_some() {
            wrong.push(format!("`{key}` is there twice"));
        }
    }
    wrong
}

fn follow(pattern: &Pattern<&str>, key: &str, variables: &mut BTreeSet<String>, wrong: &mut Vec<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                expression(inline, key, variables, wrong);
            }
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                expression(selector, key, variables, wrong);
                for variant in variants {
                    follow(&variant.value, key, variables, wrong);
                }
            }
        }
    }
}

fn expression(
    inline: &InlineExpression<&str>,
    key: &str,
    variables: &mut BTreeSet<String>,
    wrong: &mut Vec<String>,
) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::FunctionReference { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. }
        | InlineExpression::Placeable { .. } => {
            wrong.push(format!("`{key}` has more than text, variables and choices"));
        }
    }
}
