//! `GET /sso/test`: a browser begins a test that a program asked for; and where it ends.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use vestibule_application::ports::store::ArrivalKey;
use vestibule_application::sign_in::{Departure, DepartureError, Route};
use vestibule_application::usecases::begin_test::{BeginTest, BeginTestCommand, BeginTestError};
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::ticket::TestTicket;
use vestibule_words::{Text, text};

use super::page::{Refusal, of_store, refuse, render};
use super::{Here, away, browser, parameter};
use crate::pages::Page;
use crate::portal::{Frame, samples};

/// Begin a test sign-in
///
/// The address that `POST /connections/{id}/test_sign_ins` answers with. It works once.
#[utoipa::path(get, path = "/sso/test", tag = "Sign-in", security(()),
    params(("ticket" = String, Query, description = "What the address was given")),
    responses(
        (status = 200, description = "A page that posts the request on to the provider"),
        (status = 302, description = "To the provider"),
        (status = 400, description = "A page: the test was begun already, or is too old"),
        (status = 404, description = "A page: no such test"),
    ))]
pub(crate) async fn begin(desk: Here, request: HttpRequest) -> HttpResponse {
    match depart(&desk, &request).await {
        Ok(route) => away(&desk, &request, route),
        Err(refusal) => refuse(&desk, &request, refusal),
    }
}

async fn depart(desk: &Here, request: &HttpRequest) -> Result<Route, Refusal> {
    let over = Refusal::Stranded { session: None, code: FailureCode::StateMismatch };
    let ticket = parameter(request.query_string(), "ticket");
    let ticket = ticket.and_then(|raw| TestTicket::parse(&raw).ok()).ok_or(Refusal::Unknown)?;
    let key = ArrivalKey::Attempt(ticket.session());
    let arrival = desk.app.store.queries().sign_in_arrival(key).await.map_err(of_store)?;
    let arrival = arrival.ok_or(Refusal::Unknown)?;
    let session = arrival.attempt.ok_or(Refusal::Unknown)?;
    // Whoever knows the attempt alone learns nothing of it.
    match session.ticket {
        Some(digest) if digest == ticket.digest() => {}
        Some(_) => return Err(Refusal::Unknown),
        None => return Err(over),
    }
    session.open(desk.app.ambient.now()).map_err(|_| over)?;
    let browser = browser(&desk.app, request);
    let departed = desk.app.sign_ins.depart_with_ticket(&arrival.connection, session, browser);
    let Departure { session, route } = departed.map_err(|error| {
        if !matches!(error, DepartureError::Incomplete) {
            tracing::error!(connection.id = %arrival.connection.id, error = %error, "nobody can be sent off");
        }
        Refusal::Internal
    })?;
    let command = BeginTestCommand { session, ticket: ticket.digest() };
    match desk.app.run(BeginTest, command).await {
        Ok(()) => Ok(route),
        Err(BeginTestError::Spent) => Err(over),
        Err(BeginTestError::Store(error)) => Err(of_store(error)),
    }
}

/// Say that a test sign-in is over
#[utoipa::path(get, path = "/sso/test/ended", tag = "Sign-in", security(()),
    params(("test_result" = Option<String>, Query, description = "`success` or `failed`")),
    responses((status = 200, description = "A page that can be closed")))]
pub(crate) async fn ended(desk: Here, request: HttpRequest) -> HttpResponse {
    let result = parameter(request.query_string(), "test_result");
    let page = match result.as_deref() {
        Some("success") => TestEndedPage::of("success", text!("sso-test-worked")),
        Some("failed") => TestEndedPage::of("failed", text!("sso-test-failed")),
        Some(_) | None => TestEndedPage::of("unknown", text!("sso-test-ended")),
    };
    render(&desk, &request, StatusCode::OK, &page)
}

/// The end of a test that a program asked for.
#[derive(Debug, Serialize)]
pub(crate) struct TestEndedPage {
    /// What surrounds it.
    pub frame: Frame,
    /// A stable word.
    pub result: &'static str,
    /// How it ended.
    pub title: Text,
}

impl TestEndedPage {
    fn of(result: &'static str, title: Text) -> Self {
        Self { frame: Frame::unknown(), result, title }
    }
}

impl Page for TestEndedPage {
    const TEMPLATE: &'static str = "sso/test_ended.html";

    fn samples() -> Vec<Self> {
        let plain = Self::of("success", text!("sso-test-worked"));
        let hostile =
            Self { frame: samples::hostile_frame(), ..Self::of("failed", text!("sso-test-failed")) };
        vec![plain, hostile]
    }
}
