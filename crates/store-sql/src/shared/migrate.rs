//! Applies the migrations, and says where the schema stands.
//!
//! Each migration is one transaction sent as one message, so it works behind a pooler and leaves
//! nothing half done. Its own row is written first: of two processes that migrate at once, the
//! second waits there and then finds the work done.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use vestibule_application::ports::store::{StoreError, StoreResult};

use super::super::dialect::{self, Conn};
use super::schema::schema_migrations;
use crate::fault::store_error;
use crate::migrations::{MIGRATIONS, SchemaState};

const TABLE: &str = "__diesel_schema_migrations";

async fn applied(conn: &mut Conn) -> StoreResult<BTreeSet<String>> {
    if !dialect::is_migrated(conn).await.map_err(|error| store_error(TABLE, error))? {
        return Ok(BTreeSet::new());
    }
    let versions = schema_migrations::table.select(schema_migrations::version);
    let versions: Vec<String> = versions.load(conn).await.map_err(|error| store_error(TABLE, error))?;
    Ok(versions.into_iter().collect())
}

/// Where the schema stands.
pub(in super::super) async fn state(conn: &mut Conn) -> StoreResult<SchemaState> {
    Ok(SchemaState::of(&applied(conn).await?))
}

/// Whether the database answers and has every migration that this program knows.
pub(super) async fn ready(conn: &mut Conn) -> StoreResult<()> {
    // The newest suffices: they are applied in order.
    let newest = schema_migrations::table
        .order(schema_migrations::version.desc())
        .limit(1)
        .select(schema_migrations::version);
    let newest: Vec<String> = newest.load(conn).await.map_err(|error| store_error(TABLE, error))?;
    match (newest.last(), MIGRATIONS.last()) {
        (Some(newest), Some(known)) if newest.as_str() >= known.version => Ok(()),
        _ => Err(StoreError::Unavailable("the schema of the database is not current".into())),
    }
}

/// Applies what is missing.
pub(in super::super) async fn migrate(conn: &mut Conn) -> StoreResult<()> {
    if let Err(error) = conn.batch_execute(dialect::MIGRATIONS_TABLE).await {
        // Two processes at once; the other one has made it.
        if !matches!(error, Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) {
            return Err(store_error(TABLE, error));
        }
    }
    let applied = applied(conn).await?;
    for migration in MIGRATIONS.iter().filter(|migration| !applied.contains(migration.version)) {
        let sql = format!(
            "{begin};\nINSERT INTO {TABLE} (version) VALUES ('{version}');\n{body}\nCOMMIT;",
            begin = dialect::MIGRATION_BEGIN,
            version = migration.version,
            body = dialect::body(migration),
        );
        match conn.batch_execute(&sql).await {
            Ok(()) => tracing::info!(migration = migration.name, "the schema was migrated"),
            Err(error) => {
                let undone = conn.batch_execute("ROLLBACK").await;
                undone.map_err(|error| store_error("(rollback)", error))?;
                if !matches!(error, Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) {
                    return Err(store_error(migration.name, error));
                }
            }
        }
    }
    Ok(())
}
