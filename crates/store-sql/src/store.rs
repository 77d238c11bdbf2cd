//! The store, whichever database it is on.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::runtime::Handle;
use vestibule_application::ports::store::{Jobs, Queries, Store, StoreResult, UnitOfWork};
use vestibule_domain::Instant;

use crate::migrations::SchemaState;
use crate::options::{Address, ConnectError, ConnectOptions};
use crate::postgres::PgStore;
use crate::sqlite::SqliteStore;

/// A store on PostgreSQL or in an SQLite file.
pub struct SqlStore {
    database: Database,
}

enum Database {
    Postgres(Box<PgStore>),
    Sqlite(Arc<SqliteStore>),
}

impl SqlStore {
    /// Connects to `sqlite://path`, `postgres://…` or `postgresql://…`.
    ///
    /// Connections live on the runtime that this is called on. Parameters of a PostgreSQL URL
    /// beyond the driver's own: `sslmode=verify-full` and its kin, `sslrootcert=<file>`, and
    /// `statements=named|unnamed`, which overrides what is found out about poolers.
    ///
    /// # Errors
    /// When the URL cannot be understood or the database does not answer.
    pub async fn connect(url: &str, options: ConnectOptions) -> Result<Self, ConnectError> {
        let runtime = Handle::try_current().map_err(|_| ConnectError::NoRuntime)?;
        let database = match Address::parse(url)? {
            Address::Postgres(address) => {
                Database::Postgres(Box::new(PgStore::connect(address, &options, runtime).await?))
            }
            Address::Sqlite(path) => {
                Database::Sqlite(Arc::new(SqliteStore::connect(path, &options, runtime).await?))
            }
        };
        Ok(Self { database })
    }

    /// The same database for a runtime of its own: at most so many connections to PostgreSQL,
    /// opened when they are first needed, live on it. A worker of a server whose connections share
    /// its thread saves two hand-overs between threads for every round trip.
    ///
    /// They end with the runtime, so whatever is to outlive it keeps to the store it came from. An
    /// SQLite file has its threads already, and one writer: there it is the same store.
    pub fn on(&self, runtime: Handle, connections_max: usize) -> Self {
        let database = match &self.database {
            Database::Postgres(store) => Database::Postgres(Box::new(store.on(runtime, connections_max))),
            Database::Sqlite(store) => Database::Sqlite(Arc::clone(store)),
        };
        Self { database }
    }

    /// Applies the migrations that are missing; on PostgreSQL also mends what a restored dump
    /// leaves behind and makes the partitions of this and the coming months.
    pub async fn migrate(&self, now: Instant) -> StoreResult<()> {
        match &self.database {
            Database::Postgres(store) => store.migrate(now).await,
            Database::Sqlite(store) => store.migrate().await,
        }
    }

    /// Where the schema stands.
    pub async fn schema_state(&self) -> StoreResult<SchemaState> {
        match &self.database {
            Database::Postgres(store) => store.schema_state().await,
            Database::Sqlite(store) => store.schema_state().await,
        }
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        match &self.database {
            Database::Postgres(store) => store.begin().await,
            Database::Sqlite(store) => store.begin().await,
        }
    }

    fn queries(&self) -> &dyn Queries {
        match &self.database {
            Database::Postgres(store) => store.queries(),
            Database::Sqlite(store) => store.queries(),
        }
    }

    fn jobs(&self) -> &dyn Jobs {
        match &self.database {
            Database::Postgres(store) => store.jobs(),
            Database::Sqlite(store) => store.jobs(),
        }
    }
}
