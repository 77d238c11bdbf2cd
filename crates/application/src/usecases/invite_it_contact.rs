//! Invites an IT contact: mails them a setup link that names them.

use async_trait::async_trait;
use vestibule_domain::id::{ItContactId, OrganizationId};
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::redirect::LinkRedirects;

use super::mint_link::{MintLink, MintLinkCommand, MintLinkError, MintedLink};
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Invites a contact.
pub struct InviteItContact {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct InviteItContactCommand {
    /// Who asks.
    pub caller: Caller,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The contact.
    pub contact_id: ItContactId,
    /// What they are to set up.
    pub intents: Vec<Intent>,
    /// The language they are written to in.
    pub language: Language,
}

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteItContactError {
    /// The organization has no such contact.
    #[error("no such contact")]
    Unknown,
    /// The link was refused.
    #[error(transparent)]
    Link(#[from] MintLinkError),
}

impl From<StoreError> for InviteItContactError {
    fn from(error: StoreError) -> Self {
        Self::Link(error.into())
    }
}

impl Contended for InviteItContactError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Link(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for InviteItContact {
    type Command = InviteItContactCommand;
    type Outcome = MintedLink;
    type Error = InviteItContactError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: InviteItContactCommand,
    ) -> Result<MintedLink, InviteItContactError> {
        let contact = work
            .it_contacts()
            .find(command.caller.environment_id(), command.organization_id, command.contact_id)
            .await?
            .ok_or(InviteItContactError::Unknown)?;
        let link = MintLinkCommand {
            caller: command.caller,
            organization_id: command.organization_id,
            kind: LinkKind::Setup,
            intents: command.intents,
            redirects: LinkRedirects::default(),
            admins: vec![contact.email.clone()],
            mail_to: vec![contact.email],
            language: command.language,
            external_user_id: None,
            provider_hint: None,
            life: None,
        };
        Ok(MintLink { ambient: self.ambient.clone() }.perform(work, link).await?)
    }
}
