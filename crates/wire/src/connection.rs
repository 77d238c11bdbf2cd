//! Connections.

use serde::Serialize;
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::event::ConnectionSnapshot;
use vestibule_domain::id::{Id as _, OrganizationDomainId};
use vestibule_domain::organization_domain::OrganizationDomain;

use crate::certificate::CertificateJson;
use crate::timestamp::Timestamp;

/// A connection as the management API answers with it.
///
/// Source: WorkOS-compatible contract, section 8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Connection))]
pub struct ConnectionJson {
    /// Always `connection`.
    object: &'static str,
    /// `conn_…`
    id: String,
    /// `org_…`
    organization_id: String,
    /// The type, such as `OktaSAML`.
    connection_type: &'static str,
    /// Name for people.
    name: String,
    /// `draft`, `validating`, `active` or `inactive`.
    state: &'static str,
    /// `linked` if active, else `unlinked`; superseded by `state`, but an SDK demands it.
    status: &'static str,
    /// The organization's domains, oldest first.
    domains: Vec<ConnectionDomainJson>,
    /// The certificate of the key that signs our assertions, if there is one: for the provider of
    /// an OpenID Connect connection with `private_key_jwt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    oidc_jwt_signing_cert: Option<CertificateJson>,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

impl ConnectionJson {
    /// Presents a connection with the domains of its organization.
    pub fn new(connection: &Connection, domains: &[OrganizationDomain]) -> Self {
        Self {
            object: "connection",
            id: connection.id.to_string(),
            organization_id: connection.organization_id.to_string(),
            connection_type: connection.connection_type.as_str(),
            name: connection.name.to_string(),
            state: connection.state.as_str(),
            status: status(connection.state),
            domains: domains.iter().map(|d| ConnectionDomainJson::new(d.id, &d.domain)).collect(),
            oidc_jwt_signing_cert: connection
                .oidc()
                .ok()
                .and_then(|oidc| oidc.signing_key.as_ref())
                .map(CertificateJson::of_assertions),
            created_at: connection.created_at.into(),
            updated_at: connection.updated_at.into(),
        }
    }
}

/// A domain of the organization that a connection belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ConnectionDomain))]
pub struct ConnectionDomainJson {
    /// Always `connection_domain`.
    object: &'static str,
    /// `conn_domain_…`
    id: String,
    /// The domain in lower-case ASCII.
    domain: String,
}

impl ConnectionDomainJson {
    /// Presents an organization domain as one of its connection: the same ULID with the prefix of
    /// this object, so that the id is stable without being kept.
    fn new(id: OrganizationDomainId, domain: &DomainName) -> Self {
        Self {
            object: "connection_domain",
            id: format!("conn_domain_{}", id.ulid()),
            domain: domain.as_str().to_owned(),
        }
    }
}

/// `data` of `connection.activated` and `connection.deactivated`.
///
/// Source: WorkOS-compatible contract, section 12.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ConnectionEventData))]
pub struct ConnectionEventJson {
    /// Always `connection`.
    object: &'static str,
    /// `conn_…`
    id: String,
    /// `org_…`
    organization_id: String,
    /// The type, such as `OktaSAML`.
    connection_type: &'static str,
    /// Name for people.
    name: String,
    /// `active` or `inactive`.
    state: &'static str,
    /// `linked` if active, else `unlinked`.
    status: &'static str,
    /// A second, opaque name of the connection that receivers of this event know it by; the ULID
    /// of its id.
    external_key: String,
    /// The organization's domains at that time, oldest first.
    domains: Vec<ConnectionDomainJson>,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

impl ConnectionEventJson {
    /// Presents a snapshot.
    pub fn new(snapshot: &ConnectionSnapshot) -> Self {
        Self {
            object: "connection",
            id: snapshot.id.to_string(),
            organization_id: snapshot.organization_id.to_string(),
            connection_type: snapshot.connection_type.as_str(),
            name: snapshot.name.to_string(),
            state: snapshot.state.as_str(),
            status: status(snapshot.state),
            external_key: snapshot.id.ulid().to_string(),
            domains: snapshot.domains.iter().map(|(id, d)| ConnectionDomainJson::new(*id, d)).collect(),
            created_at: snapshot.created_at.into(),
            updated_at: snapshot.updated_at.into(),
        }
    }
}

/// `data` of `connection.deleted`: without `domains`, `status` and `external_key`.
///
/// Source: WorkOS-compatible contract, section 12.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DeletedConnectionEventData))]
pub struct DeletedConnectionJson {
    /// Always `connection`.
    object: &'static str,
    /// `conn_…`
    id: String,
    /// `org_…`
    organization_id: String,
    /// The type, such as `OktaSAML`.
    connection_type: &'static str,
    /// Name for people.
    name: String,
    /// The state before the deletion.
    state: &'static str,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

impl DeletedConnectionJson {
    /// Presents a snapshot.
    pub fn new(snapshot: &ConnectionSnapshot) -> Self {
        Self {
            object: "connection",
            id: snapshot.id.to_string(),
            organization_id: snapshot.organization_id.to_string(),
            connection_type: snapshot.connection_type.as_str(),
            name: snapshot.name.to_string(),
            state: snapshot.state.as_str(),
            created_at: snapshot.created_at.into(),
            updated_at: snapshot.updated_at.into(),
        }
    }
}

fn status(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Active => "linked",
        ConnectionState::Draft | ConnectionState::Validating | ConnectionState::Inactive => "unlinked",
    }
}
