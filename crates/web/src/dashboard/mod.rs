//! The dashboard: the pages on which the vendor's own people run their customers' set-ups.
//!
//! A GET changes nothing. Every change is a POST with the session's form token. Which environment a
//! page is about stands in its address, and every look-up names it; whoever asks for an environment
//! of another team is told that there is none.
//! The dashboard speaks English: its people are the vendor's, as the API's are.

mod answer;
mod attributes;
mod confirm;
mod connection;
mod connection_page;
mod contacts;
mod cookie;
mod done;
mod events;
mod failure;
mod form;
mod keys;
mod meanwhile;
mod operator;
mod organization;
mod organizations;
mod redirects;
mod session_log;
mod settings;
mod sign_in;
mod signing;
mod theme;
mod trail;
mod trail_export;
pub(crate) mod view;
mod webhooks;

use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, FormConfig, PathConfig, QueryConfig, ServiceConfig};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::pages::Pages;
use crate::transport::page_table::{PageTable, both, page, post};
use crate::transport::{Access, Gate, MountedRoute};
use failure::Failure;

/// Where the dashboard is mounted.
const ROOT: &str = "/dashboard";

/// Largest form, in bytes.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// How many passwords a process compares at once: each takes 19 MiB and a core for a while.
const PASSWORDS_AT_ONCE: usize = 2;

/// The dashboard.
pub(crate) struct Dashboard {
    app: App,
    pages: Arc<Pages>,
    gate: Gate,
    comparing: Arc<Semaphore>,
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
        Self { dashboard: Data::new(Dashboard { app, pages, gate, comparing }) }
    }

    /// The same dashboard for another application.
    pub(crate) fn on(&self, app: App) -> Self {
        let Dashboard { pages, gate, comparing, .. } = &**self.dashboard;
        let (pages, gate, comparing) = (Arc::clone(pages), gate.clone(), Arc::clone(comparing));
        Self { dashboard: Data::new(Dashboard { app, pages, gate, comparing }) }
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
        let signing_in = both(page(sign_in::show), post(sign_in::sign_in));
        table.add("/dashboard/sign-in", Access::Public, signing_in);
        table.add("/dashboard/sign-out", Access::Member, post(sign_in::sign_out));
        table.add("/dashboard/theme", Access::Public, post(theme::choose));
        let mut member = |pattern, handlers| table.add(pattern, Access::Member, handlers);
        member("/dashboard", page(organizations::home));
        member("/dashboard/{environment}", page(organizations::environment_home));
        member(
            "/dashboard/{environment}/organizations",
            both(page(organizations::list), post(organizations::create)),
        );
        member("/dashboard/{environment}/sessions", page(session_log::list));
        member("/dashboard/{environment}/sessions/{session}", page(session_log::show));
        member("/dashboard/{environment}/events", page(events::list));
        member("/dashboard/{environment}/webhooks", both(page(webhooks::list), post(webhooks::create)));
        member(
            "/dashboard/{environment}/webhooks/{endpoint}",
            both(page(webhooks::show), post(webhooks::change)),
        );
        member("/dashboard/{environment}/webhooks/{endpoint}/delete", post(webhooks::delete));
        member(
            "/dashboard/{environment}/webhooks/{endpoint}/deliveries/{delivery}/replay",
            post(webhooks::replay),
        );
        member("/dashboard/{environment}/keys", both(page(keys::list), post(keys::create)));
        member("/dashboard/{environment}/keys/{key}/revoke", post(keys::revoke));
        member("/dashboard/{environment}/redirects", both(page(redirects::list), post(redirects::register)));
        member("/dashboard/{environment}/redirects/remove", post(redirects::remove));
        member("/dashboard/{environment}/trail", page(trail::list));
        member("/dashboard/{environment}/trail/{file}", page(trail::export));
        customer(&mut table);
        let dashboard = self.dashboard.clone();
        let layer = from_fn(move |request, next| answer::layer(dashboard.clone(), request, next));
        let (scope, mounted) = table.finish();
        config.service(scope.wrap(layer));
        mounted
    }
}

/// The pages of a customer and of its connection.
fn customer(table: &mut PageTable) {
    let mut member = |pattern, handlers| table.add(pattern, Access::Member, handlers);
    member("/dashboard/{environment}/organizations/{organization}", page(organization::show));
    member("/dashboard/{environment}/organizations/{organization}/invite", post(organization::invite));
    member(
        "/dashboard/{environment}/organizations/{organization}/links/{link}/revoke",
        post(organization::revoke),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/links/{link}/regenerate",
        post(organization::regenerate),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/settings",
        both(page(settings::show), post(settings::save)),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/contacts",
        both(page(contacts::list), post(contacts::add)),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/contacts/{contact}/invite",
        post(contacts::invite),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/contacts/{contact}/delete",
        post(contacts::remove),
    );
    member("/dashboard/{environment}/organizations/{organization}/domains", post(organization::add_domain));
    member(
        "/dashboard/{environment}/organizations/{organization}/domains/{domain}/verify",
        post(organization::verify_domain),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/domains/{domain}/delete",
        post(organization::delete_domain),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/delete",
        both(page(organization::confirm_deletion), post(organization::delete)),
    );
    member("/dashboard/{environment}/organizations/{organization}/connection", page(connection_page::show));
    member("/dashboard/{environment}/connections/{connection}", page(connection_page::lead));
    member(
        "/dashboard/{environment}/connections/{connection}/certificates",
        post(connection_page::add_certificate),
    );
    member(
        "/dashboard/{environment}/connections/{connection}/certificates/{certificate}/delete",
        post(connection_page::remove_certificate),
    );
    member("/dashboard/{environment}/connections/{connection}/refresh", post(connection_page::refresh));
    member("/dashboard/{environment}/connections/{connection}/signing", post(signing::set));
    member("/dashboard/{environment}/connections/{connection}/options", post(connection_page::set_options));
    member(
        "/dashboard/{environment}/connections/{connection}/attributes",
        both(page(attributes::show), post(attributes::save)),
    );
    member("/dashboard/{environment}/connections/{connection}/switch", post(connection::switch));
    member("/dashboard/{environment}/connections/{connection}/test", post(connection::test));
    member(
        "/dashboard/{environment}/connections/{connection}/delete",
        both(page(connection::confirm_deletion), post(connection::delete)),
    );
    member("/dashboard/{environment}/organizations/{organization}/trail", page(trail::list_of));
    member("/dashboard/{environment}/organizations/{organization}/sessions", page(session_log::list_of));
}
