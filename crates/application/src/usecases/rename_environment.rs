//! Gives an environment another name.

use async_trait::async_trait;
use vestibule_domain::audit::Actor;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::readout::{Overtaken, Revision};
use vestibule_domain::text::Name;

use super::environment_change::{self, Told};
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Renames an environment. Customers never see the name.
pub struct RenameEnvironment {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RenameEnvironmentCommand {
    /// Who asks.
    pub actor: Actor,
    /// Which environment.
    pub environment_id: EnvironmentId,
    /// Its new name.
    pub name: Name,
    /// What it was called when the change was made; whatever it is called, if none.
    pub made_from: Option<Revision>,
}

/// Why nothing was renamed.
#[derive(Debug, thiserror::Error)]
pub enum RenameEnvironmentError {
    /// No such environment.
    #[error("there is no such environment")]
    Unknown,
    /// Somebody else renamed it.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for RenameEnvironmentError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RenameEnvironment {
    type Command = RenameEnvironmentCommand;
    type Outcome = Environment;
    type Error = RenameEnvironmentError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RenameEnvironmentCommand,
    ) -> Result<Environment, RenameEnvironmentError> {
        let held = work.accounts().lock_environment(command.environment_id).await?;
        let held = held.ok_or(RenameEnvironmentError::Unknown)?;
        if held.name == command.name {
            return Ok(held);
        }
        let before = held.called();
        before.expect(command.made_from)?;
        let after = Environment { name: command.name, ..held };
        let changes = before.changes(&after.called());
        Ok(environment_change::save(work, &self.ambient, after, Told::updated(command.actor, changes))
            .await?)
    }
}
