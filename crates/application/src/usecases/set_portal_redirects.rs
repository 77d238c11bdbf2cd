//! Sets where an environment's portal sends people back to.

use async_trait::async_trait;
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::environment::{Environment, PortalRedirects};
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::intent::Intent;
use vestibule_domain::url::ReturnUrl;

use crate::ambient::Ambient;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};
use vestibule_domain::readout::Revision;

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
    /// What was set when they began; none to set it whatever is.
    pub seen: Option<Revision>,
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
    #[error("somebody else changed the redirects meanwhile")]
    Overtaken(Box<PortalRedirects>),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl Contended for SetPortalRedirectsError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

/// The state of an environment's portal redirects, for [`SetPortalRedirectsCommand::seen`].
pub fn seen(redirects: &PortalRedirects) -> Revision {
    Revision::of(named(redirects).iter().map(|(_, url)| url.as_bytes()))
}

/// Every redirect with a name for the audit trail; an empty text for none.
fn named(redirects: &PortalRedirects) -> [(&'static str, &str); 1 + Intent::ALL.len()] {
    let mut named = [("default_return_url", ""); 1 + Intent::ALL.len()];
    named[0].1 = redirects.default_return_url.as_ref().map_or("", ReturnUrl::as_str);
    for (place, intent) in named.iter_mut().skip(1).zip(Intent::ALL) {
        let name = match intent {
            Intent::Sso => "success_url.sso",
            Intent::Dsync => "success_url.dsync",
            Intent::DomainVerification => "success_url.domain_verification",
            Intent::AuditLogs => "success_url.audit_logs",
            Intent::LogStreams => "success_url.log_streams",
            Intent::CertificateRenewal => "success_url.certificate_renewal",
        };
        *place = (name, redirects.success_url(intent).map_or("", ReturnUrl::as_str));
    }
    named
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
        let held = work.accounts().find_environment(command.environment_id).await?;
        let held = held.ok_or(SetPortalRedirectsError::Unknown)?;
        let before = held.redirects.clone();
        let mut redirects = before.clone();
        redirects.default_return_url = command.default_return_url;
        for (intent, url) in command.success_urls {
            redirects.success_urls.retain(|(of, _)| *of != intent);
            redirects.success_urls.extend(url.map(|url| (intent, url)));
        }
        redirects.success_urls.sort_by_key(|(intent, _)| *intent);
        let changes: Vec<_> = named(&before)
            .into_iter()
            .zip(named(&redirects))
            .filter(|((_, before), (_, after))| before != after)
            .map(|((name, before), (_, after))| (name, chronicle::change(before, after)))
            .collect();
        if changes.is_empty() {
            return Ok(held);
        }
        if command.seen.is_some_and(|seen_then| seen_then != seen(&before)) {
            return Err(SetPortalRedirectsError::Overtaken(Box::new(before)));
        }
        let after = Environment { redirects, ..held };
        work.accounts().update_environment(&after).await?;
        let scene = Scene { environment_id: after.id, actor: command.actor, now: self.ambient.now() };
        let deed = Deed {
            action: AuditAction::EnvironmentUpdated,
            organization_id: None,
            target: ("environment", after.id.to_string()),
            details: changes,
        };
        chronicle::record(work, &self.ambient, &scene, deed).await?;
        Ok(after)
    }
}
