//! Tests of a connection that programs ask for. A route of our own: the WorkOS API has none.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use vestibule_application::ambient::Ambient;
use vestibule_application::replay::Answer;
use vestibule_application::usecases::request_test::{
    RequestTest, RequestTestCommand, RequestTestError, RequestedTest, TestReturn,
};
use vestibule_wire::timestamp::Timestamp;

use super::connection_options::refusal;
use super::connections;
use crate::app::App;
use crate::transport::{ApiCaller, Methods, Posted, Problem, Routes, answer, named};

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/connections/{id}/test_sign_ins", Methods::new().post(create));
}

/// What is wanted of a test.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct CreateTestBody {
    /// Where the person goes when the test is over, with `sso_session_id` and `test_result` added:
    /// one of the environment's redirect URIs. Absent means a page that says how it ended.
    return_url: Option<String>,
}

/// A test that waits for a browser.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = TestSignIn)]
pub(crate) struct TestView {
    /// Always `test_sign_in`.
    #[schema(value_type = String, example = "test_sign_in")]
    object: &'static str,
    /// Where a browser begins the test; works once.
    url: String,
    /// The attempt: `GET /sso_sessions/{id}` tells what came of it.
    sso_session_id: String,
    /// Until when it can be begun and ended.
    #[schema(value_type = String)]
    expires_at: Timestamp,
}

/// Prepare a test sign-in
///
/// A browser that opens the address goes the real way to the identity provider and back. Nobody is
/// signed in to anything by it.
#[utoipa::path(post, path = "/connections/{id}/test_sign_ins", tag = "Sign-in",
    params(("id" = String, Path, description = "The connection's id")),
    request_body = CreateTestBody,
    responses(
        (status = 201, description = "The test", body = TestView),
        (status = 404, description = "No such connection"),
        (status = 422, description = "`connection_is_not_complete`, or `return_url` is not registered"),
    ))]
pub(crate) async fn create(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    posted: Posted<CreateTestBody>,
) -> Result<HttpResponse, Problem> {
    let command = RequestTestCommand {
        caller: api.caller,
        connection_id: named(connections::ENTITY, &path)?,
        back: posted.body.return_url.map_or(TestReturn::Page, TestReturn::Registered),
    };
    let case = RequestTest { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, created, |error| refused(error, &path)).await
}

fn created(test: &RequestedTest, ambient: &Ambient) -> Answer {
    let view = TestView {
        object: "test_sign_in",
        url: ambient.addresses.test_begin(&test.ticket),
        sso_session_id: test.session_id.to_string(),
        expires_at: test.expires_at.into(),
    };
    answer(StatusCode::CREATED, &view)
}

fn refused(error: RequestTestError, id: &str) -> Problem {
    match error {
        RequestTestError::Unknown => Problem::entity_not_found(connections::ENTITY, id),
        RequestTestError::Incomplete => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The connection has no complete provider data yet.",
        )
        .with_code("connection_is_not_complete"),
        RequestTestError::NotRegistered => refusal("return_url_not_registered", "return_url", error),
        RequestTestError::Store(error) => error.into(),
    }
}
