//! Organizations and their IT contacts.

use async_trait::async_trait;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::id::{EnvironmentId, ItContactId, OrganizationId};
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::organization::{Organization, Slug};
use vestibule_domain::organization_domain::OrganizationDomain;

use super::{NeedAt, StoreResult};

/// Organizations.
#[async_trait]
pub trait Organizations: Send {
    /// Adds one; [`OrganizationSlug`](super::Conflict::OrganizationSlug),
    /// [`OrganizationExternalId`](super::Conflict::OrganizationExternalId),
    /// [`OrganizationStripeCustomerId`](super::Conflict::OrganizationStripeCustomerId).
    async fn insert(&mut self, organization: &Organization) -> StoreResult<()>;
    /// Finds one.
    async fn find(
        &mut self,
        environment: EnvironmentId,
        id: OrganizationId,
    ) -> StoreResult<Option<Organization>>;
    /// Finds one and keeps others from changing it.
    async fn lock(
        &mut self,
        environment: EnvironmentId,
        id: OrganizationId,
    ) -> StoreResult<Option<Organization>>;
    /// Whether a slug is taken.
    async fn slug_taken(&mut self, environment: EnvironmentId, slug: &Slug) -> StoreResult<bool>;
    /// Writes a changed one; conflicts as for `insert`. False if it is gone.
    async fn update(&mut self, organization: &Organization) -> StoreResult<bool>;
    /// Removes one with its domains, contacts, links, sessions, codes, messages and connections, and
    /// what goes with these; events and the audit trail stay. False if it is gone.
    async fn delete(&mut self, environment: EnvironmentId, id: OrganizationId) -> StoreResult<bool>;
}

/// IT contacts.
#[async_trait]
pub trait ItContacts: Send {
    /// Adds one; [`ItContactEmail`](super::Conflict::ItContactEmail),
    /// [`Reference`](super::Conflict::Reference).
    async fn insert(&mut self, contact: &ItContact) -> StoreResult<()>;
    /// Finds one.
    async fn find(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
        id: ItContactId,
    ) -> StoreResult<Option<ItContact>>;
    /// Removes one. False if it is gone.
    async fn delete(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
        id: ItContactId,
    ) -> StoreResult<bool>;
}

/// An organization with its domains, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationView {
    /// The organization.
    pub organization: Organization,
    /// Its domains.
    pub domains: Vec<OrganizationDomain>,
}

/// Which organizations are wanted; all that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationFilter {
    /// With any of these domains.
    pub domains: Vec<DomainName>,
    /// Whose name begins with this, both in lower case as `str::to_lowercase` has it; no character
    /// is a wild card.
    pub search: Option<String>,
    /// That need this.
    pub need: Option<NeedAt>,
}
