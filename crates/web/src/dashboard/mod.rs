//! The dashboard: the pages on which the vendor's own people run their customers' set-ups.
//!
//! A GET changes nothing. Every change is a POST with the session's form token. Which environment a
//! page is about stands in its address, and every look-up names it; whoever asks for an environment
//! of another team is told that there is none.
//! The dashboard speaks English: its people are the vendor's, as the API's are.

mod account;
mod answer;
mod attribute_map;
mod attributes;
mod branding;
mod browser_name;
mod confirm;
mod connection;
mod connection_fields;
mod connection_page;
mod contacts;
mod cookie;
mod deliveries;
mod domains;
mod done;
mod environments;
mod events;
mod failure;
mod forgotten;
mod form;
mod hosts;
mod keys;
mod meanwhile;
mod operator;
mod organization;
mod organization_settings;
mod organizations;
mod overview;
mod passwords;
mod portal_redirects;
mod preview;
mod providers;
mod qr;
mod redirects;
mod second_factor;
mod second_step;
mod session_log;
mod settings;
mod sign_in;
mod signing;
mod snippets;
mod table;
mod team;
mod theme;
mod trail;
mod trail_export;
mod upload;
pub(crate) mod view;
mod webhook_form;
mod webhooks;

use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, FormConfig, PathConfig, QueryConfig, ServiceConfig};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::pages::Pages;
use crate::transport::page_table::PageTable;
use crate::transport::{Gate, MountedRoute};
use failure::Failure;

/// Where the dashboard is mounted.
const ROOT: &str = "/dashboard";

/// Largest form, in bytes.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// How many passwords a process compares at once: each takes 19 MiB and a core for a while.
const PASSWORDS_AT_ONCE: usize = 2;

/// How many pictures a process draws at once: each takes up to 128 MiB and a core for a while.
const PICTURES_AT_ONCE: usize = 1;

/// The dashboard.
pub(crate) struct Dashboard {
    app: App,
    pages: Arc<Pages>,
    gate: Gate,
    comparing: Arc<Semaphore>,
    drawing: Arc<Semaphore>,
}

/// What workers share of the dashboard.
#[derive(Clone)]
pub(crate) struct DashboardRoutes {
    dashboard: Data<Dashboard>,
}

impl DashboardRoutes {
    /// The dashboard with these templates.
    pub(crate) fn new(app: App, pages: Arc<Pages>, gate: Gate) -> Self {
        let comparing = Arc::new(Semaphore::new(PASSWORDS_AT_ONCE));
        let drawing = Arc::new(Semaphore::new(PICTURES_AT_ONCE));
        Self { dashboard: Data::new(Dashboard { app, pages, gate, comparing, drawing }) }
    }

    /// The same dashboard for another application.
    pub(crate) fn on(&self, app: App) -> Self {
        let Dashboard { pages, gate, comparing, drawing, .. } = &**self.dashboard;
        let (pages, gate) = (Arc::clone(pages), gate.clone());
        let (comparing, drawing) = (Arc::clone(comparing), Arc::clone(drawing));
        Self { dashboard: Data::new(Dashboard { app, pages, gate, comparing, drawing }) }
    }

    /// Mounts the dashboard, and tells what it mounted.
    pub(crate) fn configure(&self, config: &mut ServiceConfig) -> Vec<MountedRoute> {
        let bad_form = |error, _: &_| match error {
            actix_web::error::UrlencodedError::Overflow { .. } => Failure::TooLarge.into(),
            _ => Failure::Malformed.into(),
        };
        let scope = web::scope(ROOT)
            .app_data(self.dashboard.clone())
            .app_data(FormConfig::default().limit(FORM_BYTES_MAX).error_handler(bad_form))
            .app_data(QueryConfig::default().error_handler(|_, _| Failure::Malformed.into()))
            .app_data(PathConfig::default().error_handler(|_, _| Failure::NotFound.into()));
        let mut table = PageTable::new(ROOT, scope);
        table::people(&mut table);
        table::environment(&mut table);
        table::customer(&mut table);
        let dashboard = self.dashboard.clone();
        let layer = from_fn(move |request, next| answer::layer(dashboard.clone(), request, next));
        let (scope, mounted) = table.finish();
        config.service(scope.wrap(layer));
        mounted
    }
}
