//! Writes down that an admin went to try a connection.

use async_trait::async_trait;
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::sso::session::SsoSession;

use crate::ambient::Ambient;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::UseCase;

/// Starts a test.
pub struct StartTest {
    /// Time, chance.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct StartTestCommand {
    /// The test, as [`depart_for_test`](crate::sign_in::SignIns::depart_for_test) prepared it.
    pub session: SsoSession,
    /// Who tries.
    pub actor: Actor,
}

#[async_trait]
impl UseCase for StartTest {
    type Command = StartTestCommand;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(&self, work: &mut dyn UnitOfWork, command: StartTestCommand) -> Result<(), StoreError> {
        let StartTestCommand { session, actor } = command;
        work.sso_sessions().insert(&session).await?;
        let scene = Scene { environment_id: session.environment_id, actor, now: session.started_at };
        chronicle::record(work, &self.ambient, &scene, deed(&session)).await
    }
}

/// What the audit trail says of a test. Nobody else is told of it.
pub(super) fn deed(session: &SsoSession) -> Deed {
    let tried = session.trial.as_ref().map(|trial| ("not_saved", trial.of.as_str().to_owned()));
    Deed {
        action: AuditAction::TestSignInStarted,
        organization_id: session.organization_id,
        target: ("connection", session.connection_id.to_string()),
        details: [("sso_session_id", session.id.to_string())].into_iter().chain(tried).collect(),
    }
}
