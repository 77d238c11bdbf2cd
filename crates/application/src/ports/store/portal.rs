//! Portal links, the visits they open, and the codes that prove who opens them.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::address_code::AddressCode;
use vestibule_domain::connection::Connection;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::{EnvironmentId, OrganizationId, PortalLinkId, PortalSessionId};
use vestibule_domain::organization::Organization;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::portal_link::PortalLink;
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::SecretDigest;

use super::StoreResult;

/// Portal links.
#[async_trait]
pub trait PortalLinks: Send {
    /// Adds one; [`Conflict::LiveLink`](super::Conflict::LiveLink) for a second open `setup` link of an organization (expired
    /// ones included: withdraw them first), [`Conflict::Reference`](super::Conflict::Reference) without its organization.
    ///
    /// A store may keep the link back until the next call or the commit of the unit of work, which
    /// then tells the conflict: minting is one round trip.
    async fn insert(&mut self, link: &PortalLink) -> StoreResult<()>;
    /// Finds one by its id.
    async fn find(&mut self, environment: EnvironmentId, id: PortalLinkId)
    -> StoreResult<Option<PortalLink>>;
    /// Finds one and keeps others from changing it.
    async fn lock(&mut self, environment: EnvironmentId, id: PortalLinkId)
    -> StoreResult<Option<PortalLink>>;
    /// Finds one by its token's digest, whatever its environment: the token is the proof.
    async fn find_by_digest(&mut self, digest: &SecretDigest) -> StoreResult<Option<PortalLink>>;
    /// Writes `completed` and `state` of a link, and nothing else of it, if it is still open and
    /// `now` is before its end: one statement, so of many only one that consumes it wins. False for
    /// the others.
    async fn advance(&mut self, link: &PortalLink, now: Instant) -> StoreResult<bool>;
    /// Withdraws a link if it is still open, even past its time. False otherwise.
    async fn revoke(
        &mut self,
        environment: EnvironmentId,
        id: PortalLinkId,
        at: Instant,
    ) -> StoreResult<bool>;
    /// Withdraws every open link of an organization made with one of the vendor's user ids, spent
    /// launch links excepted; answers with the ids of **all** links made with it, so that their
    /// sessions can be ended.
    async fn revoke_of_external_user(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
        external_user_id: &str,
        at: Instant,
    ) -> StoreResult<Vec<PortalLinkId>>;
    /// The open `setup` link of an organization, even past its time.
    async fn open_setup_link(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
    ) -> StoreResult<Option<PortalLink>>;
}

/// Portal sessions.
#[async_trait]
pub trait PortalSessions: Send {
    /// Adds one; [`Conflict::Reference`](super::Conflict::Reference) without its link.
    async fn insert(&mut self, session: &PortalSession) -> StoreResult<()>;
    /// Finds one by its cookie's digest, whatever its environment, and keeps others from changing
    /// it.
    async fn lock_by_digest(&mut self, digest: &SecretDigest) -> StoreResult<Option<PortalSession>>;
    /// The one of a link whose progress is the latest, ended or not; of several the one that began
    /// last.
    async fn furthest_of_link(
        &mut self,
        environment: EnvironmentId,
        link: PortalLinkId,
    ) -> StoreResult<Option<PortalSession>>;
    /// Writes its progress with the time of it, and nothing else of it. False if it is gone.
    async fn update_progress(&mut self, session: &PortalSession) -> StoreResult<bool>;
    /// Ends one if it is not ended. False otherwise.
    async fn end(
        &mut self,
        environment: EnvironmentId,
        id: PortalSessionId,
        at: Instant,
    ) -> StoreResult<bool>;
    /// Ends all of a link that are not ended.
    async fn end_of_link(
        &mut self,
        environment: EnvironmentId,
        link: PortalLinkId,
        at: Instant,
    ) -> StoreResult<()>;
}

/// Codes that prove addresses.
#[async_trait]
pub trait AddressCodes: Send {
    /// Adds one; [`Conflict::Reference`](super::Conflict::Reference) without its link.
    async fn insert(&mut self, code: &AddressCode) -> StoreResult<()>;
    /// The newest of a link and an address, whatever became of it, kept from others' changes.
    async fn lock_newest(
        &mut self,
        environment: EnvironmentId,
        link: PortalLinkId,
        address: &EmailAddress,
    ) -> StoreResult<Option<AddressCode>>;
    /// Writes tries and state, and nothing else of it. False if it is gone.
    async fn update(&mut self, code: &AddressCode) -> StoreResult<bool>;
    /// When those of a link were made that were made after an instant, oldest first.
    async fn made_after(
        &mut self,
        environment: EnvironmentId,
        link: PortalLinkId,
        after: Instant,
    ) -> StoreResult<Vec<Instant>>;
}

/// A portal session with everything its pages show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalVisit {
    /// The session.
    pub session: PortalSession,
    /// Its link.
    pub link: PortalLink,
    /// Its environment.
    pub environment: Environment,
    /// Its organization.
    pub organization: Organization,
    /// The organization's connection, if there is one.
    pub connection: Option<Connection>,
    /// The organization's domains, oldest first.
    pub domains: Vec<OrganizationDomain>,
}

/// A portal link with what its landing page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalInvitation {
    /// The link.
    pub link: PortalLink,
    /// Its environment.
    pub environment: Environment,
    /// Its organization.
    pub organization: Organization,
}
