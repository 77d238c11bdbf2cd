//! Opens connections to the file.

use std::error::Error as StdError;
use std::path::PathBuf;

use deadpool::managed::{Manager, Metrics, RecycleResult};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use diesel_async::sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper};
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;

type BoxError = Box<dyn StdError + Send + Sync>;

/// A connection whose calls run on threads for blocking work.
pub(crate) type SqliteConn = SyncConnectionWrapper<SqliteConnection, OnRuntime>;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The one that writes.
    Writer,
    /// One of those that read.
    Reader,
}

impl Role {
    /// Settings of the connection.
    ///
    /// `synchronous` NORMAL keeps everything acknowledged when the process is killed; FULL also
    /// when the machine loses power, at one wait for the disk per unit of work, which is what a
    /// person who was told "saved" expects.
    fn pragmas(self) -> &'static str {
        match self {
            Self::Writer => {
                "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
            }
            Self::Reader => "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;",
        }
    }
}

/// Opens connections; the pools ask it.
pub(crate) struct SqliteManager {
    path: PathBuf,
    role: Role,
    runtime: Handle,
}

impl SqliteManager {
    pub(crate) fn new(path: PathBuf, role: Role, runtime: Handle) -> Self {
        Self { path, role, runtime }
    }
}

impl Manager for SqliteManager {
    type Type = SqliteConn;
    type Error = BoxError;

    async fn create(&self) -> Result<SqliteConn, BoxError> {
        let path = self.path.to_str().ok_or("the path of the database must be UTF-8")?.to_owned();
        let role = self.role;
        let open = move || -> Result<SqliteConnection, BoxError> {
            let mut conn = SqliteConnection::establish(&path)?;
            conn.batch_execute(role.pragmas())?;
            Ok(conn)
        };
        let conn = self.runtime.spawn_blocking(open).await??;
        Ok(SyncConnectionWrapper::with_runtime(conn, OnRuntime(self.runtime.clone())))
    }

    async fn recycle(&self, _: &mut SqliteConn, _: &Metrics) -> RecycleResult<BoxError> {
        // One that was left in a transaction never comes back here: it is taken out of the pool.
        Ok(())
    }
}

/// Runs blocking calls on the runtime of the store.
///
/// diesel-async's own way waits for a call whose future is dropped, and panics when that happens
/// on a runtime with one thread, such as those of web workers. Here the call simply goes on to its
/// end; the connection is locked until then.
pub(crate) struct OnRuntime(Handle);

impl SpawnBlocking for OnRuntime {
    fn spawn_blocking<'a, R>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, BoxError>>
    where
        R: Send + 'static,
    {
        let task = self.0.spawn_blocking(task);
        Box::pin(async move { task.await.map_err(Into::into) })
    }

    fn get_runtime() -> Self {
        Self(Handle::current())
    }
}
