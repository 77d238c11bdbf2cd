//! Facts about a provider that are shown or matched as they stand in the file.

use serde::Deserialize;

use crate::keys::{ProfileField, SignInPoint};
use crate::schema::{text, text_or_none};

/// How well the facts of a file are backed. Source: `data/README.md`, Confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The vendor's documentation plus another source, or a public standard.
    High,
    /// One current guide, or older or differing ones.
    Medium,
    /// Short sources or general knowledge: say that labels may differ.
    Low,
}

impl Confidence {
    /// The word in provider files and pages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// A public page that facts come from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Title of the page.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// Its https address.
    pub url: String,
    /// Month or day of the version that was read, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Option<String>,
}

/// What to choose as the SAML `NameID`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameId {
    /// Label of the format field in their console.
    pub their_label: String,
    /// Choice we recommend, in their words.
    #[serde(deserialize_with = "text")]
    pub recommended: String,
    /// URI of the recommended format.
    #[serde(deserialize_with = "text")]
    pub format_uri: String,
    /// Label of the field that says what fills the `NameID`, where there is one.
    #[serde(default, deserialize_with = "text_or_none")]
    pub source_label: Option<String>,
    /// What should fill it.
    pub source: String,
    /// What is sent if nobody changes anything.
    pub default: String,
}

/// What the provider signs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// What is signed if nobody changes anything.
    pub default: String,
    /// Where to change it.
    #[serde(default, rename = "where", deserialize_with = "text_or_none")]
    pub where_: Option<String>,
    /// What our side has to accept or ask for.
    pub require_from_us: String,
}

/// A row of the attribute mapping.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeMap {
    /// Field of our profile.
    pub key: ProfileField,
    /// Attribute or claim name on the wire.
    #[serde(deserialize_with = "text")]
    pub send_as: String,
    /// Value to pick in their console.
    #[serde(deserialize_with = "text")]
    pub source: String,
    /// Whether sign-in fails without it.
    pub required: bool,
    /// A remark for the admin.
    pub note: Option<String>,
}

/// What the provider sends without any set-up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultAttribute {
    /// Attribute name on the wire; `(none)` for a provider that sends nothing.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// What it holds.
    #[serde(deserialize_with = "text")]
    pub source: String,
}

/// How bad a quirk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Sign-in works, with a surprise.
    Warning,
    /// Sign-in fails.
    Error,
}

/// What usually goes wrong at this provider.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quirk {
    /// Stable id within the provider.
    #[serde(deserialize_with = "text")]
    pub id: String,
    /// How bad it is.
    pub severity: Severity,
    /// What happens, and why.
    #[serde(deserialize_with = "text")]
    pub text: String,
    /// What the admin or the log sees.
    pub symptom: Option<String>,
    /// What the admin does about it.
    pub fix: Option<String>,
    /// Where a sign-in goes wrong by it; empty for what no sign-in fails by.
    #[serde(default)]
    pub shows_at: Vec<SignInPoint>,
    /// Words of which one stands in the error, where the point alone would fit other causes too.
    #[serde(default)]
    pub says: Vec<String>,
}

impl Quirk {
    /// Whether it may be why a sign-in went wrong at a point with this error.
    pub fn explains(&self, point: SignInPoint, error: &str) -> bool {
        // Nothing that the provider said has reached us before its answer.
        let is_said = point == SignInPoint::BeforeAnswer
            || self.says.is_empty()
            || self.says.iter().any(|word| error.contains(word.as_str()));
        self.shows_at.contains(&point) && is_said
    }
}

/// How the provider's certificate or keys are renewed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    /// Whether the provider rolls its key on its own.
    pub automatic: bool,
    /// How long a certificate is valid, in words.
    #[serde(deserialize_with = "text")]
    pub validity: String,
    /// Whether and when the provider warns its admins.
    pub notice: Option<String>,
    /// What the admin does, in order.
    pub steps: Vec<String>,
    /// What our side should do.
    pub our_advice: Option<String>,
}
