//! A store that fails on purpose.

use std::sync::Arc;

use async_trait::async_trait;
use vestibule_application::ports::store::{
    AcceptedAssertion, AcceptedAssertions, Accounts, AddressCodes, Admission, Admitted, Connections,
    ItContacts, Jobs, Members, Messages, OrganizationDomains, Organizations, Outbox, PortalLinks,
    PortalSessions, Profiles, Queries, ReplayClaim, ReplayOutcome, Replays, SigningKeys, SsoSessions, Store,
    StoreError, StoreResult, Teams, UnitOfWork, Visits, Webhooks,
};
use vestibule_domain::Instant;
use vestibule_domain::address_code::AddressCode;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::connection::Connection;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::Environment;
use vestibule_domain::event::Event;
use vestibule_domain::id::{
    ApiKeyId, ConnectionId, EnvironmentId, ItContactId, MemberId, MemberSessionId, OrganizationDomainId,
    OrganizationId, PortalLinkId, PortalSessionId, SigningKeyId, TeamId, TeamInvitationId, WebhookDeliveryId,
    WebhookEndpointId,
};
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::job::Job;
use vestibule_domain::member::Member;
use vestibule_domain::member_session::MemberSession;
use vestibule_domain::message::Message;
use vestibule_domain::notice::Notice;
use vestibule_domain::organization::{ExternalId, Organization, Slug};
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::password_reset::PasswordReset;
use vestibule_domain::portal_link::PortalLink;
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::{Sealed, SecretDigest};
use vestibule_domain::social::{SocialConnection, SocialProvider};
use vestibule_domain::sso::profile::Profile;
use vestibule_domain::sso::session::{SsoSession, SsoSessionState};
use vestibule_domain::sso::signing_key::SigningKey;
use vestibule_domain::team::{Team, TeamInvitation};
use vestibule_domain::team_trail::TeamEntry;
use vestibule_domain::webhook::{WebhookAttempt, WebhookDelivery, WebhookEndpoint};

/// Another store, but the n-th write of each unit of work fails as if the connection broke.
///
/// The commit counts as a write. Use cases are run with n from 1 on until one run succeeds: after
/// each failure nothing may be left of it.
pub struct FailingStore {
    inner: Arc<dyn Store>,
    nth: usize,
}

impl FailingStore {
    /// Lets the `nth` write of each unit of work fail, counted from 1.
    pub fn new(inner: Arc<dyn Store>, nth: usize) -> Self {
        Self { inner, nth }
    }
}

#[async_trait]
impl Store for FailingStore {
    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        let inner = self.inner.begin().await?;
        Ok(Box::new(FailingUnitOfWork { inner, writes: 0, nth: self.nth }))
    }

    fn queries(&self) -> &dyn Queries {
        self.inner.queries()
    }

    fn jobs(&self) -> &dyn Jobs {
        self.inner.jobs()
    }
}

struct FailingUnitOfWork {
    inner: Box<dyn UnitOfWork>,
    writes: usize,
    nth: usize,
}

impl FailingUnitOfWork {
    /// Counts a write. Once one failed, so do all that follow: the connection is gone.
    fn write(&mut self) -> StoreResult<()> {
        self.writes += 1;
        if self.writes < self.nth {
            Ok(())
        } else {
            Err(StoreError::Unavailable("this write fails on purpose".into()))
        }
    }
}

#[async_trait]
impl UnitOfWork for FailingUnitOfWork {
    fn accounts(&mut self) -> &mut dyn Accounts {
        self
    }
    fn members(&mut self) -> &mut dyn Members {
        self
    }
    fn teams(&mut self) -> &mut dyn Teams {
        self
    }
    fn organizations(&mut self) -> &mut dyn Organizations {
        self
    }
    fn organization_domains(&mut self) -> &mut dyn OrganizationDomains {
        self
    }
    fn it_contacts(&mut self) -> &mut dyn ItContacts {
        self
    }
    fn links(&mut self) -> &mut dyn PortalLinks {
        self
    }
    fn sessions(&mut self) -> &mut dyn PortalSessions {
        self
    }
    fn codes(&mut self) -> &mut dyn AddressCodes {
        self
    }
    fn connections(&mut self) -> &mut dyn Connections {
        self
    }
    fn sso_sessions(&mut self) -> &mut dyn SsoSessions {
        self
    }
    fn profiles(&mut self) -> &mut dyn Profiles {
        self
    }
    fn assertions(&mut self) -> &mut dyn AcceptedAssertions {
        self
    }
    fn signing_keys(&mut self) -> &mut dyn SigningKeys {
        self
    }
    fn webhooks(&mut self) -> &mut dyn Webhooks {
        self
    }
    fn messages(&mut self) -> &mut dyn Messages {
        self
    }
    fn outbox(&mut self) -> &mut dyn Outbox {
        self
    }
    fn replays(&mut self) -> &mut dyn Replays {
        self
    }

    async fn commit(mut self: Box<Self>) -> StoreResult<()> {
        self.write()?;
        self.inner.commit().await
    }

    async fn rollback(self: Box<Self>) -> StoreResult<()> {
        self.inner.rollback().await
    }
}

/// Passes the calls of a repository on, writes only while they do not fail.
macro_rules! passed_on {
    (@write $this:ident) => { $this.write()? };
    (@read $this:ident) => {};
    ($($port:ident via $accessor:ident {
        $($kind:ident $method:ident($($argument:ident: $type:ty),*) -> $answer:ty;)+
    })+) => {$(
        #[async_trait]
        impl $port for FailingUnitOfWork {
            $(async fn $method(&mut self, $($argument: $type),*) -> StoreResult<$answer> {
                passed_on!(@$kind self);
                self.inner.$accessor().$method($($argument),*).await
            })+
        }
    )+};
}

passed_on! {
    Accounts via accounts {
        read any_team() -> bool;
        write insert_team(team: &Team) -> ();
        write insert_member(member: &Member) -> ();
        write insert_environment(environment: &Environment) -> ();
        read count_environments(team: TeamId) -> usize;
        read find_environment(id: EnvironmentId) -> Option<Environment>;
        read lock_environment(id: EnvironmentId) -> Option<Environment>;
        write update_environment(environment: &Environment) -> ();
        read host_owner(host: &DomainName) -> Option<EnvironmentId>;
        write claim_host(host: &DomainName, environment: EnvironmentId) -> bool;
        write release_host(host: &DomainName, environment: EnvironmentId) -> ();
        read told_until(environment: EnvironmentId, notice: Notice) -> Option<Instant>;
        write tell_until(
            environment: EnvironmentId, notice: Notice, before: Option<Instant>, until: Instant
        ) -> bool;
        write insert_api_key(key: &ApiKey) -> ();
        read find_api_key(environment: EnvironmentId, id: ApiKeyId) -> Option<ApiKey>;
        write expire_api_key(environment: EnvironmentId, id: ApiKeyId, at: Instant) -> bool;
        write note_api_key_use(environment: EnvironmentId, id: ApiKeyId, at: Instant) -> bool;
        write revoke_api_key(environment: EnvironmentId, id: ApiKeyId, at: Instant) -> bool;
    }
    Members via members {
        read lock(id: MemberId) -> Option<Member>;
        write update(member: &Member) -> bool;
        write insert_session(session: &MemberSession) -> ();
        write end_session(member: MemberId, id: MemberSessionId, at: Instant) -> bool;
        write delete(team: TeamId, id: MemberId) -> bool;
        write end_sessions(member: MemberId, which: Visits, at: Instant) -> ();
        write insert_reset(reset: &PasswordReset) -> ();
        read resets(member: MemberId) -> Vec<PasswordReset>;
        write take_reset(digest: &SecretDigest) -> Option<PasswordReset>;
        write delete_resets(member: MemberId, until: Instant) -> ();
    }
    Teams via teams {
        read lock(id: TeamId) -> Option<Team>;
        write update(team: &Team) -> bool;
        read members(id: TeamId) -> Vec<Member>;
        read oldest_environment(id: TeamId) -> Option<EnvironmentId>;
        write insert_invitation(invitation: &TeamInvitation) -> ();
        read invitations(team: TeamId) -> Vec<TeamInvitation>;
        read find_invitation(digest: &SecretDigest) -> Option<TeamInvitation>;
        write update_invitation(invitation: &TeamInvitation) -> bool;
        write delete_invitation(team: TeamId, id: TeamInvitationId) -> bool;
        write record(entry: &TeamEntry) -> ();
    }
    Organizations via organizations {
        write insert(organization: &Organization) -> ();
        read find(environment: EnvironmentId, id: OrganizationId) -> Option<Organization>;
        read lock(environment: EnvironmentId, id: OrganizationId) -> Option<Organization>;
        read slug_taken(environment: EnvironmentId, slug: &Slug) -> bool;
        write update(organization: &Organization) -> bool;
        write delete(environment: EnvironmentId, id: OrganizationId) -> bool;
    }
    OrganizationDomains via organization_domains {
        write insert(domain: &OrganizationDomain) -> ();
        read lock(environment: EnvironmentId, id: OrganizationDomainId) -> Option<OrganizationDomain>;
        read list(environment: EnvironmentId, organization: OrganizationId) -> Vec<OrganizationDomain>;
        write update(domain: &OrganizationDomain) -> bool;
        read holder(environment: EnvironmentId, domain: &DomainName) -> Option<OrganizationId>;
        write delete(environment: EnvironmentId, id: OrganizationDomainId) -> bool;
    }
    ItContacts via it_contacts {
        write insert(contact: &ItContact) -> ();
        read find(environment: EnvironmentId, organization: OrganizationId, id: ItContactId) -> Option<ItContact>;
        write delete(environment: EnvironmentId, organization: OrganizationId, id: ItContactId) -> bool;
    }
    PortalLinks via links {
        write insert(link: &PortalLink) -> ();
        read find(environment: EnvironmentId, id: PortalLinkId) -> Option<PortalLink>;
        read lock(environment: EnvironmentId, id: PortalLinkId) -> Option<PortalLink>;
        read find_by_digest(digest: &SecretDigest) -> Option<PortalLink>;
        write advance(link: &PortalLink, now: Instant) -> bool;
        write revoke(environment: EnvironmentId, id: PortalLinkId, at: Instant) -> bool;
        write revoke_of_external_user(
            environment: EnvironmentId, organization: OrganizationId, external_user_id: &str, at: Instant
        ) -> Vec<PortalLinkId>;
        read open_setup_link(environment: EnvironmentId, organization: OrganizationId) -> Option<PortalLink>;
    }
    PortalSessions via sessions {
        write insert(session: &PortalSession) -> ();
        read lock_by_digest(digest: &SecretDigest) -> Option<PortalSession>;
        read furthest_of_link(environment: EnvironmentId, link: PortalLinkId) -> Option<PortalSession>;
        write update_progress(session: &PortalSession) -> bool;
        write end(environment: EnvironmentId, id: PortalSessionId, at: Instant) -> bool;
        write end_of_link(environment: EnvironmentId, link: PortalLinkId, at: Instant) -> ();
    }
    AddressCodes via codes {
        write insert(code: &AddressCode) -> ();
        read lock_newest(
            environment: EnvironmentId, link: PortalLinkId, address: &EmailAddress
        ) -> Option<AddressCode>;
        write update(code: &AddressCode) -> bool;
        read made_after(environment: EnvironmentId, link: PortalLinkId, after: Instant) -> Vec<Instant>;
    }
    Connections via connections {
        write insert(connection: &Connection) -> ();
        read lock(environment: EnvironmentId, id: ConnectionId) -> Option<Connection>;
        read lock_of_organization(environment: EnvironmentId, organization: OrganizationId) -> Option<Connection>;
        read find_by_external_id(environment: EnvironmentId, external_id: &ExternalId) -> Option<Connection>;
        write update(connection: &Connection) -> bool;
        write delete(environment: EnvironmentId, id: ConnectionId) -> bool;
        read lock_social(environment: EnvironmentId, provider: SocialProvider) -> Option<SocialConnection>;
        write save_social(connection: &SocialConnection) -> ();
        write delete_social(environment: EnvironmentId, id: ConnectionId) -> bool;
    }
    SsoSessions via sso_sessions {
        write insert(session: &SsoSession) -> ();
        write advance(session: &SsoSession, from: &SsoSessionState) -> bool;
        write admit(admission: &Admission) -> Admitted;
        write depart(session: &SsoSession, ticket: &SecretDigest) -> bool;
    }
    Profiles via profiles {
        write save(profile: &Profile) -> Profile;
    }
    AcceptedAssertions via assertions {
        write accept(assertion: &AcceptedAssertion) -> bool;
    }
    SigningKeys via signing_keys {
        write insert(key: &SigningKey) -> ();
        read list(environment: EnvironmentId) -> Vec<SigningKey>;
        write delete(environment: EnvironmentId, id: SigningKeyId) -> bool;
    }
    Webhooks via webhooks {
        write insert_endpoint(endpoint: &WebhookEndpoint) -> ();
        read lock_endpoint(environment: EnvironmentId, id: WebhookEndpointId) -> Option<WebhookEndpoint>;
        write update_endpoint(endpoint: &WebhookEndpoint) -> bool;
        write delete_endpoint(environment: EnvironmentId, id: WebhookEndpointId) -> bool;
        read list_endpoints(environment: EnvironmentId) -> Vec<WebhookEndpoint>;
        write insert_delivery(delivery: &WebhookDelivery) -> bool;
        read lock_delivery(environment: EnvironmentId, id: WebhookDeliveryId) -> Option<WebhookDelivery>;
        write update_delivery(delivery: &WebhookDelivery) -> bool;
        write insert_attempt(attempt: &WebhookAttempt) -> ();
    }
    Messages via messages {
        write insert(message: &Message) -> ();
        write update(message: &Message) -> bool;
    }
    Outbox via outbox {
        write record(entry: AuditEntry) -> ();
        write append(event: Event) -> ();
        write enqueue(job: Job) -> ();
    }
    Replays via replays {
        write claim(claim: &ReplayClaim) -> ReplayOutcome;
        write keep(claim: &ReplayClaim, answer: &Sealed) -> ();
    }
}
