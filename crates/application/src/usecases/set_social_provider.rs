//! Registers an environment at a public provider, or takes the registration back.

use async_trait::async_trait;
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::id::{ConnectionId, EnvironmentId};
use vestibule_domain::readout::{Overtaken, Revision};
use vestibule_domain::secret::SecretText;
use vestibule_domain::social::{
    SocialClient, SocialConnection, SocialCredentialError, SocialProvider, social_client_id,
    social_client_secret,
};

use crate::ambient::{Ambient, SecretOf};
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Sets by which client people sign in with a public provider.
///
/// Another client keeps the connection, and so the profiles: people have the same ids at a provider
/// for all clients of one project or tenant, and the vendor says that it is one.
pub struct SetSocialProvider {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct SetSocialProviderCommand {
    /// Who asks.
    pub actor: Actor,
    /// Of which environment.
    pub environment_id: EnvironmentId,
    /// Which provider.
    pub provider: SocialProvider,
    /// What becomes of it.
    pub change: SocialChange,
    /// What the registration read when the change was made; whatever it reads, if none.
    pub made_from: Option<Revision>,
}

/// What becomes of a registration.
#[derive(Clone, Debug)]
pub enum SocialChange {
    /// This client.
    Set {
        /// Its id; absent: as before.
        client_id: Option<String>,
        /// Its secret; absent: as before, if the id stays.
        client_secret: Option<SecretText>,
    },
    /// None. Profiles and attempts to sign in go with it.
    Remove,
}

/// Why nothing was set.
#[derive(Debug, thiserror::Error)]
pub enum SetSocialProviderError {
    /// No such environment.
    #[error("there is no such environment")]
    Unknown,
    /// There is nothing to be taken back.
    #[error("no client is registered at {0}")]
    NotRegistered(SocialProvider),
    /// The client id is missing or of no form.
    #[error("the client id {0}")]
    ClientId(#[source] SocialCredentialError),
    /// The client secret is of no form.
    #[error("the client secret {0}")]
    ClientSecret(#[source] SocialCredentialError),
    /// A client has an id.
    #[error("the client id is required")]
    ClientIdRequired,
    /// A new client has a secret of its own.
    #[error("the client secret is required with a new client id")]
    ClientSecretRequired,
    /// Somebody else changed it.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for SetSocialProviderError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for SetSocialProvider {
    type Command = SetSocialProviderCommand;
    type Outcome = Option<SocialConnection>;
    type Error = SetSocialProviderError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SetSocialProviderCommand,
    ) -> Result<Option<SocialConnection>, SetSocialProviderError> {
        let SetSocialProviderCommand { actor, environment_id, provider, change, made_from } = command;
        let environment = work.accounts().find_environment(environment_id).await?;
        let environment = environment.ok_or(SetSocialProviderError::Unknown)?;
        let held = work.connections().lock_social(environment.id, provider).await?;
        let scene = Scene { environment_id: environment.id, actor, now: self.ambient.now() };
        let before = SocialConnection::readout(held.as_ref());
        let outcome = match change {
            SocialChange::Remove => {
                let held = held.ok_or(SetSocialProviderError::NotRegistered(provider))?;
                work.connections().delete_social(environment.id, held.id).await?;
                None
            }
            SocialChange::Set { client_id, client_secret } => {
                // Before anything is judged by a registration that they have not seen.
                before.expect(made_from)?;
                let set = self.set(&scene, provider, held.clone(), client_id, client_secret)?;
                if SocialConnection::readout(Some(&set)) == before {
                    return Ok(held);
                }
                work.connections().save_social(&set).await?;
                Some(set)
            }
        };
        let deed = Deed {
            action: AuditAction::EnvironmentUpdated,
            organization_id: None,
            target: ("environment", environment.id.to_string()),
            details: vec![("provider", provider.connection_type().to_string())],
        };
        let changes = before.changes(&SocialConnection::readout(outcome.as_ref()));
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        Ok(outcome)
    }
}

impl SetSocialProvider {
    fn set(
        &self,
        scene: &Scene,
        provider: SocialProvider,
        held: Option<SocialConnection>,
        client_id: Option<String>,
        client_secret: Option<SecretText>,
    ) -> Result<SocialConnection, SetSocialProviderError> {
        let seal = |id: ConnectionId, secret: &SecretText| {
            let secret =
                social_client_secret(secret.expose()).map_err(SetSocialProviderError::ClientSecret)?;
            Ok::<_, SetSocialProviderError>(self.ambient.seal(SecretOf::OidcClient(id), secret.as_bytes()))
        };
        if let Some(client_id) = &client_id {
            social_client_id(client_id).map_err(SetSocialProviderError::ClientId)?;
        }
        let same =
            held.as_ref().is_some_and(|held| client_id.as_ref().is_none_or(|id| *id == held.client.id));
        let id = held.as_ref().map_or_else(|| self.ambient.id(scene.now), |held| held.id);
        let secret = match (client_secret, &held) {
            (Some(secret), _) => seal(id, &secret)?,
            (None, Some(held)) if same => held.client.secret.clone(),
            (None, _) => return Err(SetSocialProviderError::ClientSecretRequired),
        };
        let client_id = client_id.or_else(|| held.as_ref().map(|held| held.client.id.clone()));
        let client_id = client_id.ok_or(SetSocialProviderError::ClientIdRequired)?;
        Ok(SocialConnection {
            id,
            environment_id: scene.environment_id,
            provider,
            client: SocialClient { id: client_id, secret },
            created_at: held.map_or(scene.now, |held| held.created_at),
            updated_at: scene.now,
        })
    }
}
