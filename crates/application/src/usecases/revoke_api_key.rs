//! Withdraws an API key.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::ApiKeyId;

use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Withdraws an API key. Processes that know it go on taking it for the few seconds for which they
/// remember keys.
pub struct RevokeApiKey {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RevokeApiKeyCommand {
    /// Who asks, and for which environment.
    pub caller: Caller,
    /// Which key.
    pub key_id: ApiKeyId,
}

/// Why no key was withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum RevokeApiKeyError {
    /// No such key in the environment, or it is withdrawn already.
    #[error("no such key")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for RevokeApiKeyError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RevokeApiKey {
    type Command = RevokeApiKeyCommand;
    type Outcome = ();
    type Error = RevokeApiKeyError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RevokeApiKeyCommand,
    ) -> Result<(), RevokeApiKeyError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        if !work.accounts().revoke_api_key(environment_id, command.key_id, now).await? {
            return Err(RevokeApiKeyError::Unknown);
        }
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        let deed = Deed {
            action: AuditAction::ApiKeyRevoked,
            organization_id: None,
            target: ("api_key", command.key_id.to_string()),
            details: Vec::new(),
        };
        chronicle::record(work, &self.ambient, &scene, deed).await?;
        Ok(())
    }
}
