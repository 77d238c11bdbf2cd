//! The layer around every request of the portal: who may send it, and that every answer, the
//! framework's own refusals included, is a page (or an object for those who ask for one).

use std::fmt::Write as _;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, ContentType, HeaderValue, RETRY_AFTER, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::Portal;
use super::accept::wants_json;
use super::failure::{Failure, FailureKind, FailurePage};
use super::forgery::comes_from_here;
use crate::pages::{Page, policy};

/// When to come back after a failure that passes, in seconds.
const RETRY_AFTER_S: &str = "5";

/// A failure as an object. Source: api/authio-wire-contract.md, "Transport".
#[derive(Serialize)]
struct FailureBody<'a> {
    code: &'a str,
    message: String,
    request_id: &'a str,
}

/// Answers with a page.
pub(super) fn page<P: Page>(portal: &Portal, status: StatusCode, page: &P) -> Result<HttpResponse, Failure> {
    let html = portal.pages.render(page).map_err(Failure::internal)?;
    Ok(HttpResponse::build(status).content_type(ContentType::html()).body(html))
}

/// Sends the browser on with a GET.
pub(super) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", location)).finish()
}

/// Wraps every request, see the module.
pub(super) async fn layer(
    portal: Data<Portal>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response =
        if changes && !comes_from_here(request.request(), portal.app.ambient.addresses.public_url()) {
            request.error_response(Failure::from(FailureKind::ForeignOrigin))
        } else {
            next.call(request).await?
        };
    if let Some(answer) = instead(&portal, &response) {
        response = response.into_response(answer);
    }
    policy::apply(response.headers_mut());
    Ok(response)
}

/// The page to send instead of a bare refusal.
fn instead(portal: &Portal, response: &ServiceResponse) -> Option<HttpResponse> {
    let request = response.request();
    if let Some(failure) = response.response().error().and_then(actix_web::Error::as_error::<Failure>) {
        return Some(present(portal, request, failure));
    }
    let kind = match response.status() {
        StatusCode::NOT_FOUND => FailureKind::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => FailureKind::Method,
        StatusCode::PAYLOAD_TOO_LARGE => FailureKind::TooLarge,
        status if status.is_client_error() && response.response().error().is_some() => FailureKind::Malformed,
        _ => return None,
    };
    let mut answer = present(portal, request, &kind.into());
    if let Some(allow) = response.headers().get(ALLOW) {
        answer.headers_mut().insert(ALLOW, allow.clone());
    }
    Some(answer)
}

fn present(portal: &Portal, request: &HttpRequest, failure: &Failure) -> HttpResponse {
    let request_id = portal.request_id(request);
    match failure.kind() {
        FailureKind::Store(error) => log(error),
        FailureKind::Internal(error) => log(&**error),
        FailureKind::UnknownLink
        | FailureKind::Link(_)
        | FailureKind::UnknownVisit
        | FailureKind::Visit(_)
        | FailureKind::NotCovered
        | FailureKind::FormToken
        | FailureKind::ForeignOrigin
        | FailureKind::NotAllowed
        | FailureKind::AlreadyConnected
        | FailureKind::Overtaken
        | FailureKind::Malformed
        | FailureKind::TooLarge
        | FailureKind::NotFound
        | FailureKind::Method => {}
    }
    let mut answer = if wants_json(request) {
        let (title, explanation) = failure.words();
        let message = format!("{title}. {explanation}");
        let code = failure.code();
        HttpResponse::build(failure.status()).json(FailureBody {
            code,
            message,
            request_id: request_id.as_str(),
        })
    } else {
        let rendered = match failure.page(request_id.as_str()) {
            FailurePage::Unusable(content) => page(portal, failure.status(), &content),
            FailurePage::Refused(content) => page(portal, failure.status(), &content),
        };
        // A failure page that fails is a broken build, which a test finds; the status remains.
        rendered.unwrap_or_else(|_| HttpResponse::build(failure.status()).finish())
    };
    answer.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    if failure.status() == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
    }
    answer
}

/// Logs a failure of ours once, with everything behind it.
fn log(error: &dyn std::error::Error) {
    let mut causes = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing into a string cannot fail.
        let _ = write!(causes, ": {cause}");
        source = cause.source();
    }
    tracing::error!(error = causes, "a page of the portal failed");
}
