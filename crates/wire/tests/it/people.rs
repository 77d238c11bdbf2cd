//! An organization with everything on it, and every fact that can be told of it.

use time::Duration;
use time::macros::datetime;
use vestibule_domain::Instant;
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::audit::{Actor, ActorKind};
use vestibule_domain::connection::{Connection, ConnectionState, ProtocolSettings};
use vestibule_domain::connection_type::{ConnectionType, Protocol};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::event::{
    CertificateSnapshot, ConnectionSnapshot, Event, Fact, FailedDomain, OrganizationSnapshot, SignInSnapshot,
    WebhookTest,
};
use vestibule_domain::organization::{ExternalId, Metadata, Organization, ProfileRule, Slug};
use vestibule_domain::organization_domain::{
    DomainFailure, DomainState, OrganizationDomain, Proof, ProofSearch,
};
use vestibule_domain::text::Name;

pub(crate) const MADE: Instant = datetime!(2026-11-21 09:30:00 UTC);
pub(crate) const CHANGED: Instant = datetime!(2026-11-21 12:05:09.120_999 UTC);

pub(crate) fn name(raw: &str) -> Name {
    Name::parse(raw).unwrap()
}

pub(crate) fn metadata(entries: &[(&str, &str)]) -> Metadata {
    Metadata::parse(entries.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))).unwrap()
}

pub(crate) fn organization() -> Organization {
    let name = name("Acme, Inc.");
    Organization {
        id: "org_01KAJ1XA00ACME000000000000".parse().unwrap(),
        environment_id: "environment_01KAJ1XA00ENV0000000000000".parse().unwrap(),
        slug: Slug::of_name(&name),
        name,
        external_id: Some(ExternalId::parse("crm/4711").unwrap()),
        metadata: metadata(&[("tier", "gold"), ("10", "ten"), ("9", "nine"), ("01", "padded")]),
        stripe_customer_id: Some(Name::parse("cus_123").unwrap()),
        profiles: ProfileRule::AnyDomain,
        created_at: MADE,
        updated_at: CHANGED,
    }
}

pub(crate) fn plain_organization() -> Organization {
    Organization {
        external_id: None,
        metadata: Metadata::default(),
        stripe_customer_id: None,
        profiles: ProfileRule::VerifiedDomains,
        ..organization()
    }
}

pub(crate) fn domain(state: DomainState) -> OrganizationDomain {
    let of = organization();
    OrganizationDomain {
        id: "org_domain_01KAJ1XA00D0MA1N0000000000".parse().unwrap(),
        environment_id: of.environment_id,
        organization_id: of.id,
        domain: DomainName::parse("acme.example").unwrap(),
        state,
        verification_token: "Xq3b0v".into(),
        search: ProofSearch::begun(MADE),
        created_at: MADE,
        updated_at: CHANGED,
    }
}

pub(crate) fn verified() -> OrganizationDomain {
    domain(DomainState::Verified { at: CHANGED, by: Proof::Dns })
}

pub(crate) fn connection(state: ConnectionState) -> Connection {
    let of = organization();
    Connection {
        id: "conn_01KAJ1XA00C0NN000000000000".parse().unwrap(),
        environment_id: of.environment_id,
        organization_id: of.id,
        connection_type: ConnectionType::OktaSaml,
        provider: Some("okta-saml".into()),
        name: name("Okta"),
        external_id: Some(ExternalId::parse("conn-1").unwrap()),
        state,
        settings: ProtocolSettings::empty(Protocol::Saml),
        attribute_map: AttributeMap::default(),
        set_up_by: None,
        created_at: MADE,
        updated_at: CHANGED,
    }
}

pub(crate) fn actor(kind: ActorKind, name: Option<&str>) -> Actor {
    let id = match kind {
        ActorKind::ApiKey => "key_01KAJ1XA00KEY0000000000000",
        ActorKind::PortalSession => "portal_session_01KAJ1XA00V1S1T000000000000",
        ActorKind::Member => "member_01KAJ1XA00MEMBER0000000000",
        ActorKind::System => "system",
    };
    Actor { kind, id: id.to_owned(), name: name.map(str::to_owned), origin: None }
}

pub(crate) fn event(actor: Actor, fact: Fact) -> Event {
    let of = organization();
    Event {
        id: "event_01KAJAFKSREVENT00000000000".parse().unwrap(),
        environment_id: of.environment_id,
        organization_id: Some(of.id),
        created_at: CHANGED,
        actor,
        fact,
    }
}

fn sign_in(error: Option<(String, String)>) -> SignInSnapshot {
    let connection = connection(ConnectionState::Active);
    SignInSnapshot {
        session_id: "sess_01KAJAFKSRSESS000000000000".parse().unwrap(),
        connection_id: connection.id,
        organization_id: Some(connection.organization_id),
        profile_id: error.is_none().then(|| "prof_01KAJAFKSRPR0F000000000000".parse().unwrap()),
        email: error.is_none().then(|| "ada@acme.example".into()),
        roles: Vec::new(),
        ip_address: Some("192.0.2.1".into()),
        user_agent: Some("Mozilla/5.0".into()),
        error,
    }
}

/// The certificate of a connection that lasts so long.
fn certificate(lasts: Duration) -> CertificateSnapshot {
    let connection = connection(ConnectionState::Active);
    CertificateSnapshot {
        of: vestibule_domain::certificate_watch::CertificateUse::ResponseSigning,
        connection_id: connection.id,
        organization_id: connection.organization_id,
        expires_at: CHANGED + lasts,
        at: CHANGED,
    }
}

/// Every fact once, told by every kind of actor in turn.
pub(crate) fn events() -> Vec<Event> {
    use ConnectionState::{Active, Inactive};
    let connection = |state| ConnectionSnapshot::of(&connection(state), &[verified()]);
    let organization = || OrganizationSnapshot { organization: organization(), domains: vec![verified()] };
    let bare = || OrganizationSnapshot { organization: plain_organization(), domains: Vec::new() };
    let pending = || domain(DomainState::Pending);
    let failed = || domain(DomainState::Failed { at: CHANGED, why: DomainFailure::Taken });
    let vouched = || domain(DomainState::Verified { at: CHANGED, by: Proof::Manual });
    let facts = [
        Fact::ConnectionActivated(connection(Active)),
        Fact::ConnectionDeactivated(connection(Inactive)),
        Fact::ConnectionDeleted(connection(Active)),
        Fact::OrganizationCreated(organization()),
        Fact::OrganizationUpdated(bare()),
        Fact::OrganizationDeleted(organization()),
        Fact::OrganizationDomainCreated(pending()),
        Fact::OrganizationDomainUpdated(failed()),
        Fact::OrganizationDomainDeleted(verified()),
        Fact::OrganizationDomainVerified(vouched()),
        Fact::OrganizationDomainVerificationFailed(FailedDomain {
            why: DomainFailure::Taken,
            domain: failed(),
        }),
        Fact::SsoStarted(sign_in(None)),
        Fact::SsoSucceeded(sign_in(None)),
        Fact::SsoFailed(sign_in(Some(("access_denied".into(), "The person refused.".into())))),
        Fact::SsoTimedOut(sign_in(None)),
        Fact::SamlCertificateRenewalRequired(certificate(Duration::days(30))),
        Fact::SamlCertificateRenewed(certificate(Duration::days(365))),
        Fact::WebhookEndpointTested(WebhookTest {
            endpoint_id: "we_01J9ZQK3V0000000000000000A".parse().unwrap(),
        }),
    ];
    let actors = [
        actor(ActorKind::PortalSession, None),
        actor(ActorKind::ApiKey, Some("CI")),
        actor(ActorKind::Member, Some("Ada Lovelace")),
        actor(ActorKind::System, None),
    ];
    facts.into_iter().zip(actors.into_iter().cycle()).map(|(fact, actor)| event(actor, fact)).collect()
}
