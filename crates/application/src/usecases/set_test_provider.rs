//! Switches the test identity provider of a sandbox environment on or off.

use async_trait::async_trait;
use vestibule_domain::audit::Actor;
use vestibule_domain::environment::{Environment, EnvironmentKind};
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::test_provider::TestProviderRule;

use super::environment_change::{self, Told};
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Switches it.
///
/// Connections of the provider stay: while it is off nobody signs in through them.
pub struct SetTestProvider {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct SetTestProviderCommand {
    /// Who asks.
    pub actor: Actor,
    /// In which environment.
    pub environment_id: EnvironmentId,
    /// On or off.
    pub test_provider: TestProviderRule,
}

/// Why nothing was set.
#[derive(Debug, thiserror::Error)]
pub enum SetTestProviderError {
    /// No such environment.
    #[error("there is no such environment")]
    Unknown,
    /// The environment is for real customers.
    #[error("a production environment has no test identity provider")]
    Production,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for SetTestProviderError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for SetTestProvider {
    type Command = SetTestProviderCommand;
    type Outcome = Environment;
    type Error = SetTestProviderError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SetTestProviderCommand,
    ) -> Result<Environment, SetTestProviderError> {
        let held = work.accounts().lock_environment(command.environment_id).await?;
        let held = held.ok_or(SetTestProviderError::Unknown)?;
        if (command.test_provider, held.kind) == (TestProviderRule::On, EnvironmentKind::Production) {
            return Err(SetTestProviderError::Production);
        }
        if held.test_provider == command.test_provider {
            return Ok(held);
        }
        let before = held.readout();
        let after = Environment { test_provider: command.test_provider, ..held };
        let changes = before.changes(&after.readout());
        Ok(environment_change::save(work, &self.ambient, after, Told::updated(command.actor, changes))
            .await?)
    }
}
