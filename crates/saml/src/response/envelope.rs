//! From the posted form field to a document that may be looked at.

use std::collections::HashSet;

use roxmltree::{Document, Node};
use vestibule_application::ports::saml::MetadataError;
use vestibule_application::ports::saml_sign_in::{
    OpenedResponse, SAML_RESPONSE_BYTES_MAX, SamlExpectation, SamlJudgement, SamlUnreadable,
};

use super::SAMLP;
use super::judgement::judge;
use crate::gate;
use crate::metadata::is;
use crate::text::{collapsed, from_base64};

/// Most nodes of a response, counted as [`gate::NODES_MAX`] does.
///
/// Two thousand groups, each an element that declares its namespaces anew, make 20,000.
pub const MESSAGE_NODES_MAX: usize = 100_000;

/// Longest message, in bytes, whose tree is kept until it is judged; a longer one is parsed again
/// then. The largest of the corpus has 20 KiB. A tree may take twenty times its text, and whoever
/// posts anything could have many of them wait for the database.
pub const KEPT_TREE_BYTES_MAX: usize = 32 * 1024;

/// By which names elements have ids, in the profiles that may meet here. One value stands once in
/// a message, whatever the name, so that no reference can mean two elements.
const ID_NAMES: [&str; 4] = ["ID", "Id", "id", "AssertionID"];

/// Takes the encoding of the form field `SAMLResponse` off.
pub(crate) fn decode(posted: &str) -> Result<String, SamlUnreadable> {
    let unreadable = |message: &str| SamlUnreadable { message: message.to_owned() };
    let too_large = || unreadable("the response is larger than any that is read");
    // Base64 makes four of three, and line breaks add to that.
    if posted.len() > 2 * SAML_RESPONSE_BYTES_MAX {
        return Err(too_large());
    }
    let mut bytes = from_base64(posted).ok_or_else(|| unreadable("the response is not base64"))?;
    if bytes.is_empty() {
        return Err(unreadable("the form field SAMLResponse is missing or empty"));
    }
    if bytes.len() > SAML_RESPONSE_BYTES_MAX {
        return Err(too_large());
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    match String::from_utf8(bytes) {
        Ok(xml) if !gate::declares_other_encoding(&xml) => Ok(xml),
        _ => Err(unreadable(
            "the response is not text in UTF-8; it may be compressed, or not be meant for this form field",
        )),
    }
}

/// A response that was admitted.
pub(crate) struct Opened<'x> {
    pub(super) xml: &'x str,
    /// Its tree, unless that is too large to be kept.
    pub(super) kept: Option<Document<'x>>,
    in_response_to: Option<String>,
}

/// Opens a message.
pub(crate) fn open(xml: &str) -> Result<Opened<'_>, SamlUnreadable> {
    let tree = admitted(xml).map_err(|message| SamlUnreadable { message })?;
    let named = tree.root_element().attribute("InResponseTo").filter(|id| !id.is_empty());
    let in_response_to = named.map(str::to_owned);
    Ok(Opened { xml, kept: (xml.len() <= KEPT_TREE_BYTES_MAX).then_some(tree), in_response_to })
}

impl OpenedResponse for Opened<'_> {
    fn in_response_to(&self) -> Option<&str> {
        self.in_response_to.as_deref()
    }

    fn judge(&self, expectation: &SamlExpectation<'_>) -> SamlJudgement {
        judge(self, expectation)
    }
}

/// The document, if it may be looked at; otherwise why not.
pub(crate) fn admitted(xml: &str) -> Result<Document<'_>, String> {
    if xml.len() > SAML_RESPONSE_BYTES_MAX {
        return Err("the response is larger than any that is read".into());
    }
    let tree = gate::tree_within(xml, MESSAGE_NODES_MAX).map_err(|error| match error {
        MetadataError::WebPage => "the response is a web page".into(),
        MetadataError::Doctype => "the response has a DOCTYPE, which is not allowed".into(),
        error => error.to_string().replacen("the document", "the response", 1),
    })?;
    let root = tree.root_element();
    if !is(root, SAMLP, "Response") {
        let name = root.tag_name();
        let found = format!("{{{}}}{}", name.namespace().unwrap_or(""), name.name());
        return Err(format!("the root element is {}, not a SAML 2.0 response", collapsed(&found, 200)));
    }
    if let Some(id) = repeated_id(root) {
        return Err(format!("the id {} stands at more than one element", collapsed(id, 200)));
    }
    Ok(tree)
}

fn repeated_id<'a>(root: Node<'a, '_>) -> Option<&'a str> {
    let mut seen = HashSet::new();
    root.descendants()
        .flat_map(|node| node.attributes())
        .filter(|attribute| ID_NAMES.contains(&attribute.name()))
        .map(|attribute| attribute.value())
        .find(|value| !seen.insert(*value))
}
