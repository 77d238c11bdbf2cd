//! The log of sign-ins: of an environment, or of one customer.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_domain::id::{OrganizationId, SsoSessionId};
use vestibule_domain::organization::Organization;
use vestibule_domain::sso::session::Standing;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::operator::Operator;
use super::organization::{self, head};
use super::organizations;
use super::view::head::Tab;
use super::view::sessions::{AttemptPage, AttemptsPage, OrganizationLink};
use super::view::shell::{Area, area_href};
use crate::pages::paging::{Position, Ways};
use crate::portal::session_log::{Narrowing, findings, line, standing_word};

/// How many attempts stand on a page.
const ROWS_MAX: u16 = 25;

/// How the list is narrowed, and from where it is read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(flatten)]
    narrowing: Narrowing,
    organization: Option<String>,
    #[serde(flatten)]
    position: Position,
    /// The test that a browser comes back from.
    sso_session_id: Option<String>,
}

impl Wanted {
    fn ended_test(&self) -> Option<SsoSessionId> {
        self.sso_session_id.as_deref().and_then(|raw| raw.parse().ok())
    }

    fn organization(&self) -> Option<OrganizationId> {
        self.organization.as_deref().and_then(|raw| raw.parse().ok())
    }
}

/// Lists attempts.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    if let Some(id) = wanted.ended_test() {
        return Ok(see_other(&format!("{}/{id}", area_href(environment.id, Area::Sessions))));
    }
    let organization = match wanted.organization() {
        None => None,
        Some(id) => Some(organization::find(&dashboard, environment, id).await?.organization),
    };
    render(&dashboard, &operator, environment, organization.as_ref(), &wanted).await
}

/// Lists attempts of a customer's people.
pub(super) async fn list_of(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let organization = organization::find(&dashboard, environment, id).await?.organization;
    render(&dashboard, &operator, environment, Some(&organization), &wanted).await
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    organization: Option<&Organization>,
    Wanted { narrowing, position, .. }: &Wanted,
) -> Result<HttpResponse, Failure> {
    let filter = narrowing.filter(organization.map(|of| of.id), operator.now);
    let request = position.request(ROWS_MAX).map_err(Failure::internal)?;
    let found = dashboard.app.store.queries().sso_sessions(environment.id, &filter, request).await?;
    let sessions_href = area_href(environment.id, Area::Sessions);
    let list_href = organization.map_or_else(
        || sessions_href.clone(),
        |of| Tab::Sessions.href(&organizations::href(environment.id, of.id)),
    );
    let narrowed = [("standing", narrowing.standing().map(Standing::as_str)), ("email", narrowing.email())];
    let Ways { newer_href, older_href } = Ways::from(&found, |line| line.id, &list_href, &narrowed);
    let area = if organization.is_some() { Area::Organizations } else { Area::Sessions };
    let content = AttemptsPage {
        shell: operator.shell(environment, area),
        head: organization.map(|of| head(environment, of, Tab::Sessions)),
        rows: found.items.iter().map(|found| line(found, format!("{sessions_href}/{}", found.id))).collect(),
        standings: narrowing.standings(),
        email: narrowing.email().unwrap_or_default().to_owned(),
        narrowed: filter.standing.is_some() || filter.email.is_some(),
        newer_href,
        older_href,
        list_href,
    };
    page(StatusCode::OK, &content)
}

/// Shows all about one.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, id): (_, SsoSessionId) = operator.place(&path.0, &path.1)?;
    let queries = dashboard.app.store.queries();
    let session = queries.sso_session(environment.id, id).await?.ok_or(Failure::NotFound)?;
    let organization = match session.organization_id {
        None => None,
        Some(id) => queries.organization(environment.id, id).await?.map(|view| view.organization),
    };
    let standing = session.standing(operator.now);
    let failure = session.state.failure();
    let content = AttemptPage {
        shell: operator.shell(environment, Area::Sessions),
        list_href: area_href(environment.id, Area::Sessions),
        organization: organization.as_ref().map(|found| link(environment, found)),
        standing: standing.as_str(),
        standing_word: standing_word(standing),
        error: failure.map(|failure| failure.code.as_str()),
        message: failure.map(|failure| failure.message.clone()),
        found: findings(&session, None),
    };
    page(StatusCode::OK, &content)
}

fn link(environment: &EnvironmentLine, organization: &Organization) -> OrganizationLink {
    OrganizationLink {
        id: organization.id.to_string(),
        name: organization.name.to_string(),
        href: organizations::href(environment.id, organization.id),
    }
}
