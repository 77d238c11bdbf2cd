//! Values as stores keep them: JSON documents that outlive the program that wrote them.
//!
//! Every document is an object with its version, `{"v":1,…}`. Within a version only optional
//! members may be added; anything else is a new version, and a reader knows all versions before
//! it. Plain lists and maps of texts have no version: there is nothing in them to change.

mod attribute_map;
mod care;
mod connection;
mod environment;
mod fact;
mod finding;
mod hosts;
mod lists;
mod message;
mod progress;
mod sheet;
mod sso;
mod text;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use text::TextForm;

/// Why a document cannot be read. Says nothing of its contents: they may be secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// Its version is unknown; a newer program wrote it.
    #[error("the stored document has an unknown version")]
    Version,
    /// Its members are not what its version says.
    #[error("the stored document is not of its form")]
    Form,
}

/// A value that stores keep as a JSON document.
pub trait Stored: Sized {
    /// The document.
    fn to_stored(&self) -> Value;

    /// Reads a document of any version.
    fn from_stored(document: Value) -> Result<Self, StoredError>;
}

/// The version that is written.
const VERSION: u64 = 1;

/// A form as a document. Forms are structs and tagged enums, so they are objects.
fn write<F: Serialize>(form: &F) -> Value {
    let mut document = plain(form);
    if let Value::Object(members) = &mut document {
        members.insert("v".into(), VERSION.into());
    }
    document
}

/// Reads a document of the one version there is.
fn read<F: DeserializeOwned>(document: Value) -> Result<F, StoredError> {
    match document.get("v").and_then(Value::as_u64) {
        Some(VERSION) => serde_json::from_value(document).map_err(|_| StoredError::Form),
        Some(_) => Err(StoredError::Version),
        None => Err(StoredError::Form),
    }
}

/// A form as JSON without a version.
fn plain<F: Serialize>(form: &F) -> Value {
    // Fails only for maps with keys that are no texts, and no form has one; a reader would find
    // null and say so.
    serde_json::to_value(form).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use vestibule_domain::attribute_map::AttributeMap;

    #[test]
    fn another_version_is_told_from_a_broken_document() {
        assert_eq!(AttributeMap::from_stored(json!({ "v": 2 })), Err(StoredError::Version));
        for broken in [json!({}), json!(null), json!([]), json!({ "v": "1" }), json!({ "v": 1, "email": 5 })]
        {
            assert_eq!(AttributeMap::from_stored(broken), Err(StoredError::Form));
        }
    }

    #[test]
    fn members_that_a_later_program_added_are_passed_over() {
        let document = json!({ "v": 1, "email": "mail", "nickname": "nick" });
        assert_eq!(AttributeMap::from_stored(document).unwrap().email.as_deref(), Some("mail"));
    }
}
