//! What every handler has at hand.

use std::sync::Arc;

use tokio::runtime::Handle;
use vestibule_application::ambient::Ambient;
use vestibule_application::ports::oidc::Oidc;
use vestibule_application::ports::outbound::Outbound;
use vestibule_application::ports::saml::Saml;
use vestibule_application::ports::store::{ReplayClaim, Store};
use vestibule_application::replay::{self, Answer, ReplayError};
use vestibule_application::usecase::{self, UseCase};
use vestibule_catalog::Catalog;

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
    /// The guarded way out.
    pub outbound: Arc<dyn Outbound>,
    /// Identity providers as data.
    pub catalog: Arc<Catalog>,
    /// How the service presents itself to browsers and proxies.
    pub settings: WebSettings,
    /// Where units of work run: a runtime whose tasks no dropped request can cut in half.
    pub runtime: Handle,
}

/// How the service presents itself to browsers and proxies.
#[derive(Clone, Debug)]
pub struct WebSettings {
    /// Whether the public URL is https; cookies get `__Host-` and `Secure` then.
    pub secure_cookies: bool,
    /// Whose `Forwarded` and `X-Forwarded-For` headers are believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
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

    /// Runs a use case as a task of its own, to its end, whatever becomes of the request.
    ///
    /// # Panics
    /// When the use case panicked: the panic goes on in the handler, whose middleware answers 500.
    pub async fn run<U>(&self, case: U, command: U::Command) -> Result<U::Outcome, U::Error>
    where
        U: UseCase + 'static,
    {
        let store = self.store.clone();
        joined(self.runtime.spawn(async move { usecase::run(&*store, &case, command).await })).await
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
    ) -> Result<Answer, ReplayError<U::Error>>
    where
        U: UseCase + 'static,
    {
        let (store, ambient) = (self.store.clone(), self.ambient.clone());
        let task = async move {
            let render = |outcome: &U::Outcome| render(outcome, &ambient);
            replay::run(&*store, &ambient, &claim, &case, command, &render).await
        };
        joined(self.runtime.spawn(task)).await
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
