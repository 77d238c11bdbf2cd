//! Portal links.

use async_trait::async_trait;
use vestibule_application::ports::store::{Conflict, PortalLinks, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::id::{EnvironmentId, OrganizationId, PortalLinkId};
use vestibule_domain::portal_link::{LinkKind, LinkState, PortalLink};
use vestibule_domain::secret::SecretDigest;

use crate::rows::LinkIndex;
use crate::unit_of_work::{MemoryUnitOfWork, first_of};

impl MemoryUnitOfWork {
    fn open_setup_link_of(&self, organization: OrganizationId) -> Option<&PortalLink> {
        self.tables.links.one(&LinkIndex::OpenSetup(organization))
    }

    fn is_open(&self, environment: EnvironmentId, id: PortalLinkId) -> bool {
        self.tables.links.find(environment, &id).is_some_and(|link| link.state == LinkState::Open)
    }
}

#[async_trait]
impl PortalLinks for MemoryUnitOfWork {
    async fn insert(&mut self, link: &PortalLink) -> StoreResult<()> {
        let exclusive = link.kind == LinkKind::Setup && link.state == LinkState::Open;
        self.admit(first_of([
            (self.tables.links.contains(&link.id), Conflict::Other),
            (self.lacks_organization(link.environment_id, link.organization_id), Conflict::Reference),
            (self.tables.links.one(&LinkIndex::Digest(link.digest)).is_some(), Conflict::Other),
            (exclusive && self.open_setup_link_of(link.organization_id).is_some(), Conflict::LiveLink),
        ]))?;
        self.tables.links.put(link.clone());
        Ok(())
    }

    async fn find(
        &mut self,
        environment: EnvironmentId,
        id: PortalLinkId,
    ) -> StoreResult<Option<PortalLink>> {
        Ok(self.tables.links.find(environment, &id).cloned())
    }

    async fn lock(
        &mut self,
        environment: EnvironmentId,
        id: PortalLinkId,
    ) -> StoreResult<Option<PortalLink>> {
        // The whole unit of work holds the one lock there is.
        self.find(environment, id).await
    }

    async fn find_by_digest(&mut self, digest: &SecretDigest) -> StoreResult<Option<PortalLink>> {
        Ok(self.tables.links.one(&LinkIndex::Digest(*digest)).cloned())
    }

    async fn advance(&mut self, link: &PortalLink, now: Instant) -> StoreResult<bool> {
        let held = self.tables.links.find(link.environment_id, &link.id);
        let usable = held.is_some_and(|held| held.usable(now).is_ok());
        Ok(usable
            && self.tables.links.change(link.environment_id, &link.id, |held| {
                held.completed.clone_from(&link.completed);
                held.state = link.state;
            }))
    }

    async fn revoke(
        &mut self,
        environment: EnvironmentId,
        id: PortalLinkId,
        at: Instant,
    ) -> StoreResult<bool> {
        Ok(self.is_open(environment, id)
            && self.tables.links.change(environment, &id, |link| link.state = LinkState::Revoked { at }))
    }

    async fn revoke_of_external_user(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
        external_user_id: &str,
        at: Instant,
    ) -> StoreResult<Vec<PortalLinkId>> {
        if self.lacks_organization(environment, organization) {
            return Ok(Vec::new());
        }
        let made = LinkIndex::ExternalUser(organization, external_user_id.to_owned());
        let ids: Vec<_> = self.tables.links.keys(&made).into_iter().flatten().copied().collect();
        for id in &ids {
            self.revoke(environment, *id, at).await?;
        }
        Ok(ids)
    }

    async fn open_setup_link(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
    ) -> StoreResult<Option<PortalLink>> {
        let link = self.open_setup_link_of(organization);
        Ok(link.filter(|link| link.environment_id == environment).cloned())
    }
}
