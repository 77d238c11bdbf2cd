//! Parsing the fields of a request into domain values, and collecting what is wrong with them.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use vestibule_application::change::Change;

use super::problem::{FieldError, Problem};

/// Reads a number or a truth value that a form could only send as text.
///
/// For `#[serde(default, deserialize_with = "typed_or_text")] field: Option<u32>`.
pub(crate) fn typed_or_text<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: TextOrTyped,
    D: Deserializer<'de>,
{
    let refused = || serde::de::Error::custom(format_args!("expected {}", T::KIND));
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => text.parse().map(Some).map_err(|_| refused()),
        typed => T::of_value(&typed).map(Some).ok_or_else(refused),
    }
}

/// What [`typed_or_text`] reads.
pub(crate) trait TextOrTyped: FromStr {
    /// What a sentence calls it.
    const KIND: &'static str;
    /// Reads the typed form.
    fn of_value(value: &Value) -> Option<Self>;
}

impl TextOrTyped for bool {
    const KIND: &'static str = "true or false";

    fn of_value(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl TextOrTyped for i64 {
    const KIND: &'static str = "a whole number";

    fn of_value(value: &Value) -> Option<Self> {
        value.as_i64()
    }
}

/// Collects what is wrong, so that one answer names every field at fault.
///
/// Each method gives `None` for a field that is missing or wrong. A handler binds all of them,
/// checks the required ones with `let … else { return Err(fields.into_problem()) }`, and asks
/// [`Fields::finish`] for the rest.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    errors: Vec<FieldError>,
}

impl Fields {
    /// Nothing wrong yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A field that must be there.
    pub(crate) fn required<T, U, E: Display>(
        &mut self,
        field: &str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, E>,
    ) -> Option<U> {
        if value.is_none() {
            self.missing(field);
        }
        self.optional(field, value, parse)
    }

    /// A field that may be there.
    pub(crate) fn optional<T, U, E: Display>(
        &mut self,
        field: &str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, E>,
    ) -> Option<U> {
        match parse(value?) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.wrong(field, error);
                None
            }
        }
    }

    /// A field that may be taken back; a wrong value is named and keeps what is.
    pub(crate) fn change<T, U, E: Display>(
        &mut self,
        field: &str,
        change: Change<T>,
        parse: impl FnOnce(T) -> Result<U, E>,
    ) -> Change<U> {
        change.try_map(parse).unwrap_or_else(|error| {
            self.wrong(field, error);
            Change::Keep
        })
    }

    /// Every item of a list; those that are wrong are left out and named with their index.
    pub(crate) fn each<T, U, E: Display>(
        &mut self,
        field: &str,
        values: impl IntoIterator<Item = T>,
        mut parse: impl FnMut(T) -> Result<U, E>,
    ) -> Vec<U> {
        let mut parsed = Vec::new();
        for (index, value) in values.into_iter().enumerate() {
            match parse(value) {
                Ok(value) => parsed.push(value),
                Err(error) => self.wrong(&format!("{field}[{index}]"), error),
            }
        }
        parsed
    }

    /// Says that a field is missing.
    pub(crate) fn missing(&mut self, field: &str) {
        self.add(field, format!("{}_required", leaf(field)), "is required");
    }

    /// Says what is wrong with a field.
    pub(crate) fn wrong(&mut self, field: &str, message: impl Display) {
        self.add(field, format!("{}_invalid", leaf(field)), message);
    }

    /// Says what is wrong with a field, with a code of the contract's.
    pub(crate) fn add(&mut self, field: &str, code: impl Into<Cow<'static, str>>, message: impl Display) {
        self.errors.push(FieldError {
            code: code.into(),
            field: field.to_owned(),
            message: message.to_string(),
        });
    }

    /// Refuses if anything is wrong.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.into_problem()) }
    }

    /// The refusal.
    pub(crate) fn into_problem(self) -> Problem {
        Problem::invalid(self.errors)
    }
}

/// The last name in a path, for a code: `domain` of `domain_data[0].domain`.
pub(super) fn leaf(path: &str) -> &str {
    let last = path.rsplit('.').next().unwrap_or(path);
    last.split('[').next().unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_at_fault_is_named_in_one_answer() {
        let mut fields = Fields::new();
        assert_eq!(fields.required("name", None::<u8>, Ok::<_, String>), None);
        assert_eq!(fields.optional("limit", Some(7), |_| Err::<u8, _>("must be small")), None);
        assert_eq!(fields.each("domains", [1, 2], |n| if n == 1 { Ok(n) } else { Err("is no domain") }), [1]);
        let problem = fields.into_problem();
        let got: Vec<_> = problem.errors().iter().map(|e| (e.code.as_ref(), e.field.as_str())).collect();
        assert_eq!(
            got,
            [("name_required", "name"), ("limit_invalid", "limit"), ("domains_invalid", "domains[1]")]
        );
    }

    #[test]
    fn numbers_and_truth_values_may_be_text() {
        #[derive(Debug, Deserialize)]
        struct Body {
            #[serde(default, deserialize_with = "typed_or_text")]
            n: Option<i64>,
            #[serde(default, deserialize_with = "typed_or_text")]
            b: Option<bool>,
        }
        let read = |raw: &str| serde_json::from_str::<Body>(raw).map(|body| (body.n, body.b));
        assert_eq!(read(r#"{"n":60,"b":true}"#).unwrap(), (Some(60), Some(true)));
        assert_eq!(read(r#"{"n":"60","b":"false"}"#).unwrap(), (Some(60), Some(false)));
        assert_eq!(read(r#"{"n":null}"#).unwrap(), (None, None));
        for raw in
            [r#"{"n":1.5}"#, r#"{"n":"x"}"#, r#"{"n":[1]}"#, r#"{"b":1}"#, r#"{"n":18446744073709551615}"#]
        {
            assert!(read(raw).unwrap_err().to_string().starts_with("expected"), "{raw}");
        }
    }
}
