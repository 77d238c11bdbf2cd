//! What is demanded of every page, read with an XML parser from what was rendered.

use std::collections::BTreeSet;

use roxmltree::{Document, Node, ParsingOptions};

/// Elements that take input from a person.
const INPUTS: [&str; 3] = ["input", "select", "textarea"];

/// Panics with the first demand that a page breaks.
pub(crate) fn assert_sound(html: &str, lang: &str) {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = match Document::parse_with_options(html, options) {
        Ok(document) => document,
        Err(error) => panic!("not well-formed: {error}\n{html}"),
    };
    let all: Vec<Node<'_, '_>> = document.descendants().filter(Node::is_element).collect();
    let named = |name: &str| all.iter().filter(|node| node.has_tag_name(name)).copied().collect::<Vec<_>>();

    assert_eq!(document.root_element().attribute("lang"), Some(lang));
    assert!(!words(named("title")[0]).is_empty(), "a page without title");
    for landmark in ["header", "main", "footer", "h1"] {
        assert_eq!(named(landmark).len(), 1, "one {landmark}:\n{html}");
    }
    assert_headings_in_order(&all);

    let ids: Vec<&str> = all.iter().filter_map(|node| node.attribute("id")).collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len(), "an id occurs twice: {ids:?}");
    for node in &all {
        for attribute in ["for", "aria-describedby", "aria-labelledby"] {
            let wanted = node.attribute(attribute).unwrap_or_default();
            assert!(wanted.split(' ').all(|id| id.is_empty() || known.contains(id)), "{attribute}={wanted}");
        }
        if let Some(fragment) = node.attribute("href").and_then(|href| href.strip_prefix('#')) {
            assert!(known.contains(fragment), "a link to #{fragment}, which is not there");
        }
        let inline = node.attributes().map(|attribute| attribute.name().to_owned());
        for name in inline {
            assert!(!name.starts_with("on") && name != "style", "the policy forbids {name}");
        }
    }
    let labelled: BTreeSet<&str> = named("label").iter().filter_map(|label| label.attribute("for")).collect();
    for input in all.iter().filter(|node| INPUTS.contains(&node.tag_name().name())) {
        if input.attribute("type") != Some("hidden") {
            let id = input.attribute("id").unwrap_or_default();
            assert!(labelled.contains(id), "an input without label: {:?}", input.attribute("name"));
        }
    }
    for button in named("button") {
        assert!(button.has_attribute("type") && !words(button).is_empty(), "a button without words");
    }
    for script in named("script") {
        assert!(script.attribute("src").is_some_and(|src| src.starts_with("/assets/")), "a foreign script");
    }
    for link in named("a").into_iter().filter(|link| link.attribute("target") == Some("_blank")) {
        assert!(
            link.attribute("rel").is_some_and(|rel| rel.contains("noopener")),
            "a link that can look back"
        );
    }
}

fn assert_headings_in_order(all: &[Node<'_, '_>]) {
    let mut level = 0;
    for node in all {
        let next = match node.tag_name().name() {
            "h1" => 1,
            "h2" => 2,
            "h3" => 3,
            _ => continue,
        };
        // The summary of errors stands before the page's own heading, so that it is met first.
        assert!(next <= level + 1 || (level == 0 && next == 2), "h{next} follows h{level}");
        level = next;
    }
}

fn words(node: Node<'_, '_>) -> String {
    let text: String = node.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect();
    text.trim().to_owned()
}
