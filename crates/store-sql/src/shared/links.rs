//! Portal links.

use async_trait::async_trait;
use diesel::prelude::*;
use vestibule_application::ports::store::{PortalLinks, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::id::{EnvironmentId, OrganizationId, PortalLinkId};
use vestibule_domain::portal_link::{LinkKind, PortalLink};
use vestibule_domain::secret::SecretDigest;

use super::super::dialect::locked;
use super::rows::{LinkRow, OPEN, REVOKED};
use super::schema::portal_links;
use super::unit::SqlUnitOfWork;
use crate::parse::{Table, instant};

const TABLE: &str = "portal_links";

#[diesel::dsl::auto_type(no_type_alias)]
fn by_id(environment: EnvironmentId, id: PortalLinkId) -> _ {
    let (environment, id): (String, String) = (environment.to_string(), id.to_string());
    portal_links::table.filter(portal_links::id.eq(id)).filter(portal_links::environment_id.eq(environment))
}

#[async_trait]
impl PortalLinks for SqlUnitOfWork {
    async fn insert(&mut self, link: &PortalLink) -> StoreResult<()> {
        self.kept.links.push(LinkRow::from(link));
        Ok(())
    }

    async fn find(
        &mut self,
        environment: EnvironmentId,
        id: PortalLinkId,
    ) -> StoreResult<Option<PortalLink>> {
        self.one(TABLE, by_id(environment, id).select(LinkRow::as_select())).await
    }

    async fn lock(
        &mut self,
        environment: EnvironmentId,
        id: PortalLinkId,
    ) -> StoreResult<Option<PortalLink>> {
        let query = by_id(environment, id).select(LinkRow::as_select());
        self.one(TABLE, locked!(query)).await
    }

    async fn find_by_digest(&mut self, digest: &SecretDigest) -> StoreResult<Option<PortalLink>> {
        let query = portal_links::table
            .filter(portal_links::digest.eq(digest.as_bytes().to_vec()))
            .select(LinkRow::as_select());
        self.one(TABLE, query).await
    }

    async fn advance(&mut self, link: &PortalLink, now: Instant) -> StoreResult<bool> {
        // One statement that repeats the check: of many only one finds the link still open.
        let row = LinkRow::from(link);
        let usable = by_id(link.environment_id, link.id)
            .filter(portal_links::state.eq(OPEN))
            .filter(portal_links::expires_at.gt(instant(now)));
        let advanced = diesel::update(usable).set((
            portal_links::completed.eq(row.completed),
            portal_links::state.eq(row.state),
            portal_links::state_at.eq(row.state_at),
        ));
        self.touch(TABLE, advanced).await
    }

    async fn revoke(
        &mut self,
        environment: EnvironmentId,
        id: PortalLinkId,
        at: Instant,
    ) -> StoreResult<bool> {
        let open = by_id(environment, id).filter(portal_links::state.eq(OPEN));
        let revoked = diesel::update(open)
            .set((portal_links::state.eq(REVOKED), portal_links::state_at.eq(Some(instant(at)))));
        self.touch(TABLE, revoked).await
    }

    async fn revoke_of_external_user(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
        external_user_id: &str,
        at: Instant,
    ) -> StoreResult<Vec<PortalLinkId>> {
        if external_user_id.contains('\0') {
            // No link has such an id, and PostgreSQL takes no such text even to look for it.
            return Ok(Vec::new());
        }
        let theirs = portal_links::table
            .filter(portal_links::environment_id.eq(environment.to_string()))
            .filter(portal_links::organization_id.eq(organization.to_string()))
            .filter(portal_links::external_user_id.eq(external_user_id.to_owned()));
        let revoked = diesel::update(theirs.clone().filter(portal_links::state.eq(OPEN)))
            .set((portal_links::state.eq(REVOKED), portal_links::state_at.eq(Some(instant(at)))));
        self.run(TABLE, revoked).await?;
        let ids: Vec<String> =
            self.rows(TABLE, theirs.order(portal_links::id).select(portal_links::id)).await?;
        ids.iter().map(|id| Table(TABLE).id("id", id)).collect()
    }

    async fn open_setup_link(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
    ) -> StoreResult<Option<PortalLink>> {
        let query = portal_links::table
            .filter(portal_links::environment_id.eq(environment.to_string()))
            .filter(portal_links::organization_id.eq(organization.to_string()))
            .filter(portal_links::kind.eq(LinkKind::Setup.as_str().to_owned()))
            .filter(portal_links::state.eq(OPEN))
            .select(LinkRow::as_select());
        self.one(TABLE, query).await
    }
}
