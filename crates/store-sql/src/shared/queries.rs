//! Looking without deciding: no transaction, one round trip where one suffices.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use diesel_async::methods::LoadQuery;
use futures_util::future::BoxFuture;
use ulid::Ulid;
use vestibule_application::ports::store::{
    ApiCredential, ArrivalKey, AuditFilter, ConnectionFilter, ConnectionSelector, ConnectionView,
    DeliveryView, EventFilter, LinkView, MemberVisit, OrganizationFilter, OrganizationMarks,
    OrganizationView, Overview, PortalInvitation, PortalVisit, Queries, SignInArrival, SignInDesk,
    SignInExchange, SocialArrival, SocialDesk, SsoSessionFilter, SsoSessionLine, StoreError, StoreResult,
};
use vestibule_domain::Instant;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::connection::Connection;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::Environment;
use vestibule_domain::event::Event;
use vestibule_domain::id::{
    AuditId, ClientId, ConnectionId, EnvironmentId, EventId, Id as _, ItContactId, MessageId,
    OrganizationDomainId, OrganizationId, ProfileId, SsoSessionId, WebhookDeliveryId, WebhookEndpointId,
};
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::job::Task;
use vestibule_domain::member::Member;
use vestibule_domain::message::Message;
use vestibule_domain::organization::ExternalId;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::page::{Page, PageRequest};
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::social::{SocialConnection, SocialProvider};
use vestibule_domain::sso::profile::Profile;
use vestibule_domain::sso::session::SsoSession;
use vestibule_domain::sso::signing_key::SigningKey;
use vestibule_domain::webhook::{WebhookDelivery, WebhookEndpoint};

use super::super::dialect::{Conn, ConnPool, Db, Guard, plan_once, together};
use super::keyset::keyset;
use super::migrate;
use super::rows::{
    ApiKeyRow, ConnectionRow, ContactRow, DeliveryRow, DomainRow, EndpointRow, EnvironmentRow, EventRow,
    LinkRow, MessageRow, OrganizationRow, PENDING, ProfileRow, SessionRow, SigningKeyRow,
};
use super::schema::{
    api_keys, connections, environments, events, it_contacts, jobs, live_hosts, messages,
    organization_domains, organizations, portal_links, portal_sessions, profiles, signing_keys,
    webhook_deliveries, webhook_endpoints,
};
use crate::fault::store_error;
use crate::pool::checkout;

/// A session with its link, environment, organization and connection.
type VisitRow = (SessionRow, LinkRow, EnvironmentRow, OrganizationRow, Option<ConnectionRow>);

/// Queries over a pool of connections.
pub(in super::super) struct SqlQueries {
    pool: ConnPool,
}

impl SqlQueries {
    pub(in super::super) fn new(pool: ConnPool) -> Self {
        Self { pool }
    }

    pub(super) async fn conn(&self) -> StoreResult<Guard> {
        checkout(&self.pool).await
    }

    /// A connection for look-ups by key, on the way of a sign-in.
    pub(super) async fn keyed(&self) -> StoreResult<Guard> {
        let conn = self.conn().await?;
        plan_once(&conn);
        Ok(conn)
    }
}

/// The rows of a query. The query is gone when this returns, so nothing waits with it in hand.
pub(super) fn loaded<'c, Q, Row>(
    table: &'static str,
    conn: &'c mut Conn,
    query: Q,
) -> BoxFuture<'c, StoreResult<Vec<Row>>>
where
    Q: LoadQuery<'static, Conn, Row> + Send + 'static,
    Row: Send + 'c,
{
    let loading = query.load(conn);
    Box::pin(async move { loading.await.map_err(|error| store_error(table, error)) })
}

/// The one value among rows, if there is any.
fn one<Row, T: TryFrom<Row, Error = StoreError>>(mut rows: Vec<Row>) -> StoreResult<Option<T>> {
    rows.pop().map(T::try_from).transpose()
}

/// The values of rows, as a page.
pub(super) fn paged<Row, T, I>(rows: Vec<Row>, request: PageRequest<I>) -> StoreResult<Page<T>>
where
    T: TryFrom<Row, Error = StoreError>,
    I: Copy,
{
    Ok(request.page(rows.into_iter().map(T::try_from).collect::<StoreResult<_>>()?))
}

pub(super) fn all_domains(rows: Vec<DomainRow>) -> StoreResult<Vec<OrganizationDomain>> {
    rows.into_iter().map(OrganizationDomain::try_from).collect()
}

#[async_trait]
impl Queries for SqlQueries {
    async fn ready(&self) -> StoreResult<()> {
        migrate::ready(&mut *self.conn().await?).await
    }

    async fn api_credential(&self, digest: &SecretDigest) -> StoreResult<Option<ApiCredential>> {
        let query = api_keys::table
            .inner_join(environments::table.on(environments::id.eq(api_keys::environment_id)))
            .filter(api_keys::digest.eq(digest.as_bytes().to_vec()))
            .filter(api_keys::revoked_at.is_null())
            .select((ApiKeyRow::as_select(), EnvironmentRow::as_select()));
        let mut rows: Vec<(ApiKeyRow, EnvironmentRow)> =
            loaded("api_keys", &mut *self.conn().await?, query).await?;
        let credential = |(key, environment): (ApiKeyRow, EnvironmentRow)| {
            Ok(ApiCredential { key: key.try_into()?, environment: environment.try_into()? })
        };
        rows.pop().map(credential).transpose()
    }

    async fn member_by_email(&self, email: &EmailAddress) -> StoreResult<Option<Member>> {
        self.member_of_address(email).await
    }

    async fn member_visit(&self, digest: &SecretDigest) -> StoreResult<Option<MemberVisit>> {
        self.visit_of_member(digest).await
    }

    async fn portal_links(
        &self,
        environment: EnvironmentId,
        organization: OrganizationId,
        most: u16,
    ) -> StoreResult<Vec<LinkView>> {
        self.links_of(environment, organization, most).await
    }

    async fn api_keys(&self, environment: EnvironmentId) -> StoreResult<Vec<ApiKey>> {
        self.keys_of(environment).await
    }

    async fn host_is_live(&self, host: &DomainName) -> StoreResult<bool> {
        let query =
            live_hosts::table.filter(live_hosts::host.eq(host.as_str().to_owned())).select(live_hosts::host);
        let found: Vec<String> = loaded("live_hosts", &mut *self.conn().await?, query).await?;
        Ok(!found.is_empty())
    }

    async fn environment(&self, id: EnvironmentId) -> StoreResult<Option<Environment>> {
        let query = environments::table
            .filter(environments::id.eq(id.to_string()))
            .select(EnvironmentRow::as_select());
        one::<EnvironmentRow, _>(loaded("environments", &mut *self.conn().await?, query).await?)
    }

    async fn organization(
        &self,
        environment: EnvironmentId,
        id: OrganizationId,
    ) -> StoreResult<Option<OrganizationView>> {
        let query = organizations::table
            .filter(organizations::id.eq(id.to_string()))
            .filter(organizations::environment_id.eq(environment.to_string()))
            .select(OrganizationRow::as_select());
        let domains = organization_domains::table
            .filter(organization_domains::environment_id.eq(environment.to_string()))
            .filter(organization_domains::organization_id.eq(id.to_string()))
            .order(organization_domains::id)
            .select(DomainRow::as_select());
        let found: QueryResult<(Vec<OrganizationRow>, Vec<DomainRow>)> =
            together!(self.conn().await?, query, domains);
        let (mut rows, domains) = found.map_err(|error| store_error("organizations", error))?;
        let Some(row) = rows.pop() else { return Ok(None) };
        Ok(Some(OrganizationView { organization: row.try_into()?, domains: all_domains(domains)? }))
    }

    async fn organization_by_external_id(
        &self,
        environment: EnvironmentId,
        external_id: &ExternalId,
    ) -> StoreResult<Option<OrganizationView>> {
        let wanted = organizations::table
            .filter(organizations::environment_id.eq(environment.to_string()))
            .filter(organizations::external_id.eq(external_id.as_str().to_owned()));
        let domains = organization_domains::table
            .filter(organization_domains::organization_id.eq_any(wanted.clone().select(organizations::id)))
            .order(organization_domains::id)
            .select(DomainRow::as_select());
        let query = wanted.select(OrganizationRow::as_select());
        let found: QueryResult<(Vec<OrganizationRow>, Vec<DomainRow>)> =
            together!(self.conn().await?, query, domains);
        let (mut rows, domains) = found.map_err(|error| store_error("organizations", error))?;
        let Some(row) = rows.pop() else { return Ok(None) };
        Ok(Some(OrganizationView { organization: row.try_into()?, domains: all_domains(domains)? }))
    }

    async fn organizations(
        &self,
        environment: EnvironmentId,
        filter: &OrganizationFilter,
        page: PageRequest<OrganizationId>,
    ) -> StoreResult<Page<OrganizationView>> {
        self.organizations_page(environment, filter, page).await
    }

    async fn organization_marks(
        &self,
        environment: EnvironmentId,
        organizations: &[OrganizationId],
        now: Instant,
    ) -> StoreResult<Vec<OrganizationMarks>> {
        self.marks_of(environment, organizations, now).await
    }

    async fn overview(&self, environment: EnvironmentId, now: Instant) -> StoreResult<Overview> {
        self.at_a_glance(environment, now).await
    }

    async fn organization_domain(
        &self,
        environment: EnvironmentId,
        id: OrganizationDomainId,
    ) -> StoreResult<Option<OrganizationDomain>> {
        let query = organization_domains::table
            .filter(organization_domains::id.eq(id.to_string()))
            .filter(organization_domains::environment_id.eq(environment.to_string()))
            .select(DomainRow::as_select());
        one::<DomainRow, _>(loaded("organization_domains", &mut *self.conn().await?, query).await?)
    }

    async fn it_contacts(
        &self,
        environment: EnvironmentId,
        organization: OrganizationId,
        page: PageRequest<ItContactId>,
    ) -> StoreResult<Page<ItContact>> {
        let mut conn = self.conn().await?;
        let query = it_contacts::table
            .filter(it_contacts::environment_id.eq(environment.to_string()))
            .filter(it_contacts::organization_id.eq(organization.to_string()))
            .select(ContactRow::as_select())
            .into_boxed::<Db>();
        let rows: Vec<ContactRow> =
            loaded("it_contacts", &mut conn, keyset!(query, it_contacts::id, page)).await?;
        paged(rows, page)
    }

    async fn connection(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
    ) -> StoreResult<Option<ConnectionView>> {
        let wanted = connections::table
            .filter(connections::organization_id.is_not_null())
            .filter(connections::id.eq(id.to_string()))
            .filter(connections::environment_id.eq(environment.to_string()));
        let domains = organization_domains::table
            .filter(
                organization_domains::organization_id
                    .eq_any(wanted.clone().select(connections::organization_id)),
            )
            .order(organization_domains::id)
            .select(DomainRow::as_select());
        let query = wanted.select(ConnectionRow::as_select());
        let found: QueryResult<(Vec<ConnectionRow>, Vec<DomainRow>)> =
            together!(self.conn().await?, query, domains);
        let (mut rows, domains) = found.map_err(|error| store_error("connections", error))?;
        let Some(row) = rows.pop() else { return Ok(None) };
        Ok(Some(ConnectionView { connection: row.try_into()?, domains: all_domains(domains)? }))
    }

    async fn public_connection(&self, id: ConnectionId) -> StoreResult<Option<Connection>> {
        let query = connections::table
            .filter(connections::organization_id.is_not_null())
            .filter(connections::id.eq(id.to_string()))
            .select(ConnectionRow::as_select());
        one::<ConnectionRow, _>(loaded("connections", &mut *self.conn().await?, query).await?)
    }

    async fn connections_of(
        &self,
        environment: EnvironmentId,
        organizations: &[OrganizationId],
    ) -> StoreResult<Vec<Connection>> {
        let ids: Vec<String> = organizations.iter().map(ToString::to_string).collect();
        let query = connections::table
            .filter(connections::environment_id.eq(environment.to_string()))
            .filter(connections::organization_id.eq_any(ids))
            .select(ConnectionRow::as_select());
        let rows: Vec<ConnectionRow> = loaded("connections", &mut *self.conn().await?, query).await?;
        rows.into_iter().map(Connection::try_from).collect()
    }

    async fn connections(
        &self,
        environment: EnvironmentId,
        filter: &ConnectionFilter,
        page: PageRequest<ConnectionId>,
    ) -> StoreResult<Page<ConnectionView>> {
        self.connections_page(environment, filter, page).await
    }

    async fn unwatched_connections(
        &self,
        after: Option<ConnectionId>,
        most: u16,
    ) -> StoreResult<Vec<Connection>> {
        let watch = jobs::table
            .filter(jobs::kind.eq(Task::WatchCertificates(ConnectionId::from_ulid(Ulid::nil())).kind()))
            .filter(jobs::subject.eq(connections::id));
        let query = connections::table
            .filter(connections::id.gt(after.map(|id| id.to_string()).unwrap_or_default()))
            .filter(diesel::dsl::not(diesel::dsl::exists(watch)))
            .order(connections::id)
            .limit(most.into())
            .select(ConnectionRow::as_select());
        let rows: Vec<ConnectionRow> = loaded("connections", &mut *self.conn().await?, query).await?;
        rows.into_iter().map(Connection::try_from).collect()
    }

    async fn unsought_domains(&self, most: u16) -> StoreResult<Vec<OrganizationDomain>> {
        let query = organization_domains::table
            .filter(organization_domains::state.eq(PENDING))
            .filter(organization_domains::sought_since.is_null())
            .order(organization_domains::id)
            .limit(most.into())
            .select(DomainRow::as_select());
        let rows: Vec<DomainRow> = loaded("organization_domains", &mut *self.conn().await?, query).await?;
        rows.into_iter().map(OrganizationDomain::try_from).collect()
    }

    async fn unattended_environments(
        &self,
        after: Option<EnvironmentId>,
        most: u16,
    ) -> StoreResult<Vec<EnvironmentId>> {
        let look = jobs::table
            .filter(jobs::kind.eq(Task::LookAround(EnvironmentId::from_ulid(Ulid::nil())).kind()))
            .filter(jobs::subject.eq(environments::id));
        let query = environments::table
            .filter(environments::id.gt(after.map(|id| id.to_string()).unwrap_or_default()))
            .filter(diesel::dsl::not(diesel::dsl::exists(look)))
            .order(environments::id)
            .limit(most.into())
            .select(environments::id);
        let ids: Vec<String> = loaded("environments", &mut *self.conn().await?, query).await?;
        ids.iter().map(|id| crate::parse::Table("environments").id("id", id)).collect()
    }

    async fn sign_in_desk(
        &self,
        client: ClientId,
        selector: ConnectionSelector,
    ) -> StoreResult<Option<SignInDesk>> {
        self.desk(client, selector).await
    }

    async fn sign_in_arrival(&self, key: ArrivalKey) -> StoreResult<Option<SignInArrival>> {
        self.arrival(key).await
    }

    async fn social_desk(
        &self,
        client: ClientId,
        provider: SocialProvider,
    ) -> StoreResult<Option<SocialDesk>> {
        self.desk_of_social(client, provider).await
    }

    async fn social_arrival(&self, session: SsoSessionId) -> StoreResult<Option<SocialArrival>> {
        self.arrival_of_social(session).await
    }

    async fn social_connections(&self, environment: EnvironmentId) -> StoreResult<Vec<SocialConnection>> {
        self.social(environment).await
    }

    async fn sign_in_exchange(
        &self,
        environment: EnvironmentId,
        session: SsoSessionId,
    ) -> StoreResult<Option<SignInExchange>> {
        self.exchange(environment, session).await
    }

    async fn environment_of_client(&self, client: ClientId) -> StoreResult<Option<Environment>> {
        let query = environments::table
            .filter(environments::client_id.eq(client.to_string()))
            .select(EnvironmentRow::as_select());
        one::<EnvironmentRow, _>(loaded("environments", &mut *self.conn().await?, query).await?)
    }

    async fn profile(&self, environment: EnvironmentId, id: ProfileId) -> StoreResult<Option<Profile>> {
        let query = profiles::table
            .filter(profiles::id.eq(id.to_string()))
            .filter(profiles::environment_id.eq(environment.to_string()))
            .select(ProfileRow::as_select());
        one::<ProfileRow, _>(loaded("profiles", &mut *self.keyed().await?, query).await?)
    }

    async fn signing_keys(&self, environment: EnvironmentId) -> StoreResult<Vec<SigningKey>> {
        let query = signing_keys::table
            .filter(signing_keys::environment_id.eq(environment.to_string()))
            .order(signing_keys::id)
            .select(SigningKeyRow::as_select());
        let rows: Vec<SigningKeyRow> = loaded("signing_keys", &mut *self.conn().await?, query).await?;
        rows.into_iter().map(SigningKey::try_from).collect()
    }

    async fn sso_session(
        &self,
        environment: EnvironmentId,
        id: SsoSessionId,
    ) -> StoreResult<Option<SsoSession>> {
        self.attempt(environment, id).await
    }

    async fn sso_sessions(
        &self,
        environment: EnvironmentId,
        filter: &SsoSessionFilter,
        page: PageRequest<SsoSessionId>,
    ) -> StoreResult<Page<SsoSessionLine>> {
        self.attempts_page(environment, filter, page).await
    }

    async fn invitation(&self, digest: &SecretDigest) -> StoreResult<Option<PortalInvitation>> {
        let query = portal_links::table
            .inner_join(environments::table.on(environments::id.eq(portal_links::environment_id)))
            .inner_join(organizations::table.on(organizations::id.eq(portal_links::organization_id)))
            .filter(portal_links::digest.eq(digest.as_bytes().to_vec()))
            .select((LinkRow::as_select(), EnvironmentRow::as_select(), OrganizationRow::as_select()));
        let mut rows: Vec<(LinkRow, EnvironmentRow, OrganizationRow)> =
            loaded("portal_links", &mut *self.conn().await?, query).await?;
        let Some((link, environment, organization)) = rows.pop() else { return Ok(None) };
        Ok(Some(PortalInvitation {
            link: link.try_into()?,
            environment: environment.try_into()?,
            organization: organization.try_into()?,
        }))
    }

    async fn visit(&self, digest: &SecretDigest) -> StoreResult<Option<PortalVisit>> {
        let wanted = portal_sessions::digest.eq(digest.as_bytes().to_vec());
        let domains = organization_domains::table
            .filter(organization_domains::organization_id.eq_any(
                portal_sessions::table.filter(wanted.clone()).select(portal_sessions::organization_id),
            ))
            .order(organization_domains::id)
            .select(DomainRow::as_select());
        let query = portal_sessions::table
            .inner_join(portal_links::table.on(portal_links::id.eq(portal_sessions::link_id)))
            .inner_join(environments::table.on(environments::id.eq(portal_sessions::environment_id)))
            .inner_join(organizations::table.on(organizations::id.eq(portal_sessions::organization_id)))
            .left_join(connections::table.on(connections::organization_id.eq(organizations::id)))
            .filter(wanted)
            .select((
                SessionRow::as_select(),
                LinkRow::as_select(),
                EnvironmentRow::as_select(),
                OrganizationRow::as_select(),
                Option::<ConnectionRow>::as_select(),
            ));
        let found: QueryResult<(Vec<VisitRow>, Vec<DomainRow>)> =
            together!(self.conn().await?, query, domains);
        let (mut rows, domains) = found.map_err(|error| store_error("portal_sessions", error))?;
        let Some((session, link, environment, organization, connection)) = rows.pop() else {
            return Ok(None);
        };
        Ok(Some(PortalVisit {
            session: session.try_into()?,
            link: link.try_into()?,
            environment: environment.try_into()?,
            organization: organization.try_into()?,
            connection: connection.map(Connection::try_from).transpose()?,
            domains: all_domains(domains)?,
        }))
    }

    async fn event(&self, environment: EnvironmentId, id: EventId) -> StoreResult<Option<Event>> {
        let query = events::table
            .filter(events::id.eq(id.to_string()))
            .filter(events::environment_id.eq(environment.to_string()))
            .select(EventRow::as_select());
        one::<EventRow, _>(loaded("events", &mut *self.conn().await?, query).await?)
    }

    async fn events(
        &self,
        environment: EnvironmentId,
        filter: &EventFilter,
        page: PageRequest<EventId>,
    ) -> StoreResult<Page<Event>> {
        self.events_page(environment, filter, page).await
    }

    async fn audit_trail(
        &self,
        environment: EnvironmentId,
        filter: &AuditFilter,
        page: PageRequest<AuditId>,
    ) -> StoreResult<Page<AuditEntry>> {
        self.audit_page(environment, filter, page).await
    }

    async fn webhook_endpoint(
        &self,
        environment: EnvironmentId,
        id: WebhookEndpointId,
    ) -> StoreResult<Option<WebhookEndpoint>> {
        let query = webhook_endpoints::table
            .filter(webhook_endpoints::id.eq(id.to_string()))
            .filter(webhook_endpoints::environment_id.eq(environment.to_string()))
            .select(EndpointRow::as_select());
        one::<EndpointRow, _>(loaded("webhook_endpoints", &mut *self.conn().await?, query).await?)
    }

    async fn webhook_endpoints(
        &self,
        environment: EnvironmentId,
        page: PageRequest<WebhookEndpointId>,
    ) -> StoreResult<Page<WebhookEndpoint>> {
        let mut conn = self.conn().await?;
        let query = webhook_endpoints::table
            .filter(webhook_endpoints::environment_id.eq(environment.to_string()))
            .select(EndpointRow::as_select())
            .into_boxed::<Db>();
        let rows: Vec<EndpointRow> =
            loaded("webhook_endpoints", &mut conn, keyset!(query, webhook_endpoints::id, page)).await?;
        paged(rows, page)
    }

    async fn webhook_delivery(
        &self,
        environment: EnvironmentId,
        id: WebhookDeliveryId,
    ) -> StoreResult<Option<WebhookDelivery>> {
        let query = webhook_deliveries::table
            .filter(webhook_deliveries::id.eq(id.to_string()))
            .filter(webhook_deliveries::environment_id.eq(environment.to_string()))
            .select(DeliveryRow::as_select());
        one::<DeliveryRow, _>(loaded("webhook_deliveries", &mut *self.conn().await?, query).await?)
    }

    async fn webhook_deliveries(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        page: PageRequest<WebhookDeliveryId>,
    ) -> StoreResult<Page<DeliveryView>> {
        self.deliveries_page(environment, endpoint, page).await
    }

    async fn delivery_view(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        id: WebhookDeliveryId,
    ) -> StoreResult<Option<DeliveryView>> {
        self.one_delivery(environment, endpoint, id).await
    }

    async fn deliveries_of(
        &self,
        environment: EnvironmentId,
        events: &[EventId],
    ) -> StoreResult<Vec<WebhookDelivery>> {
        self.deliveries_of_events(environment, events).await
    }

    async fn given_up_deliveries(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        since: Instant,
        most: u16,
    ) -> StoreResult<Vec<WebhookDeliveryId>> {
        self.deliveries_given_up(environment, endpoint, since, most).await
    }

    async fn message(&self, environment: EnvironmentId, id: MessageId) -> StoreResult<Option<Message>> {
        let query = messages::table
            .filter(messages::id.eq(id.to_string()))
            .filter(messages::environment_id.eq(environment.to_string()))
            .select(MessageRow::as_select());
        one::<MessageRow, _>(loaded("messages", &mut *self.conn().await?, query).await?)
    }
}
