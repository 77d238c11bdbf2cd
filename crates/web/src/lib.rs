//! The actix-web front end: management API, one-time-token API, portal, sign-in addresses,
//! operations.
//!
//! Handlers parse, run a use case and present. This crate names no store; everything it needs
//! comes in [`app::Parts`].

pub mod app;
pub mod pages;
pub mod portal;

mod api;
mod assertion_keys;
mod dashboard;
mod discovery;
mod domain_check;
mod openapi;
mod ops;
mod sso;
mod test_idp;
mod transport;
mod v1;

use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use vestibule_application::ports::store::Store;

use crate::app::App;
use crate::dashboard::DashboardRoutes;
use crate::openapi::Documents;
use crate::pages::PagesError;
use crate::portal::PortalRoutes;
use crate::sso::{Desk, SigningKeyRing};
pub use crate::transport::{Access, MountedRoute};
use crate::transport::{Gate, Routes, frame};

/// The OpenAPI document of both APIs, as `/openapi.json` serves it.
pub fn openapi_document() -> String {
    Documents::generate().into_json()
}

/// Mounts everything.
///
/// Called once by each worker of a server; rate limits and what is known of API keys are shared by
/// all that got the same [`Web`].
#[derive(Clone)]
pub struct Web {
    app: App,
    gate: Gate,
    documents: Documents,
    portal: PortalRoutes,
    dashboard: DashboardRoutes,
    keys: Arc<SigningKeyRing>,
}

impl Web {
    /// Wraps the application; compiles the templates of its pages.
    pub fn new(app: App) -> Result<Self, PagesError> {
        let portal = PortalRoutes::load(app.clone())?;
        let gate = Gate::new(&app.settings);
        Ok(Self {
            dashboard: DashboardRoutes::new(app.clone(), portal.pages(), gate.clone()),
            gate,
            documents: Documents::generate(),
            keys: Arc::default(),
            portal,
            app,
        })
    }

    /// The same for one worker, with a store of its own. Limits, templates and documents stay
    /// shared.
    #[must_use]
    pub fn on(&self, store: Arc<dyn Store>) -> Self {
        let app = self.app.on(store);
        let (portal, dashboard) = (self.portal.on(app.clone()), self.dashboard.on(app.clone()));
        Self { app, portal, dashboard, ..self.clone() }
    }

    /// Mounts all surfaces into a worker and tells what it mounted.
    pub fn configure(&self, config: &mut ServiceConfig) -> Vec<MountedRoute> {
        let mut mounted = Vec::new();
        let app = self.app.clone();
        let desk = Desk::new(app.clone(), self.portal.pages(), Arc::clone(&self.keys), self.gate.clone());
        let scope = web::scope("")
            .app_data(Data::new(self.app.clone()))
            .app_data(Data::new(self.documents.clone()))
            .app_data(Data::new(self.gate.clone()))
            .app_data(Data::new(desk))
            .configure(|config| mounted = self.mount(config))
            .wrap(from_fn(move |request, next| frame(app.clone(), request, next)));
        config.service(scope);
        mounted
    }

    fn mount(&self, config: &mut ServiceConfig) -> Vec<MountedRoute> {
        let mut routes = Routes::new(config, self.app.clone(), self.gate.clone());
        // They are looked for in this order, by a regular expression each; sign-ins are the most.
        sso::routes(&mut routes);
        ops::routes(&mut routes);
        api::routes(&mut routes);
        v1::routes(&mut routes);
        openapi::routes(&mut routes);
        test_idp::routes(&mut routes);
        let mut mounted = routes.into_mounted();
        // Behind the two management routes below `/portal`.
        mounted.extend(self.portal.configure(config));
        mounted.extend(self.dashboard.configure(config));
        mounted
    }
}
