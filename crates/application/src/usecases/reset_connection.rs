//! Resets a connection from the portal: it is deleted, so that the set-up can start again.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::event::{ConnectionSnapshot, Fact};
use vestibule_domain::id::ConnectionId;
use vestibule_domain::intent::Intent;
use vestibule_domain::portal_link::Capability;
use vestibule_domain::secret::SecretDigest;

use super::visit::{OpenVisit, VisitError, open_visit};
use crate::ambient::Ambient;
use crate::chronicle::{self, Deed};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Resets a connection.
pub struct ResetConnection {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ResetConnectionCommand {
    /// Whose visit.
    pub session: SecretDigest,
    /// The connection that was shown: one that was set up since is left alone.
    pub connection: ConnectionId,
}

/// Why nothing was reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetConnectionError {
    /// The visit cannot go on.
    #[error(transparent)]
    Visit(#[from] VisitError),
    /// The visit may set up, not change.
    #[error("the visit may not change what is set up")]
    NotAllowed,
    /// The organization has no such connection (any more).
    #[error("the organization has no such connection")]
    NoSuchConnection,
}

impl From<StoreError> for ResetConnectionError {
    fn from(error: StoreError) -> Self {
        Self::Visit(error.into())
    }
}

impl Contended for ResetConnectionError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Visit(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for ResetConnection {
    type Command = ResetConnectionCommand;
    type Outcome = ();
    type Error = ResetConnectionError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ResetConnectionCommand,
    ) -> Result<(), ResetConnectionError> {
        let now = self.ambient.now();
        let OpenVisit { mut session, scene, .. } =
            open_visit(work, &command.session, Intent::Sso, now).await?;
        match session.capability {
            Capability::SetUp => return Err(ResetConnectionError::NotAllowed),
            Capability::SetUpAndManage => {}
        }
        let held = work
            .connections()
            .lock_of_organization(session.environment_id, session.organization_id)
            .await?
            .filter(|held| held.id == command.connection)
            .ok_or(ResetConnectionError::NoSuchConnection)?;
        let domains =
            work.organization_domains().list(session.environment_id, session.organization_id).await?;
        work.connections().delete(session.environment_id, held.id).await?;
        session.note(session.progress.begun_anew(None), now);
        work.sessions().update_progress(&session).await?;
        let deed = Deed {
            action: AuditAction::ConnectionDeleted,
            organization_id: Some(session.organization_id),
            target: ("connection", held.id.to_string()),
            details: vec![("connection_type", held.connection_type.to_string())],
        };
        chronicle::record(work, &self.ambient, &scene, deed).await?;
        let fact = Fact::ConnectionDeleted(ConnectionSnapshot::of(&held, &domains));
        chronicle::announce(work, &self.ambient, &scene, session.organization_id, fact).await?;
        Ok(())
    }
}
