//! The test identity provider's own addresses, in sandbox environments.
//!
//! Every handler begins at [`at`]: where there is no test identity provider, every address is 404,
//! and so is one of a connection that has another provider. What a browser brings decides nothing
//! but what the answer repeats; where the answer goes is the connection's to say.
//!
//! The pages need no proof that a form is theirs: whoever could make a browser send it can have the
//! same answer for themselves, and post that.

mod form;
pub(crate) mod oidc;
pub(crate) mod page;
pub(crate) mod saml;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse};
use vestibule_application::sign_in::Route;
use vestibule_application::test_provider::{TestDesk, TestProviderError};
use vestibule_domain::connection_type::Protocol;
use vestibule_domain::test_provider::TestAnswer;

use crate::sso::page::{Refusal, carry_on, of_store, refuse};
use crate::sso::{Desk, Here, redirect};
use crate::transport::{Methods, Routes};
use form::{AnswerForm, Carried};

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.public("/test-idp/{connection}", Methods::new().get(start));
    routes.public("/test-idp/{connection}/answer", Methods::new().post(answer));
    routes.public("/test-idp/{connection}/saml", Methods::new().get(saml::get).post(saml::post));
    routes.public("/test-idp/{connection}/saml/metadata", Methods::new().get(saml::metadata));
    routes.public("/test-idp/{connection}/oidc/authorize", Methods::new().get(oidc::authorize));
    routes.public("/test-idp/{connection}/oidc/token", Methods::new().post(oidc::token));
    routes.public("/test-idp/{connection}/oidc/keys", Methods::new().get(oidc::keys));
    routes.public(
        "/test-idp/{connection}/oidc/.well-known/openid-configuration",
        Methods::new().get(oidc::discovery),
    );
}

/// Begin a sign-in at the test identity provider
///
/// A sign-in that nobody asked for, as on a provider's page of apps. Sandbox environments alone have
/// the test identity provider.
#[utoipa::path(get, path = "/test-idp/{connection}", tag = "Test identity provider", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "A page on which one chooses who signs in"),
        (status = 404, description = "A page: no test identity provider, or none of that connection"),
    ))]
pub(crate) async fn start(desk: Here, request: HttpRequest, path: Connection) -> HttpResponse {
    let test = match at(&desk, &path, None).await {
        Ok(test) => test,
        Err(refusal) => return refuse(&desk, &request, refusal),
    };
    page::choose(&desk, &request, &test, Carried::Start)
}

/// Choose what the test identity provider answers
///
/// The form of its pages.
#[utoipa::path(post, path = "/test-idp/{connection}/answer", tag = "Test identity provider", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "A page that posts a SAML response on"),
        (status = 302, description = "To the redirect URI of the connection, by OpenID Connect"),
        (status = 400, description = "A page: not a request of the connection"),
        (status = 404, description = "A page: no test identity provider, or none of that connection"),
        (status = 422, description = "A page: who signs in is not said as it must be"),
    ))]
pub(crate) async fn answer(
    desk: Here,
    request: HttpRequest,
    path: Connection,
    payload: actix_web::web::Payload,
) -> HttpResponse {
    let test = match at(&desk, &path, None).await {
        Ok(test) => test,
        Err(refusal) => return refuse(&desk, &request, refusal),
    };
    let Some(form) = AnswerForm::read(payload).await else {
        return refuse(&desk, &request, Refusal::TestRequest);
    };
    match form.answer() {
        Ok(answer) => send(&desk, &request, &test, form.carried(&test), &answer),
        Err(wrong) => page::again(&desk, &request, &test, &form, wrong),
    }
}

/// The connection in an address.
type Connection = actix_web::web::Path<String>;

/// The desk for a connection, which must speak a protocol where one is given.
async fn at(desk: &Desk, connection: &str, protocol: Option<Protocol>) -> Result<TestDesk, Refusal> {
    let id = connection.parse().map_err(|_| Refusal::NoTestProvider)?;
    let found = desk.app.test_provider.desk(&*desk.app.store, id).await.map_err(of_store)?;
    let speaks =
        |test: &TestDesk| protocol.is_none_or(|protocol| test.connection.settings.protocol() == protocol);
    found.filter(speaks).ok_or(Refusal::NoTestProvider)
}

/// Sends a browser on with an answer.
fn send(
    desk: &Desk,
    request: &HttpRequest,
    test: &TestDesk,
    carried: Carried,
    answer: &TestAnswer,
) -> HttpResponse {
    let provider = &desk.app.test_provider;
    let sent = match carried {
        Carried::Start => provider.respond(test, None, None, answer).map(Sent::Posted),
        Carried::Saml { request, relay_state } => {
            provider.respond(test, Some(&request), relay_state, answer).map(Sent::Posted)
        }
        Carried::Oidc(asked) => provider.redirect(test, &asked, answer).map(Sent::Redirected),
    };
    match sent {
        Ok(Sent::Posted(Route::Post { url, fields })) => carry_on(desk, request, url, fields),
        Ok(Sent::Posted(Route::Redirect { url })) => {
            redirect(&url, &[]).unwrap_or_else(|| refuse(desk, request, Refusal::Internal))
        }
        Ok(Sent::Redirected(to)) => redirect(&to.redirect_uri, &to.parameters)
            .unwrap_or_else(|| refuse(desk, request, Refusal::Internal)),
        Err(error) => refuse(desk, request, of_provider(&error)),
    }
}

enum Sent {
    Posted(Route),
    Redirected(vestibule_application::test_provider::TestRedirect),
}

/// The refusal that stands for a failure of the provider.
fn of_provider(error: &TestProviderError) -> Refusal {
    match error {
        TestProviderError::Protocol => Refusal::NoTestProvider,
        TestProviderError::Vault(_) | TestProviderError::Key(_) => {
            tracing::error!(error = %error, "the test identity provider cannot answer");
            Refusal::Internal
        }
    }
}

/// Answers with a document.
fn document(content_type: &'static str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, content_type))
        .insert_header(("Cache-Control", "no-store"))
        .body(body)
}
