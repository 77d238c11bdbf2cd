//! Events: the envelope of `GET /events` and of webhooks.

use serde::Serialize;
use vestibule_domain::audit::{Actor, ActorKind};
use vestibule_domain::event::{Event, Fact};

use crate::connection::{ConnectionEventJson, DeletedConnectionJson};
use crate::organization::{OrganizationDomainJson, OrganizationJson};
use crate::timestamp::Timestamp;

/// An event. The webhook of the same occurrence has the same id and the same body.
///
/// Source: WorkOS-compatible contract, section 12.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Event))]
pub struct EventJson {
    /// Always `event`.
    object: &'static str,
    /// `event_…`; consumers drop repeats by it.
    id: String,
    /// The name, such as `connection.activated`.
    event: &'static str,
    /// What was true right then; its shape goes with the name.
    data: EventDataJson,
    /// When it happened.
    created_at: Timestamp,
    /// Under what circumstances.
    context: EventContextJson,
}

impl EventJson {
    /// Presents an event.
    pub fn new(event: &Event) -> Self {
        Self {
            object: "event",
            id: event.id.to_string(),
            event: event.fact.name(),
            data: EventDataJson::new(&event.fact),
            created_at: event.created_at.into(),
            context: EventContextJson { actor: EventActorJson::new(&event.actor) },
        }
    }
}

/// What was true when an event happened.
///
/// Source: WorkOS-compatible contract, section 12.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EventData))]
pub enum EventDataJson {
    /// Of `connection.activated` and `connection.deactivated`.
    Connection(ConnectionEventJson),
    /// Of `connection.deleted`.
    DeletedConnection(DeletedConnectionJson),
    /// Of `organization.*`.
    Organization(OrganizationJson),
    /// Of `organization_domain.*`.
    OrganizationDomain(OrganizationDomainJson),
}

impl EventDataJson {
    fn new(fact: &Fact) -> Self {
        match fact {
            Fact::ConnectionActivated(snapshot) | Fact::ConnectionDeactivated(snapshot) => {
                Self::Connection(ConnectionEventJson::new(snapshot))
            }
            Fact::ConnectionDeleted(snapshot) => {
                Self::DeletedConnection(DeletedConnectionJson::new(snapshot))
            }
            Fact::OrganizationCreated(snapshot)
            | Fact::OrganizationUpdated(snapshot)
            | Fact::OrganizationDeleted(snapshot) => {
                Self::Organization(OrganizationJson::new(&snapshot.organization, &snapshot.domains))
            }
            Fact::OrganizationDomainCreated(domain)
            | Fact::OrganizationDomainUpdated(domain)
            | Fact::OrganizationDomainDeleted(domain)
            | Fact::OrganizationDomainVerified(domain) => {
                Self::OrganizationDomain(OrganizationDomainJson::new(domain))
            }
        }
    }
}

/// Under what circumstances an event happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EventContext))]
pub struct EventContextJson {
    /// Who made it happen.
    actor: EventActorJson,
}

/// Who made an event happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EventActor))]
pub struct EventActorJson {
    /// Id of the API key, portal session or member; `system` for the service itself.
    id: String,
    /// `api`, `dashboard`, `admin_portal` or `system`.
    source: &'static str,
    /// Name for people.
    name: Option<String>,
}

impl EventActorJson {
    fn new(actor: &Actor) -> Self {
        let source = match actor.kind {
            ActorKind::ApiKey => "api",
            ActorKind::Member => "dashboard",
            ActorKind::PortalSession => "admin_portal",
            ActorKind::System => "system",
        };
        Self { id: actor.id.clone(), source, name: actor.name.clone() }
    }
}
