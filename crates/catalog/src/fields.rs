//! What goes out and what comes back: our values for their fields, their values for ours.

use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

use crate::keys::{FieldKey, OurValue};
use crate::schema::{text, text_or_none};
use crate::traces::Mistake;

/// One of our values, and the field of their console it belongs into.
///
/// A value may appear more than once: some consoles ask for the same address in several fields.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeGive {
    /// Which of our values.
    pub key: OurValue,
    /// Name on our side.
    #[serde(deserialize_with = "text")]
    pub our_label: String,
    /// Exact label in their console.
    #[serde(deserialize_with = "text")]
    pub their_label: String,
    /// Page or tab with the field.
    #[serde(default, rename = "where", deserialize_with = "text_or_none")]
    pub where_: Option<String>,
    /// Whether the set-up fails without it; optional values are shown folded.
    pub required: bool,
    /// A remark for the admin.
    pub note: Option<String>,
}

/// What a field holds, which decides its control and its checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// https address of a SAML metadata document.
    MetadataUrl,
    /// SAML metadata document, pasted or as a file.
    MetadataXml,
    /// X.509 certificate, PEM or bare base64.
    Certificate,
    /// One line of text.
    Text,
    /// A secret: sealed when stored, never shown again.
    Secret,
    /// An https address.
    Url,
    /// One of [`WeNeed::options`].
    Select,
    /// On or off.
    Toggle,
}

/// Which fields replace each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Stands for itself.
    #[default]
    #[serde(skip)]
    None,
    /// SAML metadata: any one member is enough.
    IdpMetadata,
    /// Typed by hand: all required members together replace metadata or discovery.
    Manual,
}

/// How an admin can hand over what a SAML connection needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputMode {
    /// The address of the metadata, which is read again daily.
    MetadataUrl,
    /// The metadata as a file or pasted text.
    MetadataXml,
    /// Entity id, address and certificate, one by one.
    Manual,
}

/// The shape a value usually has. A mismatch is a warning, unless the field's hint says refuse.
///
/// Compiled when it is first used: most are of providers that a process never meets.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub struct Pattern {
    source: String,
    compiled: OnceLock<Result<Regex, regex::Error>>,
}

impl Pattern {
    /// The expression, or why there is none. [`crate::Catalog::parse`] refuses a file with such a
    /// pattern, and a test has it parse the files inside the binary.
    pub(crate) fn regex(&self) -> Result<&Regex, &regex::Error> {
        self.compiled.get_or_init(|| Regex::new(&self.source)).as_ref()
    }

    /// Whether a value has the usual shape.
    pub fn matches(&self, value: &str) -> bool {
        self.regex().is_ok_and(|regex| regex.is_match(value))
    }

    /// What stands in `instead`, with `$1` for what the first group holds.
    pub(crate) fn replace(&self, value: &str, instead: &str) -> String {
        self.regex().map_or_else(|_| value.to_owned(), |regex| regex.replace(value, instead).into_owned())
    }

    /// The regular expression as written.
    pub fn as_str(&self) -> &str {
        &self.source
    }
}

impl From<String> for Pattern {
    fn from(source: String) -> Self {
        Self { source, compiled: OnceLock::new() }
    }
}

/// A value that the admin brings back from their console.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeNeed {
    /// Field of a connection.
    pub key: FieldKey,
    /// Exact label in their console.
    #[serde(deserialize_with = "text")]
    pub label: String,
    /// Where it is found there.
    #[serde(default, rename = "where", deserialize_with = "text_or_none")]
    pub where_: Option<String>,
    /// What it holds.
    pub kind: FieldKind,
    /// Within a group: required if that group is chosen.
    pub required: bool,
    /// Which fields it replaces.
    #[serde(default)]
    pub group: Group,
    /// Whether to ask for this member of the metadata group first.
    #[serde(default)]
    pub preferred: bool,
    /// Always this value: filled in, never asked for.
    pub fixed_value: Option<String>,
    /// What can be chosen, for [`FieldKind::Select`].
    #[serde(default)]
    pub options: Vec<String>,
    /// What is chosen at first.
    pub default: Option<String>,
    /// How to check the value.
    pub hint: Option<String>,
    /// Usual shape of the value.
    pub pattern: Option<Pattern>,
    /// Values that are known to be wrong.
    #[serde(default)]
    pub mistakes: Vec<Mistake>,
    /// A made-up value of the right shape.
    pub example: Option<String>,
    /// A remark for the admin.
    pub note: Option<String>,
}

impl WeNeed {
    /// Whether the admin has to bring a value when the field's group is chosen.
    pub fn must_be_asked(&self) -> bool {
        self.required && self.fixed_value.is_none()
    }

    /// What somebody copied instead, if a value shows it.
    pub fn mistake(&self, value: &str) -> Option<&Mistake> {
        self.mistakes.iter().find(|mistake| mistake.pattern.matches(value))
    }

    /// A field of SAML that the file leaves out, with a label that fits any provider.
    ///
    /// Only metadata addresses have no such form: some providers do not serve one.
    pub(crate) fn neutral(key: FieldKey) -> Option<Self> {
        let (label, kind, group, hint) = match key {
            FieldKey::IdpMetadataXml => (
                "Metadata XML",
                FieldKind::MetadataXml,
                Group::IdpMetadata,
                "Open the metadata address in a browser, save the page and bring the file.",
            ),
            FieldKey::IdpEntityId => (
                "IdP entity ID, also called issuer",
                FieldKind::Text,
                Group::Manual,
                "Must equal the Issuer in the SAML response, character for character.",
            ),
            FieldKey::IdpSsoUrl => (
                "Single sign-on URL, also called sign-in or login URL",
                FieldKind::Url,
                Group::Manual,
                "https URL; becomes the Destination of the AuthnRequest.",
            ),
            FieldKey::IdpCertificate => (
                "Signing certificate (X.509)",
                FieldKind::Certificate,
                Group::Manual,
                "PEM or bare base64 X.509.",
            ),
            _ => return None,
        };
        Some(Self {
            key,
            label: label.to_owned(),
            where_: None,
            kind,
            required: group == Group::Manual,
            group,
            preferred: false,
            fixed_value: None,
            options: Vec::new(),
            default: None,
            hint: Some(hint.to_owned()),
            pattern: None,
            mistakes: Vec::new(),
            example: None,
            note: None,
        })
    }
}
