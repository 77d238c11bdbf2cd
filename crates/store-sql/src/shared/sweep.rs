//! Removing what time has made useless.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use vestibule_application::ports::store::StoreResult;
use vestibule_domain::Instant;
use vestibule_domain::address_code::CODE_KEPT;
use vestibule_domain::environment::sessions_kept_from;
use vestibule_domain::id::{EnvironmentId, Id as _, SsoSessionId};

use super::super::dialect;
use super::jobs::SqlJobs;
use super::queries::loaded;
use super::schema::{accepted_assertions, address_codes, environments, replays, sso_sessions};
use crate::fault::store_error;
use crate::parse::{Table, instant};
use crate::pool::checkout;

/// Most attempts that one statement removes: so many are gone before anybody waits long.
const BATCH: usize = 1_000;

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
        let never_fetched = sso_sessions::table
            .filter(sso_sessions::state.eq("authorized"))
            .filter(sso_sessions::exchange.is_not_null())
            .filter(sso_sessions::code_expires_at.le(instant(now)));
        let nothing: Option<Vec<u8>> = None;
        let erased = diesel::update(never_fetched).set(sso_sessions::exchange.eq(nothing));
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
