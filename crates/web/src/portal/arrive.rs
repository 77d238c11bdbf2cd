//! Opening a link, beginning a visit, and its home.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use vestibule_application::ports::store::{PortalInvitation, PortalVisit};
use vestibule_application::usecases::begin_visit::{BeginVisit, BeginVisitError};
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::intent::Intent;
use vestibule_domain::portal_link::{Consumption, LinkUnusable, PortalLink};
use vestibule_domain::secret::PortalToken;
use vestibule_words::Moment;

use super::answer::{page, see_other};
use super::cookie::session_cookie;
use super::failure::{Failure, FailureKind};
use super::view::arrival::{HomePage, LandingPage, SsoTask};
use super::view::frame::Frame;
use super::visitor::{CONNECTION, DONE, PICKER, Visitor};
use super::{Portal, is_head, words};

const HOME: &str = "/portal/home";

/// The query of a link's address.
#[derive(Deserialize)]
pub(super) struct OpenQuery {
    token: Option<String>,
}

/// Opens a link: shows its landing page, or begins the visit of a launch link.
pub(super) async fn open(
    portal: Data<Portal>,
    request: HttpRequest,
    query: Query<OpenQuery>,
) -> Result<HttpResponse, Failure> {
    let visitor = Visitor::find(&portal, &request).await?;
    let Some(raw) = &query.token else {
        // The address without a token: whoever is in a visit goes on.
        return match visitor.filter(is_live) {
            Some(visitor) => Ok(see_other(&whereabouts(&visitor.visit))),
            None => Err(FailureKind::UnknownLink.into()),
        };
    };
    let (token, invitation) = find(&portal, raw).await?;
    let visitor = visitor.filter(|visitor| is_live(visitor) && visitor.visit.link.id == invitation.link.id);
    let now = portal.app.ambient.now();
    match (invitation.link.kind.policy().consumption, visitor) {
        (Consumption::Opening, Some(visitor)) => Ok(see_other(&whereabouts(&visitor.visit))),
        // The framework's layer may have turned a HEAD into a GET; robots that only look send it.
        (Consumption::Opening, None) if is_head(&request) => look_at(&invitation, &portal),
        (Consumption::Opening, None) => start(&portal, token, &invitation).await,
        (Consumption::AllIntents | Consumption::FirstSave, visitor) => {
            if let Err(reason) = invitation.link.usable(now) {
                return Err(unusable(&invitation, visitor.as_ref(), reason));
            }
            page(&portal, StatusCode::OK, &landing(&invitation, &token, visitor.is_some()))
        }
    }
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
}

/// Begins a visit, or goes on with the one that this browser is in.
pub(super) async fn begin(
    portal: Data<Portal>,
    request: HttpRequest,
    form: Form<BeginForm>,
) -> Result<HttpResponse, Failure> {
    let (token, invitation) = find(&portal, &form.token).await?;
    let visitor = Visitor::find(&portal, &request).await?;
    let usable = invitation.link.usable(portal.app.ambient.now()).is_ok();
    match visitor.filter(|visitor| is_live(visitor) && visitor.visit.link.id == invitation.link.id) {
        Some(visitor) if usable => Ok(see_other(&whereabouts(&visitor.visit))),
        _ => start(&portal, token, &invitation).await,
    }
}

/// The home of a visit.
pub(super) async fn home(portal: Data<Portal>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let session = &visitor.visit.session;
    let others = Intent::ALL.into_iter().filter(|intent| *intent != Intent::Sso);
    // A link without intents opens the home as it is, and promises nothing.
    let missing = others.filter(|intent| session.intents.contains(intent)).map(words::task).collect();
    let content = HomePage {
        frame: visitor.frame(),
        sso: session.covers(Intent::Sso).then(|| sso_task(&visitor.visit)),
        missing,
    };
    page(&portal, StatusCode::OK, &content)
}

fn sso_task(visit: &PortalVisit) -> SsoTask {
    let name = visit.connection.as_ref().map(|connection| connection.name.to_string());
    let (state, label) = match visit.connection.as_ref().map(|connection| connection.state) {
        None => ("none", "not set up"),
        Some(ConnectionState::Draft) => ("draft", "begun"),
        Some(ConnectionState::Validating) => ("validating", "waiting for a domain"),
        Some(ConnectionState::Active) => ("active", "active"),
        Some(ConnectionState::Inactive) => ("inactive", "switched off"),
    };
    let text = name.unwrap_or_else(|| "Let your people sign in with your identity provider".to_owned());
    SsoTask { state, label, text }
}

async fn find(portal: &Portal, raw: &str) -> Result<(PortalToken, PortalInvitation), Failure> {
    let token = PortalToken::parse(raw.trim()).map_err(|_| FailureKind::UnknownLink)?;
    let invitation = portal.app.store.queries().invitation(&token.digest()).await?;
    Ok((token, invitation.ok_or(FailureKind::UnknownLink)?))
}

async fn start(
    portal: &Portal,
    token: PortalToken,
    invitation: &PortalInvitation,
) -> Result<HttpResponse, Failure> {
    let case = BeginVisit { ambient: portal.app.ambient.clone() };
    let begun = portal.app.run(case, token).await.map_err(|error| match error {
        BeginVisitError::Unknown => FailureKind::UnknownLink.into(),
        BeginVisitError::Unusable(reason) => unusable(invitation, None, reason),
        BeginVisitError::Store(error) => Failure::from(error).in_frame(frame(invitation)),
    })?;
    let (session, token) = (begun.session, begun.token);
    let cookie = session_cookie(&session, &token, &portal.app.settings, portal.app.ambient.now());
    // Where a new visit begins does not follow from an earlier one's progress.
    let mut answer = see_other(entrance(&session.intents));
    answer.add_cookie(&cookie).map_err(Failure::internal)?;
    Ok(answer)
}

fn entrance(intents: &[Intent]) -> &'static str {
    if intents == [Intent::Sso] { PICKER } else { HOME }
}

/// Where an admin is in a visit.
fn whereabouts(visit: &PortalVisit) -> String {
    let state = visit.connection.as_ref().map(|connection| connection.state);
    let spent = visit.link.kind.policy().consumption != Consumption::Opening
        && matches!(visit.link.state, vestibule_domain::portal_link::LinkState::Consumed { .. });
    match state {
        _ if visit.session.intents != [Intent::Sso] => HOME.to_owned(),
        Some(ConnectionState::Draft) if visit.session.progress.provider.is_some() => {
            super::walk::step_href(usize::from(visit.session.progress.step))
        }
        Some(ConnectionState::Draft) | None => PICKER.to_owned(),
        Some(_) if spent => DONE.to_owned(),
        Some(_) => CONNECTION.to_owned(),
    }
}

fn is_live(visitor: &Visitor) -> bool {
    visitor.visit.session.live(visitor.now).is_ok()
}

fn frame(invitation: &PortalInvitation) -> Frame {
    Frame::of(&invitation.environment, &invitation.organization, &invitation.link)
}

fn unusable(invitation: &PortalInvitation, visitor: Option<&Visitor>, reason: LinkUnusable) -> Failure {
    let failure = FailureKind::Link(reason);
    match visitor {
        Some(visitor) => visitor.fail(failure),
        None => Failure::from(failure).in_frame(frame(invitation)),
    }
}

fn landing(invitation: &PortalInvitation, token: &PortalToken, continues: bool) -> LandingPage {
    let PortalLink { intents, expires_at, kind, .. } = &invitation.link;
    LandingPage {
        frame: frame(invitation),
        organization: invitation.organization.name.to_string(),
        token: token.expose().to_owned(),
        tasks: intents.iter().copied().map(words::task).collect(),
        expires: Moment::of(*expires_at),
        // The format of RFC 3339 covers every instant of a link.
        expires_iso: expires_at.format(&Rfc3339).unwrap_or_default(),
        once: kind.policy().consumption == Consumption::FirstSave,
        continues,
    }
}
