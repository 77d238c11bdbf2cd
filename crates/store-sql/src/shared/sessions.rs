//! Portal sessions.

use async_trait::async_trait;
use diesel::prelude::*;
use vestibule_application::ports::store::{PortalSessions, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::id::{EnvironmentId, PortalLinkId, PortalSessionId};
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::SecretDigest;

use super::super::dialect::locked;
use super::rows::SessionRow;
use super::schema::portal_sessions;
use super::unit::SqlUnitOfWork;
use crate::doc::Doc;
use crate::parse::instant;

const TABLE: &str = "portal_sessions";

#[diesel::dsl::auto_type(no_type_alias)]
fn by_id(environment: EnvironmentId, id: PortalSessionId) -> _ {
    let (environment, id): (String, String) = (environment.to_string(), id.to_string());
    portal_sessions::table
        .filter(portal_sessions::id.eq(id))
        .filter(portal_sessions::environment_id.eq(environment))
}

#[async_trait]
impl PortalSessions for SqlUnitOfWork {
    async fn insert(&mut self, session: &PortalSession) -> StoreResult<()> {
        let insert = diesel::insert_into(portal_sessions::table).values(SessionRow::from(session));
        self.run(TABLE, insert).await.map(drop)
    }

    async fn lock_by_digest(&mut self, digest: &SecretDigest) -> StoreResult<Option<PortalSession>> {
        let query = portal_sessions::table
            .filter(portal_sessions::digest.eq(digest.as_bytes().to_vec()))
            .select(SessionRow::as_select());
        self.one(TABLE, locked!(query)).await
    }

    async fn furthest_of_link(
        &mut self,
        environment: EnvironmentId,
        link: PortalLinkId,
    ) -> StoreResult<Option<PortalSession>> {
        let query = portal_sessions::table
            .filter(portal_sessions::link_id.eq(link.to_string()))
            .filter(portal_sessions::environment_id.eq(environment.to_string()))
            .order((portal_sessions::progress_at.desc(), portal_sessions::id.desc()))
            .limit(1)
            .select(SessionRow::as_select());
        self.one(TABLE, query).await
    }

    async fn update_progress(&mut self, session: &PortalSession) -> StoreResult<bool> {
        let found = by_id(session.environment_id, session.id);
        let written = (
            portal_sessions::progress.eq(Doc::of(&session.progress)),
            portal_sessions::progress_at.eq(instant(session.progress_at)),
        );
        self.touch(TABLE, diesel::update(found).set(written)).await
    }

    async fn end(
        &mut self,
        environment: EnvironmentId,
        id: PortalSessionId,
        at: Instant,
    ) -> StoreResult<bool> {
        let going_on = by_id(environment, id).filter(portal_sessions::ended_at.is_null());
        self.touch(TABLE, diesel::update(going_on).set(portal_sessions::ended_at.eq(Some(instant(at))))).await
    }

    async fn end_of_link(
        &mut self,
        environment: EnvironmentId,
        link: PortalLinkId,
        at: Instant,
    ) -> StoreResult<()> {
        let going_on = portal_sessions::table
            .filter(portal_sessions::link_id.eq(link.to_string()))
            .filter(portal_sessions::environment_id.eq(environment.to_string()))
            .filter(portal_sessions::ended_at.is_null());
        let ended = diesel::update(going_on).set(portal_sessions::ended_at.eq(Some(instant(at))));
        self.run(TABLE, ended).await.map(drop)
    }
}
