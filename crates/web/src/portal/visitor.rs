//! Whose visit a request belongs to.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use vestibule_application::ports::store::PortalVisit;
use vestibule_application::usecases::visit::ManageError;
use vestibule_domain::Instant;
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::intent::Intent;
use vestibule_domain::portal_link::{Capability, Consumption, LinkUnusable};
use vestibule_domain::secret::{PortalSessionToken, SecretDigest};

use super::Portal;
use super::cookie::session_token;
use super::failure::{Failure, FailureKind};
use super::view::frame::Frame;
use crate::pages::forgery::{form_token, is_form_token};

/// What form tokens of the portal are told apart by.
const SURFACE: &str = "portal";

/// Where the outcome of a set-up is shown.
pub(super) const DONE: &str = "/portal/sso/done";
/// Where a connection that exists is shown.
pub(super) const CONNECTION: &str = "/portal/sso/connection";
/// Where a provider is picked.
pub(super) const PICKER: &str = "/portal/sso";
/// Where a certificate is renewed.
pub(super) const RENEWAL: &str = "/portal/renewal";
/// Where the outcome of a renewal is shown.
pub(super) const RENEWED: &str = "/portal/renewal/done";
/// Where what was understood is shown.
pub(super) const REVIEW: &str = "/portal/sso/review";

/// An IT admin in a live visit.
///
/// The visit was looked up without a transaction: whatever changes something asks again inside its
/// use case.
pub(super) struct Visitor {
    pub(super) visit: PortalVisit,
    pub(super) now: Instant,
    token: PortalSessionToken,
}

impl Visitor {
    /// Looks up the visit that a browser is in, if it is in one that is known.
    pub(super) async fn find(portal: &Portal, request: &HttpRequest) -> Result<Option<Self>, Failure> {
        let Some(token) = session_token(request, &portal.app.settings) else { return Ok(None) };
        let visit = portal.app.store.queries().visit(&token.digest()).await?;
        // Whoever is not admitted by the link is in no visit, whatever their cookie says.
        let visit = visit.filter(|visit| visit.session.admitted(&visit.link));
        Ok(visit.map(|visit| Self { visit, now: portal.app.ambient.now(), token }))
    }

    /// The same visit as it is by now, if it still is.
    pub(super) fn as_of(&self, now: Option<PortalVisit>) -> Self {
        let visit = now.unwrap_or_else(|| self.visit.clone());
        Self { visit, now: self.now, token: self.token.clone() }
    }

    /// What the use cases know the visit by.
    pub(super) fn digest(&self) -> SecretDigest {
        self.token.digest()
    }

    /// The token for a form.
    pub(super) fn form_token(&self) -> String {
        form_token(SURFACE, self.token.expose())
    }

    /// Refuses a form that is not of this visit.
    pub(super) fn check_form(&self, given: Option<&str>) -> Result<(), Failure> {
        if is_form_token(SURFACE, self.token.expose(), given) {
            Ok(())
        } else {
            Err(self.fail(FailureKind::FormToken))
        }
    }

    /// What surrounds a page.
    pub(super) fn frame(&self) -> Frame {
        Frame::of(&self.visit.environment, &self.visit.organization, &self.visit.link)
    }

    /// A failure whose page knows for whom it is.
    pub(super) fn fail(&self, failure: impl Into<Failure>) -> Failure {
        let failure = failure.into().in_frame(self.frame());
        let spent = matches!(failure.kind(), FailureKind::Link(LinkUnusable::Consumed));
        let result = spent && self.visit.session.live(self.now).is_ok() && self.complete().is_some();
        let outcome = if self.visit.session.covers(Intent::Sso) { DONE } else { RENEWED };
        failure.with_result(result.then_some(outcome))
    }

    /// The failure of a change to what is set up.
    pub(super) fn refused(&self, error: ManageError) -> Failure {
        match error {
            ManageError::Visit(error) => self.fail(error),
            ManageError::NotAllowed => self.fail(FailureKind::NotAllowed),
            ManageError::NoSuchConnection => self.fail(FailureKind::Overtaken),
        }
    }

    /// The connection, once it is more than a draft.
    pub(super) fn complete(&self) -> Option<&Connection> {
        self.visit.connection.as_ref().filter(|connection| connection.state != ConnectionState::Draft)
    }

    /// Whether the visit may change what exists.
    pub(super) fn may_manage(&self) -> bool {
        match self.visit.session.capability {
            Capability::SetUp => false,
            Capability::SetUpAndManage => true,
        }
    }

    /// Whether pages that set something up can be shown, as [`open_visit`] will judge when
    /// something is sent from them. A visit whose link is spent, by itself or by another one, is
    /// led to the outcome.
    ///
    /// [`open_visit`]: vestibule_application::usecases::visit
    pub(super) fn may_set_up(&self) -> Result<SetUp, Failure> {
        match (self.link_usable(), self.complete()) {
            (Err(LinkUnusable::Consumed), Some(_)) => return Ok(SetUp::Over),
            (Err(reason), _) => return Err(self.fail(FailureKind::Link(reason))),
            (Ok(()), _) => {}
        }
        if self.visit.session.covers(Intent::Sso) {
            Ok(SetUp::Open)
        } else {
            Err(self.fail(FailureKind::NotCovered))
        }
    }

    /// Whether pages that renew a certificate can be shown, as `may_set_up` has it for setting up.
    pub(super) fn may_renew(&self) -> Result<SetUp, Failure> {
        match (self.link_usable(), self.complete()) {
            (Err(LinkUnusable::Consumed), Some(_)) => Ok(SetUp::Over),
            (Err(reason), _) => Err(self.fail(FailureKind::Link(reason))),
            (Ok(()), _) if self.visit.session.covers(Intent::CertificateRenewal) => Ok(SetUp::Open),
            (Ok(()), _) => Err(self.fail(FailureKind::NotCovered)),
        }
    }

    /// Whether pages of attempts can be shown: to whoever sets up, all of the organization's; to
    /// whoever renews, the tests of the next certificate.
    pub(super) fn may_look(&self) -> Result<SetUp, Failure> {
        if self.visit.session.covers(Intent::Sso) { self.may_set_up() } else { self.may_renew() }
    }

    fn link_usable(&self) -> Result<(), LinkUnusable> {
        match self.visit.link.kind.policy().consumption {
            Consumption::Opening => Ok(()),
            Consumption::AllIntents | Consumption::FirstSave => self.visit.link.usable(self.now),
        }
    }

    fn live(self) -> Result<Self, Failure> {
        match (self.visit.session.live(self.now), self.link_usable()) {
            (Ok(()), _) => Ok(self),
            (Err(_), Err(reason)) => Err(self.fail(FailureKind::Link(reason))),
            (Err(over), Ok(())) => Err(self.fail(FailureKind::Visit(over))),
        }
    }
}

/// Whether something can still be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SetUp {
    /// It can.
    Open,
    /// It was, and the link is spent.
    Over,
}

impl FromRequest for Visitor {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let portal = request.app_data::<Data<Portal>>().ok_or(FailureKind::NotFound)?;
            match Self::find(portal, &request).await? {
                Some(visitor) => visitor.live(),
                None => Err(FailureKind::UnknownVisit.into()),
            }
        })
    }
}
