//! Rows: how domain values lie in columns, both ways.

mod accounts;
mod connections;
mod links;
mod organizations;
mod outbox;
mod sso;
mod teams;
mod webhooks;

pub(in super::super) use accounts::{
    ApiKeyRow, EnvironmentRow, MemberRow, MemberSessionRow, SignInEnvironmentRow, TeamRow,
};
pub(in super::super) use connections::{ConnectionRow, SocialRow};
pub(in super::super) use links::{CodeRow, LinkRow, OPEN, REVOKED, SessionRow};
pub(in super::super) use organizations::{
    ContactRow, DomainRow, OrganizationRow, PENDING, SignInOrganizationRow, VERIFIED,
};
pub(in super::super) use outbox::{AuditRow, EventRow, JobRow, MessageRow};
pub(in super::super) use sso::{
    AcceptedRow, BareSessionRow, LineRow, ProfileRow, SigningKeyRow, SsoSessionRow,
};
pub(in super::super) use teams::{InvitationRow, ResetRow, TeamEntryRow};
pub(in super::super) use webhooks::{AttemptRow, DeliveryRow, EndpointRow};

/// Derives what a row needs; every column is written as it is, NULL included.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident of $table:ident { $($column:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
        #[diesel(
            table_name = super::super::schema::$table,
            check_for_backend(super::super::super::dialect::Db),
            treat_none_as_null = true,
            treat_none_as_default_value = false
        )]
        pub(in super::super::super) struct $name {
            $(pub(in super::super::super) $column: $type,)*
        }
    };
}

use row;
