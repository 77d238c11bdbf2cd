//! Which contract an address belongs to, and that contract's envelope for refusals.

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::problem::Problem;

/// The surfaces, told apart by path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    /// The management API, compatible with the WorkOS SDKs.
    Management,
    /// The one-time-token API under `/v1`.
    OneTimeToken,
    /// Pages for people and documents for identity providers: each answers in its own form.
    Page,
}

/// Where pages live. The two management routes below `/portal` are named in [`Surface::of`].
const PAGE_ROOTS: [&str; 6] = ["/portal", "/dashboard", "/sso", "/test-idp", "/docs", "/assets"];

/// The envelope of the management API. No `error` member: the Node SDK would take any refusal that
/// has one for an OAuth error.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ManagementEnvelope<'a> {
    /// A sentence for people.
    message: &'a str,
    /// A word for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    /// What is wrong with each field, on a 422.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: Vec<ManagementFieldError<'a>>,
}

/// What is wrong with one field.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ManagementFieldError<'a> {
    /// A word for programs.
    code: &'a str,
    /// Path of the field: `domain_data[0].domain`.
    field: &'a str,
    /// A sentence for people.
    message: &'a str,
}

/// The envelope of the one-time-token API.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct OneTimeTokenEnvelope<'a> {
    /// A word for programs.
    code: &'a str,
    /// A sentence for people.
    message: Cow<'a, str>,
    /// The same as in `X-Request-ID`.
    request_id: &'a str,
}

impl Surface {
    /// The surface of a path.
    pub(crate) fn of(path: &str) -> Self {
        let below =
            |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match path {
            "/portal/generate_link" | "/portal/revoke_link" => Self::Management,
            _ if below("/v1") => Self::OneTimeToken,
            _ if PAGE_ROOTS.into_iter().any(below) => Self::Page,
            _ => Self::Management,
        }
    }

    /// A refusal in the surface's envelope.
    pub(crate) fn render(self, problem: &Problem, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(problem.status());
        for (name, value) in problem.headers() {
            response.insert_header((name.clone(), value.clone()));
        }
        match self {
            Self::Management | Self::Page => {
                let errors = problem.errors().iter();
                response.json(ManagementEnvelope {
                    message: problem.message(),
                    code: problem.code(),
                    errors: errors
                        .map(|e| ManagementFieldError { code: &e.code, field: &e.field, message: &e.message })
                        .collect(),
                })
            }
            Self::OneTimeToken => response.json(OneTimeTokenEnvelope {
                code: one_time_token_code(problem),
                message: one_time_token_message(problem),
                request_id,
            }),
        }
    }
}

/// Every refusal of the one-time-token API has a code; those that come without get a general one.
fn one_time_token_code(problem: &Problem) -> &str {
    match (problem.code(), problem.status()) {
        (Some("invalid_request_parameters") | None, StatusCode::UNPROCESSABLE_ENTITY)
        | (None, StatusCode::BAD_REQUEST) => "invalid_request",
        (Some(code), _) => code,
        (None, StatusCode::UNAUTHORIZED) => "unauthorized",
        (None, StatusCode::NOT_FOUND) => "not_found",
        (None, status) if status.is_server_error() => "internal_error",
        (None, _) => "refused",
    }
}

/// The envelope has no list of fields, so the sentence names them all.
fn one_time_token_message(problem: &Problem) -> Cow<'_, str> {
    if problem.errors().len() < 2 {
        return Cow::Borrowed(problem.message());
    }
    let errors: Vec<_> = problem.errors().iter().map(ToString::to_string).collect();
    format!("The request is not valid: {}.", errors.join("; ")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_one_surface() {
        for (path, surface) in [
            ("/organizations", Surface::Management),
            ("/portal/generate_link", Surface::Management),
            ("/portal/generate_link/", Surface::Page),
            ("/portal", Surface::Page),
            ("/portal/x", Surface::Page),
            ("/portalx", Surface::Management),
            ("/v1", Surface::OneTimeToken),
            ("/v1/events", Surface::OneTimeToken),
            ("/v1x", Surface::Management),
            ("/sso/saml/conn_1/metadata", Surface::Page),
            ("/", Surface::Management),
            ("/nothing", Surface::Management),
        ] {
            assert_eq!(Surface::of(path), surface, "{path}");
        }
    }
}
