//! Organizations and their domains.

use serde::Serialize;
use vestibule_domain::custom_host::PROOF_LABEL;
use vestibule_domain::organization::{Organization, ProfileRule};
use vestibule_domain::organization_domain::{DomainState, OrganizationDomain, Proof};

use crate::metadata::MetadataJson;
use crate::timestamp::Timestamp;

/// An organization, in answers and in events alike.
///
/// Source: WorkOS-compatible contract, section 5.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Organization))]
pub struct OrganizationJson {
    /// Always `organization`.
    object: &'static str,
    /// `org_…`
    id: String,
    /// The customer's name.
    name: String,
    /// Whether people whose address lies outside the verified domains may sign in.
    allow_profiles_outside_organization: bool,
    /// All domains, oldest first; an SDK maps over them without asking whether they are there.
    domains: Vec<OrganizationDomainJson>,
    /// The vendor's notes.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, String>))]
    metadata: MetadataJson,
    /// The vendor's own id.
    external_id: Option<String>,
    /// The customer's id at Stripe; the key is absent without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    stripe_customer_id: Option<String>,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

impl OrganizationJson {
    /// Presents an organization with its domains.
    pub fn new(organization: &Organization, domains: &[OrganizationDomain]) -> Self {
        Self {
            object: "organization",
            id: organization.id.to_string(),
            name: organization.name.to_string(),
            allow_profiles_outside_organization: match organization.profiles {
                ProfileRule::VerifiedDomains => false,
                ProfileRule::AnyDomain => true,
            },
            domains: domains.iter().map(OrganizationDomainJson::new).collect(),
            metadata: MetadataJson(organization.metadata.clone()),
            external_id: organization.external_id.as_ref().map(|id| id.as_str().to_owned()),
            stripe_customer_id: organization.stripe_customer_id.as_ref().map(ToString::to_string),
            created_at: organization.created_at.into(),
            updated_at: organization.updated_at.into(),
        }
    }
}

/// An organization domain, in answers and in events alike.
///
/// Source: WorkOS-compatible contract, section 6.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = OrganizationDomain))]
pub struct OrganizationDomainJson {
    /// Always `organization_domain`.
    object: &'static str,
    /// `org_domain_…`
    id: String,
    /// `org_…`
    organization_id: String,
    /// The domain in lower-case ASCII.
    domain: String,
    /// `pending`, `verified` or `failed`.
    state: &'static str,
    /// `dns` or `manual`.
    verification_strategy: &'static str,
    /// What the TXT record has to say; the key is absent for a domain that the vendor vouched for.
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_token: Option<String>,
    /// The label of the other name that the record may have, `<prefix>.<domain>`; absent as the token is.
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_prefix: Option<&'static str>,
    /// When it was added.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

impl OrganizationDomainJson {
    /// Presents a domain.
    pub fn new(domain: &OrganizationDomain) -> Self {
        let (state, proof) = match domain.state {
            DomainState::Pending => ("pending", Proof::Dns),
            DomainState::Verified { by, .. } => ("verified", by),
            DomainState::Failed { .. } => ("failed", Proof::Dns),
        };
        let (verification_strategy, verification_token) = match proof {
            Proof::Dns => ("dns", Some(domain.verification_token.clone())),
            Proof::Manual => ("manual", None),
        };
        Self {
            object: "organization_domain",
            id: domain.id.to_string(),
            organization_id: domain.organization_id.to_string(),
            domain: domain.domain.as_str().to_owned(),
            state,
            verification_strategy,
            verification_prefix: verification_token.as_ref().map(|_| PROOF_LABEL),
            verification_token,
            created_at: domain.created_at.into(),
            updated_at: domain.updated_at.into(),
        }
    }

    /// The word for how far the proof is.
    pub(crate) fn state(&self) -> &'static str {
        self.state
    }
}
