//! Lists of organizations and connections, with their domains.
//!
//! First the ids of the page, from an index alone; then their rows and domains in one round trip.
//! So a search sorts what matches by ids and nothing else, however much matches.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use vestibule_application::ports::store::{
    ConnectionFilter, ConnectionView, NeedAt, OrganizationFilter, OrganizationView, StoreResult,
};
use vestibule_domain::attention::{FAILING_FOR, Need, ends_soon_by, stuck_by};
use vestibule_domain::connection::Connection;
use vestibule_domain::id::{ConnectionId, EnvironmentId, OrganizationId};
use vestibule_domain::organization::Organization;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::page::{Page, PageRequest};

use super::super::dialect::{Db, together};
use super::keyset::keyset;
use super::queries::{SqlQueries, loaded};
use super::rows::{ConnectionRow, DomainRow, OrganizationRow};
use super::schema::{connections, organization_domains, organizations};
use crate::fault::store_error;
use crate::folded;
use crate::parse::instant;

/// The state of organizations without a connection, as the migrations write it.
const NO_CONNECTION: &str = "none";

impl SqlQueries {
    pub(super) async fn organizations_page(
        &self,
        environment: EnvironmentId,
        filter: &OrganizationFilter,
        page: PageRequest<OrganizationId>,
    ) -> StoreResult<Page<OrganizationView>> {
        let mut conn = self.conn().await?;
        let mut query = organizations::table
            .filter(organizations::environment_id.eq(environment.to_string()))
            .select(organizations::id)
            .into_boxed::<Db>();
        if !filter.domains.is_empty() {
            let domains: Vec<_> = filter.domains.iter().map(|domain| domain.as_str().to_owned()).collect();
            let with_any = organization_domains::table
                .filter(organization_domains::environment_id.eq(environment.to_string()))
                .filter(organization_domains::domain.eq_any(domains))
                .select(organization_domains::organization_id);
            query = query.filter(organizations::id.eq_any(with_any));
        }
        if let Some(search) = &filter.search {
            let Some((from, until)) = folded::range(search) else { return Ok(page.page(Vec::new())) };
            query = query.filter(organizations::name_folded.ge(from));
            if let Some(until) = until {
                query = query.filter(organizations::name_folded.lt(until));
            }
        }
        if let Some(NeedAt { need, now }) = filter.need {
            query = match need {
                Need::Connection => query.filter(organizations::sso.eq(NO_CONNECTION)),
                Need::Domain => query.filter(organizations::unproven_domains.gt(0)),
                Need::SetUp => query.filter(organizations::set_up_moved_at.le(instant(stuck_by(now)))),
                Need::SignIns => query.filter(organizations::failing_at.ge(instant(now - FAILING_FOR))),
                Need::Certificate => {
                    query.filter(organizations::certificate_end.le(instant(ends_soon_by(now))))
                }
            };
        }
        let ids: Vec<String> = match filter.need.map(|at| at.need) {
            // By their time, which goes with the age of the organization: whoever walks the newest
            // first, until enough of them fit, walks past nearly all. So those that fit are found
            // first, from the index alone, and sorted by what no index has.
            Some(Need::Certificate) => {
                let query = keyset!(query, organizations::id, page, organizations::id.concat(""));
                loaded("organizations", &mut conn, query).await?
            }
            _ => loaded("organizations", &mut conn, keyset!(query, organizations::id, page)).await?,
        };
        let listed = page.page(ids);
        if listed.items.is_empty() {
            return Ok(page.page(Vec::new()));
        }
        let rows = organizations::table
            .filter(organizations::id.eq_any(listed.items.clone()))
            .select(OrganizationRow::as_select());
        let domains = organization_domains::table
            .filter(organization_domains::organization_id.eq_any(listed.items.clone()))
            .order(organization_domains::id)
            .select(DomainRow::as_select());
        let found: QueryResult<(Vec<OrganizationRow>, Vec<DomainRow>)> = together!(conn, rows, domains);
        let (rows, domains) = found.map_err(|error| store_error("organizations", error))?;
        let mut domains = by_organization(domains)?;
        let rows = in_order_of(&listed.items, rows, |row| &row.id);
        let view = |row: OrganizationRow| {
            let organization = Organization::try_from(row)?;
            let domains = domains.remove(&organization.id).unwrap_or_default();
            Ok(OrganizationView { organization, domains })
        };
        let items = rows.into_iter().map(view).collect::<StoreResult<_>>()?;
        Ok(Page { items, has_previous: listed.has_previous, has_next: listed.has_next })
    }

    pub(super) async fn connections_page(
        &self,
        environment: EnvironmentId,
        filter: &ConnectionFilter,
        page: PageRequest<ConnectionId>,
    ) -> StoreResult<Page<ConnectionView>> {
        let mut conn = self.conn().await?;
        let mut query = connections::table
            .filter(connections::environment_id.eq(environment.to_string()))
            .filter(connections::organization_id.is_not_null())
            .select(connections::id)
            .into_boxed::<Db>();
        if let Some(kind) = filter.connection_type {
            query = query.filter(connections::connection_type.eq(kind.as_str()));
        }
        if let Some(organization) = filter.organization_id {
            query = query.filter(connections::organization_id.eq(organization.to_string()));
        }
        if let Some(domain) = &filter.domain {
            let with_it = organization_domains::table
                .filter(organization_domains::environment_id.eq(environment.to_string()))
                .filter(organization_domains::domain.eq(domain.as_str().to_owned()))
                .select(organization_domains::organization_id);
            query = query.filter(connections::organization_id.eq_any(with_it));
        }
        if let Some(search) = &filter.search {
            let Some((from, until)) = folded::range(search) else { return Ok(page.page(Vec::new())) };
            query = query.filter(connections::name_folded.ge(from));
            if let Some(until) = until {
                query = query.filter(connections::name_folded.lt(until));
            }
        }
        let ids: Vec<String> =
            loaded("connections", &mut conn, keyset!(query, connections::id, page)).await?;
        let listed = page.page(ids);
        if listed.items.is_empty() {
            return Ok(page.page(Vec::new()));
        }
        let wanted = connections::table.filter(connections::id.eq_any(listed.items.clone()));
        let domains = organization_domains::table
            .filter(
                organization_domains::organization_id
                    .eq_any(wanted.clone().select(connections::organization_id)),
            )
            .order(organization_domains::id)
            .select(DomainRow::as_select());
        let rows = wanted.select(ConnectionRow::as_select());
        let found: QueryResult<(Vec<ConnectionRow>, Vec<DomainRow>)> = together!(conn, rows, domains);
        let (rows, domains) = found.map_err(|error| store_error("connections", error))?;
        // An organization has at most one connection, so each takes its domains with it.
        let mut domains = by_organization(domains)?;
        let rows = in_order_of(&listed.items, rows, |row| &row.id);
        let view = |row: ConnectionRow| {
            let connection = Connection::try_from(row)?;
            let domains = domains.remove(&connection.organization_id).unwrap_or_default();
            Ok(ConnectionView { connection, domains })
        };
        let items = rows.into_iter().map(view).collect::<StoreResult<_>>()?;
        Ok(Page { items, has_previous: listed.has_previous, has_next: listed.has_next })
    }
}

/// Domains by organization, in the order they came.
fn by_organization(rows: Vec<DomainRow>) -> StoreResult<HashMap<OrganizationId, Vec<OrganizationDomain>>> {
    let mut domains: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        let domain = OrganizationDomain::try_from(row)?;
        domains.entry(domain.organization_id).or_default().push(domain);
    }
    Ok(domains)
}

/// Rows in the order of their ids in a page. One that was removed since is left out.
pub(super) fn in_order_of<Row>(ids: &[String], mut rows: Vec<Row>, id: impl Fn(&Row) -> &String) -> Vec<Row> {
    let places: HashMap<&String, usize> = ids.iter().enumerate().map(|(place, id)| (id, place)).collect();
    rows.sort_by_key(|row| places.get(id(row)).copied());
    rows
}
