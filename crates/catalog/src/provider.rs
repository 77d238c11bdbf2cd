//! An identity provider as the portal sees it.

use serde::Deserialize;

use crate::facts::{AttributeMap, Confidence, DefaultAttribute, NameId, Quirk, Renewal, Signing, Source};
use crate::fields::{FieldKind, Group, InputMode, WeGive, WeNeed};
use crate::keys::{FieldKey, OurValue};
use crate::steps::Step;
use crate::traces::Traces;
use crate::{mark, search};

/// The lowest priority number that is offered under "more". Source: `data/README.md`, Head.
pub const MORE_PRIORITY_MIN: u16 = 18;

/// What a provider speaks. A protocol is code, and there are two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// SAML 2.0.
    Saml,
    /// `OpenID` Connect.
    Oidc,
}

impl Protocol {
    /// The word in provider files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Saml => "saml",
            Self::Oidc => "oidc",
        }
    }

    /// The name people know.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Saml => "SAML",
            Self::Oidc => "OpenID Connect",
        }
    }
}

/// Where the picker offers a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// At once.
    First,
    /// Under "more".
    More,
}

/// An entry of the catalogue. Only the catalogue makes one, and it hands out references only.
#[derive(Debug)]
#[non_exhaustive]
pub struct Provider {
    /// Stable id: the file's name.
    pub slug: String,
    /// Name in the picker, with the protocol where two files share a product.
    pub name: String,
    /// Who makes it; none for the generic guides.
    pub vendor: Option<String>,
    /// Other names people search for.
    pub aliases: Vec<String>,
    /// What it speaks.
    pub protocol: Protocol,
    /// Order in the picker, lowest first.
    pub priority: u16,
    /// Where the admin starts; `{braces}` mark parts that differ per customer.
    pub console_url: Option<String>,
    /// The way through the menus.
    pub console_path: String,
    /// Rights the admin needs there.
    pub admin_role: Option<String>,
    /// Scopes to ask for, `OpenID` Connect only.
    pub scopes: Vec<String>,
    /// How we authenticate to the token endpoint where that is not the client secret, in words.
    pub token_endpoint_auth: Option<String>,
    /// How well the facts are backed.
    pub confidence: Confidence,
    /// Why.
    pub confidence_reason: String,
    /// When somebody walked through the steps with a real tenant, `YYYY-MM-DD`.
    pub checked_on: Option<String>,
    /// Statements that must not be shown as facts.
    pub unverified: Vec<String>,
    /// Public pages that the facts come from.
    pub sources: Vec<Source>,
    /// Further pages worth opening at the next review.
    pub see_also: Vec<String>,
    /// The connection type that the management API reports, spelled as `WorkOS`'s SDKs expect it.
    pub connection_type: &'static str,
    /// Our values and their fields.
    pub we_give: Vec<WeGive>,
    /// What the admin brings back. For SAML always with a metadata document and the three fields
    /// typed by hand: what a file leaves out has a neutral label.
    pub we_need: Vec<WeNeed>,
    /// What to choose as `NameID`; SAML only, and then always there.
    pub name_id: Option<NameId>,
    /// What is signed; SAML only, and then always there.
    pub signing: Option<Signing>,
    /// Attribute or claim mapping.
    pub attribute_map: Vec<AttributeMap>,
    /// What the provider sends without set-up.
    pub default_attributes: Vec<DefaultAttribute>,
    /// The walkthrough. Every field that must be asked for is collected by some step.
    pub steps: Vec<Step>,
    /// What usually goes wrong.
    pub quirks: Vec<Quirk>,
    /// How certificates or keys are renewed.
    pub renewal: Renewal,
    /// By what its data is recognised; none where nothing tells it apart, and in the second file of
    /// a product.
    pub traces: Option<Traces>,
    pub(crate) haystack: search::Haystack,
}

impl Provider {
    /// The product's name without the protocol: two files of one product share it.
    pub fn product(&self) -> &str {
        product_of(&self.name)
    }

    /// Whether it is a guide to any product that speaks the protocol, and its name no product's.
    pub fn is_general(&self) -> bool {
        self.vendor.is_none()
    }

    /// Where the picker offers it.
    pub fn shelf(&self) -> Shelf {
        if self.priority < MORE_PRIORITY_MIN { Shelf::First } else { Shelf::More }
    }

    /// Whether somebody walked through the steps with a real tenant.
    pub fn checked_on_live_console(&self) -> bool {
        self.checked_on.is_some()
    }

    /// The console's address, if it is the same for every customer and so can be a link.
    pub fn console_link(&self) -> Option<&str> {
        self.console_url.as_deref().filter(|url| !url.contains('{'))
    }

    /// The field of a key.
    pub fn field(&self, key: FieldKey) -> Option<&WeNeed> {
        self.we_need.iter().find(|field| field.key == key)
    }

    /// The fields of a group, in the file's order.
    pub fn fields_for(&self, group: Group) -> impl Iterator<Item = &WeNeed> {
        self.we_need.iter().filter(move |field| field.group == group)
    }

    /// The member of the metadata group to ask for first: its address where there is one.
    /// None for `OpenID` Connect, and for a SAML provider that publishes no metadata.
    pub fn preferred_metadata(&self) -> Option<&WeNeed> {
        self.fields_for(Group::IdpMetadata).find(|field| field.preferred)
    }

    /// The fields to type by hand: for SAML entity id, address and certificate, always all three;
    /// for `OpenID` Connect the endpoints of a provider without discovery, usually none.
    pub fn manual_fields(&self) -> impl Iterator<Item = &WeNeed> {
        self.fields_for(Group::Manual)
    }

    /// The ways to hand over a SAML provider's data, the preferred one first. Empty for `OpenID`
    /// Connect, which has one form.
    pub fn input_modes(&self) -> Vec<InputMode> {
        if self.protocol == Protocol::Oidc {
            return Vec::new();
        }
        let mut members: Vec<&WeNeed> = self.fields_for(Group::IdpMetadata).collect();
        members.sort_by_key(|field| !field.preferred);
        let mut modes: Vec<InputMode> = members
            .into_iter()
            .map(|field| match field.kind {
                FieldKind::MetadataUrl => InputMode::MetadataUrl,
                _ => InputMode::MetadataXml,
            })
            .collect();
        modes.push(InputMode::Manual);
        modes
    }

    /// The labels under which their console asks for one of our values.
    pub fn given(&self, key: OurValue) -> impl Iterator<Item = &WeGive> {
        self.we_give.iter().filter(move |given| given.key == key)
    }

    /// The step that asks for a field.
    pub fn step_collecting(&self, key: FieldKey) -> Option<&Step> {
        self.steps.iter().find(|step| step.collect.contains(&key))
    }

    /// One or two capital letters, for a mark that is nobody's logo.
    pub fn monogram(&self) -> String {
        mark::monogram(self.product())
    }

    /// Which of [`crate::HUES`] hues the mark has: always the same for a product.
    pub fn hue(&self) -> u8 {
        mark::hue(self.product())
    }
}

/// Cuts the protocol in brackets off a provider's name.
pub(crate) fn product_of(name: &str) -> &str {
    [Protocol::Saml, Protocol::Oidc]
        .into_iter()
        .find_map(|protocol| name.strip_suffix(')')?.strip_suffix(protocol.title())?.strip_suffix(" ("))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_the_name_without_its_protocol() {
        assert_eq!(product_of("Okta (OpenID Connect)"), "Okta");
        assert_eq!(product_of("Okta (SAML)"), "Okta");
        assert_eq!(
            product_of("Oracle Identity Cloud (IDCS / OCI IAM)"),
            "Oracle Identity Cloud (IDCS / OCI IAM)"
        );
        assert_eq!(product_of("Other OpenID Connect provider"), "Other OpenID Connect provider");
    }
}
