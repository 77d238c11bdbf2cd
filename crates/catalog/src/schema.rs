//! A provider file as it stands on disk, schema version 1. Unknown keys are refused in every
//! table, so that a change of the schema cannot pass unseen.

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::facts::{AttributeMap, Confidence, DefaultAttribute, NameId, Quirk, Renewal, Signing, Source};
use crate::fields::{WeGive, WeNeed};
use crate::keys::{FieldKey, OurValue};
use crate::provider::Protocol;
use crate::steps::EnterRow;
use crate::traces::Traces;

/// The schema that this crate reads.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// A file of `data/sso`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderFile {
    pub(crate) schema_version: u32,
    pub(crate) slug: String,
    #[serde(deserialize_with = "text")]
    pub(crate) name: String,
    pub(crate) category: String,
    pub(crate) protocol: Protocol,
    #[serde(default, deserialize_with = "text_or_none")]
    pub(crate) vendor: Option<String>,
    pub(crate) priority: u16,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default, deserialize_with = "text_or_none")]
    pub(crate) console_url: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) console_path: String,
    #[serde(default, deserialize_with = "text_or_none")]
    pub(crate) admin_role: Option<String>,
    pub(crate) confidence: Confidence,
    #[serde(deserialize_with = "text")]
    pub(crate) confidence_reason: String,
    pub(crate) checked_on_live_console: bool,
    #[serde(default, deserialize_with = "text_or_none")]
    pub(crate) checked_on: Option<String>,
    #[serde(default)]
    pub(crate) unverified: Vec<String>,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default, deserialize_with = "text_or_none")]
    pub(crate) token_endpoint_auth: Option<String>,
    #[serde(default)]
    pub(crate) see_also: Vec<String>,
    pub(crate) sources: Vec<Source>,
    pub(crate) we_give: Vec<WeGive>,
    pub(crate) we_need: Vec<WeNeed>,
    pub(crate) nameid: Option<NameId>,
    pub(crate) signing: Option<Signing>,
    pub(crate) attribute_map: Vec<AttributeMap>,
    #[serde(default)]
    pub(crate) default_attributes: Vec<DefaultAttribute>,
    pub(crate) steps: Vec<StepTable>,
    pub(crate) quirks: Vec<Quirk>,
    pub(crate) renewal: Renewal,
    pub(crate) traces: Option<Traces>,
}

/// A table of `[[steps]]`, its body still Markdown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepTable {
    #[serde(deserialize_with = "text")]
    pub(crate) title: String,
    #[serde(deserialize_with = "text")]
    pub(crate) body: String,
    #[serde(default)]
    pub(crate) copy: Vec<OurValue>,
    #[serde(default)]
    pub(crate) enter: Vec<EnterRow>,
    #[serde(default)]
    pub(crate) collect: Vec<FieldKey>,
    #[serde(default, deserialize_with = "text_or_none")]
    pub(crate) when: Option<String>,
}

/// A text that says something.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(D::Error::custom("must not be empty"));
    }
    Ok(text)
}

/// A text that may be missing; files also write an empty one for that.
pub(crate) fn text_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.trim().is_empty()))
}
