//! Removing what time has made useless.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use vestibule_application::ports::store::StoreResult;
use vestibule_domain::Instant;
use vestibule_domain::address_code::CODE_KEPT;
use vestibule_domain::environment::sessions_kept_from;
use vestibule_domain::id::{AuditId, EnvironmentId, Id as _, MemberSessionId, SsoSessionId};
use vestibule_domain::member_session::MEMBER_SESSION_KEPT;
use vestibule_domain::password_reset::PASSWORD_RESET_LIFE;
use vestibule_domain::sso::session::SSO_TEST_TIMEOUT;
use vestibule_domain::team::{TEAM_INVITATION_KEPT, TEAM_INVITATION_LIFE};
use vestibule_domain::team_trail::TEAM_TRAIL_KEPT;

use super::super::dialect;
use super::jobs::SqlJobs;
use super::queries::loaded;
use super::schema::{
    accepted_assertions, address_codes, environments, member_sessions, password_resets, replays,
    sso_sessions, team_invitations, team_trail,
};
use crate::fault::store_error;
use crate::parse::{Table, instant};
use crate::pool::checkout;

/// Most rows that one statement removes where there may be many: so many are gone before anybody
/// waits long.
const BATCH: usize = 1_000;

/// Removes rows in batches. What is old is asked again where they are removed: it may have become
/// new since.
macro_rules! forget {
    ($jobs:ident, $table:ident.$key:ident: $type:ty, $old:expr) => {
        loop {
            let old = $table::table
                .filter($old)
                .order($table::$key)
                .limit(i64::try_from(BATCH).unwrap_or(i64::MAX))
                .select($table::$key);
            let name = stringify!($table);
            let keys: Vec<$type> = loaded(name, &mut *checkout(&$jobs.reads).await?, old).await?;
            let found = keys.len();
            if found == 0 {
                break;
            }
            let mut conn = checkout(&$jobs.writes).await?;
            let gone = diesel::delete($table::table.filter($table::$key.eq_any(keys)).filter($old));
            let removed = gone.execute(&mut *conn).await.map_err(|error| store_error(name, error))?;
            // If nothing was removed, another process is at it.
            if found < BATCH || removed == 0 {
                break;
            }
        }
    };
}

impl SqlJobs {
    /// Removes rows whose time is past.
    pub(super) async fn forget_expired(&self, now: Instant) -> StoreResult<()> {
        let mut conn = checkout(&self.writes).await?;
        let expired = replays::table.filter(replays::expires_at.le(instant(now)));
        let outcome = diesel::delete(expired).execute(&mut *conn).await;
        outcome.map_err(|error| store_error("replays", error))?;
        let old = address_codes::table.filter(address_codes::created_at.le(instant(now - CODE_KEPT)));
        let outcome = diesel::delete(old).execute(&mut *conn).await;
        outcome.map_err(|error| store_error("address_codes", error))?;
        let expired = accepted_assertions::table.filter(accepted_assertions::expires_at.le(instant(now)));
        let outcome = diesel::delete(expired).execute(&mut *conn).await;
        outcome.map_err(|error| store_error("accepted_assertions", error))?;
        let never_fetched = sso_sessions::state
            .eq("authorized")
            .and(sso_sessions::code_expires_at.assume_not_null().le(instant(now)));
        let never_came_back = sso_sessions::state
            .eq("started")
            .and(sso_sessions::started_at.le(instant(now - SSO_TEST_TIMEOUT)));
        let unneeded = sso_sessions::table
            .filter(sso_sessions::exchange.is_not_null())
            .filter(never_fetched.or(never_came_back));
        let nothing: Option<Vec<u8>> = None;
        let erased = diesel::update(unneeded).set(sso_sessions::exchange.eq(nothing));
        let outcome = erased.execute(&mut *conn).await;
        outcome.map(drop).map_err(|error| store_error("sso_sessions", error))
    }

    /// Removes attempts to sign in that are older than their environment keeps them: first whole
    /// months that nobody keeps, then what is left.
    pub(super) async fn forget_attempts(&self, now: Instant) -> StoreResult<()> {
        let environments = environments::table.select((environments::id, environments::session_days));
        let rows: Vec<(String, i32)> =
            loaded("environments", &mut *checkout(&self.reads).await?, environments).await?;
        let table = Table("environments");
        let mut kept_from = Vec::with_capacity(rows.len());
        for (id, days) in rows {
            let days = table.number("session_days", days.into())?;
            kept_from.push((table.id("id", &id)?, sessions_kept_from(days, now)));
        }
        let Some(longest) = kept_from.iter().map(|(_, from)| *from).min() else { return Ok(()) };
        dialect::forget_months(&mut *checkout(&self.writes).await?, longest).await?;
        for (environment, from) in kept_from {
            self.forget_attempts_before(environment, from).await?;
        }
        Ok(())
    }

    /// Removes what nobody needs any more of teams and their people.
    pub(super) async fn forget_of_teams(&self, now: Instant) -> StoreResult<()> {
        let ran_out = instant(now - PASSWORD_RESET_LIFE);
        forget!(self, password_resets.digest: Vec<u8>, password_resets::created_at.le(ran_out));
        let long_ago = instant(now - TEAM_INVITATION_LIFE - TEAM_INVITATION_KEPT);
        forget!(self, team_invitations.id: String, team_invitations::sent_at.le(long_ago));
        let first = MemberSessionId::least_at(now - MEMBER_SESSION_KEPT).to_string();
        forget!(self, member_sessions.id: String, member_sessions::id.lt(first.clone()));
        let first = AuditId::least_at(now - TEAM_TRAIL_KEPT).to_string();
        forget!(self, team_trail.id: String, team_trail::id.lt(first.clone()));
        Ok(())
    }

    async fn forget_attempts_before(&self, environment: EnvironmentId, before: Instant) -> StoreResult<()> {
        loop {
            let old = sso_sessions::table
                .filter(sso_sessions::environment_id.eq(environment.to_string()))
                .filter(sso_sessions::id.lt(SsoSessionId::least_at(before).to_string()))
                .order(sso_sessions::id)
                .limit(i64::try_from(BATCH).unwrap_or(i64::MAX))
                .select(sso_sessions::id);
            let ids: Vec<String> = loaded("sso_sessions", &mut *checkout(&self.reads).await?, old).await?;
            let found = ids.len();
            if found == 0 {
                return Ok(());
            }
            let mut conn = checkout(&self.writes).await?;
            let removed = diesel::delete(sso_sessions::table.filter(sso_sessions::id.eq_any(ids)));
            let removed = removed.execute(&mut *conn).await;
            let removed = removed.map_err(|error| store_error("sso_sessions", error))?;
            // If nothing was removed, another process is at it.
            if found < BATCH || removed == 0 {
                return Ok(());
            }
        }
    }
}
