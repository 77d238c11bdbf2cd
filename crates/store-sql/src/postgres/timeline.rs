//! Keeps the order of becoming visible going forward when transaction ids begin anew.
//!
//! The order is the id of the transaction plus a start. A dump that is restored into a fresh
//! cluster meets lower ids there; then the start is raised above everything that was written.

use diesel::QueryableByName;
use diesel::result::QueryResult;
use diesel::sql_types::Bool;
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use vestibule_application::ports::store::StoreResult;

use super::conn::PgConn;
use crate::fault::store_error;

/// Whether the newest rows lie in the future of this cluster. By id, so that it costs the same
/// however many rows there are; a thousand, because ids and transactions overlap a little.
const OVERTAKEN: &str = "
    SELECT coalesce(max(commit_order) >= (SELECT start FROM commit_timeline)
            + pg_snapshot_xmax(pg_current_snapshot())::text::bigint, false) AS overtaken
    FROM (
        (SELECT commit_order FROM events ORDER BY id DESC LIMIT 1000)
        UNION ALL
        (SELECT commit_order FROM audit_trail ORDER BY id DESC LIMIT 1000)
    ) AS newest";

/// Raises the start. The locks wait for whoever is writing, and keep others from beginning.
const RAISE: &str = "
    BEGIN;
    SET LOCAL statement_timeout = 0;
    LOCK TABLE events, audit_trail IN EXCLUSIVE MODE;
    UPDATE commit_timeline SET start = greatest(start, (
        SELECT coalesce(max(commit_order), 0) + 1 FROM (
            SELECT max(commit_order) AS commit_order FROM events
            UNION ALL
            SELECT max(commit_order) FROM audit_trail
        ) AS written
    ));
    COMMIT;";

#[derive(QueryableByName)]
struct Overtaken {
    #[diesel(sql_type = Bool)]
    overtaken: bool,
}

/// Raises the start if the newest rows lie in the future.
pub(super) async fn mend(conn: &mut PgConn) -> StoreResult<()> {
    mended(conn).await.map_err(|error| store_error("commit_timeline", error))
}

async fn mended(conn: &mut PgConn) -> QueryResult<()> {
    let found: Overtaken = diesel::sql_query(OVERTAKEN).get_result(conn).await?;
    if !found.overtaken {
        return Ok(());
    }
    tracing::warn!("transaction ids began anew, as after restoring a dump; the order of events goes on");
    let raised = conn.batch_execute(RAISE).await;
    if raised.is_err() {
        conn.batch_execute("ROLLBACK").await?;
    }
    raised
}
