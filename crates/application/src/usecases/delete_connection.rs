//! Removes a connection for good; the next one is a new one, with new addresses.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::event::{ConnectionSnapshot, Fact};
use vestibule_domain::id::ConnectionId;

use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Removes a connection.
pub struct DeleteConnection {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct DeleteConnectionCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which connection.
    pub connection_id: ConnectionId,
}

/// Why nothing was removed.
#[derive(Debug, thiserror::Error)]
pub enum DeleteConnectionError {
    /// No such connection in the environment.
    #[error("no such connection")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for DeleteConnectionError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for DeleteConnection {
    type Command = DeleteConnectionCommand;
    type Outcome = ();
    type Error = DeleteConnectionError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: DeleteConnectionCommand,
    ) -> Result<(), DeleteConnectionError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let held = work
            .connections()
            .lock(environment_id, command.connection_id)
            .await?
            .ok_or(DeleteConnectionError::Unknown)?;
        let domains = work.organization_domains().list(environment_id, held.organization_id).await?;
        work.connections().delete(environment_id, held.id).await?;
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        let deed = Deed {
            action: AuditAction::ConnectionDeleted,
            organization_id: Some(held.organization_id),
            target: ("connection", held.id.to_string()),
            details: vec![
                ("connection_type", held.connection_type.to_string()),
                ("state", held.state.as_str().to_owned()),
            ],
        };
        chronicle::record(work, &self.ambient, &scene, deed).await?;
        let fact = Fact::ConnectionDeleted(ConnectionSnapshot::of(&held, &domains));
        chronicle::announce(work, &self.ambient, &scene, held.organization_id, fact).await?;
        Ok(())
    }
}
