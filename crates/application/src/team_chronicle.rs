//! Writing down what happened to a team's people, and telling them by mail.

use vestibule_domain::Instant;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{MemberId, MessageId, TeamId};
use vestibule_domain::job::{Job, Task};
use vestibule_domain::member::Member;
use vestibule_domain::message::{Message, MessageKind, MessageState};
use vestibule_domain::readout::FieldChange;
use vestibule_domain::team_trail::{TeamAction, TeamEntry};

use crate::ambient::{Ambient, SecretOf};
use crate::ports::store::{StoreResult, UnitOfWork};

/// A member who acts, and from where.
#[derive(Clone, Debug)]
pub struct Acting {
    /// Who.
    pub member_id: MemberId,
    /// Of which team.
    pub team_id: TeamId,
    /// What colleagues call them.
    pub name: String,
    /// The address of their browser.
    pub ip_address: Option<String>,
}

impl Acting {
    /// A member, from an address.
    pub fn new(member: &Member, ip_address: Option<String>) -> Self {
        Self {
            member_id: member.id,
            team_id: member.team_id,
            name: member.display_name().to_owned(),
            ip_address,
        }
    }
}

/// What was done to whom or what.
#[derive(Clone, Debug)]
pub struct TeamDeed {
    /// What was done.
    pub action: TeamAction,
    /// To whom or what: an id.
    pub target: String,
    /// More about it; never secrets.
    pub details: Vec<(&'static str, String)>,
}

impl TeamDeed {
    /// Something done to a member, about which there is no more to say.
    pub fn to(member: MemberId, action: TeamAction) -> Self {
        Self { action, target: member.to_string(), details: Vec::new() }
    }
}

/// Adds to the team's audit trail.
pub async fn record(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    by: &Acting,
    now: Instant,
    deed: TeamDeed,
) -> StoreResult<()> {
    record_change(work, ambient, by, now, (deed, Vec::new())).await
}

/// Adds to the team's audit trail, with what was before and after.
pub async fn record_change(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    by: &Acting,
    now: Instant,
    (deed, changes): (TeamDeed, Vec<FieldChange>),
) -> StoreResult<()> {
    let entry = TeamEntry {
        member_id: Some(by.member_id),
        member_name: Some(by.name.clone()),
        changes: changes.into_iter().map(FieldChange::shortened).collect(),
        ..entry(ambient, by.team_id, now, by.ip_address.clone(), deed)
    };
    work.teams().record(&entry).await
}

/// Adds what somebody did who was not signed in.
pub async fn record_of_nobody(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    (team_id, ip_address): (TeamId, Option<String>),
    now: Instant,
    deed: TeamDeed,
) -> StoreResult<()> {
    let entry = entry(ambient, team_id, now, ip_address, deed);
    work.teams().record(&entry).await
}

/// What the trail calls whoever runs the deployment's own commands.
const CONSOLE: &str = "the deployment’s console";

/// Adds what whoever runs the deployment did by a command, with nobody signed in.
pub async fn record_at_console(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    team_id: TeamId,
    now: Instant,
    deed: TeamDeed,
) -> StoreResult<()> {
    let entry =
        TeamEntry { member_name: Some(CONSOLE.to_owned()), ..entry(ambient, team_id, now, None, deed) };
    work.teams().record(&entry).await
}

fn entry(
    ambient: &Ambient,
    team_id: TeamId,
    at: Instant,
    ip_address: Option<String>,
    deed: TeamDeed,
) -> TeamEntry {
    TeamEntry {
        id: ambient.id(at),
        team_id,
        at,
        action: deed.action,
        member_id: None,
        member_name: None,
        ip_address,
        target: deed.target,
        details: deed.details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        changes: Vec::new(),
    }
}

/// Writes to somebody about an account: on behalf of the team's oldest environment, since a message
/// and its job belong to one.
pub async fn write_to(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    (team_id, to): (TeamId, &EmailAddress),
    now: Instant,
    says: Says<'_>,
) -> StoreResult<()> {
    let Some(environment_id) = work.teams().oldest_environment(team_id).await? else {
        tracing::warn!(team.id = %team_id, "a team without an environment can send no mail");
        return Ok(());
    };
    let id: MessageId = ambient.id(now);
    let sealed = |url: &str| Some(ambient.seal(SecretOf::Message(id), url.as_bytes()));
    let kind = match says {
        Says::Reset { url, expires_at } => MessageKind::PasswordReset { sealed_url: sealed(url), expires_at },
        Says::Invitation { url, invited_by, expires_at } => {
            MessageKind::TeamInvitation { sealed_url: sealed(url), invited_by, expires_at }
        }
        Says::Changed(change) => MessageKind::Account(change),
    };
    let message = Message {
        id,
        environment_id,
        organization_id: None,
        to: to.clone(),
        kind,
        state: MessageState::Queued,
        created_at: now,
    };
    work.messages().insert(&message).await?;
    let job =
        Job { id: ambient.id(now), environment_id, task: Task::SendMessage(id), run_at: now, starts: 0 };
    work.outbox().enqueue(job).await
}

/// What is written.
#[derive(Clone, Debug)]
pub enum Says<'a> {
    /// "Choose a new password".
    Reset {
        /// The link. Secret.
        url: &'a str,
        /// When it stops working.
        expires_at: Instant,
    },
    /// "Join the team".
    Invitation {
        /// The link. Secret.
        url: &'a str,
        /// Who invites.
        invited_by: String,
        /// When it stops working.
        expires_at: Instant,
    },
    /// "Your password was changed".
    Changed(vestibule_domain::message::AccountChange),
}
