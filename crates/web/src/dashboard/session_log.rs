//! The log of sign-ins: of an environment, or of one customer.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use time::format_description::well_known::Iso8601;
use time::{Date, Duration};
use vestibule_application::ports::store::{EnvironmentLine, SsoSessionFilter};
use vestibule_domain::Instant;
use vestibule_domain::id::{ConnectionId, OrganizationId, SsoSessionId};
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

/// How many attempts stand on a page: of more, the page would be heavier than 15 KiB.
const ROWS_MAX: u16 = 18;

/// Fewest characters of an address by which people are looked for: fewer fit too many.
const EMAIL_CHARS_MIN: usize = 3;

/// How the list is narrowed, and from where it is read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(flatten)]
    narrowing: Narrowing,
    organization: Option<String>,
    connection: Option<String>,
    from: Option<String>,
    until: Option<String>,
    #[serde(flatten)]
    position: Position,
    /// The test that a browser comes back from.
    sso_session_id: Option<String>,
}

impl Wanted {
    fn ended_test(&self) -> Option<SsoSessionId> {
        self.sso_session_id.as_deref().and_then(|raw| raw.parse().ok())
    }

    fn connection(&self) -> Option<ConnectionId> {
        self.connection.as_deref().and_then(|raw| raw.parse().ok())
    }

    /// The first day that is wanted.
    fn from(&self) -> Option<Date> {
        self.from.as_deref().and_then(day)
    }

    /// The last day that is wanted.
    fn until(&self) -> Option<Date> {
        self.until.as_deref().and_then(day)
    }

    /// Whom the attempts belong to, when they began, and how they read.
    fn filter(&self, of: Option<OrganizationId>, now: Instant) -> SsoSessionFilter {
        let filter = self.narrowing.filter(of, now);
        SsoSessionFilter {
            connection_id: self.connection(),
            // Whoever looks for a person types until there are few.
            email_prefix: filter.email.filter(|typed| typed.chars().count() >= EMAIL_CHARS_MIN),
            email: None,
            from: self.from().map(|day| day.midnight().assume_utc()),
            until: self.until().and_then(|day| {
                let next = day.next_day()?.midnight().assume_utc();
                Some(next - Duration::MICROSECOND)
            }),
            ..filter
        }
    }

    fn organization(&self) -> Option<OrganizationId> {
        self.organization.as_deref().and_then(|raw| raw.parse().ok())
    }
}

/// A day as forms send it.
fn day(raw: &str) -> Option<Date> {
    Date::parse(raw, &Iso8601::DATE).ok()
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
    wanted: &Wanted,
) -> Result<HttpResponse, Failure> {
    let Wanted { narrowing, position, .. } = wanted;
    let filter = wanted.filter(organization.map(|of| of.id), operator.now);
    let request = position.request(ROWS_MAX).map_err(Failure::internal)?;
    let found = dashboard.app.store.queries().sso_sessions(environment.id, &filter, request).await?;
    let sessions_href = area_href(environment.id, Area::Sessions);
    let list_href = organization.map_or_else(
        || sessions_href.clone(),
        |of| Tab::Sessions.href(&organizations::href(environment.id, of.id)),
    );
    let through = wanted.connection().map(|id| id.to_string());
    let [from, until] = [wanted.from(), wanted.until()].map(|day| day.map(|day| day.to_string()));
    let narrowed = [
        ("connection", through.as_deref()),
        ("from", from.as_deref()),
        ("until", until.as_deref()),
        ("standing", narrowing.standing().map(Standing::as_str)),
        ("email", narrowing.email()),
    ];
    let Ways { newer_href, older_href } = Ways::from(&found, |line| line.id, &list_href, &narrowed);
    let area = if organization.is_some() { Area::Organizations } else { Area::Sessions };
    let everything = SsoSessionFilter::all(operator.now);
    let content = AttemptsPage {
        shell: operator.shell(environment, area),
        head: organization.map(|of| head(environment, of, Tab::Sessions)),
        rows: found.items.iter().map(|found| line(found, format!("{sessions_href}/{}", found.id))).collect(),
        standings: narrowing.standings(),
        email: narrowing.email().unwrap_or_default().to_owned(),
        narrowed: filter != (SsoSessionFilter { organization_id: filter.organization_id, ..everything }),
        connection: through.unwrap_or_default(),
        from: from.unwrap_or_default(),
        until: until.unwrap_or_default(),
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
