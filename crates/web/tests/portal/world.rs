//! A deployment in memory, with the real adapters; only time, and what lies outside, are ours.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::App as Server;
use actix_web::dev::ServiceResponse;
use actix_web::test::{self, TestRequest};
use async_trait::async_trait;
use futures_util::future::LocalBoxFuture;
use time::Duration;
use vestibule_application::addresses::Addresses;
use vestibule_application::ambient::{Ambient, SecretOf};
use vestibule_application::caller::Caller;
use vestibule_application::ports::ambient::Clock;
use vestibule_application::ports::outbound::{
    AnswerLimits, FetchLimits, Fetched, Outbound, OutboundAnswer, OutboundError, OutboundRequest, PostAnswer,
    PostRequest,
};
use vestibule_application::ports::saml::KeyPairRequest;
use vestibule_application::ports::store::{
    AuditFilter, ConnectionFilter, Jobs, Queries, Store, StoreError, StoreResult, UnitOfWork,
};
use vestibule_application::sign_in::{PublicProviders, SignIns};
use vestibule_application::test_provider::{Indoors, TestProvider};
use vestibule_application::usecases::add_sp_key::{AddSpKey, AddSpKeyCommand};
use vestibule_application::usecases::bootstrap::{Bootstrap, BootstrapCommand, Company, NewEnvironment};
use vestibule_application::usecases::mint_link::{MintLink, MintLinkCommand, MintedLink};
use vestibule_catalog::Catalog;
use vestibule_domain::Instant;
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::connection::Connection;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::{Environment, EnvironmentKind};
use vestibule_domain::id::OrganizationId;
use vestibule_domain::intent::Intent;
use vestibule_domain::job::{JobEnd, Task};
use vestibule_domain::language::Language;
use vestibule_domain::message::MessageKind;
use vestibule_domain::organization::{Organization, Slug};
use vestibule_domain::page::{Order, PageLimit, PageRequest};
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::saml::{SpKeyPair, SpKeyPlace};
use vestibule_domain::text::Name;
use vestibule_domain::url::ReturnUrl;
use vestibule_secrets::{AeadVault, Argon2Hasher, MasterKey, SystemEntropy};
use vestibule_store_memory::MemoryStore;
use vestibule_web::Web;
use vestibule_web::app::{App, Parts, WebSettings};

/// Where the deployment says that it is.
pub(crate) const PUBLIC_URL: &str = "https://sso.acme.example";

/// A clock that stands until it is moved.
pub(crate) struct SettableClock(Mutex<Instant>);

impl SettableClock {
    pub(crate) fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }
}

/// The outside: documents by address; everything else has no name.
#[derive(Default)]
pub(crate) struct Outside {
    documents: Mutex<HashMap<String, Result<Vec<u8>, OutboundError>>>,
    asked: Mutex<Vec<String>>,
}

impl Outside {
    pub(crate) fn serve(&self, url: &str, document: Result<&[u8], OutboundError>) {
        self.documents.lock().unwrap().insert(url.to_owned(), document.map(<[u8]>::to_vec));
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Outbound for Outside {
    async fn get(&self, url: &str, _: FetchLimits) -> Result<Fetched, OutboundError> {
        self.asked.lock().unwrap().push(url.to_owned());
        let known = self.documents.lock().unwrap().get(url).cloned();
        let missing = || Err(OutboundError::Dns { host: "nowhere.example".to_owned() });
        let body = known.unwrap_or_else(missing)?;
        Ok(Fetched { body, content_type: None, url: url.to_owned() })
    }

    async fn post(&self, _: PostRequest) -> Result<PostAnswer, OutboundError> {
        unreachable!("the portal posts nothing")
    }

    async fn send(&self, _: OutboundRequest, _: AnswerLimits) -> Result<OutboundAnswer, OutboundError> {
        unreachable!("the portal converses with nobody")
    }
}

/// A store that can be made to take no changes for a while.
#[derive(Default)]
pub(crate) struct Outage {
    store: MemoryStore,
    down: AtomicBool,
}

impl Outage {
    pub(crate) fn set(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }
}

#[async_trait]
impl Store for Outage {
    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        if self.down.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("the database is being moved".into()));
        }
        self.store.begin().await
    }

    fn queries(&self) -> &dyn Queries {
        self.store.queries()
    }

    fn jobs(&self) -> &dyn Jobs {
        self.store.jobs()
    }
}

/// A document in `tests/data`.
pub(crate) fn data(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The same as text.
pub(crate) fn text(name: &str) -> String {
    String::from_utf8(data(name)).unwrap()
}

/// A mounted deployment, whatever its type.
type Service = Rc<dyn Fn(TestRequest) -> LocalBoxFuture<'static, ServiceResponse>>;

/// A deployment with one environment and one organization.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Arc<SettableClock>,
    pub(crate) outside: Arc<Outside>,
    pub(crate) outage: Arc<Outage>,
    pub(crate) serve: Service,
    pub(crate) environment: Environment,
    pub(crate) organization: Organization,
}

impl World {
    /// A sandbox of `Acme App` with the organization `Example Corp`.
    pub(crate) async fn new() -> Self {
        Self::named("Acme App", "Example Corp").await
    }

    pub(crate) async fn named(product: &str, organization: &str) -> Self {
        let clock = Arc::new(SettableClock(Mutex::new(time::macros::datetime!(2026-11-21 12:00 UTC))));
        let outside = Arc::new(Outside::default());
        let outage = Arc::new(Outage::default());
        let entropy = Arc::new(SystemEntropy::new());
        let vault = AeadVault::new(MasterKey::generate(&*entropy), Vec::new()).unwrap();
        let ambient = Ambient {
            clock: clock.clone(),
            entropy,
            vault: Arc::new(vault),
            addresses: Addresses::new(PUBLIC_URL),
        };
        let test_provider = TestProvider {
            ambient: ambient.clone(),
            saml: Arc::new(vestibule_saml::SamlAdapter::new()),
            oidc: Arc::new(vestibule_oidc::TestOidcProvider),
        };
        let indoors = Indoors { provider: test_provider.clone(), store: outage.clone() };
        let app = App::new(Parts {
            store: outage.clone(),
            ambient: ambient.clone(),
            passwords: Arc::new(Argon2Hasher::new()),
            sign_ins: SignIns {
                ambient: ambient.clone(),
                saml: Arc::new(vestibule_saml::SamlAdapter::new()),
                oidc: Arc::new(vestibule_oidc::OidcRelyingParty::new(outside.clone())),
                public_providers: Arc::new(PublicProviders::published().unwrap()),
                test_oidc: Arc::new(vestibule_oidc::OidcRelyingParty::new(Arc::new(indoors))),
            },
            test_provider,
            access_tokens: Arc::new(vestibule_oidc::JwtAccessTokens),
            saml: Arc::new(vestibule_saml::SamlAdapter::new()),
            oidc: Arc::new(vestibule_oidc::OidcAdapter),
            outbound: outside.clone(),
            catalog: Arc::new(Catalog::embedded().unwrap()),
            settings: WebSettings::default(),
            metrics: None,
        });
        let command = BootstrapCommand {
            company: Company::First,
            team_name: Name::parse("Acme App").unwrap(),
            member_email: EmailAddress::parse("admin@acme.example").unwrap(),
            member_password_hash: String::new(),
            environments: vec![NewEnvironment {
                kind: EnvironmentKind::Sandbox,
                name: Name::parse(product).unwrap(),
                default_return_url: None,
                redirect_uris: Vec::new(),
            }],
            organization_name: Some(Name::parse(organization).unwrap()),
        };
        let made = app.run(Bootstrap { ambient }, command).await.unwrap();
        let (environment, _) = made.environments.into_iter().next().unwrap();
        let web = Web::new(app.clone()).unwrap();
        let service = Server::new().configure(|config| drop(web.configure(config)));
        let service = Rc::new(test::init_service(service).await);
        let serve: Service = Rc::new(move |request| {
            let service = service.clone();
            Box::pin(async move { test::call_service(&*service, request.to_request()).await })
        });
        Self { app, clock, outside, outage, serve, environment, organization: made.organization.unwrap() }
    }

    /// Changes the environment.
    pub(crate) async fn configure(&mut self, change: impl FnOnce(&mut Environment)) {
        change(&mut self.environment);
        let mut work = self.app.store.begin().await.unwrap();
        work.accounts().update_environment(&self.environment).await.unwrap();
        work.commit().await.unwrap();
    }

    pub(crate) async fn change_organization(&mut self, change: impl FnOnce(&mut Organization)) {
        change(&mut self.organization);
        let mut work = self.app.store.begin().await.unwrap();
        assert!(work.organizations().update(&self.organization).await.unwrap());
        work.commit().await.unwrap();
    }

    /// Another customer of the same environment.
    pub(crate) async fn another_organization(&self, name: &str) -> OrganizationId {
        let id = self.app.ambient.id(self.app.ambient.now());
        let other = Organization {
            id,
            name: Name::parse(name).unwrap(),
            slug: Slug::parse(&name.to_lowercase()).unwrap(),
            ..self.organization.clone()
        };
        let mut work = self.app.store.begin().await.unwrap();
        work.organizations().insert(&other).await.unwrap();
        work.commit().await.unwrap();
        id
    }

    /// What a link is made of unless a test wants something else.
    pub(crate) fn order(&self, kind: LinkKind, intents: &[Intent]) -> MintLinkCommand {
        MintLinkCommand {
            caller: Caller { environment: Arc::new(self.environment.clone()), actor: Actor::system() },
            organization_id: self.organization.id,
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

    pub(crate) async fn mint_ordered(&self, order: MintLinkCommand) -> MintedLink {
        self.app.run(MintLink { ambient: self.app.ambient.clone() }, order).await.unwrap()
    }

    pub(crate) async fn mint(&self, kind: LinkKind) -> MintedLink {
        self.mint_ordered(self.order(kind, &[Intent::Sso])).await
    }

    /// The connection of the organization.
    pub(crate) async fn connection(&self) -> Option<Connection> {
        let filter = ConnectionFilter { organization_id: Some(self.organization.id), ..Default::default() };
        let page = hundred();
        let page = self.app.store.queries().connections(self.environment.id, &filter, page).await.unwrap();
        page.items.into_iter().next().map(|view| view.connection)
    }

    /// What was done, in order.
    /// Gives the connection a pair of ours.
    pub(crate) async fn add_key(&self, place: SpKeyPlace) -> SpKeyPair {
        let connection_id = self.connection().await.unwrap().id;
        let request = KeyPairRequest::of(connection_id, self.app.ambient.now());
        let command = AddSpKeyCommand {
            caller: Caller { environment: self.environment.clone().into(), actor: Actor::system() },
            connection_id,
            place,
            pair: self.app.saml.generate_key_pair(&request).unwrap().into(),
        };
        self.app.run(AddSpKey { ambient: self.app.ambient.clone() }, command).await.unwrap()
    }

    pub(crate) async fn deeds(&self) -> Vec<AuditAction> {
        let page = hundred();
        let filter = AuditFilter::default();
        let trail = self.app.store.queries().audit_trail(self.environment.id, &filter, page).await.unwrap();
        trail.items.into_iter().map(|entry| entry.action).collect()
    }

    /// The codes that wait to be mailed: address, digits, language. They are taken off the list.
    pub(crate) async fn mailed_codes(&self) -> Vec<(String, String, Language)> {
        let (store, mut mailed) = (&self.app.store, Vec::new());
        for job in store.jobs().claim(16, self.app.ambient.now()).await.unwrap() {
            store.jobs().end(&job, &JobEnd::Done).await.unwrap();
            let Task::SendMessage(id) = job.task else { continue };
            let message = store.queries().message(job.environment_id, id).await.unwrap().unwrap();
            if let MessageKind::Code { sealed_code: Some(sealed), language, .. } = message.kind {
                let context = SecretOf::Message(id).context();
                let digits = self.app.ambient.vault.open(&context, &sealed).unwrap();
                mailed.push((message.to.to_string(), String::from_utf8(digits).unwrap(), language));
            }
        }
        mailed
    }

    pub(crate) fn return_url(&self, raw: &str) -> ReturnUrl {
        ReturnUrl::parse(raw, self.environment.kind).unwrap()
    }
}

/// The address of a link, below the host.
pub(crate) fn path_of(minted: &MintedLink) -> String {
    format!("/portal?token={}", minted.token.expose())
}

fn hundred<I>() -> PageRequest<I> {
    PageRequest { limit: PageLimit::new(100).unwrap(), order: Order::Ascending, cursor: None }
}
