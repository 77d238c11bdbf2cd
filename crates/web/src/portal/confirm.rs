//! Proving an address: the code that is sent there is typed in here.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use vestibule_application::ports::store::PortalInvitation;
use vestibule_application::usecases::confirm_address::{
    ConfirmAddress, ConfirmAddressCommand, ConfirmAddressError, Confirmation,
};
use vestibule_application::usecases::request_code::{RequestCode, RequestCodeCommand, RequestCodeError};
use vestibule_domain::Instant;
use vestibule_domain::address_code::{CODE_LIFE, CodeRefused, ConfirmationCode, TooManyCodes};
use vestibule_domain::admission::Admission;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::portal_link::PortalLink;
use vestibule_words::{Text, text};

use super::Portal;
use super::answer::{page, see_other};
use super::door::{CONFIRM, enter, find, frame, inside, inside_by, unusable, whereabouts};
use super::failure::{Failure, FailureKind};
use super::language::Spoken;
use super::view::code::CodePage;
use super::waiting::Waiting;

/// The query of the page.
#[derive(Deserialize)]
pub(super) struct ConfirmQuery {
    again: Option<String>,
}

/// Asks for the code.
pub(super) async fn show(
    portal: Data<Portal>,
    request: HttpRequest,
    query: Query<ConfirmQuery>,
) -> Result<HttpResponse, Failure> {
    let (waiting, invitation) = match waiting(&portal, &request).await? {
        Here::Waiting(waiting, invitation) => (waiting, invitation),
        Here::Inside(place) => return Ok(see_other(&place)),
    };
    let notice = query.again.as_ref().map(|_| text!("code-again-sent"));
    let content = CodePage { notice, ..content(&waiting, &invitation) };
    page(StatusCode::OK, &content)
}

/// The form of the page.
#[derive(Deserialize)]
pub(super) struct ConfirmForm {
    code: String,
}

/// Takes the code, and opens the link with it.
pub(super) async fn confirm(
    portal: Data<Portal>,
    request: HttpRequest,
    form: Form<ConfirmForm>,
) -> Result<HttpResponse, Failure> {
    let (waiting, invitation) = match waiting(&portal, &request).await? {
        Here::Waiting(waiting, invitation) => (waiting, invitation),
        Here::Inside(place) => return Ok(see_other(&place)),
    };
    let refused = |error: Text| {
        let content = content(&waiting, &invitation).refused(error);
        page(StatusCode::UNPROCESSABLE_ENTITY, &content)
    };
    let Ok(code) = ConfirmationCode::parse(&form.code) else { return refused(text!("code-syntax")) };
    let Some(address) = address(&waiting, &invitation.link) else { return refused(text!("code-over")) };
    let command = ConfirmAddressCommand { token: waiting.token.clone(), address, code };
    let case = ConfirmAddress { ambient: portal.app.ambient.clone() };
    let outcome = portal.app.run(case, command).await.map_err(|error| match error {
        ConfirmAddressError::Unknown => FailureKind::UnknownLink.into(),
        ConfirmAddressError::Unusable(reason) => unusable(&invitation, None, reason),
        ConfirmAddressError::Store(error) => Failure::from(error).in_frame(frame(&invitation)),
    })?;
    match outcome {
        Confirmation::Begun(begun) => {
            let mut answer = enter(&portal, *begun).await?;
            answer.add_cookie(&Waiting::removal(&portal)).map_err(Failure::internal)?;
            Ok(answer)
        }
        Confirmation::Refused(CodeRefused::Wrong { tries_left }) => {
            refused(text!("code-wrong", left = tries_left))
        }
        Confirmation::Refused(CodeRefused::TriedTooOften) => refused(text!("code-tried-too-often")),
        Confirmation::Refused(CodeRefused::Over) => refused(text!("code-over")),
    }
}

/// Sends another code.
pub(super) async fn again(portal: Data<Portal>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let (waiting, invitation) = match waiting(&portal, &request).await? {
        Here::Waiting(waiting, invitation) => (waiting, invitation),
        Here::Inside(place) => return Ok(see_other(&place)),
    };
    match send(&portal, &request, &waiting, &invitation).await? {
        Sending::Done => {
            let mut answer = see_other(&format!("{CONFIRM}?again=1"));
            answer.add_cookie(&waiting.cookie(&portal)).map_err(Failure::internal)?;
            Ok(answer)
        }
        // The link names others by now than when the browser came here.
        Sending::WhichAddress => Err(FailureKind::UnknownVisit.into()),
        Sending::TooMany(refused) => {
            let now = portal.app.ambient.now();
            let content = content(&waiting, &invitation).refused(too_many(refused, now));
            let answer = page(StatusCode::TOO_MANY_REQUESTS, &content)?;
            Ok(retry_after(answer, refused, now))
        }
    }
}

/// Where a browser is.
enum Here {
    /// In front of the door.
    Waiting(Waiting, Box<PortalInvitation>),
    /// In a visit of the same link, or of some link and waiting for none: where it is there.
    Inside(String),
}

async fn waiting(portal: &Portal, request: &HttpRequest) -> Result<Here, Failure> {
    let Some(waiting) = Waiting::load(portal, request) else {
        return match inside(portal, request).await? {
            Some(visitor) => Ok(Here::Inside(whereabouts(portal, &visitor.visit))),
            None => Err(FailureKind::UnknownVisit.into()),
        };
    };
    let (_, invitation) = find(portal, waiting.token.expose()).await?;
    if let Some(visitor) = inside_by(portal, request, &invitation.link).await? {
        return Ok(Here::Inside(whereabouts(portal, &visitor.visit)));
    }
    // A launch link may expire while its code is on the way; the use case judges whether in time.
    let link = &invitation.link;
    let judged_at = link.judged_at(link.created_at, portal.app.ambient.now());
    link.usable(judged_at).map_err(|reason| unusable(&invitation, None, reason))?;
    Ok(Here::Waiting(waiting, Box::new(invitation)))
}

/// The address that is to be proven.
fn address(waiting: &Waiting, link: &PortalLink) -> Option<EmailAddress> {
    match (&waiting.address, link.admins.as_slice()) {
        (Some(address), _) => Some(address.clone()),
        (None, [only]) => Some(only.clone()),
        (None, _) => None,
    }
}

/// What came of asking for a code.
pub(super) enum Sending {
    /// It was made, and sent if the address may open the link.
    Done,
    /// An address has to be named.
    WhichAddress,
    /// Too many were asked for.
    TooMany(TooManyCodes),
}

/// Has a code made, in the language of the page that asks.
pub(super) async fn send(
    portal: &Portal,
    request: &HttpRequest,
    waiting: &Waiting,
    invitation: &PortalInvitation,
) -> Result<Sending, Failure> {
    let language = Spoken::find(request, &portal.app.settings).language;
    let (token, address) = (waiting.token.clone(), waiting.address.clone());
    let case = RequestCode { ambient: portal.app.ambient.clone() };
    match portal.app.run(case, RequestCodeCommand { token, address, language }).await {
        Ok(_) => Ok(Sending::Done),
        Err(RequestCodeError::WhichAddress) => Ok(Sending::WhichAddress),
        Err(RequestCodeError::TooMany(refused)) => Ok(Sending::TooMany(refused)),
        Err(RequestCodeError::Unknown) => Err(FailureKind::UnknownLink.into()),
        Err(RequestCodeError::Unusable(reason)) => Err(unusable(invitation, None, reason)),
        // The environment asked for a proof when the page was shown, and does no more.
        Err(RequestCodeError::NotAsked) => Err(FailureKind::UnknownVisit.into()),
        Err(RequestCodeError::Store(error)) => Err(Failure::from(error).in_frame(frame(invitation))),
    }
}

/// That too many codes were asked for, and for how long no more are sent.
pub(super) fn too_many(refused: TooManyCodes, now: Instant) -> Text {
    let minutes = seconds_until(refused, now).div_ceil(60);
    text!("code-too-many", minutes = minutes)
}

/// Says the same to programs.
pub(super) fn retry_after(mut answer: HttpResponse, refused: TooManyCodes, now: Instant) -> HttpResponse {
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds_until(refused, now)));
    answer
}

fn seconds_until(refused: TooManyCodes, now: Instant) -> u64 {
    let left = refused.again_at - now;
    // Rounded up: earlier is too early.
    u64::try_from(left.whole_seconds()).unwrap_or(0) + u64::from(left.subsec_nanoseconds() > 0)
}

fn content(waiting: &Waiting, invitation: &PortalInvitation) -> CodePage {
    let link = &invitation.link;
    let admission = Admission::of(link, invitation.environment.addresses);
    let minutes = CODE_LIFE.whole_minutes();
    let sent = match (&waiting.address, admission) {
        // Whether the address is one of those that are named is for its owner to know.
        (Some(address), Admission::Named) => {
            text!("code-sent-if", address = address.to_string(), minutes = minutes)
        }
        (Some(address), Admission::Confirmed | Admission::Stated | Admission::SignedIn) => {
            text!("code-sent", address = address.to_string(), minutes = minutes)
        }
        (None, _) => {
            let masked: Vec<String> = link.admins.iter().map(EmailAddress::masked).collect();
            text!("code-sent", address = masked.concat(), minutes = minutes)
        }
    };
    CodePage {
        frame: frame(invitation),
        sent,
        notice: None,
        error: None,
        errors: Vec::new(),
        other_url: waiting.address.as_ref().map(|_| format!("/portal?token={}", waiting.token.expose())),
    }
}
