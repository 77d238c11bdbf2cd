//! The one open unit of work.

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use tokio::sync::OwnedMutexGuard;
use vestibule_application::ports::store::{
    AcceptedAssertions, Accounts, AddressCodes, Conflict, Connections, ItContacts, Members, Messages,
    OrganizationDomains, Organizations, Outbox, PortalLinks, PortalSessions, Profiles, Replays, SigningKeys,
    SsoSessions, StoreError, StoreResult, Teams, UnitOfWork, Webhooks,
};
use vestibule_domain::id::{EnvironmentId, OrganizationId};

use crate::tables::Tables;

/// Whether a unit of work may be committed.
enum Standing {
    Sound,
    /// A call was refused: what the unit of work has written may be half of something.
    Failed,
}

/// Implements every repository, one file for each group of them.
pub(crate) struct MemoryUnitOfWork {
    pub(crate) tables: OwnedMutexGuard<Tables>,
    committed: Arc<RwLock<Tables>>,
    standing: Standing,
}

impl MemoryUnitOfWork {
    pub(crate) fn new(tables: OwnedMutexGuard<Tables>, committed: Arc<RwLock<Tables>>) -> Self {
        Self { tables, committed, standing: Standing::Sound }
    }

    /// Makes what was written visible, all of it at once.
    pub(crate) fn publish(mut self) {
        let committed = Arc::clone(&self.committed);
        let mut seen = committed.write().unwrap_or_else(PoisonError::into_inner);
        self.tables.publish(&mut seen);
    }

    /// Refuses a call, and with it the unit of work.
    pub(crate) fn refuse<T>(&mut self, conflict: Conflict) -> StoreResult<T> {
        self.standing = Standing::Failed;
        Err(StoreError::Conflict(conflict))
    }

    /// Refuses a call unless nothing stands against it.
    pub(crate) fn admit(&mut self, conflict: Option<Conflict>) -> StoreResult<()> {
        conflict.map_or(Ok(()), |conflict| self.refuse(conflict))
    }

    /// Whether what refers to this organization would refer to nothing.
    pub(crate) fn lacks_organization(&self, environment: EnvironmentId, id: OrganizationId) -> bool {
        self.tables.organizations.find(environment, &id).is_none()
    }
}

/// The first rule that stands against a write.
pub(crate) fn first_of<const N: usize>(rules: [(bool, Conflict); N]) -> Option<Conflict> {
    rules.into_iter().find_map(|(stands, conflict)| stands.then_some(conflict))
}

impl Drop for MemoryUnitOfWork {
    fn drop(&mut self) {
        // After a commit there is nothing left to undo.
        self.tables.undo();
    }
}

#[async_trait]
impl UnitOfWork for MemoryUnitOfWork {
    fn accounts(&mut self) -> &mut dyn Accounts {
        self
    }
    fn members(&mut self) -> &mut dyn Members {
        self
    }
    fn teams(&mut self) -> &mut dyn Teams {
        self
    }
    fn organizations(&mut self) -> &mut dyn Organizations {
        self
    }
    fn organization_domains(&mut self) -> &mut dyn OrganizationDomains {
        self
    }
    fn it_contacts(&mut self) -> &mut dyn ItContacts {
        self
    }
    fn links(&mut self) -> &mut dyn PortalLinks {
        self
    }
    fn sessions(&mut self) -> &mut dyn PortalSessions {
        self
    }
    fn codes(&mut self) -> &mut dyn AddressCodes {
        self
    }
    fn connections(&mut self) -> &mut dyn Connections {
        self
    }
    fn sso_sessions(&mut self) -> &mut dyn SsoSessions {
        self
    }
    fn profiles(&mut self) -> &mut dyn Profiles {
        self
    }
    fn assertions(&mut self) -> &mut dyn AcceptedAssertions {
        self
    }
    fn signing_keys(&mut self) -> &mut dyn SigningKeys {
        self
    }
    fn webhooks(&mut self) -> &mut dyn Webhooks {
        self
    }
    fn messages(&mut self) -> &mut dyn Messages {
        self
    }
    fn outbox(&mut self) -> &mut dyn Outbox {
        self
    }
    fn replays(&mut self) -> &mut dyn Replays {
        self
    }

    async fn commit(self: Box<Self>) -> StoreResult<()> {
        match self.standing {
            Standing::Sound => {
                self.publish();
                Ok(())
            }
            Standing::Failed => Err(StoreError::Backend(
                "a call of the unit of work failed; it can only be taken back".into(),
            )),
        }
    }

    async fn rollback(self: Box<Self>) -> StoreResult<()> {
        Ok(())
    }
}
