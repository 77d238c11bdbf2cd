//! Plain lists and maps of texts: intents, addresses, event names, redirect URIs, custom attributes,
//! notes, details, changes.

use std::collections::BTreeMap;

use serde_json::Value;
use vestibule_domain::custom_attributes::CustomAttributes;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::event::EventName;
use vestibule_domain::intent::Intent;
use vestibule_domain::organization::Metadata;
use vestibule_domain::readout::FieldChange;
use vestibule_domain::redirect_uri::RedirectUri;
use vestibule_domain::text::Name;

use super::text::{T, TextForm};
use super::{Stored, StoredError, plain};

fn list<X: TextForm + Clone>(values: &[X]) -> Value {
    plain(&values.iter().cloned().map(T).collect::<Vec<_>>())
}

fn read_list<X: TextForm>(document: Value) -> Result<Vec<X>, StoredError> {
    let values: Vec<T<X>> = serde_json::from_value(document).map_err(|_| StoredError::Form)?;
    Ok(values.into_iter().map(|T(value)| value).collect())
}

macro_rules! lists {
    ($($type:ty,)*) => {$(
        impl Stored for Vec<$type> {
            fn to_stored(&self) -> Value { list(self) }
            fn from_stored(document: Value) -> Result<Self, StoredError> { read_list(document) }
        }
    )*};
}

lists! { Intent, EmailAddress, EventName, RedirectUri, }

/// An object of texts.
impl Stored for Metadata {
    fn to_stored(&self) -> Value {
        plain(self.as_map())
    }

    fn from_stored(document: Value) -> Result<Self, StoredError> {
        let map: BTreeMap<String, String> =
            serde_json::from_value(document).map_err(|_| StoredError::Form)?;
        Ok(Self::from_stored(map))
    }
}

/// Custom attributes: pairs of key and label in their order.
impl Stored for CustomAttributes {
    fn to_stored(&self) -> Value {
        let pairs = self.iter().map(|held| (held.key.as_str(), T(held.label.clone())));
        plain(&pairs.collect::<Vec<_>>())
    }

    fn from_stored(document: Value) -> Result<Self, StoredError> {
        let pairs: Vec<(String, T<Name>)> =
            serde_json::from_value(document).map_err(|_| StoredError::Form)?;
        Ok(Self::from_stored(pairs.into_iter().map(|(key, T(label))| (key, label))))
    }
}

/// Details of the audit trail: pairs in their order.
impl Stored for Vec<(String, String)> {
    fn to_stored(&self) -> Value {
        plain(self)
    }

    fn from_stored(document: Value) -> Result<Self, StoredError> {
        serde_json::from_value(document).map_err(|_| StoredError::Form)
    }
}

/// What an entry of the audit trail changed: field, before and after, in their order.
impl Stored for Vec<FieldChange> {
    fn to_stored(&self) -> Value {
        let rows = self.iter().map(|change| (&change.field, &change.before, &change.after));
        plain(&rows.collect::<Vec<_>>())
    }

    fn from_stored(document: Value) -> Result<Self, StoredError> {
        let rows: Vec<(String, Option<String>, Option<String>)> =
            serde_json::from_value(document).map_err(|_| StoredError::Form)?;
        let change = |(field, before, after)| FieldChange { field, before, after };
        Ok(rows.into_iter().map(change).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_keep_their_order() {
        let intents = vec![Intent::Sso, Intent::AuditLogs];
        assert_eq!(intents.to_stored(), json!(["sso", "audit_logs"]));
        assert_eq!(Stored::from_stored(intents.to_stored()), Ok(intents));
        let details = vec![("b".to_owned(), "1".to_owned()), ("a".to_owned(), "\0".to_owned())];
        assert_eq!(details.to_stored(), json!([["b", "1"], ["a", "\0"]]));
        assert_eq!(Stored::from_stored(details.to_stored()), Ok(details));
    }

    #[test]
    fn changes_have_a_field_a_before_and_an_after() {
        let document = json!([["name", "Acme", "Acme \0"], ["metadata.tier", null, ""], ["x", "y", null]]);
        let held = <Vec<FieldChange> as Stored>::from_stored(document.clone()).unwrap();
        assert_eq!(held[1].after.as_deref(), Some(""));
        assert_eq!(held.to_stored(), document);
        for broken in [json!({}), json!([["name", "Acme"]]), json!([[null, "a", "b"]])] {
            assert_eq!(<Vec<FieldChange> as Stored>::from_stored(broken), Err(StoredError::Form));
        }
    }

    #[test]
    fn an_unknown_word_is_an_error() {
        assert_eq!(<Vec<Intent> as Stored>::from_stored(json!(["sso", "x"])), Err(StoredError::Form));
    }

    #[test]
    fn custom_attributes_are_pairs() {
        let document = json!([["department", "Department"], ["cost_center", "Cost “center”"]]);
        let held = <CustomAttributes as Stored>::from_stored(document.clone()).unwrap();
        assert!(held.contains("cost_center"));
        assert_eq!(held.to_stored(), document);
        assert_eq!(CustomAttributes::default().to_stored(), json!([]));
        for broken in [json!({}), json!([["department"]]), json!([["department", ""]])] {
            assert_eq!(<CustomAttributes as Stored>::from_stored(broken), Err(StoredError::Form));
        }
    }

    #[test]
    fn metadata_is_an_object() {
        let metadata = Metadata::parse([("tier".to_owned(), "gold".to_owned())]).unwrap();
        assert_eq!(metadata.to_stored(), json!({ "tier": "gold" }));
        assert_eq!(<Metadata as Stored>::from_stored(metadata.to_stored()), Ok(metadata));
    }
}
