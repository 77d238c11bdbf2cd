//! SQLite: one file, one connection that writes, several that read.

mod admit;
mod open;

#[path = "shared/mod.rs"]
mod shared;

use std::path::PathBuf;

use deadpool::managed::Object;
use diesel::connection::SimpleConnection as _;
use diesel::result::{Error, QueryResult};
use diesel_async::SimpleAsyncConnection as _;
use vestibule_application::ports::store::{Jobs, Queries, StoreResult, UnitOfWork};

use self::open::{Role, SqliteManager};
use self::shared::{Kept, SqlJobs, SqlQueries, SqlUnitOfWork, inserts, migrate, state};
use crate::fault::store_error;
use crate::migrations::SchemaState;
use crate::options::{ConnectError, ConnectOptions};
use crate::pool::{checkout, pool};

/// What the shared code needs to know of SQLite.
mod dialect {
    use deadpool::managed::{Object, Pool};
    use diesel::QueryResult;
    use diesel::dsl::sql;
    use diesel::sql_types::Bool;
    use diesel_async::RunQueryDsl as _;
    use vestibule_application::ports::store::StoreResult;
    use vestibule_domain::Instant;

    pub(super) use super::admit::admit;
    pub(super) use super::open::{SqliteConn as Conn, SqliteManager as Manager};
    pub(super) use super::{begin, commit, decide_by_next, discard, plan_once, rollback};

    pub(super) type Db = diesel::sqlite::Sqlite;
    pub(super) type Guard = Object<Manager>;
    pub(super) type ConnPool = Pool<Manager>;

    /// The table of migrations, as diesel's tool makes it.
    pub(super) const MIGRATIONS_TABLE: &str = "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
        version VARCHAR(50) PRIMARY KEY NOT NULL,
        run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
    )";

    pub(super) const MIGRATION_BEGIN: &str = "BEGIN IMMEDIATE";

    pub(super) fn body(migration: &crate::migrations::Migration) -> &'static str {
        migration.sqlite
    }

    pub(super) async fn is_migrated(conn: &mut Conn) -> QueryResult<bool> {
        let known = "EXISTS (SELECT 1 FROM sqlite_master WHERE name = '__diesel_schema_migrations')";
        diesel::select(sql::<Bool>(known)).get_result(conn).await
    }

    /// Nothing to do: there are no partitions.
    #[expect(clippy::unused_async, reason = "PostgreSQL has something to wait for here")]
    pub(super) async fn maintain(_: &mut Conn, _: Instant) -> StoreResult<()> {
        Ok(())
    }

    /// Nothing to do: there are no partitions.
    #[expect(clippy::unused_async, reason = "PostgreSQL has something to wait for here")]
    pub(super) async fn forget_months(_: &mut Conn, _: Instant) -> StoreResult<()> {
        Ok(())
    }

    pub(super) mod sql {
        pub(crate) use diesel::sql_types::{
            BigInt, Binary, Bool, Integer, Json as Doc, Nullable, Text, TimestamptzSqlite as Ts,
        };
    }

    /// The one writer has the whole file locked.
    macro_rules! locked {
        ($query:expr) => {
            $query
        };
    }

    /// The one writer removes nothing meanwhile.
    macro_rules! referred {
        ($query:expr) => {
            $query
        };
    }

    /// The one writer meets nobody.
    macro_rules! unclaimed {
        ($query:expr) => {
            $query
        };
    }

    /// Every row that is seen has its place: there is one writer at a time.
    macro_rules! settled {
        ($query:expr, $commit_order:expr) => {
            $query
        };
    }

    /// Two queries, one after the other: there is no round trip to save.
    macro_rules! together {
        ($conn:expr, $one:expr, $two:expr) => {{
            let mut conn = $conn;
            match $one.load(&mut *conn).await {
                Ok(one) => $two.load(&mut *conn).await.map(|two| (one, two)),
                Err(error) => Err(error),
            }
        }};
    }

    pub(super) use {locked, referred, settled, together, unclaimed};
}

/// A store in an SQLite file.
pub(crate) struct SqliteStore {
    writer: dialect::ConnPool,
    queries: SqlQueries,
    jobs: SqlJobs,
}

impl SqliteStore {
    pub(crate) async fn connect(
        path: PathBuf,
        options: &ConnectOptions,
        runtime: tokio::runtime::Handle,
    ) -> Result<Self, ConnectError> {
        let manager = |role| SqliteManager::new(path.clone(), role, runtime.clone());
        let writer = pool(manager(Role::Writer), 1);
        // The writer makes the file, and turns on the log that lets readers read beside it.
        drop(checkout(&writer).await.map_err(|error| ConnectError::Unreachable(error.into()))?);
        let readers = pool(manager(Role::Reader), options.readers_max);
        Ok(Self {
            queries: SqlQueries::new(readers.clone()),
            jobs: SqlJobs::new(readers, writer.clone()),
            writer,
        })
    }

    pub(crate) async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        Ok(Box::new(SqlUnitOfWork::new(begin(&self.writer).await?)))
    }

    pub(crate) fn queries(&self) -> &dyn Queries {
        &self.queries
    }

    pub(crate) fn jobs(&self) -> &dyn Jobs {
        &self.jobs
    }

    pub(crate) async fn schema_state(&self) -> StoreResult<SchemaState> {
        state(&mut *checkout(&self.writer).await?).await
    }

    pub(crate) async fn migrate(&self) -> StoreResult<()> {
        migrate(&mut *checkout(&self.writer).await?).await
    }
}

/// The writing connection, in a transaction that has the write lock already: with a plain BEGIN,
/// two that read before they write could never both go on.
async fn begin(pool: &dialect::ConnPool) -> StoreResult<dialect::Guard> {
    let mut conn = checkout(pool).await?;
    match conn.batch_execute("BEGIN IMMEDIATE").await {
        Ok(()) => Ok(conn),
        Err(error) => {
            discard(conn);
            Err(store_error("(begin)", error))
        }
    }
}

/// There is no round trip to save.
fn decide_by_next(_: &dialect::Guard) {}

/// Every statement is planned when it is prepared.
fn plan_once(_: &dialect::Guard) {}

/// Writes what was kept back and commits, in one visit to the connection's thread.
async fn commit(mut conn: dialect::Guard, kept: Kept) -> QueryResult<()> {
    let done = conn
        .spawn_blocking(move |conn| {
            use diesel::RunQueryDsl as _;
            inserts!(kept, insert => insert.execute(conn)?);
            conn.batch_execute("COMMIT")
        })
        .await;
    if done.is_err() {
        discard(conn);
    }
    done
}

/// Takes the transaction back.
async fn rollback(mut conn: dialect::Guard) -> QueryResult<()> {
    let done = conn.batch_execute("ROLLBACK").await;
    if done.is_err() {
        discard(conn);
        // A full disk makes SQLite take the transaction back by itself; then there is none.
        return match done {
            Err(Error::DatabaseError(_, information)) if information.message().contains("no transaction") => {
                Ok(())
            }
            done => done,
        };
    }
    done
}

/// Closes a connection of which nobody knows where it stands; closing takes its transaction back.
fn discard(conn: dialect::Guard) {
    drop(Object::take(conn));
}
