//! People and things to begin with, and a clock that is set by hand.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use time::Duration;
use time::macros::datetime;
use vestibule_application::addresses::Addresses;
use vestibule_application::ambient::Ambient;
use vestibule_application::caller::Caller;
use vestibule_application::ports::ambient::{Clock, Entropy, Vault, VaultError};
use vestibule_application::ports::store::{AuditFilter, EventFilter, PortalVisit, Store};
use vestibule_application::usecase::{self, UseCase};
use vestibule_application::usecases::bootstrap::{Bootstrap, BootstrapCommand, Company, NewEnvironment};
use vestibule_application::usecases::mint_link::{MintLink, MintLinkCommand, MintLinkError, MintedLink};
use vestibule_domain::Instant;
use vestibule_domain::audit::{Actor, AuditAction, AuditEntry};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::event::Event;
use vestibule_domain::id::OrganizationId;
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::page::{Order, PageLimit, PageRequest};
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::secret::{Sealed, SecretDigest};
use vestibule_domain::text::Name;
use vestibule_store_memory::MemoryStore;

/// A clock that is set by hand.
#[derive(Default)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.whole_microseconds()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Instant {
        datetime!(2026-11-21 12:00 UTC) + Duration::microseconds(self.0.load(Ordering::SeqCst))
    }
}

/// Never the same bytes twice.
#[derive(Default)]
struct Counter(AtomicU64);

impl Entropy for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        for (byte, n) in bytes.iter_mut().rev().zip(count.iter().rev().chain(std::iter::repeat(&0))) {
            *byte = *n;
        }
    }
}

/// Opens only under the context that sealed.
#[derive(Default)]
struct Drawer(Mutex<Vec<(String, Vec<u8>)>>);

impl Vault for Drawer {
    fn seal(&self, context: &str, plaintext: &[u8]) -> Sealed {
        let mut kept = self.0.lock().unwrap();
        kept.push((context.to_owned(), plaintext.to_vec()));
        Sealed::from_bytes((kept.len() - 1).to_be_bytes().to_vec())
    }

    fn open(&self, context: &str, sealed: &Sealed) -> Result<Vec<u8>, VaultError> {
        let position =
            sealed.as_bytes().try_into().map(usize::from_be_bytes).map_err(|_| VaultError::Refused)?;
        let kept = self.0.lock().unwrap();
        let (of, plaintext) = kept.get(position).ok_or(VaultError::Refused)?;
        if of == context { Ok(plaintext.clone()) } else { Err(VaultError::Refused) }
    }
}

/// A sandbox with one organization.
pub(crate) struct Office {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) ambient: Ambient,
    pub(crate) caller: Caller,
    pub(crate) organization: OrganizationId,
}

impl Office {
    pub(crate) async fn open() -> Self {
        let clock = Arc::new(HandClock::default());
        let ambient = Ambient {
            clock: clock.clone(),
            entropy: Arc::new(Counter::default()),
            vault: Arc::new(Drawer::default()),
            addresses: Addresses::new("https://portal.example.com"),
        };
        let store = Arc::new(MemoryStore::new());
        let order = BootstrapCommand {
            company: Company::First,
            team_name: Name::parse("Initech").unwrap(),
            member_email: EmailAddress::parse("bill@initech.example").unwrap(),
            member_password_hash: "hash".into(),
            environments: vec![NewEnvironment {
                kind: EnvironmentKind::Sandbox,
                name: Name::parse("Sandbox").unwrap(),
                default_return_url: None,
                redirect_uris: Vec::new(),
            }],
            organization_name: Some(Name::parse("Acme").unwrap()),
        };
        let made = usecase::run(&*store, &Bootstrap { ambient: ambient.clone() }, order).await.unwrap();
        let environment = made.environments.into_iter().next().unwrap().0;
        let caller = Caller { environment: Arc::new(environment), actor: Actor::system() };
        Self { store, clock, ambient, caller, organization: made.organization.unwrap().id }
    }

    pub(crate) async fn run<U: UseCase>(&self, case: U, command: U::Command) -> Result<U::Outcome, U::Error> {
        usecase::run(&*self.store, &case, command).await
    }

    pub(crate) fn order(&self, kind: LinkKind, intents: &[Intent]) -> MintLinkCommand {
        MintLinkCommand {
            caller: self.caller.clone(),
            organization_id: self.organization,
            kind,
            intents: intents.to_vec(),
            redirects: LinkRedirects::default(),
            admins: Vec::new(),
            mail_to: Vec::new(),
            language: Language::default(),
            external_user_id: None,
            provider_hint: None,
            life: None,
        }
    }

    pub(crate) async fn mint(&self, order: MintLinkCommand) -> Result<MintedLink, MintLinkError> {
        self.run(MintLink { ambient: self.ambient.clone() }, order).await
    }

    pub(crate) async fn visit(&self, digest: &SecretDigest) -> PortalVisit {
        self.store.queries().visit(digest).await.unwrap().expect("a visit")
    }

    pub(crate) async fn trail(&self) -> Vec<AuditAction> {
        self.entries().await.into_iter().map(|entry| entry.action).collect()
    }

    pub(crate) async fn entries(&self) -> Vec<AuditEntry> {
        let page = PageRequest { limit: PageLimit::new(100).unwrap(), order: Order::Ascending, cursor: None };
        let filter = AuditFilter::default();
        let page =
            self.store.queries().audit_trail(self.caller.environment_id(), &filter, page).await.unwrap();
        page.items
    }

    pub(crate) async fn events(&self) -> Vec<Event> {
        let page = PageRequest { limit: PageLimit::new(100).unwrap(), order: Order::Ascending, cursor: None };
        let filter = EventFilter::default();
        self.store.queries().events(self.caller.environment_id(), &filter, page).await.unwrap().items
    }
}
