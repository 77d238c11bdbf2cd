//! The events of an environment, with what receivers get.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use vestibule_application::ports::store::EventFilter;
use vestibule_domain::event::{Event, EventName};
use vestibule_domain::id::{EnvironmentId, OrganizationId};
use vestibule_domain::page::PAGE_LIMIT_MAX;
use vestibule_wire::event::EventJson;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::page;
use super::deliveries::delivery_href;
use super::failure::Failure;
use super::operator::Operator;
use super::view::events::{EventRow, EventsPage, ToldView};
use super::view::shell::{Area, area_href};
use super::webhooks;
use crate::pages::paging::{Position, Ways};

/// How many events stand on a page; each comes with its payload, and of more, the page would be
/// heavier than 15 KiB.
const ROWS_MAX: u16 = 5;

/// How the list is narrowed, and from where it is read. What is not understood is as if it were not
/// there.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    name: Option<String>,
    organization: Option<String>,
    #[serde(flatten)]
    position: Position,
}

impl Wanted {
    fn name(&self) -> Option<EventName> {
        self.name.as_deref().and_then(|raw| EventName::parse(raw.trim()).ok())
    }

    fn organization(&self) -> Option<OrganizationId> {
        self.organization.as_deref().and_then(|raw| raw.trim().parse().ok())
    }
}

/// Lists events.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    let name = wanted.name();
    let of = wanted.organization();
    let filter =
        EventFilter { names: name.iter().cloned().collect(), organization_id: of, ..EventFilter::default() };
    let request = wanted.position.request(ROWS_MAX).map_err(Failure::internal)?;
    let queries = dashboard.app.store.queries();
    let found = queries.events(environment.id, &filter, request).await?;
    let ids: Vec<_> = found.items.iter().map(|event| event.id).collect();
    // An environment has fewer endpoints than a page has lines.
    let all = Position::default().request(PAGE_LIMIT_MAX).map_err(Failure::internal)?;
    let (deliveries, endpoints) = tokio::try_join!(
        queries.deliveries_of(environment.id, &ids),
        queries.webhook_endpoints(environment.id, all),
    )?;
    let sent = |event: &Event| {
        let of_event = deliveries.iter().filter(|delivery| delivery.event_id == event.id);
        let told = of_event.filter_map(|delivery| {
            let endpoint = endpoints.items.iter().find(|endpoint| endpoint.id == delivery.endpoint_id)?;
            Some(ToldView {
                url: endpoint.url.to_string(),
                state: delivery.state.as_str(),
                href: delivery_href(&webhooks::href(environment.id, endpoint.id), delivery.id),
            })
        });
        told.collect()
    };
    let list_href = area_href(environment.id, Area::Events);
    let of = of.map(|id| id.to_string());
    let narrowed = [("name", name.as_ref().map(EventName::as_str)), ("organization", of.as_deref())];
    let Ways { newer_href, older_href } = Ways::from(&found, |event| event.id, &list_href, &narrowed);
    let content = EventsPage {
        shell: operator.shell(environment, Area::Events),
        name: name.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default(),
        narrowed: name.is_some() || of.is_some(),
        organization: of.unwrap_or_default(),
        rows: found
            .items
            .iter()
            .map(|event| row(environment.id, event, sent(event)))
            .collect::<Result<_, _>>()?,
        newer_href,
        older_href,
        list_href,
    };
    page(StatusCode::OK, &content)
}

fn row(environment: EnvironmentId, event: &Event, told: Vec<ToldView>) -> Result<EventRow, Failure> {
    let organizations = area_href(environment, Area::Organizations);
    Ok(EventRow {
        id: event.id.to_string(),
        organization_href: event.organization_id.map(|id| format!("{organizations}/{id}")),
        told,
        name: event.fact.name(),
        at: Moment::of(event.created_at),
        payload: serde_json::to_string_pretty(&EventJson::new(event)).map_err(Failure::internal)?,
    })
}
