//! PostgreSQL 14 and later, direct or behind PgBouncer in transaction mode.

mod admit;
mod conn;
mod connect;
mod fault;
mod partitions;
mod request;
mod row;
mod timeline;

#[path = "shared/mod.rs"]
mod shared;

use deadpool::managed::Object;
use diesel::result::QueryResult;
use vestibule_application::ports::store::{Jobs, Queries, StoreResult, UnitOfWork};
use vestibule_domain::Instant;

pub(crate) use conn::StatementNames;

use self::connect::PgManager;
use self::shared::{Kept, SqlJobs, SqlQueries, SqlUnitOfWork, inserts, migrate, state};
use crate::migrations::SchemaState;
use crate::options::{ConnectError, ConnectOptions, PostgresAddress};
use crate::pool::{checkout, pool};

/// What the shared code needs to know of PostgreSQL.
mod dialect {
    use deadpool::managed::{Object, Pool};
    use diesel::QueryResult;
    use diesel::dsl::sql;
    use diesel::sql_types::Bool;
    use diesel_async::RunQueryDsl as _;

    pub(super) use super::admit::admit;
    pub(super) use super::connect::PgManager as Manager;
    pub(super) use super::partitions::{forget_months, maintain};
    pub(super) use super::{begin, commit, decide_by_next, discard, plan_once, rollback};

    pub(super) type Db = diesel::pg::Pg;
    pub(super) type Conn = super::conn::PgConn;
    pub(super) type Guard = Object<Manager>;
    pub(super) type ConnPool = Pool<Manager>;

    /// The table of migrations, as diesel's tool makes it.
    pub(super) const MIGRATIONS_TABLE: &str = "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
        version VARCHAR(50) PRIMARY KEY NOT NULL,
        run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
    )";

    /// A migration may take as long as it takes, but must not make others wait for its locks.
    pub(super) const MIGRATION_BEGIN: &str = "BEGIN; SET LOCAL statement_timeout = 0";

    pub(super) fn body(migration: &crate::migrations::Migration) -> &'static str {
        migration.postgres
    }

    pub(super) async fn is_migrated(conn: &mut Conn) -> QueryResult<bool> {
        diesel::select(sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL"))
            .get_result(conn)
            .await
    }

    pub(super) mod sql {
        pub(crate) use diesel::sql_types::{
            BigInt, Binary, Bool, Integer, Json as Doc, Nullable, Text, Timestamptz as Ts,
        };
    }

    diesel::define_sql_function! {
        /// Rows before it are seen by everybody, and none will ever join them.
        fn commit_order_horizon() -> BigInt;
    }

    /// Keeps others from changing the rows. References to them may still be added.
    macro_rules! locked {
        ($query:expr) => {
            $query.for_no_key_update()
        };
    }

    /// Keeps others from removing the rows, as a foreign key does.
    macro_rules! referred {
        ($query:expr) => {
            $query.for_key_share()
        };
    }

    /// Passes over rows that others have locked.
    macro_rules! unclaimed {
        ($query:expr) => {
            $query.for_update().skip_locked()
        };
    }

    /// Only rows whose place in the order of commits is settled.
    macro_rules! settled {
        ($query:expr, $commit_order:expr) => {
            $query.filter($commit_order.lt(super::super::dialect::commit_order_horizon()))
        };
    }

    /// Two queries in one round trip.
    macro_rules! together {
        ($conn:expr, $one:expr, $two:expr) => {{
            let conn = $conn;
            let (mut one, mut two) = (&*conn, &*conn);
            futures_util::future::try_join($one.load(&mut one), $two.load(&mut two)).await
        }};
    }

    pub(super) use {locked, referred, settled, together, unclaimed};
}

/// A store on PostgreSQL.
pub(crate) struct PgStore {
    pool: dialect::ConnPool,
    queries: SqlQueries,
    jobs: SqlJobs,
}

impl PgStore {
    pub(crate) async fn connect(
        address: PostgresAddress,
        options: &ConnectOptions,
        runtime: tokio::runtime::Handle,
    ) -> Result<Self, ConnectError> {
        let store = Self::opened_by(PgManager::new(address, runtime)?, options.connections_max);
        // Whatever is wrong with the address is said now and not at the first request.
        drop(checkout(&store.pool).await.map_err(|error| ConnectError::Unreachable(error.into()))?);
        Ok(store)
    }

    fn opened_by(manager: PgManager, connections_max: usize) -> Self {
        let pool = pool(manager, connections_max);
        Self { queries: SqlQueries::new(pool.clone()), jobs: SqlJobs::new(pool.clone(), pool.clone()), pool }
    }

    /// The same server, with connections on another runtime.
    pub(crate) fn on(&self, runtime: tokio::runtime::Handle, connections_max: usize) -> Self {
        Self::opened_by(self.pool.manager().on(runtime), connections_max)
    }

    pub(crate) async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        Ok(Box::new(SqlUnitOfWork::new(begin(&self.pool).await?)))
    }

    pub(crate) fn queries(&self) -> &dyn Queries {
        &self.queries
    }

    pub(crate) fn jobs(&self) -> &dyn Jobs {
        &self.jobs
    }

    pub(crate) async fn schema_state(&self) -> StoreResult<SchemaState> {
        state(&mut *checkout(&self.pool).await?).await
    }

    pub(crate) async fn migrate(&self, now: Instant) -> StoreResult<()> {
        let mut conn = checkout(&self.pool).await?;
        migrate(&mut conn).await?;
        timeline::mend(&mut conn).await?;
        partitions::maintain(&mut conn, now).await
    }
}

/// A connection whose next statement begins a transaction.
async fn begin(pool: &dialect::ConnPool) -> StoreResult<dialect::Guard> {
    let conn = checkout(pool).await?;
    conn.begin();
    Ok(conn)
}

/// Lets the next statement be a transaction by itself, if it is the first.
fn decide_by_next(conn: &dialect::Guard) {
    conn.decide_by_next();
}

/// Has look-ups by key planned once and for all.
fn plan_once(conn: &dialect::Guard) {
    conn.plan_once();
}

/// Writes what was kept back and commits, in one round trip.
async fn commit(conn: dialect::Guard, kept: Kept) -> QueryResult<()> {
    let mut last = Vec::new();
    inserts!(kept, insert => last.push(conn.request(&insert)?));
    let done = conn.commit(last).await;
    // A refused row leaves the connection as good as it was; anything else leaves it in doubt.
    if done.is_err() && !conn.is_reusable() {
        discard(conn);
    }
    done
}

/// Takes the transaction back.
async fn rollback(conn: dialect::Guard) -> QueryResult<()> {
    let done = conn.rollback().await;
    if done.is_err() {
        discard(conn);
    }
    done
}

/// Closes a connection of which nobody knows where it stands.
fn discard(conn: dialect::Guard) {
    drop(Object::take(conn));
}
