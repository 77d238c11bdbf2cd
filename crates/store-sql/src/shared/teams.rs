//! Teams: their people, whom they invited, and what happened to them.

use async_trait::async_trait;
use diesel::prelude::*;
use vestibule_application::ports::store::{
    PasswordResetView, StoreResult, TeamInvitationView, TeamQueries, TeamView, Teams,
};
use vestibule_domain::Instant;
use vestibule_domain::id::{AuditId, EnvironmentId, MemberId, TeamId, TeamInvitationId};
use vestibule_domain::member::Member;
use vestibule_domain::member_session::{MemberSession, SessionStage};
use vestibule_domain::page::{Page, PageRequest};
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::team::{Team, TeamInvitation};
use vestibule_domain::team_trail::TeamEntry;

use super::super::dialect::{Db, locked};
use super::keyset::keyset;
use super::queries::{SqlQueries, loaded, paged};
use super::rows::{InvitationRow, MemberRow, MemberSessionRow, ResetRow, TeamEntryRow, TeamRow};
use super::schema::{
    environments, member_sessions, members, password_resets, team_invitations, team_trail, teams,
};
use super::unit::SqlUnitOfWork;
use crate::parse::{Table, instant};

const TEAMS: &str = "teams";
const INVITATIONS: &str = "team_invitations";
const TRAIL: &str = "team_trail";

#[diesel::dsl::auto_type(no_type_alias)]
fn members_of(team: TeamId) -> _ {
    let team: String = team.to_string();
    members::table.filter(members::team_id.eq(team)).order(members::id)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn invitations_of(team: TeamId) -> _ {
    let team: String = team.to_string();
    team_invitations::table.filter(team_invitations::team_id.eq(team)).order(team_invitations::id)
}

#[async_trait]
impl Teams for SqlUnitOfWork {
    async fn lock(&mut self, id: TeamId) -> StoreResult<Option<Team>> {
        let query = teams::table.filter(teams::id.eq(id.to_string())).select(TeamRow::as_select());
        self.one(TEAMS, locked!(query)).await
    }

    async fn update(&mut self, team: &Team) -> StoreResult<bool> {
        let row = TeamRow::from(team);
        let update = diesel::update(teams::table.filter(teams::id.eq(row.id)))
            .set((teams::name.eq(row.name), teams::support_email.eq(row.support_email)));
        self.touch(TEAMS, update).await
    }

    async fn members(&mut self, id: TeamId) -> StoreResult<Vec<Member>> {
        self.all("members", members_of(id).select(MemberRow::as_select())).await
    }

    async fn oldest_environment(&mut self, id: TeamId) -> StoreResult<Option<EnvironmentId>> {
        let query = environments::table
            .filter(environments::team_id.eq(id.to_string()))
            .order(environments::id)
            .limit(1)
            .select(environments::id);
        let ids: Vec<String> = self.rows("environments", query).await?;
        ids.first().map(|id| Table("environments").id("id", id)).transpose()
    }

    async fn insert_invitation(&mut self, invitation: &TeamInvitation) -> StoreResult<()> {
        let insert = diesel::insert_into(team_invitations::table).values(InvitationRow::from(invitation));
        self.run(INVITATIONS, insert).await.map(drop)
    }

    async fn invitations(&mut self, team: TeamId) -> StoreResult<Vec<TeamInvitation>> {
        self.all(INVITATIONS, invitations_of(team).select(InvitationRow::as_select())).await
    }

    async fn find_invitation(&mut self, digest: &SecretDigest) -> StoreResult<Option<TeamInvitation>> {
        let query = team_invitations::table
            .filter(team_invitations::digest.eq(digest.as_bytes().to_vec()))
            .select(InvitationRow::as_select());
        self.one(INVITATIONS, query).await
    }

    async fn update_invitation(&mut self, invitation: &TeamInvitation) -> StoreResult<bool> {
        let row = InvitationRow::from(invitation);
        let update = diesel::update(team_invitations::table.filter(team_invitations::id.eq(row.id)))
            .set((team_invitations::digest.eq(row.digest), team_invitations::sent_at.eq(row.sent_at)));
        self.touch(INVITATIONS, update).await
    }

    async fn delete_invitation(&mut self, team: TeamId, id: TeamInvitationId) -> StoreResult<bool> {
        let found = team_invitations::table
            .filter(team_invitations::id.eq(id.to_string()))
            .filter(team_invitations::team_id.eq(team.to_string()));
        self.touch(INVITATIONS, diesel::delete(found)).await
    }

    async fn record(&mut self, entry: &TeamEntry) -> StoreResult<()> {
        let insert = diesel::insert_into(team_trail::table).values(TeamEntryRow::from(entry));
        self.run(TRAIL, insert).await.map(drop)
    }
}

#[async_trait]
impl TeamQueries for SqlQueries {
    async fn team(&self, id: TeamId) -> StoreResult<Option<TeamView>> {
        let mut conn = self.conn().await?;
        let query = teams::table.filter(teams::id.eq(id.to_string())).select(TeamRow::as_select());
        let mut rows: Vec<TeamRow> = loaded(TEAMS, &mut conn, query).await?;
        let Some(team) = rows.pop() else { return Ok(None) };
        let people = members_of(id).select(MemberRow::as_select());
        let people: Vec<MemberRow> = loaded("members", &mut conn, people).await?;
        let invited = invitations_of(id).select(InvitationRow::as_select());
        let invited: Vec<InvitationRow> = loaded(INVITATIONS, &mut conn, invited).await?;
        Ok(Some(TeamView {
            team: team.try_into()?,
            members: people.into_iter().map(Member::try_from).collect::<StoreResult<_>>()?,
            invitations: invited.into_iter().map(TeamInvitation::try_from).collect::<StoreResult<_>>()?,
        }))
    }

    async fn team_invitation(&self, digest: &SecretDigest) -> StoreResult<Option<TeamInvitationView>> {
        let query = team_invitations::table
            .inner_join(teams::table.on(teams::id.eq(team_invitations::team_id)))
            .filter(team_invitations::digest.eq(digest.as_bytes().to_vec()))
            .select((InvitationRow::as_select(), TeamRow::as_select()));
        let mut rows: Vec<(InvitationRow, TeamRow)> =
            loaded(INVITATIONS, &mut *self.conn().await?, query).await?;
        let Some((invitation, team)) = rows.pop() else { return Ok(None) };
        Ok(Some(TeamInvitationView { invitation: invitation.try_into()?, team: team.try_into()? }))
    }

    async fn password_reset(&self, digest: &SecretDigest) -> StoreResult<Option<PasswordResetView>> {
        let query = password_resets::table
            .inner_join(members::table.on(members::id.eq(password_resets::member_id)))
            .inner_join(teams::table.on(teams::id.eq(members::team_id)))
            .filter(password_resets::digest.eq(digest.as_bytes().to_vec()))
            .select((ResetRow::as_select(), MemberRow::as_select(), TeamRow::as_select()));
        let mut rows: Vec<(ResetRow, MemberRow, TeamRow)> =
            loaded("password_resets", &mut *self.conn().await?, query).await?;
        let Some((reset, member, team)) = rows.pop() else { return Ok(None) };
        Ok(Some(PasswordResetView {
            reset: reset.try_into()?,
            member: member.try_into()?,
            team: team.try_into()?,
        }))
    }

    async fn member_sessions(
        &self,
        member: MemberId,
        now: Instant,
        most: u16,
    ) -> StoreResult<Vec<MemberSession>> {
        let query = member_sessions::table
            .filter(member_sessions::member_id.eq(member.to_string()))
            .filter(member_sessions::stage.eq(SessionStage::Open.as_str()))
            .filter(member_sessions::ended_at.is_null())
            .filter(member_sessions::expires_at.gt(instant(now)))
            .order(member_sessions::id.desc())
            .limit(most.into())
            .select(MemberSessionRow::as_select());
        let rows: Vec<MemberSessionRow> = loaded("member_sessions", &mut *self.conn().await?, query).await?;
        rows.into_iter().map(MemberSession::try_from).collect()
    }

    async fn team_trail(&self, team: TeamId, page: PageRequest<AuditId>) -> StoreResult<Page<TeamEntry>> {
        let query = team_trail::table
            .filter(team_trail::team_id.eq(team.to_string()))
            .select(TeamEntryRow::as_select())
            .into_boxed::<Db>();
        let rows: Vec<TeamEntryRow> =
            loaded(TRAIL, &mut *self.conn().await?, keyset!(query, team_trail::id, page)).await?;
        paged(rows, page)
    }
}
