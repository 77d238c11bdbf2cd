//! Adds an IT contact to an organization.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::OrganizationId;
use vestibule_domain::it_contact::ItContact;

use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{Conflict, StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Adds a contact.
pub struct AddItContact {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct AddItContactCommand {
    /// Who asks.
    pub caller: Caller,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The contact's address.
    pub email: EmailAddress,
}

/// Why no contact was added.
#[derive(Debug, thiserror::Error)]
pub enum AddItContactError {
    /// No such organization in the environment.
    #[error("no such organization")]
    UnknownOrganization,
    /// The organization has a contact with this address.
    #[error("the organization has a contact with this address")]
    Exists,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for AddItContactError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::ItContactEmail) => Self::Exists,
            StoreError::Conflict(Conflict::Reference) => Self::UnknownOrganization,
            other => Self::Store(other),
        }
    }
}

impl Contended for AddItContactError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for AddItContact {
    type Command = AddItContactCommand;
    type Outcome = ItContact;
    type Error = AddItContactError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: AddItContactCommand,
    ) -> Result<ItContact, AddItContactError> {
        let now = self.ambient.now();
        let contact = ItContact {
            id: self.ambient.id(now),
            environment_id: command.caller.environment_id(),
            organization_id: command.organization_id,
            email: command.email,
            created_at: now,
            updated_at: now,
        };
        // The reference to the organization of the same environment decides, in one round trip.
        work.it_contacts().insert(&contact).await?;
        let scene = Scene { environment_id: contact.environment_id, actor: command.caller.actor, now };
        let deed = deed(AuditAction::ItContactCreated, &contact);
        chronicle::record(work, &self.ambient, &scene, deed).await?;
        Ok(contact)
    }
}

pub(super) fn deed(action: AuditAction, contact: &ItContact) -> Deed {
    Deed {
        action,
        organization_id: Some(contact.organization_id),
        target: ("it_contact", contact.id.to_string()),
        details: Vec::new(),
    }
}
