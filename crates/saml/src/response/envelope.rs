//! From the posted form field to a document that may be looked at.

use std::collections::HashSet;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use roxmltree::{Document, Node};
use vestibule_application::ports::saml::MetadataError;
use vestibule_application::ports::saml_sign_in::{SAML_RESPONSE_BYTES_MAX, SamlEnvelope, SamlUnreadable};

use super::{SAML, SAMLP};
use crate::gate;
use crate::metadata::{children, is, text_of};
use crate::text::{collapsed, cut};

/// Most nodes of a response, counted as [`gate::NODES_MAX`] does.
///
/// Two thousand groups, each an element that declares its namespaces anew, make 20,000.
pub const MESSAGE_NODES_MAX: usize = 100_000;

/// Longest value of an attribute that an envelope repeats, in characters.
const SHOWN_CHARS_MAX: usize = 1_024;

/// By which names elements have ids, in the profiles that may meet here. One value stands once in
/// a message, whatever the name, so that no reference can mean two elements.
const ID_NAMES: [&str; 4] = ["ID", "Id", "id", "AssertionID"];

/// Forms send base64 with or without line breaks, and rarely without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes the form field `SAMLResponse`, and reads what is needed to find whom it is for.
pub(crate) fn open(posted: &str) -> Result<SamlEnvelope, SamlUnreadable> {
    let xml = decoded(posted)?;
    let envelope = admitted(&xml).map(|tree| {
        let root = tree.root_element();
        let shown = |name| root.attribute(name).map(|value| cut(value.to_owned(), SHOWN_CHARS_MAX));
        let issuer = children(root, SAML, "Issuer")
            .chain(
                children(root, SAML, "Assertion").flat_map(|assertion| children(assertion, SAML, "Issuer")),
            )
            .next();
        SamlEnvelope {
            xml: String::new(),
            response_id: shown("ID"),
            in_response_to: shown("InResponseTo").filter(|id| !id.is_empty()),
            issuer: issuer.map(|issuer| cut(text_of(issuer).trim().to_owned(), SHOWN_CHARS_MAX)),
            destination: shown("Destination"),
        }
    });
    match envelope {
        Ok(envelope) => Ok(SamlEnvelope { xml, ..envelope }),
        Err(message) => Err(SamlUnreadable { message, text: Some(xml) }),
    }
}

fn decoded(posted: &str) -> Result<String, SamlUnreadable> {
    let unreadable = |message: &str| SamlUnreadable { message: message.to_owned(), text: None };
    let too_large = || unreadable("the response is larger than any that is read");
    // Base64 makes four of three, and line breaks add to that.
    if posted.len() > 2 * SAML_RESPONSE_BYTES_MAX {
        return Err(too_large());
    }
    let compact: String = posted.split_ascii_whitespace().collect();
    if compact.is_empty() {
        return Err(unreadable("the form field SAMLResponse is missing or empty"));
    }
    let mut bytes = BASE64.decode(compact).map_err(|_| unreadable("the response is not base64"))?;
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
