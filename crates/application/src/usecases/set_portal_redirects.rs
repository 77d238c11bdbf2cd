//! Sets where an environment's portal sends people back to.

use async_trait::async_trait;
use vestibule_domain::audit::Actor;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::intent::Intent;
use vestibule_domain::readout::{Overtaken, Revision};
use vestibule_domain::url::ReturnUrl;

use super::environment_change::{self, Told};
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Sets the default return URL, and where set-ups end.
pub struct SetPortalRedirects {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked. Success URLs of intents that are not named stay.
#[derive(Clone, Debug)]
pub struct SetPortalRedirectsCommand {
    /// Who asks.
    pub actor: Actor,
    /// Of which environment.
    pub environment_id: EnvironmentId,
    /// What they read when the change was made; whatever they read, if none.
    pub made_from: Option<Revision>,
    /// "Back to app", and after set-up when nothing more specific exists.
    pub default_return_url: Option<ReturnUrl>,
    /// After set-up, by intent; none takes it away.
    pub success_urls: Vec<(Intent, Option<ReturnUrl>)>,
}

/// Why nothing was set.
#[derive(Debug, thiserror::Error)]
pub enum SetPortalRedirectsError {
    /// No such environment.
    #[error("there is no such environment")]
    Unknown,
    /// Somebody else set them meanwhile.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl Contended for SetPortalRedirectsError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for SetPortalRedirects {
    type Command = SetPortalRedirectsCommand;
    type Outcome = Environment;
    type Error = SetPortalRedirectsError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SetPortalRedirectsCommand,
    ) -> Result<Environment, SetPortalRedirectsError> {
        let held = work.accounts().lock_environment(command.environment_id).await?;
        let held = held.ok_or(SetPortalRedirectsError::Unknown)?;
        let before = held.redirects.readout();
        let mut redirects = held.redirects.clone();
        redirects.default_return_url = command.default_return_url;
        for (intent, url) in command.success_urls {
            redirects.success_urls.retain(|(of, _)| *of != intent);
            redirects.success_urls.extend(url.map(|url| (intent, url)));
        }
        redirects.success_urls.sort_by_key(|(intent, _)| *intent);
        let changes = before.changes(&redirects.readout());
        if changes.is_empty() {
            return Ok(held);
        }
        before.expect(command.made_from)?;
        let after = Environment { redirects, ..held };
        Ok(environment_change::save(work, &self.ambient, after, Told::updated(command.actor, changes))
            .await?)
    }
}
