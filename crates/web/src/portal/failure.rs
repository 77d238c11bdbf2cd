//! Why a request of the portal is not answered with its page, and the page it gets instead.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use vestibule_application::ports::saml::METADATA_BYTES_MAX;
use vestibule_application::ports::store::StoreError;
use vestibule_application::usecases::visit::VisitError;
use vestibule_domain::portal_link::LinkUnusable;
use vestibule_domain::portal_session::SessionOver;
use vestibule_words::{Text, text};

use super::view::arrival::{Onward, RefusedPage, UnusablePage};
use super::view::frame::Frame;

/// A failure, and for whom its page is.
#[derive(Debug)]
pub(super) struct Failure {
    kind: FailureKind,
    frame: Option<Box<Frame>>,
    result_url: Option<&'static str>,
}

/// What went wrong.
#[derive(Debug)]
pub(super) enum FailureKind {
    /// No link with this token.
    UnknownLink,
    /// The link cannot be used.
    Link(LinkUnusable),
    /// The browser is in no visit.
    UnknownVisit,
    /// The visit is over, its link may not be.
    Visit(SessionOver),
    /// The link is for something else.
    NotCovered,
    /// The form has no token, or another visit's.
    FormToken,
    /// Another site's page sent the request.
    ForeignOrigin,
    /// Not of the form that our pages send.
    Malformed,
    /// Larger than our pages let anybody send.
    TooLarge,
    /// No such page.
    NotFound,
    /// The page does not take this method.
    Method,
    /// The visit may set up, not change what is set up.
    NotAllowed,
    /// There is a working connection already. Browsers are shown it instead.
    AlreadyConnected,
    /// Somebody else changed the connection meanwhile.
    Overtaken,
    /// The store failed.
    Store(StoreError),
    /// A page that does not render, or a thing that must not happen.
    Internal(Box<dyn std::error::Error>),
}

impl Failure {
    /// Names for whom the page is.
    pub(super) fn in_frame(mut self, frame: Frame) -> Self {
        self.frame = Some(Box::new(frame));
        self
    }

    /// Lets the page show the way to what was set up.
    pub(super) fn with_result(mut self, url: Option<&'static str>) -> Self {
        self.result_url = url;
        self
    }

    pub(super) fn kind(&self) -> &FailureKind {
        &self.kind
    }

    pub(super) fn internal(error: impl std::error::Error + 'static) -> Self {
        FailureKind::Internal(Box::new(error)).into()
    }

    fn frame(&self) -> Frame {
        self.frame.as_deref().cloned().unwrap_or_else(Frame::unknown)
    }
}

impl From<FailureKind> for Failure {
    fn from(kind: FailureKind) -> Self {
        Self { kind, frame: None, result_url: None }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        FailureKind::Store(error).into()
    }
}

impl From<VisitError> for Failure {
    fn from(error: VisitError) -> Self {
        let kind = match error {
            VisitError::Unknown => FailureKind::UnknownVisit,
            VisitError::Over(over) => FailureKind::Visit(over),
            VisitError::Link(unusable) => FailureKind::Link(unusable),
            VisitError::NotCovered => FailureKind::NotCovered,
            VisitError::Store(error) => FailureKind::Store(error),
        };
        kind.into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Only the status: [`super::answer`] makes the page, since it has the templates.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status())
    }
}

/// The page of a failure.
pub(super) enum FailurePage {
    Unusable(UnusablePage),
    Refused(RefusedPage),
}

impl Failure {
    /// The status.
    pub(super) fn status(&self) -> StatusCode {
        match &self.kind {
            FailureKind::UnknownLink | FailureKind::UnknownVisit | FailureKind::NotFound => {
                StatusCode::NOT_FOUND
            }
            FailureKind::Link(_) | FailureKind::Visit(_) => StatusCode::GONE,
            FailureKind::NotCovered
            | FailureKind::NotAllowed
            | FailureKind::FormToken
            | FailureKind::ForeignOrigin => StatusCode::FORBIDDEN,
            FailureKind::AlreadyConnected | FailureKind::Overtaken => StatusCode::CONFLICT,
            FailureKind::Malformed => StatusCode::BAD_REQUEST,
            FailureKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            FailureKind::Method => StatusCode::METHOD_NOT_ALLOWED,
            FailureKind::Store(StoreError::Contention | StoreError::Unavailable(_)) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            FailureKind::Store(
                StoreError::Conflict(_) | StoreError::Corrupt { .. } | StoreError::Backend(_),
            )
            | FailureKind::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The code for programs. The first four are those of the one-time-token API.
    pub(super) fn code(&self) -> &'static str {
        match &self.kind {
            FailureKind::Link(LinkUnusable::Consumed) => "token_consumed",
            FailureKind::Link(LinkUnusable::Expired) | FailureKind::Visit(SessionOver::Expired) => {
                "token_expired"
            }
            FailureKind::Link(LinkUnusable::Revoked) | FailureKind::Visit(SessionOver::Ended) => {
                "token_revoked"
            }
            FailureKind::UnknownLink | FailureKind::UnknownVisit => "token_not_found",
            FailureKind::NotCovered => "intent_not_covered",
            FailureKind::FormToken => "form_token_invalid",
            FailureKind::ForeignOrigin => "foreign_origin",
            FailureKind::NotAllowed => "not_allowed",
            FailureKind::AlreadyConnected => "organization_already_has_connection",
            FailureKind::Overtaken => "connection_changed",
            FailureKind::Malformed => "bad_request",
            FailureKind::TooLarge => "request_too_large",
            FailureKind::NotFound => "not_found",
            FailureKind::Method => "method_not_allowed",
            FailureKind::Store(StoreError::Contention | StoreError::Unavailable(_)) => "unavailable",
            FailureKind::Store(
                StoreError::Conflict(_) | StoreError::Corrupt { .. } | StoreError::Backend(_),
            )
            | FailureKind::Internal(_) => "internal_error",
        }
    }

    /// What is the matter, and why or what to do.
    pub(super) fn words(&self) -> [Text; 2] {
        match &self.kind {
            FailureKind::Link(LinkUnusable::Consumed) => {
                [text!("failure-consumed"), text!("failure-consumed-why")]
            }
            FailureKind::Link(LinkUnusable::Expired) => {
                [text!("failure-expired"), text!("failure-expired-why")]
            }
            FailureKind::Link(LinkUnusable::Revoked) => {
                [text!("failure-revoked"), text!("failure-revoked-why")]
            }
            FailureKind::UnknownLink => [text!("failure-unknown-link"), text!("failure-unknown-link-why")],
            FailureKind::UnknownVisit => [text!("failure-unknown-visit"), text!("failure-unknown-visit-why")],
            FailureKind::Visit(SessionOver::Expired) => {
                [text!("failure-visit-expired"), text!("failure-visit-expired-why")]
            }
            FailureKind::Visit(SessionOver::Ended) => {
                [text!("failure-visit-ended"), text!("failure-visit-ended-why")]
            }
            FailureKind::NotCovered => [text!("failure-not-covered"), text!("failure-not-covered-why")],
            FailureKind::FormToken => [text!("failure-form-token"), text!("failure-form-token-why")],
            FailureKind::ForeignOrigin => {
                [text!("failure-foreign-origin"), text!("failure-foreign-origin-why")]
            }
            FailureKind::NotAllowed => [text!("failure-not-allowed"), text!("failure-not-allowed-why")],
            FailureKind::AlreadyConnected => {
                [text!("failure-already-connected"), text!("failure-already-connected-why")]
            }
            FailureKind::Overtaken => [text!("failure-overtaken"), text!("failure-overtaken-why")],
            FailureKind::Malformed => [text!("failure-malformed"), text!("failure-malformed-why")],
            FailureKind::TooLarge => {
                let mb_max = METADATA_BYTES_MAX / (1024 * 1024);
                [text!("failure-too-large"), text!("failure-too-large-why", mb_max = mb_max)]
            }
            FailureKind::NotFound => [text!("failure-not-found"), text!("failure-not-found-why")],
            FailureKind::Method => [text!("failure-method"), text!("failure-method-why")],
            FailureKind::Store(StoreError::Contention | StoreError::Unavailable(_)) => {
                [text!("failure-busy"), text!("failure-busy-why")]
            }
            FailureKind::Store(
                StoreError::Conflict(_) | StoreError::Corrupt { .. } | StoreError::Backend(_),
            )
            | FailureKind::Internal(_) => [text!("failure-internal"), text!("failure-internal-why")],
        }
    }

    /// The reason in the page of an unusable link, if the failure is one.
    fn reason(&self) -> Option<&'static str> {
        match &self.kind {
            FailureKind::Link(LinkUnusable::Consumed) => Some("consumed"),
            FailureKind::Link(LinkUnusable::Expired) | FailureKind::Visit(SessionOver::Expired) => {
                Some("expired")
            }
            FailureKind::Link(LinkUnusable::Revoked) | FailureKind::Visit(SessionOver::Ended) => {
                Some("revoked")
            }
            FailureKind::UnknownLink | FailureKind::UnknownVisit => Some("unknown"),
            FailureKind::NotCovered
            | FailureKind::FormToken
            | FailureKind::ForeignOrigin
            | FailureKind::NotAllowed
            | FailureKind::AlreadyConnected
            | FailureKind::Overtaken
            | FailureKind::Malformed
            | FailureKind::TooLarge
            | FailureKind::NotFound
            | FailureKind::Method
            | FailureKind::Store(_)
            | FailureKind::Internal(_) => None,
        }
    }

    /// The page.
    pub(super) fn page(&self, request_id: &str) -> FailurePage {
        let [title, explanation] = self.words();
        let frame = self.frame();
        if let Some(reason) = self.reason() {
            let result_url = self.result_url;
            return FailurePage::Unusable(UnusablePage { frame, reason, title, explanation, result_url });
        }
        let home = Onward { href: "/portal/home".to_owned(), label: text!("failure-go-on") };
        let back = match &self.kind {
            FailureKind::FormToken
            | FailureKind::NotAllowed
            | FailureKind::AlreadyConnected
            | FailureKind::Overtaken
            | FailureKind::Malformed
            | FailureKind::TooLarge
            | FailureKind::NotFound
            | FailureKind::Method
            | FailureKind::NotCovered
            | FailureKind::Store(_)
            | FailureKind::Internal(_) => Some(home),
            // Whoever was led here by another site is not led on.
            FailureKind::ForeignOrigin
            | FailureKind::UnknownLink
            | FailureKind::Link(_)
            | FailureKind::UnknownVisit
            | FailureKind::Visit(_) => None,
        };
        let request_id = self.status().is_server_error().then(|| request_id.to_owned());
        FailurePage::Refused(RefusedPage { frame, reason: self.code(), title, explanation, back, request_id })
    }
}
