//! The audit trail: who did what.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use url::form_urlencoded;
use vestibule_application::ports::store::{AuditFilter, EnvironmentLine};
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::id::{AuditId, OrganizationId};
use vestibule_domain::page::{Cursor, Order, PageLimit, PageRequest};
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::page;
use super::failure::Failure;
use super::operator::Operator;
use super::organizations;
use super::view::shell::{Area, area_href};
use super::view::trail::{DetailView, TrailPage, TrailRow};

/// How many entries stand on a page.
const ROWS_MAX: u16 = 50;

/// How the list is narrowed, and from where it is read. What is not understood is as if it were not
/// there.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    organization: Option<String>,
    after: Option<String>,
    before: Option<String>,
}

impl Wanted {
    fn organization(&self) -> Option<OrganizationId> {
        self.organization.as_deref().and_then(|raw| raw.parse().ok())
    }

    fn cursor(&self) -> Option<Cursor<AuditId>> {
        let id = |raw: &Option<String>| raw.as_deref().and_then(|raw| raw.parse().ok());
        id(&self.after).map(Cursor::After).or_else(|| id(&self.before).map(Cursor::Before))
    }

    fn href(&self, list: &str, name: &str, id: AuditId) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(organization) = self.organization() {
            query.append_pair("organization", &organization.to_string());
        }
        query.append_pair(name, &id.to_string());
        format!("{list}?{}", query.finish())
    }
}

/// Lists entries.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    let filter = AuditFilter { organization_id: wanted.organization(), ..AuditFilter::default() };
    let limit = PageLimit::new(ROWS_MAX).map_err(Failure::internal)?;
    let request = PageRequest { limit, order: Order::Descending, cursor: wanted.cursor() };
    let found = dashboard.app.store.queries().audit_trail(environment.id, &filter, request).await?;
    let list_href = area_href(environment.id, Area::Trail);
    let newest = found.items.first().map(|entry| entry.id).filter(|_| found.has_previous);
    let oldest = found.items.last().map(|entry| entry.id).filter(|_| found.has_next);
    let content = TrailPage {
        shell: operator.shell(environment, Area::Trail),
        narrowed: filter.organization_id.is_some(),
        rows: found.items.iter().map(|entry| row(environment, entry)).collect(),
        newer_href: newest.map(|id| wanted.href(&list_href, "before", id)),
        older_href: oldest.map(|id| wanted.href(&list_href, "after", id)),
        list_href,
    };
    page(StatusCode::OK, &content)
}

fn row(environment: &EnvironmentLine, entry: &AuditEntry) -> TrailRow {
    let detail = |(name, value): &(String, String)| DetailView { name: name.clone(), value: value.clone() };
    TrailRow {
        at: Moment::of(entry.at),
        action: entry.action.as_str(),
        actor_kind: entry.actor.kind.as_str(),
        actor: entry.actor.name.clone().unwrap_or_else(|| entry.actor.id.clone()),
        target: entry.target.id.clone(),
        organization_href: entry.organization_id.map(|id| organizations::href(environment.id, id)),
        details: entry.details.iter().map(detail).collect(),
    }
}
