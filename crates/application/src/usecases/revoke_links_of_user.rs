//! Withdraws every link made with one of the vendor's user ids, and ends the visits they opened.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::OrganizationId;
use vestibule_domain::text::Name;

use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Withdraws the links of a user.
pub struct RevokeLinksOfUser {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RevokeLinksOfUserCommand {
    /// Who asks.
    pub caller: Caller,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The vendor's user.
    pub external_user_id: Name,
}

/// Why nothing was withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum RevokeLinksOfUserError {
    /// No such organization in the environment.
    #[error("no such organization")]
    UnknownOrganization,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for RevokeLinksOfUserError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RevokeLinksOfUser {
    type Command = RevokeLinksOfUserCommand;
    type Outcome = ();
    type Error = RevokeLinksOfUserError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RevokeLinksOfUserCommand,
    ) -> Result<(), RevokeLinksOfUserError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let organization_id = command.organization_id;
        work.organizations()
            .find(environment_id, organization_id)
            .await?
            .ok_or(RevokeLinksOfUserError::UnknownOrganization)?;
        let links = work
            .links()
            .revoke_of_external_user(environment_id, organization_id, command.external_user_id.as_str(), now)
            .await?;
        let scene = Scene { environment_id, actor: command.caller.actor, now };
        for link in links {
            work.sessions().end_of_link(environment_id, link, now).await?;
            let deed = Deed {
                action: AuditAction::PortalTokenRevoked,
                organization_id: Some(organization_id),
                target: ("portal_link", link.to_string()),
                details: Vec::new(),
            };
            chronicle::record(work, &self.ambient, &scene, deed).await?;
        }
        Ok(())
    }
}
