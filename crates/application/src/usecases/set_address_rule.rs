//! Sets what an environment asks of admins whom a link does not name.

use async_trait::async_trait;
use vestibule_domain::admission::AddressRule;
use vestibule_domain::audit::Actor;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::EnvironmentId;

use super::environment_change::{self, Told};
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Sets the rule.
pub struct SetAddressRule {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct SetAddressRuleCommand {
    /// Who asks.
    pub actor: Actor,
    /// Of which environment.
    pub environment_id: EnvironmentId,
    /// The rule.
    pub addresses: AddressRule,
}

/// Why nothing was set.
#[derive(Debug, thiserror::Error)]
pub enum SetAddressRuleError {
    /// No such environment.
    #[error("there is no such environment")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for SetAddressRuleError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for SetAddressRule {
    type Command = SetAddressRuleCommand;
    type Outcome = Environment;
    type Error = SetAddressRuleError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SetAddressRuleCommand,
    ) -> Result<Environment, SetAddressRuleError> {
        let held = work.accounts().lock_environment(command.environment_id).await?;
        let held = held.ok_or(SetAddressRuleError::Unknown)?;
        if held.addresses == command.addresses {
            return Ok(held);
        }
        let before = held.readout();
        let after = Environment { addresses: command.addresses, ..held };
        let changes = before.changes(&after.readout());
        Ok(environment_change::save(work, &self.ambient, after, Told::updated(command.actor, changes))
            .await?)
    }
}
