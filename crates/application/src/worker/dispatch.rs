//! Makes one delivery of an event for each endpoint that wants it.

use async_trait::async_trait;
use vestibule_domain::audit::Actor;
use vestibule_domain::event::Event;
use vestibule_domain::id::EventId;
use vestibule_domain::job::{Job, JobEnd, Task};
use vestibule_domain::webhook::{DeliveryState, WebhookDelivery};

use super::Worker;
use crate::ambient::Ambient;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{self, UseCase};

pub(super) async fn run(worker: &Worker, job: &Job, event: EventId) -> Result<JobEnd, StoreError> {
    let Some(event) = worker.store.queries().event(job.environment_id, event).await? else {
        return Ok(JobEnd::GiveUp { reason: "the event is not there any more".into() });
    };
    let case = DispatchEvent { ambient: worker.ambient.clone() };
    usecase::run(&*worker.store, &case, event).await?;
    Ok(JobEnd::Done)
}

struct DispatchEvent {
    ambient: Ambient,
}

#[async_trait]
impl UseCase for DispatchEvent {
    type Command = Event;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(&self, work: &mut dyn UnitOfWork, event: Event) -> Result<(), StoreError> {
        let now = self.ambient.now();
        let scene = Scene { environment_id: event.environment_id, actor: Actor::system(), now };
        for endpoint in work.webhooks().list_endpoints(event.environment_id).await? {
            // An endpoint made after the event asks for what comes, not for what was.
            if !endpoint.wants(&event.fact) || endpoint.created_at > event.created_at {
                continue;
            }
            let delivery = WebhookDelivery {
                id: self.ambient.id(now),
                environment_id: event.environment_id,
                endpoint_id: endpoint.id,
                event_id: event.id,
                state: DeliveryState::Pending,
                tries: 0,
                created_at: now,
            };
            // False when an earlier run of this job got this far already.
            if work.webhooks().insert_delivery(&delivery).await? {
                chronicle::enqueue(work, &self.ambient, &scene, Task::DeliverWebhook(delivery.id)).await?;
            }
        }
        Ok(())
    }
}
