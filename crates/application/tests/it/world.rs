//! A deployment with one environment and one organization, a clock that is set by hand and chance
//! that counts.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use time::Duration;
use time::macros::datetime;
use vestibule_application::addresses::Addresses;
use vestibule_application::ambient::Ambient;
use vestibule_application::caller::Caller;
use vestibule_application::ports::ambient::{Clock, Entropy};
use vestibule_application::ports::store::{AuditFilter, EventFilter, Store};
use vestibule_application::usecase::{self, UseCase};
use vestibule_application::usecases::bootstrap::{Bootstrap, BootstrapCommand, Company, NewEnvironment};
use vestibule_domain::Instant;
use vestibule_domain::audit::{Actor, ActorKind, AuditAction, AuditEntry};
use vestibule_domain::certificate::{Certificate, Fingerprint, KeyKind};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::{ActivationRule, Environment, EnvironmentKind};
use vestibule_domain::event::Event;
use vestibule_domain::id::{ApiKeyId, EnvironmentId, OrganizationId};
use vestibule_domain::organization::Organization;
use vestibule_domain::organization_domain::{DomainState, OrganizationDomain, Proof, ProofSearch};
use vestibule_domain::page::{Order, PageLimit, PageRequest};
use vestibule_domain::saml::IdentityProvider;
use vestibule_domain::text::Name;
use vestibule_domain::url::{EntityId, HttpsUrl};
use vestibule_secrets::{AeadVault, MasterKey};
use vestibule_store_memory::MemoryStore;

pub(crate) const START: Instant = datetime!(2026-11-21 12:00 UTC);

/// Stands still until it is moved.
pub(crate) struct HandClock(Mutex<Instant>);

impl Clock for HandClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }
}

impl HandClock {
    pub(crate) fn forward(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

/// Never the same twice, always the same order.
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        bytes.fill(0);
        let from = bytes.len().saturating_sub(n.len());
        let n = &n[n.len() - (bytes.len() - from)..];
        bytes[from..].copy_from_slice(n);
    }
}

pub(crate) struct World {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) ambient: Ambient,
    pub(crate) caller: Caller,
    pub(crate) organization: Organization,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_rule(ActivationRule::Immediate).await
    }

    pub(crate) async fn with_rule(activation: ActivationRule) -> Self {
        let clock = Arc::new(HandClock(Mutex::new(START)));
        let entropy = Arc::new(Counting(AtomicU64::new(1)));
        let vault = AeadVault::new(MasterKey::generate(&*entropy), Vec::new()).unwrap();
        let ambient = Ambient {
            clock: clock.clone(),
            entropy,
            vault: Arc::new(vault),
            addresses: Addresses::new("https://vestibule.example"),
        };
        let store = Arc::new(MemoryStore::new());
        let command = BootstrapCommand {
            company: Company::First,
            team_name: name("Vendor"),
            member_email: EmailAddress::parse("ada@vendor.example").unwrap(),
            member_password_hash: "x".into(),
            environments: vec![NewEnvironment {
                kind: EnvironmentKind::Sandbox,
                name: name("Sandbox"),
                default_return_url: None,
                redirect_uris: Vec::new(),
            }],
            organization_name: Some(name("Acme")),
        };
        let made = usecase::run(&*store, &Bootstrap { ambient: ambient.clone() }, command).await.unwrap();
        let environment = Environment { activation, ..made.environments[0].0.clone() };
        let caller = Caller { environment: Arc::new(environment), actor: actor(&ambient) };
        Self { store, clock, ambient, caller, organization: made.organization.unwrap() }
    }

    /// The same deployment seen with another environment's key.
    pub(crate) fn stranger(&self) -> Caller {
        let id: EnvironmentId = self.ambient.id(START);
        let environment = Environment { id, ..(*self.caller.environment).clone() };
        Caller { environment: Arc::new(environment), actor: self.caller.actor.clone() }
    }

    pub(crate) async fn run<U: UseCase>(&self, case: U, command: U::Command) -> Result<U::Outcome, U::Error> {
        usecase::run(&*self.store, &case, command).await
    }

    pub(crate) fn environment_id(&self) -> EnvironmentId {
        self.caller.environment_id()
    }

    /// A second organization.
    pub(crate) async fn another_organization(&self) -> OrganizationId {
        let id: OrganizationId = self.ambient.id(START);
        let slug = self.organization.slug.with_suffix(id);
        let organization = Organization { id, slug, ..self.organization.clone() };
        let mut work = self.store.begin().await.unwrap();
        work.organizations().insert(&organization).await.unwrap();
        work.commit().await.unwrap();
        id
    }

    pub(crate) async fn with_verified_domain(&self) -> OrganizationDomain {
        let domain = OrganizationDomain {
            id: self.ambient.id(START),
            environment_id: self.environment_id(),
            organization_id: self.organization.id,
            domain: DomainName::parse("acme.example").unwrap(),
            state: DomainState::Verified { at: START, by: Proof::Manual },
            verification_token: "token".into(),
            search: ProofSearch::begun(START),
            created_at: START,
            updated_at: START,
        };
        let mut work = self.store.begin().await.unwrap();
        work.organization_domains().insert(&domain).await.unwrap();
        work.commit().await.unwrap();
        domain
    }

    /// Events, oldest first.
    pub(crate) async fn events(&self) -> Vec<Event> {
        let filter = EventFilter::default();
        self.store.queries().events(self.environment_id(), &filter, everything()).await.unwrap().items
    }

    pub(crate) async fn event_names(&self) -> Vec<&'static str> {
        self.events().await.iter().map(|event| event.fact.name()).collect()
    }

    /// Entries of the audit trail with an action, oldest first.
    pub(crate) async fn audited(&self, action: AuditAction) -> Vec<AuditEntry> {
        let filter = AuditFilter { actions: vec![action], ..AuditFilter::default() };
        self.store.queries().audit_trail(self.environment_id(), &filter, everything()).await.unwrap().items
    }
}

pub(crate) fn everything<I>() -> PageRequest<I> {
    PageRequest { limit: PageLimit::new(100).unwrap(), order: Order::Ascending, cursor: None }
}

fn actor(ambient: &Ambient) -> Actor {
    let id: ApiKeyId = ambient.id(START);
    Actor { kind: ActorKind::ApiKey, id: id.to_string(), name: Some("key".into()), origin: None }
}

pub(crate) fn name(raw: &str) -> Name {
    Name::parse(raw).unwrap()
}

pub(crate) fn https(raw: &str) -> HttpsUrl {
    HttpsUrl::parse(raw).unwrap()
}

pub(crate) fn certificate(n: u8) -> Certificate {
    Certificate {
        der: vec![n],
        fingerprint: Fingerprint::of_der(&[n]),
        subject: format!("CN={n}"),
        issuer: format!("CN={n}"),
        not_before: START - Duration::days(1),
        not_after: START + Duration::days(365),
        key: KeyKind::Rsa { bits: 2048 },
    }
}

pub(crate) fn identity_provider(certificates: &[u8]) -> IdentityProvider {
    IdentityProvider::by_hand(
        EntityId::parse("urn:idp").unwrap(),
        https("https://idp.example/sso"),
        certificates.iter().copied().map(certificate).collect(),
    )
    .unwrap()
}
