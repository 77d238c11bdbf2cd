//! The vendor's people: what they sign in with, and their visits to the dashboard.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::id::{EnvironmentId, MemberId, MemberSessionId, TeamId};
use vestibule_domain::member::Member;
use vestibule_domain::member_session::MemberSession;
use vestibule_domain::password_reset::PasswordReset;
use vestibule_domain::portal_link::PortalLink;
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::team::Team;
use vestibule_domain::text::Name;

use super::{StoreResult, Visits};

/// Members and their visits.
#[async_trait]
pub trait Members: Send {
    /// Finds one and keeps others from changing them.
    async fn lock(&mut self, id: MemberId) -> StoreResult<Option<Member>>;
    /// Writes name, password, role, attempts, second factor, wanted mails and the last sign-in of a
    /// member, and nothing else of them. False if they are gone.
    async fn update(&mut self, member: &Member) -> StoreResult<bool>;
    /// Removes a member of a team with their visits and password resets. False if they are gone.
    async fn delete(&mut self, team: TeamId, id: MemberId) -> StoreResult<bool>;
    /// Adds a visit; [`Conflict::Reference`](super::Conflict::Reference) without its member.
    async fn insert_session(&mut self, session: &MemberSession) -> StoreResult<()>;
    /// Ends a visit of a member if it is not ended. False otherwise.
    async fn end_session(&mut self, member: MemberId, id: MemberSessionId, at: Instant) -> StoreResult<bool>;
    /// Ends visits of a member that are not ended.
    async fn end_sessions(&mut self, member: MemberId, which: Visits, at: Instant) -> StoreResult<()>;
    /// Adds a password reset; [`Conflict::Reference`](super::Conflict::Reference) without its member.
    async fn insert_reset(&mut self, reset: &PasswordReset) -> StoreResult<()>;
    /// The password resets of a member, oldest first.
    async fn resets(&mut self, member: MemberId) -> StoreResult<Vec<PasswordReset>>;
    /// Removes a password reset and gives it to the one who removed it: of many who use it at once,
    /// one has it.
    async fn take_reset(&mut self, digest: &SecretDigest) -> StoreResult<Option<PasswordReset>>;
    /// Removes the password resets of a member that were asked for until then.
    async fn delete_resets(&mut self, member: MemberId, until: Instant) -> StoreResult<()>;
}

/// A visit to the dashboard with what every page of it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberVisit {
    /// The visit, ended or not.
    pub session: MemberSession,
    /// The member.
    pub member: Member,
    /// Their team.
    pub team: Team,
    /// The team's environments, oldest first.
    pub environments: Vec<EnvironmentLine>,
}

/// An environment as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentLine {
    /// Its id.
    pub id: EnvironmentId,
    /// What it is for.
    pub kind: EnvironmentKind,
    /// Name for the team's people.
    pub name: Name,
}

/// A portal link with how far its admin is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkView {
    /// The link.
    pub link: PortalLink,
    /// Of the link's visits the one that got furthest last; none if it was never opened.
    pub furthest: Option<PortalSession>,
}
