//! The store's part in sign-ins: attempts, profiles, assertion ids, signing keys.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::connection::Connection;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::{
    ConnectionId, EnvironmentId, OrganizationId, ProfileId, SigningKeyId, SsoSessionId,
};
use vestibule_domain::organization::{Organization, ProfileRule};
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::redirect_uri::RedirectUri;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::social::SocialConnection;
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::profile::Profile;
use vestibule_domain::sso::session::{Origin, SsoSession, SsoSessionState, Standing};
use vestibule_domain::sso::signing_key::SigningKey;
use vestibule_domain::test_provider::NoTestProvider;
use vestibule_domain::text::Name;

use super::StoreResult;

/// Attempts to sign in.
#[async_trait]
pub trait SsoSessions: Send {
    /// Adds one; [`Conflict::Reference`](super::Conflict::Reference) without its connection, which
    /// may show at the commit: a store may keep this row back and send it with the commit.
    async fn insert(&mut self, session: &SsoSession) -> StoreResult<()>;
    /// Writes everything that changes about an attempt if it still stands where `from` says: state,
    /// code, exchange and trial, and the record if it was only started. Once the provider has answered the
    /// record is complete, and stays as it is. False if it does not stand there, or is gone. Of many
    /// at once, one succeeds.
    async fn advance(&mut self, session: &SsoSession, from: &SsoSessionState) -> StoreResult<bool>;
    /// Does at once what lets a person in whose provider vouched for them: accepts the assertion as
    /// [`AcceptedAssertions::accept`] does, saves the profile as [`Profiles::save`] does, and advances
    /// the attempt, which must be started, with a code for the profile as it is kept. All of it, or
    /// nothing where the outcome is not [`Admitted::In`].
    async fn admit(&mut self, admission: &Admission) -> StoreResult<Admitted>;
    /// Begins a test that waits for a browser with this ticket, and spends the ticket: writes
    /// exchange, record and browser. False if it waits for no such ticket (any more). Of many at
    /// once, one succeeds.
    async fn depart(&mut self, session: &SsoSession, ticket: &SecretDigest) -> StoreResult<bool>;
}

/// A person who is about to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// The attempt, authorized. The profile of its code is that of the store, whatever it says.
    pub session: SsoSession,
    /// The profile.
    pub profile: Profile,
    /// What the provider vouched with, where that may be used only once.
    pub assertion: Option<AcceptedAssertion>,
}

/// What became of an [`Admission`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// The person is in, with this profile.
    In(ProfileId),
    /// The assertion was used before.
    AssertionUsed,
    /// The attempt is not started any more, or gone.
    Ended,
}

/// Profiles.
#[async_trait]
pub trait Profiles: Send {
    /// Adds a profile, or refreshes the one of the same connection and id at the provider; answers
    /// with it as it is kept: with the id and the creation time of the first.
    /// [`Conflict::Reference`](super::Conflict::Reference) without its connection.
    async fn save(&mut self, profile: &Profile) -> StoreResult<Profile>;
}

/// Assertion ids that were accepted.
#[async_trait]
pub trait AcceptedAssertions: Send {
    /// Notes one. False if it was noted before: of many at once, on any number of processes, one
    /// succeeds.
    async fn accept(&mut self, assertion: &AcceptedAssertion) -> StoreResult<bool>;
}

/// The keys that sign access tokens.
#[async_trait]
pub trait SigningKeys: Send {
    /// Adds one; [`Conflict::Reference`](super::Conflict::Reference) without its environment.
    async fn insert(&mut self, key: &SigningKey) -> StoreResult<()>;
    /// All of an environment, oldest first.
    async fn list(&mut self, environment: EnvironmentId) -> StoreResult<Vec<SigningKey>>;
    /// Removes one. False if it is gone.
    async fn delete(&mut self, environment: EnvironmentId, id: SigningKeyId) -> StoreResult<bool>;
}

/// An assertion that was accepted, and must not be a second time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedAssertion {
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Through which connection.
    pub connection_id: ConnectionId,
    /// Digest of its id; ids are the provider's and may be long.
    pub digest: SecretDigest,
    /// When it would not be accepted for its age alone. From then on it need not be kept.
    pub expires_at: Instant,
}

/// Which connection an app wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionSelector {
    /// This one.
    Connection(ConnectionId),
    /// The one of this organization.
    Organization(OrganizationId),
}

/// An environment as far as a sign-in needs it: how it looks and where its portal leads are the
/// large part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInEnvironment {
    /// Its id.
    pub id: EnvironmentId,
    /// Where sign-ins may send people back to; the first is the default.
    pub redirect_uris: Vec<RedirectUri>,
    /// Whether it has the test identity provider, or why not.
    pub test_provider: Result<(), NoTestProvider>,
}

impl From<&Environment> for SignInEnvironment {
    fn from(environment: &Environment) -> Self {
        Self {
            id: environment.id,
            redirect_uris: environment.redirect_uris.clone(),
            test_provider: environment.test_provider(),
        }
    }
}

/// An organization as far as a sign-in needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInOrganization {
    /// The customer's name.
    pub name: Name,
    /// Whose sign-ins are taken.
    pub profiles: ProfileRule,
}

impl From<&Organization> for SignInOrganization {
    fn from(organization: &Organization) -> Self {
        Self { name: organization.name.clone(), profiles: organization.profiles }
    }
}

/// A domain of an organization as far as a sign-in needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInDomain {
    /// Its name.
    pub domain: DomainName,
    /// Whether it is proven that it is theirs.
    pub is_verified: bool,
}

impl From<&OrganizationDomain> for SignInDomain {
    fn from(domain: &OrganizationDomain) -> Self {
        Self { domain: domain.domain.clone(), is_verified: domain.is_verified() }
    }
}

/// Where a sign-in begins: the environment, and what the selector finds in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInDesk {
    /// The environment of the client id.
    pub environment: SignInEnvironment,
    /// The connection of an organization; none if nothing in the environment fits.
    pub found: Option<Connection>,
    /// Whether an endpoint asks for events of sign-ins.
    pub listened: bool,
}

/// Where an answer of an identity provider arrives: everything it is judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInArrival {
    /// The attempt it answers; none if only the connection is known.
    pub attempt: Option<SsoSession>,
    /// The environment.
    pub environment: SignInEnvironment,
    /// The connection.
    pub connection: Connection,
    /// The organization.
    pub organization: SignInOrganization,
    /// The organization's domains, oldest first.
    pub domains: Vec<SignInDomain>,
    /// Whether an endpoint asks for events of sign-ins.
    pub listened: bool,
}

/// Where a sign-in with a public provider begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocialDesk {
    /// The environment of the client id.
    pub environment: SignInEnvironment,
    /// Its registration at the provider, if it has one.
    pub connection: Option<SocialConnection>,
    /// Whether an endpoint asks for events of sign-ins.
    pub listened: bool,
}

/// Where an answer of a public provider arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocialArrival {
    /// The attempt it answers.
    pub attempt: SsoSession,
    /// The environment's registration at the provider.
    pub connection: SocialConnection,
    /// Whether an endpoint asks for events of sign-ins.
    pub listened: bool,
}

/// By what an answer is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrivalKey {
    /// The attempt.
    Attempt(SsoSessionId),
    /// The connection alone.
    Connection(ConnectionId),
}

/// An attempt whose code is to be exchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInExchange {
    /// The attempt, without its record: that is the large part, and an exchange needs nothing of it.
    pub session: SsoSession,
    /// The profile that its code is for.
    pub profile: Profile,
    /// Whether an endpoint asks for events of sign-ins.
    pub listened: bool,
}

/// Which attempts are wanted; all that are given must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoSessionFilter {
    /// Through this connection.
    pub connection_id: Option<ConnectionId>,
    /// Of this organization.
    pub organization_id: Option<OrganizationId>,
    /// That read so at `now`.
    pub standing: Option<Standing>,
    /// That failed so.
    pub failure: Option<FailureCode>,
    /// Begun so.
    pub origin: Option<Origin>,
    /// Of the person with this address, compared in lower case.
    pub email: Option<String>,
    /// Of people whose address begins with this, compared in lower case; no character is a wild
    /// card.
    pub email_prefix: Option<String>,
    /// Not before.
    pub from: Option<Instant>,
    /// Not after.
    pub until: Option<Instant>,
    /// Now: whether an attempt has timed out depends on it.
    pub now: Instant,
}

impl SsoSessionFilter {
    /// All attempts, as they read at `now`.
    pub fn all(now: Instant) -> Self {
        Self {
            connection_id: None,
            organization_id: None,
            standing: None,
            failure: None,
            origin: None,
            email: None,
            email_prefix: None,
            from: None,
            until: None,
            now,
        }
    }
}

/// An attempt as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoSessionLine {
    /// Its id.
    pub id: SsoSessionId,
    /// The organization; none for people who sign in with an account of their own.
    pub organization_id: Option<OrganizationId>,
    /// The connection.
    pub connection_id: ConnectionId,
    /// Who began it.
    pub origin: Origin,
    /// How it reads.
    pub standing: Standing,
    /// The class of failure, if it failed.
    pub failure: Option<FailureCode>,
    /// The person's address in lower case, see
    /// [`SessionRecord::address`](vestibule_domain::sso::session::SessionRecord::address).
    pub email: Option<String>,
    /// The address of the person's browser.
    pub ip_address: Option<String>,
    /// When it was started.
    pub started_at: Instant,
    /// When it came to its outcome, if it has.
    pub ended_at: Option<Instant>,
}
