//! Takes a key pair of ours from a SAML connection.

use async_trait::async_trait;
use vestibule_domain::connection::{Connection, ConnectionRefused, ProtocolSettings};
use vestibule_domain::id::{ConnectionId, SpCertificateId};
use vestibule_domain::saml::{SpKeyPlace, SpKeyRefused};

use super::add_sp_key::certificate_deed;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Takes a key pair from a connection.
pub struct RemoveSpKey {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RemoveSpKeyCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which connection.
    pub connection_id: ConnectionId,
    /// Where the connection keeps it.
    pub place: SpKeyPlace,
    /// Which pair.
    pub certificate_id: SpCertificateId,
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveSpKeyError {
    /// No such connection in the environment.
    #[error("no such connection")]
    Unknown,
    /// It does not speak SAML.
    #[error(transparent)]
    Connection(#[from] ConnectionRefused),
    /// It has no such pair.
    #[error(transparent)]
    Refused(#[from] SpKeyRefused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for RemoveSpKeyError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RemoveSpKey {
    type Command = RemoveSpKeyCommand;
    type Outcome = ();
    type Error = RemoveSpKeyError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RemoveSpKeyCommand,
    ) -> Result<(), RemoveSpKeyError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let held = work
            .connections()
            .lock(environment_id, command.connection_id)
            .await?
            .ok_or(RemoveSpKeyError::Unknown)?;
        let saml = held.saml()?.clone().without_key(command.place, command.certificate_id)?;
        let saved = Connection { settings: ProtocolSettings::Saml(Box::new(saml)), updated_at: now, ..held };
        work.connections().update(&saved).await?;
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        let deed = certificate_deed(&saved, "removed_certificate", command.certificate_id.to_string());
        chronicle::record(work, &self.ambient, &scene, deed).await?;
        Ok(())
    }
}
