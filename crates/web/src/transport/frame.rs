//! The outermost layer: every answer leaves through it with a request id, security headers and,
//! on the JSON surfaces, a JSON body, whatever happened inside.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpResponse, ResponseError};
use futures_util::FutureExt as _;
use tracing::Instrument as _;

use super::problem::Problem;
use super::surface::Surface;
use crate::app::App;

/// Name of the header that carries the request id.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Half a year, as the preload lists ask for at least.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=31536000; includeSubDomains";

/// Content security policy of answers that bring none of their own: nothing may load or frame.
const EMPTY_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The id of a request, shown in its answer and in every log line about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// A new one.
    pub(crate) fn new(app: &App) -> Self {
        use std::fmt::Write as _;
        let mut bytes = [0; 16];
        app.ambient.entropy.fill(&mut bytes);
        let mut text = String::with_capacity(36);
        text.push_str("req_");
        for byte in bytes {
            // Writing into a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// The id.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Marks a HEAD that is handled as a GET: for the one handler whose GET changes something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadOnly;

/// Wraps everything. See the module.
pub(crate) async fn frame<B: MessageBody + 'static>(
    app: App,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let began = Instant::now();
    let id = RequestId::new(&app);
    let framing = Framing {
        // As it is routed: escapes of plain letters are undone, those of slashes are not.
        surface: Surface::of(request.match_info().as_str()),
        secure: app.settings.secure_cookies,
        method: method_label(request.method()),
        id,
    };
    let span = tracing::info_span!("request", request.id = framing.id.as_str());
    request.extensions_mut().insert(framing.id.clone());
    if request.method() == Method::HEAD {
        // The server leaves out the body of whatever answers a HEAD.
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(HeadOnly);
    }
    let handled = async {
        // A page judges its query itself: a link whose token was mangled has a page of its own.
        let query_is_text = framing.surface == Surface::Page || decodes_to_utf8(request.query_string());
        if !decodes_to_utf8(request.uri().path()) || !query_is_text {
            let problem = Problem::bad_request("The address contains an escape that is not UTF-8.");
            return Ok(request.error_response(problem));
        }
        match AssertUnwindSafe(next.call(request)).catch_unwind().await {
            Ok(handled) => handled.map(ServiceResponse::map_into_boxed_body),
            Err(panic) => Err(Problem::internal(panic_message(&*panic)).into()),
        }
    };
    async {
        match handled.await {
            Ok(response) => Ok(framing.finish(response, began)),
            // The request is gone with the panic or the failed middleware, so what leaves is an
            // error that already looks as the answer must.
            Err(error) => Err(framing.framed(error, began).into()),
        }
    }
    .instrument(span)
    .await
}

struct Framing {
    surface: Surface,
    secure: bool,
    method: &'static str,
    id: RequestId,
}

impl Framing {
    fn finish(&self, response: ServiceResponse<BoxBody>, began: Instant) -> ServiceResponse<BoxBody> {
        let (request, mut response) = response.into_parts();
        if let Some(problem) = response.error().and_then(actix_web::Error::as_error::<Problem>) {
            log(problem);
            let rendered = self.surface.render(problem, self.id.as_str());
            response = rendered;
        } else if self.surface != Surface::Page && lacks_json(&response) {
            let problem = Problem::of_status(response.status());
            let mut rendered = self.surface.render(&problem, self.id.as_str());
            for name in [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE] {
                if let Some(value) = response.headers().get(&name) {
                    rendered.headers_mut().insert(name, value.clone());
                }
            }
            response = rendered;
        }
        self.add_headers(response.headers_mut());
        let route = request.match_pattern();
        self.measure(route.as_deref().unwrap_or("unmatched"), response.status(), began);
        ServiceResponse::new(request, response)
    }

    fn framed(&self, error: actix_web::Error, began: Instant) -> Framed {
        let problem = match error.as_error::<Problem>() {
            Some(problem) => Problem::new(problem.status(), problem.message().to_owned())
                .with_code("internal_error")
                .with_cause(problem.causes()),
            None => Problem::of_status(error.as_response_error().status_code()).with_cause(error.to_string()),
        };
        log(&problem);
        let status = problem.status();
        self.measure("unmatched", status, began);
        let mut headers = HeaderMap::new();
        self.add_headers(&mut headers);
        Framed { surface: self.surface, id: self.id.clone(), headers, problem }
    }

    fn add_headers(&self, headers: &mut HeaderMap) {
        // Hexadecimal digits are always a valid header value.
        if let Ok(id) = HeaderValue::from_str(self.id.as_str()) {
            headers.insert(X_REQUEST_ID, id);
        }
        let mut default = |name: HeaderName, value: &'static str| {
            if !headers.contains_key(&name) {
                headers.insert(name, HeaderValue::from_static(value));
            }
        };
        default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        default(header::X_FRAME_OPTIONS, "DENY");
        default(header::REFERRER_POLICY, "no-referrer");
        default(header::CONTENT_SECURITY_POLICY, EMPTY_POLICY);
        default(header::CACHE_CONTROL, "no-store");
        if self.secure {
            default(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
        }
    }

    fn measure(&self, route: &str, status: StatusCode, began: Instant) {
        let elapsed = began.elapsed();
        let labels = [
            ("method", self.method.to_owned()),
            ("route", route.to_owned()),
            ("status", status.as_str().to_owned()),
        ];
        metrics::counter!("http_requests_total", &labels).increment(1);
        metrics::histogram!("http_request_duration_seconds", &labels[..2]).record(elapsed.as_secs_f64());
        tracing::info!(
            http.method = self.method,
            http.route = route,
            http.status = status.as_u16(),
            elapsed_ms = elapsed.as_secs_f64() * 1_000.0,
            "answered"
        );
    }
}

/// A refusal that already wears its surface's envelope and all headers.
struct Framed {
    surface: Surface,
    id: RequestId,
    headers: HeaderMap,
    problem: Problem,
}

impl std::fmt::Debug for Framed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::fmt::Display for Framed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.problem.fmt(f)
    }
}

impl ResponseError for Framed {
    fn status_code(&self) -> StatusCode {
        self.problem.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.surface.render(&self.problem, self.id.as_str());
        for (name, value) in &self.headers {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        response
    }
}

/// Failures of ours are logged here, once, with everything that lies behind them; refusals are
/// told by the line that each request gets.
fn log(problem: &Problem) {
    if problem.status().is_server_error() {
        tracing::error!(error = problem.causes(), code = problem.code(), "a request failed");
    }
}

/// Whether an answer that should say what is wrong says nothing a JSON client can read.
fn lacks_json(response: &HttpResponse) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let failed = response.status().is_client_error() || response.status().is_server_error();
    failed && !content_type.is_some_and(|value| value.starts_with("application/json"))
}

/// Whether the bytes behind the escapes are UTF-8: what follows decodes leniently, and two hostile
/// spellings must not become one text.
fn decodes_to_utf8(escaped: &str) -> bool {
    fn digit(byte: Option<&u8>) -> Option<u8> {
        byte.and_then(|byte| char::from(*byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok())
    }
    if !escaped.contains('%') {
        return true;
    }
    let bytes = escaped.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(high << 4 | low);
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    std::str::from_utf8(&decoded).is_ok()
}

/// Methods as labels of metrics: clients may invent words, and those must not become series.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("a handler panicked: {}", message.as_deref().unwrap_or("without a message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_must_decode_to_utf8() {
        for (escaped, ok) in [
            ("/a", true),
            ("/a%2Fb", true),
            ("/%C3%A9", true),
            ("/%", true),
            ("/%zz", true),
            ("/%C3", false),
            ("/%ff", false),
            ("/%ED%A0%80", false),
            ("/%C0%AF", false),
        ] {
            assert_eq!(decodes_to_utf8(escaped), ok, "{escaped}");
        }
    }
}
