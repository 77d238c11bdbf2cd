//! Whose request it is, and in which environment.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{Data, Form};
use actix_web::{FromRequest, HttpRequest};
use vestibule_application::caller::{Caller, member_actor};
use vestibule_application::ports::store::{EnvironmentLine, MemberVisit};
use vestibule_application::team_chronicle::Acting;
use vestibule_domain::Instant;
use vestibule_domain::audit::{Actor, Origin};
use vestibule_domain::id::{EnvironmentId, Id};
use vestibule_domain::member::MemberRole;
use vestibule_domain::secret::MemberSessionToken;

use super::Dashboard;
use super::cookie::session_token;
use super::failure::Failure;
use super::form::Sent;
use super::theme::Theme;
use super::view::shell::{Area, Place, Shell};
use crate::pages::forgery::{form_token, is_form_token};
use crate::transport::origin_of;

/// What form tokens of the dashboard are told apart by.
const SURFACE: &str = "dashboard";

/// An id in an address; what is none names nothing.
pub(super) fn id<I: Id>(raw: &str) -> Result<I, Failure> {
    raw.parse().map_err(|_| Failure::NotFound)
}

/// A member who is signed in.
pub(super) struct Operator {
    pub(super) visit: MemberVisit,
    pub(super) now: Instant,
    token: MemberSessionToken,
    theme: Theme,
    /// Where they act from, for the audit trail.
    origin: Origin,
    /// Where the page is, for what leads back to it.
    path: String,
}

impl Operator {
    /// Who sends a request, if they are signed in.
    pub(super) async fn find(dashboard: &Dashboard, request: &HttpRequest) -> Result<Option<Self>, Failure> {
        let settings = &dashboard.app.settings;
        let Some(token) = session_token(request, settings) else { return Ok(None) };
        let now = dashboard.app.ambient.now();
        let visit = dashboard.app.store.queries().member_visit(&token.digest()).await?;
        let theme = Theme::of(request, settings);
        let path = request.uri().path().to_owned();
        let origin = origin_of(&dashboard.app, request);
        let live = visit.filter(|visit| visit.session.live(now));
        Ok(live.map(|visit| Self { visit, now, token, theme, origin, path }))
    }

    /// The token of this session's forms.
    pub(super) fn form_token(&self) -> String {
        form_token(SURFACE, self.token.expose())
    }

    /// Whether a form carries this session's token.
    pub(super) fn is_form_token(&self, given: &str) -> bool {
        is_form_token(SURFACE, self.token.expose(), Some(given))
    }

    /// An environment of the member's team; any other does not exist for them.
    pub(super) fn environment(&self, raw: &str) -> Result<&EnvironmentLine, Failure> {
        let id: EnvironmentId = id(raw)?;
        self.visit.environments.iter().find(|line| line.id == id).ok_or(Failure::NotFound)
    }

    /// What an address names: a thing of an environment of the member's team.
    pub(super) fn place<I: Id>(
        &self,
        environment: &str,
        raw: &str,
    ) -> Result<(&EnvironmentLine, I), Failure> {
        Ok((self.environment(environment)?, id(raw)?))
    }

    /// The member as use cases want to know them, in an environment of their team.
    pub(super) async fn caller(&self, dashboard: &Dashboard, id: EnvironmentId) -> Result<Caller, Failure> {
        let environment = dashboard.app.store.queries().environment(id).await?.ok_or(Failure::NotFound)?;
        let caller = Caller::from_member(&self.visit.member, environment).ok_or(Failure::NotFound)?;
        Ok(caller.acting_from(self.origin.clone()))
    }

    /// The member for the audit trail, with where they act from.
    pub(super) fn actor(&self) -> Actor {
        Actor { origin: Some(self.origin.clone()), ..member_actor(&self.visit.member) }
    }

    /// Refuses whoever is no admin of the team.
    pub(super) fn admin(&self) -> Result<(), Failure> {
        match self.visit.member.role {
            MemberRole::Admin => Ok(()),
            MemberRole::Member => Err(Failure::AdminsOnly),
        }
    }

    /// The member as changes of the team's people want to know them, and where they sit.
    pub(super) fn acting(&self) -> Acting {
        Acting::new(&self.visit.member, self.origin.ip_address.clone())
    }

    /// What surrounds a page of the account or of the team.
    pub(super) fn shell_of(&self, place: Place) -> Shell {
        Shell::outside(&self.visit, place, self.form_token(), self.theme.as_str(), &self.path)
    }

    /// What surrounds a page of an environment.
    pub(super) fn shell(&self, environment: &EnvironmentLine, area: Area) -> Shell {
        Shell::new(
            &self.visit,
            Some(environment.id),
            area,
            self.form_token(),
            self.theme.as_str(),
            &self.path,
        )
    }
}

impl FromRequest for Operator {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let dashboard = request.app_data::<Data<Dashboard>>().ok_or(Failure::NotFound)?;
            Self::find(dashboard, &request).await?.ok_or(Failure::SignedOut)
        })
    }
}

/// A form that a member sent from a page of their session: whatever changes something takes it, and
/// so cannot be reached by a form without the session's token.
pub(super) struct Signed {
    pub(super) operator: Operator,
    pub(super) form: Sent,
}

impl FromRequest for Signed {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let operator = Operator::from_request(request, payload);
        let form = Form::<Vec<(String, String)>>::from_request(request, payload);
        Box::pin(async move {
            let operator = operator.await?;
            let form = Sent::new(form.await?.into_inner());
            if operator.is_form_token(form.one("form_token")) {
                Ok(Self { operator, form })
            } else {
                Err(Failure::FormToken.into())
            }
        })
    }
}
