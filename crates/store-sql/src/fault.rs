//! Errors of diesel as the store's.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};
use vestibule_application::ports::store::{Conflict, StoreError};

/// The constraints that stand for a rule: their name on PostgreSQL, and what SQLite says instead,
/// the columns.
const RULES: [(&str, &str, Conflict); 12] = [
    ("members_email", "members.email", Conflict::MemberEmail),
    ("team_invitations_email", "team_invitations.team_id, team_invitations.email", Conflict::TeamInvitation),
    ("organizations_slug", "organizations.environment_id, organizations.slug", Conflict::OrganizationSlug),
    (
        "organizations_external_id",
        "organizations.environment_id, organizations.external_id",
        Conflict::OrganizationExternalId,
    ),
    (
        "organizations_stripe_customer_id",
        "organizations.environment_id, organizations.stripe_customer_id",
        Conflict::OrganizationStripeCustomerId,
    ),
    (
        "organization_domains_domain",
        "organization_domains.organization_id, organization_domains.domain",
        Conflict::OrganizationDomain,
    ),
    (
        "organization_domains_verified",
        "organization_domains.environment_id, organization_domains.domain",
        Conflict::OrganizationDomain,
    ),
    ("it_contacts_email", "it_contacts.organization_id, it_contacts.email", Conflict::ItContactEmail),
    ("portal_links_live", "portal_links.organization_id", Conflict::LiveLink),
    ("connections_organization", "connections.organization_id", Conflict::OrganizationConnection),
    (
        "connections_external_id",
        "connections.environment_id, connections.external_id",
        Conflict::ConnectionExternalId,
    ),
    (
        "webhook_endpoints_url",
        "webhook_endpoints.environment_id, webhook_endpoints.url",
        Conflict::WebhookUrl,
    ),
];

/// What SQLite says when others write.
const CONTENDED: [&str; 3] = ["database is locked", "database table is locked", "database schema is locked"];

/// What SQLite says when the file cannot be written or read now.
const UNAVAILABLE: [&str; 6] = [
    "database or disk is full",
    "disk I/O error",
    "unable to open database file",
    "attempt to write a readonly database",
    "locking protocol",
    "interrupted",
];

/// The error for the store's caller. `table` is named if a row cannot be read.
pub(crate) fn store_error(table: &'static str, error: Error) -> StoreError {
    match error {
        Error::DatabaseError(kind, information) => database_error(kind, information),
        // A value that is not of its column's type at all, such as a document that is no JSON.
        Error::DeserializationError(_) => StoreError::Corrupt { table, column: "(a value of another type)" },
        error => StoreError::Backend(Box::new(error)),
    }
}

fn database_error(
    kind: DatabaseErrorKind,
    information: Box<dyn DatabaseErrorInformation + Send + Sync>,
) -> StoreError {
    use DatabaseErrorKind as Kind;
    let message = information.message();
    match kind {
        Kind::UniqueViolation => StoreError::Conflict(rule(&*information)),
        Kind::ForeignKeyViolation | Kind::RestrictViolation => StoreError::Conflict(Conflict::Reference),
        Kind::NotNullViolation | Kind::CheckViolation | Kind::ExclusionViolation => {
            StoreError::Conflict(Conflict::Other)
        }
        Kind::SerializationFailure => StoreError::Contention,
        Kind::UnableToSendCommand | Kind::ClosedConnection | Kind::ReadOnlyTransaction => {
            StoreError::Unavailable(message.to_owned().into())
        }
        _ if CONTENDED.iter().any(|words| message.starts_with(words)) => StoreError::Contention,
        _ if UNAVAILABLE.iter().any(|words| message.starts_with(words)) => {
            StoreError::Unavailable(message.to_owned().into())
        }
        kind => StoreError::Backend(Box::new(Error::DatabaseError(kind, information))),
    }
}

fn rule(information: &dyn DatabaseErrorInformation) -> Conflict {
    let found = match information.constraint_name() {
        Some(name) => RULES.iter().find(|(rule, ..)| *rule == name),
        None => information
            .message()
            .strip_prefix("UNIQUE constraint failed: ")
            .and_then(|columns| RULES.iter().find(|(_, rule, _)| *rule == columns)),
    };
    found.map_or(Conflict::Other, |(.., conflict)| *conflict)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: DatabaseErrorKind, message: &str) -> StoreError {
        store_error("t", Error::DatabaseError(kind, Box::new(message.to_owned())))
    }

    #[test]
    fn what_sqlite_says_is_understood() {
        use DatabaseErrorKind::Unknown;
        assert!(matches!(said(Unknown, "database is locked"), StoreError::Contention));
        for message in ["database or disk is full", "disk I/O error", "attempt to write a readonly database"]
        {
            assert!(matches!(said(Unknown, message), StoreError::Unavailable(_)), "{message}");
        }
        assert!(matches!(said(Unknown, "no such table: x"), StoreError::Backend(_)));
    }

    #[test]
    fn every_unique_rule_is_told_by_its_columns() {
        for (_, columns, conflict) in RULES {
            let error =
                said(DatabaseErrorKind::UniqueViolation, &format!("UNIQUE constraint failed: {columns}"));
            assert!(matches!(error, StoreError::Conflict(found) if found == conflict), "{columns}");
        }
        let other = said(DatabaseErrorKind::UniqueViolation, "UNIQUE constraint failed: teams.id");
        assert!(matches!(other, StoreError::Conflict(Conflict::Other)));
    }
}
