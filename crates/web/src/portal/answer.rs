//! The layer around every request of the portal: who may send it, and that every answer, the
//! framework's own refusals included, is a page (or an object for those who ask for one), in the
//! language of the request.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, CONTENT_LANGUAGE, ContentType, HeaderValue, RETRY_AFTER, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::Portal;
use super::accept::wants_json;
use super::failure::{Failure, FailureKind, FailurePage};
use super::language::Spoken;
use crate::pages::forgery::comes_from_here;
pub(super) use crate::pages::see_other;
use crate::pages::{Here, Page, Prepared, policy};
use crate::transport::causes;

/// When to come back after a failure that passes, in seconds.
const RETRY_AFTER_S: &str = "5";

/// A failure as an object. Source: api/authio-wire-contract.md, "Transport".
#[derive(Serialize)]
struct FailureBody<'a> {
    code: &'a str,
    message: String,
    request_id: &'a str,
}

/// Answers with a page. The layer renders it, since it knows the request's language.
pub(super) fn page<P: Page>(status: StatusCode, page: &P) -> Result<HttpResponse, Failure> {
    Ok(Prepared::new(page).map_err(Failure::internal)?.answer(status))
}

/// Wraps every request, see the module.
pub(super) async fn layer(
    portal: Data<Portal>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    let settings = &portal.app.settings;
    let spoken = Spoken::find(request.request(), settings);
    let here = spoken.here(request.request());
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response =
        if changes && !comes_from_here(request.request(), portal.app.ambient.addresses.public_url()) {
            request.error_response(Failure::from(FailureKind::ForeignOrigin))
        } else {
            next.call(request).await?
        };
    if let Some(answer) = instead(&portal, &response, &here) {
        response = response.into_response(answer);
    }
    let prepared = response.response_mut().extensions_mut().remove::<Prepared>();
    if let Some(prepared) = prepared {
        response = match portal.pages.render(prepared, &here) {
            Ok(html) => response.map_body(|_, _| BoxBody::new(html)),
            Err(error) => {
                let answer = present(&portal, response.request(), &Failure::internal(error), &here);
                response.into_response(answer)
            }
        };
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(here.language().as_str()));
    policy::apply(headers);
    if let Some(cookie) = spoken.cookie(settings, portal.app.ambient.now()) {
        response.response_mut().add_cookie(&cookie).map_err(Failure::internal)?;
    }
    Ok(response)
}

/// The page to send instead of a bare refusal.
fn instead(portal: &Portal, response: &ServiceResponse, here: &Here) -> Option<HttpResponse> {
    let request = response.request();
    if let Some(failure) = response.response().error().and_then(actix_web::Error::as_error::<Failure>) {
        return Some(present(portal, request, failure, here));
    }
    let kind = match response.status() {
        StatusCode::NOT_FOUND => FailureKind::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => FailureKind::Method,
        StatusCode::PAYLOAD_TOO_LARGE => FailureKind::TooLarge,
        status if status.is_client_error() && response.response().error().is_some() => FailureKind::Malformed,
        _ => return None,
    };
    let mut answer = present(portal, request, &kind.into(), here);
    if let Some(allow) = response.headers().get(ALLOW) {
        answer.headers_mut().insert(ALLOW, allow.clone());
    }
    Some(answer)
}

fn present(portal: &Portal, request: &HttpRequest, failure: &Failure, here: &Here) -> HttpResponse {
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
        let [title, explanation] = failure.words().map(|text| portal.pages.say(here.language(), &text));
        let message = format!("{title}. {explanation}");
        let code = failure.code();
        HttpResponse::build(failure.status()).json(FailureBody {
            code,
            message,
            request_id: request_id.as_str(),
        })
    } else {
        let prepared = match failure.page(request_id.as_str()) {
            FailurePage::Unusable(content) => Prepared::new(&content),
            FailurePage::Refused(content) => Prepared::new(&content),
        };
        let rendered = prepared.and_then(|prepared| portal.pages.render(prepared, here));
        let mut answer = HttpResponse::build(failure.status());
        match rendered {
            Ok(html) => answer.content_type(ContentType::html()).body(html),
            // A failure page that fails is a broken build, which a test finds; the status remains.
            Err(_) => answer.finish(),
        }
    };
    answer.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    if failure.status() == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
    }
    answer
}

/// Logs a failure of ours once, with everything behind it.
fn log(error: &dyn std::error::Error) {
    tracing::error!(error = causes(error), "a page of the portal failed");
}
