//! The second step of signing in: the code of a member's app, or a recovery code. Until it is given
//! the visit opens nothing else.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Deserialize;
use vestibule_application::ports::store::MemberVisit;
use vestibule_application::usecases::prove_second_factor::{
    Proof, ProveSecondFactor, ProveSecondFactorCommand, Proven,
};
use vestibule_domain::secret::MemberSessionToken;

use super::Dashboard;
use super::answer::{page, see_other};
use super::cookie::session_token;
use super::failure::Failure;
use super::form::Wrong;
use super::sign_in::{Next, SIGN_IN, place_within, signed_in};
use super::theme::Theme;
use super::view::second_step::SecondStepPage;
use crate::pages::forgery::{form_token, is_form_token};
use crate::portal::Field;
use crate::transport::browser;

/// What form tokens of this page are told apart by.
const SURFACE: &str = "second-step";

/// A member whose password was right.
pub(super) struct Halfway {
    visit: MemberVisit,
    token: MemberSessionToken,
}

impl FromRequest for Halfway {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let dashboard = request.app_data::<Data<Dashboard>>().ok_or(Failure::NotFound)?;
            let app = &dashboard.app;
            let token = session_token(&request, &app.settings).ok_or(Failure::SignedOut)?;
            let visit = app.store.queries().member_visit(&token.digest()).await?;
            let now = app.ambient.now();
            let waiting = visit.filter(|visit| visit.session.awaits_code(now));
            waiting.map(|visit| Self { visit, token }).ok_or(Failure::SignedOut)
        })
    }
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// Asks for the code. Whoever has nothing to prove signs in.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    halfway: Result<Halfway, Failure>,
    next: Query<Next>,
) -> Result<HttpResponse, Failure> {
    match halfway {
        Ok(halfway) => ask(&dashboard, &request, &halfway, StatusCode::OK, &next.next, &Wrong::default()),
        Err(Failure::SignedOut) => Ok(see_other(SIGN_IN)),
        Err(failure) => Err(failure),
    }
}

/// Looks at the code, and opens the dashboard if it counts.
pub(super) async fn prove(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    halfway: Halfway,
    given: Form<Given>,
) -> Result<HttpResponse, Failure> {
    let Given { form_token, code, next } = given.into_inner();
    if !is_form_token(SURFACE, halfway.token.expose(), Some(&form_token)) {
        return Err(Failure::FormToken);
    }
    let app = &dashboard.app;
    let command = ProveSecondFactorCommand {
        session: halfway.visit.session.clone(),
        proof: Proof::read(&code),
        browser: browser(app, &request),
    };
    let mut wrong = Wrong::default();
    match app.run(ProveSecondFactor { ambient: app.ambient.clone() }, command).await? {
        Proven::Begun(begun) => return signed_in(&dashboard, &begun, place_within(&next)),
        Proven::Over => return Ok(see_other(SIGN_IN)),
        Proven::Wrong => wrong.note(
            "code",
            "is wrong, or was used already. A code counts once and for about a minute: wait for the next one",
        ),
        Proven::Resting => {
            wrong.note("code", "is not looked at now: too many were wrong. The account rests for 15 minutes");
        }
    }
    dashboard.gate.count_failure(app, &request).map_err(|_| Failure::TooMany)?;
    ask(&dashboard, &request, &halfway, StatusCode::UNPROCESSABLE_ENTITY, &next, &wrong)
}

fn ask(
    dashboard: &Dashboard,
    request: &HttpRequest,
    halfway: &Halfway,
    status: StatusCode,
    next: &str,
    wrong: &Wrong,
) -> Result<HttpResponse, Failure> {
    let ([field], errors) = wrong.onto([Field::plain("code", "Code", "line")]);
    let content = SecondStepPage {
        theme: Theme::of(request, &dashboard.app.settings).as_str(),
        form_token: form_token(SURFACE, halfway.token.expose()),
        member: halfway.visit.member.email.to_string(),
        next: place_within(next).to_owned(),
        errors,
        field,
    };
    page(status, &content)
}
