//! Where everything is kept: units of work for decisions, queries for looking.
//!
//! Promises that every store keeps, and `store-contract` checks:
//! - A unit of work is all or nothing. It is seen by others only after `commit`.
//! - Once one of its calls has failed, a unit of work can only be taken back: `commit` fails.
//! - Every look-up of tenant data names the environment; a foreign id is not found. Rows that are
//!   handed in whole are found by their id and environment, and can refer to rows of the same
//!   environment only.
//! - Instants come back to the microsecond; lists are ordered by id, which is time order.
//! - `lock_…` keeps others from changing the row until the unit of work ends.
//! - A repository invents nothing: ids and times are handed in.

mod connections;
mod domains;
mod jobs;
mod members;
mod organizations;
mod overview;
mod portal;
mod replays;
mod sso;
mod teams;
mod webhooks;

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::audit::{AuditAction, AuditEntry};
use vestibule_domain::connection::Connection;
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::Environment;
use vestibule_domain::event::{Event, EventName};
use vestibule_domain::id::{
    ApiKeyId, AuditId, ClientId, ConnectionId, EnvironmentId, EventId, ItContactId, MessageId,
    OrganizationDomainId, OrganizationId, ProfileId, SsoSessionId, TeamId, WebhookDeliveryId,
    WebhookEndpointId,
};
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::job::Job;
use vestibule_domain::member::Member;
use vestibule_domain::message::Message;
use vestibule_domain::notice::Notice;
use vestibule_domain::organization::ExternalId;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::page::{Page, PageRequest};
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::social::{SocialConnection, SocialProvider};
use vestibule_domain::sso::profile::Profile;
use vestibule_domain::sso::session::SsoSession;
use vestibule_domain::sso::signing_key::SigningKey;
use vestibule_domain::team::Team;
use vestibule_domain::webhook::{WebhookDelivery, WebhookEndpoint};

pub use connections::Connections;
pub use domains::OrganizationDomains;
pub use jobs::Jobs;
pub use members::{EnvironmentLine, LinkView, MemberVisit, Members};
pub use organizations::{ItContacts, OrganizationFilter, OrganizationView, Organizations};
pub use overview::{
    ATTENTION_MAX, InNeed, NeedAt, OVERVIEW_DAYS, OVERVIEW_WEEKS, OpenSetUp, OrganizationMarks, Overview,
    SetUpWeek, SignInDay, Undelivered, first_day, first_monday, median, monday,
};
pub use portal::{AddressCodes, PortalInvitation, PortalLinks, PortalSessions, PortalVisit};
pub use replays::{ReplayClaim, ReplayOutcome, Replays};
pub use sso::{
    AcceptedAssertion, AcceptedAssertions, Admission, Admitted, ArrivalKey, ConnectionSelector, Profiles,
    SignInArrival, SignInDesk, SignInDomain, SignInEnvironment, SignInExchange, SignInOrganization,
    SigningKeys, SocialArrival, SocialDesk, SsoSessionFilter, SsoSessionLine, SsoSessions,
};
pub use teams::{PasswordResetView, TeamInvitationView, TeamQueries, TeamView, Teams, Visits};
pub use webhooks::{DeliveryView, Webhooks};

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Others were at it; the whole use case can be run again.
    #[error("the store is contended")]
    Contention,
    /// A uniqueness or reference rule stands against it.
    #[error("the store has a conflicting row: {0:?}")]
    Conflict(Conflict),
    /// The store cannot be reached or takes no more now; later it may.
    #[error("the store is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row that cannot be read.
    #[error("the store holds a row that cannot be read: {table}.{column}")]
    Corrupt {
        /// Its table.
        table: &'static str,
        /// The column at fault.
        column: &'static str,
    },
    /// Anything else that the driver says.
    #[error("the store failed")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Which rule stood against a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// A member with this address exists.
    MemberEmail,
    /// The team has an invitation of this address.
    TeamInvitation,
    /// The slug is taken in the environment.
    OrganizationSlug,
    /// The external id is taken in the environment.
    OrganizationExternalId,
    /// The Stripe customer id is taken in the environment.
    OrganizationStripeCustomerId,
    /// The organization has the domain already, or another one has it verified.
    OrganizationDomain,
    /// The organization has a contact with this address.
    ItContactEmail,
    /// The organization has a live link of a kind of which it may have one.
    LiveLink,
    /// The organization has a connection.
    OrganizationConnection,
    /// The external id of a connection is taken in the environment.
    ConnectionExternalId,
    /// The environment has an endpoint with this address.
    WebhookUrl,
    /// The event has a delivery to this endpoint.
    WebhookDelivery,
    /// What the row refers to is not there (any more).
    Reference,
    /// Any other rule.
    Other,
}

/// Result of a store's methods.
pub type StoreResult<T> = Result<T, StoreError>;

/// A store.
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins a unit of work. Two in one task wait for each other for ever: never do that.
    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>>;

    /// For looking.
    fn queries(&self) -> &dyn Queries;

    /// For workers.
    fn jobs(&self) -> &dyn Jobs;
}

/// One transaction. Dropping it without `commit` leaves no trace.
#[async_trait]
pub trait UnitOfWork: Send {
    /// Teams, members, environments and API keys.
    fn accounts(&mut self) -> &mut dyn Accounts;
    /// Members and their visits.
    fn members(&mut self) -> &mut dyn Members;
    /// Teams, their invitations and their audit trail.
    fn teams(&mut self) -> &mut dyn Teams;
    /// Organizations.
    fn organizations(&mut self) -> &mut dyn Organizations;
    /// Organization domains.
    fn organization_domains(&mut self) -> &mut dyn OrganizationDomains;
    /// IT contacts.
    fn it_contacts(&mut self) -> &mut dyn ItContacts;
    /// Portal links.
    fn links(&mut self) -> &mut dyn PortalLinks;
    /// Portal sessions.
    fn sessions(&mut self) -> &mut dyn PortalSessions;
    /// Codes that prove addresses.
    fn codes(&mut self) -> &mut dyn AddressCodes;
    /// Connections.
    fn connections(&mut self) -> &mut dyn Connections;
    /// Attempts to sign in.
    fn sso_sessions(&mut self) -> &mut dyn SsoSessions;
    /// Profiles.
    fn profiles(&mut self) -> &mut dyn Profiles;
    /// Assertion ids that were accepted.
    fn assertions(&mut self) -> &mut dyn AcceptedAssertions;
    /// The keys that sign access tokens.
    fn signing_keys(&mut self) -> &mut dyn SigningKeys;
    /// Webhook endpoints and deliveries.
    fn webhooks(&mut self) -> &mut dyn Webhooks;
    /// Messages.
    fn messages(&mut self) -> &mut dyn Messages;
    /// Audit trail, events and jobs: what nobody reads within the transaction. A store may keep
    /// these back and send them with the commit.
    fn outbox(&mut self) -> &mut dyn Outbox;
    /// Answers that are given again when a request is repeated.
    fn replays(&mut self) -> &mut dyn Replays;
    /// Says that the next statement is all that is done: a store may make it true at once, unless
    /// something was asked or noted before. What comes after it may be a transaction of its own.
    fn decide_by_next(&mut self) {}
    /// Makes it true. An error means that nothing was written.
    async fn commit(self: Box<Self>) -> StoreResult<()>;
    /// Takes it back.
    async fn rollback(self: Box<Self>) -> StoreResult<()>;
}

/// Teams, members, environments and API keys.
#[async_trait]
pub trait Accounts: Send {
    /// Whether any team exists.
    async fn any_team(&mut self) -> StoreResult<bool>;
    /// Adds a team.
    async fn insert_team(&mut self, team: &Team) -> StoreResult<()>;
    /// Adds a member; [`Conflict::MemberEmail`], [`Conflict::Reference`] without its team.
    async fn insert_member(&mut self, member: &Member) -> StoreResult<()>;
    /// Adds an environment.
    async fn insert_environment(&mut self, environment: &Environment) -> StoreResult<()>;
    /// How many environments a team has.
    async fn count_environments(&mut self, team: TeamId) -> StoreResult<usize>;
    /// Finds an environment.
    async fn find_environment(&mut self, id: EnvironmentId) -> StoreResult<Option<Environment>>;
    /// Finds an environment that nobody else changes before the unit of work ends.
    async fn lock_environment(&mut self, id: EnvironmentId) -> StoreResult<Option<Environment>>;
    /// Writes name, redirects, redirect URIs, branding and rules of an environment, nothing else.
    async fn update_environment(&mut self, environment: &Environment) -> StoreResult<()>;
    /// Whose host it is that is used, if anybody's.
    async fn host_owner(&mut self, host: &DomainName) -> StoreResult<Option<EnvironmentId>>;
    /// Makes a host an environment's; false if it is another's.
    async fn claim_host(&mut self, host: &DomainName, environment: EnvironmentId) -> StoreResult<bool>;
    /// Lets others have a host; one that is another environment's stays theirs.
    async fn release_host(&mut self, host: &DomainName, environment: EnvironmentId) -> StoreResult<()>;
    /// Until when the members of an environment's team were told what this notice is about; none if
    /// they never were.
    async fn told_until(
        &mut self,
        environment: EnvironmentId,
        notice: Notice,
    ) -> StoreResult<Option<Instant>>;
    /// Notes until when they are told, from `before` on: of many who do it at once, one succeeds, the
    /// others get false. [`Conflict::Reference`] without the environment.
    async fn tell_until(
        &mut self,
        environment: EnvironmentId,
        notice: Notice,
        before: Option<Instant>,
        until: Instant,
    ) -> StoreResult<bool>;
    /// Adds an API key.
    async fn insert_api_key(&mut self, key: &ApiKey) -> StoreResult<()>;
    /// Finds an API key.
    async fn find_api_key(&mut self, environment: EnvironmentId, id: ApiKeyId)
    -> StoreResult<Option<ApiKey>>;
    /// Sets when an API key ends; false if there is none that is not withdrawn.
    async fn expire_api_key(
        &mut self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Instant,
    ) -> StoreResult<bool>;
    /// Notes when an API key was used; false if there is none, or a later use was noted.
    async fn note_api_key_use(
        &mut self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Instant,
    ) -> StoreResult<bool>;
    /// Withdraws an API key; false if there is none that still works.
    async fn revoke_api_key(
        &mut self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Instant,
    ) -> StoreResult<bool>;
}

/// Messages.
#[async_trait]
pub trait Messages: Send {
    /// Adds one; [`Conflict::Reference`] without the organization that it names.
    async fn insert(&mut self, message: &Message) -> StoreResult<()>;
    /// Writes kind (with secrets erased) and state, and nothing else of it. False if it is gone.
    async fn update(&mut self, message: &Message) -> StoreResult<bool>;
}

/// What is written and not read again within a unit of work. All of it is seen by others if and
/// only if the unit of work commits.
#[async_trait]
pub trait Outbox: Send {
    /// Adds to the audit trail.
    async fn record(&mut self, entry: AuditEntry) -> StoreResult<()>;
    /// Adds an event. The job that dispatches it is added by the caller.
    async fn append(&mut self, event: Event) -> StoreResult<()>;
    /// Adds a job; does nothing if there is one with its id.
    async fn enqueue(&mut self, job: Job) -> StoreResult<()>;
}

/// An API key with its environment: everything a request needs to know about who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiCredential {
    /// The key.
    pub key: ApiKey,
    /// Its environment.
    pub environment: Environment,
}

/// A connection with the domains of its organization, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionView {
    /// The connection.
    pub connection: Connection,
    /// The domains.
    pub domains: Vec<OrganizationDomain>,
}

/// Which connections are wanted; all that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionFilter {
    /// Of this type.
    pub connection_type: Option<ConnectionType>,
    /// Of an organization with this domain.
    pub domain: Option<DomainName>,
    /// Of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Whose name begins with this, as for [`OrganizationFilter::search`].
    pub search: Option<String>,
}

/// Which events are wanted; all that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// With any of these names; any name if empty.
    pub names: Vec<EventName>,
    /// Of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Not before.
    pub from: Option<Instant>,
    /// Not after.
    pub until: Option<Instant>,
}

/// Which entries of the audit trail are wanted; all that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// With any of these actions; any action if empty.
    pub actions: Vec<AuditAction>,
    /// By whoever has exactly this id or this name.
    pub actor: Option<String>,
    /// Of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Not before.
    pub from: Option<Instant>,
    /// Not after.
    pub until: Option<Instant>,
}

/// Looking without deciding: no transaction, and on a replica if there is one.
///
/// Lists by id know a cursor's place even where its row is gone. `events` and `audit_trail` list in
/// the order in which units of work became visible, and within one in the order of its calls:
/// nothing ever appears behind a cursor that was handed out, however units of work overlap. Theirs
/// is a place even where the filter leaves its row out; one that names no row of the environment
/// gives an empty page.
#[async_trait]
pub trait Queries: TeamQueries {
    /// Whether the store answers and its schema is current.
    async fn ready(&self) -> StoreResult<()>;

    /// The API key with this digest, unless it is withdrawn. One that has expired is found all the
    /// same, since a store knows no time.
    async fn api_credential(&self, digest: &SecretDigest) -> StoreResult<Option<ApiCredential>>;

    /// The member who signs in with an address.
    async fn member_by_email(&self, email: &EmailAddress) -> StoreResult<Option<Member>>;
    /// The visit to the dashboard with this cookie digest, for its pages.
    async fn member_visit(&self, digest: &SecretDigest) -> StoreResult<Option<MemberVisit>>;
    /// The newest portal links of an organization, newest first, at most `most`.
    async fn portal_links(
        &self,
        environment: EnvironmentId,
        organization: OrganizationId,
        most: u16,
    ) -> StoreResult<Vec<LinkView>>;

    /// The API keys of an environment, withdrawn ones included, oldest first.
    async fn api_keys(&self, environment: EnvironmentId) -> StoreResult<Vec<ApiKey>>;

    /// Whether a host is used by any environment.
    async fn host_is_live(&self, host: &DomainName) -> StoreResult<bool>;

    /// An environment.
    async fn environment(&self, id: EnvironmentId) -> StoreResult<Option<Environment>>;

    /// An organization.
    async fn organization(
        &self,
        environment: EnvironmentId,
        id: OrganizationId,
    ) -> StoreResult<Option<OrganizationView>>;
    /// An organization by the vendor's own id.
    async fn organization_by_external_id(
        &self,
        environment: EnvironmentId,
        external_id: &ExternalId,
    ) -> StoreResult<Option<OrganizationView>>;
    /// Organizations, by id.
    async fn organizations(
        &self,
        environment: EnvironmentId,
        filter: &OrganizationFilter,
        page: PageRequest<OrganizationId>,
    ) -> StoreResult<Page<OrganizationView>>;
    /// Where some organizations stand at `now`, in no order.
    async fn organization_marks(
        &self,
        environment: EnvironmentId,
        organizations: &[OrganizationId],
        now: Instant,
    ) -> StoreResult<Vec<OrganizationMarks>>;
    /// An environment at a glance.
    async fn overview(&self, environment: EnvironmentId, now: Instant) -> StoreResult<Overview>;

    /// An organization domain.
    async fn organization_domain(
        &self,
        environment: EnvironmentId,
        id: OrganizationDomainId,
    ) -> StoreResult<Option<OrganizationDomain>>;

    /// IT contacts of an organization, by id.
    async fn it_contacts(
        &self,
        environment: EnvironmentId,
        organization: OrganizationId,
        page: PageRequest<ItContactId>,
    ) -> StoreResult<Page<ItContact>>;

    /// A connection.
    async fn connection(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
    ) -> StoreResult<Option<ConnectionView>>;
    /// A connection by its id alone: for addresses that providers are given. Shows nothing of it
    /// but what is public.
    async fn public_connection(&self, id: ConnectionId) -> StoreResult<Option<Connection>>;
    /// The connections of some organizations, in no order.
    async fn connections_of(
        &self,
        environment: EnvironmentId,
        organizations: &[OrganizationId],
    ) -> StoreResult<Vec<Connection>>;
    /// Connections, by id.
    async fn connections(
        &self,
        environment: EnvironmentId,
        filter: &ConnectionFilter,
        page: PageRequest<ConnectionId>,
    ) -> StoreResult<Page<ConnectionView>>;

    /// Connections of all environments that no [`vestibule_domain::job::Task::WatchCertificates`]
    /// stands for, by id from
    /// behind `after` on, at most `most`: for whoever adds what connections of earlier versions lack.
    async fn unwatched_connections(
        &self,
        after: Option<ConnectionId>,
        most: u16,
    ) -> StoreResult<Vec<Connection>>;

    /// Domains of all environments that wait for a record which nobody looks for, at most `most`: for
    /// whoever begins what an earlier version did not.
    async fn unsought_domains(&self, most: u16) -> StoreResult<Vec<OrganizationDomain>>;

    /// Environments of all teams that no [`vestibule_domain::job::Task::LookAround`] stands for, by id
    /// from behind `after` on, at most `most`.
    async fn unattended_environments(
        &self,
        after: Option<EnvironmentId>,
        most: u16,
    ) -> StoreResult<Vec<EnvironmentId>>;

    /// Where a sign-in begins; none without such a client.
    async fn sign_in_desk(
        &self,
        client: ClientId,
        selector: ConnectionSelector,
    ) -> StoreResult<Option<SignInDesk>>;
    /// Where an answer of an identity provider arrives; none for attempts with a public provider.
    async fn sign_in_arrival(&self, key: ArrivalKey) -> StoreResult<Option<SignInArrival>>;
    /// Where a sign-in with a public provider begins; none without such a client.
    async fn social_desk(
        &self,
        client: ClientId,
        provider: SocialProvider,
    ) -> StoreResult<Option<SocialDesk>>;
    /// Where an answer of a public provider arrives; none for attempts through other connections.
    async fn social_arrival(&self, session: SsoSessionId) -> StoreResult<Option<SocialArrival>>;
    /// The public providers at which an environment is registered, oldest first.
    async fn social_connections(&self, environment: EnvironmentId) -> StoreResult<Vec<SocialConnection>>;
    /// An attempt with the profile that its code is for; none unless it has a code.
    async fn sign_in_exchange(
        &self,
        environment: EnvironmentId,
        session: SsoSessionId,
    ) -> StoreResult<Option<SignInExchange>>;
    /// An environment by its public client id.
    async fn environment_of_client(&self, client: ClientId) -> StoreResult<Option<Environment>>;
    /// A profile.
    async fn profile(&self, environment: EnvironmentId, id: ProfileId) -> StoreResult<Option<Profile>>;
    /// The keys that sign access tokens of an environment, oldest first.
    async fn signing_keys(&self, environment: EnvironmentId) -> StoreResult<Vec<SigningKey>>;
    /// An attempt with all that is known of it.
    async fn sso_session(
        &self,
        environment: EnvironmentId,
        id: SsoSessionId,
    ) -> StoreResult<Option<SsoSession>>;
    /// Attempts, by id.
    async fn sso_sessions(
        &self,
        environment: EnvironmentId,
        filter: &SsoSessionFilter,
        page: PageRequest<SsoSessionId>,
    ) -> StoreResult<Page<SsoSessionLine>>;

    /// The link with this token digest, for its landing page.
    async fn invitation(&self, digest: &SecretDigest) -> StoreResult<Option<PortalInvitation>>;
    /// The session with this cookie digest, for its pages.
    async fn visit(&self, digest: &SecretDigest) -> StoreResult<Option<PortalVisit>>;

    /// An event.
    async fn event(&self, environment: EnvironmentId, id: EventId) -> StoreResult<Option<Event>>;
    /// Events, in the order of becoming visible.
    async fn events(
        &self,
        environment: EnvironmentId,
        filter: &EventFilter,
        page: PageRequest<EventId>,
    ) -> StoreResult<Page<Event>>;
    /// The audit trail, in the order of becoming visible.
    async fn audit_trail(
        &self,
        environment: EnvironmentId,
        filter: &AuditFilter,
        page: PageRequest<AuditId>,
    ) -> StoreResult<Page<AuditEntry>>;

    /// An endpoint.
    async fn webhook_endpoint(
        &self,
        environment: EnvironmentId,
        id: WebhookEndpointId,
    ) -> StoreResult<Option<WebhookEndpoint>>;
    /// Endpoints, by id.
    async fn webhook_endpoints(
        &self,
        environment: EnvironmentId,
        page: PageRequest<WebhookEndpointId>,
    ) -> StoreResult<Page<WebhookEndpoint>>;
    /// A delivery.
    async fn webhook_delivery(
        &self,
        environment: EnvironmentId,
        id: WebhookDeliveryId,
    ) -> StoreResult<Option<WebhookDelivery>>;
    /// Deliveries of an endpoint with their attempts, by id.
    async fn webhook_deliveries(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        page: PageRequest<WebhookDeliveryId>,
    ) -> StoreResult<Page<DeliveryView>>;
    /// A delivery of an endpoint with its attempts.
    async fn delivery_view(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        id: WebhookDeliveryId,
    ) -> StoreResult<Option<DeliveryView>>;
    /// The deliveries of some events, in no order.
    async fn deliveries_of(
        &self,
        environment: EnvironmentId,
        events: &[EventId],
    ) -> StoreResult<Vec<WebhookDelivery>>;
    /// Deliveries of an endpoint that were begun at `since` or later and given up, oldest first, at
    /// most `most`.
    async fn given_up_deliveries(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        since: Instant,
        most: u16,
    ) -> StoreResult<Vec<WebhookDeliveryId>>;

    /// A message.
    async fn message(&self, environment: EnvironmentId, id: MessageId) -> StoreResult<Option<Message>>;
}
