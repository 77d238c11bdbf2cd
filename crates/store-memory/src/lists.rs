//! Lists and what they are made of.

use std::collections::BTreeSet;

use vestibule_application::ports::store::{
    ConnectionFilter, ConnectionView, DeliveryView, OrganizationFilter, OrganizationView,
};
use vestibule_domain::Instant;
use vestibule_domain::connection::Connection;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::id::{
    ConnectionId, EnvironmentId, EventId, ItContactId, OrganizationId, WebhookDeliveryId, WebhookEndpointId,
};
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::organization::Organization;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::page::{Page, PageRequest, Scan};
use vestibule_domain::text::Name;
use vestibule_domain::webhook::{DeliveryState, WebhookDelivery, WebhookEndpoint};

use crate::outbox::{Listed, Placed, PlacedIndex};
use crate::rows::{
    AttemptIndex, ConnectionIndex, ContactIndex, DeliveryIndex, DomainIndex, EndpointIndex, OrganizationIndex,
};
use crate::table::Table;
use crate::tables::Tables;

/// Whether a name begins with what is searched, without regard to case.
fn found(name: &Name, search: Option<&String>) -> bool {
    search.is_none_or(|search| name.as_str().to_lowercase().starts_with(&search.to_lowercase()))
}

impl Tables {
    /// The domains of an organization, oldest first.
    pub(crate) fn domains_of(
        &self,
        environment: EnvironmentId,
        organization: OrganizationId,
    ) -> Vec<OrganizationDomain> {
        let domains = self.domains.by(&DomainIndex::Organization(organization));
        domains.filter(|domain| domain.environment_id == environment).cloned().collect()
    }

    /// The connection of an organization.
    pub(crate) fn connection_of(
        &self,
        environment: EnvironmentId,
        organization: OrganizationId,
    ) -> Option<Connection> {
        let connection = self.connections.one(&ConnectionIndex::Organization(organization));
        connection.filter(|connection| connection.environment_id == environment).cloned()
    }

    pub(crate) fn organization_view(&self, organization: &Organization) -> OrganizationView {
        OrganizationView {
            organization: organization.clone(),
            domains: self.domains_of(organization.environment_id, organization.id),
        }
    }

    pub(crate) fn connection_view(&self, connection: &Connection) -> ConnectionView {
        ConnectionView {
            connection: connection.clone(),
            domains: self.domains_of(connection.environment_id, connection.organization_id),
        }
    }

    pub(crate) fn delivery_view(&self, delivery: &WebhookDelivery) -> DeliveryView {
        DeliveryView {
            delivery: delivery.clone(),
            attempts: self.attempts.by(&AttemptIndex::Delivery(delivery.id)).cloned().collect(),
        }
    }

    fn organizations_with(
        &self,
        environment: EnvironmentId,
        domain: &DomainName,
    ) -> BTreeSet<OrganizationId> {
        let domains = self.domains.by(&DomainIndex::Domain(environment, domain.clone()));
        domains.map(|domain| domain.organization_id).collect()
    }

    pub(crate) fn list_organizations(
        &self,
        environment: EnvironmentId,
        filter: &OrganizationFilter,
        page: PageRequest<OrganizationId>,
    ) -> Page<OrganizationView> {
        let with_domains: BTreeSet<_> =
            filter.domains.iter().flat_map(|domain| self.organizations_with(environment, domain)).collect();
        let keys = if filter.domains.is_empty() {
            self.organizations.keys(&OrganizationIndex::Environment(environment))
        } else {
            Some(&with_domains)
        };
        let wanted = |row: &Organization| {
            found(&row.name, filter.search.as_ref()) && filter.need.is_none_or(|need| self.needs(row, need))
        };
        let rows = self.organizations.scan(keys, page.scan(), wanted);
        page.page(rows).map(|organization| self.organization_view(organization))
    }

    pub(crate) fn list_connections(
        &self,
        environment: EnvironmentId,
        filter: &ConnectionFilter,
        page: PageRequest<ConnectionId>,
    ) -> Page<ConnectionView> {
        let organizations = filter.domain.as_ref().map(|domain| self.organizations_with(environment, domain));
        let wanted = |row: &Connection| {
            filter.connection_type.is_none_or(|wanted| row.connection_type == wanted)
                && filter.organization_id.is_none_or(|wanted| row.organization_id == wanted)
                && organizations.as_ref().is_none_or(|wanted| wanted.contains(&row.organization_id))
                && found(&row.name, filter.search.as_ref())
        };
        let keys = self.connections.keys(&ConnectionIndex::Environment(environment));
        let rows = self.connections.scan(keys, page.scan(), wanted);
        page.page(rows).map(|connection| self.connection_view(connection))
    }

    pub(crate) fn list_contacts(
        &self,
        environment: EnvironmentId,
        organization: OrganizationId,
        page: PageRequest<ItContactId>,
    ) -> Page<ItContact> {
        let keys = self.contacts.keys(&ContactIndex::Organization(organization));
        let wanted = |contact: &ItContact| contact.environment_id == environment;
        page.page(self.contacts.scan(keys, page.scan(), wanted)).map(ItContact::clone)
    }

    pub(crate) fn list_endpoints(
        &self,
        environment: EnvironmentId,
        page: PageRequest<WebhookEndpointId>,
    ) -> Page<WebhookEndpoint> {
        let keys = self.endpoints.keys(&EndpointIndex::Environment(environment));
        page.page(self.endpoints.scan(keys, page.scan(), |_| true)).map(WebhookEndpoint::clone)
    }

    pub(crate) fn list_deliveries(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        page: PageRequest<WebhookDeliveryId>,
    ) -> Page<DeliveryView> {
        let keys = self.deliveries.keys(&DeliveryIndex::Endpoint(endpoint));
        let wanted = |delivery: &WebhookDelivery| delivery.environment_id == environment;
        let rows = self.deliveries.scan(keys, page.scan(), wanted);
        page.page(rows).map(|delivery| self.delivery_view(delivery))
    }

    /// See [`vestibule_application::ports::store::Queries::deliveries_of`].
    pub(crate) fn deliveries_of(
        &self,
        environment: EnvironmentId,
        events: &[EventId],
    ) -> Vec<WebhookDelivery> {
        let ids = events.iter().filter_map(|id| self.deliveries.keys(&DeliveryIndex::OfEvent(*id))).flatten();
        ids.filter_map(|id| self.deliveries.find(environment, id)).cloned().collect()
    }

    /// See [`vestibule_application::ports::store::Queries::given_up_deliveries`].
    pub(crate) fn given_up_deliveries(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        since: Instant,
        most: u16,
    ) -> Vec<WebhookDeliveryId> {
        let ids = self.deliveries.keys(&DeliveryIndex::Endpoint(endpoint)).into_iter().flatten();
        let rows = ids.filter_map(|id| self.deliveries.find(environment, id));
        let wanted =
            rows.filter(|row| row.created_at >= since && matches!(row.state, DeliveryState::GivenUp { .. }));
        wanted.map(|row| row.id).take(most.into()).collect()
    }
}

impl<T: Listed> Table<Placed<T>> {
    /// Something by its id.
    pub(crate) fn named(&self, environment: EnvironmentId, id: T::Id) -> Option<&T> {
        Some(&self.placed(environment, id)?.1.value)
    }

    fn placed(&self, environment: EnvironmentId, id: T::Id) -> Option<(u64, &Placed<T>)> {
        let key = *self.keys(&PlacedIndex::Id(id))?.first()?;
        let row = self.get(&key)?;
        (row.value.environment_id() == environment).then_some((key, row))
    }

    /// A page in the order of becoming visible.
    pub(crate) fn list(
        &self,
        environment: EnvironmentId,
        page: PageRequest<T::Id>,
        wanted: impl Fn(&T) -> bool,
    ) -> Page<T> {
        let Scan { order, bound, rows_max } = page.scan();
        let bound = match bound.map(|id| self.placed(environment, id)) {
            None => None,
            Some(Some((place, _))) => Some(place),
            // A cursor that names an unknown row.
            Some(None) => return page.page(Vec::new()),
        };
        let keys = self.keys(&PlacedIndex::Environment(environment));
        let rows = self.scan(keys, Scan { order, bound, rows_max }, |row| wanted(&row.value));
        page.page(rows).map(|row| row.value.clone())
    }
}
