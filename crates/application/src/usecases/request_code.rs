//! Makes a code that proves an address, and sends it there if the address may open the link.

use async_trait::async_trait;
use vestibule_domain::address_code::{
    AddressCode, CODE_KEPT, CodeState, ConfirmationCode, TooManyCodes, another_code,
};
use vestibule_domain::admission::Admission;
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{AddressCodeId, MessageId};
use vestibule_domain::job::Task;
use vestibule_domain::language::Language;
use vestibule_domain::message::{Message, MessageKind, MessageState};
use vestibule_domain::portal_link::{LinkUnusable, PortalLink};
use vestibule_domain::secret::PortalToken;

use super::begin_visit::admission_of;
use crate::ambient::{Ambient, SecretOf};
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Makes a code and sends it.
pub struct RequestCode {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RequestCodeCommand {
    /// The link's token.
    pub token: PortalToken,
    /// The address to prove; the only one that the link names otherwise.
    pub address: Option<EmailAddress>,
    /// The language of the page that asks.
    pub language: Language,
}

/// Why no code was made.
#[derive(Debug, thiserror::Error)]
pub enum RequestCodeError {
    /// No such link.
    #[error("no such link")]
    Unknown,
    /// The link cannot be used.
    #[error(transparent)]
    Unusable(#[from] LinkUnusable),
    /// The link asks for no proof.
    #[error("the link asks for no proof of an address")]
    NotAsked,
    /// No address was given, and the link does not name exactly one.
    #[error("it is not said which address is to be proven")]
    WhichAddress,
    /// Too many codes were made for the link.
    #[error(transparent)]
    TooMany(#[from] TooManyCodes),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for RequestCodeError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RequestCode {
    type Command = RequestCodeCommand;
    /// The address that the code proves, whether or not it was sent there.
    type Outcome = EmailAddress;
    type Error = RequestCodeError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RequestCodeCommand,
    ) -> Result<EmailAddress, RequestCodeError> {
        let now = self.ambient.now();
        let found =
            work.links().find_by_digest(&command.token.digest()).await?.ok_or(RequestCodeError::Unknown)?;
        // Held: of two requests at once the second one counts the code of the first.
        let link =
            work.links().lock(found.environment_id, found.id).await?.ok_or(RequestCodeError::Unknown)?;
        link.usable(now)?;
        let admission = admission_of(work, &link).await?.ok_or(RequestCodeError::Unknown)?;
        let address = match (command.address, link.admins.as_slice()) {
            (Some(address), _) => address,
            (None, [only]) => only.clone(),
            (None, _) => return Err(RequestCodeError::WhichAddress),
        };
        let may_open = match admission {
            Admission::Named => link.names(&address),
            Admission::Confirmed => true,
            Admission::Stated | Admission::SignedIn => return Err(RequestCodeError::NotAsked),
        };
        let made = work.codes().made_after(link.environment_id, link.id, now - CODE_KEPT).await?;
        another_code(&made, now)?;
        let mut chance = [0; 8];
        self.ambient.entropy.fill(&mut chance);
        let digits = ConfirmationCode::from_random(chance);
        let id: AddressCodeId = self.ambient.id(now);
        let code = AddressCode {
            id,
            environment_id: link.environment_id,
            organization_id: link.organization_id,
            link_id: link.id,
            address: address.clone(),
            sealed: self.ambient.seal(SecretOf::AddressCode(id), digits.expose().as_bytes()),
            wrong_tries: 0,
            state: CodeState::Waiting,
            created_at: now,
        };
        work.codes().insert(&code).await?;
        let scene = Scene { environment_id: link.environment_id, actor: Actor::system(), now };
        chronicle::record(work, &self.ambient, &scene, requested(&link, &address, may_open)).await?;
        if may_open {
            self.send(work, &scene, &code, &digits, command.language).await?;
        }
        Ok(address)
    }
}

impl RequestCode {
    async fn send(
        &self,
        work: &mut dyn UnitOfWork,
        scene: &Scene,
        code: &AddressCode,
        digits: &ConfirmationCode,
        language: Language,
    ) -> Result<(), StoreError> {
        let id: MessageId = self.ambient.id(scene.now);
        let message = Message {
            id,
            environment_id: code.environment_id,
            organization_id: Some(code.organization_id),
            to: code.address.clone(),
            kind: MessageKind::Code {
                link_id: code.link_id,
                sealed_code: Some(self.ambient.seal(SecretOf::Message(id), digits.expose().as_bytes())),
                language,
                expires_at: code.expires_at(),
            },
            state: MessageState::Queued,
            created_at: scene.now,
        };
        work.messages().insert(&message).await?;
        chronicle::enqueue(work, &self.ambient, scene, Task::SendMessage(id)).await
    }
}

fn requested(link: &PortalLink, address: &EmailAddress, sent: bool) -> Deed {
    let outcome = if sent { "sent" } else { "not_named" };
    Deed {
        action: AuditAction::PortalCodeRequested,
        organization_id: Some(link.organization_id),
        target: ("portal_link", link.id.to_string()),
        details: vec![("email", address.to_string()), ("outcome", outcome.to_owned())],
    }
}
