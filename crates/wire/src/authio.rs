//! The flat body of webhooks in the one-time-token API's style.

use std::collections::BTreeMap;

use serde::Serialize;
use vestibule_domain::audit::{Actor, ActorKind};
use vestibule_domain::event::{
    CertificateSnapshot, ConnectionSnapshot, Event, Fact, OrganizationSnapshot, SignInSnapshot,
};
use vestibule_domain::organization_domain::OrganizationDomain;

use crate::organization::OrganizationDomainJson;
use crate::timestamp::Timestamp;

/// The body of a webhook in the style `authio`.
///
/// Source: one-time-token contract, section "Webhooks".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = FlatEvent))]
pub struct FlatEventJson {
    /// `event_…`, the same as in the other style.
    id: String,
    /// What was done, in the words of `GET /v1/events`.
    action: &'static str,
    /// When it happened.
    created_at: Timestamp,
    /// `environment_…`
    project_id: String,
    /// `org_…`; null for people who sign in with an account of their own.
    organization_id: Option<String>,
    /// `member_…` if a member of the vendor's team did it.
    user_id: Option<String>,
    /// Type of what it was done to.
    target_type: &'static str,
    /// Id of what it was done to.
    target_id: String,
    /// More about it.
    metadata: BTreeMap<&'static str, String>,
    /// Who did it.
    actor: FlatActorJson,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = FlatActor))]
pub struct FlatActorJson {
    /// `api_key`, `portal_session`, `member` or `system`.
    r#type: &'static str,
    /// Their id.
    id: String,
}

impl FlatEventJson {
    /// Presents an event.
    pub fn new(event: &Event) -> Self {
        let target = target(&event.fact);
        Self {
            id: event.id.to_string(),
            action: event.fact.action(),
            created_at: event.created_at.into(),
            project_id: event.environment_id.to_string(),
            organization_id: event.organization_id.map(|id| id.to_string()),
            user_id: user_id(&event.actor),
            target_type: target.kind,
            target_id: target.id,
            metadata: target.metadata,
            actor: FlatActorJson { r#type: event.actor.kind.as_str(), id: event.actor.id.clone() },
        }
    }
}

/// The person of the vendor's team behind an action, if one is.
pub fn user_id(actor: &Actor) -> Option<String> {
    match actor.kind {
        ActorKind::Member => Some(actor.id.clone()),
        ActorKind::ApiKey | ActorKind::PortalSession | ActorKind::System => None,
    }
}

struct Target {
    kind: &'static str,
    id: String,
    metadata: BTreeMap<&'static str, String>,
}

fn target(fact: &Fact) -> Target {
    match fact {
        Fact::ConnectionActivated(snapshot)
        | Fact::ConnectionDeactivated(snapshot)
        | Fact::ConnectionDeleted(snapshot) => connection(snapshot),
        Fact::OrganizationCreated(snapshot)
        | Fact::OrganizationUpdated(snapshot)
        | Fact::OrganizationDeleted(snapshot) => organization(snapshot),
        Fact::OrganizationDomainCreated(d)
        | Fact::OrganizationDomainUpdated(d)
        | Fact::OrganizationDomainDeleted(d)
        | Fact::OrganizationDomainVerified(d) => organization_domain(d),
        Fact::OrganizationDomainVerificationFailed(failed) => organization_domain(&failed.domain),
        Fact::SsoStarted(s) | Fact::SsoSucceeded(s) | Fact::SsoFailed(s) | Fact::SsoTimedOut(s) => sign_in(s),
        Fact::SamlCertificateRenewalRequired(s) | Fact::SamlCertificateRenewed(s) => certificate(s),
        Fact::WebhookEndpointTested(test) => Target {
            kind: "webhook_endpoint",
            id: test.endpoint_id.to_string(),
            metadata: BTreeMap::from([("test", "true".to_owned())]),
        },
    }
}

fn connection(snapshot: &ConnectionSnapshot) -> Target {
    let metadata = BTreeMap::from([
        ("connection_type", snapshot.connection_type.to_string()),
        ("name", snapshot.name.to_string()),
        ("state", snapshot.state.as_str().to_owned()),
    ]);
    Target { kind: "connection", id: snapshot.id.to_string(), metadata }
}

fn organization(snapshot: &OrganizationSnapshot) -> Target {
    let organization = &snapshot.organization;
    let metadata = BTreeMap::from([
        ("name", organization.name.to_string()),
        ("slug", organization.slug.as_str().to_owned()),
    ]);
    Target { kind: "organization", id: organization.id.to_string(), metadata }
}

fn organization_domain(domain: &OrganizationDomain) -> Target {
    let metadata = BTreeMap::from([
        ("domain", domain.domain.as_str().to_owned()),
        ("state", OrganizationDomainJson::new(domain).state().to_owned()),
    ]);
    Target { kind: "organization_domain", id: domain.id.to_string(), metadata }
}

fn certificate(snapshot: &CertificateSnapshot) -> Target {
    let metadata = BTreeMap::from([("expires_at", Timestamp(snapshot.expires_at).to_string())]);
    Target { kind: "connection", id: snapshot.connection_id.to_string(), metadata }
}

fn sign_in(snapshot: &SignInSnapshot) -> Target {
    let mut metadata = BTreeMap::from([("connection_id", snapshot.connection_id.to_string())]);
    if let Some(email) = &snapshot.email {
        metadata.insert("email", email.clone());
    }
    if let Some((code, _)) = &snapshot.error {
        metadata.insert("error", code.clone());
    }
    Target { kind: "sso_session", id: snapshot.session_id.to_string(), metadata }
}
