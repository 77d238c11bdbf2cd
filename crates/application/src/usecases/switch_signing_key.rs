//! Lets the next pair sign the requests of a SAML connection: through the API and the dashboard, and
//! in the portal, once the provider knows its certificate.

use async_trait::async_trait;
use vestibule_domain::connection::{Connection, ConnectionRefused, ConnectionState, ProtocolSettings};
use vestibule_domain::id::{ConnectionId, SpCertificateId};
use vestibule_domain::intent::Intent;
use vestibule_domain::readout::Readout;
use vestibule_domain::saml::SpKeyRefused;
use vestibule_domain::secret::SecretDigest;

use super::add_sp_key::certificate_deed;
use super::visit::{ManageError, VisitError, open_to_manage, open_visit};
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Lets the next pair sign.
pub struct SwitchSigningKey {
    /// Time, chance.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct SwitchSigningKeyCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which connection.
    pub connection_id: ConnectionId,
    /// The next pair, as it was shown.
    pub certificate_id: SpCertificateId,
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum SwitchSigningKeyError {
    /// No such connection in the environment.
    #[error("no such connection")]
    Unknown,
    /// It does not speak SAML.
    #[error(transparent)]
    Connection(#[from] ConnectionRefused),
    /// That is not its next pair.
    #[error(transparent)]
    Refused(#[from] SpKeyRefused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for SwitchSigningKeyError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for SwitchSigningKey {
    type Command = SwitchSigningKeyCommand;
    type Outcome = Connection;
    type Error = SwitchSigningKeyError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SwitchSigningKeyCommand,
    ) -> Result<Connection, SwitchSigningKeyError> {
        let scene = Scene {
            environment_id: command.caller.environment_id(),
            actor: command.caller.actor,
            now: self.ambient.now(),
        };
        let held = work.connections().lock(scene.environment_id, command.connection_id).await?;
        let held = held.ok_or(SwitchSigningKeyError::Unknown)?;
        let saml = held.saml()?.clone().switch_signing_key(command.certificate_id)?;
        let before = held.readout();
        let switched = Connection { settings: ProtocolSettings::Saml(Box::new(saml)), ..held };
        Ok(saved(work, &self.ambient, &scene, (&before, switched), command.certificate_id).await?)
    }
}

/// Lets the next pair sign, from the portal.
pub struct SwitchSigningKeyInPortal {
    /// Time, chance.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct SwitchSigningKeyInPortalCommand {
    /// Whose visit: one that renews certificates, or one that may change what is set up.
    pub session: SecretDigest,
    /// The connection that was shown: one that was set up since is left alone.
    pub connection: ConnectionId,
    /// The next pair, as it was shown.
    pub certificate: SpCertificateId,
}

#[async_trait]
impl UseCase for SwitchSigningKeyInPortal {
    type Command = SwitchSigningKeyInPortalCommand;
    type Outcome = Connection;
    type Error = ManageError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SwitchSigningKeyInPortalCommand,
    ) -> Result<Connection, ManageError> {
        let now = self.ambient.now();
        // It takes the link no step nearer to its end: the provider's certificate may be next.
        let (scene, held) = match open_visit(work, &command.session, Intent::CertificateRenewal, now).await {
            Ok(visit) => {
                let of = (visit.session.environment_id, visit.session.organization_id);
                let held = work.connections().lock_of_organization(of.0, of.1).await?;
                let held = held.filter(|held| held.id == command.connection);
                (visit.scene, held.ok_or(ManageError::NoSuchConnection)?)
            }
            Err(VisitError::NotCovered) => {
                let (visit, held) = open_to_manage(work, &command.session, command.connection, now).await?;
                (visit.scene, held)
            }
            Err(error) => return Err(error.into()),
        };
        let switched = match held.saml() {
            Ok(saml) if held.state != ConnectionState::Draft => {
                saml.clone().switch_signing_key(command.certificate)
            }
            _ => return Err(ManageError::NoSuchConnection),
        };
        // Somebody else was faster, and both wanted the same.
        let Ok(saml) = switched else { return Ok(held) };
        let before = held.readout();
        let switched = Connection { settings: ProtocolSettings::Saml(Box::new(saml)), ..held };
        Ok(saved(work, &self.ambient, &scene, (&before, switched), command.certificate).await?)
    }
}

async fn saved(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    (before, switched): (&Readout, Connection),
    certificate: SpCertificateId,
) -> Result<Connection, StoreError> {
    let switched = Connection { updated_at: scene.now, ..switched };
    work.connections().update(&switched).await?;
    let deed = certificate_deed(&switched, "signing_certificate", certificate.to_string());
    let changes = before.changes(&switched.readout());
    chronicle::record_change(work, ambient, scene, deed, changes).await?;
    Ok(switched)
}
