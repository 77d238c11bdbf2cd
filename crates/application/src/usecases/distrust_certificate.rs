//! Stops trusting a certificate of a provider, from the portal: the old one, once the provider signs
//! with the next.

use async_trait::async_trait;
use vestibule_domain::connection::{Connection, ConnectionRefused, ConnectionState};
use vestibule_domain::id::{ConnectionId, IdpCertificateId};
use vestibule_domain::secret::SecretDigest;

use super::add_sp_key::certificate_deed;
use super::visit::{ManageError, OpenVisit, open_to_manage};
use crate::ambient::Ambient;
use crate::chronicle;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Stops trusting a certificate.
pub struct DistrustCertificate {
    /// Time, chance.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct DistrustCertificateCommand {
    /// Whose visit.
    pub session: SecretDigest,
    /// The connection that was shown: one that was set up since is left alone.
    pub connection: ConnectionId,
    /// Which certificate.
    pub certificate: IdpCertificateId,
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum DistrustCertificateError {
    /// The visit or the connection cannot be changed.
    #[error(transparent)]
    Manage(#[from] ManageError),
    /// There is no such certificate (any more), or no other.
    #[error(transparent)]
    Refused(#[from] ConnectionRefused),
}

impl From<StoreError> for DistrustCertificateError {
    fn from(error: StoreError) -> Self {
        Self::Manage(error.into())
    }
}

impl Contended for DistrustCertificateError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Manage(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for DistrustCertificate {
    type Command = DistrustCertificateCommand;
    type Outcome = Connection;
    type Error = DistrustCertificateError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: DistrustCertificateCommand,
    ) -> Result<Connection, DistrustCertificateError> {
        let now = self.ambient.now();
        let (visit, held) = open_to_manage(work, &command.session, command.connection, now).await?;
        let OpenVisit { scene, .. } = visit;
        if held.state == ConnectionState::Draft {
            return Err(ManageError::NoSuchConnection.into());
        }
        let before = held.readout();
        let saved = held.distrusting(command.certificate, now)?;
        work.connections().update(&saved).await?;
        let deed = certificate_deed(&saved, "removed_certificate", command.certificate.to_string());
        let changes = before.changes(&saved.readout());
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        Ok(saved)
    }
}
