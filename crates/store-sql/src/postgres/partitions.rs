//! Partitions by month for the tables that grow without bound.
//!
//! The partition key is an id, and an id begins with its time: a month reaches from the ULID of
//! its first millisecond to that of the next month's. Retention drops whole months. Rows of a
//! month without a partition lie in the default one, which every query finds as well.

use diesel::QueryableByName;
use diesel::result::{DatabaseErrorKind, Error, QueryResult};
use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use time::{Date, Month};
use ulid::Ulid;
use vestibule_application::ports::store::StoreResult;
use vestibule_domain::Instant;
use vestibule_domain::id::{AuditId, EventId, Id, SsoSessionId, WebhookAttemptId};

use super::conn::PgConn;
use crate::fault::store_error;

/// How many months are kept ready: this one and the next two.
const MONTHS_READY: usize = 3;

/// The tables, with the prefix of the id by which each is divided, and how its months are stored.
const TABLES: [(&str, &str, &str); 5] = [
    ("audit_trail", AuditId::PREFIX, ""),
    ("events", EventId::PREFIX, ""),
    ("webhook_deliveries", EventId::PREFIX, ""),
    ("webhook_attempts", WebhookAttemptId::PREFIX, ""),
    // An attempt is changed soon after it was written, and then finds room on its page.
    ("sso_sessions", SsoSessionId::PREFIX, " WITH (fillfactor = 75)"),
];

const EXISTING: &str = "
    SELECT child.relname::text AS name FROM pg_inherits
    JOIN pg_class AS child ON child.oid = inhrelid
    WHERE inhparent IN ('audit_trail'::regclass, 'events'::regclass, 'webhook_deliveries'::regclass,
        'webhook_attempts'::regclass, 'sso_sessions'::regclass)";

#[derive(QueryableByName)]
struct Partition {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Makes the partitions of this and the coming months that are missing.
pub(super) async fn maintain(conn: &mut PgConn, now: Instant) -> StoreResult<()> {
    maintained(conn, now).await.map_err(|error| store_error("(partitions)", error))
}

async fn maintained(conn: &mut PgConn, now: Instant) -> QueryResult<()> {
    let existing: Vec<Partition> = diesel::sql_query(EXISTING).load(conn).await?;
    let exists = |name: &str| existing.iter().any(|partition| partition.name == name);
    for (table, prefix, stored) in TABLES {
        for month in months(now) {
            let name = format!("{table}_{}", month.name());
            if !exists(&name) {
                let bounds = (month.bound(prefix), month.next().bound(prefix));
                make(conn, table, &name, bounds, stored).await?;
            }
        }
    }
    Ok(())
}

async fn make(
    conn: &mut PgConn,
    table: &str,
    name: &str,
    bounds: (String, String),
    stored: &str,
) -> QueryResult<()> {
    let (from, until) = bounds;
    // Names, prefixes and ULIDs are letters, digits and underscores: nothing needs quoting.
    let made = conn
        .batch_execute(&format!(
            "BEGIN; SET LOCAL lock_timeout = '5s';
             CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{from}') TO ('{until}'){stored};
             COMMIT;"
        ))
        .await;
    let Err(error) = made else { return Ok(()) };
    conn.batch_execute("ROLLBACK").await?;
    match error {
        // The default partition has rows of that month already, or another process was faster.
        // The rows are found where they are, and the next month is made in time.
        Error::DatabaseError(
            DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::SerializationFailure
            | DatabaseErrorKind::Unknown,
            information,
        ) => {
            tracing::warn!(partition = name, reason = information.message(), "a partition was not made");
            Ok(())
        }
        error => Err(error),
    }
}

/// Drops the months of attempts to sign in that were over by an instant. Dropping waits for whoever
/// uses the table, and others wait behind it; so it does not wait long, and tries again at the next
/// sweep.
pub(super) async fn forget_months(conn: &mut PgConn, before: Instant) -> StoreResult<()> {
    forgotten(conn, before).await.map_err(|error| store_error("(partitions)", error))
}

async fn forgotten(conn: &mut PgConn, before: Instant) -> QueryResult<()> {
    let existing: Vec<Partition> = diesel::sql_query(EXISTING).load(conn).await?;
    for Partition { name } in existing {
        let month = name.strip_prefix("sso_sessions_").and_then(MonthOf::parse);
        if month.is_none_or(|month| month.next().first() > before) {
            continue;
        }
        let dropped = conn
            .batch_execute(&format!(
                "BEGIN; SET LOCAL lock_timeout = '1s'; DROP TABLE IF EXISTS {name}; COMMIT;"
            ))
            .await;
        match dropped {
            Ok(()) => tracing::info!(partition = name, "a month of attempts to sign in was dropped"),
            Err(Error::DatabaseError(DatabaseErrorKind::SerializationFailure, information)) => {
                conn.batch_execute("ROLLBACK").await?;
                tracing::warn!(
                    partition = name,
                    reason = information.message(),
                    "a partition was not dropped"
                );
            }
            Err(error) => {
                conn.batch_execute("ROLLBACK").await?;
                return Err(error);
            }
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MonthOf {
    year: i32,
    month: Month,
}

impl MonthOf {
    fn next(self) -> Self {
        let month = self.month.next();
        let year = if month == Month::January { self.year + 1 } else { self.year };
        Self { year, month }
    }

    fn name(self) -> String {
        format!("{:04}_{:02}", self.year, u8::from(self.month))
    }

    /// Reads [`MonthOf::name`].
    fn parse(name: &str) -> Option<Self> {
        let (year, month) = name.split_once('_')?;
        let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
        Some(Self { year: year.parse().ok()?, month })
    }

    /// When it begins.
    fn first(self) -> Instant {
        Date::from_calendar_date(self.year, self.month, 1)
            .map_or(Instant::UNIX_EPOCH, |date| date.midnight().assume_utc())
    }

    /// The least id with this prefix that can be made in the month or later.
    fn bound(self, prefix: &str) -> String {
        let first = self.first().unix_timestamp_nanos() / 1_000_000;
        format!("{prefix}{}", Ulid::from_parts(u64::try_from(first).unwrap_or(0), 0))
    }
}

fn months(now: Instant) -> impl Iterator<Item = MonthOf> {
    let this = MonthOf { year: now.year(), month: now.month() };
    std::iter::successors(Some(this), |month| Some(month.next())).take(MONTHS_READY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_month_reaches_from_its_first_id_to_the_next_months() {
        let months: Vec<_> = months(datetime!(2026-11-30 23:59:59 UTC)).collect();
        let names: Vec<_> = months.iter().map(|month| month.name()).collect();
        assert_eq!(names, ["2026_11", "2026_12", "2027_01"]);
        for (month, name) in months.iter().zip(&names) {
            assert_eq!(MonthOf::parse(name), Some(*month));
        }
        assert_eq!(["default", "2026_13", "2026", ""].map(MonthOf::parse), [None; 4]);
        let at = |at: Instant, random| {
            let ms = u64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap();
            EventId::from_ulid(Ulid::from_parts(ms, random)).to_string()
        };
        let (from, until) = (months[0].bound("event_"), months[1].bound("event_"));
        assert_eq!(from, at(datetime!(2026-11-01 0:00 UTC), 0));
        assert!(at(datetime!(2026-11-30 23:59:59.999 UTC), u128::MAX) < until);
        assert!(at(datetime!(2026-12-01 0:00 UTC), 0) >= until);
        assert_eq!(until, months[0].next().bound("event_"));
    }
}
