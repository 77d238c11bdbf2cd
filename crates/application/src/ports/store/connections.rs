//! The store's part in connections.

use async_trait::async_trait;
use vestibule_domain::connection::Connection;
use vestibule_domain::id::{ConnectionId, EnvironmentId, OrganizationId};
use vestibule_domain::organization::ExternalId;
use vestibule_domain::social::{SocialConnection, SocialProvider};

use super::StoreResult;

/// Connections.
#[async_trait]
pub trait Connections: Send {
    /// Adds one; [`Conflict::OrganizationConnection`], [`Conflict::ConnectionExternalId`],
    /// [`Conflict::Reference`].
    async fn insert(&mut self, connection: &Connection) -> StoreResult<()>;
    /// Finds one and keeps others from changing it.
    async fn lock(&mut self, environment: EnvironmentId, id: ConnectionId)
    -> StoreResult<Option<Connection>>;
    /// The organization's, kept from others' changes.
    async fn lock_of_organization(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
    ) -> StoreResult<Option<Connection>>;
    /// Finds one by the vendor's own id.
    async fn find_by_external_id(
        &mut self,
        environment: EnvironmentId,
        external_id: &ExternalId,
    ) -> StoreResult<Option<Connection>>;
    /// Writes a changed one; conflicts as for `insert`. False if it is gone.
    async fn update(&mut self, connection: &Connection) -> StoreResult<bool>;
    /// Removes one with its attempts to sign in, profiles and accepted assertions. False if it is
    /// gone.
    async fn delete(&mut self, environment: EnvironmentId, id: ConnectionId) -> StoreResult<bool>;
    /// The environment's own at a public provider, kept from others' changes. No other method here
    /// sees it.
    async fn lock_social(
        &mut self,
        environment: EnvironmentId,
        provider: SocialProvider,
    ) -> StoreResult<Option<SocialConnection>>;
    /// Adds one, or writes the changed one of the same id; [`Conflict::Other`] if the environment
    /// has another for the provider.
    async fn save_social(&mut self, connection: &SocialConnection) -> StoreResult<()>;
    /// Removes one with its attempts to sign in and profiles. False if it is gone.
    async fn delete_social(&mut self, environment: EnvironmentId, id: ConnectionId) -> StoreResult<bool>;
}
