//! The events of an environment, with what receivers get.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use url::form_urlencoded;
use vestibule_application::ports::store::EventFilter;
use vestibule_domain::event::{Event, EventName};
use vestibule_domain::id::EventId;
use vestibule_domain::page::{Cursor, Order, PageLimit, PageRequest};
use vestibule_wire::event::EventJson;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::page;
use super::failure::Failure;
use super::operator::Operator;
use super::view::events::{EventRow, EventsPage};
use super::view::shell::{Area, area_href};

/// How many events stand on a page; each comes with its payload.
const ROWS_MAX: u16 = 20;

/// How the list is narrowed, and from where it is read. What is not understood is as if it were not
/// there.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    name: Option<String>,
    after: Option<String>,
    before: Option<String>,
}

impl Wanted {
    fn name(&self) -> Option<EventName> {
        self.name.as_deref().and_then(|raw| EventName::parse(raw.trim()).ok())
    }

    fn cursor(&self) -> Option<Cursor<EventId>> {
        let id = |raw: &Option<String>| raw.as_deref().and_then(|raw| raw.parse().ok());
        id(&self.after).map(Cursor::After).or_else(|| id(&self.before).map(Cursor::Before))
    }

    fn href(&self, list: &str, name: &str, id: EventId) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(wanted) = self.name() {
            query.append_pair("name", wanted.as_str());
        }
        query.append_pair(name, &id.to_string());
        format!("{list}?{}", query.finish())
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
    let filter = EventFilter { names: name.iter().cloned().collect(), ..EventFilter::default() };
    let limit = PageLimit::new(ROWS_MAX).map_err(Failure::internal)?;
    let request = PageRequest { limit, order: Order::Descending, cursor: wanted.cursor() };
    let found = dashboard.app.store.queries().events(environment.id, &filter, request).await?;
    let list_href = area_href(environment.id, Area::Events);
    let newest = found.items.first().map(|event| event.id).filter(|_| found.has_previous);
    let oldest = found.items.last().map(|event| event.id).filter(|_| found.has_next);
    let content = EventsPage {
        shell: operator.shell(environment, Area::Events),
        name: name.map(|name| name.as_str().to_owned()).unwrap_or_default(),
        rows: found.items.iter().map(row).collect::<Result<_, _>>()?,
        newer_href: newest.map(|id| wanted.href(&list_href, "before", id)),
        older_href: oldest.map(|id| wanted.href(&list_href, "after", id)),
        list_href,
    };
    page(StatusCode::OK, &content)
}

fn row(event: &Event) -> Result<EventRow, Failure> {
    Ok(EventRow {
        name: event.fact.name(),
        at: Moment::of(event.created_at),
        payload: serde_json::to_string_pretty(&EventJson::new(event)).map_err(Failure::internal)?,
    })
}
