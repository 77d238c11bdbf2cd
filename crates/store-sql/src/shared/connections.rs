//! Connections.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::upsert::excluded;
use vestibule_application::ports::store::{Connections, StoreResult};
use vestibule_domain::connection::Connection;
use vestibule_domain::id::{ConnectionId, EnvironmentId, OrganizationId};
use vestibule_domain::organization::ExternalId;
use vestibule_domain::social::{SocialConnection, SocialProvider};

use super::super::dialect::locked;
use super::rows::{ConnectionRow, SocialRow};
use super::schema::{connections, social_connections};
use super::unit::SqlUnitOfWork;

const TABLE: &str = "connections";

#[diesel::dsl::auto_type(no_type_alias)]
fn by_id(environment: EnvironmentId, id: ConnectionId) -> _ {
    let (environment, id): (String, String) = (environment.to_string(), id.to_string());
    connections::table
        .filter(connections::id.eq(id))
        .filter(connections::environment_id.eq(environment))
        .filter(connections::organization_id.is_not_null())
}

#[async_trait]
impl Connections for SqlUnitOfWork {
    async fn insert(&mut self, connection: &Connection) -> StoreResult<()> {
        let insert = diesel::insert_into(connections::table).values(ConnectionRow::from(connection));
        self.run(TABLE, insert).await.map(drop)
    }

    async fn lock(
        &mut self,
        environment: EnvironmentId,
        id: ConnectionId,
    ) -> StoreResult<Option<Connection>> {
        self.one(TABLE, locked!(by_id(environment, id).select(ConnectionRow::as_select()))).await
    }

    async fn lock_of_organization(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
    ) -> StoreResult<Option<Connection>> {
        let query = connections::table
            .filter(connections::organization_id.eq(organization.to_string()))
            .filter(connections::environment_id.eq(environment.to_string()))
            .select(ConnectionRow::as_select());
        self.one(TABLE, locked!(query)).await
    }

    async fn find_by_external_id(
        &mut self,
        environment: EnvironmentId,
        external_id: &ExternalId,
    ) -> StoreResult<Option<Connection>> {
        let query = connections::table
            .filter(connections::environment_id.eq(environment.to_string()))
            .filter(connections::external_id.eq(external_id.as_str().to_owned()))
            .select(ConnectionRow::as_select());
        self.one(TABLE, query).await
    }

    async fn update(&mut self, connection: &Connection) -> StoreResult<bool> {
        let found = by_id(connection.environment_id, connection.id);
        self.touch(TABLE, diesel::update(found).set(ConnectionRow::from(connection))).await
    }

    async fn delete(&mut self, environment: EnvironmentId, id: ConnectionId) -> StoreResult<bool> {
        self.touch(TABLE, diesel::delete(by_id(environment, id))).await
    }

    async fn lock_social(
        &mut self,
        environment: EnvironmentId,
        provider: SocialProvider,
    ) -> StoreResult<Option<SocialConnection>> {
        let query = social_connections::table
            .filter(social_connections::environment_id.eq(environment.to_string()))
            .filter(social_connections::connection_type.eq(provider.connection_type().as_str()))
            .filter(social_connections::organization_id.is_null())
            .select(SocialRow::as_select());
        self.one(TABLE, locked!(query)).await
    }

    async fn save_social(&mut self, connection: &SocialConnection) -> StoreResult<()> {
        let insert = diesel::insert_into(social_connections::table)
            .values(SocialRow::from(connection))
            .on_conflict(social_connections::id)
            .do_update()
            .set((
                social_connections::settings.eq(excluded(social_connections::settings)),
                social_connections::updated_at.eq(excluded(social_connections::updated_at)),
            ));
        self.run(TABLE, insert).await.map(drop)
    }

    async fn delete_social(&mut self, environment: EnvironmentId, id: ConnectionId) -> StoreResult<bool> {
        let found = social_connections::table
            .filter(social_connections::id.eq(id.to_string()))
            .filter(social_connections::environment_id.eq(environment.to_string()))
            .filter(social_connections::organization_id.is_null());
        self.touch(TABLE, diesel::delete(found)).await
    }
}
