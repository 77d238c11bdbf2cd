//! Looking at sign-ins: where they begin and arrive, what a code is for, and the session log.

use diesel::dsl::exists;
use diesel::prelude::*;
use time::Duration;
use vestibule_application::ports::store::{
    ArrivalKey, ConnectionSelector, SignInArrival, SignInDesk, SignInDomain, SignInExchange, SocialArrival,
    SocialDesk, SsoSessionFilter, SsoSessionLine, StoreResult,
};
use vestibule_domain::Instant;
use vestibule_domain::connection::Connection;
use vestibule_domain::id::{ClientId, ConnectionId, EnvironmentId, Id as _, SsoSessionId};
use vestibule_domain::page::{Page, PageRequest};
use vestibule_domain::social::{SocialConnection, SocialProvider};
use vestibule_domain::sso::authorization::AUTHORIZATION_CODE_LIFE;
use vestibule_domain::sso::session::{Origin, SSO_TEST_TIMEOUT, SsoSession, Standing};

use super::super::dialect::{Db, sql};
use super::keyset::keyset;
use super::lists::in_order_of;
use super::queries::{SqlQueries, loaded};
use super::rows::{
    BareSessionRow, ConnectionRow, LineRow, ProfileRow, SignInEnvironmentRow, SignInOrganizationRow,
    SocialRow, SsoSessionRow, VERIFIED,
};
use super::schema::{
    connections, environments, organization_domains, organizations, profiles, social_connections,
    sso_sessions, webhook_endpoints,
};
use crate::folded;
use crate::parse::{Table, instant};

/// How far an id may be from the start of its attempt: by what the id leaves out of the time.
const ID_SLACK: Duration = Duration::minutes(1);

/// An environment with what a selector found in it, and whether anybody listens.
type DeskRow = (SignInEnvironmentRow, Option<ConnectionRow>, bool);

/// What an answer that names an attempt is judged by.
type AttemptArrivalRow =
    (SsoSessionRow, SignInEnvironmentRow, ConnectionRow, SignInOrganizationRow, Option<String>, bool);

/// Likewise for an answer that names the connection alone.
type ArrivalRow = (SignInEnvironmentRow, ConnectionRow, SignInOrganizationRow, Option<String>, bool);

/// Whether an endpoint of the environment in a column asks for events of sign-ins.
macro_rules! listened {
    ($environment:expr) => {
        exists(
            webhook_endpoints::table
                .filter(webhook_endpoints::environment_id.eq($environment))
                .filter(webhook_endpoints::sign_in_events),
        )
    };
}

diesel::define_sql_function! {
    /// Texts of many rows as one, in any order.
    #[aggregate]
    fn string_agg(text: sql::Text, between: sql::Text) -> sql::Nullable<sql::Text>;
}

/// The domains of the organization in a column, a line for each: its id, its name and its state. As one
/// text they come with the rest.
macro_rules! domains_of {
    ($organization:expr) => {
        organization_domains::table
            .filter(organization_domains::organization_id.eq($organization))
            .select(string_agg(
                organization_domains::id
                    .concat(" ")
                    .concat(organization_domains::domain)
                    .concat(" ")
                    .concat(organization_domains::state),
                "\n",
            ))
            .single_value()
    };
}

/// Reads `domains_of`, oldest first.
fn domains(lines: Option<&str>) -> StoreResult<Vec<SignInDomain>> {
    let table = Table("organization_domains");
    let mut lines: Vec<_> = lines.into_iter().flat_map(str::lines).collect();
    lines.sort_unstable();
    let domain = |line: &str| {
        let (_, rest) = line.split_once(' ').ok_or(table.corrupt("id"))?;
        let (domain, state) = rest.split_once(' ').ok_or(table.corrupt("domain"))?;
        Ok(SignInDomain { domain: table.text("domain", domain)?, is_verified: state == VERIFIED })
    };
    lines.into_iter().map(domain).collect()
}

/// Narrows a boxed query to attempts that read so at a time.
macro_rules! reads_so {
    ($query:expr, $standing:expr, $now:expr) => {{
        let (query, now) = ($query, $now);
        let started = sso_sessions::state.eq("started");
        let authorized = sso_sessions::state.eq("authorized");
        let authorized_at = sso_sessions::state_at.assume_not_null();
        let code_given = instant(now - AUTHORIZATION_CODE_LIFE);
        match $standing {
            Standing::Success => query.filter(sso_sessions::state.eq("successful")),
            Standing::Failed => query.filter(sso_sessions::failure_code.is_not_null()),
            Standing::InProgress => {
                let [vendor, provider, test] = Origin::ALL.map(|origin| {
                    let begun = sso_sessions::started_at.gt(instant(now - origin.timeout()));
                    sso_sessions::origin.eq(origin.as_str()).and(begun)
                });
                let awaited = started.and(vendor.or(provider).or(test));
                // Whatever goes on was started since then.
                let young = bound(now - SSO_TEST_TIMEOUT - AUTHORIZATION_CODE_LIFE - ID_SLACK);
                query
                    .filter(sso_sessions::id.ge(young))
                    .filter(awaited.or(authorized.and(authorized_at.gt(code_given))))
            }
            Standing::TimedOut => {
                let [vendor, provider, test] = Origin::ALL.map(|origin| {
                    let begun = sso_sessions::started_at.le(instant(now - origin.timeout()));
                    sso_sessions::origin.eq(origin.as_str()).and(begun)
                });
                let awaited = started.and(vendor.or(provider).or(test));
                query.filter(awaited.or(authorized.and(authorized_at.le(code_given))))
            }
        }
    }};
}

impl SqlQueries {
    pub(super) async fn desk(
        &self,
        client: ClientId,
        selector: ConnectionSelector,
    ) -> StoreResult<Option<SignInDesk>> {
        let mut conn = self.keyed().await?;
        macro_rules! desk {
            ($found:expr) => {
                environments::table
                    .left_join(
                        connections::table.on(connections::environment_id
                            .eq(environments::id)
                            .and(connections::organization_id.is_not_null())
                            .and($found)),
                    )
                    .filter(environments::client_id.eq(client.to_string()))
                    .select((
                        SignInEnvironmentRow::as_select(),
                        Option::<ConnectionRow>::as_select(),
                        listened!(environments::id),
                    ))
            };
        }
        let mut rows: Vec<DeskRow> = match selector {
            ConnectionSelector::Connection(id) => {
                loaded("environments", &mut conn, desk!(connections::id.eq(id.to_string()))).await?
            }
            ConnectionSelector::Organization(id) => {
                loaded("environments", &mut conn, desk!(connections::organization_id.eq(id.to_string())))
                    .await?
            }
        };
        let Some((environment, connection, listened)) = rows.pop() else { return Ok(None) };
        let found = connection.map(Connection::try_from).transpose()?;
        Ok(Some(SignInDesk { environment: environment.try_into()?, found, listened }))
    }

    pub(super) async fn arrival(&self, key: ArrivalKey) -> StoreResult<Option<SignInArrival>> {
        match key {
            ArrivalKey::Attempt(id) => self.arrival_of_attempt(id).await,
            ArrivalKey::Connection(id) => self.arrival_of_connection(id).await,
        }
    }

    async fn arrival_of_attempt(&self, id: SsoSessionId) -> StoreResult<Option<SignInArrival>> {
        let query = sso_sessions::table
            .inner_join(environments::table.on(environments::id.eq(sso_sessions::environment_id)))
            .inner_join(connections::table.on(connections::id.eq(sso_sessions::connection_id)))
            .inner_join(
                organizations::table.on(organizations::id.nullable().eq(sso_sessions::organization_id)),
            )
            .filter(sso_sessions::id.eq(id.to_string()))
            .select((
                SsoSessionRow::as_select(),
                SignInEnvironmentRow::as_select(),
                ConnectionRow::as_select(),
                SignInOrganizationRow::as_select(),
                domains_of!(organizations::id),
                listened!(sso_sessions::environment_id),
            ));
        let mut rows: Vec<AttemptArrivalRow> =
            loaded("sso_sessions", &mut *self.keyed().await?, query).await?;
        let Some((attempt, environment, connection, organization, lines, listened)) = rows.pop() else {
            return Ok(None);
        };
        Ok(Some(SignInArrival {
            attempt: Some(attempt.try_into()?),
            environment: environment.try_into()?,
            connection: connection.try_into()?,
            organization: organization.try_into()?,
            domains: domains(lines.as_deref())?,
            listened,
        }))
    }

    async fn arrival_of_connection(&self, id: ConnectionId) -> StoreResult<Option<SignInArrival>> {
        let query = connections::table
            .inner_join(environments::table.on(environments::id.eq(connections::environment_id)))
            .inner_join(organizations::table.on(organizations::id.eq(connections::organization_id)))
            .filter(connections::id.eq(id.to_string()))
            .select((
                SignInEnvironmentRow::as_select(),
                ConnectionRow::as_select(),
                SignInOrganizationRow::as_select(),
                domains_of!(organizations::id),
                listened!(connections::environment_id),
            ));
        let mut rows: Vec<ArrivalRow> = loaded("connections", &mut *self.keyed().await?, query).await?;
        let Some((environment, connection, organization, lines, listened)) = rows.pop() else {
            return Ok(None);
        };
        Ok(Some(SignInArrival {
            attempt: None,
            environment: environment.try_into()?,
            connection: connection.try_into()?,
            organization: organization.try_into()?,
            domains: domains(lines.as_deref())?,
            listened,
        }))
    }

    pub(super) async fn desk_of_social(
        &self,
        client: ClientId,
        provider: SocialProvider,
    ) -> StoreResult<Option<SocialDesk>> {
        let theirs = social_connections::environment_id
            .eq(environments::id)
            .and(social_connections::organization_id.is_null())
            .and(social_connections::connection_type.eq(provider.connection_type().as_str()));
        let query = environments::table
            .left_join(social_connections::table.on(theirs))
            .filter(environments::client_id.eq(client.to_string()))
            .select((
                SignInEnvironmentRow::as_select(),
                Option::<SocialRow>::as_select(),
                listened!(environments::id),
            ));
        let mut rows: Vec<(SignInEnvironmentRow, Option<SocialRow>, bool)> =
            loaded("environments", &mut *self.keyed().await?, query).await?;
        let Some((environment, connection, listened)) = rows.pop() else { return Ok(None) };
        let connection = connection.map(SocialConnection::try_from).transpose()?;
        Ok(Some(SocialDesk { environment: environment.try_into()?, connection, listened }))
    }

    pub(super) async fn arrival_of_social(&self, id: SsoSessionId) -> StoreResult<Option<SocialArrival>> {
        let query = sso_sessions::table
            .inner_join(social_connections::table.on(social_connections::id.eq(sso_sessions::connection_id)))
            .filter(sso_sessions::id.eq(id.to_string()))
            .filter(social_connections::organization_id.is_null())
            .select((
                SsoSessionRow::as_select(),
                SocialRow::as_select(),
                listened!(sso_sessions::environment_id),
            ));
        let mut rows: Vec<(SsoSessionRow, SocialRow, bool)> =
            loaded("sso_sessions", &mut *self.keyed().await?, query).await?;
        let Some((attempt, connection, listened)) = rows.pop() else { return Ok(None) };
        let (attempt, connection) = (attempt.try_into()?, connection.try_into()?);
        Ok(Some(SocialArrival { attempt, connection, listened }))
    }

    pub(super) async fn social(&self, environment: EnvironmentId) -> StoreResult<Vec<SocialConnection>> {
        let query = social_connections::table
            .filter(social_connections::environment_id.eq(environment.to_string()))
            .filter(social_connections::organization_id.is_null())
            .order(social_connections::id)
            .select(SocialRow::as_select());
        let rows: Vec<SocialRow> = loaded("connections", &mut *self.conn().await?, query).await?;
        rows.into_iter().map(SocialConnection::try_from).collect()
    }

    pub(super) async fn exchange(
        &self,
        environment: EnvironmentId,
        session: SsoSessionId,
    ) -> StoreResult<Option<SignInExchange>> {
        let query = sso_sessions::table
            .inner_join(profiles::table.on(profiles::id.nullable().eq(sso_sessions::profile_id)))
            .filter(sso_sessions::id.eq(session.to_string()))
            .filter(sso_sessions::environment_id.eq(environment.to_string()))
            .select((
                BareSessionRow::as_select(),
                ProfileRow::as_select(),
                listened!(sso_sessions::environment_id),
            ));
        let mut rows: Vec<(BareSessionRow, ProfileRow, bool)> =
            loaded("sso_sessions", &mut *self.keyed().await?, query).await?;
        let Some((session, profile, listened)) = rows.pop() else { return Ok(None) };
        Ok(Some(SignInExchange { session: session.try_into()?, profile: profile.try_into()?, listened }))
    }

    pub(super) async fn attempt(
        &self,
        environment: EnvironmentId,
        id: SsoSessionId,
    ) -> StoreResult<Option<SsoSession>> {
        let query = sso_sessions::table
            .filter(sso_sessions::id.eq(id.to_string()))
            .filter(sso_sessions::environment_id.eq(environment.to_string()))
            .select(SsoSessionRow::as_select());
        let mut rows: Vec<SsoSessionRow> = loaded("sso_sessions", &mut *self.keyed().await?, query).await?;
        rows.pop().map(SsoSession::try_from).transpose()
    }

    pub(super) async fn attempts_page(
        &self,
        environment: EnvironmentId,
        filter: &SsoSessionFilter,
        page: PageRequest<SsoSessionId>,
    ) -> StoreResult<Page<SsoSessionLine>> {
        let mut conn = self.conn().await?;
        let mut query = sso_sessions::table
            .filter(sso_sessions::environment_id.eq(environment.to_string()))
            .select(LineRow::as_select())
            .into_boxed::<Db>();
        if let Some(connection) = filter.connection_id {
            query = query.filter(sso_sessions::connection_id.eq(connection.to_string()));
        }
        if let Some(organization) = filter.organization_id {
            // Its one connection, asked for first: a value tells the planner how much there is.
            let theirs = connections::table
                .filter(connections::environment_id.eq(environment.to_string()))
                .filter(connections::organization_id.eq(organization.to_string()))
                .select(connections::id);
            let theirs: Vec<String> = loaded("connections", &mut conn, theirs).await?;
            let Some(theirs) = theirs.into_iter().next() else { return Ok(page.page(Vec::new())) };
            query = query.filter(sso_sessions::connection_id.eq(theirs));
        }
        if let Some(email) = &filter.email {
            let email = email.to_lowercase();
            if email.contains('\0') {
                // No address has it, and PostgreSQL takes no such text even to look for it.
                return Ok(page.page(Vec::new()));
            }
            query = query.filter(sso_sessions::email.eq(email));
        }
        if let Some(prefix) = &filter.email_prefix {
            let Some((from, until)) = folded::range(prefix) else { return Ok(page.page(Vec::new())) };
            query = query.filter(sso_sessions::email.ge(from));
            if let Some(until) = until {
                query = query.filter(sso_sessions::email.lt(until));
            }
        }
        if let Some(origin) = filter.origin {
            query = query.filter(sso_sessions::origin.eq(origin.as_str()));
        }
        if let Some(failure) = filter.failure {
            query = query.filter(sso_sessions::failure_code.eq(failure.as_str()));
        }
        if let Some(from) = filter.from {
            // The start decides; the id bounds the scan.
            query = query
                .filter(sso_sessions::started_at.ge(instant(from)))
                .filter(sso_sessions::id.ge(bound(from - ID_SLACK)));
        }
        if let Some(until) = filter.until {
            query = query
                .filter(sso_sessions::started_at.le(instant(until)))
                .filter(sso_sessions::id.lt(bound(until + ID_SLACK)));
        }
        if let Some(standing) = filter.standing {
            query = reads_so!(query, standing, filter.now);
        }
        let rows: Vec<LineRow> = if filter.email_prefix.is_some() {
            // Those that fit are found from the index of addresses alone and sorted by what no index
            // has: whoever walks the newest first, until enough of them fit, may walk past all.
            let query = query.select(sso_sessions::id);
            let query = keyset!(query, sso_sessions::id, page, sso_sessions::id.concat(""));
            let ids: Vec<String> = loaded("sso_sessions", &mut conn, query).await?;
            let rows =
                sso_sessions::table.filter(sso_sessions::id.eq_any(ids.clone())).select(LineRow::as_select());
            in_order_of(&ids, loaded("sso_sessions", &mut conn, rows).await?, |row| &row.id)
        } else {
            loaded("sso_sessions", &mut conn, keyset!(query, sso_sessions::id, page)).await?
        };
        let lines = rows.into_iter().map(|row| row.line(filter.now)).collect::<StoreResult<_>>()?;
        Ok(page.page(lines))
    }
}

/// The least id of an attempt that is started at an instant.
fn bound(at: Instant) -> String {
    SsoSessionId::least_at(at).to_string()
}
