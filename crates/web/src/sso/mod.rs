//! Sign-ins: where apps send people, where identity providers answer, where codes become profiles.
//!
//! Handlers read what came, run what decides, and present. Pages appear only where nobody can be
//! sent back: an app that is not known must never get a person redirected.

pub(crate) mod acs;
pub(crate) mod authorize;
pub(crate) mod callback;
mod key_ring;
pub(crate) mod keys;
pub(crate) mod logout;
pub(crate) mod metadata;
pub(crate) mod page;
pub(crate) mod profile;
pub(crate) mod test;
pub(crate) mod token;

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use url::{Url, form_urlencoded};
use vestibule_application::ports::store::StoreResult;
use vestibule_application::sign_in::{Browser, Grounded, Landing, Route};
use vestibule_application::usecases::finish_sign_in::FinishSignInError;
use vestibule_domain::api_key::ApiKeyScope;
use vestibule_domain::connection::Connection;
use vestibule_domain::custom_host::HostPurpose;
use vestibule_domain::sso::authorization::Authorization;
use vestibule_domain::sso::session::Origin;
use vestibule_domain::test_provider::NoTestProvider;

use crate::app::App;
use crate::pages::Pages;
use crate::transport::{Gate, Methods, Routes, browser};

use key_ring::KeyRing;
use page::{Refusal, carry_on, of_store, refuse};

/// What the handlers of sign-ins have at hand.
pub(crate) struct Desk {
    pub(crate) app: App,
    pages: Arc<Pages>,
    keys: Arc<KeyRing>,
    gate: Gate,
}

impl Desk {
    /// A desk for one worker.
    pub(crate) fn new(app: App, pages: Arc<Pages>, keys: Arc<KeyRing>, gate: Gate) -> Self {
        Self { app, pages, keys, gate }
    }
}

pub(crate) use acs::{only, read_bytes, read_form};
pub(crate) use key_ring::KeyRing as SigningKeyRing;
pub(crate) use metadata::SAML_METADATA;

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    metadata::routes(routes);
    routes.public("/sso/authorize", Methods::new().get(authorize::get));
    routes.public("/sso/saml/{connection}/acs", Methods::new().post(acs::post));
    routes.public("/sso/oidc/callback", Methods::new().get(callback::get));
    routes.public("/sso/login/{connection}", Methods::new().get(callback::begin));
    routes.public("/sso/test", Methods::new().get(test::begin));
    routes.public("/sso/test/ended", Methods::new().get(test::ended));
    routes.public("/sso/token", Methods::new().post(token::post));
    routes.public("/sso/profile", Methods::new().get(profile::get));
    routes.public("/sso/jwks/{client_id}", Methods::new().get(keys::get));
    routes.public("/sso/logout", Methods::new().get(logout::get));
    routes.api("/sso/logout/authorize", Methods::new().post(logout::authorize).needing(ApiKeyScope::SignIn));
}

/// Ends an attempt that could not get anywhere, where it begins.
async fn ground(
    app: &App,
    through: (Result<(), NoTestProvider>, &Connection),
    (origin, authorization): (Origin, Option<&Authorization>),
    browser: &Browser,
    listened: bool,
) -> Result<Option<Grounded>, Refusal> {
    let (sign_ins, store) = (&app.sign_ins, &*app.store);
    let grounded = sign_ins.ground(store, through, (origin, authorization), browser, listened).await;
    grounded.map_err(|error| match error {
        FinishSignInError::Ended => Refusal::Internal,
        FinishSignInError::Store(error) => page::of_store(error),
    })
}

/// Sends a browser on, with parameters added to an address that was registered.
pub(crate) fn redirect(to: &str, parameters: &[(&'static str, String)]) -> Option<HttpResponse> {
    let mut url = Url::parse(to).ok()?;
    url.query_pairs_mut().extend_pairs(parameters);
    Some(
        HttpResponse::Found()
            .insert_header(("Location", url.as_str()))
            .insert_header(("Cache-Control", "no-store"))
            .insert_header(("Referrer-Policy", "no-referrer"))
            .finish(),
    )
}

/// Sends a person off to their provider.
fn away(desk: &Desk, request: &HttpRequest, route: Route) -> HttpResponse {
    match route {
        Route::Redirect { url } => HttpResponse::Found()
            .insert_header(("Location", url))
            .insert_header(("Cache-Control", "no-store"))
            .insert_header(("Referrer-Policy", "no-referrer"))
            .finish(),
        Route::Post { url, fields } => carry_on(desk, request, url, fields),
    }
}

/// The first value under a name.
fn parameter(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Answers a provider's answer.
async fn arrived(desk: &Desk, request: &HttpRequest, arrived: StoreResult<Option<Landing>>) -> HttpResponse {
    match arrived {
        Ok(Some(landing)) => land(desk, request, landing).await,
        Ok(None) => refuse(desk, request, Refusal::Unknown),
        Err(error) => refuse(desk, request, of_store(error)),
    }
}

/// Sends a person where their sign-in ended.
async fn land(desk: &Desk, request: &HttpRequest, landing: Landing) -> HttpResponse {
    match landing {
        Landing::App { redirect_uri, parameters } => redirect(&redirect_uri, &parameters)
            .unwrap_or_else(|| refuse(desk, request, Refusal::RedirectUri)),
        // The visit's cookie is at the host where the portal is.
        Landing::Test { session, environment } => {
            match desk.app.store.queries().environment(environment).await {
                Ok(environment) => {
                    let hosts = environment.map(|environment| environment.hosts).unwrap_or_default();
                    let host = hosts.active(HostPurpose::Portal);
                    let origin = host.map(|host| format!("https://{host}")).unwrap_or_default();
                    HttpResponse::SeeOther()
                        .insert_header(("Location", format!("{origin}/portal/sso/sessions/{session}")))
                        .insert_header(("Cache-Control", "no-store"))
                        .finish()
                }
                Err(error) => refuse(desk, request, of_store(error)),
            }
        }
        Landing::Stranded { session, failure } => {
            refuse(desk, request, Refusal::Stranded { session, code: failure.code })
        }
    }
}

/// What every handler takes.
pub(crate) type Here = Data<Desk>;
