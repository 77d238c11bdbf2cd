//! Lets a SAML connection no longer trust a certificate of its identity provider.

use async_trait::async_trait;
use vestibule_domain::connection::ConnectionRefused;
use vestibule_domain::id::{ConnectionId, IdpCertificateId};

use super::add_sp_key::certificate_deed;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Takes trust from a certificate.
pub struct RemoveIdpCertificate {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RemoveIdpCertificateCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which connection.
    pub connection_id: ConnectionId,
    /// Which certificate.
    pub certificate_id: IdpCertificateId,
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveIdpCertificateError {
    /// No such connection in the environment.
    #[error("no such connection")]
    Unknown,
    /// It has no such certificate, or no other.
    #[error(transparent)]
    Refused(#[from] ConnectionRefused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for RemoveIdpCertificateError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RemoveIdpCertificate {
    type Command = RemoveIdpCertificateCommand;
    type Outcome = ();
    type Error = RemoveIdpCertificateError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RemoveIdpCertificateCommand,
    ) -> Result<(), RemoveIdpCertificateError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let held = work
            .connections()
            .lock(environment_id, command.connection_id)
            .await?
            .ok_or(RemoveIdpCertificateError::Unknown)?;
        let before = held.readout();
        let saved = held.distrusting(command.certificate_id, now)?;
        work.connections().update(&saved).await?;
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        let deed = certificate_deed(&saved, "removed_certificate", command.certificate_id.to_string());
        let changes = before.changes(&saved.readout());
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        Ok(())
    }
}
