//! The colours of the stylesheet, read from it, and the contrast that they have with each other.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use vestibule_domain::brand::BrandColor;

use super::contrast::{EDGE_MIN, TEXT_MIN, contrast};

const STYLESHEET: &str = include_str!("../../assets/portal.css");
const STATEMENT: &str = include_str!("../../../../docs/accessibility.md");

/// What is read, on what.
const TEXTS: [(&str, &[&str]); 12] = [
    ("ink", &["ground", "surface", "raised"]),
    ("ink-quiet", &["ground", "surface", "raised"]),
    ("link", &["ground", "surface", "raised"]),
    ("on-brand", &["brand", "brand-strong"]),
    ("good-ink", &["good-ground"]),
    ("warn-ink", &["warn-ground"]),
    ("bad-ink", &["bad-ground", "ground", "surface"]),
    ("on-fill", &["bad-fill", "bad-strong"]),
    ("on-fill", &["hue-0", "hue-1", "hue-2"]),
    ("on-fill", &["hue-3", "hue-4", "hue-5"]),
    ("on-fill", &["hue-6", "hue-7"]),
    ("ink", &["warn-ground"]),
];

/// What shows a control's edge, a state or the focus, on what.
const EDGES: [(&str, &[&str]); 3] = [
    ("line-strong", &["ground", "surface"]),
    ("brand-edge", &["ground", "surface"]),
    ("focus", &["ground", "surface", "raised"]),
];

/// The colours of a theme by name. What the dark theme does not say is as in the light one.
pub(super) fn themes() -> [(&'static str, BTreeMap<&'static str, BrandColor>); 2] {
    let (light, rest) = block(STYLESHEET);
    let (dark, _) = block(rest.split_once("(prefers-color-scheme: dark)").unwrap().1);
    let mut both = colors(light);
    let light = both.clone();
    both.extend(colors(dark));
    [("light", light), ("dark", both)]
}

/// The declarations of the first `:root`, and what follows.
fn block(css: &'static str) -> (&'static str, &'static str) {
    css.split_once(":root {").unwrap().1.split_once('}').unwrap()
}

fn colors(declarations: &'static str) -> BTreeMap<&'static str, BrandColor> {
    let pairs = declarations.split(';').filter_map(|declaration| declaration.trim().split_once(": "));
    pairs
        .filter_map(|(name, value)| Some((name.strip_prefix("--")?, BrandColor::parse(value).ok()?)))
        .collect()
}

#[test]
fn colours_have_the_contrast_that_people_need() {
    for (theme, colors) in themes() {
        for (pairs, least) in [(TEXTS.as_slice(), TEXT_MIN), (EDGES.as_slice(), EDGE_MIN)] {
            for (front, grounds) in pairs {
                for ground in *grounds {
                    let ratio = contrast(colors[front], colors[ground]);
                    assert!(ratio >= least, "{theme}: {front} on {ground} has {ratio:.2}");
                }
            }
        }
    }
}

#[test]
fn every_colour_is_a_token() {
    let (tokens, rest) = STYLESHEET.split_once("*, *::before").unwrap();
    assert!(tokens.contains(":root"));
    for line in rest.lines() {
        assert!(!line.contains('#') || line.contains("href"), "a colour outside the tokens: {line}");
    }
}

#[test]
fn the_statement_tells_the_contrast_that_the_stylesheet_has() {
    let mut table = String::new();
    let [(_, light), (_, dark)] = themes();
    for (pairs, least) in [(TEXTS.as_slice(), TEXT_MIN), (EDGES.as_slice(), EDGE_MIN)] {
        for (front, grounds) in pairs {
            for ground in *grounds {
                let of = |colors: &BTreeMap<&str, BrandColor>| contrast(colors[front], colors[ground]);
                let (light, dark) = (of(&light), of(&dark));
                writeln!(table, "| `{front}` on `{ground}` | {light:.2} | {dark:.2} | {least} |").unwrap();
            }
        }
    }
    assert!(STATEMENT.contains(&table), "docs/accessibility.md lacks this table:\n{table}");
}
