//! The pages that people see on their way through a sign-in, when all goes wrong or a form has to
//! be carried on.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use vestibule_application::ports::store::StoreError;
use vestibule_domain::id::SsoSessionId;
use vestibule_domain::sso::failure::FailureCode;
use vestibule_words::{Text, text};

use super::Desk;
use crate::pages::{Page, Prepared, policy};
use crate::portal::{Frame, HOSTILE, Spoken, samples};
use crate::transport::Problem;

/// As for every page, but the form goes to the identity provider, and from there anywhere.
pub(crate) const ONWARD_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self' data:; form-action https: http:; frame-ancestors 'none'; base-uri 'none'";

/// Why a person cannot go on, nor back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refusal {
    /// The app did not say who it is, or is not known.
    Client,
    /// The redirect URI is missing or not registered.
    RedirectUri,
    /// The attempt came to its end here.
    Stranded {
        /// The attempt, to be found in the session log.
        session: Option<SsoSessionId>,
        /// Why.
        code: FailureCode,
    },
    /// What came is no answer of a provider.
    Unreadable,
    /// There is no such connection or attempt.
    Unknown,
    /// There is no test identity provider, or none of that connection.
    NoTestProvider,
    /// What came is no request that the test identity provider answers.
    TestRequest,
    /// The store is busy.
    Busy,
    /// Something went wrong on our side.
    Internal,
}

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::Client
            | Self::RedirectUri
            | Self::Stranded { .. }
            | Self::Unreadable
            | Self::TestRequest => StatusCode::BAD_REQUEST,
            Self::Unknown | Self::NoTestProvider => StatusCode::NOT_FOUND,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The word for programs, what is the matter, and why or what to do.
    fn words(self) -> (&'static str, Text, Text) {
        match self {
            Self::Client => ("client_invalid", text!("sso-client"), text!("sso-client-why")),
            Self::RedirectUri => {
                ("redirect_uri_invalid", text!("sso-redirect-uri"), text!("sso-redirect-uri-why"))
            }
            Self::Stranded { code: FailureCode::StateMismatch, .. } => {
                ("state_mismatch", text!("sso-late"), text!("sso-late-why"))
            }
            // One word for all that a forger could learn from.
            Self::Stranded { .. } => ("sign_in_refused", text!("sso-refused"), text!("sso-refused-why")),
            Self::Unreadable | Self::Unknown => {
                ("unreadable", text!("sso-unreadable"), text!("sso-unreadable-why"))
            }
            Self::NoTestProvider => ("no_test_provider", text!("testidp-none"), text!("testidp-none-why")),
            Self::TestRequest => {
                ("test_request", text!("testidp-unreadable"), text!("testidp-unreadable-why"))
            }
            Self::Busy => ("unavailable", text!("sso-busy"), text!("sso-busy-why")),
            Self::Internal => ("internal_error", text!("failure-internal"), text!("failure-internal-why")),
        }
    }
}

/// A sign-in that cannot go on.
#[derive(Debug, Serialize)]
pub(crate) struct SignInRefusedPage {
    /// What surrounds it.
    pub frame: Frame,
    /// A stable word.
    pub reason: &'static str,
    /// What is the matter.
    pub title: Text,
    /// Why, and what to do.
    pub explanation: Text,
    /// What to mention when asking for help.
    pub reference: Option<String>,
}

impl Page for SignInRefusedPage {
    const TEMPLATE: &'static str = "sso/refused.html";

    fn samples() -> Vec<Self> {
        [(Frame::unknown(), None), (samples::hostile_frame(), Some(HOSTILE.to_owned()))]
            .into_iter()
            .map(|(frame, reference)| Self {
                frame,
                reason: "client_invalid",
                title: text!("sso-client"),
                explanation: text!("sso-client-why"),
                reference,
            })
            .collect()
    }
}

/// A form that the browser carries to the identity provider.
#[derive(Debug, Serialize)]
pub(crate) struct OnwardPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Where the form goes.
    pub url: String,
    /// Its hidden fields.
    pub fields: Vec<HiddenField>,
}

/// A hidden field.
#[derive(Debug, Serialize)]
pub(crate) struct HiddenField {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
}

impl Page for OnwardPage {
    const TEMPLATE: &'static str = "sso/post.html";

    fn samples() -> Vec<Self> {
        let field = HiddenField { name: "SAMLRequest", value: HOSTILE.to_owned() };
        vec![Self {
            frame: Frame::unknown(),
            url: "https://idp.example/sso?a=\"<&".to_owned(),
            fields: vec![field],
        }]
    }
}

/// Answers with the page of a refusal.
pub(crate) fn refuse(desk: &Desk, request: &HttpRequest, refusal: Refusal) -> HttpResponse {
    let (reason, title, explanation) = refusal.words();
    let reference = match refusal {
        Refusal::Stranded { session, .. } => session.map(|session| session.to_string()),
        Refusal::Client
        | Refusal::RedirectUri
        | Refusal::Unreadable
        | Refusal::Unknown
        | Refusal::NoTestProvider
        | Refusal::TestRequest
        | Refusal::Busy
        | Refusal::Internal => None,
    };
    let page = SignInRefusedPage { frame: Frame::unknown(), reason, title, explanation, reference };
    render(desk, request, refusal.status(), &page)
}

/// Answers with a form to be carried on.
pub(crate) fn carry_on(
    desk: &Desk,
    request: &HttpRequest,
    url: String,
    fields: Vec<(&'static str, String)>,
) -> HttpResponse {
    let fields = fields.into_iter().map(|(name, value)| HiddenField { name, value }).collect();
    let page = OnwardPage { frame: Frame::unknown(), url, fields };
    let mut answer = render(desk, request, StatusCode::OK, &page);
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(ONWARD_POLICY));
    answer
}

/// Answers with a page.
pub(crate) fn render<P: Page>(
    desk: &Desk,
    request: &HttpRequest,
    status: StatusCode,
    page: &P,
) -> HttpResponse {
    let here = Spoken::find(request, &desk.app.settings).fixed();
    let rendered = Prepared::new(page).and_then(|prepared| desk.pages.render(prepared, &here));
    let mut answer = HttpResponse::build(status);
    let mut answer = match rendered {
        Ok(html) => answer.insert_header((CONTENT_TYPE, "text/html; charset=utf-8")).body(html),
        Err(error) => return actix_web::ResponseError::error_response(&Problem::internal(error)),
    };
    policy::apply(answer.headers_mut());
    answer
}

/// The refusal that stands for a failure of the store; what lies behind it goes to the log.
pub(crate) fn of_store(error: StoreError) -> Refusal {
    let problem = Problem::from(error);
    tracing::error!(error = problem.causes(), "a sign-in failed");
    if problem.status() == StatusCode::SERVICE_UNAVAILABLE { Refusal::Busy } else { Refusal::Internal }
}
