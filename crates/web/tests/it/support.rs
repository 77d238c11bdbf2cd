//! A deployment in memory, spoken to by requests.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{self, TestRequest};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::Value;
use time::Duration;
use time::macros::datetime;
use vestibule_application::addresses::Addresses;
use vestibule_application::ambient::Ambient;
use vestibule_application::ports::ambient::{Clock, Entropy};
use vestibule_application::ports::dns::{Dns, DnsError};
use vestibule_application::ports::store::{AuditFilter, EventFilter, Store};
use vestibule_application::sign_in::{PublicProviders, SignIns};
use vestibule_application::test_provider::{Indoors, TestProvider};
use vestibule_application::usecase::{self, UseCase};
use vestibule_application::usecases::bootstrap::{Bootstrap, BootstrapCommand, Company, NewEnvironment};
use vestibule_catalog::Catalog;
use vestibule_domain::Instant;
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::{Environment, EnvironmentKind};
use vestibule_domain::page::{Order, PageLimit, PageRequest};
use vestibule_domain::text::Name;
use vestibule_domain::url::ReturnUrl;
use vestibule_oidc::{JwtAccessTokens, OidcAdapter, OidcRelyingParty, TestOidcProvider};
use vestibule_outbound::{AllowList, GuardedClient};
use vestibule_saml::SamlAdapter;
use vestibule_secrets::{AeadVault, Argon2Hasher, MasterKey, ZxcvbnStrength};
use vestibule_store_memory::MemoryStore;
use vestibule_web::app::{App, Parts, WebSettings};
use vestibule_web::{MountedRoute, Web};

/// When every test begins.
pub(crate) const START: Instant = datetime!(2026-11-21 12:00 UTC);

/// Stands still until it is moved.
pub(crate) struct HandClock(Mutex<Instant>);

impl HandClock {
    pub(crate) fn forward(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }
}

/// Name servers whose records are set by hand.
#[derive(Default)]
pub(crate) struct HandDns {
    records: Mutex<BTreeMap<(&'static str, String), String>>,
    asked: AtomicU64,
}

impl HandDns {
    /// What stands for name servers that do not answer for a name.
    pub(crate) const SILENCE: &'static str = "\u{0}";

    /// Sets a record, or one with each line.
    pub(crate) fn set(&self, kind: &'static str, name: &str, value: &str) {
        self.records.lock().unwrap().insert((kind, name.to_owned()), value.to_owned());
    }

    /// How often texts were asked for.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    fn get(&self, kind: &'static str, name: &str) -> Option<String> {
        self.records.lock().unwrap().get(&(kind, name.to_owned())).cloned()
    }
}

#[async_trait::async_trait]
impl Dns for HandDns {
    async fn texts(&self, name: &str) -> Result<Option<Vec<String>>, DnsError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match self.get("TXT", name) {
            Some(text) if text == Self::SILENCE => Err(DnsError { reason: "timed out".to_owned() }),
            Some(texts) => Ok(Some(texts.lines().map(str::to_owned).collect())),
            None => Ok(None),
        }
    }

    async fn alias(&self, name: &str) -> Result<Option<String>, DnsError> {
        Ok(self.get("CNAME", name))
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

/// An environment with a key to it.
pub(crate) struct Tenant {
    pub(crate) environment: Environment,
    pub(crate) key: String,
}

type Handler = Rc<dyn Fn(TestRequest) -> Pin<Box<dyn Future<Output = Answer>>>>;

/// The application under test.
pub(crate) struct TestApp {
    /// What it keeps; the memory store whatever wraps it.
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) ambient: Ambient,
    pub(crate) dns: Arc<HandDns>,
    /// The routes it has.
    pub(crate) routes: Vec<MountedRoute>,
    /// For tests that need a server of their own.
    pub(crate) web: Web,
    handler: Handler,
}

impl TestApp {
    /// A deployment with one sandbox environment.
    pub(crate) async fn new() -> (Self, Tenant) {
        let app = Self::with(WebSettings::default(), |store| store).await;
        let tenant = app.tenant(EnvironmentKind::Sandbox).await;
        (app, tenant)
    }

    /// A deployment that may reach an address on this machine.
    pub(crate) async fn reaching(address: std::net::SocketAddr) -> (Self, Tenant) {
        let allow = AllowList::parse(&address.to_string()).unwrap();
        let app = Self::build(WebSettings::default(), allow, |store| store, Some(metrics())).await;
        let tenant = app.tenant(EnvironmentKind::Sandbox).await;
        (app, tenant)
    }

    /// A deployment with other settings, or with a store that stands before the real one.
    pub(crate) async fn with(
        settings: WebSettings,
        wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
    ) -> Self {
        Self::build(settings, AllowList::default(), wrap, Some(metrics())).await
    }

    /// The same with other metrics than the process's.
    pub(crate) async fn with_metrics(
        settings: WebSettings,
        wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
        metrics: Option<PrometheusHandle>,
    ) -> Self {
        Self::build(settings, AllowList::default(), wrap, metrics).await
    }

    async fn build(
        settings: WebSettings,
        allow: AllowList,
        wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
        metrics: Option<PrometheusHandle>,
    ) -> Self {
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
        let dns = Arc::new(HandDns::default());
        let outbound = Arc::new(GuardedClient::builder().allow(allow).build().unwrap());
        let test_provider = TestProvider {
            ambient: ambient.clone(),
            saml: Arc::new(SamlAdapter::new()),
            oidc: Arc::new(TestOidcProvider),
        };
        let indoors = Indoors { provider: test_provider.clone(), store: store.clone() };
        let web = Web::new(App::new(Parts {
            store: wrap(store.clone()),
            passwords: Arc::new(Argon2Hasher::new()),
            strength: Arc::new(ZxcvbnStrength),
            sign_ins: SignIns {
                ambient: ambient.clone(),
                saml: Arc::new(SamlAdapter::new()),
                oidc: Arc::new(OidcRelyingParty::new(outbound.clone())),
                public_providers: Arc::new(PublicProviders::published().unwrap()),
                test_oidc: Arc::new(OidcRelyingParty::new(Arc::new(indoors))),
            },
            test_provider,
            access_tokens: Arc::new(JwtAccessTokens),
            ambient: ambient.clone(),
            saml: Arc::new(SamlAdapter::new()),
            oidc: Arc::new(OidcAdapter),
            outbound,
            dns: dns.clone(),
            pictures: Arc::new(vestibule_pictures::PictureAdapter),
            letters: Arc::new(vestibule_mail::Letters::new()),
            catalog: Arc::new(Catalog::embedded().unwrap()),
            settings,
            metrics,
        }))
        .unwrap();
        let mut routes = Vec::new();
        let service =
            test::init_service(actix_web::App::new().configure(|config| routes = web.configure(config)))
                .await;
        let service = Rc::new(service);
        let handler: Handler = Rc::new(move |request| {
            let service = service.clone();
            Box::pin(async move {
                match service.call(request.to_request()).await {
                    Ok(response) => Answer::read(response).await,
                    // What a server makes of an error that leaves the outermost layer.
                    Err(error) => {
                        let response = error.error_response();
                        let request = TestRequest::default().to_http_request();
                        Answer::read(ServiceResponse::new(request, response)).await
                    }
                }
            })
        });
        Self { store, clock, ambient, dns, routes, web, handler }
    }

    /// Another environment, of another team.
    pub(crate) async fn tenant(&self, kind: EnvironmentKind) -> Tenant {
        self.tenant_with(kind, None).await
    }

    /// The same with a default return URL.
    pub(crate) async fn tenant_with(&self, kind: EnvironmentKind, return_url: Option<&str>) -> Tenant {
        let number = u64::from_be_bytes(self.ambient.token_bytes()[24..].try_into().unwrap());
        let command = BootstrapCommand {
            company: Company::Another,
            team_name: Name::parse("Vendor").unwrap(),
            member_email: EmailAddress::parse(&format!("ada{number}@vendor.example")).unwrap(),
            member_password_hash: "x".into(),
            environments: vec![NewEnvironment {
                kind,
                name: Name::parse("Vendor").unwrap(),
                default_return_url: return_url.map(|raw| ReturnUrl::parse(raw, kind).unwrap()),
                redirect_uris: Vec::new(),
            }],
            organization_name: None,
        };
        let made = self.run(Bootstrap { ambient: self.ambient.clone() }, command).await.unwrap();
        let (environment, key) = made.environments.into_iter().next().unwrap();
        Tenant { environment, key: key.expose().to_owned() }
    }

    /// Runs a use case that is not reached from the web.
    pub(crate) async fn run<U: UseCase>(&self, case: U, command: U::Command) -> Result<U::Outcome, U::Error> {
        usecase::run(&*self.store, &case, command).await
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: TestRequest) -> Answer {
        (self.handler)(request).await
    }

    /// GET with a tenant's key.
    pub(crate) async fn get(&self, tenant: &Tenant, path: &str) -> Answer {
        self.send(tenant.request(Method::GET, path)).await
    }

    /// DELETE with a tenant's key.
    pub(crate) async fn delete(&self, tenant: &Tenant, path: &str) -> Answer {
        self.send(tenant.request(Method::DELETE, path)).await
    }

    /// POST of a JSON body with a tenant's key.
    pub(crate) async fn post(&self, tenant: &Tenant, path: &str, body: Value) -> Answer {
        self.send(tenant.request(Method::POST, path).set_json(body)).await
    }

    /// PUT of a JSON body with a tenant's key.
    pub(crate) async fn put(&self, tenant: &Tenant, path: &str, body: Value) -> Answer {
        self.send(tenant.request(Method::PUT, path).set_json(body)).await
    }

    /// PATCH of a JSON body with a tenant's key.
    pub(crate) async fn patch(&self, tenant: &Tenant, path: &str, body: Value) -> Answer {
        self.send(tenant.request(Method::PATCH, path).set_json(body)).await
    }

    /// A new organization's id.
    pub(crate) async fn organization(&self, tenant: &Tenant, name: &str) -> String {
        let made = self.post(tenant, "/organizations", serde_json::json!({ "name": name })).await;
        made.expect(StatusCode::CREATED)["id"].as_str().unwrap().to_owned()
    }

    /// The names of a tenant's events, oldest first.
    pub(crate) async fn events(&self, tenant: &Tenant) -> Vec<&'static str> {
        let page = self.store.queries().events(tenant.environment.id, &EventFilter::default(), all()).await;
        page.unwrap().items.iter().map(|event| event.fact.name()).collect()
    }

    /// A tenant's audit trail, oldest first.
    pub(crate) async fn entries(&self, tenant: &Tenant) -> Vec<AuditEntry> {
        let filter = AuditFilter::default();
        let page = self.store.queries().audit_trail(tenant.environment.id, &filter, all()).await;
        page.unwrap().items
    }

    /// The actions in a tenant's audit trail, oldest first, less those of its making.
    pub(crate) async fn trail(&self, tenant: &Tenant) -> Vec<&'static str> {
        let actions = self.entries(tenant).await.into_iter().map(|entry| entry.action.as_str());
        actions.filter(|action| !["environment.created", "api_key.created"].contains(action)).collect()
    }
}

impl Tenant {
    /// A request with the tenant's key.
    pub(crate) fn request(&self, method: Method, path: &str) -> TestRequest {
        request(method, path).insert_header(("Authorization", format!("Bearer {}", self.key)))
    }
}

/// A request without a key.
pub(crate) fn request(method: Method, path: &str) -> TestRequest {
    TestRequest::default().method(method).uri(path)
}

/// As many rows as a page has, oldest first.
fn all<I>() -> PageRequest<I> {
    PageRequest { limit: PageLimit::new(100).unwrap(), order: Order::Ascending, cursor: None }
}

/// The recorder of the test process: there can be one only.
fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().unwrap()).clone()
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    async fn read<B: actix_web::body::MessageBody + 'static>(response: ServiceResponse<B>) -> Self {
        let status = response.status();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
            .collect();
        let body = actix_web::body::to_bytes(response.into_body().boxed()).await.unwrap().to_vec();
        Self { status, headers, body }
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The JSON body, checked for the content type that clients go by.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The JSON body of an answer that must have a status.
    #[track_caller]
    pub(crate) fn expect(&self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// An answer without body.
    #[track_caller]
    pub(crate) fn expect_empty(&self, status: StatusCode) {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!((self.header("content-type"), self.body.as_slice()), (None, &b""[..]));
    }

    /// A refusal of the management API: its code, or its message if it has none.
    #[track_caller]
    pub(crate) fn refusal(&self, status: StatusCode) -> String {
        let body = self.expect(status);
        let text = |key: &str| body[key].as_str().map(str::to_owned);
        assert!(text("message").is_some_and(|message| !message.is_empty()), "{body}");
        assert!(body.get("error").is_none(), "`error` means OAuth to the SDKs: {body}");
        text("code").or(text("message")).unwrap()
    }

    /// The fields at fault of a 422, each with a code.
    #[track_caller]
    pub(crate) fn fields(&self) -> Vec<String> {
        let body = self.expect(StatusCode::UNPROCESSABLE_ENTITY);
        let errors = body["errors"].as_array().unwrap();
        assert!(errors.iter().all(|error| error["code"].is_string() && error["message"].is_string()));
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    }
}
