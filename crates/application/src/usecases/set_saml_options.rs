//! Sets what may differ from one SAML connection to another at sign-in: through the API, and one of
//! them in the portal.

use async_trait::async_trait;
use time::Duration;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::{Connection, ConnectionRefused, ConnectionState};
use vestibule_domain::id::ConnectionId;
use vestibule_domain::readout::{FieldChange, Overtaken, Revision};
use vestibule_domain::saml::SamlOptions;
use vestibule_domain::secret::SecretDigest;

use super::visit::{ManageError, OpenVisit, open_to_manage};
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// What the options are called in the audit trail's details.
const OPTIONS: [&str; 4] = ["idp_initiated", "clock_skew_seconds", "allow_sha1", "allow_short_rsa"];

/// Sets the options of a connection.
pub struct SetSamlOptions {
    /// Time, chance.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct SetSamlOptionsCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which connection.
    pub connection_id: ConnectionId,
    /// What changes.
    pub change: SamlOptionsChange,
    /// What the options read when the change was made; whatever they read, if none.
    pub made_from: Option<Revision>,
}

/// What changes; the rest stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SamlOptionsChange {
    /// Whether a response is taken that nobody asked for.
    pub idp_initiated: Option<bool>,
    /// How far clocks may be apart, as [`SamlOptions::clock_skew_of`] takes it.
    pub clock_skew: Option<Duration>,
    /// Whether SHA-1 is believed.
    pub allow_sha1: Option<bool>,
    /// Whether RSA keys from 1024 bits on are believed.
    pub allow_short_rsa: Option<bool>,
}

impl SamlOptionsChange {
    /// The changed options.
    fn apply(self, held: SamlOptions) -> SamlOptions {
        SamlOptions {
            idp_initiated: self.idp_initiated.unwrap_or(held.idp_initiated),
            clock_skew: self.clock_skew.unwrap_or(held.clock_skew),
            allow_sha1: self.allow_sha1.unwrap_or(held.allow_sha1),
            allow_short_rsa: self.allow_short_rsa.unwrap_or(held.allow_short_rsa),
        }
    }
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum SetSamlOptionsError {
    /// No such connection in the environment.
    #[error("no such connection")]
    Unknown,
    /// It does not speak SAML.
    #[error(transparent)]
    Connection(#[from] ConnectionRefused),
    /// Somebody else changed them.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for SetSamlOptionsError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for SetSamlOptions {
    type Command = SetSamlOptionsCommand;
    type Outcome = Connection;
    type Error = SetSamlOptionsError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SetSamlOptionsCommand,
    ) -> Result<Connection, SetSamlOptionsError> {
        let environment_id = command.caller.environment_id();
        let held = work.connections().lock(environment_id, command.connection_id).await?;
        let mut held = held.ok_or(SetSamlOptionsError::Unknown)?;
        let saml = held.saml_mut()?;
        let before = saml.options.readout();
        before.expect(command.made_from)?;
        saml.options = command.change.apply(saml.options);
        let changes = before.changes(&saml.options.readout());
        let scene = Scene { environment_id, actor: command.caller.actor, now: self.ambient.now() };
        Ok(saved(work, &self.ambient, &scene, held, changes).await?)
    }
}

/// Switches sign-ins on or off that begin at the provider, from the portal.
pub struct SwitchIdpInitiated {
    /// Time, chance.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct SwitchIdpInitiatedCommand {
    /// Whose visit.
    pub session: SecretDigest,
    /// The connection that was shown: one that was set up since is left alone.
    pub connection: ConnectionId,
    /// Whether they are taken from now on.
    pub idp_initiated: bool,
}

#[async_trait]
impl UseCase for SwitchIdpInitiated {
    type Command = SwitchIdpInitiatedCommand;
    type Outcome = Connection;
    type Error = ManageError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SwitchIdpInitiatedCommand,
    ) -> Result<Connection, ManageError> {
        let now = self.ambient.now();
        let (visit, mut held) = open_to_manage(work, &command.session, command.connection, now).await?;
        let OpenVisit { scene, .. } = visit;
        if held.state == ConnectionState::Draft {
            return Err(ManageError::NoSuchConnection);
        }
        let Ok(saml) = held.saml_mut() else { return Err(ManageError::NoSuchConnection) };
        let change =
            SamlOptionsChange { idp_initiated: Some(command.idp_initiated), ..SamlOptionsChange::default() };
        let before = saml.options.readout();
        saml.options = change.apply(saml.options);
        let changes = before.changes(&saml.options.readout());
        Ok(saved(work, &self.ambient, &scene, held, changes).await?)
    }
}

/// Writes changed options down. Of what is as it was nothing is told.
async fn saved(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    connection: Connection,
    changes: Vec<FieldChange>,
) -> Result<Connection, StoreError> {
    if changes.is_empty() {
        return Ok(connection);
    }
    let now_reads = |name: &'static str| {
        let change = changes.iter().find(|change| change.field == name)?;
        Some((name, change.after.clone()?))
    };
    let details = OPTIONS.into_iter().filter_map(now_reads).collect();
    let saved = Connection { updated_at: scene.now, ..connection };
    work.connections().update(&saved).await?;
    let deed = Deed {
        action: AuditAction::ConnectionUpdated,
        organization_id: Some(saved.organization_id),
        target: ("connection", saved.id.to_string()),
        details,
    };
    chronicle::record_change(work, ambient, scene, deed, changes).await?;
    Ok(saved)
}
