//! Why a request of the dashboard is not answered with its page, and what the page says instead.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use vestibule_application::ports::store::StoreError;

/// What went wrong.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nobody is signed in.
    SignedOut,
    /// No such page, or no such thing in this environment.
    NotFound,
    /// The form has no token, or another session's.
    FormToken,
    /// Another site's page sent the request.
    ForeignOrigin,
    /// Only admins of the team may.
    AdminsOnly,
    /// A link in a mail that was used, withdrawn or replaced, ran out, or never was one.
    LinkGone,
    /// Whoever is invited has an account already.
    AddressTaken,
    /// The team would have no admin.
    LastAdmin,
    /// Not of the form that our pages send.
    Malformed,
    /// Larger than our pages let anybody send.
    TooLarge,
    /// The page does not take this method.
    Method,
    /// Too many wrong passwords from this address.
    TooMany,
    /// The store failed.
    Store(StoreError),
    /// A page that does not render, or a thing that must not happen.
    Internal(Box<dyn std::error::Error>),
}

impl Failure {
    pub(super) fn internal(error: impl std::error::Error + 'static) -> Self {
        Self::Internal(Box::new(error))
    }

    fn passes(&self) -> bool {
        matches!(self, Self::Store(StoreError::Contention | StoreError::Unavailable(_)))
    }

    /// The status.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::FormToken | Self::ForeignOrigin | Self::AdminsOnly => StatusCode::FORBIDDEN,
            Self::LinkGone => StatusCode::GONE,
            Self::AddressTaken | Self::LastAdmin => StatusCode::CONFLICT,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) if self.passes() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(_) | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The word for programs.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::NotFound => "not_found",
            Self::FormToken => "form_token_invalid",
            Self::ForeignOrigin => "foreign_origin",
            Self::AdminsOnly => "admins_only",
            Self::LinkGone => "link_gone",
            Self::AddressTaken => "address_taken",
            Self::LastAdmin => "last_admin",
            Self::Malformed => "bad_request",
            Self::TooLarge => "request_too_large",
            Self::Method => "method_not_allowed",
            Self::TooMany => "rate_limit_exceeded",
            Self::Store(_) if self.passes() => "unavailable",
            Self::Store(_) | Self::Internal(_) => "internal_error",
        }
    }

    /// What is the matter, and what to do.
    pub(super) fn words(&self) -> [&'static str; 2] {
        match self {
            Self::SignedOut => ["You are signed out", "Sign in, then send the form once more."],
            Self::NotFound => [
                "Nothing is here",
                "There is no such page, or what it was about is gone, or it belongs to another team.",
            ],
            Self::FormToken => [
                "This page is out of date",
                "You signed out and in again since it was opened. Go back, copy what you typed, load the \
                 page again and send it once more. Nothing was changed.",
            ],
            Self::ForeignOrigin => [
                "The request came from another site",
                "Nothing was changed. If you followed a link to get here, open the dashboard by its \
                 address instead.",
            ],
            Self::AdminsOnly => {
                ["Only admins of the team may do that", "Ask one of them. Nothing was changed."]
            }
            Self::LinkGone => [
                "The link cannot be used any more",
                "It was used, withdrawn or replaced by a newer one, or its time is over. Ask for another.",
            ],
            Self::AddressTaken => [
                "There is an account with this address",
                "An address has one account on this deployment, in one team. Ask whoever invited you for an \
                 invitation to another address.",
            ],
            Self::LastAdmin => {
                ["The team has no other admin", "Make somebody else an admin first. Nothing was changed."]
            }
            Self::Malformed => {
                ["The request cannot be read", "It is not of the form that the dashboard sends."]
            }
            Self::TooLarge => ["That is too much", "The form holds more than the dashboard takes."],
            Self::Method => ["This address does not take that", "Open the dashboard by its address instead."],
            Self::TooMany => [
                "Too many attempts",
                "Wait a few seconds, then try again. Nothing is wrong with the account.",
            ],
            Self::Store(_) if self.passes() => {
                ["The database is busy", "Try again in a few seconds. Nothing was changed."]
            }
            Self::Store(_) | Self::Internal(_) => [
                "Something went wrong on our side",
                "It is in the log of the service, under the number below.",
            ],
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
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
