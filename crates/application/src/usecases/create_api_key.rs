//! Makes an API key.

use async_trait::async_trait;
use vestibule_domain::api_key::{ApiKey, ApiKeyPurpose, ApiKeyScopes};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::secret::SecretText;
use vestibule_domain::text::Name;

use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Makes an API key.
pub struct CreateApiKey {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct CreateApiKeyCommand {
    /// Who asks, and for which environment.
    pub caller: Caller,
    /// Name for the team's people.
    pub name: Name,
    /// What it may be used for.
    pub scopes: ApiKeyScopes,
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateApiKeyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for CreateApiKeyError {
    fn is_contended(&self) -> bool {
        let Self::Store(error) = self;
        error.is_contended()
    }
}

#[async_trait]
impl UseCase for CreateApiKey {
    type Command = CreateApiKeyCommand;
    /// The key, and its text, which is shown once.
    type Outcome = (ApiKey, SecretText);
    type Error = CreateApiKeyError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: CreateApiKeyCommand,
    ) -> Result<(ApiKey, SecretText), CreateApiKeyError> {
        let CreateApiKeyCommand { caller, name, scopes } = command;
        let now = self.ambient.now();
        let scene = Scene { environment_id: caller.environment_id(), actor: caller.actor, now };
        Ok(issue(work, &self.ambient, &scene, caller.environment.kind, name, scopes).await?)
    }
}

/// Adds a key and says so in the audit trail: the key, and its text.
pub(super) async fn issue(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    kind: EnvironmentKind,
    name: Name,
    scopes: ApiKeyScopes,
) -> Result<(ApiKey, SecretText), StoreError> {
    let purpose = ApiKeyPurpose { name, scopes, created_by: scene.actor.name.clone() };
    let of = (scene.environment_id, kind);
    let (key, text) = ApiKey::issue(ambient.id(scene.now), of, purpose, ambient.token_bytes(), scene.now);
    work.accounts().insert_api_key(&key).await?;
    chronicle::record(work, ambient, scene, deed(AuditAction::ApiKeyCreated, &key)).await?;
    Ok((key, text))
}

/// What the audit trail says of a key.
pub(super) fn deed(action: AuditAction, key: &ApiKey) -> Deed {
    let details =
        vec![("name", key.name.to_string()), ("hint", key.hint.clone()), ("scopes", key.scopes.to_string())];
    Deed { action, organization_id: None, target: ("api_key", key.id.to_string()), details }
}
