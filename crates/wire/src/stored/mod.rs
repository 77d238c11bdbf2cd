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

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
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
///
/// Written and read as text: what is kept of a sign-in is some ten kilobytes, and nobody looks at it
/// on its way between the value and the column.
pub trait Stored: Sized {
    /// The document.
    fn to_stored(&self) -> String;

    /// Reads a document of any version.
    fn from_stored(document: &str) -> Result<Self, StoredError>;
}

/// The version that is written.
const VERSION: u64 = 1;

/// How a document begins that was written by [`write`].
const BEGINNING: &str = r#"{"v":1,"#;

/// A form with its version before it.
#[derive(Serialize)]
struct Versioned<'a, F> {
    v: u64,
    #[serde(flatten)]
    form: &'a F,
}

/// The version of a document, whatever else it holds.
#[derive(Deserialize)]
struct Version {
    v: u64,
}

/// A form as a document. Forms are structs and tagged enums, so they are objects.
fn write<F: Serialize>(form: &F) -> String {
    plain(&Versioned { v: VERSION, form })
}

/// Reads a document of the one version there is.
fn read<F: DeserializeOwned>(document: &str) -> Result<F, StoredError> {
    // A document that another program wrote may have its version anywhere.
    if !document.starts_with(BEGINNING) {
        let Version { v } = serde_json::from_str(document).map_err(|_| StoredError::Form)?;
        if v != VERSION {
            return Err(StoredError::Version);
        }
    }
    serde_json::from_str(document).map_err(|_| StoredError::Form)
}

/// A form as JSON without a version.
fn plain<F: Serialize>(form: &F) -> String {
    // Fails only for maps with keys that are no texts, and no form has one; a reader would find
    // null and say so.
    serde_json::to_string(form).unwrap_or_else(|_| "null".to_owned())
}

/// A document within another one.
fn nested<S: Stored>(value: &S) -> Value {
    serde_json::from_str(&value.to_stored()).unwrap_or(Value::Null)
}

/// Documents as values, to look into.
#[cfg(test)]
mod testing {
    use serde_json::Value;

    use super::{Stored, StoredError};

    pub(super) fn kept<S: Stored>(value: &S) -> Value {
        serde_json::from_str(&value.to_stored()).unwrap()
    }

    pub(super) fn reread<S: Stored>(document: Value) -> Result<S, StoredError> {
        S::from_stored(&document.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::testing::reread;
    use super::*;
    use serde_json::json;
    use vestibule_domain::attribute_map::AttributeMap;

    #[test]
    fn another_version_is_told_from_a_broken_document() {
        assert_eq!(reread::<AttributeMap>(json!({ "v": 2 })), Err(StoredError::Version));
        for broken in [json!({}), json!(null), json!([]), json!({ "v": "1" }), json!({ "v": 1, "email": 5 })]
        {
            assert_eq!(reread::<AttributeMap>(broken), Err(StoredError::Form));
        }
    }

    #[test]
    fn a_document_tells_its_version_first_and_is_read_wherever_it_is_told() {
        let map = AttributeMap { email: Some("mail".into()), ..AttributeMap::default() };
        let document = map.to_stored();
        assert!(document.starts_with(BEGINNING), "{document}");
        assert_eq!(AttributeMap::from_stored(&document), Ok(map.clone()));
        assert_eq!(AttributeMap::from_stored(r#"{"email":"mail","v":1}"#), Ok(map));
    }

    #[test]
    fn members_that_a_later_program_added_are_passed_over() {
        let document = json!({ "v": 1, "email": "mail", "nickname": "nick" });
        assert_eq!(reread::<AttributeMap>(document).unwrap().email.as_deref(), Some("mail"));
    }
}
