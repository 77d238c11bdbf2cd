//! Work after the answer: what it is, not who runs it.

use time::Duration;

use crate::Instant;
use crate::id::{EnvironmentId, EventId, JobId, MessageId, SsoSessionId, WebhookDeliveryId};

/// How long a worker may keep a job before another may take it over.
pub const JOB_LEASE: Duration = Duration::seconds(120);

/// A piece of work. Written in the transaction that makes it necessary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The environment it belongs to.
    pub environment_id: EnvironmentId,
    /// What is to be done.
    pub task: Task,
    /// Not before.
    pub run_at: Instant,
    /// How often it was started; a crash counts.
    pub starts: u32,
}

/// What is to be done. Every task may run twice and must then do nothing new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Make one delivery for each endpoint that wants the event.
    DispatchEvent(EventId),
    /// Send one delivery.
    DeliverWebhook(WebhookDeliveryId),
    /// Send one message.
    SendMessage(MessageId),
    /// Tell those who asked that nobody came back from the provider.
    ExpireSignIn(SsoSessionId),
}

impl Task {
    /// The word in stores.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::DispatchEvent(_) => "dispatch_event",
            Self::DeliverWebhook(_) => "deliver_webhook",
            Self::SendMessage(_) => "send_message",
            Self::ExpireSignIn(_) => "expire_sign_in",
        }
    }

    /// The id that the task is about, as text.
    pub fn subject(&self) -> String {
        match self {
            Self::DispatchEvent(id) => id.to_string(),
            Self::DeliverWebhook(id) => id.to_string(),
            Self::SendMessage(id) => id.to_string(),
            Self::ExpireSignIn(id) => id.to_string(),
        }
    }

    /// Reads what [`Task::kind`] and [`Task::subject`] wrote.
    pub fn parse(kind: &str, subject: &str) -> Option<Self> {
        match kind {
            "dispatch_event" => subject.parse().ok().map(Self::DispatchEvent),
            "deliver_webhook" => subject.parse().ok().map(Self::DeliverWebhook),
            "send_message" => subject.parse().ok().map(Self::SendMessage),
            "expire_sign_in" => subject.parse().ok().map(Self::ExpireSignIn),
            _ => None,
        }
    }
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobEnd {
    /// Done; the row goes.
    Done,
    /// To be tried again.
    Retry {
        /// Not before.
        at: Instant,
    },
    /// Given up; the row stays, visible, and can be replayed.
    GiveUp {
        /// Why.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use ulid::Ulid;

    #[test]
    fn every_task_survives_its_text_form() {
        let ulid = Ulid::from_parts(1, 2);
        for task in [
            Task::DispatchEvent(EventId::from_ulid(ulid)),
            Task::DeliverWebhook(WebhookDeliveryId::from_ulid(ulid)),
            Task::SendMessage(MessageId::from_ulid(ulid)),
            Task::ExpireSignIn(SsoSessionId::from_ulid(ulid)),
        ] {
            assert_eq!(Task::parse(task.kind(), &task.subject()), Some(task));
        }
        assert_eq!(Task::parse("sweep", "x"), None);
    }
}
