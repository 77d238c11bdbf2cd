//! A refusal, before it is put into the envelope of a surface.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use vestibule_application::ports::store::StoreError;

use super::surface::Surface;

/// Seconds after which a client may ask a contended or unreachable store again.
const STORE_RETRY_AFTER_S: u32 = 1;

/// Longest piece of somebody's input that a message repeats, in characters.
const ECHO_CHARS_MAX: usize = 100;

/// A refusal: status, code, message, and what else the envelope may carry.
pub(crate) struct Problem(Box<Refusal>);

struct Refusal {
    status: StatusCode,
    code: Option<Cow<'static, str>>,
    message: Cow<'static, str>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// A word for programs; the Node SDK shows nothing else of a 422.
    pub(crate) code: Cow<'static, str>,
    /// Path of the field: `domain_data[0].domain`.
    pub(crate) field: String,
    /// A sentence for people.
    pub(crate) message: String,
}

impl Problem {
    /// A refusal with a status and a message.
    pub(crate) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Refusal {
            status,
            code: None,
            message: message.into(),
            errors: Vec::new(),
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// The same with a code.
    pub(crate) fn with_code(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// The same with a header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The same with what is wrong with each field.
    pub(crate) fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// The same with what lies behind it, for the log only.
    pub(crate) fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// 400.
    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 401. One answer for absent, malformed, unknown and withdrawn keys.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Could not authorize the request: send a valid API key.")
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 404 for an id that is not there: unknown, malformed, or another environment's.
    pub(crate) fn entity_not_found(entity: &'static str, id: &str) -> Self {
        let id: String = id.chars().take(ECHO_CHARS_MAX).collect();
        Self::new(StatusCode::NOT_FOUND, format!("{entity} not found: '{id}'.")).with_code("entity_not_found")
    }

    /// 409.
    pub(crate) fn conflict(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, message).with_code(code)
    }

    /// 422 with what is wrong with each field.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let message = match errors.as_slice() {
            [] => Cow::Borrowed("The request is not valid."),
            [only] => format!("The request is not valid: {only}.").into(),
            [first, rest @ ..] => {
                format!("The request is not valid: {first}, and {} more.", rest.len()).into()
            }
        };
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
            .with_code("invalid_request_parameters")
            .with_errors(errors)
    }

    /// 429.
    pub(crate) fn too_many_requests(retry_after_s: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests: slow down.")
            .with_code("rate_limit_exceeded")
            .with_header(header::RETRY_AFTER, HeaderValue::from(retry_after_s))
    }

    /// 500. The cause goes to the log, never into the answer.
    pub(crate) fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.").with_cause(cause)
    }

    /// What stands for an answer of the framework that has a status and nothing a client could read.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::NOT_FOUND => ("route_not_found", "There is no such route."),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method_not_allowed", "The route does not know this method; see the Allow header.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("payload_too_large", "The body is too large."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("unsupported_media_type", "Send a JSON body."),
            status if status.is_server_error() => ("internal_error", "Something went wrong on our side."),
            _ => ("invalid_request", "The request cannot be understood."),
        };
        Self::new(status, message).with_code(code)
    }

    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The code, if there is one.
    pub(crate) fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The sentence for people.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// What is wrong with each field.
    pub(crate) fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// Headers that belong to the refusal.
    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.0.headers
    }

    /// What lies behind it, cause by cause, for the log.
    pub(crate) fn causes(&self) -> String {
        self.0.cause.as_deref().map(|cause| causes(cause)).unwrap_or_default()
    }
}

/// An error with everything that lies behind it, for the log.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.message)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({}, {:?}, {:?})", self.0.status, self.0.code, self.0.message)
    }
}

/// The envelope of the management API; [`super::frame`] puts it into that of the surface.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        Surface::Management.render(self, "")
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Contention => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "The service is busy: try again shortly.")
                    .with_code("unavailable")
                    .with_header(header::RETRY_AFTER, HeaderValue::from(STORE_RETRY_AFTER_S))
                    .with_cause(error)
            }
            StoreError::Conflict(_) | StoreError::Corrupt { .. } | StoreError::Backend(_) => {
                Self::internal(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_application::ports::store::Conflict;

    #[test]
    fn a_busy_store_asks_to_come_back_and_a_broken_one_does_not() {
        let busy = Problem::from(StoreError::Contention);
        assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(busy.headers().iter().any(|(name, _)| name == header::RETRY_AFTER));
        let gone = Problem::from(StoreError::Unavailable("connection refused".into()));
        assert_eq!(gone.status(), StatusCode::SERVICE_UNAVAILABLE);
        let broken = Problem::from(StoreError::Conflict(Conflict::Other));
        assert_eq!(broken.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(broken.headers().is_empty());
    }

    #[test]
    fn the_causes_go_to_the_log_and_not_into_the_message() {
        let problem = Problem::from(StoreError::Unavailable("no route to 10.0.0.7".into()));
        assert_eq!(problem.causes(), "the store is not available: no route to 10.0.0.7");
        assert!(!problem.message().contains("10.0.0.7"));
    }

    #[test]
    fn little_of_what_came_in_goes_out_again() {
        let problem = Problem::entity_not_found("Organization", &"x".repeat(ECHO_CHARS_MAX + 1));
        assert_eq!(problem.message().matches('x').count(), ECHO_CHARS_MAX);
    }
}
