//! Members, their visits to the dashboard, and what its pages look up.

use async_trait::async_trait;
use vestibule_application::ports::store::{
    Conflict, EnvironmentLine, LinkView, MemberVisit, Members, StoreResult, Visits,
};
use vestibule_domain::Instant;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::{EnvironmentId, MemberId, MemberSessionId, OrganizationId, TeamId};
use vestibule_domain::member::Member;
use vestibule_domain::member_session::MemberSession;
use vestibule_domain::password_reset::PasswordReset;
use vestibule_domain::secret::SecretDigest;

use crate::rows::{ApiKeyIndex, EnvironmentIndex, LinkIndex, MemberSessionIndex, ResetIndex, SessionIndex};
use crate::tables::Tables;
use crate::unit_of_work::{MemoryUnitOfWork, first_of};

#[async_trait]
impl Members for MemoryUnitOfWork {
    async fn lock(&mut self, id: MemberId) -> StoreResult<Option<Member>> {
        Ok(self.tables.members.get(&id).cloned())
    }

    async fn update(&mut self, member: &Member) -> StoreResult<bool> {
        let Some(before) = self.tables.members.get(&member.id).cloned() else { return Ok(false) };
        let Member { team_id, email, created_at, .. } = before;
        self.tables.members.put(Member { team_id, email, created_at, ..member.clone() });
        Ok(true)
    }

    async fn delete(&mut self, team: TeamId, id: MemberId) -> StoreResult<bool> {
        if self.tables.members.get(&id).is_none_or(|held| held.team_id != team) {
            return Ok(false);
        }
        self.tables.member_sessions.remove_by(&MemberSessionIndex::Member(id));
        self.tables.password_resets.remove_by(&ResetIndex(id));
        Ok(self.tables.members.remove(&id))
    }

    async fn insert_session(&mut self, session: &MemberSession) -> StoreResult<()> {
        self.admit(first_of([
            (self.tables.member_sessions.contains(&session.id), Conflict::Other),
            (!self.tables.members.contains(&session.member_id), Conflict::Reference),
            (
                self.tables.member_sessions.one(&MemberSessionIndex::Digest(session.digest)).is_some(),
                Conflict::Other,
            ),
        ]))?;
        self.tables.member_sessions.put(session.clone());
        Ok(())
    }

    async fn end_session(&mut self, member: MemberId, id: MemberSessionId, at: Instant) -> StoreResult<bool> {
        let held = self.tables.member_sessions.get(&id);
        let open = held.filter(|held| held.member_id == member && held.ended_at.is_none()).cloned();
        let Some(open) = open else { return Ok(false) };
        self.tables.member_sessions.put(MemberSession { ended_at: Some(at), ..open });
        Ok(true)
    }

    async fn end_sessions(&mut self, member: MemberId, which: Visits, at: Instant) -> StoreResult<()> {
        let kept = match which {
            Visits::All => None,
            Visits::AllBut(id) => Some(id),
        };
        let visits = self.tables.member_sessions.by(&MemberSessionIndex::Member(member));
        let open = visits.filter(|visit| visit.ended_at.is_none() && Some(visit.id) != kept);
        let ended: Vec<_> = open.map(|open| MemberSession { ended_at: Some(at), ..open.clone() }).collect();
        for visit in ended {
            self.tables.member_sessions.put(visit);
        }
        Ok(())
    }

    async fn insert_reset(&mut self, reset: &PasswordReset) -> StoreResult<()> {
        self.admit(first_of([
            (self.tables.password_resets.contains(&reset.digest), Conflict::Other),
            (!self.tables.members.contains(&reset.member_id), Conflict::Reference),
        ]))?;
        self.tables.password_resets.put(reset.clone());
        Ok(())
    }

    async fn resets(&mut self, member: MemberId) -> StoreResult<Vec<PasswordReset>> {
        let mut resets: Vec<_> = self.tables.password_resets.by(&ResetIndex(member)).cloned().collect();
        resets.sort_by_key(|reset| reset.created_at);
        Ok(resets)
    }

    async fn take_reset(&mut self, digest: &SecretDigest) -> StoreResult<Option<PasswordReset>> {
        let held = self.tables.password_resets.get(digest).cloned();
        self.tables.password_resets.remove(digest);
        Ok(held)
    }

    async fn delete_resets(&mut self, member: MemberId, until: Instant) -> StoreResult<()> {
        let resets = self.tables.password_resets.by(&ResetIndex(member));
        let old: Vec<_> =
            resets.filter(|reset| reset.created_at <= until).map(|reset| reset.digest).collect();
        for digest in old {
            self.tables.password_resets.remove(&digest);
        }
        Ok(())
    }
}

impl Tables {
    pub(crate) fn member_visit(&self, digest: &SecretDigest) -> Option<MemberVisit> {
        let session = self.member_sessions.one(&MemberSessionIndex::Digest(*digest))?.clone();
        let member = self.members.get(&session.member_id)?.clone();
        let team = self.teams.get(&member.team_id)?.clone();
        let ids = self.environments.keys(&EnvironmentIndex::Team(team.id)).into_iter().flatten();
        let line = |environment: &Environment| EnvironmentLine {
            id: environment.id,
            kind: environment.kind,
            name: environment.name.clone(),
        };
        let environments = ids.filter_map(|id| self.environments.get(id)).map(line).collect();
        Some(MemberVisit { session, member, team, environments })
    }

    pub(crate) fn links_of(
        &self,
        environment: EnvironmentId,
        organization: OrganizationId,
        most: u16,
    ) -> Vec<LinkView> {
        let ids = self.links.keys(&LinkIndex::Organization(organization)).into_iter().flatten();
        let links = ids.rev().filter_map(|id| self.links.find(environment, id)).take(most.into());
        let furthest = |link| {
            let visits = self.sessions.keys(&SessionIndex::Link(link)).into_iter().flatten();
            let visits = visits.filter_map(|id| self.sessions.get(id));
            visits.max_by_key(|visit| (visit.progress_at, visit.id)).cloned()
        };
        links.map(|link| LinkView { link: link.clone(), furthest: furthest(link.id) }).collect()
    }

    pub(crate) fn api_keys_of(&self, environment: EnvironmentId) -> Vec<ApiKey> {
        let ids = self.api_keys.keys(&ApiKeyIndex::Environment(environment)).into_iter().flatten();
        ids.filter_map(|id| self.api_keys.get(id)).cloned().collect()
    }
}
