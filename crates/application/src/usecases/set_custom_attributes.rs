//! Sets what an environment's profiles carry besides what every profile has.

use async_trait::async_trait;
use vestibule_domain::audit::Actor;
use vestibule_domain::custom_attributes::{CustomAttribute, CustomAttributeError, CustomAttributeKey};
use vestibule_domain::environment::Environment;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::readout::{Overtaken, Revision};

use super::environment_change::{self, Told};
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Defines custom attributes and takes others away.
///
/// Connections keep the names they have for one that is taken away: it may come back.
pub struct SetCustomAttributes {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct SetCustomAttributesCommand {
    /// Who asks.
    pub actor: Actor,
    /// Of which environment.
    pub environment_id: EnvironmentId,
    /// Taken away, before others are defined.
    pub remove: Vec<CustomAttributeKey>,
    /// Added, or given another label.
    pub define: Vec<CustomAttribute>,
    /// What those that are named here read when the change was made; whatever they read, if none.
    pub made_from: Option<Revision>,
}

/// Why nothing was set.
#[derive(Debug, thiserror::Error)]
pub enum SetCustomAttributesError {
    /// No such environment.
    #[error("there is no such environment")]
    Unknown,
    /// What is to be taken away is not there.
    #[error("there is no custom attribute `{0}`")]
    NotDefined(CustomAttributeKey),
    /// They cannot be defined.
    #[error(transparent)]
    Refused(#[from] CustomAttributeError),
    /// Somebody else changed them.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for SetCustomAttributesError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for SetCustomAttributes {
    type Command = SetCustomAttributesCommand;
    type Outcome = Environment;
    type Error = SetCustomAttributesError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SetCustomAttributesCommand,
    ) -> Result<Environment, SetCustomAttributesError> {
        let held = work.accounts().lock_environment(command.environment_id).await?;
        let held = held.ok_or(SetCustomAttributesError::Unknown)?;
        let defined = command.define.iter().map(|attribute| &attribute.key);
        let named: Vec<_> = command.remove.iter().chain(defined).collect();
        let before = held.custom_attributes.readout_of(&named);
        let mut custom_attributes = held.custom_attributes.clone();
        for key in command.remove {
            if !custom_attributes.remove(&key) {
                return Err(SetCustomAttributesError::NotDefined(key));
            }
        }
        for attribute in command.define {
            custom_attributes.define(attribute)?;
        }
        if custom_attributes == held.custom_attributes {
            return Ok(held);
        }
        before.expect(command.made_from)?;
        let changes = held.custom_attributes.readout().changes(&custom_attributes.readout());
        let after = Environment { custom_attributes, ..held };
        Ok(environment_change::save(work, &self.ambient, after, Told::updated(command.actor, changes))
            .await?)
    }
}
