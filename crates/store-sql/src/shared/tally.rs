//! Counting for the overview: sign-ins by the hour, set-ups by the week, connections that fail.
//!
//! Sign-ins themselves count nothing: a sum that each adds to would be a row for which all of an
//! environment wait. Hours whose attempts cannot change any more are settled and never counted
//! again, so a tally reads what was started in the last hour or two.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::upsert::excluded;
use time::Duration;
use vestibule_application::ports::store::{
    OVERVIEW_WEEKS, StoreError, StoreResult, UnitOfWork as _, median, monday,
};
use vestibule_domain::Instant;
use vestibule_domain::attention::{FAILING_FOR, FAILURES_IN_A_ROW};
use vestibule_domain::id::{Id as _, SsoSessionId};
use vestibule_domain::sso::authorization::AUTHORIZATION_CODE_LIFE;
use vestibule_domain::sso::session::{Origin, SSO_SESSION_TIMEOUT};

use super::super::dialect::{self, locked};
use super::jobs::SqlJobs;
use super::schema::{set_up_weeks, set_ups, sign_in_hours, sso_sessions, tallies};
use super::unit::SqlUnitOfWork;
use crate::parse::instant;

/// After this time nothing changes about an attempt that is no test; with a minute for clocks that
/// differ.
const SETTLED_AFTER: Duration =
    SSO_SESSION_TIMEOUT.saturating_add(AUTHORIZATION_CODE_LIFE).saturating_add(Duration::MINUTE);

/// Most hours that are counted in one unit of work.
const HOURS_MAX: u8 = 24;

/// How far back the first tally goes.
const BACK_MAX: Duration = Duration::days(90);

/// The states in which attempts end, as rows have them.
const SUCCESSFUL: &str = "successful";
const FAILED: &str = "failed";

/// The one row of the tallies.
const ONLY: &str = "only";

/// Notes of each connection that had a failure since `$1`, or was noted, whether its last attempts
/// all failed, the newest not before `$2`.
const NOTE_FAILING: &str = "
    WITH touched AS (
        SELECT organization_id FROM sso_sessions
        WHERE id >= $1 AND failure_code IS NOT NULL AND origin <> 'test' AND organization_id IS NOT NULL
        UNION SELECT id FROM organizations WHERE failing_at IS NOT NULL
    ), judged AS (
        SELECT connections.organization_id AS id, CASE WHEN connections.state = 'active' THEN (
            SELECT CASE WHEN count(last.failure_code) = {in_a_row} AND max(last.id) >= $2
                THEN max(last.started_at) END
            FROM (SELECT id, failure_code, started_at FROM sso_sessions AS attempt
                WHERE attempt.environment_id = connections.environment_id
                    AND attempt.connection_id = connections.id
                    AND attempt.origin <> 'test' AND attempt.state <> 'started'
                ORDER BY attempt.id DESC LIMIT {in_a_row}) AS last
        ) END AS failing_at
        FROM touched INNER JOIN connections ON connections.organization_id = touched.organization_id
    )
    UPDATE organizations SET failing_at = judged.failing_at FROM judged
    WHERE organizations.id = judged.id AND (organizations.failing_at <> judged.failing_at
        OR (organizations.failing_at IS NULL) <> (judged.failing_at IS NULL))";

/// Sums of an environment: successful, failed, unfinished.
type Sums = BTreeMap<String, [i64; 3]>;

impl SqlJobs {
    /// Counts hour after hour up to `now`, then the weeks since the last tally.
    pub(super) async fn count(&self, now: Instant) -> StoreResult<()> {
        while !self.count_on(instant(now)).await? {}
        Ok(())
    }

    /// One unit of work of it. Whether it is done.
    async fn count_on(&self, now: Instant) -> StoreResult<bool> {
        let mut work = SqlUnitOfWork::new(dialect::begin(&self.writes).await?);
        let outcome = work.count_on(now).await;
        match outcome {
            Ok(done) => Box::new(work).commit().await.map(|()| done),
            Err(error) => {
                Box::new(work).rollback().await?;
                Err(error)
            }
        }
    }
}

impl SqlUnitOfWork {
    async fn count_on(&mut self, now: Instant) -> StoreResult<bool> {
        // Whoever counts has the row; others wait, and find less to do.
        let held =
            tallies::table.filter(tallies::id.eq(ONLY)).select((tallies::settled_until, tallies::counted_at));
        let held: Vec<(Option<Instant>, Option<Instant>)> = self.rows("tallies", locked!(held)).await?;
        let Some((settled_until, counted_at)) = held.into_iter().next() else {
            return Err(StoreError::Corrupt { table: "tallies", column: "id" });
        };
        let first = match settled_until {
            Some(until) => until,
            None => self.oldest_hour(now).await?,
        };
        let mut hour = first;
        for _ in 0..HOURS_MAX {
            if hour > now {
                break;
            }
            self.count_hour(hour).await?;
            hour += Duration::HOUR;
        }
        let done = hour > now;
        let settled = hour.min(hour_of(now - SETTLED_AFTER)).max(first);
        if done {
            self.count_weeks(counted_at, now).await?;
            // Failures are noted under the time at which their attempt began.
            let since = counted_at.map_or(now - FAILING_FOR, |at| at - SETTLED_AFTER);
            self.note_failing(since.max(now - FAILING_FOR), now).await?;
        }
        let counted_at = if done { Some(now) } else { counted_at };
        let noted = diesel::update(tallies::table.filter(tallies::id.eq(ONLY)))
            .set((tallies::settled_until.eq(Some(settled)), tallies::counted_at.eq(counted_at)));
        self.run("tallies", noted).await?;
        Ok(done)
    }

    /// The hour of the oldest attempt that is of interest.
    async fn oldest_hour(&mut self, now: Instant) -> StoreResult<Instant> {
        let least = SsoSessionId::least_at(now - BACK_MAX).to_string();
        let oldest = sso_sessions::table
            .filter(sso_sessions::id.ge(least))
            .order(sso_sessions::id)
            .limit(1)
            .select(sso_sessions::started_at);
        let oldest: Vec<Instant> = self.rows("sso_sessions", oldest).await?;
        Ok(hour_of(oldest.first().copied().unwrap_or(now).min(now)))
    }

    async fn count_hour(&mut self, hour: Instant) -> StoreResult<()> {
        let [from, until] = [hour, hour + Duration::HOUR].map(|at| SsoSessionId::least_at(at).to_string());
        let query = sso_sessions::table
            .filter(sso_sessions::id.ge(from))
            .filter(sso_sessions::id.lt(until))
            .filter(sso_sessions::origin.ne(Origin::Test.as_str()))
            .group_by((sso_sessions::environment_id, sso_sessions::state))
            .select((sso_sessions::environment_id, sso_sessions::state, count_star()));
        let rows: Vec<(String, String, i64)> = self.rows("sso_sessions", query).await?;
        let mut sums = Sums::new();
        for (environment, state, count) in rows {
            let [successful, failed, unfinished] = sums.entry(environment).or_default();
            let sum = match state.as_str() {
                SUCCESSFUL => successful,
                FAILED => failed,
                _ => unfinished,
            };
            *sum += count;
        }
        for (environment, [successful, failed, unfinished]) in sums {
            let row = (
                sign_in_hours::environment_id.eq(environment),
                sign_in_hours::hour.eq(hour),
                sign_in_hours::successful.eq(successful),
                sign_in_hours::failed.eq(failed),
                sign_in_hours::unfinished.eq(unfinished),
            );
            let counted = diesel::insert_into(sign_in_hours::table)
                .values(row)
                .on_conflict((sign_in_hours::environment_id, sign_in_hours::hour))
                .do_update()
                .set((
                    sign_in_hours::successful.eq(excluded(sign_in_hours::successful)),
                    sign_in_hours::failed.eq(excluded(sign_in_hours::failed)),
                    sign_in_hours::unfinished.eq(excluded(sign_in_hours::unfinished)),
                ));
            self.run("sign_in_hours", counted).await?;
        }
        Ok(())
    }

    /// Counts the weeks since the last tally, or as many as are shown.
    async fn count_weeks(&mut self, counted_at: Option<Instant>, now: Instant) -> StoreResult<()> {
        let back = Duration::weeks(i64::from(OVERVIEW_WEEKS) - 1);
        let mut week = monday(counted_at.unwrap_or(now - back).max(now - back));
        while week <= now.date() {
            self.count_week(week.midnight().assume_utc()).await?;
            week += Duration::WEEK;
        }
        Ok(())
    }

    async fn count_week(&mut self, week: Instant) -> StoreResult<()> {
        let until = week + Duration::WEEK;
        let started = set_ups::table
            .filter(set_ups::started_at.ge(week))
            .filter(set_ups::started_at.lt(until))
            .group_by(set_ups::environment_id)
            .select((set_ups::environment_id, count_star()));
        let started: Vec<(String, i64)> = self.rows("set_ups", started).await?;
        let finished = set_ups::table
            .filter(set_ups::finished_at.ge(week))
            .filter(set_ups::finished_at.lt(until))
            .select((set_ups::environment_id, set_ups::started_at, set_ups::finished_at));
        let finished: Vec<(String, Instant, Option<Instant>)> = self.rows("set_ups", finished).await?;
        let mut sums: BTreeMap<String, (i64, Vec<Duration>)> = BTreeMap::new();
        for (environment, count) in started {
            sums.entry(environment).or_default().0 = count;
        }
        for (environment, from, to) in finished {
            sums.entry(environment).or_default().1.extend(to.map(|to| to - from));
        }
        for (environment, (started, took)) in sums {
            let row = (
                set_up_weeks::environment_id.eq(environment),
                set_up_weeks::week.eq(week),
                set_up_weeks::started.eq(started),
                set_up_weeks::finished.eq(i64::try_from(took.len()).unwrap_or(i64::MAX)),
                set_up_weeks::median_s.eq(median(took).map(Duration::whole_seconds)),
            );
            let counted = diesel::insert_into(set_up_weeks::table)
                .values(row)
                .on_conflict((set_up_weeks::environment_id, set_up_weeks::week))
                .do_update()
                .set((
                    set_up_weeks::started.eq(excluded(set_up_weeks::started)),
                    set_up_weeks::finished.eq(excluded(set_up_weeks::finished)),
                    set_up_weeks::median_s.eq(excluded(set_up_weeks::median_s)),
                ));
            self.run("set_up_weeks", counted).await?;
        }
        Ok(())
    }

    /// Notes which connections fail. Looks at those alone that had a failure since, or were noted.
    async fn note_failing(&mut self, since: Instant, now: Instant) -> StoreResult<()> {
        let sql = NOTE_FAILING.replace("{in_a_row}", &FAILURES_IN_A_ROW.to_string());
        let noted = diesel::sql_query(sql)
            .bind::<Text, _>(SsoSessionId::least_at(since).to_string())
            .bind::<Text, _>(SsoSessionId::least_at(now - FAILING_FOR).to_string());
        self.run("organizations", noted).await.map(drop)
    }
}

/// The beginning of the hour of the clock in which an instant lies.
fn hour_of(at: Instant) -> Instant {
    let seconds = at.unix_timestamp();
    Instant::from_unix_timestamp(seconds - seconds.rem_euclid(3_600)).unwrap_or(at)
}
