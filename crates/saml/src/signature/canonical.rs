//! Canonical XML, without comments: exclusive, and inclusive for elements that inherit nothing but
//! namespaces.
//!
//! Names and prefixes come from the source text, values from the tree, where they are normalised
//! already. Depth is bounded by the gate, so that recursion is.
//!
//! Source: Exclusive XML Canonicalization 1.0; Canonical XML 1.0 and 1.1.

use roxmltree::{Attribute, Document, Namespace, Node, NodeId, NodeType};

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const INCLUSIVE_1_0: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const INCLUSIVE_1_1: &str = "http://www.w3.org/2006/12/xml-c14n11";

/// The algorithm of our own signatures.
pub(crate) const OURS: &str = EXCLUSIVE;

/// Most prefixes of one `PrefixList`; real ones have up to four.
pub const PREFIXES_MAX: usize = 32;

/// How a subtree becomes octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Canonicalization {
    /// Exclusive; these prefixes are treated as inclusive canonicalisation would, the empty one
    /// being the default namespace.
    Exclusive {
        /// The `PrefixList`.
        prefixes: Vec<String>,
    },
    /// Inclusive 1.0 or 1.1, which differ only where `xml:` attributes are inherited.
    Inclusive,
}

/// Why there are no octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Uncanonical {
    /// Another algorithm.
    #[error("a canonicalization method is used that SAML does not use")]
    Algorithm,
    /// Too many prefixes.
    #[error("a PrefixList names more than {PREFIXES_MAX} prefixes")]
    Prefixes,
    /// Inclusive, and an ancestor has `xml:` attributes, which 1.0 and 1.1 inherit differently.
    #[error("inclusive canonicalization is used below an element with xml: attributes")]
    Inherited,
}

impl Canonicalization {
    /// Reads `CanonicalizationMethod` or `Transform`.
    pub(crate) fn read(method: Node<'_, '_>) -> Result<Self, Uncanonical> {
        let elements: Vec<_> = method.children().filter(Node::is_element).collect();
        match (method.attribute("Algorithm"), elements.as_slice()) {
            (Some(EXCLUSIVE), []) => Ok(Self::Exclusive { prefixes: Vec::new() }),
            (Some(EXCLUSIVE), [list]) if list.has_tag_name((EXCLUSIVE, "InclusiveNamespaces")) => {
                let listed = list.attribute("PrefixList").unwrap_or("").split_ascii_whitespace();
                let prefixes: Vec<_> =
                    listed.map(|prefix| if prefix == "#default" { "" } else { prefix }.to_owned()).collect();
                if prefixes.len() > PREFIXES_MAX {
                    Err(Uncanonical::Prefixes)
                } else {
                    Ok(Self::Exclusive { prefixes })
                }
            }
            (Some(INCLUSIVE_1_0 | INCLUSIVE_1_1), []) => Ok(Self::Inclusive),
            _ => Err(Uncanonical::Algorithm),
        }
    }

    /// The octets of an element and all below it, but for one subtree.
    pub(crate) fn octets(&self, apex: Node<'_, '_>, without: Option<NodeId>) -> Result<String, Uncanonical> {
        let inherits = || {
            let above = apex.ancestors().skip(1);
            above.flat_map(|node| node.attributes()).any(|attribute| attribute.namespace() == Some(XML))
        };
        if *self == Self::Inclusive && inherits() {
            return Err(Uncanonical::Inherited);
        }
        let source = apex.document().input_text();
        let out = String::with_capacity(apex.range().len() + 256);
        let mut writer = Writer { source, method: self, without, rendered: Vec::new(), out };
        writer.element(apex);
        Ok(writer.out)
    }
}

/// Exclusive canonicalisation of a whole document that has no comments or instructions outside of
/// its root.
pub(crate) fn exclusive(document: &Document<'_>) -> Result<String, Uncanonical> {
    Canonicalization::Exclusive { prefixes: Vec::new() }.octets(document.root_element(), None)
}

struct Writer<'a, 'input> {
    source: &'input str,
    method: &'a Canonicalization,
    without: Option<NodeId>,
    /// The declarations written by the open elements, outermost first.
    rendered: Vec<(&'a str, &'a str)>,
    out: String,
}

impl<'a, 'input: 'a> Writer<'a, 'input> {
    fn element(&mut self, element: Node<'a, 'input>) {
        let name = self.tag_name(element);
        self.out.push('<');
        self.out.push_str(name);
        let outside = self.rendered.len();
        self.namespaces(element, name);
        self.attributes(element);
        self.out.push('>');
        for child in element.children() {
            match child.node_type() {
                NodeType::Element if Some(child.id()) == self.without => {}
                NodeType::Element => self.element(child),
                NodeType::Text => escape_text(child.text().unwrap_or(""), &mut self.out),
                NodeType::PI => self.instruction(child),
                NodeType::Comment | NodeType::Root => {}
            }
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        self.rendered.truncate(outside);
    }

    /// The name as it was written, prefix included.
    fn tag_name(&self, element: Node<'a, 'input>) -> &'input str {
        let rest = &self.source[element.range().start + 1..];
        let end =
            rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(rest.len());
        &rest[..end]
    }

    fn attribute_name(&self, attribute: &Attribute<'a, 'input>) -> &'input str {
        &self.source[attribute.range_qname()]
    }

    /// Writes the declarations that are needed here and do not stand on an open element already.
    fn namespaces(&mut self, element: Node<'a, 'input>, name: &'input str) {
        let mut wanted: Vec<&'a str> = Vec::new();
        match self.method {
            Canonicalization::Exclusive { prefixes } => {
                wanted.push(prefix_of(name));
                let qualified = element.attributes().filter(|attribute| attribute.namespace().is_some());
                wanted.extend(qualified.map(|attribute| prefix_of(self.attribute_name(&attribute))));
                let in_scope = prefixes.iter().map(String::as_str).filter(|prefix| {
                    prefix.is_empty() || element.lookup_namespace_uri(Some(prefix)).is_some()
                });
                wanted.extend(in_scope);
            }
            Canonicalization::Inclusive => {
                wanted.push("");
                wanted.extend(element.namespaces().filter_map(Namespace::name));
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        for prefix in wanted {
            let uri = element.lookup_namespace_uri((!prefix.is_empty()).then_some(prefix)).unwrap_or("");
            let standing = self.rendered.iter().rev().find(|(known, _)| *known == prefix);
            if prefix == "xml" || standing.map_or("", |(_, uri)| *uri) == uri {
                continue;
            }
            self.out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            self.out.push_str(prefix);
            self.value(uri);
            self.rendered.push((prefix, uri));
        }
    }

    fn attributes(&mut self, element: Node<'a, 'input>) {
        let mut attributes: Vec<_> = element.attributes().collect();
        attributes.sort_unstable_by_key(|attribute| (attribute.namespace().unwrap_or(""), attribute.name()));
        for attribute in attributes {
            self.out.push(' ');
            self.out.push_str(self.attribute_name(&attribute));
            self.value(attribute.value());
        }
    }

    fn value(&mut self, value: &str) {
        self.out.push_str("=\"");
        escape_value(value, &mut self.out);
        self.out.push('"');
    }

    fn instruction(&mut self, node: Node<'a, 'input>) {
        let Some(instruction) = node.pi() else { return };
        self.out.push_str("<?");
        self.out.push_str(instruction.target);
        if let Some(value) = instruction.value {
            self.out.push(' ');
            self.out.push_str(value);
        }
        self.out.push_str("?>");
    }
}

fn prefix_of(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn escape_text(text: &str, out: &mut String) {
    escape(text, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

fn escape_value(value: &str, out: &mut String) {
    escape(value, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

/// Copies what needs no escape in one piece; all that does is ASCII.
fn escape(text: &str, out: &mut String, replacement: impl Fn(u8) -> Option<&'static str>) {
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(replacement) = replacement(byte) {
            out.push_str(&text[copied..at]);
            out.push_str(replacement);
            copied = at + 1;
        }
    }
    out.push_str(&text[copied..]);
}

#[cfg(test)]
mod tests;
