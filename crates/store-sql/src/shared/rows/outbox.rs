//! The audit trail, events, jobs and messages.

use vestibule_application::ports::store::{StoreError, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::audit::{Actor, AuditEntry, AuditTarget, Origin};
use vestibule_domain::event::Event;
use vestibule_domain::job::{Job, Task};
use vestibule_domain::message::{Message, MessageState};
use vestibule_wire::stored::TextForm as _;

use super::row;
use crate::doc::Doc;
use crate::parse::{Table, instant, without_nul};

row! {
    /// An entry of the audit trail. Its place in the order of commits is the database's to give.
    AuditRow of audit_trail {
        id: String,
        unit_position: i32,
        environment_id: String,
        organization_id: Option<String>,
        at: Instant,
        action: String,
        actor_kind: String,
        actor_id: String,
        actor_name: Option<String>,
        target_kind: String,
        target_id: String,
        details: Doc,
        changes: Option<Doc>,
        ip_address: Option<String>,
        user_agent: Option<String>,
    }
}

impl AuditRow {
    /// The row of an entry, with its position among those of its unit of work.
    pub(in super::super) fn new(entry: AuditEntry, unit_position: i32) -> Self {
        let origin = entry.actor.origin.unwrap_or_default();
        Self {
            id: entry.id.to_string(),
            unit_position,
            environment_id: entry.environment_id.to_string(),
            organization_id: entry.organization_id.map(|id| id.to_string()),
            at: instant(entry.at),
            action: entry.action.to_text(),
            actor_kind: entry.actor.kind.to_text(),
            actor_id: without_nul(&entry.actor.id),
            actor_name: entry.actor.name.as_deref().map(without_nul),
            target_kind: without_nul(&entry.target.kind),
            target_id: without_nul(&entry.target.id),
            details: Doc::of(&entry.details),
            changes: (!entry.changes.is_empty()).then(|| Doc::of(&entry.changes)),
            ip_address: origin.ip_address.as_deref().map(without_nul),
            user_agent: origin.user_agent.as_deref().map(without_nul),
        }
    }
}

impl TryFrom<AuditRow> for AuditEntry {
    type Error = StoreError;

    fn try_from(row: AuditRow) -> StoreResult<Self> {
        let table = Table("audit_trail");
        let origin = Origin { ip_address: row.ip_address, user_agent: row.user_agent };
        let changes = row.changes.map(|changes| table.document("changes", &changes)).transpose()?;
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            organization_id: row.organization_id.map(|id| table.id("organization_id", &id)).transpose()?,
            at: row.at,
            action: table.text("action", &row.action)?,
            actor: Actor {
                kind: table.text("actor_kind", &row.actor_kind)?,
                id: row.actor_id,
                name: row.actor_name,
                origin: (origin != Origin::default()).then_some(origin),
            },
            target: AuditTarget { kind: row.target_kind, id: row.target_id },
            details: table.document("details", &row.details)?,
            changes: changes.unwrap_or_default(),
        })
    }
}

row! {
    /// An event. Its name is in the fact as well; the column is for filters.
    EventRow of events {
        id: String,
        unit_position: i32,
        environment_id: String,
        organization_id: Option<String>,
        created_at: Instant,
        actor_kind: String,
        actor_id: String,
        actor_name: Option<String>,
        name: String,
        fact: Doc,
    }
}

impl EventRow {
    /// The row of an event, with its position among those of its unit of work.
    pub(in super::super) fn new(event: Event, unit_position: i32) -> Self {
        Self {
            id: event.id.to_string(),
            unit_position,
            environment_id: event.environment_id.to_string(),
            organization_id: event.organization_id.map(|id| id.to_string()),
            created_at: instant(event.created_at),
            actor_kind: event.actor.kind.to_text(),
            actor_id: without_nul(&event.actor.id),
            actor_name: event.actor.name.as_deref().map(without_nul),
            name: event.fact.name().to_owned(),
            fact: Doc::of(&event.fact),
        }
    }
}

impl TryFrom<EventRow> for Event {
    type Error = StoreError;

    fn try_from(row: EventRow) -> StoreResult<Self> {
        let table = Table("events");
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            organization_id: row.organization_id.map(|id| table.id("organization_id", &id)).transpose()?,
            created_at: row.created_at,
            actor: Actor {
                kind: table.text("actor_kind", &row.actor_kind)?,
                id: row.actor_id,
                name: row.actor_name,
                origin: None,
            },
            fact: table.document("fact", &row.fact)?,
        })
    }
}

row! {
    /// A job.
    JobRow of jobs {
        id: String,
        environment_id: String,
        kind: String,
        subject: String,
        run_at: Instant,
        due_at: Instant,
        starts: i64,
        given_up_reason: Option<String>,
    }
}

impl From<Job> for JobRow {
    fn from(job: Job) -> Self {
        Self {
            id: job.id.to_string(),
            environment_id: job.environment_id.to_string(),
            kind: job.task.kind().to_owned(),
            subject: job.task.subject(),
            run_at: instant(job.run_at),
            due_at: instant(job.run_at),
            starts: job.starts.into(),
            given_up_reason: None,
        }
    }
}

impl TryFrom<JobRow> for Job {
    type Error = StoreError;

    fn try_from(row: JobRow) -> StoreResult<Self> {
        let table = Table("jobs");
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            task: table.some("subject", Task::parse(&row.kind, &row.subject))?,
            run_at: row.run_at,
            starts: table.number("starts", row.starts)?,
        })
    }
}

row! {
    /// A message.
    MessageRow of messages {
        id: String,
        environment_id: String,
        organization_id: Option<String>,
        recipient: String,
        kind: Doc,
        state: String,
        state_at: Option<Instant>,
        created_at: Instant,
    }
}

impl From<&Message> for MessageRow {
    fn from(message: &Message) -> Self {
        let (state, state_at) = match message.state {
            MessageState::Queued => ("queued", None),
            MessageState::Sent { at } => ("sent", Some(instant(at))),
            MessageState::Failed { at } => ("failed", Some(instant(at))),
        };
        Self {
            id: message.id.to_string(),
            environment_id: message.environment_id.to_string(),
            organization_id: message.organization_id.map(|id| id.to_string()),
            recipient: message.to.to_text(),
            kind: Doc::of(&message.kind),
            state: state.to_owned(),
            state_at,
            created_at: instant(message.created_at),
        }
    }
}

impl TryFrom<MessageRow> for Message {
    type Error = StoreError;

    fn try_from(row: MessageRow) -> StoreResult<Self> {
        let table = Table("messages");
        let state = match (row.state.as_str(), row.state_at) {
            ("queued", None) => MessageState::Queued,
            ("sent", Some(at)) => MessageState::Sent { at },
            ("failed", Some(at)) => MessageState::Failed { at },
            _ => return Err(table.corrupt("state")),
        };
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            organization_id: row.organization_id.map(|id| table.id("organization_id", &id)).transpose()?,
            to: table.text("recipient", &row.recipient)?,
            kind: table.document("kind", &row.kind)?,
            state,
            created_at: row.created_at,
        })
    }
}
