//! Teams, members, environments and API keys.

use async_trait::async_trait;
use vestibule_application::ports::store::{Accounts, Conflict, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::{ApiKeyId, EnvironmentId, TeamId};
use vestibule_domain::member::Member;
use vestibule_domain::notice::Notice;
use vestibule_domain::team::Team;

use crate::rows::{ApiKeyIndex, EnvironmentIndex, LiveHost, MemberIndex, NoticeTold};
use crate::unit_of_work::{MemoryUnitOfWork, first_of};

#[async_trait]
impl Accounts for MemoryUnitOfWork {
    async fn any_team(&mut self) -> StoreResult<bool> {
        Ok(!self.tables.teams.is_empty())
    }

    async fn insert_team(&mut self, team: &Team) -> StoreResult<()> {
        self.admit(first_of([(self.tables.teams.contains(&team.id), Conflict::Other)]))?;
        self.tables.teams.put(team.clone());
        Ok(())
    }

    async fn insert_member(&mut self, member: &Member) -> StoreResult<()> {
        let tables = &self.tables;
        self.admit(first_of([
            (tables.members.contains(&member.id), Conflict::Other),
            (!tables.teams.contains(&member.team_id), Conflict::Reference),
            (tables.members.one(&MemberIndex::Email(member.email.clone())).is_some(), Conflict::MemberEmail),
        ]))?;
        self.tables.members.put(member.clone());
        Ok(())
    }

    async fn insert_environment(&mut self, environment: &Environment) -> StoreResult<()> {
        let tables = &self.tables;
        self.admit(first_of([
            (tables.environments.contains(&environment.id), Conflict::Other),
            (!tables.teams.contains(&environment.team_id), Conflict::Reference),
        ]))?;
        self.tables.environments.put(environment.clone());
        Ok(())
    }

    async fn count_environments(&mut self, team: TeamId) -> StoreResult<usize> {
        let ids = self.tables.environments.keys(&EnvironmentIndex::Team(team));
        Ok(ids.into_iter().flatten().count())
    }

    async fn find_environment(&mut self, id: EnvironmentId) -> StoreResult<Option<Environment>> {
        Ok(self.tables.environments.get(&id).cloned())
    }

    async fn lock_environment(&mut self, id: EnvironmentId) -> StoreResult<Option<Environment>> {
        // There is one unit of work at a time.
        self.find_environment(id).await
    }

    async fn update_environment(&mut self, environment: &Environment) -> StoreResult<()> {
        if let Some(before) = self.tables.environments.get(&environment.id).cloned() {
            let Environment { team_id, kind, client_id, created_at, .. } = before;
            self.tables.environments.put(Environment {
                team_id,
                kind,
                client_id,
                created_at,
                ..environment.clone()
            });
        }
        Ok(())
    }

    async fn host_owner(&mut self, host: &DomainName) -> StoreResult<Option<EnvironmentId>> {
        Ok(self.tables.live_hosts.get(host).map(|held| held.environment_id))
    }

    async fn claim_host(&mut self, host: &DomainName, environment: EnvironmentId) -> StoreResult<bool> {
        if let Some(held) = self.tables.live_hosts.get(host) {
            return Ok(held.environment_id == environment);
        }
        self.admit(first_of([(!self.tables.environments.contains(&environment), Conflict::Reference)]))?;
        self.tables.live_hosts.put(LiveHost { host: host.clone(), environment_id: environment });
        Ok(true)
    }

    async fn release_host(&mut self, host: &DomainName, environment: EnvironmentId) -> StoreResult<()> {
        if self.tables.live_hosts.get(host).is_some_and(|held| held.environment_id == environment) {
            self.tables.live_hosts.remove(host);
        }
        Ok(())
    }

    async fn told_until(
        &mut self,
        environment: EnvironmentId,
        notice: Notice,
    ) -> StoreResult<Option<Instant>> {
        Ok(self.tables.notices_told.get(&(environment, notice)).map(|told| told.until))
    }

    async fn tell_until(
        &mut self,
        environment: EnvironmentId,
        notice: Notice,
        before: Option<Instant>,
        until: Instant,
    ) -> StoreResult<bool> {
        if self.told_until(environment, notice).await? != before {
            return Ok(false);
        }
        self.admit(first_of([(!self.tables.environments.contains(&environment), Conflict::Reference)]))?;
        self.tables.notices_told.put(NoticeTold { environment_id: environment, notice, until });
        Ok(true)
    }

    async fn insert_api_key(&mut self, key: &ApiKey) -> StoreResult<()> {
        let tables = &self.tables;
        self.admit(first_of([
            (tables.api_keys.contains(&key.id), Conflict::Other),
            (!tables.environments.contains(&key.environment_id), Conflict::Reference),
            (tables.api_keys.one(&ApiKeyIndex::Digest(key.digest)).is_some(), Conflict::Other),
        ]))?;
        self.tables.api_keys.put(key.clone());
        Ok(())
    }

    async fn find_api_key(
        &mut self,
        environment: EnvironmentId,
        id: ApiKeyId,
    ) -> StoreResult<Option<ApiKey>> {
        Ok(self.tables.api_keys.find(environment, &id).cloned())
    }

    async fn expire_api_key(
        &mut self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Instant,
    ) -> StoreResult<bool> {
        let works = self.tables.api_keys.get(&id).is_some_and(|key| key.revoked_at.is_none());
        Ok(works && self.tables.api_keys.change(environment, &id, |key| key.expires_at = Some(at)))
    }

    async fn note_api_key_use(
        &mut self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Instant,
    ) -> StoreResult<bool> {
        let news = |key: &ApiKey| key.last_used_at.is_none_or(|last| last < at);
        let is_news = self.tables.api_keys.get(&id).is_some_and(news);
        Ok(is_news && self.tables.api_keys.change(environment, &id, |key| key.last_used_at = Some(at)))
    }

    async fn revoke_api_key(
        &mut self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Instant,
    ) -> StoreResult<bool> {
        let works = self.tables.api_keys.get(&id).is_some_and(|key| key.revoked_at.is_none());
        Ok(works && self.tables.api_keys.change(environment, &id, |key| key.revoked_at = Some(at)))
    }
}
