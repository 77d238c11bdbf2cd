//! Writes down that somebody was sent to their identity provider.

use async_trait::async_trait;
use vestibule_domain::audit::Actor;
use vestibule_domain::event::{Fact, SignInSnapshot};
use vestibule_domain::job::{Job, Task};
use vestibule_domain::sso::session::{Origin, SsoSession};

use crate::ambient::Ambient;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::UseCase;

/// Starts an attempt.
pub struct StartSignIn {
    /// Time, chance.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct StartSignInCommand {
    /// The attempt.
    pub session: SsoSession,
    /// Whether an endpoint asks for events of sign-ins.
    pub listened: bool,
}

#[async_trait]
impl UseCase for StartSignIn {
    type Command = StartSignInCommand;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: StartSignInCommand,
    ) -> Result<(), StoreError> {
        let StartSignInCommand { session, listened } = command;
        work.sso_sessions().insert(&session).await?;
        if !listened || session.origin == Origin::Test {
            return Ok(());
        }
        let scene =
            Scene { environment_id: session.environment_id, actor: Actor::system(), now: session.started_at };
        let fact = Fact::SsoStarted(SignInSnapshot::of(&session, None));
        chronicle::announce(work, &self.ambient, &scene, session.organization_id, fact).await?;
        let job = Job {
            id: self.ambient.id(scene.now),
            environment_id: session.environment_id,
            task: Task::ExpireSignIn(session.id),
            run_at: session.started_at + session.origin.timeout(),
            starts: 0,
        };
        work.outbox().enqueue(job).await
    }
}
