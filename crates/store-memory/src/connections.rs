//! Connections.

use async_trait::async_trait;
use vestibule_application::ports::store::{Conflict, Connections, StoreResult};
use vestibule_domain::connection::Connection;
use vestibule_domain::id::{ConnectionId, EnvironmentId, OrganizationId};
use vestibule_domain::organization::ExternalId;
use vestibule_domain::social::{SocialConnection, SocialProvider};

use crate::rows::{ConnectionIndex, SocialIndex};
use crate::unit_of_work::{MemoryUnitOfWork, first_of};

impl MemoryUnitOfWork {
    fn against_connection(&self, new: &Connection) -> Option<Conflict> {
        let rows = &self.tables.connections;
        let organization = ConnectionIndex::Organization(new.organization_id);
        let external = new.external_id.clone().map(|id| ConnectionIndex::ExternalId(new.environment_id, id));
        first_of([
            (self.lacks_organization(new.environment_id, new.organization_id), Conflict::Reference),
            (rows.taken(&organization, &new.id), Conflict::OrganizationConnection),
            (external.is_some_and(|id| rows.taken(&id, &new.id)), Conflict::ConnectionExternalId),
        ])
    }
}

#[async_trait]
impl Connections for MemoryUnitOfWork {
    async fn insert(&mut self, connection: &Connection) -> StoreResult<()> {
        let known = self.tables.connections.contains(&connection.id);
        let conflict = first_of([(known, Conflict::Other)]).or_else(|| self.against_connection(connection));
        self.admit(conflict)?;
        self.tables.connections.put(connection.clone());
        self.tables.note_set_up(connection);
        Ok(())
    }

    async fn lock(
        &mut self,
        environment: EnvironmentId,
        id: ConnectionId,
    ) -> StoreResult<Option<Connection>> {
        Ok(self.tables.connections.find(environment, &id).cloned())
    }

    async fn lock_of_organization(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
    ) -> StoreResult<Option<Connection>> {
        Ok(self.tables.connection_of(environment, organization))
    }

    async fn find_by_external_id(
        &mut self,
        environment: EnvironmentId,
        external_id: &ExternalId,
    ) -> StoreResult<Option<Connection>> {
        let index = ConnectionIndex::ExternalId(environment, external_id.clone());
        Ok(self.tables.connections.one(&index).cloned())
    }

    async fn update(&mut self, connection: &Connection) -> StoreResult<bool> {
        if self.tables.connections.find(connection.environment_id, &connection.id).is_none() {
            return Ok(false);
        }
        self.admit(self.against_connection(connection))?;
        self.tables.connections.put(connection.clone());
        self.tables.note_set_up(connection);
        Ok(true)
    }

    async fn delete(&mut self, environment: EnvironmentId, id: ConnectionId) -> StoreResult<bool> {
        let found = self.tables.connections.remove_of(environment, &id);
        if found {
            self.tables.forget_sign_ins(id);
        }
        Ok(found)
    }

    async fn lock_social(
        &mut self,
        environment: EnvironmentId,
        provider: SocialProvider,
    ) -> StoreResult<Option<SocialConnection>> {
        Ok(self.tables.social.one(&SocialIndex::Provider(environment, provider)).cloned())
    }

    async fn save_social(&mut self, connection: &SocialConnection) -> StoreResult<()> {
        let tables = &self.tables;
        let provider = SocialIndex::Provider(connection.environment_id, connection.provider);
        self.admit(first_of([(tables.social.taken(&provider, &connection.id), Conflict::Other)]))?;
        self.tables.social.put(connection.clone());
        Ok(())
    }

    async fn delete_social(&mut self, environment: EnvironmentId, id: ConnectionId) -> StoreResult<bool> {
        let found = self.tables.social.remove_of(environment, &id);
        if found {
            self.tables.forget_sign_ins(id);
        }
        Ok(found)
    }
}
