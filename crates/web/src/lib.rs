//! The actix-web front end: management API, one-time-token API, portal, sign-in addresses,
//! operations.
//!
//! Handlers parse, run a use case and present. This crate names no store; everything it needs
//! comes in [`app::Parts`].

pub mod app;
pub mod pages;
pub mod portal;

mod api;
mod openapi;
mod ops;
mod sso;
mod transport;
mod v1;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};

use crate::app::App;
use crate::openapi::Documents;
use crate::pages::PagesError;
use crate::portal::PortalRoutes;
pub use crate::transport::{Access, MountedRoute};
use crate::transport::{Limits, Routes, frame};

/// The OpenAPI document of both APIs, as `/openapi.json` serves it.
pub fn openapi_document() -> String {
    Documents::generate().into_json()
}

/// Mounts everything.
///
/// Called once by each worker of a server; rate limits are shared by all that got the same
/// [`Web`].
#[derive(Clone)]
pub struct Web {
    app: App,
    limits: Limits,
    documents: Documents,
    portal: PortalRoutes,
}

impl Web {
    /// Wraps the application; compiles the templates of its pages.
    pub fn new(app: App) -> Result<Self, PagesError> {
        let portal = PortalRoutes::load(app.clone())?;
        Ok(Self { limits: Limits::new(&app.settings), documents: Documents::generate(), portal, app })
    }

    /// Mounts all surfaces into a worker and tells what it mounted.
    pub fn configure(&self, config: &mut ServiceConfig) -> Vec<MountedRoute> {
        let mut mounted = Vec::new();
        let app = self.app.clone();
        let scope = web::scope("")
            .app_data(Data::new(self.app.clone()))
            .app_data(Data::new(self.documents.clone()))
            .configure(|config| mounted = self.mount(config))
            .wrap(from_fn(move |request, next| frame(app.clone(), request, next)));
        config.service(scope);
        mounted
    }

    fn mount(&self, config: &mut ServiceConfig) -> Vec<MountedRoute> {
        let mut routes = Routes::new(config, self.app.clone(), self.limits.clone());
        ops::routes(&mut routes);
        api::routes(&mut routes);
        v1::routes(&mut routes);
        openapi::routes(&mut routes);
        sso::routes(&mut routes);
        let mut mounted = routes.into_mounted();
        // Behind the two management routes below `/portal`.
        mounted.extend(self.portal.configure(config));
        mounted
    }
}
