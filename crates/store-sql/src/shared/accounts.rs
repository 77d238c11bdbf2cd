//! Teams, members, environments and API keys.

use async_trait::async_trait;
use diesel::prelude::*;
use vestibule_application::ports::store::{Accounts, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::{ApiKeyId, EnvironmentId, TeamId};
use vestibule_domain::member::Member;
use vestibule_domain::notice::Notice;
use vestibule_domain::team::Team;

use super::super::dialect::locked;
use super::rows::{ApiKeyRow, EnvironmentRow, MemberRow, TeamRow};
use super::schema::{api_keys, environments, live_hosts, members, notices_told, teams};
use super::unit::SqlUnitOfWork;
use crate::parse::{Table, instant};

#[async_trait]
impl Accounts for SqlUnitOfWork {
    async fn any_team(&mut self) -> StoreResult<bool> {
        let ids: Vec<String> = self.rows("teams", teams::table.select(teams::id).limit(1)).await?;
        Ok(!ids.is_empty())
    }

    async fn insert_team(&mut self, team: &Team) -> StoreResult<()> {
        let insert = diesel::insert_into(teams::table).values(TeamRow::from(team));
        self.run("teams", insert).await.map(drop)
    }

    async fn insert_member(&mut self, member: &Member) -> StoreResult<()> {
        let insert = diesel::insert_into(members::table).values(MemberRow::from(member));
        self.run("members", insert).await.map(drop)
    }

    async fn insert_environment(&mut self, environment: &Environment) -> StoreResult<()> {
        let insert = diesel::insert_into(environments::table).values(EnvironmentRow::from(environment));
        self.run("environments", insert).await.map(drop)
    }

    async fn count_environments(&mut self, team: TeamId) -> StoreResult<usize> {
        // A team has few; their ids are as cheap as their number.
        let query =
            environments::table.filter(environments::team_id.eq(team.to_string())).select(environments::id);
        let ids: Vec<String> = self.rows("environments", query).await?;
        Ok(ids.len())
    }

    async fn find_environment(&mut self, id: EnvironmentId) -> StoreResult<Option<Environment>> {
        let query = environments::table
            .filter(environments::id.eq(id.to_string()))
            .select(EnvironmentRow::as_select());
        self.one("environments", query).await
    }

    async fn lock_environment(&mut self, id: EnvironmentId) -> StoreResult<Option<Environment>> {
        let query = environments::table
            .filter(environments::id.eq(id.to_string()))
            .select(EnvironmentRow::as_select());
        self.one("environments", locked!(query)).await
    }

    async fn update_environment(&mut self, environment: &Environment) -> StoreResult<()> {
        let row = EnvironmentRow::from(environment);
        let update = diesel::update(environments::table.filter(environments::id.eq(row.id))).set((
            environments::name.eq(row.name),
            environments::redirects.eq(row.redirects),
            environments::redirect_uris.eq(row.redirect_uris),
            environments::branding.eq(row.branding),
            environments::activation.eq(row.activation),
            environments::session_days.eq(row.session_days),
            environments::addresses.eq(row.addresses),
            environments::custom_attributes.eq(row.custom_attributes),
            environments::hosts.eq(row.hosts),
            environments::test_provider.eq(row.test_provider),
        ));
        self.run("environments", update).await.map(drop)
    }

    async fn host_owner(&mut self, host: &DomainName) -> StoreResult<Option<EnvironmentId>> {
        let query = live_hosts::table
            .filter(live_hosts::host.eq(host.as_str().to_owned()))
            .select(live_hosts::environment_id);
        let owners: Vec<String> = self.rows("live_hosts", query).await?;
        let table = Table("live_hosts");
        owners.first().map(|owner| table.id("environment_id", owner)).transpose()
    }

    async fn claim_host(&mut self, host: &DomainName, environment: EnvironmentId) -> StoreResult<bool> {
        let claim = (
            live_hosts::host.eq(host.as_str().to_owned()),
            live_hosts::environment_id.eq(environment.to_string()),
        );
        // Whoever claims it at the same time is waited for.
        let insert = diesel::insert_into(live_hosts::table).values(claim).on_conflict_do_nothing();
        if self.touch("live_hosts", insert).await? {
            return Ok(true);
        }
        Ok(self.host_owner(host).await? == Some(environment))
    }

    async fn release_host(&mut self, host: &DomainName, environment: EnvironmentId) -> StoreResult<()> {
        let held = live_hosts::table
            .filter(live_hosts::host.eq(host.as_str().to_owned()))
            .filter(live_hosts::environment_id.eq(environment.to_string()));
        self.run("live_hosts", diesel::delete(held)).await.map(drop)
    }

    async fn told_until(
        &mut self,
        environment: EnvironmentId,
        notice: Notice,
    ) -> StoreResult<Option<Instant>> {
        let query = notices_told::table
            .filter(notices_told::environment_id.eq(environment.to_string()))
            .filter(notices_told::notice.eq(notice.as_str()))
            .select(notices_told::until);
        Ok(self.rows("notices_told", query).await?.pop())
    }

    async fn tell_until(
        &mut self,
        environment: EnvironmentId,
        notice: Notice,
        before: Option<Instant>,
        until: Instant,
    ) -> StoreResult<bool> {
        let Some(before) = before else {
            let first = (
                notices_told::environment_id.eq(environment.to_string()),
                notices_told::notice.eq(notice.as_str()),
                notices_told::until.eq(instant(until)),
            );
            // Whoever does it at the same time is waited for.
            let insert = diesel::insert_into(notices_told::table).values(first).on_conflict_do_nothing();
            return self.touch("notices_told", insert).await;
        };
        let told = notices_told::table
            .filter(notices_told::environment_id.eq(environment.to_string()))
            .filter(notices_told::notice.eq(notice.as_str()))
            .filter(notices_told::until.eq(instant(before)));
        let update = diesel::update(told).set(notices_told::until.eq(instant(until)));
        self.touch("notices_told", update).await
    }

    async fn insert_api_key(&mut self, key: &ApiKey) -> StoreResult<()> {
        let insert = diesel::insert_into(api_keys::table).values(ApiKeyRow::from(key));
        self.run("api_keys", insert).await.map(drop)
    }

    async fn find_api_key(
        &mut self,
        environment: EnvironmentId,
        id: ApiKeyId,
    ) -> StoreResult<Option<ApiKey>> {
        let query = api_keys::table
            .filter(api_keys::id.eq(id.to_string()))
            .filter(api_keys::environment_id.eq(environment.to_string()))
            .select(ApiKeyRow::as_select());
        self.one("api_keys", query).await
    }

    async fn expire_api_key(
        &mut self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Instant,
    ) -> StoreResult<bool> {
        let working = api_keys::table
            .filter(api_keys::id.eq(id.to_string()))
            .filter(api_keys::environment_id.eq(environment.to_string()))
            .filter(api_keys::revoked_at.is_null());
        self.touch("api_keys", diesel::update(working).set(api_keys::expires_at.eq(instant(at)))).await
    }

    async fn note_api_key_use(
        &mut self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Instant,
    ) -> StoreResult<bool> {
        let at = instant(at);
        let news = api_keys::table
            .filter(api_keys::id.eq(id.to_string()))
            .filter(api_keys::environment_id.eq(environment.to_string()))
            .filter(api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(at)));
        self.touch("api_keys", diesel::update(news).set(api_keys::last_used_at.eq(at))).await
    }

    async fn revoke_api_key(
        &mut self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Instant,
    ) -> StoreResult<bool> {
        let working = api_keys::table
            .filter(api_keys::id.eq(id.to_string()))
            .filter(api_keys::environment_id.eq(environment.to_string()))
            .filter(api_keys::revoked_at.is_null());
        self.touch("api_keys", diesel::update(working).set(api_keys::revoked_at.eq(instant(at)))).await
    }
}
