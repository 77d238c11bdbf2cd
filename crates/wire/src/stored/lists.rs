//! Plain lists and maps of texts: intents, addresses, event names, redirect URIs, custom attributes,
//! notes, details, changes.

use std::collections::BTreeMap;

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

fn list<X: TextForm + Clone>(values: &[X]) -> String {
    plain(&values.iter().cloned().map(T).collect::<Vec<_>>())
}

fn read_list<X: TextForm>(document: &str) -> Result<Vec<X>, StoredError> {
    let values: Vec<T<X>> = serde_json::from_str(document).map_err(|_| StoredError::Form)?;
    Ok(values.into_iter().map(|T(value)| value).collect())
}

macro_rules! lists {
    ($($type:ty,)*) => {$(
        impl Stored for Vec<$type> {
            fn to_stored(&self) -> String { list(self) }
            fn from_stored(document: &str) -> Result<Self, StoredError> { read_list(document) }
        }
    )*};
}

lists! { Intent, EmailAddress, EventName, RedirectUri, }

/// An object of texts.
impl Stored for Metadata {
    fn to_stored(&self) -> String {
        plain(self.as_map())
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let map: BTreeMap<String, String> = serde_json::from_str(document).map_err(|_| StoredError::Form)?;
        Ok(Self::from_stored(map))
    }
}

/// Custom attributes: pairs of key and label in their order.
impl Stored for CustomAttributes {
    fn to_stored(&self) -> String {
        let pairs = self.iter().map(|held| (held.key.as_str(), T(held.label.clone())));
        plain(&pairs.collect::<Vec<_>>())
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let pairs: Vec<(String, T<Name>)> = serde_json::from_str(document).map_err(|_| StoredError::Form)?;
        Ok(Self::from_stored(pairs.into_iter().map(|(key, T(label))| (key, label))))
    }
}

/// Details of the audit trail: pairs in their order.
impl Stored for Vec<(String, String)> {
    fn to_stored(&self) -> String {
        plain(self)
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        serde_json::from_str(document).map_err(|_| StoredError::Form)
    }
}

/// What an entry of the audit trail changed: field, before and after, in their order.
impl Stored for Vec<FieldChange> {
    fn to_stored(&self) -> String {
        let rows = self.iter().map(|change| (&change.field, &change.before, &change.after));
        plain(&rows.collect::<Vec<_>>())
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let rows: Vec<(String, Option<String>, Option<String>)> =
            serde_json::from_str(document).map_err(|_| StoredError::Form)?;
        let change = |(field, before, after)| FieldChange { field, before, after };
        Ok(rows.into_iter().map(change).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{kept, reread};
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_keep_their_order() {
        let intents = vec![Intent::Sso, Intent::AuditLogs];
        assert_eq!(kept(&intents), json!(["sso", "audit_logs"]));
        assert_eq!(reread(kept(&intents)), Ok(intents));
        let details = vec![("b".to_owned(), "1".to_owned()), ("a".to_owned(), "\0".to_owned())];
        assert_eq!(kept(&details), json!([["b", "1"], ["a", "\0"]]));
        assert_eq!(reread(kept(&details)), Ok(details));
    }

    #[test]
    fn changes_have_a_field_a_before_and_an_after() {
        let document = json!([["name", "Acme", "Acme \0"], ["metadata.tier", null, ""], ["x", "y", null]]);
        let held = reread::<Vec<FieldChange>>(document.clone()).unwrap();
        assert_eq!(held[1].after.as_deref(), Some(""));
        assert_eq!(kept(&held), document);
        for broken in [json!({}), json!([["name", "Acme"]]), json!([[null, "a", "b"]])] {
            assert_eq!(reread::<Vec<FieldChange>>(broken), Err(StoredError::Form));
        }
    }

    #[test]
    fn an_unknown_word_is_an_error() {
        assert_eq!(reread::<Vec<Intent>>(json!(["sso", "x"])), Err(StoredError::Form));
    }

    #[test]
    fn custom_attributes_are_pairs() {
        let document = json!([["department", "Department"], ["cost_center", "Cost “center”"]]);
        let held = reread::<CustomAttributes>(document.clone()).unwrap();
        assert!(held.contains("cost_center"));
        assert_eq!(kept(&held), document);
        assert_eq!(kept(&CustomAttributes::default()), json!([]));
        for broken in [json!({}), json!([["department"]]), json!([["department", ""]])] {
            assert_eq!(reread::<CustomAttributes>(broken), Err(StoredError::Form));
        }
    }

    #[test]
    fn metadata_is_an_object() {
        let metadata = Metadata::parse([("tier".to_owned(), "gold".to_owned())]).unwrap();
        assert_eq!(kept(&metadata), json!({ "tier": "gold" }));
        assert_eq!(reread::<Metadata>(kept(&metadata)), Ok(metadata));
    }
}
