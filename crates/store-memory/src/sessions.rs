//! Portal sessions.

use async_trait::async_trait;
use vestibule_application::ports::store::{Conflict, PortalSessions, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::id::{EnvironmentId, PortalLinkId, PortalSessionId};
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::SecretDigest;

use crate::rows::SessionIndex;
use crate::unit_of_work::{MemoryUnitOfWork, first_of};

#[async_trait]
impl PortalSessions for MemoryUnitOfWork {
    async fn insert(&mut self, session: &PortalSession) -> StoreResult<()> {
        let tables = &self.tables;
        let link = tables.links.find(session.environment_id, &session.link_id);
        self.admit(first_of([
            (tables.sessions.contains(&session.id), Conflict::Other),
            (link.is_none_or(|link| link.organization_id != session.organization_id), Conflict::Reference),
            (tables.sessions.one(&SessionIndex::Digest(session.digest)).is_some(), Conflict::Other),
        ]))?;
        self.tables.sessions.put(session.clone());
        Ok(())
    }

    async fn lock_by_digest(&mut self, digest: &SecretDigest) -> StoreResult<Option<PortalSession>> {
        Ok(self.tables.sessions.one(&SessionIndex::Digest(*digest)).cloned())
    }

    async fn furthest_of_link(
        &mut self,
        environment: EnvironmentId,
        link: PortalLinkId,
    ) -> StoreResult<Option<PortalSession>> {
        let theirs = self.tables.sessions.by(&SessionIndex::Link(link));
        let furthest = theirs
            .filter(|session| session.environment_id == environment)
            .max_by_key(|session| (session.progress_at, session.id));
        Ok(furthest.cloned())
    }

    async fn update_progress(&mut self, session: &PortalSession) -> StoreResult<bool> {
        Ok(self.tables.sessions.change(session.environment_id, &session.id, |held| {
            held.progress = session.progress.clone();
            held.progress_at = session.progress_at;
        }))
    }

    async fn end(
        &mut self,
        environment: EnvironmentId,
        id: PortalSessionId,
        at: Instant,
    ) -> StoreResult<bool> {
        let open = self.tables.sessions.get(&id).is_some_and(|session| session.ended_at.is_none());
        Ok(open && self.tables.sessions.change(environment, &id, |session| session.ended_at = Some(at)))
    }

    async fn end_of_link(
        &mut self,
        environment: EnvironmentId,
        link: PortalLinkId,
        at: Instant,
    ) -> StoreResult<()> {
        for id in self.tables.sessions.keys(&SessionIndex::Link(link)).cloned().into_iter().flatten() {
            self.end(environment, id, at).await?;
        }
        Ok(())
    }
}
