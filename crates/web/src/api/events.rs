//! Events: what webhooks tell, to be asked for.

use actix_web::HttpResponse;
use actix_web::web::Data;
use time::Duration;
use vestibule_application::ports::store::EventFilter;
use vestibule_domain::event::{Event, EventName};
use vestibule_domain::id::EventId;
use vestibule_domain::page::Order;
use vestibule_wire::event::EventJson;
use vestibule_wire::timestamp::Timestamp;

use crate::app::App;
use crate::transport::{ApiCaller, Fields, List, Listing, Methods, PageParams, Params, Problem, Routes};

/// The longest time that one query may span.
///
/// Source: api/workos-wire-contract.md, section 12.
const RANGE_MAX: Duration = Duration::days(30);

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/events", Methods::new().get(list));
}

/// List events
///
/// Oldest first unless told otherwise. Whoever passes the last id they saw as `after` misses
/// nothing and sees nothing twice, however many units of work overlap.
#[utoipa::path(get, path = "/events", tag = "Events",
    params(
        PageParams,
        ("events" = Option<String>, Query, description = "With any of these names, comma-joined; any name without"),
        ("range_start" = Option<String>, Query, description = "Not before, as 2026-01-02T03:04:05.678Z"),
        ("range_end" = Option<String>, Query, description = "Not after; at most 30 days behind `range_start`"),
        ("organization_id" = Option<String>, Query, description = "Of this organization"),
    ),
    responses(
        (status = 200, description = "A page", body = List<EventJson>),
        (status = 422, description = "A parameter is wrong"),
    ))]
pub(crate) async fn list(app: Data<App>, api: ApiCaller, params: Params) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::new();
    let listing: Listing<EventId> = params.listing_in(&mut fields, Order::Ascending);
    let filter = filter(&params, &mut fields);
    fields.finish()?;
    let page = app.store.queries().events(api.environment_id(), &filter, listing.page).await?;
    let id = |event: &Event| event.id.to_string();
    Ok(HttpResponse::Ok().json(List::of(&listing, page, id, |event| EventJson::new(&event))))
}

fn filter(params: &Params, fields: &mut Fields) -> EventFilter {
    let asked = params.array(fields, "events");
    let names = fields.each("events", asked, EventName::parse);
    let mut instant = |name| fields.optional(name, params.one(name), Timestamp::parse).map(|at| at.0);
    let (from, until) = (instant("range_start"), instant("range_end"));
    if let (Some(from), Some(until)) = (from, until) {
        if until < from {
            fields.wrong("range_end", "must not lie before range_start");
        } else if until - from > RANGE_MAX {
            let days = RANGE_MAX.whole_days();
            fields.wrong("range_end", format_args!("must lie at most {days} days after range_start"));
        }
    }
    let organization_id = params.parsed(fields, "organization_id");
    EventFilter { names, organization_id, from, until }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_fault(query: &str) -> Vec<String> {
        let mut fields = Fields::new();
        let _ = filter(&Params::parse(query), &mut fields);
        match fields.finish() {
            Ok(()) => Vec::new(),
            Err(problem) => problem.errors().iter().map(|error| error.field.clone()).collect(),
        }
    }

    #[test]
    fn a_query_spans_thirty_days_at_most() {
        let span = |end: &str| at_fault(&format!("range_start=2026-01-01T00:00:00.000Z&range_end={end}"));
        assert_eq!(span("2026-01-01T00:00:00.000Z"), [""; 0]);
        assert_eq!(span("2026-01-31T00:00:00.000Z"), [""; 0]);
        assert_eq!(span("2026-01-31T00:00:00.001Z"), ["range_end"]);
        assert_eq!(span("2025-12-31T23:59:59.999Z"), ["range_end"]);
        assert_eq!(at_fault("range_start=2020-01-01T00:00:00Z"), [""; 0], "open at one end");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert_eq!(at_fault("events=connection.activated,Nonsense"), ["events[1]"]);
        assert_eq!(at_fault("range_start=yesterday&range_end=2026-01-01"), ["range_start", "range_end"]);
        assert_eq!(at_fault("organization_id=conn_1"), ["organization_id"]);
    }
}
