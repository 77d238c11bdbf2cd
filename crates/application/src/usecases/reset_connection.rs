//! Resets a connection from the portal: it is deleted, so that the set-up can start again.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::event::{ConnectionSnapshot, Fact};
use vestibule_domain::id::ConnectionId;
use vestibule_domain::secret::SecretDigest;

use super::visit::{ManageError, OpenVisit, open_to_manage};
use crate::ambient::Ambient;
use crate::chronicle::{self, Deed};
use crate::ports::store::UnitOfWork;
use crate::usecase::UseCase;

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

#[async_trait]
impl UseCase for ResetConnection {
    type Command = ResetConnectionCommand;
    type Outcome = ();
    type Error = ManageError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ResetConnectionCommand,
    ) -> Result<(), ManageError> {
        let now = self.ambient.now();
        let (visit, held) = open_to_manage(work, &command.session, command.connection, now).await?;
        let OpenVisit { mut session, scene, .. } = visit;
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
