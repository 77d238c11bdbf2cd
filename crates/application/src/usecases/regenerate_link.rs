//! Makes a link anew: the old one stops working, and the new one is for the same.

use async_trait::async_trait;
use vestibule_domain::id::{OrganizationId, PortalLinkId};
use vestibule_domain::language::Language;
use vestibule_domain::portal_link::LinkUnusable;

use super::mint_link::{MintLink, MintLinkCommand, MintLinkError, MintedLink};
use super::revoke_link::{RevokeLink, RevokeLinkCommand, RevokeLinkError};
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Makes a link anew.
pub struct RegenerateLink {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RegenerateLinkCommand {
    /// Who asks.
    pub caller: Caller,
    /// The organization.
    pub organization_id: OrganizationId,
    /// Its link that is to be replaced.
    pub link_id: PortalLinkId,
    /// The language in which the admins whom it names are written to.
    pub language: Language,
}

/// Why the old link stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum RegenerateLinkError {
    /// The organization has no such link that can be withdrawn by its id.
    #[error("no such link")]
    Unknown,
    /// It is spent or withdrawn.
    #[error(transparent)]
    Unusable(#[from] LinkUnusable),
    /// The new one was refused.
    #[error(transparent)]
    Link(#[from] MintLinkError),
}

impl From<RevokeLinkError> for RegenerateLinkError {
    fn from(error: RevokeLinkError) -> Self {
        match error {
            RevokeLinkError::Unknown => Self::Unknown,
            RevokeLinkError::Unusable(unusable) => Self::Unusable(unusable),
            RevokeLinkError::Store(error) => Self::Link(error.into()),
        }
    }
}

impl From<StoreError> for RegenerateLinkError {
    fn from(error: StoreError) -> Self {
        Self::Link(error.into())
    }
}

impl Contended for RegenerateLinkError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Link(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RegenerateLink {
    type Command = RegenerateLinkCommand;
    type Outcome = MintedLink;
    type Error = RegenerateLinkError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RegenerateLinkCommand,
    ) -> Result<MintedLink, RegenerateLinkError> {
        let RegenerateLinkCommand { caller, organization_id, link_id, language } = command;
        let held = work
            .links()
            .find(caller.environment_id(), link_id)
            .await?
            .filter(|link| link.organization_id == organization_id)
            .ok_or(RegenerateLinkError::Unknown)?;
        let ambient = || self.ambient.clone();
        let revoke = RevokeLinkCommand { caller: caller.clone(), link_id };
        RevokeLink { ambient: ambient() }.perform(work, revoke).await?;
        let mint = MintLinkCommand {
            caller,
            organization_id,
            kind: held.kind,
            intents: held.intents,
            redirects: held.redirects,
            mail_to: held.admins.clone(),
            admins: held.admins,
            language,
            external_user_id: held.external_user_id,
            provider_hint: held.provider_hint,
            life: None,
        };
        Ok(MintLink { ambient: ambient() }.perform(work, mint).await?)
    }
}
