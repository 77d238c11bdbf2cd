//! The store's part in the domains of organizations.

use async_trait::async_trait;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::id::{EnvironmentId, OrganizationDomainId, OrganizationId};
use vestibule_domain::organization_domain::OrganizationDomain;

use super::StoreResult;

/// Organization domains.
#[async_trait]
pub trait OrganizationDomains: Send {
    /// Adds one; [`Conflict::OrganizationDomain`](super::Conflict::OrganizationDomain) whatever its state, [`Conflict::Reference`](super::Conflict::Reference).
    async fn insert(&mut self, domain: &OrganizationDomain) -> StoreResult<()>;
    /// Finds one and keeps others from changing it.
    async fn lock(
        &mut self,
        environment: EnvironmentId,
        id: OrganizationDomainId,
    ) -> StoreResult<Option<OrganizationDomain>>;
    /// All of an organization, oldest first.
    async fn list(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
    ) -> StoreResult<Vec<OrganizationDomain>>;
    /// Writes a changed one; the same conflict if it is verified now and another
    /// organization has it verified. False if it is gone.
    async fn update(&mut self, domain: &OrganizationDomain) -> StoreResult<bool>;
    /// The organization that has a domain verified.
    async fn holder(
        &mut self,
        environment: EnvironmentId,
        domain: &DomainName,
    ) -> StoreResult<Option<OrganizationId>>;
    /// Removes one. False if it is gone.
    async fn delete(&mut self, environment: EnvironmentId, id: OrganizationDomainId) -> StoreResult<bool>;
}
