//! Opening a link, and beginning a visit.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use vestibule_application::ports::store::PortalInvitation;
use vestibule_application::usecases::begin_visit::{BeginVisit, BeginVisitCommand, BeginVisitError};
use vestibule_domain::admission::Admission;
use vestibule_domain::email::{EmailAddress, EmailError};
use vestibule_domain::portal_link::{Consumption, PortalLink};
use vestibule_domain::secret::PortalToken;
use vestibule_words::{Moment, Text, text};

use super::answer::{page, see_other};
use super::confirm::{self, Sending};
use super::door::{CONFIRM, enter, find, frame, inside, inside_by, unusable, whereabouts};
use super::failure::{Failure, FailureKind};
use super::view::arrival::{Asked, LandingPage};
use super::waiting::Waiting;
use super::{Portal, is_head, words};

/// The query of a link's address.
#[derive(Deserialize)]
pub(super) struct OpenQuery {
    token: Option<String>,
}

/// Opens a link: shows its landing page, or begins the visit of a launch link that asks for nothing.
pub(super) async fn open(
    portal: Data<Portal>,
    request: HttpRequest,
    query: Query<OpenQuery>,
) -> Result<HttpResponse, Failure> {
    let Some(raw) = &query.token else {
        // The address without a token: whoever is in a visit goes on.
        return match inside(&portal, &request).await? {
            Some(visitor) => Ok(see_other(&whereabouts(&portal, &visitor.visit))),
            None => Err(FailureKind::UnknownLink.into()),
        };
    };
    let (token, invitation) = find(&portal, raw).await?;
    let visitor = inside_by(&portal, &request, &invitation.link).await?;
    match (admission(&invitation), invitation.link.kind.policy().consumption, &visitor) {
        (_, Consumption::Opening, Some(visitor)) => Ok(see_other(&whereabouts(&portal, &visitor.visit))),
        // The framework's layer may have turned a HEAD into a GET; robots that only look send it.
        (Admission::SignedIn, ..) if is_head(&request) => look_at(&invitation, &portal),
        (Admission::SignedIn, ..) => start(&portal, token, &invitation, None).await,
        (Admission::Named | Admission::Confirmed | Admission::Stated, ..) => {
            if let Err(reason) = invitation.link.usable(portal.app.ambient.now()) {
                return Err(unusable(&invitation, visitor.as_ref(), reason));
            }
            let content = match visitor {
                Some(_) => landing(&invitation, &token, Asked::Continuing),
                None => landing(&invitation, &token, asked(&invitation)),
            };
            page(StatusCode::OK, &content)
        }
    }
}

fn admission(invitation: &PortalInvitation) -> Admission {
    Admission::of(&invitation.link, invitation.environment.addresses)
}

/// Looks at a link without opening it.
pub(super) async fn look(portal: Data<Portal>, query: Query<OpenQuery>) -> Result<HttpResponse, Failure> {
    let raw = query.token.as_deref().ok_or(FailureKind::UnknownLink)?;
    let (_, invitation) = find(&portal, raw).await?;
    look_at(&invitation, &portal)
}

fn look_at(invitation: &PortalInvitation, portal: &Portal) -> Result<HttpResponse, Failure> {
    match invitation.link.usable(portal.app.ambient.now()) {
        Ok(()) => Ok(HttpResponse::Ok().finish()),
        Err(reason) => Err(unusable(invitation, None, reason)),
    }
}

/// The form of the landing page.
#[derive(Deserialize)]
pub(super) struct BeginForm {
    token: String,
    email: Option<String>,
}

/// Begins a visit, or asks for a proof first, or goes on with the visit that this browser is in.
pub(super) async fn begin(
    portal: Data<Portal>,
    request: HttpRequest,
    form: Form<BeginForm>,
) -> Result<HttpResponse, Failure> {
    let (token, invitation) = find(&portal, &form.token).await?;
    let visitor = inside_by(&portal, &request, &invitation.link).await?;
    match (invitation.link.usable(portal.app.ambient.now()), visitor) {
        (Ok(()), Some(visitor)) => return Ok(see_other(&whereabouts(&portal, &visitor.visit))),
        (Err(reason), _) => return Err(unusable(&invitation, None, reason)),
        (Ok(()), None) => {}
    }
    let typed = form.email.as_deref().unwrap_or_default();
    let address = match EmailAddress::parse(typed) {
        Ok(address) => Some(address),
        Err(EmailError::Empty) => None,
        Err(EmailError::TooLong | EmailError::Syntax) => {
            let content =
                landing(&invitation, &token, asked(&invitation)).refused(typed, text!("arrival-email-wrong"));
            return page(StatusCode::UNPROCESSABLE_ENTITY, &content);
        }
    };
    match admission(&invitation) {
        Admission::SignedIn => start(&portal, token, &invitation, None).await,
        Admission::Stated => start(&portal, token, &invitation, address).await,
        Admission::Named | Admission::Confirmed => {
            prove(&portal, &request, Waiting { token, address }, &invitation).await
        }
    }
}

/// Sends a code, and asks for it.
async fn prove(
    portal: &Portal,
    request: &HttpRequest,
    waiting: Waiting,
    invitation: &PortalInvitation,
) -> Result<HttpResponse, Failure> {
    let content = || landing(invitation, &waiting.token, asked(invitation));
    let typed = waiting.address.as_ref().map(ToString::to_string).unwrap_or_default();
    match confirm::send(portal, request, &waiting, invitation).await? {
        Sending::Done => {
            let mut answer = see_other(CONFIRM);
            answer.add_cookie(&waiting.cookie(portal)).map_err(Failure::internal)?;
            Ok(answer)
        }
        Sending::WhichAddress => {
            let content = content().refused(&typed, text!("arrival-email-missing"));
            page(StatusCode::UNPROCESSABLE_ENTITY, &content)
        }
        Sending::TooMany(refused) => {
            let now = portal.app.ambient.now();
            let content = content().refused(&typed, confirm::too_many(refused, now));
            let answer = page(StatusCode::TOO_MANY_REQUESTS, &content)?;
            Ok(confirm::retry_after(answer, refused, now))
        }
    }
}

async fn start(
    portal: &Portal,
    token: PortalToken,
    invitation: &PortalInvitation,
    admin: Option<EmailAddress>,
) -> Result<HttpResponse, Failure> {
    let case = BeginVisit { ambient: portal.app.ambient.clone() };
    let begun =
        portal.app.run(case, BeginVisitCommand { token, admin }).await.map_err(|error| match error {
            BeginVisitError::Unknown => FailureKind::UnknownLink.into(),
            BeginVisitError::Unusable(reason) => unusable(invitation, None, reason),
            // The environment began to ask for a proof a moment ago: opened again, the link says so.
            BeginVisitError::Unproven => FailureKind::UnknownVisit.into(),
            BeginVisitError::Store(error) => Failure::from(error).in_frame(frame(invitation)),
        })?;
    enter(portal, begun).await
}

/// What the landing page asks for.
fn asked(invitation: &PortalInvitation) -> Asked {
    let admins = &invitation.link.admins;
    match (admission(invitation), admins.as_slice()) {
        (Admission::Named, [only]) => {
            Asked::Proof { note: text!("arrival-code-to", address = only.masked()) }
        }
        (Admission::Named, _) => {
            let mut masked: Vec<String> = admins.iter().map(EmailAddress::masked).collect();
            masked.dedup();
            Asked::ProvenAddress { note: text!("arrival-email-named", addresses = masked) }
        }
        (Admission::Confirmed, _) => Asked::ProvenAddress { note: text!("arrival-email-proven") },
        (Admission::Stated, _) => Asked::Address { note: text!("arrival-email-kept") },
        (Admission::SignedIn, _) => Asked::Nothing,
    }
}

fn landing(invitation: &PortalInvitation, token: &PortalToken, asked: Asked) -> LandingPage {
    let PortalLink { intents, expires_at, kind, .. } = &invitation.link;
    let mut tasks: Vec<Text> = intents.iter().copied().map(words::task).collect();
    if tasks.is_empty() {
        tasks.push(text!("arrival-everything"));
    }
    LandingPage {
        frame: frame(invitation),
        organization: invitation.organization.name.to_string(),
        token: token.expose().to_owned(),
        tasks,
        expires: Moment::of(*expires_at),
        // The format of RFC 3339 covers every instant of a link.
        expires_iso: expires_at.format(&Rfc3339).unwrap_or_default(),
        once: kind.policy().consumption == Consumption::FirstSave,
        asked,
        email: String::new(),
        error: None,
        errors: Vec::new(),
    }
}
