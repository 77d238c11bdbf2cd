//! Which drawings are drawn at all.
//!
//! A drawing may repeat parts of itself, and a part that repeats a part makes a small file cost
//! hours. So what a drawing costs is added up before it is drawn, by the references that it has, and
//! what cannot be added up is refused: only elements and properties that are known here are let
//! through, by name. The style sheet is read by the same parser that the renderer reads it with.

use std::collections::HashMap;

use roxmltree::{Document, Node, NodeId, ParsingOptions};
use simplecss::{DeclarationTokenizer, StyleSheet};
use vestibule_application::ports::pictures::PictureError;

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// Most elements, texts and comments of a drawing.
pub(crate) const NODES_MAX: u32 = 20_000;

/// Most elements inside each other, those that are referred to counted where they are drawn.
pub(crate) const DEPTH_MAX: usize = 64;

/// What a drawing may cost: elements as often as they are drawn, and what their shapes are long.
pub(crate) const COST_MAX: u64 = 5_000;

/// How many bytes of a shape cost as much as an element.
const SHAPE_BYTES: u64 = 64;

/// The elements that are drawn, or that say something about what is.
const DRAWN: [&str; 21] = [
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "style",
    "title",
    "desc",
    "metadata",
];

/// Properties that cost more than can be told from them.
const COSTLY: [&str; 6] =
    ["filter", "stroke-dasharray", "marker", "marker-start", "marker-mid", "marker-end"];

/// Properties that have another part of the drawing drawn.
const REPEATING: [&str; 2] = ["clip-path", "mask"];

/// Reads a drawing that is cheap enough to be drawn. Entities and document types are not read.
pub(crate) fn read(text: &str) -> Result<Document<'_>, PictureError> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => PictureError::TooComplex,
        roxmltree::Error::DtdDetected => PictureError::Part("<!DOCTYPE>".to_owned()),
        _ => PictureError::Broken,
    })?;
    let root = document.root_element();
    if !root.has_tag_name((SVG, "svg")) {
        return Err(PictureError::Unknown);
    }
    let mut scale = Scale::new(&document)?;
    scale.weigh(root, 0)?;
    Ok(document)
}

/// Adds up what a drawing costs.
struct Scale<'a, 'input> {
    by_id: HashMap<&'a str, Vec<Node<'a, 'input>>>,
    /// What elements cost that were weighed; none for those that are being weighed.
    known: HashMap<NodeId, Option<u64>>,
}

impl<'a, 'input> Scale<'a, 'input> {
    fn new(document: &'a Document<'input>) -> Result<Self, PictureError> {
        let mut by_id: HashMap<&str, Vec<_>> = HashMap::new();
        for element in document.descendants().filter(|node| is_drawn(*node)) {
            let name = element.tag_name().name();
            match name {
                "text" | "tspan" | "textPath" => return Err(PictureError::Text),
                "image" | "foreignObject" => return Err(PictureError::Outside),
                _ if !DRAWN.contains(&name) => return Err(PictureError::Part(format!("<{name}>"))),
                "style" => look_at_sheet(&element)?,
                _ => {}
            }
            if let Some(id) = element.attribute("id") {
                // Of several with one id, all are reckoned with.
                by_id.entry(id).or_default().push(element);
            }
        }
        Ok(Self { by_id, known: HashMap::new() })
    }

    fn weigh(&mut self, element: Node<'a, 'input>, depth: usize) -> Result<u64, PictureError> {
        if depth > DEPTH_MAX {
            return Err(PictureError::TooComplex);
        }
        match self.known.get(&element.id()) {
            Some(Some(cost)) => return Ok(*cost),
            // It refers to what it is part of.
            Some(None) => return Err(PictureError::TooComplex),
            None => {}
        }
        self.known.insert(element.id(), None);
        let shape = ["d", "points"].iter().filter_map(|name| element.attribute(*name));
        let bytes: usize = shape.map(str::len).sum();
        let mut cost = 1 + u64::try_from(bytes).unwrap_or(u64::MAX) / SHAPE_BYTES;
        for child in element.children().filter(|node| is_drawn(*node)) {
            cost = cost.saturating_add(self.weigh(child, depth + 1)?);
        }
        for id in references(element)? {
            for target in self.by_id.get(id).cloned().unwrap_or_default() {
                cost = cost.saturating_add(self.weigh(target, depth + 1)?);
            }
        }
        if cost > COST_MAX {
            return Err(PictureError::TooComplex);
        }
        self.known.insert(element.id(), Some(cost));
        Ok(cost)
    }
}

/// Elements of other languages are not drawn, with all that is in them.
fn is_drawn(node: Node<'_, '_>) -> bool {
    node.is_element() && node.tag_name().namespace() == Some(SVG)
}

/// What an element has drawn besides its children.
fn references<'a>(element: Node<'a, '_>) -> Result<Vec<&'a str>, PictureError> {
    let mut found = Vec::new();
    for attribute in element.attributes() {
        let (name, value) = (attribute.name(), attribute.value().trim());
        match (attribute.namespace(), name) {
            (None | Some(XLINK), "href") => found.push(value.strip_prefix('#').ok_or(PictureError::Outside)?),
            (None, "style") => {
                for declaration in DeclarationTokenizer::from(attribute.value()) {
                    found.extend(reference(declaration.name, declaration.value.trim())?);
                }
            }
            (None, name) => found.extend(reference(name, value)?),
            _ => {}
        }
    }
    Ok(found)
}

/// The part of the drawing that a property has drawn.
fn reference<'a>(name: &str, value: &'a str) -> Result<Option<&'a str>, PictureError> {
    if value == "none" {
        return Ok(None);
    }
    if COSTLY.contains(&name) {
        return Err(PictureError::Part(name.to_owned()));
    }
    let id = value.strip_prefix("url(").and_then(|rest| rest.strip_suffix(')')).map(|url| {
        let url = url.trim();
        let quoted = |quote| url.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        quoted('"').or_else(|| quoted('\'')).unwrap_or(url)
    });
    match id.map(|url| url.strip_prefix('#')) {
        Some(Some(id)) => Ok(Some(id)),
        Some(None) => Err(PictureError::Outside),
        // `inherit` would repeat what is not written here.
        None if REPEATING.contains(&name) => Err(PictureError::Part(name.to_owned())),
        None => Ok(None),
    }
}

/// A style sheet may colour things. What it would have drawn again cannot be added up: it is not
/// known which elements it means.
fn look_at_sheet(style: &Node<'_, '_>) -> Result<(), PictureError> {
    let text: String = style.children().filter_map(|child| child.text()).collect();
    let sheet = StyleSheet::parse(&text);
    for declaration in sheet.rules.iter().flat_map(|rule| &rule.declarations) {
        let (name, value) = (declaration.name, declaration.value.trim());
        if REPEATING.contains(&name) && value != "none" {
            return Err(PictureError::Part(format!("{name} in a style sheet")));
        }
        reference(name, value)?;
    }
    Ok(())
}
