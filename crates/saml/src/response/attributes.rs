//! What an assertion says of a person.

use roxmltree::Node;
use vestibule_domain::sso::asserted::{
    ATTRIBUTE_BYTES_MAX, ATTRIBUTE_VALUES_MAX, ATTRIBUTES_MAX, AssertedAttribute,
};

use super::SAML;
use crate::metadata::children;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Why the attributes are not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum AttributesRefused {
    #[error("an attribute of the assertion has no name")]
    Unnamed,
    #[error("the assertion has more than {ATTRIBUTES_MAX} attributes")]
    TooMany,
    #[error("an attribute of the assertion has more than {ATTRIBUTE_VALUES_MAX} values")]
    TooManyValues,
    #[error("the attributes of the assertion are larger than {} KiB", ATTRIBUTE_BYTES_MAX / 1024)]
    TooLarge,
    #[error("the assertion has encrypted attributes, which are not supported; encrypt the whole assertion")]
    Encrypted,
}

/// Reads the attributes of a signed assertion: each name once, with the values of all statements in
/// order.
pub(super) fn read(assertion: Node<'_, '_>) -> Result<Vec<AssertedAttribute>, AttributesRefused> {
    let mut attributes: Vec<AssertedAttribute> = Vec::new();
    let mut bytes = 0;
    for statement in children(assertion, SAML, "AttributeStatement") {
        if children(statement, SAML, "EncryptedAttribute").next().is_some() {
            return Err(AttributesRefused::Encrypted);
        }
        for element in children(statement, SAML, "Attribute") {
            let name = element.attribute("Name").filter(|name| !name.trim().is_empty());
            let name = name.ok_or(AttributesRefused::Unnamed)?;
            let at = match attributes.iter().position(|attribute| attribute.name == name) {
                Some(at) => at,
                None if attributes.len() >= ATTRIBUTES_MAX => return Err(AttributesRefused::TooMany),
                None => {
                    let friendly_name = element.attribute("FriendlyName").map(str::to_owned);
                    bytes += name.len() + friendly_name.as_ref().map_or(0, String::len);
                    attributes.push(AssertedAttribute {
                        name: name.to_owned(),
                        friendly_name,
                        values: Vec::new(),
                    });
                    attributes.len() - 1
                }
            };
            let values = &mut attributes[at].values;
            for value in children(element, SAML, "AttributeValue").filter(|value| !is_nil(*value)) {
                if values.len() >= ATTRIBUTE_VALUES_MAX {
                    return Err(AttributesRefused::TooManyValues);
                }
                let value = value_of(value);
                bytes += value.len();
                values.push(value);
            }
            if bytes > ATTRIBUTE_BYTES_MAX {
                return Err(AttributesRefused::TooLarge);
            }
        }
    }
    Ok(attributes)
}

/// The text of a value. Some have it one element deeper, as a name id.
fn value_of(value: Node<'_, '_>) -> String {
    let text: String = value.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
    // White space around a child element is there for the looks of it.
    if value.children().any(|child| child.is_element()) { text.trim().to_owned() } else { text }
}

fn is_nil(value: Node<'_, '_>) -> bool {
    value.attribute((XSI, "nil")).is_some_and(|nil| matches!(nil.trim(), "true" | "1"))
}
