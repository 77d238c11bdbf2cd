//! Members of a body for which absent and null are different things.

use serde::{Deserialize, Deserializer};
use vestibule_application::change::Change;

/// Reads a member as a change: absent keeps, null resets, a value sets.
///
/// For `#[serde(default, deserialize_with = "nullable")] field: Change<T>`.
///
/// Source: api/workos-wire-contract.md, section 3.4.
pub(crate) fn nullable<'de, T, D>(deserializer: D) -> Result<Change<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.map_or(Change::Reset, Change::Set))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        #[derive(Deserialize)]
        struct Body {
            #[serde(default, deserialize_with = "nullable")]
            x: Change<String>,
        }
        let x = |raw: &str| serde_json::from_str::<Body>(raw).unwrap().x;
        assert_eq!(x("{}"), Change::Keep);
        assert_eq!(x(r#"{"x":null}"#), Change::Reset);
        assert_eq!(x(r#"{"x":"y"}"#), Change::Set("y".into()));
    }
}
