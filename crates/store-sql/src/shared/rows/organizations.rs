//! Organizations, their domains and their IT contacts.

use vestibule_application::ports::store::{SignInOrganization, StoreError, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::organization::Organization;
use vestibule_domain::organization_domain::{DomainFailure, DomainState, OrganizationDomain, ProofSearch};
use vestibule_wire::stored::TextForm;

use super::row;
use crate::doc::Doc;
use crate::folded::folded;
use crate::parse::{Table, instant};

row! {
    /// An organization.
    OrganizationRow of organizations {
        id: String,
        environment_id: String,
        name: String,
        name_folded: String,
        slug: String,
        external_id: Option<String>,
        metadata: Doc,
        stripe_customer_id: Option<String>,
        profiles: String,
        created_at: Instant,
        updated_at: Instant,
    }
}

impl From<&Organization> for OrganizationRow {
    fn from(organization: &Organization) -> Self {
        Self {
            id: organization.id.to_string(),
            environment_id: organization.environment_id.to_string(),
            name: organization.name.to_text(),
            name_folded: folded(organization.name.as_str()),
            slug: organization.slug.to_text(),
            external_id: organization.external_id.as_ref().map(TextForm::to_text),
            metadata: Doc::of(&organization.metadata),
            stripe_customer_id: organization.stripe_customer_id.as_ref().map(TextForm::to_text),
            profiles: organization.profiles.to_text(),
            created_at: instant(organization.created_at),
            updated_at: instant(organization.updated_at),
        }
    }
}

impl TryFrom<OrganizationRow> for Organization {
    type Error = StoreError;

    fn try_from(row: OrganizationRow) -> StoreResult<Self> {
        let table = Table("organizations");
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            name: table.text("name", &row.name)?,
            slug: table.text("slug", &row.slug)?,
            external_id: table.text_if_any("external_id", row.external_id.as_deref())?,
            metadata: table.document("metadata", &row.metadata)?,
            stripe_customer_id: table.text_if_any("stripe_customer_id", row.stripe_customer_id.as_deref())?,
            profiles: table.text("profiles", &row.profiles)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

row! {
    /// An organization as far as a sign-in needs it.
    SignInOrganizationRow of organizations {
        name: String,
        profiles: String,
    }
}

impl TryFrom<SignInOrganizationRow> for SignInOrganization {
    type Error = StoreError;

    fn try_from(row: SignInOrganizationRow) -> StoreResult<Self> {
        let table = Table("organizations");
        Ok(Self { name: table.text("name", &row.name)?, profiles: table.text("profiles", &row.profiles)? })
    }
}

row! {
    /// A domain.
    DomainRow of organization_domains {
        id: String,
        environment_id: String,
        organization_id: String,
        domain: String,
        state: String,
        state_at: Option<Instant>,
        proof: Option<String>,
        verification_token: String,
        sought_since: Option<Instant>,
        asked_at: Option<Instant>,
        found: Option<Doc>,
        failure: Option<String>,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// The state of a proven domain; a partial index of the migrations repeats it.
pub(in super::super::super) const VERIFIED: &str = "verified";

/// The state of a domain that waits for its record; a partial index of the migrations repeats it.
pub(in super::super::super) const PENDING: &str = "pending";

impl From<&OrganizationDomain> for DomainRow {
    fn from(domain: &OrganizationDomain) -> Self {
        let (state, state_at, proof, failure) = match domain.state {
            DomainState::Pending => (PENDING, None, None, None),
            DomainState::Verified { at, by } => (VERIFIED, Some(instant(at)), Some(by.to_text()), None),
            DomainState::Failed { at, why } => ("failed", Some(instant(at)), None, Some(why.to_text())),
        };
        let search = &domain.search;
        Self {
            id: domain.id.to_string(),
            environment_id: domain.environment_id.to_string(),
            organization_id: domain.organization_id.to_string(),
            domain: domain.domain.to_text(),
            state: state.to_owned(),
            state_at,
            proof,
            verification_token: domain.verification_token.clone(),
            sought_since: Some(instant(search.since)),
            asked_at: search.asked_at.map(instant),
            found: search.found.as_ref().map(Doc::of),
            failure,
            created_at: instant(domain.created_at),
            updated_at: instant(domain.updated_at),
        }
    }
}

impl TryFrom<DomainRow> for OrganizationDomain {
    type Error = StoreError;

    fn try_from(row: DomainRow) -> StoreResult<Self> {
        let table = Table("organization_domains");
        let state = match (row.state.as_str(), row.state_at) {
            (PENDING, None) => DomainState::Pending,
            (VERIFIED, Some(at)) => {
                let proof = table.some("proof", row.proof.as_deref())?;
                DomainState::Verified { at, by: table.text("proof", proof)? }
            }
            ("failed", Some(at)) => {
                let why = table.text_if_any("failure", row.failure.as_deref())?;
                // Rows from before there were reasons have none.
                DomainState::Failed { at, why: why.unwrap_or(DomainFailure::Expired) }
            }
            _ => return Err(table.corrupt("state")),
        };
        let search = ProofSearch {
            // None of an earlier version's, see the migration.
            since: row.sought_since.unwrap_or(row.created_at),
            asked_at: row.asked_at,
            found: row.found.map(|found| table.document("found", &found)).transpose()?,
        };
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            organization_id: table.id("organization_id", &row.organization_id)?,
            domain: table.text("domain", &row.domain)?,
            state,
            verification_token: row.verification_token,
            search,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

row! {
    /// An IT contact.
    ContactRow of it_contacts {
        id: String,
        environment_id: String,
        organization_id: String,
        email: String,
        created_at: Instant,
        updated_at: Instant,
    }
}

impl From<&ItContact> for ContactRow {
    fn from(contact: &ItContact) -> Self {
        Self {
            id: contact.id.to_string(),
            environment_id: contact.environment_id.to_string(),
            organization_id: contact.organization_id.to_string(),
            email: contact.email.to_text(),
            created_at: instant(contact.created_at),
            updated_at: instant(contact.updated_at),
        }
    }
}

impl TryFrom<ContactRow> for ItContact {
    type Error = StoreError;

    fn try_from(row: ContactRow) -> StoreResult<Self> {
        let table = Table("it_contacts");
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            organization_id: table.id("organization_id", &row.organization_id)?,
            email: table.text("email", &row.email)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
