//! By what a provider's data is recognised, whatever the admin picked, and what is copied by
//! mistake from its console.

use serde::Deserialize;

use crate::fields::Pattern;

/// What values of a provider look like that no other provider has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    /// Domains that its addresses are in.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Domains of its preview, where customers try changes before they reach production.
    #[serde(default)]
    pub preview_hosts: Vec<String>,
    /// Usual shape of its entity ids, where that tells it apart.
    pub entity_id: Option<Pattern>,
}

/// Whether an address is in a provider's preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// What people work with.
    Production,
    /// What admins try things out with.
    Preview,
}

impl Traces {
    /// Where a host belongs; none if it is not the provider's.
    pub fn stage_of(&self, host: &str) -> Option<Stage> {
        let is_in = |domains: &[String]| {
            domains.iter().any(|domain| {
                host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            })
        };
        if is_in(&self.preview_hosts) {
            Some(Stage::Preview)
        } else if is_in(&self.hosts) {
            Some(Stage::Production)
        } else {
            None
        }
    }

    /// Whether an entity id is one of the provider's.
    pub fn names(&self, entity_id: &str) -> bool {
        self.entity_id.as_ref().is_some_and(|pattern| pattern.matches(entity_id))
    }
}

/// What somebody copied instead of the value that a field asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MistakeKind {
    /// The address of a page of the admin console.
    ConsolePage,
    /// The address that people are sent to for signing in.
    SignInAddress,
    /// The address that opens the app from the provider's own list of apps.
    StartPage,
    /// The address of what describes the customer's whole tenant instead of the one app.
    WholeTenant,
    /// The name of a secret instead of the secret.
    SecretId,
    /// A secret in a field that is no secret: it must not be shown.
    SecretHere,
}

/// A value that is known to be wrong for a field, although it looks right to a person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mistake {
    /// What it is.
    pub kind: MistakeKind,
    /// Its shape.
    pub pattern: Pattern,
    /// The value that was meant, with `$1` for what the first group of the pattern holds; only where
    /// it follows.
    pub use_instead: Option<String>,
}

impl Mistake {
    /// The value that was meant, if it follows from the one that was typed.
    pub fn meant(&self, value: &str) -> Option<String> {
        self.use_instead.as_deref().map(|instead| self.pattern.replace(value, instead))
    }
}
