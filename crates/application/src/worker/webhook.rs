//! Sends one delivery and writes down the attempt.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::id::WebhookDeliveryId;
use vestibule_domain::job::{Job, JobEnd};
use vestibule_domain::webhook::{
    AttemptAnswer, DeliveryState, EndpointState, WebhookAttempt, WebhookDelivery,
};

use super::Worker;
use crate::ambient::SecretOf;
use crate::ports::outbound::PostRequest;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{self, UseCase};

/// How long a receiver may take, in milliseconds.
const TIMEOUT_MS: u64 = 15_000;

pub(super) async fn run(worker: &Worker, job: &Job, id: WebhookDeliveryId) -> Result<JobEnd, StoreError> {
    let queries = worker.store.queries();
    let Some(delivery) = queries.webhook_delivery(job.environment_id, id).await? else {
        // Its endpoint was deleted.
        return Ok(JobEnd::Done);
    };
    if delivery.state != DeliveryState::Pending {
        return Ok(JobEnd::Done);
    }
    let endpoint = queries.webhook_endpoint(job.environment_id, delivery.endpoint_id).await?;
    let event = queries.event(job.environment_id, delivery.event_id).await?;
    let (Some(endpoint), Some(event)) = (endpoint, event) else {
        return Ok(JobEnd::Done);
    };
    if endpoint.state == EndpointState::Disabled {
        let reason = "the endpoint was disabled".to_owned();
        return note(worker, delivery, unsent(worker, reason), Outlook::GiveUp).await;
    }
    let secret = match worker
        .ambient
        .vault
        .open(&SecretOf::WebhookEndpoint(endpoint.id).context(), &endpoint.secret)
    {
        Ok(secret) => String::from_utf8_lossy(&secret).into_owned(),
        Err(error) => {
            let reason = format!("the endpoint's secret cannot be opened: {error}");
            return note(worker, delivery, unsent(worker, reason), Outlook::Retry).await;
        }
    };
    let sent_at = worker.ambient.now();
    let rendered = worker.format.render(&event, endpoint.style, &secret, sent_at);
    let request = PostRequest {
        url: endpoint.url.as_str().to_owned(),
        headers: rendered.headers,
        body: rendered.body,
        timeout_ms: TIMEOUT_MS,
    };
    let answer = match worker.outbound.post(request).await {
        Ok(answer) => AttemptAnswer::Status { status: answer.status, body: answer.body },
        Err(error) => AttemptAnswer::Failed { reason: error.to_string() },
    };
    let took_ms = (worker.ambient.now() - sent_at).whole_milliseconds();
    let duration_ms = u32::try_from(took_ms).unwrap_or(u32::MAX);
    note(worker, delivery, Try { at: sent_at, duration_ms, answer }, Outlook::Retry).await
}

/// What came of sending once.
struct Try {
    at: Instant,
    duration_ms: u32,
    answer: AttemptAnswer,
}

fn unsent(worker: &Worker, reason: String) -> Try {
    Try { at: worker.ambient.now(), duration_ms: 0, answer: AttemptAnswer::Failed { reason } }
}

/// Whether a failure is worth another try.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outlook {
    Retry,
    GiveUp,
}

async fn note(
    worker: &Worker,
    delivery: WebhookDelivery,
    Try { at, duration_ms, answer }: Try,
    outlook: Outlook,
) -> Result<JobEnd, StoreError> {
    let now = worker.ambient.now();
    let tries = delivery.tries.saturating_add(1);
    let mut chance = [0];
    worker.ambient.entropy.fill(&mut chance);
    let again = worker.schedule.wait_after(tries, chance[0]).filter(|_| outlook == Outlook::Retry);
    let (state, end) = if answer.is_delivered() {
        (DeliveryState::Delivered { at: now }, JobEnd::Done)
    } else if let Some(wait) = again {
        (DeliveryState::Pending, JobEnd::Retry { at: now + wait })
    } else {
        // The delivery itself stays, visible and ready to be replayed; its job has nothing to add.
        (DeliveryState::GivenUp { at: now }, JobEnd::Done)
    };
    let attempt = WebhookAttempt {
        id: worker.ambient.id(now),
        environment_id: delivery.environment_id,
        delivery_id: delivery.id,
        at,
        duration_ms,
        answer,
    };
    let delivery = WebhookDelivery { state, tries, ..delivery };
    usecase::run(&*worker.store, &NoteAttempt, (delivery, attempt)).await?;
    Ok(end)
}

struct NoteAttempt;

#[async_trait]
impl UseCase for NoteAttempt {
    type Command = (WebhookDelivery, WebhookAttempt);
    type Outcome = ();
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        (delivery, attempt): Self::Command,
    ) -> Result<(), StoreError> {
        // False when the endpoint was deleted meanwhile; then there is nothing to note.
        if work.webhooks().update_delivery(&delivery).await? {
            work.webhooks().insert_attempt(&attempt).await?;
        }
        Ok(())
    }
}
