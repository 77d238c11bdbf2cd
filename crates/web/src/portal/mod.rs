//! The portal: the pages on which a customer's IT admin sets things up.
//!
//! A GET changes nothing, except that the GET of a launch link opens it: such a link is followed
//! by redirect from a signed-in app. Every other change is a POST with the visit's form token.
//! Handlers parse, run a use case and present; what is read from the outside (`intake`) is read
//! before a use case runs. Nothing here names a provider: walkthroughs are the catalogue's data.

mod accept;
mod answer;
mod arrive;
mod connection;
mod cookie;
mod failure;
mod forgery;
mod intake;
mod ours;
mod pick;
mod review;
mod typed;
mod view;
mod visitor;
mod walk;
mod words;

use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, FormConfig, PathConfig, QueryConfig, ServiceConfig};
use actix_web::{HttpMessage as _, HttpRequest};

use crate::app::App;
use crate::pages::assets::Assets;
use crate::pages::{Pages, PagesError};
use crate::transport::{HeadOnly, RequestId};
use failure::{Failure, FailureKind};

/// Largest form without a document, in bytes: a token and a few short fields.
const FORM_BYTES_MAX: usize = 16 * 1024;

/// The portal, with its templates compiled.
pub struct Portal {
    app: App,
    pages: Pages,
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
        let pages = Pages::load(&assets)?;
        Ok(Self { portal: Data::new(Portal { app, pages }), assets: Data::new(assets) })
    }

    /// Mounts the portal under `/portal`, and the static files. Other surfaces' addresses below
    /// `/portal` have to be mounted before.
    pub fn configure(&self, config: &mut ServiceConfig) {
        let portal = self.portal.clone();
        let bad_form = |error: actix_web::error::UrlencodedError, _: &HttpRequest| match error {
            actix_web::error::UrlencodedError::Overflow { .. } => Failure::from(FailureKind::TooLarge).into(),
            _ => Failure::from(FailureKind::Malformed).into(),
        };
        config.configure(Assets::routes(self.assets.clone()));
        config.service(
            web::scope("/portal")
                .app_data(self.portal.clone())
                .app_data(FormConfig::default().limit(FORM_BYTES_MAX).error_handler(bad_form))
                .app_data(
                    QueryConfig::default().error_handler(|_, _| Failure::from(FailureKind::Malformed).into()),
                )
                .app_data(
                    PathConfig::default().error_handler(|_, _| Failure::from(FailureKind::NotFound).into()),
                )
                .wrap(from_fn(move |request, next| answer::layer(portal.clone(), request, next)))
                .service(
                    web::resource("").route(web::get().to(arrive::open)).route(web::head().to(arrive::look)),
                )
                .service(web::resource("/begin").route(web::post().to(arrive::begin)))
                .service(web::resource("/home").route(page().to(arrive::home)))
                .service(web::resource("/sso").route(page().to(pick::show)))
                .service(web::resource("/sso/provider").route(web::post().to(pick::pick)))
                .service(
                    web::resource("/sso/steps")
                        .route(page().to(walk::resume))
                        .route(web::post().to(walk::reach)),
                )
                .service(web::resource("/sso/steps/{number}").route(page().to(walk::show)))
                .service(web::resource("/sso/check").route(web::post().to(walk::check)))
                .service(web::resource("/sso/review").route(page().to(review::show)))
                .service(web::resource("/sso/save").route(web::post().to(review::save)))
                .service(web::resource("/sso/done").route(page().to(connection::done)))
                .service(web::resource("/sso/connection").route(page().to(connection::show)))
                .service(web::resource("/sso/reset").route(web::post().to(connection::reset))),
        );
    }
}

impl Portal {
    /// The id that the answer and the log share; a new one where the portal is mounted alone.
    fn request_id(&self, request: &HttpRequest) -> RequestId {
        let known = request.extensions().get::<RequestId>().cloned();
        known.unwrap_or_else(|| RequestId::new(&self.app))
    }
}

/// A page: GET, or HEAD of it.
fn page() -> actix_web::Route {
    let either = actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head());
    web::route().guard(either)
}

/// Whether a request wants the head of an answer only.
fn is_head(request: &HttpRequest) -> bool {
    request.method() == Method::HEAD || request.extensions().get::<HeadOnly>().is_some()
}
