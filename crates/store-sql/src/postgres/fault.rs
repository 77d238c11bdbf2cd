//! Errors of tokio-postgres as diesel's, sorted by what a caller can do.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};
use tokio_postgres::error::{DbError, SqlState};

/// The error, and whether the connection must not be used again.
pub(super) fn fault(error: tokio_postgres::Error) -> (Error, bool) {
    let Some(database) = error.as_db_error().cloned() else {
        // Nothing came from the server: the connection is lost.
        return (
            Error::DatabaseError(DatabaseErrorKind::UnableToSendCommand, Box::new(error.to_string())),
            true,
        );
    };
    let (kind, spoils) = kind(database.code());
    (Error::DatabaseError(kind, Box::new(Information(database))), spoils)
}

fn kind(state: &SqlState) -> (DatabaseErrorKind, bool) {
    use DatabaseErrorKind as Kind;
    match *state {
        SqlState::UNIQUE_VIOLATION => (Kind::UniqueViolation, false),
        SqlState::FOREIGN_KEY_VIOLATION => (Kind::ForeignKeyViolation, false),
        SqlState::NOT_NULL_VIOLATION => (Kind::NotNullViolation, false),
        SqlState::CHECK_VIOLATION => (Kind::CheckViolation, false),
        // Run it again: others were at it.
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::LOCK_NOT_AVAILABLE => (Kind::SerializationFailure, false),
        // Run it again on another connection: this one's prepared statements are no longer what
        // they were (a migration ran, or a pooler that was not noticed gave another server).
        SqlState::INVALID_SQL_STATEMENT_NAME | SqlState::FEATURE_NOT_SUPPORTED => {
            (Kind::SerializationFailure, true)
        }
        SqlState::READ_ONLY_SQL_TRANSACTION => (Kind::ReadOnlyTransaction, true),
        SqlState::QUERY_CANCELED => (Kind::UnableToSendCommand, false),
        // Classes 08, 53, 57P and 58: connection lost, no room, shutting down, I/O error.
        ref other if ["08", "53", "57P", "58"].iter().any(|class| other.code().starts_with(class)) => {
            (Kind::UnableToSendCommand, true)
        }
        _ => (Kind::Unknown, false),
    }
}

struct Information(DbError);

impl DatabaseErrorInformation for Information {
    fn message(&self) -> &str {
        self.0.message()
    }

    fn details(&self) -> Option<&str> {
        // The details quote the values of the row, and those stay out of logs.
        None
    }

    fn hint(&self) -> Option<&str> {
        self.0.hint()
    }

    fn table_name(&self) -> Option<&str> {
        self.0.table()
    }

    fn column_name(&self) -> Option<&str> {
        self.0.column()
    }

    fn constraint_name(&self) -> Option<&str> {
        self.0.constraint()
    }

    fn statement_position(&self) -> Option<i32> {
        None
    }
}
