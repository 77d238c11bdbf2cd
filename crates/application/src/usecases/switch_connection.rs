//! Switches a connection off, and on again.

use async_trait::async_trait;
use vestibule_domain::connection::{Connection, ConnectionRefused};
use vestibule_domain::id::ConnectionId;

use super::save_connection::{Before, standing, tell};
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::Scene;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Switches a connection.
pub struct SwitchConnection {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// People sign in through it, as far as the environment's rule lets it go active.
    On,
    /// Nobody does; what was set up stays.
    Off,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct SwitchConnectionCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which connection.
    pub connection_id: ConnectionId,
    /// Which way.
    pub switch: Switch,
}

/// Why nothing was switched.
#[derive(Debug, thiserror::Error)]
pub enum SwitchConnectionError {
    /// No such connection in the environment.
    #[error("no such connection")]
    Unknown,
    /// It is not set up to the end.
    #[error(transparent)]
    Refused(#[from] ConnectionRefused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for SwitchConnectionError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for SwitchConnection {
    type Command = SwitchConnectionCommand;
    type Outcome = Connection;
    type Error = SwitchConnectionError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SwitchConnectionCommand,
    ) -> Result<Connection, SwitchConnectionError> {
        let now = self.ambient.now();
        let environment = &command.caller.environment;
        let held = work
            .connections()
            .lock(environment.id, command.connection_id)
            .await?
            .ok_or(SwitchConnectionError::Unknown)?;
        let before = Before::of(&held);
        let domains = work.organization_domains().list(environment.id, held.organization_id).await?;
        let switched = match command.switch {
            Switch::Off => held.deactivated(now),
            Switch::On => held.reactivated(environment.activation, standing(&domains), now)?,
        };
        if switched.state == before.state {
            return Ok(switched);
        }
        if !work.connections().update(&switched).await? {
            return Err(SwitchConnectionError::Unknown);
        }
        let scene = Scene { environment_id: environment.id, actor: command.caller.actor, now };
        tell(work, &self.ambient, &scene, &switched, &before, &domains).await?;
        Ok(switched)
    }
}
