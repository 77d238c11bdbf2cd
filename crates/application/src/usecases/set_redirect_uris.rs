//! Sets where an environment's sign-ins may send people back to.

use async_trait::async_trait;
use vestibule_domain::audit::Actor;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::readout::{Overtaken, Revision};
use vestibule_domain::redirect_uri::{REDIRECT_URIS_MAX, RedirectUri, RedirectUriError};

use super::environment_change::{self, Told};
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Registers redirect URIs and takes others away. The first that has no wildcard is where sign-ins
/// go that began at an identity provider.
pub struct SetRedirectUris {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct SetRedirectUrisCommand {
    /// Who asks.
    pub actor: Actor,
    /// Of which environment.
    pub environment_id: EnvironmentId,
    /// Taken away, before others are registered; as they were registered.
    pub remove: Vec<String>,
    /// Registered behind those that are there; what is there already stays where it is.
    pub register: Vec<String>,
    /// Put before all others; as it is registered. The first without a wildcard is the default.
    pub first: Option<String>,
    /// What [`Environment::default_redirect_uri`] read when the change was made; whatever it reads, if
    /// none. It counts where there is another default afterwards.
    pub made_from: Option<Revision>,
}

/// Why nothing was set.
#[derive(Debug, thiserror::Error)]
pub enum SetRedirectUrisError {
    /// No such environment.
    #[error("there is no such environment")]
    Unknown,
    /// What is to be taken away is not registered.
    #[error("`{0}` is not registered")]
    NotRegistered(String),
    /// One cannot be registered.
    #[error("`{uri}` {reason}")]
    Refused {
        /// Which.
        uri: String,
        /// Why.
        reason: RedirectUriError,
    },
    /// Too many.
    #[error("an environment has at most {REDIRECT_URIS_MAX} redirect URIs")]
    TooMany,
    /// Somebody else made another one the default.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for SetRedirectUrisError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for SetRedirectUris {
    type Command = SetRedirectUrisCommand;
    type Outcome = Environment;
    type Error = SetRedirectUrisError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SetRedirectUrisCommand,
    ) -> Result<Environment, SetRedirectUrisError> {
        let held = work.accounts().lock_environment(command.environment_id).await?;
        let held = held.ok_or(SetRedirectUrisError::Unknown)?;
        let mut redirect_uris = held.redirect_uris.clone();
        for uri in command.remove {
            let place = redirect_uris.iter().position(|known| known.as_str() == uri);
            redirect_uris.remove(place.ok_or(SetRedirectUrisError::NotRegistered(uri))?);
        }
        for uri in command.register {
            let parsed = RedirectUri::parse(&uri, held.kind)
                .map_err(|reason| SetRedirectUrisError::Refused { uri, reason })?;
            if !redirect_uris.contains(&parsed) {
                redirect_uris.push(parsed);
            }
        }
        if let Some(uri) = command.first {
            let place = redirect_uris.iter().position(|known| known.as_str() == uri);
            let place = place.ok_or(SetRedirectUrisError::NotRegistered(uri))?;
            redirect_uris[..=place].rotate_right(1);
        }
        if redirect_uris.len() > REDIRECT_URIS_MAX {
            return Err(SetRedirectUrisError::TooMany);
        }
        if redirect_uris == held.redirect_uris {
            return Ok(held);
        }
        if RedirectUri::default_of(&held.redirect_uris) != RedirectUri::default_of(&redirect_uris) {
            held.default_redirect_uri().expect(command.made_from)?;
        }
        let changes = RedirectUri::changes(&held.redirect_uris, &redirect_uris);
        let after = Environment { redirect_uris, ..held };
        let details = vec![("redirect_uris", after.redirect_uris.len().to_string())];
        let told = Told { details, ..Told::updated(command.actor, changes) };
        Ok(environment_change::save(work, &self.ambient, after, told).await?)
    }
}
