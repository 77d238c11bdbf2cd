//! Notes which step of a walkthrough an admin is at, so that they can come back to it.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::intent::Intent;
use vestibule_domain::portal_session::Progress;
use vestibule_domain::secret::SecretDigest;

use super::visit::{VisitError, open_visit};
use crate::ambient::Ambient;
use crate::chronicle::{self, Deed};
use crate::ports::store::UnitOfWork;
use crate::usecase::UseCase;

/// Notes a step.
pub struct ReachStep {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ReachStepCommand {
    /// Whose visit.
    pub session: SecretDigest,
    /// The step, from 0.
    pub step: u16,
}

#[async_trait]
impl UseCase for ReachStep {
    type Command = ReachStepCommand;
    type Outcome = ();
    type Error = VisitError;

    async fn perform(&self, work: &mut dyn UnitOfWork, command: ReachStepCommand) -> Result<(), VisitError> {
        let now = self.ambient.now();
        let visit = open_visit(work, &command.session, Intent::Sso, now).await?;
        let mut session = visit.session;
        if session.progress.step == command.step {
            return Ok(());
        }
        session.note(Progress { step: command.step, ..session.progress.clone() }, now);
        work.sessions().update_progress(&session).await?;
        let deed = Deed {
            action: AuditAction::PortalStepReached,
            organization_id: Some(session.organization_id),
            target: ("portal_session", session.id.to_string()),
            details: vec![("step", (command.step + 1).to_string())],
        };
        chronicle::record(work, &self.ambient, &visit.scene, deed).await?;
        Ok(())
    }
}
