//! The layer around every request of the dashboard: who may send it, and that every answer, the
//! framework's own refusals included, is a page.

use std::error::Error;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, ContentType, HeaderValue, RETRY_AFTER};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use vestibule_domain::language::Language;

use super::Dashboard;
use super::failure::Failure;
use super::sign_in::sign_in_href;
use super::theme::Theme;
use super::view::refused::RefusedPage;
use crate::pages::forgery::comes_from_here;
pub(super) use crate::pages::see_other;
use crate::pages::{Here, Page, Prepared, policy};
use crate::transport::{RequestId, causes};

/// When to come back after a failure that passes, in seconds.
const RETRY_AFTER_S: &str = "5";

/// Answers with a page. The layer renders it.
pub(super) fn page<P: Page>(status: StatusCode, page: &P) -> Result<HttpResponse, Failure> {
    Ok(Prepared::new(page).map_err(Failure::internal)?.answer(status))
}

/// Wraps every request, see the module.
pub(super) async fn layer(
    dashboard: Data<Dashboard>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let public_url = dashboard.app.ambient.addresses.public_url();
    let mut response = if changes && !comes_from_here(request.request(), public_url) {
        request.error_response(Failure::ForeignOrigin)
    } else {
        next.call(request).await?
    };
    if let Some(answer) = instead(&dashboard, &response) {
        response = response.into_response(answer);
    }
    let prepared = response.response_mut().extensions_mut().remove::<Prepared>();
    if let Some(prepared) = prepared {
        response = match dashboard.pages.render(prepared, &here()) {
            Ok(html) => response.map_body(|_, _| BoxBody::new(html)),
            Err(error) => {
                let answer = present(&dashboard, response.request(), &Failure::internal(error));
                response.into_response(answer)
            }
        };
    }
    policy::apply(response.headers_mut());
    Ok(response)
}

/// The dashboard speaks English.
fn here() -> Here {
    Here::speaking(Language::En)
}

/// The page to send instead of a bare refusal.
fn instead(dashboard: &Dashboard, response: &ServiceResponse) -> Option<HttpResponse> {
    let request = response.request();
    if let Some(failure) = response.response().error().and_then(actix_web::Error::as_error::<Failure>) {
        return Some(match failure {
            Failure::SignedOut if matches!(*request.method(), Method::GET | Method::HEAD) => {
                see_other(&sign_in_href(request.uri().path()))
            }
            failure => present(dashboard, request, failure),
        });
    }
    let failure = match response.status() {
        StatusCode::NOT_FOUND => Failure::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Failure::Method,
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge,
        status if status.is_client_error() && response.response().error().is_some() => Failure::Malformed,
        _ => return None,
    };
    let mut answer = present(dashboard, request, &failure);
    if let Some(allow) = response.headers().get(ALLOW) {
        answer.headers_mut().insert(ALLOW, allow.clone());
    }
    Some(answer)
}

fn present(dashboard: &Dashboard, request: &HttpRequest, failure: &Failure) -> HttpResponse {
    let known = request.extensions().get::<RequestId>().cloned();
    let request_id = known.unwrap_or_else(|| RequestId::new(&dashboard.app));
    let [title, explanation] = failure.words();
    let page = RefusedPage {
        theme: Theme::of(request, &dashboard.app.settings).as_str(),
        reason: failure.code(),
        title,
        explanation,
        request_id: failure.status().is_server_error().then(|| request_id.as_str().to_owned()),
    };
    let ours: Option<&dyn Error> = match failure {
        Failure::Internal(error) => Some(&**error),
        Failure::Store(error) => Some(error),
        _ => None,
    };
    if let Some(error) = ours {
        tracing::error!(error = causes(error), "a page of the dashboard failed");
    }
    let rendered = Prepared::new(&page).and_then(|prepared| dashboard.pages.render(prepared, &here()));
    let mut answer = HttpResponse::build(failure.status());
    let mut answer = match rendered {
        Ok(html) => answer.content_type(ContentType::html()).body(html),
        // A failure page that fails is a broken build, which a test finds; the status remains.
        Err(_) => answer.finish(),
    };
    if matches!(failure.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
    }
    answer
}
