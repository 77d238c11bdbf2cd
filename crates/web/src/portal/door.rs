//! What the pages in front of a visit share: whose link it is, who is inside already, and where
//! whoever comes in goes on.

use actix_web::{HttpRequest, HttpResponse};
use vestibule_application::ports::store::{PortalInvitation, PortalVisit};
use vestibule_application::usecases::begin_visit::BegunVisit;
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::intent::Intent;
use vestibule_domain::portal_link::{Consumption, LinkState, LinkUnusable, PortalLink};
use vestibule_domain::secret::PortalToken;

use super::Portal;
use super::answer::see_other;
use super::cookie::session_cookie;
use super::failure::{Failure, FailureKind};
use super::view::frame::Frame;
use super::visitor::{CONNECTION, DONE, PICKER, RENEWAL, REVIEW, Visitor};
use super::walk::step_href;

/// Where a visit's features are listed.
pub(super) const HOME: &str = "/portal/home";

/// Where a code is typed in.
pub(super) const CONFIRM: &str = "/portal/confirm";

/// Finds a link by its token.
pub(super) async fn find(portal: &Portal, raw: &str) -> Result<(PortalToken, PortalInvitation), Failure> {
    let token = PortalToken::parse(raw.trim()).map_err(|_| FailureKind::UnknownLink)?;
    let invitation = portal.app.store.queries().invitation(&token.digest()).await?;
    Ok((token, invitation.ok_or(FailureKind::UnknownLink)?))
}

/// The visit that a browser is in, while it lasts.
pub(super) async fn inside(portal: &Portal, request: &HttpRequest) -> Result<Option<Visitor>, Failure> {
    let visitor = Visitor::find(portal, request).await?;
    Ok(visitor.filter(|visitor| visitor.visit.session.live(visitor.now).is_ok()))
}

/// The visit that a browser is in, if it is one of a link.
pub(super) async fn inside_by(
    portal: &Portal,
    request: &HttpRequest,
    link: &PortalLink,
) -> Result<Option<Visitor>, Failure> {
    Ok(inside(portal, request).await?.filter(|visitor| visitor.visit.link.id == link.id))
}

/// Lets somebody in, where the last visit of the link was.
pub(super) async fn enter(portal: &Portal, begun: BegunVisit) -> Result<HttpResponse, Failure> {
    let BegunVisit { session, token } = begun;
    let visit = portal.app.store.queries().visit(&session.digest).await?;
    let place = visit.map_or_else(|| HOME.to_owned(), |visit| whereabouts(portal, &visit));
    let mut answer = see_other(&place);
    let cookie = session_cookie(&session, &token, &portal.app.settings, portal.app.ambient.now());
    answer.add_cookie(&cookie).map_err(Failure::internal)?;
    Ok(answer)
}

/// Where an admin is in a visit.
pub(super) fn whereabouts(portal: &Portal, visit: &PortalVisit) -> String {
    let spent = visit.link.kind.policy().consumption != Consumption::Opening
        && matches!(visit.link.state, LinkState::Consumed { .. });
    if visit.session.intents == [Intent::CertificateRenewal] {
        return RENEWAL.to_owned();
    }
    let only_sso = visit.session.intents == [Intent::Sso];
    match visit.connection.as_ref() {
        Some(connection) if connection.state == ConnectionState::Draft => {
            match step(portal, visit, connection) {
                Some(place) => place,
                None if only_sso => PICKER.to_owned(),
                None => HOME.to_owned(),
            }
        }
        _ if !only_sso => HOME.to_owned(),
        None => PICKER.to_owned(),
        Some(_) if spent => DONE.to_owned(),
        Some(_) => CONNECTION.to_owned(),
    }
}

/// The step of the walkthrough that a visit is at, if the draft is still of the same provider:
/// somebody with another link may have picked another one.
fn step(portal: &Portal, visit: &PortalVisit, draft: &Connection) -> Option<String> {
    let progress = &visit.session.progress;
    if !visit.session.covers(Intent::Sso)
        || progress.provider.is_none()
        || progress.provider != draft.provider
    {
        return None;
    }
    // The guide may have become shorter since.
    let provider = portal.app.guide(draft)?;
    let last = provider.steps.len().checked_sub(1)?;
    let step = usize::from(progress.step).min(last);
    let understood = progress.candidate.is_some() && step == last;
    Some(if understood { REVIEW.to_owned() } else { step_href(provider, step) })
}

/// What surrounds the pages of a link.
pub(super) fn frame(invitation: &PortalInvitation) -> Frame {
    Frame::of(&invitation.environment, &invitation.organization, &invitation.link)
}

/// Why a link cannot be used, told to whoever holds it.
pub(super) fn unusable(
    invitation: &PortalInvitation,
    visitor: Option<&Visitor>,
    reason: LinkUnusable,
) -> Failure {
    let failure = FailureKind::Link(reason);
    match visitor {
        Some(visitor) => visitor.fail(failure),
        None => Failure::from(failure).in_frame(frame(invitation)),
    }
}
