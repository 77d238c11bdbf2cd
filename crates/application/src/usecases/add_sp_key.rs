//! Gives a SAML connection a key pair of ours.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::certificate::Certificate;
use vestibule_domain::connection::{Connection, ConnectionRefused, ProtocolSettings};
use vestibule_domain::id::{ConnectionId, EnvironmentId, SpCertificateId};
use vestibule_domain::saml::{SpKeyPair, SpKeyPlace, SpKeyRefused};

use crate::ambient::{Ambient, SecretOf};
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::saml::GeneratedKeyPair;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Gives a connection a key pair.
pub struct AddSpKey {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct AddSpKeyCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which connection.
    pub connection_id: ConnectionId,
    /// Where the connection keeps it.
    pub place: SpKeyPlace,
    /// The pair, made or read before: both are slow.
    pub pair: NewKeyPair,
}

/// A key pair whose private key is not sealed yet.
#[derive(Clone, PartialEq, Eq)]
pub struct NewKeyPair {
    /// The certificate.
    pub certificate: Certificate,
    /// The private key, PKCS#8 DER.
    pub private_key: Vec<u8>,
}

impl From<GeneratedKeyPair> for NewKeyPair {
    fn from(pair: GeneratedKeyPair) -> Self {
        Self { certificate: pair.certificate, private_key: pair.private_key }
    }
}

impl std::fmt::Debug for NewKeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewKeyPair({}, …)", self.certificate.fingerprint)
    }
}

/// Seals the private key under the pair's own id.
pub(super) fn sealed(pair: NewKeyPair, ambient: &Ambient, now: Instant) -> SpKeyPair {
    let id: SpCertificateId = ambient.id(now);
    SpKeyPair {
        id,
        added_at: now,
        certificate: pair.certificate,
        private_key: ambient.seal(SecretOf::SpKey(id), &pair.private_key),
    }
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum AddSpKeyError {
    /// No such connection in the environment.
    #[error("no such connection")]
    Unknown,
    /// It does not speak SAML.
    #[error(transparent)]
    Connection(#[from] ConnectionRefused),
    /// It has as many as it may.
    #[error(transparent)]
    Refused(#[from] SpKeyRefused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for AddSpKeyError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for AddSpKey {
    type Command = AddSpKeyCommand;
    type Outcome = SpKeyPair;
    type Error = AddSpKeyError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: AddSpKeyCommand,
    ) -> Result<SpKeyPair, AddSpKeyError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let held = work
            .connections()
            .lock(environment_id, command.connection_id)
            .await?
            .ok_or(AddSpKeyError::Unknown)?;
        let pair = sealed(command.pair, &self.ambient, now);
        let saml = held.saml()?.clone().with_key(command.place, pair.clone())?;
        let before = held.readout();
        let saved = Connection { settings: ProtocolSettings::Saml(Box::new(saml)), updated_at: now, ..held };
        work.connections().update(&saved).await?;
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        let deed = certificate_deed(&saved, "added_certificate", pair.id.to_string());
        let changes = before.changes(&saved.readout());
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        Ok(pair)
    }
}

/// Gives a connection the pair that follows one of ours, unless there is no place for it: we do it by
/// ourselves, in time.
pub struct PrepareSpKey {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct PrepareSpKeyCommand {
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Which connection.
    pub connection_id: ConnectionId,
    /// Where the connection keeps it.
    pub place: SpKeyPlace,
    /// The pair, made before.
    pub pair: NewKeyPair,
}

#[async_trait]
impl UseCase for PrepareSpKey {
    type Command = PrepareSpKeyCommand;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: PrepareSpKeyCommand,
    ) -> Result<(), StoreError> {
        let scene =
            Scene { environment_id: command.environment_id, actor: Actor::system(), now: self.ambient.now() };
        let held = work.connections().lock(command.environment_id, command.connection_id).await?;
        let Some(held) = held else { return Ok(()) };
        let Ok(saml) = held.saml() else { return Ok(()) };
        let pair = sealed(command.pair, &self.ambient, scene.now);
        let (id, before) = (pair.id, held.readout());
        // It was prepared meanwhile, or there is nothing any more that it could follow.
        let Ok(saml) = saml.clone().with_key(command.place, pair) else { return Ok(()) };
        let saved =
            Connection { settings: ProtocolSettings::Saml(Box::new(saml)), updated_at: scene.now, ..held };
        work.connections().update(&saved).await?;
        let deed = certificate_deed(&saved, "added_certificate", id.to_string());
        let changes = before.changes(&saved.readout());
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await
    }
}

/// What the audit trail says of a certificate that came or went.
pub(super) fn certificate_deed(connection: &Connection, what: &'static str, id: String) -> Deed {
    Deed {
        action: AuditAction::ConnectionUpdated,
        organization_id: Some(connection.organization_id),
        target: ("connection", connection.id.to_string()),
        details: vec![(what, id)],
    }
}
