//! An admin tries the connection: the real way to the identity provider and back, at whose end
//! nobody is signed in anywhere, and a page tells what was found.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use vestibule_application::sign_in::{Departure, DepartureError, Route};
use vestibule_application::usecases::start_test::{StartTest, StartTestCommand};
use vestibule_application::usecases::visit::actor_of;
use vestibule_domain::connection::Connection;
use vestibule_domain::sso::session::Origin;
use vestibule_domain::sso::trial::Trial;

use super::Portal;
use super::answer::{page, see_other};
use super::failure::{Failure, FailureKind};
use super::visitor::{PICKER, Visitor};
use crate::sso::page::{HiddenField, ONWARD_POLICY, OnwardPage};
use crate::transport::browser;

/// As for every page, but a form of it may lead anywhere.
///
/// The form goes to us, and we redirect to the identity provider: Chromium holds `form-action`
/// against the redirects that follow a form too, and against all that the provider adds to them.
const TESTING_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     connect-src 'self'; img-src 'self' data:; form-action 'self' https: http:; \
     frame-ancestors 'none'; base-uri 'none'";

/// Lets the page have the form of a test.
pub(crate) fn with_test(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(TESTING_POLICY));
    answer
}

/// The form of a test.
#[derive(Deserialize)]
pub(super) struct TestForm {
    form_token: Option<String>,
}

/// Sends the admin to the identity provider. Changes nothing about the connection, so that everybody
/// may who sees it.
pub(super) async fn start(
    portal: Data<Portal>,
    request: HttpRequest,
    visitor: Visitor,
    form: Form<TestForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    visitor.may_set_up()?;
    let Some(connection) = visitor.complete() else { return Ok(see_other(PICKER)) };
    send_off(&portal, &request, &visitor, connection, None).await
}

/// Sends the admin to the identity provider: with a connection as it is, or with what a page shows
/// that is not saved yet.
pub(super) async fn send_off(
    portal: &Portal,
    request: &HttpRequest,
    visitor: &Visitor,
    connection: &Connection,
    trial: Option<Trial>,
) -> Result<HttpResponse, Failure> {
    let app = &portal.app;
    let browser = browser(app, request);
    let through = (visitor.visit.environment.test_provider(), connection);
    let grounded = app.sign_ins.ground(&*app.store, through, (Origin::Test, None), &browser, false).await;
    if let Some(grounded) = grounded.map_err(Failure::internal)? {
        return Ok(see_other(&format!("/portal/sso/sessions/{}", grounded.session.id)));
    }
    let departed = app.sign_ins.depart_for_test(connection, trial, browser);
    let Departure { session, route } = departed.map_err(|error| match error {
        DepartureError::Incomplete => visitor.fail(FailureKind::Overtaken),
        error @ (DepartureError::Key(_) | DepartureError::Saml(_)) => Failure::internal(error),
    })?;
    let command = StartTestCommand { session, actor: actor_of(&visitor.visit.session) };
    app.run(StartTest { ambient: app.ambient.clone() }, command).await?;
    match route {
        Route::Redirect { url } => Ok(see_other(&url)),
        Route::Post { url, fields } => {
            let fields = fields.into_iter().map(|(name, value)| HiddenField { name, value }).collect();
            let mut answer = page(StatusCode::OK, &OnwardPage { frame: visitor.frame(), url, fields })?;
            let policy = HeaderValue::from_static(ONWARD_POLICY);
            answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
            Ok(answer)
        }
    }
}
