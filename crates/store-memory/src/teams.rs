//! Teams: their people, whom they invited, and what happened to them.

use async_trait::async_trait;
use vestibule_application::ports::store::{
    Conflict, PasswordResetView, StoreResult, TeamInvitationView, TeamQueries, TeamView, Teams,
};
use vestibule_domain::Instant;
use vestibule_domain::id::{
    AuditId, EnvironmentId, Id as _, MemberId, MemberSessionId, TeamId, TeamInvitationId,
};
use vestibule_domain::member::Member;
use vestibule_domain::member_session::{MEMBER_SESSION_KEPT, MemberSession};
use vestibule_domain::page::{Page, PageRequest};
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::team::{TEAM_INVITATION_KEPT, Team, TeamInvitation};
use vestibule_domain::team_trail::{TEAM_TRAIL_KEPT, TeamEntry};

use crate::MemoryStore;
use crate::rows::{EnvironmentIndex, InvitationIndex, MemberIndex, MemberSessionIndex, TeamTrailIndex};
use crate::table::{Row, Table};
use crate::tables::Tables;
use crate::unit_of_work::{MemoryUnitOfWork, first_of};

#[async_trait]
impl Teams for MemoryUnitOfWork {
    async fn lock(&mut self, id: TeamId) -> StoreResult<Option<Team>> {
        Ok(self.tables.teams.get(&id).cloned())
    }

    async fn update(&mut self, team: &Team) -> StoreResult<bool> {
        let Some(before) = self.tables.teams.get(&team.id).cloned() else { return Ok(false) };
        self.tables.teams.put(Team { created_at: before.created_at, ..team.clone() });
        Ok(true)
    }

    async fn members(&mut self, id: TeamId) -> StoreResult<Vec<Member>> {
        Ok(self.tables.members_of(id))
    }

    async fn oldest_environment(&mut self, id: TeamId) -> StoreResult<Option<EnvironmentId>> {
        Ok(self.tables.environments.one(&EnvironmentIndex::Team(id)).map(|environment| environment.id))
    }

    async fn insert_invitation(&mut self, invitation: &TeamInvitation) -> StoreResult<()> {
        let invitations = &self.tables.team_invitations;
        let email = InvitationIndex::Email(invitation.team_id, invitation.email.clone());
        let conflict = first_of([
            (invitations.contains(&invitation.id), Conflict::Other),
            (!self.tables.teams.contains(&invitation.team_id), Conflict::Reference),
            (invitations.one(&email).is_some(), Conflict::TeamInvitation),
            (invitations.one(&InvitationIndex::Digest(invitation.digest)).is_some(), Conflict::Other),
        ]);
        self.admit(conflict)?;
        self.tables.team_invitations.put(invitation.clone());
        Ok(())
    }

    async fn invitations(&mut self, team: TeamId) -> StoreResult<Vec<TeamInvitation>> {
        Ok(self.tables.invitations_of(team))
    }

    async fn find_invitation(&mut self, digest: &SecretDigest) -> StoreResult<Option<TeamInvitation>> {
        Ok(self.tables.team_invitations.one(&InvitationIndex::Digest(*digest)).cloned())
    }

    async fn update_invitation(&mut self, invitation: &TeamInvitation) -> StoreResult<bool> {
        let Some(held) = self.tables.team_invitations.get(&invitation.id).cloned() else { return Ok(false) };
        let TeamInvitation { digest, sent_at, .. } = *invitation;
        self.tables.team_invitations.put(TeamInvitation { digest, sent_at, ..held });
        Ok(true)
    }

    async fn delete_invitation(&mut self, team: TeamId, id: TeamInvitationId) -> StoreResult<bool> {
        let held = self.tables.team_invitations.get(&id).is_some_and(|held| held.team_id == team);
        Ok(held && self.tables.team_invitations.remove(&id))
    }

    async fn record(&mut self, entry: &TeamEntry) -> StoreResult<()> {
        self.admit(first_of([
            (self.tables.team_trail.contains(&entry.id), Conflict::Other),
            (!self.tables.teams.contains(&entry.team_id), Conflict::Reference),
        ]))?;
        self.tables.team_trail.put(entry.clone());
        Ok(())
    }
}

impl Tables {
    fn members_of(&self, team: TeamId) -> Vec<Member> {
        self.members.by(&MemberIndex::Team(team)).cloned().collect()
    }

    fn invitations_of(&self, team: TeamId) -> Vec<TeamInvitation> {
        self.team_invitations.by(&InvitationIndex::Team(team)).cloned().collect()
    }
}

#[async_trait]
impl TeamQueries for MemoryStore {
    async fn team(&self, id: TeamId) -> StoreResult<Option<TeamView>> {
        let tables = self.committed();
        let view = |team: &Team| TeamView {
            team: team.clone(),
            members: tables.members_of(id),
            invitations: tables.invitations_of(id),
        };
        Ok(tables.teams.get(&id).map(view))
    }

    async fn team_invitation(&self, digest: &SecretDigest) -> StoreResult<Option<TeamInvitationView>> {
        let tables = self.committed();
        let found = tables.team_invitations.one(&InvitationIndex::Digest(*digest)).cloned();
        Ok(found.and_then(|invitation| {
            let team = tables.teams.get(&invitation.team_id)?.clone();
            Some(TeamInvitationView { invitation, team })
        }))
    }

    async fn password_reset(&self, digest: &SecretDigest) -> StoreResult<Option<PasswordResetView>> {
        let tables = self.committed();
        let found = tables.password_resets.get(digest).cloned();
        Ok(found.and_then(|reset| {
            let member = tables.members.get(&reset.member_id)?.clone();
            let team = tables.teams.get(&member.team_id)?.clone();
            Some(PasswordResetView { reset, member, team })
        }))
    }

    async fn member_sessions(
        &self,
        member: MemberId,
        now: Instant,
        most: u16,
    ) -> StoreResult<Vec<MemberSession>> {
        let tables = self.committed();
        let ids = tables.member_sessions.keys(&MemberSessionIndex::Member(member)).into_iter().flatten();
        let visits = ids.rev().filter_map(|id| tables.member_sessions.get(id));
        Ok(visits.filter(|visit| visit.live(now)).take(most.into()).cloned().collect())
    }

    async fn team_trail(&self, team: TeamId, page: PageRequest<AuditId>) -> StoreResult<Page<TeamEntry>> {
        let tables = self.committed();
        let ids = tables.team_trail.keys(&TeamTrailIndex(team));
        let rows = tables.team_trail.scan(ids, page.scan(), |_| true);
        Ok(page.page(rows.into_iter().cloned().collect()))
    }
}

impl MemoryUnitOfWork {
    /// Forgets what nobody needs any more of teams and their people.
    pub(crate) fn forget_of_teams(&mut self, now: Instant) {
        fn forget<R: Row>(rows: &mut Table<R>, old: impl Fn(&R) -> bool) {
            let old: Vec<_> = rows.all().filter(|row| old(*row)).map(Row::key).collect();
            for key in old {
                rows.remove(&key);
            }
        }
        let tables = &mut *self.tables;
        forget(&mut tables.password_resets, |reset| !reset.open(now));
        forget(&mut tables.team_invitations, |invitation| {
            invitation.expires_at() + TEAM_INVITATION_KEPT <= now
        });
        let first = MemberSessionId::least_at(now - MEMBER_SESSION_KEPT);
        forget(&mut tables.member_sessions, |visit| visit.id < first);
        let first = AuditId::least_at(now - TEAM_TRAIL_KEPT);
        forget(&mut tables.team_trail, |entry| entry.id < first);
    }
}
