//! Tells those who asked that nobody came back from the provider.

use async_trait::async_trait;
use vestibule_domain::audit::Actor;
use vestibule_domain::event::{Event, Fact, SignInSnapshot};
use vestibule_domain::id::{EventId, Id as _, SsoSessionId};
use vestibule_domain::job::{Job, JobEnd, Task};
use vestibule_domain::sso::session::{SsoSession, SsoSessionState};

use super::Worker;
use crate::ambient::Ambient;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{self, UseCase};

pub(super) async fn run(worker: &Worker, job: &Job, session: SsoSessionId) -> Result<JobEnd, StoreError> {
    let queries = worker.store.queries();
    let Some(session) = queries.sso_session(job.environment_id, session).await? else {
        return Ok(JobEnd::Done);
    };
    // The event has the job's own id, so that a job that runs twice tells it once.
    let event = EventId::from_ulid(job.id.ulid());
    if session.state != SsoSessionState::Started || queries.event(job.environment_id, event).await?.is_some()
    {
        return Ok(JobEnd::Done);
    }
    let case = TellTimeOut { ambient: worker.ambient.clone() };
    usecase::run(&*worker.store, &case, (event, session)).await?;
    Ok(JobEnd::Done)
}

struct TellTimeOut {
    ambient: Ambient,
}

#[async_trait]
impl UseCase for TellTimeOut {
    type Command = (EventId, SsoSession);
    type Outcome = ();
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        (id, session): (EventId, SsoSession),
    ) -> Result<(), StoreError> {
        let scene =
            Scene { environment_id: session.environment_id, actor: Actor::system(), now: self.ambient.now() };
        let event = Event {
            id,
            environment_id: session.environment_id,
            organization_id: session.organization_id,
            created_at: scene.now,
            actor: scene.actor.clone(),
            fact: Fact::SsoTimedOut(SignInSnapshot::of(&session, None)),
        };
        work.outbox().append(event).await?;
        chronicle::enqueue(work, &self.ambient, &scene, Task::DispatchEvent(id)).await
    }
}
