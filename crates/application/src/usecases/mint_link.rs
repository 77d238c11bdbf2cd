//! Makes a portal link, and sends it to those who are to get it by mail.

use async_trait::async_trait;
use time::Duration;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{MessageId, OrganizationId, PortalLinkId};
use vestibule_domain::intent::Intent;
use vestibule_domain::job::Task;
use vestibule_domain::language::Language;
use vestibule_domain::message::{Message, MessageKind, MessageState};
use vestibule_domain::portal_link::{Exclusivity, LinkKind, LinkRefused, NewLink, PortalLink, WayBack};
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::secret::PortalToken;
use vestibule_domain::text::Name;

use crate::ambient::{Ambient, SecretOf};
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{Conflict, StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Makes a portal link.
pub struct MintLink {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct MintLinkCommand {
    /// Who asks.
    pub caller: Caller,
    /// For which organization.
    pub organization_id: OrganizationId,
    /// Which kind.
    pub kind: LinkKind,
    /// What for.
    pub intents: Vec<Intent>,
    /// Where it leads back.
    pub redirects: LinkRedirects,
    /// The admins it names.
    pub admins: Vec<EmailAddress>,
    /// Who is sent the link.
    pub mail_to: Vec<EmailAddress>,
    /// The language they are written to in.
    pub language: Language,
    /// The vendor's user behind it.
    pub external_user_id: Option<Name>,
    /// The catalogue's entry to start with.
    pub provider_hint: Option<String>,
    /// How long it lives; the kind's default otherwise.
    pub life: Option<Duration>,
}

/// A new link. The token is shown once, here.
#[derive(Clone, Debug)]
pub struct MintedLink {
    /// The link as it is kept.
    pub link: PortalLink,
    /// Its token.
    pub token: PortalToken,
    /// Its address. Secret: it holds the token.
    pub url: String,
}

/// Why no link was made.
#[derive(Debug, thiserror::Error)]
pub enum MintLinkError {
    /// No such organization in the environment.
    #[error("no such organization")]
    UnknownOrganization,
    /// Against the kind's policy.
    #[error(transparent)]
    Refused(#[from] LinkRefused),
    /// The organization has a live link of a kind of which it may have one.
    #[error("the organization already has a live setup link")]
    LiveLinkExists,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

/// No look-up of the organization comes before: the reference from the link to the organization of
/// the same environment decides, whenever the store writes the link.
impl From<StoreError> for MintLinkError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::Reference) => Self::UnknownOrganization,
            StoreError::Conflict(Conflict::LiveLink) => Self::LiveLinkExists,
            other => Self::Store(other),
        }
    }
}

impl Contended for MintLinkError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for MintLink {
    type Command = MintLinkCommand;
    type Outcome = MintedLink;
    type Error = MintLinkError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: MintLinkCommand,
    ) -> Result<MintedLink, MintLinkError> {
        let now = self.ambient.now();
        let environment = &command.caller.environment;
        let scene = Scene { environment_id: environment.id, actor: command.caller.actor.clone(), now };
        let token = PortalToken::from_random(self.ambient.token_bytes());
        let url = self.ambient.addresses.portal_link_of(environment, &token);
        let way_back = match environment.redirects.default_return_url {
            Some(_) => WayBack::Default,
            None => WayBack::None,
        };
        let link = PortalLink::mint(NewLink {
            id: self.ambient.id::<PortalLinkId>(now),
            environment: (environment.id, environment.kind),
            way_back,
            organization_id: command.organization_id,
            kind: command.kind,
            digest: token.digest(),
            intents: command.intents,
            redirects: command.redirects,
            admins: command.admins,
            external_user_id: command.external_user_id,
            provider_hint: command.provider_hint,
            life: command.life,
            now,
        })?;
        if link.kind.policy().exclusivity == Exclusivity::OnePerOrganization {
            make_room(work, &link, &scene).await?;
        }
        work.links().insert(&link).await?;
        chronicle::record(work, &self.ambient, &scene, minted(&link)).await?;
        for to in command.mail_to {
            self.invite(work, &scene, &link, &url, (to, command.language)).await?;
        }
        Ok(MintedLink { link, token, url })
    }
}

impl MintLink {
    async fn invite(
        &self,
        work: &mut dyn UnitOfWork,
        scene: &Scene,
        link: &PortalLink,
        url: &str,
        (to, language): (EmailAddress, Language),
    ) -> Result<(), StoreError> {
        let id: MessageId = self.ambient.id(scene.now);
        let message = Message {
            id,
            environment_id: link.environment_id,
            organization_id: Some(link.organization_id),
            to,
            kind: MessageKind::Invitation {
                link_id: link.id,
                sealed_url: Some(self.ambient.seal(SecretOf::Message(id), url.as_bytes())),
                intents: link.intents.clone(),
                language,
                expires_at: link.expires_at,
            },
            state: MessageState::Queued,
            created_at: scene.now,
        };
        work.messages().insert(&message).await?;
        chronicle::enqueue(work, &self.ambient, scene, Task::SendMessage(id)).await
    }
}

/// Withdraws an expired link that still holds the organization's one place.
async fn make_room(work: &mut dyn UnitOfWork, link: &PortalLink, scene: &Scene) -> Result<(), MintLinkError> {
    let held = work.links().open_setup_link(link.environment_id, link.organization_id).await?;
    match held {
        None => Ok(()),
        Some(held) if held.usable(scene.now).is_ok() => Err(MintLinkError::LiveLinkExists),
        Some(held) => {
            work.links().revoke(held.environment_id, held.id, scene.now).await?;
            Ok(())
        }
    }
}

fn minted(link: &PortalLink) -> Deed {
    let intents: Vec<_> = link.intents.iter().map(|intent| intent.as_str()).collect();
    Deed {
        action: AuditAction::PortalTokenMinted,
        organization_id: Some(link.organization_id),
        target: ("portal_link", link.id.to_string()),
        details: vec![("kind", link.kind.as_str().to_owned()), ("intents", intents.join(" "))],
    }
}
