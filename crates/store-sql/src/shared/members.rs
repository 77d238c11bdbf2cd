//! Members, their visits to the dashboard, and what its pages look up.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use vestibule_application::ports::store::{
    EnvironmentLine, LinkView, MemberVisit, Members, StoreError, StoreResult, Visits,
};
use vestibule_domain::Instant;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{EnvironmentId, MemberId, MemberSessionId, OrganizationId, TeamId};
use vestibule_domain::member::Member;
use vestibule_domain::member_session::MemberSession;
use vestibule_domain::password_reset::PasswordReset;
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::SecretDigest;

use super::super::dialect::{locked, together};
use super::queries::{SqlQueries, loaded};
use super::rows::{ApiKeyRow, LinkRow, MemberRow, MemberSessionRow, ResetRow, SessionRow, TeamRow};
use super::schema::{
    api_keys, environments, member_sessions, members, password_resets, portal_links, portal_sessions, teams,
};
use super::unit::SqlUnitOfWork;
use crate::fault::store_error;
use crate::parse::{Table, instant};

/// A visit with its member and their team.
type VisitRow = (MemberSessionRow, MemberRow, TeamRow);

/// Id, kind and name of an environment.
type LineRow = (String, String, String);

const MEMBERS: &str = "members";
const SESSIONS: &str = "member_sessions";
const RESETS: &str = "password_resets";

#[async_trait]
impl Members for SqlUnitOfWork {
    async fn lock(&mut self, id: MemberId) -> StoreResult<Option<Member>> {
        let query = members::table.filter(members::id.eq(id.to_string())).select(MemberRow::as_select());
        self.one(MEMBERS, locked!(query)).await
    }

    async fn update(&mut self, member: &Member) -> StoreResult<bool> {
        let row = MemberRow::from(member);
        let update = diesel::update(members::table.filter(members::id.eq(row.id))).set((
            members::name.eq(row.name),
            members::password_hash.eq(row.password_hash),
            members::role.eq(row.role),
            members::wrong_passwords.eq(row.wrong_passwords),
            members::last_wrong_at.eq(row.last_wrong_at),
            members::totp_secret.eq(row.totp_secret),
            members::totp_last_step.eq(row.totp_last_step),
            members::recovery_codes.eq(row.recovery_codes),
            members::second_factor_at.eq(row.second_factor_at),
            members::notices.eq(row.notices),
            members::signed_in_at.eq(row.signed_in_at),
        ));
        self.touch(MEMBERS, update).await
    }

    async fn delete(&mut self, team: TeamId, id: MemberId) -> StoreResult<bool> {
        let found = members::table
            .filter(members::id.eq(id.to_string()))
            .filter(members::team_id.eq(team.to_string()));
        self.touch(MEMBERS, diesel::delete(found)).await
    }

    async fn insert_session(&mut self, session: &MemberSession) -> StoreResult<()> {
        let insert = diesel::insert_into(member_sessions::table).values(MemberSessionRow::from(session));
        self.run(SESSIONS, insert).await.map(drop)
    }

    async fn end_session(&mut self, member: MemberId, id: MemberSessionId, at: Instant) -> StoreResult<bool> {
        let open = member_sessions::table
            .filter(member_sessions::id.eq(id.to_string()))
            .filter(member_sessions::member_id.eq(member.to_string()))
            .filter(member_sessions::ended_at.is_null());
        let ended = diesel::update(open).set(member_sessions::ended_at.eq(Some(instant(at))));
        self.touch(SESSIONS, ended).await
    }

    async fn end_sessions(&mut self, member: MemberId, which: Visits, at: Instant) -> StoreResult<()> {
        // No visit has an empty id.
        let kept = match which {
            Visits::All => String::new(),
            Visits::AllBut(id) => id.to_string(),
        };
        let open = member_sessions::table
            .filter(member_sessions::member_id.eq(member.to_string()))
            .filter(member_sessions::id.ne(kept))
            .filter(member_sessions::ended_at.is_null());
        let ended = diesel::update(open).set(member_sessions::ended_at.eq(Some(instant(at))));
        self.run(SESSIONS, ended).await.map(drop)
    }

    async fn insert_reset(&mut self, reset: &PasswordReset) -> StoreResult<()> {
        let insert = diesel::insert_into(password_resets::table).values(ResetRow::from(reset));
        self.run(RESETS, insert).await.map(drop)
    }

    async fn resets(&mut self, member: MemberId) -> StoreResult<Vec<PasswordReset>> {
        let query = password_resets::table
            .filter(password_resets::member_id.eq(member.to_string()))
            .order((password_resets::created_at, password_resets::digest))
            .select(ResetRow::as_select());
        self.all(RESETS, query).await
    }

    async fn take_reset(&mut self, digest: &SecretDigest) -> StoreResult<Option<PasswordReset>> {
        let wanted = password_resets::digest.eq(digest.as_bytes().to_vec());
        let query = password_resets::table.filter(wanted.clone()).select(ResetRow::as_select());
        let held: Option<PasswordReset> = self.one(RESETS, query).await?;
        let taken = self.touch(RESETS, diesel::delete(password_resets::table.filter(wanted))).await?;
        Ok(held.filter(|_| taken))
    }

    async fn delete_resets(&mut self, member: MemberId, until: Instant) -> StoreResult<()> {
        let old = password_resets::table
            .filter(password_resets::member_id.eq(member.to_string()))
            .filter(password_resets::created_at.le(instant(until)));
        self.run(RESETS, diesel::delete(old)).await.map(drop)
    }
}

impl SqlQueries {
    /// See [`vestibule_application::ports::store::Queries::member_by_email`].
    pub(super) async fn member_of_address(&self, email: &EmailAddress) -> StoreResult<Option<Member>> {
        let query = members::table
            .filter(members::email.eq(email.as_str().to_owned()))
            .select(MemberRow::as_select());
        let mut rows: Vec<MemberRow> = loaded(MEMBERS, &mut *self.conn().await?, query).await?;
        rows.pop().map(Member::try_from).transpose()
    }

    /// See [`vestibule_application::ports::store::Queries::member_visit`].
    pub(super) async fn visit_of_member(&self, digest: &SecretDigest) -> StoreResult<Option<MemberVisit>> {
        let wanted = member_sessions::digest.eq(digest.as_bytes().to_vec());
        let query = member_sessions::table
            .inner_join(members::table.on(members::id.eq(member_sessions::member_id)))
            .inner_join(teams::table.on(teams::id.eq(members::team_id)))
            .filter(wanted.clone())
            .select((MemberSessionRow::as_select(), MemberRow::as_select(), TeamRow::as_select()));
        let lines = environments::table
            .filter(
                environments::team_id.eq_any(
                    member_sessions::table
                        .inner_join(members::table.on(members::id.eq(member_sessions::member_id)))
                        .filter(wanted)
                        .select(members::team_id),
                ),
            )
            .order(environments::id)
            .select((environments::id, environments::kind, environments::name));
        let found: QueryResult<(Vec<VisitRow>, Vec<LineRow>)> = together!(self.conn().await?, query, lines);
        let (mut rows, lines) = found.map_err(|error| store_error(SESSIONS, error))?;
        let Some((session, member, team)) = rows.pop() else { return Ok(None) };
        let table = Table("environments");
        let line = |(id, kind, name): LineRow| {
            Ok(EnvironmentLine {
                id: table.id("id", &id)?,
                kind: table.text("kind", &kind)?,
                name: table.text("name", &name)?,
            })
        };
        Ok(Some(MemberVisit {
            session: session.try_into()?,
            member: member.try_into()?,
            team: team.try_into()?,
            environments: lines.into_iter().map(line).collect::<Result<_, StoreError>>()?,
        }))
    }

    /// See [`vestibule_application::ports::store::Queries::portal_links`].
    pub(super) async fn links_of(
        &self,
        environment: EnvironmentId,
        organization: OrganizationId,
        most: u16,
    ) -> StoreResult<Vec<LinkView>> {
        let wanted = portal_links::table
            .filter(portal_links::environment_id.eq(environment.to_string()))
            .filter(portal_links::organization_id.eq(organization.to_string()))
            .order(portal_links::id.desc())
            .limit(most.into());
        let query = wanted.clone().select(LinkRow::as_select());
        let visits = portal_sessions::table
            .filter(portal_sessions::environment_id.eq(environment.to_string()))
            .filter(portal_sessions::organization_id.eq(organization.to_string()))
            .filter(portal_sessions::link_id.eq_any(wanted.select(portal_links::id)))
            .order((portal_sessions::progress_at, portal_sessions::id))
            .select(SessionRow::as_select());
        let found: QueryResult<(Vec<LinkRow>, Vec<SessionRow>)> =
            together!(self.conn().await?, query, visits);
        let (links, visits) = found.map_err(|error| store_error("portal_links", error))?;
        let visits: Vec<PortalSession> =
            visits.into_iter().map(PortalSession::try_from).collect::<StoreResult<_>>()?;
        let view = |row: LinkRow| {
            let link: vestibule_domain::portal_link::PortalLink = row.try_into()?;
            let furthest = visits.iter().rfind(|visit| visit.link_id == link.id).cloned();
            Ok(LinkView { link, furthest })
        };
        links.into_iter().map(view).collect()
    }

    /// See [`vestibule_application::ports::store::Queries::api_keys`].
    pub(super) async fn keys_of(&self, environment: EnvironmentId) -> StoreResult<Vec<ApiKey>> {
        let query = api_keys::table
            .filter(api_keys::environment_id.eq(environment.to_string()))
            .order(api_keys::id)
            .select(ApiKeyRow::as_select());
        let rows: Vec<ApiKeyRow> = loaded("api_keys", &mut *self.conn().await?, query).await?;
        rows.into_iter().map(ApiKey::try_from).collect()
    }
}
