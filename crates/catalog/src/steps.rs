//! The steps of a walkthrough.

use serde::Deserialize;

use crate::keys::{FieldKey, OurValue};
use crate::schema::text;

/// One step of a walkthrough, in the order the admin takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the step achieves, as a heading.
    pub title: String,
    /// What to do, as HTML that needs no further escaping: rendered once from the file's Markdown,
    /// with raw HTML shown as text, images left out and links limited to https.
    pub body_html: String,
    /// The same as plain text.
    pub body_text: String,
    /// Our values to show with a copy button.
    pub copy: Vec<OurValue>,
    /// What goes into which field of their console.
    pub enter: Vec<EnterRow>,
    /// Fields to ask for in this step.
    pub collect: Vec<FieldKey>,
    /// When the step applies, in words; always if there is none.
    pub when: Option<String>,
}

/// A field of their console and what to put there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "EnterRowSource")]
pub struct EnterRow {
    /// Exact label in their console.
    pub field: String,
    /// What to put there.
    pub value: EnterValue,
    /// How the field looks.
    pub control: Control,
}

/// What to put into a field of their console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnterValue {
    /// One of our values.
    Ref(OurValue),
    /// This text, or the choice of this name.
    Literal(String),
}

/// How a field of their console looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Control {
    /// A text box.
    #[default]
    #[serde(skip)]
    TextBox,
    /// A drop-down list.
    Select,
    /// One of several buttons.
    Radio,
    /// A box to tick.
    Checkbox,
    /// A switch.
    Toggle,
}

/// A row as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnterRowSource {
    #[serde(deserialize_with = "text")]
    field: String,
    value_ref: Option<OurValue>,
    literal: Option<String>,
    #[serde(default)]
    control: Control,
}

impl TryFrom<EnterRowSource> for EnterRow {
    type Error = &'static str;

    fn try_from(row: EnterRowSource) -> Result<Self, Self::Error> {
        let value = match (row.value_ref, row.literal) {
            (Some(key), None) => EnterValue::Ref(key),
            (None, Some(literal)) => EnterValue::Literal(literal),
            _ => return Err("a row of `enter` has either `value_ref` or `literal`"),
        };
        Ok(Self { field: row.field, value, control: row.control })
    }
}
