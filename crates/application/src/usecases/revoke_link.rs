//! Withdraws one portal link and ends the visits it opened.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::PortalLinkId;
use vestibule_domain::portal_link::{LinkUnusable, PortalLink, Revocation};

use super::begin_visit::why_unusable;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Withdraws a link.
pub struct RevokeLink {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RevokeLinkCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which link.
    pub link_id: PortalLinkId,
}

/// Why nothing was withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum RevokeLinkError {
    /// No such link that can be withdrawn by its id.
    #[error("no such link")]
    Unknown,
    /// It is spent or withdrawn already.
    #[error(transparent)]
    Unusable(#[from] LinkUnusable),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for RevokeLinkError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RevokeLink {
    type Command = RevokeLinkCommand;
    type Outcome = ();
    type Error = RevokeLinkError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RevokeLinkCommand,
    ) -> Result<(), RevokeLinkError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let link = work
            .links()
            .find(environment_id, command.link_id)
            .await?
            .filter(|link| link.kind.policy().revocation == Revocation::ById)
            .ok_or(RevokeLinkError::Unknown)?;
        link.clone().revoked(now)?;
        // Visits first: that is the order in which their own use cases hold rows.
        work.sessions().end_of_link(environment_id, link.id, now).await?;
        if !work.links().revoke(environment_id, link.id, now).await? {
            return Err(why_unusable(work, &link, now).await?.into());
        }
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        chronicle::record(work, &self.ambient, &scene, revoked(&link)).await?;
        Ok(())
    }
}

pub(super) fn revoked(link: &PortalLink) -> Deed {
    Deed {
        action: AuditAction::PortalTokenRevoked,
        organization_id: Some(link.organization_id),
        target: ("portal_link", link.id.to_string()),
        details: Vec::new(),
    }
}
