//! Looking: one read of what was committed for each question.

use async_trait::async_trait;
use vestibule_application::ports::store::{
    ApiCredential, ArrivalKey, AuditFilter, ConnectionFilter, ConnectionSelector, ConnectionView,
    DeliveryView, EventFilter, LinkView, MemberVisit, OrganizationFilter, OrganizationMarks,
    OrganizationView, Overview, PortalInvitation, PortalVisit, Queries, SignInArrival, SignInDesk,
    SignInExchange, SocialArrival, SocialDesk, SsoSessionFilter, SsoSessionLine, StoreResult,
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
    AuditId, ClientId, ConnectionId, EnvironmentId, EventId, ItContactId, MessageId, OrganizationDomainId,
    OrganizationId, ProfileId, SsoSessionId, WebhookDeliveryId, WebhookEndpointId,
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

use crate::MemoryStore;
use crate::rows::{
    ApiKeyIndex, EnvironmentIndex, LinkIndex, MemberIndex, OrganizationIndex, SessionIndex, SocialIndex,
};
use crate::tables::Tables;

/// Whether an instant lies in a range, both ends included.
fn within(at: Instant, from: Option<Instant>, until: Option<Instant>) -> bool {
    from.is_none_or(|from| from <= at) && until.is_none_or(|until| at <= until)
}

impl Tables {
    fn visit(&self, digest: &SecretDigest) -> Option<PortalVisit> {
        let session = self.sessions.one(&SessionIndex::Digest(*digest))?.clone();
        let (environment, organization) = (session.environment_id, session.organization_id);
        Some(PortalVisit {
            link: self.links.find(environment, &session.link_id)?.clone(),
            environment: self.environments.get(&environment)?.clone(),
            organization: self.organizations.find(environment, &organization)?.clone(),
            connection: self.connection_of(environment, organization),
            domains: self.domains_of(environment, organization),
            session,
        })
    }

    fn invitation(&self, digest: &SecretDigest) -> Option<PortalInvitation> {
        let link = self.links.one(&LinkIndex::Digest(*digest))?.clone();
        Some(PortalInvitation {
            environment: self.environments.get(&link.environment_id)?.clone(),
            organization: self.organizations.find(link.environment_id, &link.organization_id)?.clone(),
            link,
        })
    }

    fn api_credential(&self, digest: &SecretDigest) -> Option<ApiCredential> {
        let key = self.api_keys.one(&ApiKeyIndex::Digest(*digest)).filter(|key| key.revoked_at.is_none())?;
        let environment = self.environments.get(&key.environment_id)?.clone();
        Some(ApiCredential { key: key.clone(), environment })
    }
}

#[async_trait]
impl Queries for MemoryStore {
    async fn ready(&self) -> StoreResult<()> {
        Ok(())
    }

    async fn api_credential(&self, digest: &SecretDigest) -> StoreResult<Option<ApiCredential>> {
        Ok(self.committed().api_credential(digest))
    }

    async fn member_by_email(&self, email: &EmailAddress) -> StoreResult<Option<Member>> {
        Ok(self.committed().members.one(&MemberIndex::Email(email.clone())).cloned())
    }

    async fn member_visit(&self, digest: &SecretDigest) -> StoreResult<Option<MemberVisit>> {
        Ok(self.committed().member_visit(digest))
    }

    async fn portal_links(
        &self,
        environment: EnvironmentId,
        organization: OrganizationId,
        most: u16,
    ) -> StoreResult<Vec<LinkView>> {
        Ok(self.committed().links_of(environment, organization, most))
    }

    async fn api_keys(&self, environment: EnvironmentId) -> StoreResult<Vec<ApiKey>> {
        Ok(self.committed().api_keys_of(environment))
    }

    async fn host_is_live(&self, host: &DomainName) -> StoreResult<bool> {
        Ok(self.committed().live_hosts.contains(host))
    }

    async fn environment(&self, id: EnvironmentId) -> StoreResult<Option<Environment>> {
        Ok(self.committed().environments.get(&id).cloned())
    }

    async fn organization(
        &self,
        environment: EnvironmentId,
        id: OrganizationId,
    ) -> StoreResult<Option<OrganizationView>> {
        let tables = self.committed();
        Ok(tables.organizations.find(environment, &id).map(|found| tables.organization_view(found)))
    }

    async fn organization_by_external_id(
        &self,
        environment: EnvironmentId,
        external_id: &ExternalId,
    ) -> StoreResult<Option<OrganizationView>> {
        let tables = self.committed();
        let index = OrganizationIndex::ExternalId(environment, external_id.clone());
        Ok(tables.organizations.one(&index).map(|found| tables.organization_view(found)))
    }

    async fn organizations(
        &self,
        environment: EnvironmentId,
        filter: &OrganizationFilter,
        page: PageRequest<OrganizationId>,
    ) -> StoreResult<Page<OrganizationView>> {
        Ok(self.committed().list_organizations(environment, filter, page))
    }

    async fn organization_marks(
        &self,
        environment: EnvironmentId,
        organizations: &[OrganizationId],
        now: Instant,
    ) -> StoreResult<Vec<OrganizationMarks>> {
        Ok(self.committed().marks_of(environment, organizations, now))
    }

    async fn overview(&self, environment: EnvironmentId, now: Instant) -> StoreResult<Overview> {
        Ok(self.committed().overview(environment, now))
    }

    async fn organization_domain(
        &self,
        environment: EnvironmentId,
        id: OrganizationDomainId,
    ) -> StoreResult<Option<OrganizationDomain>> {
        Ok(self.committed().domains.find(environment, &id).cloned())
    }

    async fn it_contacts(
        &self,
        environment: EnvironmentId,
        organization: OrganizationId,
        page: PageRequest<ItContactId>,
    ) -> StoreResult<Page<ItContact>> {
        Ok(self.committed().list_contacts(environment, organization, page))
    }

    async fn connection(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
    ) -> StoreResult<Option<ConnectionView>> {
        let tables = self.committed();
        Ok(tables.connections.find(environment, &id).map(|found| tables.connection_view(found)))
    }

    async fn public_connection(&self, id: ConnectionId) -> StoreResult<Option<Connection>> {
        Ok(self.committed().connections.get(&id).cloned())
    }

    async fn connections_of(
        &self,
        environment: EnvironmentId,
        organizations: &[OrganizationId],
    ) -> StoreResult<Vec<Connection>> {
        let tables = self.committed();
        Ok(organizations.iter().filter_map(|id| tables.connection_of(environment, *id)).collect())
    }

    async fn connections(
        &self,
        environment: EnvironmentId,
        filter: &ConnectionFilter,
        page: PageRequest<ConnectionId>,
    ) -> StoreResult<Page<ConnectionView>> {
        Ok(self.committed().list_connections(environment, filter, page))
    }

    async fn sign_in_desk(
        &self,
        client: ClientId,
        selector: ConnectionSelector,
    ) -> StoreResult<Option<SignInDesk>> {
        Ok(self.committed().desk(client, selector))
    }

    async fn sign_in_arrival(&self, key: ArrivalKey) -> StoreResult<Option<SignInArrival>> {
        Ok(self.committed().arrival(key))
    }

    async fn unwatched_connections(
        &self,
        after: Option<ConnectionId>,
        most: u16,
    ) -> StoreResult<Vec<Connection>> {
        let tables = self.committed();
        let watched = |id| tables.jobs.all().any(|job| job.task() == Task::WatchCertificates(id));
        let connections = tables.connections.all().filter(|connection| Some(connection.id) > after);
        let unwatched = connections.filter(|connection| !watched(connection.id));
        Ok(unwatched.take(usize::from(most)).cloned().collect())
    }

    async fn unsought_domains(&self, _: u16) -> StoreResult<Vec<OrganizationDomain>> {
        // No earlier version wrote what is in memory.
        Ok(Vec::new())
    }

    async fn unattended_environments(
        &self,
        after: Option<EnvironmentId>,
        most: u16,
    ) -> StoreResult<Vec<EnvironmentId>> {
        let tables = self.committed();
        let attended = |id| tables.jobs.all().any(|job| job.task() == Task::LookAround(id));
        let ids = tables.environments.all().map(|environment| environment.id);
        let lacking = ids.filter(|id| Some(*id) > after && !attended(*id));
        Ok(lacking.take(usize::from(most)).collect())
    }

    async fn social_desk(
        &self,
        client: ClientId,
        provider: SocialProvider,
    ) -> StoreResult<Option<SocialDesk>> {
        Ok(self.committed().desk_of_social(client, provider))
    }

    async fn social_arrival(&self, session: SsoSessionId) -> StoreResult<Option<SocialArrival>> {
        Ok(self.committed().arrival_of_social(session))
    }

    async fn social_connections(&self, environment: EnvironmentId) -> StoreResult<Vec<SocialConnection>> {
        let tables = self.committed();
        Ok(tables.social.by(&SocialIndex::Environment(environment)).cloned().collect())
    }

    async fn sign_in_exchange(
        &self,
        environment: EnvironmentId,
        session: SsoSessionId,
    ) -> StoreResult<Option<SignInExchange>> {
        Ok(self.committed().exchange(environment, session))
    }

    async fn environment_of_client(&self, client: ClientId) -> StoreResult<Option<Environment>> {
        Ok(self.committed().environments.one(&EnvironmentIndex::Client(client)).cloned())
    }

    async fn profile(&self, environment: EnvironmentId, id: ProfileId) -> StoreResult<Option<Profile>> {
        Ok(self.committed().profiles.find(environment, &id).cloned())
    }

    async fn signing_keys(&self, environment: EnvironmentId) -> StoreResult<Vec<SigningKey>> {
        Ok(self.committed().keys_of(environment))
    }

    async fn sso_session(
        &self,
        environment: EnvironmentId,
        id: SsoSessionId,
    ) -> StoreResult<Option<SsoSession>> {
        Ok(self.committed().sso_sessions.find(environment, &id).cloned())
    }

    async fn sso_sessions(
        &self,
        environment: EnvironmentId,
        filter: &SsoSessionFilter,
        page: PageRequest<SsoSessionId>,
    ) -> StoreResult<Page<SsoSessionLine>> {
        Ok(self.committed().list_sso_sessions(environment, filter, page))
    }

    async fn invitation(&self, digest: &SecretDigest) -> StoreResult<Option<PortalInvitation>> {
        Ok(self.committed().invitation(digest))
    }

    async fn visit(&self, digest: &SecretDigest) -> StoreResult<Option<PortalVisit>> {
        Ok(self.committed().visit(digest))
    }

    async fn event(&self, environment: EnvironmentId, id: EventId) -> StoreResult<Option<Event>> {
        Ok(self.committed().events.named(environment, id).cloned())
    }

    async fn events(
        &self,
        environment: EnvironmentId,
        filter: &EventFilter,
        page: PageRequest<EventId>,
    ) -> StoreResult<Page<Event>> {
        let wanted = |event: &Event| {
            let name = event.fact.name();
            (filter.names.is_empty() || filter.names.iter().any(|wanted| wanted.as_str() == name))
                && filter.organization_id.is_none_or(|wanted| event.organization_id == Some(wanted))
                && within(event.created_at, filter.from, filter.until)
        };
        Ok(self.committed().events.list(environment, page, wanted))
    }

    async fn audit_trail(
        &self,
        environment: EnvironmentId,
        filter: &AuditFilter,
        page: PageRequest<AuditId>,
    ) -> StoreResult<Page<AuditEntry>> {
        let wanted = |entry: &AuditEntry| {
            (filter.actions.is_empty() || filter.actions.contains(&entry.action))
                && filter.actor.as_ref().is_none_or(|wanted| {
                    entry.actor.id == *wanted || entry.actor.name.as_ref() == Some(wanted)
                })
                && filter.organization_id.is_none_or(|wanted| entry.organization_id == Some(wanted))
                && within(entry.at, filter.from, filter.until)
        };
        Ok(self.committed().audit_trail.list(environment, page, wanted))
    }

    async fn webhook_endpoint(
        &self,
        environment: EnvironmentId,
        id: WebhookEndpointId,
    ) -> StoreResult<Option<WebhookEndpoint>> {
        Ok(self.committed().endpoints.find(environment, &id).cloned())
    }

    async fn webhook_endpoints(
        &self,
        environment: EnvironmentId,
        page: PageRequest<WebhookEndpointId>,
    ) -> StoreResult<Page<WebhookEndpoint>> {
        Ok(self.committed().list_endpoints(environment, page))
    }

    async fn webhook_delivery(
        &self,
        environment: EnvironmentId,
        id: WebhookDeliveryId,
    ) -> StoreResult<Option<WebhookDelivery>> {
        Ok(self.committed().deliveries.find(environment, &id).cloned())
    }

    async fn webhook_deliveries(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        page: PageRequest<WebhookDeliveryId>,
    ) -> StoreResult<Page<DeliveryView>> {
        Ok(self.committed().list_deliveries(environment, endpoint, page))
    }

    async fn delivery_view(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        id: WebhookDeliveryId,
    ) -> StoreResult<Option<DeliveryView>> {
        let tables = self.committed();
        let found = tables.deliveries.find(environment, &id);
        Ok(found.filter(|found| found.endpoint_id == endpoint).map(|found| tables.delivery_view(found)))
    }

    async fn deliveries_of(
        &self,
        environment: EnvironmentId,
        events: &[EventId],
    ) -> StoreResult<Vec<WebhookDelivery>> {
        Ok(self.committed().deliveries_of(environment, events))
    }

    async fn given_up_deliveries(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        since: Instant,
        most: u16,
    ) -> StoreResult<Vec<WebhookDeliveryId>> {
        Ok(self.committed().given_up_deliveries(environment, endpoint, since, most))
    }

    async fn message(&self, environment: EnvironmentId, id: MessageId) -> StoreResult<Option<Message>> {
        Ok(self.committed().messages.find(environment, &id).cloned())
    }
}
