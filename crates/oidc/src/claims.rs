//! Claims: read once, in the order in which they came, and turned into attributes.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;
use vestibule_domain::sso::asserted::{
    ATTRIBUTE_BYTES_MAX, ATTRIBUTE_VALUES_MAX, ATTRIBUTES_MAX, AssertedAttribute,
};

/// Longest `sub`, in bytes. Source: OpenID Connect Core 1.0, section 2.
pub const CLAIM_SUBJECT_BYTES_MAX: usize = 255;

/// Claims that speak of the token, not of the person. `sub` stays: attribute maps name it.
const PROTOCOL: [&str; 13] = [
    "iss",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "jti",
    "sid",
    "auth_time",
];

/// Most members of one object: no more could become attributes.
const CLAIMS_MAX: usize = ATTRIBUTES_MAX + PROTOCOL.len();

/// The members of a JSON object, each once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Claims(Vec<(String, Value)>);

/// Why claims do not become attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClaimsRefused {
    #[error("there are more than {ATTRIBUTES_MAX} claims")]
    Claims,
    #[error("a claim has more than {ATTRIBUTE_VALUES_MAX} values")]
    Values,
    #[error("the claims are larger than {} KiB", ATTRIBUTE_BYTES_MAX / 1024)]
    Bytes,
}

impl Claims {
    /// Reads an object. One that names a member twice means something else to every reader.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(json).map_err(|error| error.to_string())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// The claims with those of another source that these do not have.
    pub(crate) fn completed_by(mut self, others: Self) -> Self {
        for (name, value) in others.0 {
            if self.get(&name).is_none() {
                self.0.push((name, value));
            }
        }
        self
    }

    /// The claims as they are shown in a log.
    pub(crate) fn logged(&self) -> String {
        let lines: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| {
                let value = serde_json::to_string_pretty(value).unwrap_or_default().replace('\n', "\n  ");
                format!("  {}: {value}", Value::from(name.as_str()))
            })
            .collect();
        format!("{{\n{}\n}}", lines.join(",\n"))
    }

    /// What is said of the person.
    pub(crate) fn attributes(&self) -> Result<Vec<AssertedAttribute>, ClaimsRefused> {
        let mut attributes = Vec::new();
        let mut bytes = 0;
        for (name, value) in &self.0 {
            if PROTOCOL.contains(&name.as_str()) || value.is_null() {
                continue;
            }
            let values = texts(value);
            if values.len() > ATTRIBUTE_VALUES_MAX {
                return Err(ClaimsRefused::Values);
            }
            bytes += name.len() + values.iter().map(String::len).sum::<usize>();
            if bytes > ATTRIBUTE_BYTES_MAX {
                return Err(ClaimsRefused::Bytes);
            }
            if attributes.len() >= ATTRIBUTES_MAX {
                return Err(ClaimsRefused::Claims);
            }
            attributes.push(AssertedAttribute { name: name.clone(), friendly_name: None, values });
        }
        Ok(attributes)
    }
}

/// The values of a claim as text; what is no text, number or truth value stays JSON.
fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        Value::Array(values) => values.iter().filter(|value| !value.is_null()).map(text).collect(),
        value => vec![text(value)],
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Claims;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
                let mut claims = Claims(Vec::new());
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if claims.get(&name).is_some() {
                        return Err(A::Error::custom(format_args!("`{name}` is there twice")));
                    }
                    if claims.0.len() >= CLAIMS_MAX {
                        return Err(A::Error::custom(format_args!(
                            "there are more than {CLAIMS_MAX} claims"
                        )));
                    }
                    claims.0.push((name, value));
                }
                Ok(claims)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(value: &Value) -> Claims {
        Claims::parse(value.to_string().as_bytes()).unwrap()
    }

    fn named(attributes: &[AssertedAttribute]) -> Vec<(&str, Vec<&str>)> {
        attributes
            .iter()
            .map(|attribute| (attribute.name.as_str(), attribute.values.iter().map(String::as_str).collect()))
            .collect()
    }

    #[test]
    fn claims_of_the_person_become_text_in_their_order() {
        let read = Claims::parse(
            br#"{"sub":"u","iss":"i","zeta":"z","age":7,"email_verified":true,"groups":["b","a",1,null],
                "address":{"country":"NL"},"roles":[{"id":1}],"gone":null,"none":[],"nonce":"n"}"#,
        );
        let attributes = read.unwrap().attributes().unwrap();
        assert_eq!(
            named(&attributes),
            [
                ("sub", vec!["u"]),
                ("zeta", vec!["z"]),
                ("age", vec!["7"]),
                ("email_verified", vec!["true"]),
                ("groups", vec!["b", "a", "1"]),
                ("address", vec![r#"{"country":"NL"}"#]),
                ("roles", vec![r#"{"id":1}"#]),
                ("none", vec![]),
            ]
        );
    }

    #[test]
    fn a_claim_is_there_once() {
        assert!(Claims::parse(br#"{"sub":"a","sub":"b"}"#).unwrap_err().contains("`sub` is there twice"));
        for other in ["[]", "7", "\"x\"", "null", "", "{", "{} {}"] {
            assert!(Claims::parse(other.as_bytes()).is_err(), "{other}");
        }
        let first = claims(&json!({ "sub": "a", "email": "1" }));
        let both = first.completed_by(claims(&json!({ "email": "2", "name": "n" })));
        assert_eq!(both.text("email"), Some("1"));
        assert_eq!(both.text("name"), Some("n"));
    }

    #[test]
    fn what_is_logged_is_json_again() {
        let value = json!({ "sub": "a\"\n", "groups": ["x", { "y": [1] }], "none": {} });
        let claims = claims(&value);
        assert_eq!(serde_json::from_str::<Value>(&claims.logged()).unwrap(), value);
    }

    #[test]
    fn an_object_has_so_many_members() {
        let object = |n: usize| {
            let members: Vec<_> = (0..n).map(|i| format!("\"c{i}\":1")).collect();
            Claims::parse(format!("{{{}}}", members.join(",")).as_bytes())
        };
        assert!(object(CLAIMS_MAX).is_ok());
        assert!(object(CLAIMS_MAX + 1).unwrap_err().contains("more than 263 claims"));
    }

    #[test]
    fn attributes_have_limits() {
        let many = |n: usize| Claims((0..n).map(|i| (format!("c{i}"), json!(true))).collect());
        assert_eq!(many(ATTRIBUTES_MAX).attributes().unwrap().len(), ATTRIBUTES_MAX);
        assert_eq!(many(ATTRIBUTES_MAX + 1).attributes(), Err(ClaimsRefused::Claims));

        let values = |n: usize| Claims(vec![("groups".into(), json!(vec!["g"; n]))]);
        assert!(values(ATTRIBUTE_VALUES_MAX).attributes().is_ok());
        assert_eq!(values(ATTRIBUTE_VALUES_MAX + 1).attributes(), Err(ClaimsRefused::Values));

        let bytes = |n: usize| Claims(vec![("x".into(), json!("y".repeat(n - 1)))]);
        assert!(bytes(ATTRIBUTE_BYTES_MAX).attributes().is_ok());
        assert_eq!(bytes(ATTRIBUTE_BYTES_MAX + 1).attributes(), Err(ClaimsRefused::Bytes));
    }
}
