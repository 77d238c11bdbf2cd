//! Changes from the portal which attributes of the provider become which fields of a profile.

use async_trait::async_trait;
use vestibule_domain::attribute_map::AttributeMapError;
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::id::ConnectionId;
use vestibule_domain::secret::SecretDigest;

use super::save_connection::{Before, tell};
use super::update_connection::AttributeMapChange;
use super::visit::{ManageError, OpenVisit, open_to_manage};
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Changes the attribute map of a connection.
pub struct MapAttributes {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct MapAttributesCommand {
    /// Whose visit.
    pub session: SecretDigest,
    /// The connection that was shown: one that was set up since is left alone.
    pub connection: ConnectionId,
    /// What changes.
    pub change: AttributeMapChange,
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum MapAttributesError {
    /// The visit or the connection cannot be changed.
    #[error(transparent)]
    Manage(#[from] ManageError),
    /// The map is refused.
    #[error(transparent)]
    AttributeMap(#[from] AttributeMapError),
}

impl From<StoreError> for MapAttributesError {
    fn from(error: StoreError) -> Self {
        Self::Manage(error.into())
    }
}

impl Contended for MapAttributesError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Manage(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for MapAttributes {
    type Command = MapAttributesCommand;
    type Outcome = Connection;
    type Error = MapAttributesError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: MapAttributesCommand,
    ) -> Result<Connection, MapAttributesError> {
        let now = self.ambient.now();
        let (visit, held) = open_to_manage(work, &command.session, command.connection, now).await?;
        let OpenVisit { session, scene, .. } = visit;
        if held.state == ConnectionState::Draft {
            return Err(ManageError::NoSuchConnection.into());
        }
        let attribute_map = command.change.apply(held.attribute_map.clone())?;
        if attribute_map == held.attribute_map {
            return Ok(held);
        }
        let before = Before::of(&held);
        let changed = Connection { attribute_map, updated_at: now, ..held };
        work.connections().update(&changed).await?;
        let domains =
            work.organization_domains().list(session.environment_id, session.organization_id).await?;
        tell(work, &self.ambient, &scene, &changed, &before, &domains).await?;
        Ok(changed)
    }
}
