//! Lets a SAML connection trust one more certificate of its identity provider.

use async_trait::async_trait;
use vestibule_domain::certificate::{Certificate, Validity};
use vestibule_domain::connection::ConnectionRefused;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::saml::IdpCertificate;

use super::add_sp_key::certificate_deed;
use super::certificate_care;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Lets a connection trust one more certificate.
pub struct AddIdpCertificate {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct AddIdpCertificateCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which connection.
    pub connection_id: ConnectionId,
    /// The certificate.
    pub certificate: Certificate,
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum AddIdpCertificateError {
    /// No such connection in the environment.
    #[error("no such connection")]
    Unknown,
    /// Nothing signed with it would be taken.
    #[error("the certificate has expired")]
    Expired,
    /// The connection cannot take it.
    #[error(transparent)]
    Refused(#[from] ConnectionRefused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for AddIdpCertificateError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for AddIdpCertificate {
    type Command = AddIdpCertificateCommand;
    type Outcome = IdpCertificate;
    type Error = AddIdpCertificateError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: AddIdpCertificateCommand,
    ) -> Result<IdpCertificate, AddIdpCertificateError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let held = work
            .connections()
            .lock(environment_id, command.connection_id)
            .await?
            .ok_or(AddIdpCertificateError::Unknown)?;
        match command.certificate.validity(now) {
            Validity::Expired => return Err(AddIdpCertificateError::Expired),
            // One that starts tomorrow is how a roll-over is prepared.
            Validity::NotYet | Validity::Current | Validity::ExpiresSoon => {}
        }
        let new =
            IdpCertificate { id: self.ambient.id(now), added_at: now, certificate: command.certificate };
        let lasted = certificate_care::lasts_until(&held);
        let before = held.readout();
        let saved = held.trusting(new.clone(), now)?;
        work.connections().update(&saved).await?;
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        let deed = certificate_deed(&saved, "added_certificate", new.id.to_string());
        let changes = before.changes(&saved.readout());
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        certificate_care::tell_renewed(work, &self.ambient, &scene, lasted, &saved).await?;
        Ok(new)
    }
}
