//! The gate in front of every XML document: nothing is interpreted before it has passed.
//!
//! The order is deliberate. Size and encoding first; then a scan that knows only where tags begin
//! and end, which bounds depth, nodes and attributes with constant memory; only then a parser that
//! builds a tree and judges well-formedness. This module must never know what a document means.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};
use roxmltree::{Document, Node, ParsingOptions};
use vestibule_application::ports::saml::{METADATA_BYTES_MAX, MetadataError};

use crate::text::{collapsed, decode};

/// Deepest nesting of elements that is read.
///
/// The deepest documents that were seen, federations with extensions, have 10 levels.
pub const DEPTH_MAX: usize = 64;

/// Most nodes that are read: elements, attributes, runs of text, comments, instructions, and the
/// namespaces in scope of every element that declares one.
///
/// That is what the tree costs in memory. The densest federation that was seen has 43 per KiB, which
/// makes 220,000 in a document of the largest size.
pub const NODES_MAX: usize = 300_000;

/// Most attributes and namespaces in scope that one element may have; checking them for
/// duplicates takes quadratic time. Real metadata was seen with 13.
pub const ATTRIBUTES_MAX: usize = 128;

/// How often `<` and `=` may stand anywhere in a document. The parser reserves memory for a node or
/// an attribute at each of them; end tags and values have them too, hence twice.
pub const SIGNS_MAX: usize = 2 * NODES_MAX;

/// Longest part of a parser's reason that is passed on: it quotes from the document.
const REASON_CHARS_MAX: usize = 200;

/// Checks size and encoding, and decodes.
pub(crate) fn text(document: &[u8]) -> Result<Cow<'_, str>, MetadataError> {
    if document.len() > METADATA_BYTES_MAX {
        return Err(MetadataError::TooLarge);
    }
    let text = decode(document).map_err(|_| MetadataError::Encoding)?;
    if text.trim().is_empty() {
        return Err(MetadataError::Empty);
    }
    if declares_other_encoding(&text) {
        return Err(MetadataError::Encoding);
    }
    Ok(text)
}

/// Whether the text says of itself that its bytes meant other characters.
pub(crate) fn declares_other_encoding(text: &str) -> bool {
    !text.is_ascii() && declared_encoding(text).is_some_and(|name| !is_unicode(name))
}

/// The encoding that an XML declaration names. It is believed only where it matters: bytes that
/// are ASCII mean the same in all of them, and a byte order mark outranks it.
fn declared_encoding(text: &str) -> Option<&str> {
    let declaration = text.strip_prefix("<?xml")?;
    let declaration = &declaration[..declaration.find("?>")?];
    let value = declaration[declaration.find("encoding")?..].split_once('=')?.1.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next()
}

/// UTF-16 is here because programs write it into declarations of what they then save as UTF-8.
fn is_unicode(encoding: &str) -> bool {
    ["utf-8", "utf8", "utf-16", "utf-16le", "utf-16be"]
        .iter()
        .any(|known| encoding.eq_ignore_ascii_case(known))
}

/// Bounds the document, then parses it.
pub(crate) fn tree(text: &str) -> Result<Document<'_>, MetadataError> {
    tree_within(text, NODES_MAX)
}

/// The same with another limit of nodes, at most [`NODES_MAX`].
pub(crate) fn tree_within(text: &str, nodes_max: usize) -> Result<Document<'_>, MetadataError> {
    Scan::new(text, nodes_max).run()?;
    let options = ParsingOptions {
        allow_dtd: false,
        // The parser counts the document itself as well.
        nodes_limit: u32::try_from(nodes_max + 1).unwrap_or(u32::MAX),
        ..ParsingOptions::default()
    };
    let tree =
        Document::parse_with_options(text, options).map_err(|error| parse_error(&error, text, nodes_max))?;
    // Namespaces in XML 1.0, section 5: a prefix cannot be undeclared. The parser lets it pass.
    let undeclared = tree
        .descendants()
        .filter(Node::is_element)
        .find(|node| node.namespaces().any(|ns| ns.name().is_some() && ns.uri().is_empty()));
    match undeclared {
        Some(node) => Err(malformed(text, node.range().start, "a namespace prefix is bound to nothing")),
        None => Ok(tree),
    }
}

fn parse_error(error: &roxmltree::Error, text: &str, nodes_max: usize) -> MetadataError {
    use roxmltree::Error;
    match error {
        Error::DtdDetected => MetadataError::Doctype,
        Error::NodesLimitReached | Error::AttributesLimitReached | Error::NamespacesLimitReached => {
            MetadataError::TooManyNodes { max: nodes_max }
        }
        // These have no position of their own; what is missing is missing at the end.
        Error::UnclosedRootNode | Error::NoRootNode => malformed(text, text.len(), &error.to_string()),
        _ => {
            let position = error.pos();
            let reason = error.to_string().replace(&format!(" at {position}"), "");
            MetadataError::NotWellFormed {
                line: position.row,
                column: position.col,
                reason: collapsed(&reason, REASON_CHARS_MAX),
            }
        }
    }
}

fn malformed(text: &str, at: usize, reason: &str) -> MetadataError {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let count = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
    MetadataError::NotWellFormed {
        line: count(before.matches('\n').count()),
        column: count(before[line_start..].chars().count()),
        reason: collapsed(reason, REASON_CHARS_MAX),
    }
}

/// Walks from tag to tag. It refuses what it cannot follow, so that no document reaches the
/// parser with a part that was not counted.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    nodes: usize,
    nodes_max: usize,
    /// For each open element, how many namespaces are in scope.
    open: Vec<usize>,
}

/// What the scan learns of a start tag.
#[derive(Default)]
struct StartTag {
    attributes: usize,
    namespaces: usize,
    is_empty: bool,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, nodes_max: usize) -> Self {
        Self { text, at: 0, nodes: 0, nodes_max, open: Vec::new() }
    }

    fn run(mut self) -> Result<(), MetadataError> {
        for sign in [b'<', b'='] {
            if memchr_iter(sign, self.text.as_bytes()).count() > SIGNS_MAX {
                return Err(MetadataError::TooManyNodes { max: self.nodes_max });
            }
        }
        while let Some(distance) = memchr(b'<', self.rest().as_bytes()) {
            self.at += distance;
            self.count(usize::from(distance > 0))?;
            self.markup()?;
        }
        Ok(())
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn count(&mut self, more: usize) -> Result<(), MetadataError> {
        self.nodes += more;
        if self.nodes > self.nodes_max {
            Err(MetadataError::TooManyNodes { max: self.nodes_max })
        } else {
            Ok(())
        }
    }

    fn malformed(&self, reason: &str) -> MetadataError {
        malformed(self.text, self.at, reason)
    }

    /// Passes the markup that begins here.
    fn markup(&mut self) -> Result<(), MetadataError> {
        let rest = self.rest();
        if rest.starts_with("<!--") {
            self.pass("<!--", "-->", "a comment is not closed")
        } else if rest.starts_with("<![CDATA[") {
            self.pass("<![CDATA[", "]]>", "a CDATA section is not closed")
        } else if rest.starts_with("<?") {
            self.pass("<?", "?>", "a processing instruction is not closed")
        } else if rest.starts_with("</") {
            self.open.pop();
            self.end_tag()
        } else if let Some(declaration) = without_prefix_ignoring_case(rest, "<!DOCTYPE") {
            let is_page = is_word(declaration.trim_start(), "html");
            Err(if is_page { MetadataError::WebPage } else { MetadataError::Doctype })
        } else if self.open.is_empty() && is_page(&rest[1..]) {
            Err(MetadataError::WebPage)
        } else {
            self.element()
        }
    }

    fn pass(&mut self, begin: &str, end: &str, reason: &str) -> Result<(), MetadataError> {
        let Some(length) = self.rest()[begin.len()..].find(end) else { return Err(self.malformed(reason)) };
        self.at += begin.len() + length + end.len();
        self.count(1)
    }

    /// Passes an end tag, which is no node of its own.
    fn end_tag(&mut self) -> Result<(), MetadataError> {
        let Some(length) = memchr(b'>', self.rest().as_bytes()) else {
            return Err(self.malformed("an end tag is not closed"));
        };
        self.at += length + 1;
        Ok(())
    }

    fn element(&mut self) -> Result<(), MetadataError> {
        if self.open.len() >= DEPTH_MAX {
            return Err(MetadataError::TooDeep { max: DEPTH_MAX });
        }
        let tag = self.start_tag()?;
        let in_scope = self.open.last().copied().unwrap_or(0) + tag.namespaces;
        if tag.attributes + in_scope > ATTRIBUTES_MAX {
            return Err(MetadataError::TooManyAttributes { max: ATTRIBUTES_MAX });
        }
        self.count(1 + tag.attributes + if tag.namespaces > 0 { in_scope } else { 0 })?;
        if !tag.is_empty {
            self.open.push(in_scope);
        }
        Ok(())
    }

    /// Reads from `<` to behind `>`, which may stand in a quoted value as well.
    fn start_tag(&mut self) -> Result<StartTag, MetadataError> {
        let mut tag = StartTag::default();
        let ends_name = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
        let name = self.rest().as_bytes()[1..].iter().position(ends_name);
        let Some(name) = name else { return Err(self.malformed("a start tag is not closed")) };
        self.at += 1 + name;
        loop {
            let rest = self.rest().trim_ascii_start();
            self.at = self.text.len() - rest.len();
            if rest.starts_with('>') {
                self.at += 1;
                return Ok(tag);
            }
            if rest.starts_with("/>") {
                self.at += 2;
                tag.is_empty = true;
                return Ok(tag);
            }
            let Some((name, length)) = attribute(rest) else {
                return Err(self.malformed("a start tag is not closed, or an attribute has no quoted value"));
            };
            if name == "xmlns" || name.starts_with("xmlns:") {
                tag.namespaces += 1;
            } else {
                tag.attributes += 1;
            }
            self.at += length;
        }
    }
}

/// Name and whole length of the attribute that begins here.
fn attribute(rest: &str) -> Option<(&str, usize)> {
    let (name, value) = rest.split_at(memchr(b'=', rest.as_bytes())?);
    let value = value[1..].trim_ascii_start();
    let quote = *value.as_bytes().first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let close = memchr(quote, &value.as_bytes()[1..])?;
    let name = name.trim_ascii_end();
    let ends_name =
        |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'>' | b'/' | b'"' | b'\'');
    if name.bytes().any(ends_name) {
        return None;
    }
    Some((name, rest.len() - value.len() + 1 + close + 1))
}

fn without_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// Whether a document that begins with this element is a web page, perhaps without its frame.
fn is_page(element: &str) -> bool {
    ["html", "head", "body", "script", "meta", "title"].iter().any(|name| is_word(element, name))
}

/// Whether the text begins with this word and not with a longer one.
fn is_word(text: &str, word: &str) -> bool {
    without_prefix_ignoring_case(text, word).is_some_and(|rest| {
        !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
    })
}
