//! What the dashboard shows at a glance: each list from an index of its own, the pictures from sums.

use diesel::prelude::*;
use std::collections::BTreeMap;
use time::Duration;
use vestibule_application::ports::store::{
    ATTENTION_MAX, InNeed, OpenSetUp, OrganizationMarks, Overview, SetUpWeek, SignInDay, StoreResult,
    Undelivered, first_day, first_monday,
};
use vestibule_domain::Instant;
use vestibule_domain::attention::{FAILING_FOR, UNDELIVERED_FOR, ends_soon_by, stuck_by};
use vestibule_domain::id::{EnvironmentId, Id as _, OrganizationId, WebhookDeliveryId};

use super::super::dialect::{Conn, Db};
use super::queries::{SqlQueries, loaded};
use super::schema::{organizations, set_up_weeks, sign_in_hours, webhook_deliveries};
use crate::parse::{Table, instant};

/// Id, certificates' end, unproven domains, last move and opening of the set-up, newest failure.
type MarksRow = (String, Option<Instant>, i32, Option<Instant>, bool, Option<Instant>);

/// Id, name, when, whether the set-up link was opened.
type NeedRow = (String, String, Option<Instant>, bool);

/// When, and the sums of sign-ins.
type HourRow = (Instant, i64, i64, i64);

/// When, the sums of set-ups and the median in seconds.
type WeekRow = (Instant, i64, i64, Option<i64>);

const ORGANIZATIONS: Table = Table("organizations");

/// Loads the organizations of an environment for which a condition holds, by their time.
macro_rules! in_need {
    ($conn:expr, $environment:expr, $at:ident, $holds:expr, $order:expr) => {{
        let query = organizations::table
            .filter(organizations::environment_id.eq($environment.to_string()))
            .filter($holds)
            .order($order)
            .limit(ATTENTION_MAX.into())
            .select((organizations::id, organizations::name, organizations::$at, organizations::set_up_opened));
        let rows: Vec<NeedRow> = loaded("organizations", $conn, query).await?;
        rows.into_iter().map(|row| line(row, stringify!($at))).collect::<StoreResult<Vec<_>>>()?
    }};
}

impl SqlQueries {
    pub(super) async fn marks_of(
        &self,
        environment: EnvironmentId,
        ids: &[OrganizationId],
        now: Instant,
    ) -> StoreResult<Vec<OrganizationMarks>> {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let query = organizations::table
            .filter(organizations::environment_id.eq(environment.to_string()))
            .filter(organizations::id.eq_any(ids))
            .select((
                organizations::id,
                organizations::certificate_end,
                organizations::unproven_domains,
                organizations::set_up_moved_at,
                organizations::set_up_opened,
                organizations::failing_at,
            ));
        let rows: Vec<MarksRow> = loaded("organizations", &mut *self.conn().await?, query).await?;
        let marks = |(id, certificate_end, unproven, moved_at, opened, failing_at): MarksRow| {
            Ok(OrganizationMarks {
                organization_id: ORGANIZATIONS.id("id", &id)?,
                certificate_end,
                unproven_domains: ORGANIZATIONS.number("unproven_domains", unproven.into())?,
                set_up: moved_at.map(|moved_at| OpenSetUp { moved_at, opened }),
                failing_at: failing_at.filter(|at| *at >= now - FAILING_FOR),
            })
        };
        rows.into_iter().map(marks).collect()
    }

    pub(super) async fn at_a_glance(
        &self,
        environment: EnvironmentId,
        now: Instant,
    ) -> StoreResult<Overview> {
        let mut conn = self.conn().await?;
        let any = organizations::table
            .filter(organizations::environment_id.eq(environment.to_string()))
            .order(organizations::id)
            .limit(1)
            .select(organizations::id);
        let begun = !loaded::<_, String>("organizations", &mut conn, any).await?.is_empty();
        let stuck = in_need!(
            &mut conn,
            environment,
            set_up_moved_at,
            organizations::set_up_moved_at.le(instant(stuck_by(now))),
            (organizations::set_up_moved_at.desc(), organizations::id.desc())
        );
        let failing = in_need!(
            &mut conn,
            environment,
            failing_at,
            organizations::failing_at.ge(instant(now - FAILING_FOR)),
            organizations::id.desc()
        );
        let certificates = in_need!(
            &mut conn,
            environment,
            certificate_end,
            organizations::certificate_end.le(instant(ends_soon_by(now))),
            (organizations::certificate_end.asc(), organizations::id.asc())
        );
        Ok(Overview {
            begun,
            stuck,
            failing,
            certificates,
            undelivered: undelivered(&mut conn, environment, now).await?,
            days: days(&mut conn, environment, now).await?,
            weeks: weeks(&mut conn, environment, now).await?,
        })
    }
}

fn line((id, name, at, opened): NeedRow, column: &'static str) -> StoreResult<InNeed> {
    Ok(InNeed {
        organization_id: ORGANIZATIONS.id("id", &id)?,
        name: ORGANIZATIONS.text("name", &name)?,
        at: ORGANIZATIONS.some(column, at)?,
        opened,
    })
}

async fn undelivered(
    conn: &mut Conn,
    environment: EnvironmentId,
    now: Instant,
) -> StoreResult<Vec<Undelivered>> {
    let since = WebhookDeliveryId::least_at(now - UNDELIVERED_FOR).to_string();
    let query = webhook_deliveries::table
        .filter(webhook_deliveries::environment_id.eq(environment.to_string()))
        // As the migrations have it: a value that is handed in would not show that the index fits.
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("state = 'given_up'"))
        .filter(webhook_deliveries::id.ge(since))
        .order(webhook_deliveries::id.desc())
        .limit(ATTENTION_MAX.into())
        .select((webhook_deliveries::endpoint_id, webhook_deliveries::state_at))
        .into_boxed::<Db>();
    let rows: Vec<(String, Option<Instant>)> = loaded("webhook_deliveries", conn, query).await?;
    let table = Table("webhook_deliveries");
    let undelivered = |(endpoint, at): (String, Option<Instant>)| {
        Ok(Undelivered { endpoint_id: table.id("endpoint_id", &endpoint)?, at: table.some("state_at", at)? })
    };
    rows.into_iter().map(undelivered).collect()
}

async fn days(conn: &mut Conn, environment: EnvironmentId, now: Instant) -> StoreResult<Vec<SignInDay>> {
    let query = sign_in_hours::table
        .filter(sign_in_hours::environment_id.eq(environment.to_string()))
        .filter(sign_in_hours::hour.ge(first_day(now).midnight().assume_utc()))
        .order(sign_in_hours::hour)
        .select((
            sign_in_hours::hour,
            sign_in_hours::successful,
            sign_in_hours::failed,
            sign_in_hours::unfinished,
        ));
    let rows: Vec<HourRow> = loaded("sign_in_hours", conn, query).await?;
    let table = Table("sign_in_hours");
    let mut days = BTreeMap::new();
    for (hour, successful, failed, unfinished) in rows {
        let day = hour.date();
        let sums = days.entry(day).or_insert(SignInDay { day, successful: 0, failed: 0, unfinished: 0 });
        sums.successful += table.number::<u64>("successful", successful)?;
        sums.failed += table.number::<u64>("failed", failed)?;
        sums.unfinished += table.number::<u64>("unfinished", unfinished)?;
    }
    Ok(days.into_values().collect())
}

async fn weeks(conn: &mut Conn, environment: EnvironmentId, now: Instant) -> StoreResult<Vec<SetUpWeek>> {
    let query = set_up_weeks::table
        .filter(set_up_weeks::environment_id.eq(environment.to_string()))
        .filter(set_up_weeks::week.ge(first_monday(now).midnight().assume_utc()))
        .order(set_up_weeks::week)
        .select((set_up_weeks::week, set_up_weeks::started, set_up_weeks::finished, set_up_weeks::median_s));
    let rows: Vec<WeekRow> = loaded("set_up_weeks", conn, query).await?;
    let table = Table("set_up_weeks");
    let week = |(week, started, finished, median_s): WeekRow| {
        Ok(SetUpWeek {
            monday: week.date(),
            started: table.number("started", started)?,
            finished: table.number("finished", finished)?,
            median: median_s.map(Duration::seconds),
        })
    };
    rows.into_iter().map(week).collect()
}
