//! Plain values with everything optional left out. Cases change what they are about.

use std::collections::BTreeMap;

use time::Duration;
use vestibule_application::ports::store::AcceptedAssertion;
use vestibule_domain::Instant;
use vestibule_domain::address_code::{AddressCode, CodeState};
use vestibule_domain::admission::AddressRule;
use vestibule_domain::api_key::{ApiKey, ApiKeyScopes};
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::audit::{Actor, AuditAction, AuditEntry, AuditTarget};
use vestibule_domain::connection::{Connection, ConnectionState, ProtocolSettings};
use vestibule_domain::connection_type::{ConnectionType, Protocol};
use vestibule_domain::custom_attributes::CustomAttributes;
use vestibule_domain::custom_host::CustomHosts;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::{
    ActivationRule, Branding, Environment, EnvironmentKind, PortalRedirects, SESSION_DAYS_DEFAULT,
};
use vestibule_domain::event::{Event, Fact, OrganizationSnapshot};
use vestibule_domain::id::{EnvironmentId, EventId};
use vestibule_domain::intent::Intent;
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::job::{Job, Task};
use vestibule_domain::language::Language;
use vestibule_domain::member::{Member, MemberRole, PasswordAttempts};
use vestibule_domain::message::{Message, MessageKind, MessageState};
use vestibule_domain::notice::Notices;
use vestibule_domain::organization::{ExternalId, Metadata, Organization, ProfileRule, Slug};
use vestibule_domain::organization_domain::{DomainState, OrganizationDomain, Proof, ProofSearch};
use vestibule_domain::portal_link::{LinkKind, LinkState, PortalLink};
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::secret::Sealed;
use vestibule_domain::sso::asserted::Asserted;
use vestibule_domain::sso::profile::{Person, Profile};
use vestibule_domain::sso::session::{Origin, SsoSession};
use vestibule_domain::team::Team;
use vestibule_domain::test_provider::TestProviderRule;
use vestibule_domain::text::Name;
use vestibule_domain::url::WebhookUrl;
use vestibule_domain::webhook::{
    AttemptAnswer, DeliveryState, EndpointState, EventFilter, PayloadStyle, WebhookAttempt, WebhookDelivery,
    WebhookEndpoint,
};

use crate::world::{NOW, World};

pub(crate) fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("an address")
}

pub(crate) fn domain_name(text: &str) -> DomainName {
    DomainName::parse(text).expect("a domain")
}

pub(crate) fn external_id(text: &str) -> ExternalId {
    ExternalId::parse(text).expect("an external id")
}

pub(crate) fn team(world: &World) -> Team {
    Team { id: world.team, name: name("Initech"), support_email: None, created_at: NOW }
}

pub(crate) fn member(world: &World) -> Member {
    Member {
        id: world.id(),
        team_id: world.team,
        email: email(&format!("{}@initech.example", world.word())),
        name: None,
        password_hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".into(),
        role: MemberRole::Admin,
        attempts: PasswordAttempts::default(),
        second_factor: None,
        notices: Notices::default(),
        signed_in_at: None,
        created_at: NOW,
    }
}

pub(crate) fn environment(world: &World) -> Environment {
    Environment {
        id: world.id(),
        team_id: world.team,
        kind: EnvironmentKind::Sandbox,
        name: name("Staging"),
        client_id: world.id(),
        redirects: PortalRedirects::default(),
        redirect_uris: Vec::new(),
        branding: Branding::default(),
        activation: ActivationRule::Immediate,
        session_days: SESSION_DAYS_DEFAULT,
        addresses: AddressRule::Stated,
        custom_attributes: CustomAttributes::default(),
        hosts: CustomHosts::default(),
        test_provider: TestProviderRule::On,
        created_at: NOW,
    }
}

pub(crate) fn api_key(world: &World) -> ApiKey {
    ApiKey {
        id: world.id(),
        environment_id: world.home,
        name: name("Deployment"),
        digest: world.digest(),
        hint: "a1B_".into(),
        scopes: ApiKeyScopes::Everything,
        created_by: None,
        created_at: NOW,
        last_used_at: None,
        expires_at: None,
        revoked_at: None,
    }
}

pub(crate) fn organization(world: &World) -> Organization {
    Organization {
        id: world.id(),
        environment_id: world.home,
        name: name("Acme"),
        slug: Slug::parse(&world.word()).expect("a slug"),
        external_id: None,
        metadata: Metadata::default(),
        stripe_customer_id: None,
        profiles: ProfileRule::VerifiedDomains,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn domain(world: &World, organization: &Organization, domain: &str) -> OrganizationDomain {
    OrganizationDomain {
        id: world.id(),
        environment_id: organization.environment_id,
        organization_id: organization.id,
        domain: domain_name(domain),
        state: DomainState::Pending,
        verification_token: "tpnlN3xPPlkOo1r0eqUVCuT8B".into(),
        search: ProofSearch::begun(NOW),
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn verified(domain: OrganizationDomain) -> OrganizationDomain {
    OrganizationDomain { state: DomainState::Verified { at: NOW, by: Proof::Manual }, ..domain }
}

pub(crate) fn contact(world: &World, organization: &Organization, address: &str) -> ItContact {
    ItContact {
        id: world.id(),
        environment_id: organization.environment_id,
        organization_id: organization.id,
        email: email(address),
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn link(world: &World, organization: &Organization, kind: LinkKind) -> PortalLink {
    PortalLink {
        id: world.id(),
        environment_id: organization.environment_id,
        organization_id: organization.id,
        kind,
        digest: world.digest(),
        intents: vec![Intent::Sso],
        completed: Vec::new(),
        redirects: LinkRedirects::default(),
        admins: Vec::new(),
        external_user_id: None,
        provider_hint: None,
        state: LinkState::Open,
        expires_at: NOW + Duration::hours(24),
        created_at: NOW,
    }
}

pub(crate) fn consumed(link: &PortalLink, at: Instant) -> PortalLink {
    PortalLink { state: LinkState::Consumed { at }, completed: link.intents.clone(), ..link.clone() }
}

pub(crate) fn session(world: &World, link: &PortalLink) -> PortalSession {
    PortalSession::start(world.id(), link, world.digest(), None, NOW)
}

pub(crate) fn code(world: &World, link: &PortalLink, address: &str) -> AddressCode {
    AddressCode {
        id: world.id(),
        environment_id: link.environment_id,
        organization_id: link.organization_id,
        link_id: link.id,
        address: email(address),
        sealed: Sealed::from_bytes(vec![7; 48]),
        wrong_tries: 0,
        state: CodeState::Waiting,
        created_at: NOW,
    }
}

pub(crate) fn connection(world: &World, organization: &Organization) -> Connection {
    Connection {
        id: world.id(),
        environment_id: organization.environment_id,
        organization_id: organization.id,
        connection_type: ConnectionType::GenericSaml,
        provider: None,
        name: name("Acme SSO"),
        external_id: None,
        state: ConnectionState::Draft,
        settings: ProtocolSettings::empty(Protocol::Saml),
        attribute_map: AttributeMap::default(),
        set_up_by: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn attempt_to_sign_in(world: &World, connection: &Connection) -> SsoSession {
    SsoSession::begun(world.id(), connection, Origin::ServiceProvider, NOW)
}

pub(crate) fn asserted(subject: &str) -> Asserted {
    Asserted {
        subject: subject.to_owned(),
        subject_format: None,
        session_index: None,
        attributes: Vec::new(),
    }
}

pub(crate) fn person(idp_id: &str, email: &str) -> Person {
    Person {
        idp_id: idp_id.to_owned(),
        email: email.to_owned(),
        first_name: None,
        last_name: None,
        name: None,
        groups: Vec::new(),
        roles: Vec::new(),
        custom: BTreeMap::new(),
        raw: asserted(idp_id).into(),
    }
}

pub(crate) fn profile(world: &World, connection: &Connection, idp_id: &str) -> Profile {
    Profile {
        id: world.id(),
        environment_id: connection.environment_id,
        organization_id: Some(connection.organization_id),
        connection_id: connection.id,
        connection_type: connection.connection_type,
        person: person(idp_id, "anna@acme.example").into(),
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn assertion(world: &World, connection: &Connection) -> AcceptedAssertion {
    AcceptedAssertion {
        environment_id: connection.environment_id,
        connection_id: connection.id,
        digest: world.digest(),
        expires_at: NOW + Duration::minutes(10),
    }
}

pub(crate) fn endpoint(world: &World) -> WebhookEndpoint {
    let url = format!("https://{}.example/hooks", world.word());
    WebhookEndpoint {
        id: world.id(),
        environment_id: world.home,
        url: WebhookUrl::parse(&url, EnvironmentKind::Production).expect("an address"),
        secret: Sealed::from_bytes(vec![7; 48]),
        state: EndpointState::Enabled,
        events: EventFilter::All,
        style: PayloadStyle::WorkOs,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn delivery(world: &World, endpoint: &WebhookEndpoint, event_id: EventId) -> WebhookDelivery {
    WebhookDelivery {
        id: world.id(),
        environment_id: endpoint.environment_id,
        endpoint_id: endpoint.id,
        event_id,
        state: DeliveryState::Pending,
        tries: 0,
        created_at: NOW,
    }
}

pub(crate) fn attempt(world: &World, delivery: &WebhookDelivery) -> WebhookAttempt {
    WebhookAttempt {
        id: world.id(),
        environment_id: delivery.environment_id,
        delivery_id: delivery.id,
        at: NOW,
        duration_ms: 31,
        answer: AttemptAnswer::Status { status: 204, body: String::new() },
    }
}

pub(crate) fn message(world: &World, organization: &Organization) -> Message {
    Message {
        id: world.id(),
        environment_id: organization.environment_id,
        organization_id: Some(organization.id),
        to: email("anna@acme.example"),
        kind: MessageKind::Invitation {
            link_id: world.id(),
            sealed_url: None,
            intents: Vec::new(),
            language: Language::En,
            expires_at: NOW + Duration::days(30),
        },
        state: MessageState::Queued,
        created_at: NOW,
    }
}

pub(crate) fn event(world: &World, organization: &Organization) -> Event {
    let snapshot = OrganizationSnapshot { organization: organization.clone(), domains: Vec::new() };
    Event {
        id: world.id(),
        environment_id: organization.environment_id,
        organization_id: Some(organization.id),
        created_at: NOW,
        actor: Actor::system(),
        fact: Fact::OrganizationCreated(snapshot),
    }
}

pub(crate) fn entry(world: &World, environment_id: EnvironmentId) -> AuditEntry {
    AuditEntry {
        id: world.id(),
        environment_id,
        organization_id: None,
        at: NOW,
        action: AuditAction::EnvironmentCreated,
        actor: Actor::system(),
        target: AuditTarget { kind: "environment".into(), id: environment_id.to_string() },
        details: Vec::new(),
        changes: Vec::new(),
    }
}

pub(crate) fn job(world: &World, run_at: Instant) -> Job {
    Job { id: world.id(), environment_id: world.home, task: Task::SendMessage(world.id()), run_at, starts: 0 }
}
