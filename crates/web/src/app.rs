//! What every handler has at hand.

use std::num::NonZeroU32;
use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use vestibule_application::ambient::Ambient;
use vestibule_application::ports::access_tokens::AccessTokens;
use vestibule_application::ports::ambient::{PasswordHasher, PasswordStrength};
use vestibule_application::ports::dns::Dns;
use vestibule_application::ports::mail::MailPreview;
use vestibule_application::ports::oidc::Oidc;
use vestibule_application::ports::outbound::Outbound;
use vestibule_application::ports::pictures::Pictures;
use vestibule_application::ports::saml::Saml;
use vestibule_application::ports::store::{ReplayClaim, Store};
use vestibule_application::replay::{self, Answer, Given, ReplayError};
use vestibule_application::sign_in::SignIns;
use vestibule_application::test_provider::TestProvider;
use vestibule_application::usecase::{self, UseCase};
use vestibule_catalog::{Catalog, Provider};
use vestibule_domain::connection::Connection;

/// What `app` wires together for the web.
#[derive(Clone)]
pub struct Parts {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
    /// SAML documents and keys.
    pub saml: Arc<dyn Saml>,
    /// OpenID Connect documents.
    pub oidc: Arc<dyn Oidc>,
    /// The way of a sign-in.
    pub sign_ins: SignIns,
    /// Hashes and compares members' passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Tells how easy a password is to guess.
    pub strength: Arc<dyn PasswordStrength>,
    /// The test identity provider of sandbox environments.
    pub test_provider: TestProvider,
    /// Access tokens of our own.
    pub access_tokens: Arc<dyn AccessTokens>,
    /// The guarded way out.
    pub outbound: Arc<dyn Outbound>,
    /// Identity providers as data.
    pub catalog: Arc<Catalog>,
    /// Looks up records.
    pub dns: Arc<dyn Dns>,
    /// Draws uploaded pictures.
    pub pictures: Arc<dyn Pictures>,
    /// Shows messages before anybody gets them.
    pub letters: Arc<dyn MailPreview>,
    /// How the service presents itself to browsers and proxies.
    pub settings: WebSettings,
    /// Renders the process's metrics at `/metrics`; none when they are served elsewhere.
    pub metrics: Option<PrometheusHandle>,
}

/// Requests per second that one API key may make, and its burst, unless set otherwise.
pub const API_REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::new(10_000).unwrap();

/// Requests per second without a valid API key that one address may make, and its burst, unless
/// set otherwise.
pub const AUTH_FAILURES_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// How the service presents itself to browsers and proxies.
#[derive(Clone, Debug)]
pub struct WebSettings {
    /// Whether the public URL is https; cookies get `__Host-` and `Secure` then.
    pub secure_cookies: bool,
    /// Whose `Forwarded` and `X-Forwarded-For` headers are believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Requests per second that one API key may make, on this process.
    pub api_requests_per_second: NonZeroU32,
    /// Requests per second without a valid API key that one address may make, on this process.
    pub auth_failures_per_second: NonZeroU32,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            secure_cookies: true,
            trusted_proxies: Vec::new(),
            api_requests_per_second: API_REQUESTS_PER_SECOND,
            auth_failures_per_second: AUTH_FAILURES_PER_SECOND,
        }
    }
}

/// What every handler has at hand; cheap to clone.
#[derive(Clone)]
pub struct App {
    parts: Arc<Parts>,
}

impl App {
    /// Wraps the parts.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// The same application on another store.
    pub(crate) fn on(&self, store: Arc<dyn Store>) -> Self {
        Self { parts: Arc::new(Parts { store, ..Parts::clone(&self.parts) }) }
    }

    /// The guide for a connection.
    pub(crate) fn guide(&self, connection: &Connection) -> Option<&Provider> {
        self.catalog.of_connection(connection.provider.as_deref(), connection.connection_type.as_str())
    }

    /// What people call a connection's provider, where anything says which it is.
    pub(crate) fn product(&self, connection: &Connection) -> Option<&str> {
        self.catalog
            .product_of_connection(connection.provider.as_deref(), connection.connection_type.as_str())
    }

    /// Runs a use case as a task of its own, to its end, whatever becomes of the request.
    ///
    /// The task stays on the worker's own runtime, where its connection to the database is.
    ///
    /// # Panics
    /// When the use case panicked: the panic goes on in the handler, whose middleware answers 500.
    pub async fn run<U>(&self, case: U, command: U::Command) -> Result<U::Outcome, U::Error>
    where
        U: UseCase + 'static,
    {
        let store = self.store.clone();
        joined(tokio::spawn(async move { usecase::run(&*store, &case, command).await })).await
    }

    /// Begins something as a task of its own, and does not wait for it: for what must not show in the
    /// time that an answer takes. The task says itself what goes wrong.
    pub fn begin(&self, task: impl Future<Output = ()> + Send + 'static) {
        drop(tokio::spawn(task));
    }

    /// Runs something as a task of its own, to its end, as [`App::run`] does.
    ///
    /// # Panics
    /// As [`App::run`].
    pub async fn complete<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) -> T {
        joined(tokio::spawn(task)).await
    }

    /// Runs a use case unless its request was answered before, see [`replay`].
    ///
    /// # Panics
    /// As [`App::run`].
    pub async fn run_replayable<U>(
        &self,
        claim: ReplayClaim,
        case: U,
        command: U::Command,
        render: fn(&U::Outcome, &Ambient) -> Answer,
    ) -> Result<Given, ReplayError<U::Error>>
    where
        U: UseCase + 'static,
    {
        let (store, ambient) = (self.store.clone(), self.ambient.clone());
        let task = async move {
            let render = |outcome: &U::Outcome| render(outcome, &ambient);
            replay::run(&*store, &ambient, &claim, &case, command, &render).await
        };
        joined(tokio::spawn(task)).await
    }
}

async fn joined<T>(task: tokio::task::JoinHandle<T>) -> T {
    match task.await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Nobody aborts these tasks; the runtime itself is going down.
            Err(_) => std::future::pending().await,
        },
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}
