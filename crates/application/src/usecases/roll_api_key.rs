//! Replaces an API key by a new one, while the old one goes on working for a time.

use async_trait::async_trait;
use time::Duration;
use vestibule_domain::api_key::{ApiKey, OVERLAP_MAX};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::ApiKeyId;
use vestibule_domain::secret::SecretText;

use super::create_api_key::issue;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Replaces an API key: the new one has its name and its scopes.
pub struct RollApiKey {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RollApiKeyCommand {
    /// Who asks, and for which environment.
    pub caller: Caller,
    /// Which key.
    pub key_id: ApiKeyId,
    /// How long the old one goes on working; at most [`OVERLAP_MAX`], not at all if zero.
    pub overlap: Duration,
}

/// Why nothing was replaced.
#[derive(Debug, thiserror::Error)]
pub enum RollApiKeyError {
    /// No such key in the environment, or it works no more.
    #[error("no such key")]
    Unknown,
    /// Less than nothing, or more than [`OVERLAP_MAX`].
    #[error("must be at most seven days")]
    Overlap,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for RollApiKeyError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RollApiKey {
    type Command = RollApiKeyCommand;
    /// The new key, and its text, which is shown once.
    type Outcome = (ApiKey, SecretText);
    type Error = RollApiKeyError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RollApiKeyCommand,
    ) -> Result<(ApiKey, SecretText), RollApiKeyError> {
        let now = self.ambient.now();
        if command.overlap.is_negative() || command.overlap > OVERLAP_MAX {
            return Err(RollApiKeyError::Overlap);
        }
        let environment = &command.caller.environment;
        let old = work.accounts().find_api_key(environment.id, command.key_id).await?;
        let old = old.filter(|key| key.works(now)).ok_or(RollApiKeyError::Unknown)?;
        let end = now + command.overlap;
        let end = old.expires_at.map_or(end, |before| before.min(end));
        if !work.accounts().expire_api_key(environment.id, old.id, end).await? {
            return Err(RollApiKeyError::Unknown);
        }
        let scene = Scene { environment_id: environment.id, actor: command.caller.actor, now };
        let (key, text) = issue(work, &self.ambient, &scene, environment.kind, old.name, old.scopes).await?;
        let rolled = Deed {
            action: AuditAction::ApiKeyRolled,
            organization_id: None,
            target: ("api_key", old.id.to_string()),
            details: vec![
                ("overlap_s", command.overlap.whole_seconds().to_string()),
                ("replaced_by", key.id.to_string()),
            ],
        };
        chronicle::record(work, &self.ambient, &scene, rolled).await?;
        Ok((key, text))
    }
}
