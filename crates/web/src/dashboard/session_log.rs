//! The log of sign-ins: of an environment, or of one customer.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use url::form_urlencoded;
use vestibule_application::ports::store::{EnvironmentLine, SsoSessionFilter, SsoSessionLine};
use vestibule_domain::email::EMAIL_BYTES_MAX;
use vestibule_domain::id::{OrganizationId, SsoSessionId};
use vestibule_domain::organization::Organization;
use vestibule_domain::page::{Cursor, Order, PageLimit, PageRequest};
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::Standing;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::operator::Operator;
use super::organizations;
use super::view::sessions::{AttemptPage, AttemptRow, AttemptsPage, OrganizationLink};
use super::view::shell::{Area, area_href};
use crate::portal::session_log::{detail, origin_word, standing_word};
use crate::portal::view::session::ChoiceView;

/// How many attempts stand on a page.
const ROWS_MAX: u16 = 25;

/// How the list is narrowed, and from where it is read. What is not understood is as if it were not
/// there: an address that somebody kept must not end in an error.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    organization: Option<String>,
    standing: Option<String>,
    email: Option<String>,
    after: Option<String>,
    before: Option<String>,
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

    fn standing(&self) -> Option<Standing> {
        self.standing.as_deref().and_then(Standing::parse)
    }

    fn email(&self) -> Option<&str> {
        let email = self.email.as_deref().map(str::trim)?;
        let plain = !email.is_empty() && email.len() <= EMAIL_BYTES_MAX && !email.contains(char::is_control);
        plain.then_some(email)
    }

    fn cursor(&self) -> Option<Cursor<SsoSessionId>> {
        let id = |raw: &Option<String>| raw.as_deref().and_then(|raw| raw.parse().ok());
        id(&self.after).map(Cursor::After).or_else(|| id(&self.before).map(Cursor::Before))
    }

    fn href(&self, list: &str, name: &str, id: SsoSessionId) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(organization) = self.organization() {
            query.append_pair("organization", &organization.to_string());
        }
        if let Some(standing) = self.standing() {
            query.append_pair("standing", standing.as_str());
        }
        if let Some(email) = self.email() {
            query.append_pair("email", email);
        }
        query.append_pair(name, &id.to_string());
        format!("{list}?{}", query.finish())
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
    let queries = dashboard.app.store.queries();
    let organization = match wanted.organization() {
        None => None,
        Some(id) => {
            Some(queries.organization(environment.id, id).await?.ok_or(Failure::NotFound)?.organization)
        }
    };
    let filter = SsoSessionFilter {
        organization_id: wanted.organization(),
        standing: wanted.standing(),
        email: wanted.email().map(str::to_lowercase),
        ..SsoSessionFilter::all(operator.now)
    };
    let limit = PageLimit::new(ROWS_MAX).map_err(Failure::internal)?;
    let request = PageRequest { limit, order: Order::Descending, cursor: wanted.cursor() };
    let found = queries.sso_sessions(environment.id, &filter, request).await?;
    let list_href = area_href(environment.id, Area::Sessions);
    let newest = found.items.first().map(|line| line.id).filter(|_| found.has_previous);
    let oldest = found.items.last().map(|line| line.id).filter(|_| found.has_next);
    let choice = |standing| ChoiceView {
        value: Standing::as_str(standing),
        label: standing_word(standing),
        chosen: wanted.standing() == Some(standing),
    };
    let content = AttemptsPage {
        shell: operator.shell(environment, Area::Sessions),
        organization: organization.as_ref().map(|found| link(environment, found)),
        rows: found.items.iter().map(|line| row(environment, line)).collect(),
        standings: Standing::ALL.map(choice).into(),
        email: wanted.email().unwrap_or_default().to_owned(),
        narrowed: filter.standing.is_some() || filter.email.is_some(),
        newer_href: newest.map(|id| wanted.href(&list_href, "before", id)),
        older_href: oldest.map(|id| wanted.href(&list_href, "after", id)),
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
    let record = &session.record;
    let content = AttemptPage {
        shell: operator.shell(environment, Area::Sessions),
        list_href: area_href(environment.id, Area::Sessions),
        organization: organization.as_ref().map(|found| link(environment, found)),
        standing: standing.as_str(),
        standing_word: standing_word(standing),
        error: failure.map(|failure| failure.code.as_str()),
        message: failure.map(|failure| failure.message.clone()),
        checks: record.checks.iter().map(detail::check).collect(),
        person: record.person.as_ref().map(|person| detail::facts_of(person, None)).unwrap_or_default(),
        asserted: record.asserted.as_ref().map(detail::asserted),
        messages: record.messages.iter().map(detail::message).collect(),
        facts: detail::facts(&session),
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

fn row(environment: &EnvironmentLine, line: &SsoSessionLine) -> AttemptRow {
    AttemptRow {
        href: format!("{}/{}", area_href(environment.id, Area::Sessions), line.id),
        at: Moment::of(line.started_at),
        email: line.email.clone(),
        standing: line.standing.as_str(),
        standing_word: standing_word(line.standing),
        origin: origin_word(line.origin),
        error: line.failure.map(FailureCode::as_str),
    }
}
