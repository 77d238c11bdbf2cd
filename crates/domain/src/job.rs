//! Work after the answer: what it is, not who runs it.

use time::Duration;
use ulid::Ulid;

use crate::Instant;
use crate::id::{
    ConnectionId, EnvironmentId, EventId, Id as _, JobId, MessageId, OrganizationDomainId, SsoSessionId,
    WebhookDeliveryId,
};

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

impl Job {
    /// The one job of a task that is there as long as what it is about, and asks for its next run
    /// itself. Its id follows from the task, and stores add a job once.
    pub fn standing(environment_id: EnvironmentId, task: Task, run_at: Instant) -> Self {
        Self { id: derived_id(&task, 0), environment_id, task, run_at, starts: 0 }
    }

    /// The one job of a task for what began at `since` and may begin again: asking for its next run
    /// itself, it ends with what began then. Its id tells it from the job of another beginning.
    pub fn since(environment_id: EnvironmentId, task: Task, since: Instant, run_at: Instant) -> Self {
        // Instants before 1970 do not occur.
        let ms = u64::try_from(since.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        Self { id: derived_id(&task, ms), environment_id, task, run_at, starts: 0 }
    }

    /// The one job of a task in this hour of the clock, due at once: asking for it again changes
    /// nothing as long as its row is there, which has to stay until [`Job::hour_ends`].
    pub fn hourly(environment_id: EnvironmentId, task: Task, now: Instant) -> Self {
        let hour_ms = now.unix_timestamp() / HOUR_S * HOUR_S * 1_000;
        // Instants before 1970 do not occur.
        let id = derived_id(&task, u64::try_from(hour_ms).unwrap_or(0));
        Self { id, environment_id, task, run_at: now, starts: 0 }
    }

    /// When the hour ends whose only job it is; none of a standing job.
    pub fn hour_ends(&self) -> Option<Instant> {
        let hour_s = i64::try_from(self.id.ulid().timestamp_ms() / 1_000).ok()?;
        if hour_s > 0 { Instant::from_unix_timestamp(hour_s + HOUR_S).ok() } else { None }
    }
}

/// Seconds of an hour.
const HOUR_S: i64 = 3_600;

/// The id of the only job of a task in a time that begins at `ms`. Of what the task is, 80 bits of
/// SHA-256 are left: no two tasks of a deployment have the same.
fn derived_id(task: &Task, ms: u64) -> JobId {
    let text = format!("{}:{}", task.kind(), task.subject());
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let chance = digest.as_ref().iter().take(10).fold(0, |bits, byte| bits << 8 | u128::from(*byte));
    JobId::from_ulid(Ulid::from_parts(ms, chance))
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
    /// Read the metadata of a connection's provider again.
    RefreshMetadata(ConnectionId),
    /// Warn people whose connection's certificates run out.
    WatchCertificates(ConnectionId),
    /// Look up the records of an environment's hosts.
    CheckHosts(EnvironmentId),
    /// Look up the record of an organization's domain.
    CheckDomain(OrganizationDomainId),
    /// Tell members what of an environment needs attention.
    LookAround(EnvironmentId),
}

impl Task {
    /// Whether it goes on as long as what it is about. Such a job is never given up.
    pub fn recurs(&self) -> bool {
        match self {
            Self::RefreshMetadata(_)
            | Self::WatchCertificates(_)
            | Self::CheckHosts(_)
            | Self::CheckDomain(_)
            | Self::LookAround(_) => true,
            Self::DispatchEvent(_)
            | Self::DeliverWebhook(_)
            | Self::SendMessage(_)
            | Self::ExpireSignIn(_) => false,
        }
    }

    /// The word in stores.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::DispatchEvent(_) => "dispatch_event",
            Self::DeliverWebhook(_) => "deliver_webhook",
            Self::SendMessage(_) => "send_message",
            Self::ExpireSignIn(_) => "expire_sign_in",
            Self::RefreshMetadata(_) => "refresh_metadata",
            Self::WatchCertificates(_) => "watch_certificates",
            Self::CheckHosts(_) => "check_hosts",
            Self::CheckDomain(_) => "check_domain",
            Self::LookAround(_) => "look_around",
        }
    }

    /// The id that the task is about, as text.
    pub fn subject(&self) -> String {
        match self {
            Self::DispatchEvent(id) => id.to_string(),
            Self::DeliverWebhook(id) => id.to_string(),
            Self::SendMessage(id) => id.to_string(),
            Self::ExpireSignIn(id) => id.to_string(),
            Self::RefreshMetadata(id) | Self::WatchCertificates(id) => id.to_string(),
            Self::CheckHosts(id) | Self::LookAround(id) => id.to_string(),
            Self::CheckDomain(id) => id.to_string(),
        }
    }

    /// Reads what [`Task::kind`] and [`Task::subject`] wrote.
    pub fn parse(kind: &str, subject: &str) -> Option<Self> {
        match kind {
            "dispatch_event" => subject.parse().ok().map(Self::DispatchEvent),
            "deliver_webhook" => subject.parse().ok().map(Self::DeliverWebhook),
            "send_message" => subject.parse().ok().map(Self::SendMessage),
            "expire_sign_in" => subject.parse().ok().map(Self::ExpireSignIn),
            "refresh_metadata" => subject.parse().ok().map(Self::RefreshMetadata),
            "watch_certificates" => subject.parse().ok().map(Self::WatchCertificates),
            "check_hosts" => subject.parse().ok().map(Self::CheckHosts),
            "check_domain" => subject.parse().ok().map(Self::CheckDomain),
            "look_around" => subject.parse().ok().map(Self::LookAround),
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
    use time::macros::datetime;

    #[test]
    fn every_task_survives_its_text_form() {
        let ulid = Ulid::from_parts(1, 2);
        for task in [
            Task::DispatchEvent(EventId::from_ulid(ulid)),
            Task::DeliverWebhook(WebhookDeliveryId::from_ulid(ulid)),
            Task::SendMessage(MessageId::from_ulid(ulid)),
            Task::ExpireSignIn(SsoSessionId::from_ulid(ulid)),
            Task::RefreshMetadata(ConnectionId::from_ulid(ulid)),
            Task::WatchCertificates(ConnectionId::from_ulid(ulid)),
            Task::CheckHosts(EnvironmentId::from_ulid(ulid)),
            Task::CheckDomain(OrganizationDomainId::from_ulid(ulid)),
            Task::LookAround(EnvironmentId::from_ulid(ulid)),
        ] {
            assert_eq!(Task::parse(task.kind(), &task.subject()), Some(task));
        }
        assert_eq!(Task::parse("sweep", "x"), None);
    }

    #[test]
    fn what_is_there_once_has_one_id() {
        let environment = EnvironmentId::from_ulid(Ulid::from_parts(1, 1));
        let connection = |n| ConnectionId::from_ulid(Ulid::from_parts(1, n));
        let at = datetime!(2026-11-21 12:00 UTC);
        let standing = |task, at| Job::standing(environment, task, at).id;
        let id = standing(Task::RefreshMetadata(connection(2)), at);
        assert_eq!(standing(Task::RefreshMetadata(connection(2)), at + Duration::days(9)), id);
        assert_ne!(standing(Task::RefreshMetadata(connection(3)), at), id);
        assert_ne!(standing(Task::WatchCertificates(connection(2)), at), id);
    }

    #[test]
    fn what_begins_again_has_another_job() {
        let environment = EnvironmentId::from_ulid(Ulid::from_parts(1, 1));
        let task = Task::CheckDomain(OrganizationDomainId::from_ulid(Ulid::from_parts(1, 2)));
        let at = datetime!(2026-11-21 12:00 UTC);
        let first = Job::since(environment, task, at, at);
        assert_eq!(Job::since(environment, task, at, at + Duration::DAY).id, first.id);
        assert_ne!(Job::since(environment, task, at + Duration::MILLISECOND, at).id, first.id);
    }

    #[test]
    fn an_hour_has_one_job_of_a_task() {
        let environment = EnvironmentId::from_ulid(Ulid::from_parts(1, 1));
        let task = Task::RefreshMetadata(ConnectionId::from_ulid(Ulid::from_parts(1, 2)));
        let at = datetime!(2026-11-21 12:00 UTC);
        let next = at + Duration::HOUR;
        let first = Job::hourly(environment, task, at);
        let last = Job::hourly(environment, task, next - Duration::MICROSECOND);
        assert_eq!((last.id, last.hour_ends()), (first.id, Some(next)));
        assert_ne!(Job::hourly(environment, task, next).id, first.id);
        let standing = Job::standing(environment, task, at);
        assert_eq!(standing.hour_ends(), None);
        assert_ne!(standing.id, first.id);
    }
}
