//! Sends one message and erases the secret in it.

use async_trait::async_trait;
use vestibule_domain::address_code::ConfirmationCode;
use vestibule_domain::custom_host::HostPurpose;
use vestibule_domain::id::MessageId;
use vestibule_domain::job::{Job, JobEnd};
use vestibule_domain::message::{Message, MessageKind, MessageState, OutgoingContent, OutgoingMessage};
use vestibule_domain::secret::Sealed;
use vestibule_domain::text::Name;

use super::{STARTS_MAX, Worker};
use crate::ambient::SecretOf;
use crate::ports::mail::MailError;
use crate::ports::store::{StoreError, TeamView, UnitOfWork};
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
    let Some(environment) = environment else { return Ok(None) };
    let (content, sender_name, support_email, from_domain) = if let Some(id) = message.organization_id {
        let Some(found) = queries.organization(message.environment_id, id).await? else { return Ok(None) };
        (
            content(worker, message, found.organization.name),
            environment.display_name().clone(),
            environment.branding.support_email,
            environment.hosts.active(HostPurpose::Mail).cloned(),
        )
    } else {
        // What is written to members about their accounts comes from the deployment.
        let Some(TeamView { team, .. }) = queries.team(environment.team_id).await? else { return Ok(None) };
        (account_content(worker, message), team.name, team.support_email, None)
    };
    let Some(content) = content else { return Ok(None) };
    Ok(Some(OutgoingMessage {
        id: message.id,
        to: message.to.clone(),
        sender_name,
        from_domain,
        support_email,
        created_at: message.created_at,
        content,
    }))
}

/// What the message says, or nothing if its secret is gone or what it says is not true any more.
fn content(worker: &Worker, message: &Message, organization_name: Name) -> Option<OutgoingContent> {
    let open = |sealed: &Option<Sealed>| opened(worker, message, sealed.as_ref());
    match &message.kind {
        MessageKind::Invitation { sealed_url, intents, language, expires_at, .. } => {
            Some(OutgoingContent::Invitation {
                organization_name,
                url: open(sealed_url)?,
                intents: intents.clone(),
                language: *language,
                expires_at: *expires_at,
            })
        }
        // A code that comes too late only confuses.
        MessageKind::Code { expires_at, .. } if *expires_at <= worker.ambient.now() => None,
        MessageKind::Code { sealed_code, language, expires_at, .. } => Some(OutgoingContent::Code {
            organization_name,
            code: ConfirmationCode::parse(&open(sealed_code)?).ok()?,
            language: *language,
            expires_at: *expires_at,
        }),
        MessageKind::Live(note) => Some(OutgoingContent::Live { organization_name, note: note.clone() }),
        MessageKind::Expiry(note) => Some(OutgoingContent::Expiry {
            organization_name,
            note: note.clone(),
            renewal_url: match &note.renewal {
                Some(link) => Some(open(&link.sealed_url)?),
                None => None,
            },
        }),
        MessageKind::Steps(note) => Some(OutgoingContent::Steps { organization_name, note: note.clone() }),
        MessageKind::PasswordReset { .. } | MessageKind::TeamInvitation { .. } | MessageKind::Account(_) => {
            None
        }
    }
}

/// The same of a message about an account, which concerns no organization.
fn account_content(worker: &Worker, message: &Message) -> Option<OutgoingContent> {
    let now = worker.ambient.now();
    match &message.kind {
        // A link that comes too late only confuses.
        MessageKind::PasswordReset { expires_at, .. } | MessageKind::TeamInvitation { expires_at, .. }
            if *expires_at <= now =>
        {
            None
        }
        MessageKind::PasswordReset { sealed_url, expires_at } => Some(OutgoingContent::PasswordReset {
            url: opened(worker, message, sealed_url.as_ref())?,
            expires_at: *expires_at,
        }),
        MessageKind::TeamInvitation { sealed_url, invited_by, expires_at } => {
            Some(OutgoingContent::TeamInvitation {
                invited_by: invited_by.clone(),
                url: opened(worker, message, sealed_url.as_ref())?,
                expires_at: *expires_at,
            })
        }
        MessageKind::Account(change) => Some(OutgoingContent::Account {
            change: *change,
            account_url: worker.ambient.addresses.account(),
        }),
        MessageKind::Invitation { .. }
        | MessageKind::Code { .. }
        | MessageKind::Live(_)
        | MessageKind::Expiry(_)
        | MessageKind::Steps(_) => None,
    }
}

/// The secret in a message, unless it is erased.
fn opened(worker: &Worker, message: &Message, sealed: Option<&Sealed>) -> Option<String> {
    let opened = worker.ambient.open(SecretOf::Message(message.id), sealed?);
    String::from_utf8(opened.ok()?).ok()
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
    let kind = message.kind.without_secret();
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
