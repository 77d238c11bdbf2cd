//! The audit trail: who did what.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use vestibule_application::ports::store::{AuditFilter, EnvironmentLine};
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::id::OrganizationId;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::page;
use super::failure::Failure;
use super::operator::Operator;
use super::organizations;
use super::view::shell::{Area, area_href};
use super::view::trail::{DetailView, TrailPage, TrailRow};
use crate::pages::paging::{Position, Ways};

/// How many entries stand on a page.
const ROWS_MAX: u16 = 50;

/// How the list is narrowed, and from where it is read. What is not understood is as if it were not
/// there.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    organization: Option<String>,
    #[serde(flatten)]
    position: Position,
}

impl Wanted {
    fn organization(&self) -> Option<OrganizationId> {
        self.organization.as_deref().and_then(|raw| raw.parse().ok())
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
    let request = wanted.position.request(ROWS_MAX).map_err(Failure::internal)?;
    let found = dashboard.app.store.queries().audit_trail(environment.id, &filter, request).await?;
    let list_href = area_href(environment.id, Area::Trail);
    let organization = filter.organization_id.map(|id| id.to_string());
    let narrowed = [("organization", organization.as_deref())];
    let Ways { newer_href, older_href } = Ways::from(&found, |entry| entry.id, &list_href, &narrowed);
    let content = TrailPage {
        shell: operator.shell(environment, Area::Trail),
        narrowed: filter.organization_id.is_some(),
        rows: found.items.iter().map(|entry| row(environment, entry)).collect(),
        newer_href,
        older_href,
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
