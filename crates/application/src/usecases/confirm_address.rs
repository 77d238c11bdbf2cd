//! Opens a portal link for somebody who proves an address by the code that was sent there.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::address_code::{AddressCode, CodeRefused, ConfirmationCode, Digits};
use vestibule_domain::admission::Admin;
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::portal_link::{LinkUnusable, PortalLink};
use vestibule_domain::secret::PortalToken;

use super::begin_visit::{BeginVisitError, BegunVisit, Entry, admission_of, enter};
use crate::ambient::{Ambient, SecretOf};
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Proves an address and opens the link.
pub struct ConfirmAddress {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ConfirmAddressCommand {
    /// The link's token.
    pub token: PortalToken,
    /// The address to prove.
    pub address: EmailAddress,
    /// What was typed.
    pub code: ConfirmationCode,
}

/// What came of it. That a code was refused is an outcome and no error: it has to be counted.
#[derive(Clone, Debug)]
pub enum Confirmation {
    /// The address is proven, and the visit began.
    Begun(Box<BegunVisit>),
    /// The code proves nothing.
    Refused(CodeRefused),
}

/// Why the code was not even looked at, or let nobody in.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmAddressError {
    /// No such link.
    #[error("no such link")]
    Unknown,
    /// The link cannot be used.
    #[error(transparent)]
    Unusable(#[from] LinkUnusable),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<BeginVisitError> for ConfirmAddressError {
    fn from(error: BeginVisitError) -> Self {
        match error {
            // Whom the link does not admit was refused before.
            BeginVisitError::Unknown | BeginVisitError::Unproven => Self::Unknown,
            BeginVisitError::Unusable(reason) => Self::Unusable(reason),
            BeginVisitError::Store(error) => Self::Store(error),
        }
    }
}

impl Contended for ConfirmAddressError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for ConfirmAddress {
    type Command = ConfirmAddressCommand;
    type Outcome = Confirmation;
    type Error = ConfirmAddressError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ConfirmAddressCommand,
    ) -> Result<Confirmation, ConfirmAddressError> {
        let now = self.ambient.now();
        let found = work
            .links()
            .find_by_digest(&command.token.digest())
            .await?
            .ok_or(ConfirmAddressError::Unknown)?;
        // Held: of two tries at once the second one counts the first.
        let link =
            work.links().lock(found.environment_id, found.id).await?.ok_or(ConfirmAddressError::Unknown)?;
        let code = work.codes().lock_newest(link.environment_id, link.id, &command.address).await?;
        let Some(code) = code else {
            link.usable(now)?;
            return Ok(Confirmation::Refused(CodeRefused::Over));
        };
        let asked_at = code.created_at;
        let opened = link.clone().opened_with_code(asked_at, now)?;
        let Some(secret) = self.open(&code) else {
            // Sealed under a key that is gone: another code has to be asked for.
            return Ok(Confirmation::Refused(CodeRefused::Over));
        };
        let admin = Admin::Confirmed { email: command.address, at: now };
        let admission = admission_of(work, &link).await?.ok_or(ConfirmAddressError::Unknown)?;
        let right = secret.matches(&command.code) && admission.admits(&link, Some(&admin));
        let before = code.wrong_tries;
        let (tried, outcome) = code.tried(if right { Digits::Right } else { Digits::Wrong }, now);
        work.codes().update(&tried).await?;
        if let Err(refused) = outcome {
            if refused == CodeRefused::TriedTooOften && tried.wrong_tries > before {
                self.warn(work, &link, &tried, now).await?;
            }
            return Ok(Confirmation::Refused(refused));
        }
        let judged_at = link.judged_at(asked_at, now);
        let begun = enter(work, &self.ambient, Entry { opened, admin: Some(admin), judged_at, now }).await?;
        Ok(Confirmation::Begun(Box::new(begun)))
    }
}

impl ConfirmAddress {
    fn open(&self, code: &AddressCode) -> Option<ConfirmationCode> {
        let context = SecretOf::AddressCode(code.id).context();
        let digits = self.ambient.vault.open(&context, &code.sealed).ok()?;
        ConfirmationCode::parse(std::str::from_utf8(&digits).ok()?).ok()
    }

    /// Tells the vendor, once for each code, that somebody may be guessing.
    async fn warn(
        &self,
        work: &mut dyn UnitOfWork,
        link: &PortalLink,
        code: &AddressCode,
        now: Instant,
    ) -> Result<(), StoreError> {
        let scene = Scene { environment_id: link.environment_id, actor: Actor::system(), now };
        let deed = Deed {
            action: AuditAction::PortalCodeRefused,
            organization_id: Some(link.organization_id),
            target: ("portal_link", link.id.to_string()),
            details: vec![("email", code.address.to_string())],
        };
        chronicle::record(work, &self.ambient, &scene, deed).await
    }
}
