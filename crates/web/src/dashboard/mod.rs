//! The dashboard: the pages on which the vendor's own people run their customers' set-ups.
//!
//! A GET changes nothing. Every change is a POST with the session's form token. Which environment a
//! page is about stands in its address, and every look-up names it; whoever asks for an environment
//! of another team is told that there is none.
//! The dashboard speaks English: its people are the vendor's, as the API's are.

mod account;
mod answer;
mod browser_name;
mod confirm;
mod connection;
mod cookie;
mod events;
mod failure;
mod forgotten;
mod form;
mod keys;
mod operator;
mod organization;
mod organizations;
mod passwords;
mod qr;
mod redirects;
mod second_factor;
mod second_step;
mod session_log;
mod sign_in;
mod team;
mod theme;
mod trail;
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
        ways_in(&mut table);
        table.add("/dashboard/theme", Access::Public, post(theme::choose));
        // Before what begins with an environment: the first pattern that fits is taken.
        people(&mut table);
        let mut member = |pattern, handlers| table.add(pattern, Access::Member, handlers);
        member("/dashboard", page(organizations::home));
        member("/dashboard/{environment}", page(organizations::environment_home));
        member(
            "/dashboard/{environment}/organizations",
            both(page(organizations::list), post(organizations::create)),
        );
        member("/dashboard/{environment}/organizations/{organization}", page(organization::show));
        member("/dashboard/{environment}/organizations/{organization}/invite", post(organization::invite));
        member(
            "/dashboard/{environment}/organizations/{organization}/links/{link}/revoke",
            post(organization::revoke),
        );
        member(
            "/dashboard/{environment}/organizations/{organization}/domains",
            post(organization::add_domain),
        );
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
        member("/dashboard/{environment}/connections/{connection}/switch", post(connection::switch));
        member("/dashboard/{environment}/connections/{connection}/test", post(connection::test));
        member(
            "/dashboard/{environment}/connections/{connection}/delete",
            both(page(connection::confirm_deletion), post(connection::delete)),
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
        let dashboard = self.dashboard.clone();
        let layer = from_fn(move |request, next| answer::layer(dashboard.clone(), request, next));
        let (scope, mounted) = table.finish();
        config.service(scope.wrap(layer));
        mounted
    }
}

/// Signing in and out, and what is mailed to get in.
fn ways_in(table: &mut PageTable) {
    let signing_in = both(page(sign_in::show), post(sign_in::sign_in));
    table.add("/dashboard/sign-in", Access::Public, signing_in);
    let second_step = both(page(second_step::show), post(second_step::prove));
    table.add("/dashboard/sign-in/code", Access::Public, second_step);
    let forgotten = both(page(forgotten::show), post(forgotten::ask));
    table.add("/dashboard/forgotten", Access::Public, forgotten);
    let reset = both(page(forgotten::show_reset), post(forgotten::reset));
    table.add("/dashboard/reset/{token}", Access::Public, reset);
    let join = both(page(forgotten::show_invitation), post(forgotten::join));
    table.add("/dashboard/join/{token}", Access::Public, join);
    table.add("/dashboard/sign-out", Access::Member, post(sign_in::sign_out));
}

/// The account and the team.
fn people(table: &mut PageTable) {
    let mut member = |pattern, handlers| table.add(pattern, Access::Member, handlers);
    member("/dashboard/account", both(page(account::show), post(account::update)));
    member("/dashboard/account/password", post(account::change_password));
    member("/dashboard/account/second-factor", both(page(second_factor::offer), post(second_factor::enable)));
    member(
        "/dashboard/account/second-factor/off",
        both(page(second_factor::ask_off), post(second_factor::disable)),
    );
    member(
        "/dashboard/account/recovery-codes",
        both(page(second_factor::ask_codes), post(second_factor::renew_codes)),
    );
    member("/dashboard/account/visits/end-others", post(account::end_other_visits));
    member("/dashboard/account/visits/{visit}/end", post(account::end_visit));
    member("/dashboard/team", both(page(team::show), post(team::update)));
    member("/dashboard/team/trail", page(team::trail));
    member("/dashboard/team/invitations", post(team::invite));
    member("/dashboard/team/invitations/{invitation}/resend", post(team::resend));
    member("/dashboard/team/invitations/{invitation}/revoke", post(team::revoke));
    member("/dashboard/team/members/{member}/role", post(team::change_role));
    member("/dashboard/team/members/{member}/remove", both(page(team::confirm_removal), post(team::remove)));
    member(
        "/dashboard/team/members/{member}/second-factor",
        both(page(team::confirm_factor_reset), post(team::reset_factor)),
    );
}
