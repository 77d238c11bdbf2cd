//! Events and the audit trail, in the order in which units of work became visible.
//!
//! A page stops before the first transaction that still runs, so that nothing appears behind a
//! cursor that was handed out. A cursor is an id; its place in the order is looked up.

use diesel::prelude::*;
use vestibule_application::ports::store::{AuditFilter, EventFilter, StoreResult};
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::event::Event;
use vestibule_domain::id::{AuditId, EnvironmentId, EventId};
use vestibule_domain::page::{Order, Page, PageRequest};

use super::super::dialect::{Db, settled};
use super::queries::{SqlQueries, loaded, paged};
use super::rows::{AuditRow, EventRow};
use super::schema::{audit_trail, events};
use crate::parse::instant;

/// Narrows a boxed query to a page by place in the order of commits, then by position within the
/// unit of work.
macro_rules! in_order {
    ($query:expr, $table:ident, $environment:expr, $request:expr) => {{
        let scan = $request.scan();
        let query = settled!($query, $table::commit_order);
        let shown = diesel::alias!($table as shown);
        let bound = scan.bound.map(|id| {
            let row = shown
                .filter(shown.field($table::id).eq(id.to_string()))
                .filter(shown.field($table::environment_id).eq($environment.to_string()));
            let place = shown.field($table::commit_order);
            let position = shown.field($table::unit_position);
            (row.clone().select(place).single_value(), row.select(position).single_value())
        });
        // The place alone bounds the scan of the index; the position decides within one place. An
        // unknown row has neither, and nothing compares with that: the page is empty.
        let (order, within) = ($table::commit_order.nullable(), $table::unit_position.nullable());
        let query = match (scan.order, bound) {
            (_, None) => query,
            (Order::Ascending, Some((place, position))) => {
                query.filter(order.ge(place.clone())).filter(order.gt(place).or(within.gt(position)))
            }
            (Order::Descending, Some((place, position))) => {
                query.filter(order.le(place.clone())).filter(order.lt(place).or(within.lt(position)))
            }
        };
        match scan.order {
            Order::Ascending => query.order(($table::commit_order.asc(), $table::unit_position.asc())),
            Order::Descending => query.order(($table::commit_order.desc(), $table::unit_position.desc())),
        }
        .limit(scan.rows_max)
    }};
}

impl SqlQueries {
    pub(super) async fn events_page(
        &self,
        environment: EnvironmentId,
        filter: &EventFilter,
        page: PageRequest<EventId>,
    ) -> StoreResult<Page<Event>> {
        let mut conn = self.conn().await?;
        let mut query = events::table
            .filter(events::environment_id.eq(environment.to_string()))
            .select(EventRow::as_select())
            .into_boxed::<Db>();
        if !filter.names.is_empty() {
            let names: Vec<_> = filter.names.iter().map(|name| name.as_str().to_owned()).collect();
            query = query.filter(events::name.eq_any(names));
        }
        if let Some(organization) = filter.organization_id {
            query = query.filter(events::organization_id.eq(organization.to_string()));
        }
        if let Some(from) = filter.from {
            query = query.filter(events::created_at.ge(instant(from)));
        }
        if let Some(until) = filter.until {
            query = query.filter(events::created_at.le(instant(until)));
        }
        let query = in_order!(query, events, environment, page);
        paged::<EventRow, _, _>(loaded("events", &mut conn, query).await?, page)
    }

    pub(super) async fn audit_page(
        &self,
        environment: EnvironmentId,
        filter: &AuditFilter,
        page: PageRequest<AuditId>,
    ) -> StoreResult<Page<AuditEntry>> {
        let mut conn = self.conn().await?;
        let mut query = audit_trail::table
            .filter(audit_trail::environment_id.eq(environment.to_string()))
            .select(AuditRow::as_select())
            .into_boxed::<Db>();
        if !filter.actions.is_empty() {
            let actions: Vec<_> = filter.actions.iter().map(|action| action.as_str()).collect();
            query = query.filter(audit_trail::action.eq_any(actions));
        }
        if let Some(actor) = &filter.actor {
            let named = audit_trail::actor_name.eq(actor.clone());
            query = query.filter(audit_trail::actor_id.eq(actor.clone()).or(named));
        }
        if let Some(organization) = filter.organization_id {
            query = query.filter(audit_trail::organization_id.eq(organization.to_string()));
        }
        if let Some(from) = filter.from {
            query = query.filter(audit_trail::at.ge(instant(from)));
        }
        if let Some(until) = filter.until {
            query = query.filter(audit_trail::at.le(instant(until)));
        }
        let query = in_order!(query, audit_trail, environment, page);
        paged::<AuditRow, _, _>(loaded("audit_trail", &mut conn, query).await?, page)
    }
}
