//! Sends one message and erases the secret in it.

use async_trait::async_trait;
use vestibule_domain::id::MessageId;
use vestibule_domain::job::{Job, JobEnd};
use vestibule_domain::message::{Message, MessageKind, MessageState, OutgoingContent, OutgoingMessage};

use super::{STARTS_MAX, Worker};
use crate::ambient::SecretOf;
use crate::ports::mail::MailError;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{self, UseCase};

pub(super) async fn run(worker: &Worker, job: &Job, id: MessageId) -> Result<JobEnd, StoreError> {
    let Some(message) = worker.store.queries().message(job.environment_id, id).await? else {
        // Its organization was deleted.
        return Ok(JobEnd::Done);
    };
    if message.state != MessageState::Queued {
        return Ok(JobEnd::Done);
    }
    let Some(outgoing) = address(worker, &message).await? else {
        return close(worker, message, Closing::Failed("the message cannot be composed any more")).await;
    };
    match worker.mailer.deliver(&outgoing).await {
        Ok(()) => close(worker, message, Closing::Sent).await,
        Err(MailError::Temporary { .. }) if job.starts < STARTS_MAX => {
            Ok(JobEnd::Retry { at: worker.again_at(job.starts) })
        }
        Err(MailError::Temporary { reason } | MailError::Permanent { reason }) => {
            close(worker, message, Closing::Failed(&reason)).await
        }
    }
}

/// Everything that the rendering needs, or nothing if it is gone.
async fn address(worker: &Worker, message: &Message) -> Result<Option<OutgoingMessage>, StoreError> {
    let queries = worker.store.queries();
    let environment = queries.environment(message.environment_id).await?;
    let organization = queries.organization(message.environment_id, message.organization_id).await?;
    let (Some(environment), Some(organization)) = (environment, organization) else {
        return Ok(None);
    };
    let MessageKind::Invitation { sealed_url, intents, expires_at, .. } = &message.kind;
    let Some(sealed) = sealed_url else { return Ok(None) };
    let Ok(url) = worker.ambient.vault.open(&SecretOf::Message(message.id).context(), sealed) else {
        return Ok(None);
    };
    Ok(Some(OutgoingMessage {
        id: message.id,
        to: message.to.clone(),
        sender_name: environment.display_name().clone(),
        support_email: environment.branding.support_email.clone(),
        created_at: message.created_at,
        content: OutgoingContent::Invitation {
            organization_name: organization.organization.name,
            url: String::from_utf8_lossy(&url).into_owned(),
            intents: intents.clone(),
            expires_at: *expires_at,
        },
    }))
}

enum Closing<'a> {
    Sent,
    Failed(&'a str),
}

async fn close(worker: &Worker, message: Message, closing: Closing<'_>) -> Result<JobEnd, StoreError> {
    let at = worker.ambient.now();
    let (state, end) = match closing {
        Closing::Sent => (MessageState::Sent { at }, JobEnd::Done),
        Closing::Failed(reason) => {
            (MessageState::Failed { at }, JobEnd::GiveUp { reason: reason.to_owned() })
        }
    };
    let MessageKind::Invitation { link_id, intents, expires_at, .. } = message.kind;
    let kind = MessageKind::Invitation { link_id, sealed_url: None, intents, expires_at };
    usecase::run(&*worker.store, &CloseMessage, Message { kind, state, ..message }).await?;
    Ok(end)
}

struct CloseMessage;

#[async_trait]
impl UseCase for CloseMessage {
    type Command = Message;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(&self, work: &mut dyn UnitOfWork, message: Message) -> Result<(), StoreError> {
        work.messages().update(&message).await?;
        Ok(())
    }
}
