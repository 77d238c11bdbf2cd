//! Tells members by mail what of an environment needs attention: set-ups that got stuck, and
//! deliveries that were given up. A digest of each a day at most, and of the same thing once.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::attention::STUCK_AFTER;
use vestibule_domain::audit::Actor;
use vestibule_domain::digest::{self, Digest, Span, StuckSetUp, UndeliveredTo};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{EnvironmentId, MessageId};
use vestibule_domain::job::{Job, Task};
use vestibule_domain::message::{Message, MessageKind, MessageState};
use vestibule_domain::notice::Notice;
use vestibule_domain::webhook::{EndpointState, WebhookEndpoint};

use crate::ambient::Ambient;
use crate::chronicle::{self, Scene};
use crate::ports::store::{InNeed, StoreError, Undelivered, UnitOfWork};
use crate::usecase::UseCase;

/// What there are digests of.
pub(crate) const NOTICES: [Notice; 2] = [Notice::SetUpStuck, Notice::WebhookUndelivered];

/// Tells members.
pub struct TellOfNeeds {
    /// Time, chance.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct TellOfNeedsCommand {
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Its stuck set-ups, as its overview has them.
    pub stuck: Vec<InNeed>,
    /// Its deliveries that were given up, as its overview has them.
    pub undelivered: Vec<Undelivered>,
}

#[async_trait]
impl UseCase for TellOfNeeds {
    type Command = TellOfNeedsCommand;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: TellOfNeedsCommand,
    ) -> Result<(), StoreError> {
        let TellOfNeedsCommand { environment_id, stuck, undelivered } = command;
        let now = self.ambient.now();
        let Some(environment) = work.accounts().find_environment(environment_id).await? else {
            return Ok(());
        };
        let members = work.teams().members(environment.team_id).await?;
        let scene = Scene { environment_id, actor: Actor::system(), now };
        for notice in NOTICES {
            let wanting = members.iter().filter(|member| member.notices.has(notice));
            let wanting: Vec<&EmailAddress> = wanting.map(|member| &member.email).collect();
            if wanting.is_empty() {
                continue;
            }
            let told = work.accounts().told_until(environment_id, notice).await?;
            let Some(span) = Span::due(told, now) else { continue };
            let digest = if notice == Notice::SetUpStuck {
                stuck_set_ups(&stuck, span)
            } else {
                let endpoints = work.webhooks().list_endpoints(environment_id).await?;
                given_up(&undelivered, &endpoints, span)
            };
            let Some(digest) = digest else { continue };
            // Whoever looks at the same time is behind, and tells nobody.
            if !work.accounts().tell_until(environment_id, notice, told, span.until).await? {
                continue;
            }
            for to in wanting {
                self.write(work, &scene, to.clone(), digest.clone()).await?;
            }
        }
        Ok(())
    }
}

impl TellOfNeeds {
    async fn write(
        &self,
        work: &mut dyn UnitOfWork,
        scene: &Scene,
        to: EmailAddress,
        digest: Digest,
    ) -> Result<(), StoreError> {
        let id: MessageId = self.ambient.id(scene.now);
        let message = Message {
            id,
            environment_id: scene.environment_id,
            organization_id: None,
            to,
            kind: MessageKind::Digest(digest),
            state: MessageState::Queued,
            created_at: scene.now,
        };
        work.messages().insert(&message).await?;
        chronicle::enqueue(work, &self.ambient, scene, Task::SendMessage(id)).await
    }
}

/// The set-ups that got stuck in a time; none if there are none.
fn stuck_set_ups(stuck: &[InNeed], span: Span) -> Option<Digest> {
    let fresh = stuck.iter().filter(|set_up| span.has(set_up.at + STUCK_AFTER));
    let fresh: Vec<_> = fresh
        .map(|set_up| StuckSetUp {
            organization_id: set_up.organization_id,
            name: set_up.name.clone(),
            moved_at: set_up.at,
            opened: set_up.opened,
        })
        .collect();
    let (named, more) = digest::named(fresh);
    (!named.is_empty()).then_some(Digest::StuckSetUps { named, more })
}

/// The endpoints to which deliveries were given up in a time; none if there are none.
fn given_up(undelivered: &[Undelivered], endpoints: &[WebhookEndpoint], span: Span) -> Option<Digest> {
    let mut failed: Vec<_> = endpoints
        .iter()
        .filter_map(|endpoint| {
            let to_it = undelivered.iter().filter(|one| one.endpoint_id == endpoint.id && span.has(one.at));
            let times: Vec<Instant> = to_it.map(|one| one.at).collect();
            Some(UndeliveredTo {
                endpoint_id: endpoint.id,
                url: endpoint.url.as_str().to_owned(),
                given_up: u32::try_from(times.len()).unwrap_or(u32::MAX),
                last_at: times.into_iter().max()?,
                disabled: endpoint.state == EndpointState::Disabled,
            })
        })
        .collect();
    failed.sort_by_key(|endpoint| std::cmp::Reverse(endpoint.last_at));
    let (named, more) = digest::named(failed);
    (!named.is_empty()).then_some(Digest::Undelivered { named, more })
}

/// Adds to environments the job that looks around in them.
pub struct AttendToEnvironments {
    /// Time.
    pub ambient: Ambient,
}

#[async_trait]
impl UseCase for AttendToEnvironments {
    type Command = Vec<EnvironmentId>;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        environments: Vec<EnvironmentId>,
    ) -> Result<(), StoreError> {
        let now = self.ambient.now();
        for id in environments {
            work.outbox().enqueue(Job::standing(id, Task::LookAround(id), now)).await?;
        }
        Ok(())
    }
}
