//! Teams: their people, whom they invited, and what happened to them.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::id::{AuditId, EnvironmentId, MemberId, MemberSessionId, TeamId, TeamInvitationId};
use vestibule_domain::member::Member;
use vestibule_domain::member_session::MemberSession;
use vestibule_domain::page::{Page, PageRequest};
use vestibule_domain::password_reset::PasswordReset;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::team::{Team, TeamInvitation};
use vestibule_domain::team_trail::TeamEntry;

use super::StoreResult;

/// Teams, their invitations and their audit trail.
#[async_trait]
pub trait Teams: Send {
    /// Finds one and keeps others from changing it. Whatever depends on all members of a team
    /// (whether it has another admin, whether it is full) holds this first.
    async fn lock(&mut self, id: TeamId) -> StoreResult<Option<Team>>;
    /// Writes name and support address of a team, and nothing else of it. False if it is gone.
    async fn update(&mut self, team: &Team) -> StoreResult<bool>;
    /// The members of a team, oldest first.
    async fn members(&mut self, id: TeamId) -> StoreResult<Vec<Member>>;
    /// The team's oldest environment, on whose behalf its own mails are sent.
    async fn oldest_environment(&mut self, id: TeamId) -> StoreResult<Option<EnvironmentId>>;
    /// Adds an invitation; [`Conflict::TeamInvitation`](super::Conflict::TeamInvitation) if the team
    /// has one of this address, [`Conflict::Reference`](super::Conflict::Reference) without its team.
    async fn insert_invitation(&mut self, invitation: &TeamInvitation) -> StoreResult<()>;
    /// The invitations of a team that nobody has taken up, oldest first.
    async fn invitations(&mut self, team: TeamId) -> StoreResult<Vec<TeamInvitation>>;
    /// Finds an invitation by the digest of its secret.
    async fn find_invitation(&mut self, digest: &SecretDigest) -> StoreResult<Option<TeamInvitation>>;
    /// Writes digest and time of sending of an invitation, and nothing else of it. False if it is
    /// gone.
    async fn update_invitation(&mut self, invitation: &TeamInvitation) -> StoreResult<bool>;
    /// Removes an invitation of a team. False if it is gone.
    async fn delete_invitation(&mut self, team: TeamId, id: TeamInvitationId) -> StoreResult<bool>;
    /// Adds to the team's audit trail; [`Conflict::Reference`](super::Conflict::Reference) without
    /// its team.
    async fn record(&mut self, entry: &TeamEntry) -> StoreResult<()>;
}

/// A team with its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamView {
    /// The team.
    pub team: Team,
    /// Its members, oldest first.
    pub members: Vec<Member>,
    /// Its invitations that nobody has taken up, oldest first; those that ran out too.
    pub invitations: Vec<TeamInvitation>,
}

/// An invitation with its team, for the page on which it is taken up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamInvitationView {
    /// The invitation, open or not.
    pub invitation: TeamInvitation,
    /// The team.
    pub team: Team,
}

/// A reset with its member, for the page on which it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordResetView {
    /// The reset, open or not.
    pub reset: PasswordReset,
    /// The member.
    pub member: Member,
    /// Their team.
    pub team: Team,
}

/// Looking at teams and their people.
#[async_trait]
pub trait TeamQueries: Send + Sync {
    /// A team with its people.
    async fn team(&self, id: TeamId) -> StoreResult<Option<TeamView>>;
    /// The invitation with this digest.
    async fn team_invitation(&self, digest: &SecretDigest) -> StoreResult<Option<TeamInvitationView>>;
    /// The password reset with this digest.
    async fn password_reset(&self, digest: &SecretDigest) -> StoreResult<Option<PasswordResetView>>;
    /// The visits of a member that are open and neither ended nor past their time, newest first, at
    /// most `most`.
    async fn member_sessions(
        &self,
        member: MemberId,
        now: Instant,
        most: u16,
    ) -> StoreResult<Vec<MemberSession>>;
    /// The audit trail of a team, by id.
    async fn team_trail(&self, team: TeamId, page: PageRequest<AuditId>) -> StoreResult<Page<TeamEntry>>;
}

/// Which visits of a member are ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visits {
    /// All of them.
    All,
    /// All but the one in which this was asked.
    AllBut(MemberSessionId),
}
