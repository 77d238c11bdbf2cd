//! The portal: the pages on which a customer's IT admin sets things up.
//!
//! A GET changes nothing, except that the GET of a launch link opens it: such a link is followed
//! by redirect from a signed-in app. Every other change is a POST with the visit's form token, or,
//! before there is a visit, with the link's.
//! Handlers parse, run a use case and present; what is read from the outside (`intake`) is read
//! before a use case runs. Nothing here names a provider: walkthroughs are the catalogue's data.

mod accept;
mod answer;
mod arrive;
mod attributes;
mod cautions;
mod confirm;
mod connection;
mod cookie;
mod door;
mod failure;
mod files;
mod home;
mod intake;
mod language;
mod ours;
mod pick;
mod renewal;
mod review;
pub(crate) mod session_log;
mod signing_key;
mod test_sign_in;
mod typed;
pub(crate) mod view;
mod visitor;
mod waiting;
mod walk;
mod words;

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, FormConfig, PathConfig, QueryConfig, ServiceConfig};
use actix_web::{HttpMessage as _, HttpRequest};

use crate::app::App;
use crate::pages::assets::Assets;
use crate::pages::{Pages, PagesError};
use crate::transport::page_table::{PageTable, both, get, head, page, post};
use crate::transport::{Access, HeadOnly, MountedRoute, RequestId};
use failure::{Failure, FailureKind};
pub(crate) use language::Spoken;
pub(crate) use review::settings_data;
pub(crate) use test_sign_in::with_test;
pub(crate) use view::HOSTILE;
pub(crate) use view::frame::{ErrorLink, Field, Frame, field_id, samples};
pub(crate) use view::review::{DataView, hostile_data};

/// Where the portal is mounted.
const ROOT: &str = "/portal";

/// Largest form without a document, in bytes: a token and a few short fields.
const FORM_BYTES_MAX: usize = 16 * 1024;

/// The portal, with its templates compiled.
pub struct Portal {
    app: App,
    pages: Arc<Pages>,
}

/// The portal and its static files, ready to be mounted by every worker of a server.
#[derive(Clone)]
pub struct PortalRoutes {
    portal: Data<Portal>,
    assets: Data<Assets>,
}

impl PortalRoutes {
    /// Compiles the templates.
    pub fn load(app: App) -> Result<Self, PagesError> {
        let assets = Assets::load();
        let pages = Arc::new(Pages::load(&assets)?);
        Ok(Self { portal: Data::new(Portal { app, pages }), assets: Data::new(assets) })
    }

    /// The same portal for another application.
    pub(crate) fn on(&self, app: App) -> Self {
        let portal = Portal { app, pages: Arc::clone(&self.portal.pages) };
        Self { portal: Data::new(portal), assets: self.assets.clone() }
    }

    /// The templates, for the other surfaces that have pages.
    pub(crate) fn pages(&self) -> Arc<Pages> {
        Arc::clone(&self.portal.pages)
    }

    /// Mounts the portal under `/portal`, and the static files, and tells what it mounted. Other surfaces' addresses below
    /// `/portal` have to be mounted before.
    pub fn configure(&self, config: &mut ServiceConfig) -> Vec<MountedRoute> {
        let portal = self.portal.clone();
        let bad_form = |error: actix_web::error::UrlencodedError, _: &HttpRequest| match error {
            actix_web::error::UrlencodedError::Overflow { .. } => Failure::from(FailureKind::TooLarge).into(),
            _ => Failure::from(FailureKind::Malformed).into(),
        };
        config.configure(Assets::routes(self.assets.clone()));
        let scope = web::scope(ROOT)
            .app_data(self.portal.clone())
            .app_data(FormConfig::default().limit(FORM_BYTES_MAX).error_handler(bad_form))
            .app_data(
                QueryConfig::default().error_handler(|_, _| Failure::from(FailureKind::Malformed).into()),
            )
            .app_data(
                PathConfig::default().error_handler(|_, _| Failure::from(FailureKind::NotFound).into()),
            );
        let mut table = PageTable::new(ROOT, scope);
        table.add("/portal", Access::PortalLink, both(get(arrive::open), head(arrive::look)));
        table.add("/portal/begin", Access::PortalLink, post(arrive::begin));
        let confirm = both(page(confirm::show), post(confirm::confirm));
        table.add("/portal/confirm", Access::PortalLink, confirm);
        table.add("/portal/confirm/again", Access::PortalLink, post(confirm::again));
        table.add("/portal/home", Access::PortalVisit, page(home::show));
        table.add("/portal/sso", Access::PortalVisit, page(pick::show));
        table.add("/portal/sso/provider", Access::PortalVisit, post(pick::pick));
        table.add("/portal/sso/test-provider", Access::PortalVisit, post(pick::connect_test_provider));
        table.add("/portal/sso/steps", Access::PortalVisit, both(page(walk::resume), post(walk::reach)));
        table.add("/portal/sso/steps/{number}", Access::PortalVisit, page(walk::show));
        table.add("/portal/sso/guide", Access::PortalVisit, both(page(walk::overview), post(walk::send)));
        table.add("/portal/sso/check", Access::PortalVisit, post(walk::check));
        table.add("/portal/sso/review", Access::PortalVisit, page(review::show));
        table.add("/portal/sso/review/test", Access::PortalVisit, post(review::test));
        table.add("/portal/sso/save", Access::PortalVisit, post(review::save));
        table.add("/portal/sso/done", Access::PortalVisit, page(connection::done));
        table.add("/portal/sso/connection", Access::PortalVisit, page(connection::show));
        table.add("/portal/sso/test", Access::PortalVisit, post(test_sign_in::start));
        table.add("/portal/sso/sessions", Access::PortalVisit, page(session_log::list));
        table.add("/portal/sso/sessions/{session}", Access::PortalVisit, page(session_log::show));
        table.add("/portal/brand/{environment}/{file}", Access::Public, page(files::picture));
        table.add("/portal/sso/sp-signing.pem", Access::PortalVisit, page(files::signing_certificate));
        table.add(
            "/portal/sso/attributes",
            Access::PortalVisit,
            both(page(attributes::show), post(attributes::save)),
        );
        table.add("/portal/renewal", Access::PortalVisit, both(page(renewal::show), post(renewal::check)));
        table.add("/portal/renewal/done", Access::PortalVisit, page(renewal::done));
        table.add("/portal/renewal/{connection}", Access::PortalVisit, post(renewal::save));
        table.add("/portal/renewal/{connection}/test", Access::PortalVisit, post(renewal::test));
        table.add("/portal/sso/idp-initiated", Access::PortalVisit, post(connection::switch_idp_initiated));
        table.add("/portal/sso/distrust", Access::PortalVisit, post(connection::distrust));
        table.add(
            "/portal/sso/sp-signing-next.pem",
            Access::PortalVisit,
            page(files::next_signing_certificate),
        );
        table.add("/portal/sso/signing-key", Access::PortalVisit, post(signing_key::switch));
        table.add("/portal/sso/signing-key/test", Access::PortalVisit, post(signing_key::test));
        table.add("/portal/sso/reset", Access::PortalVisit, post(connection::reset));
        let layer = from_fn(move |request, next| answer::layer(portal.clone(), request, next));
        let (scope, mounted) = table.finish();
        config.service(scope.wrap(layer));
        mounted
    }
}

impl Portal {
    /// The id that the answer and the log share; a new one where the portal is mounted alone.
    fn request_id(&self, request: &HttpRequest) -> RequestId {
        let known = request.extensions().get::<RequestId>().cloned();
        known.unwrap_or_else(|| RequestId::new(&self.app))
    }
}

/// Whether a request wants the head of an answer only.
fn is_head(request: &HttpRequest) -> bool {
    request.method() == Method::HEAD || request.extensions().get::<HeadOnly>().is_some()
}
