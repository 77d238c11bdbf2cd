//! Profiles: the normalised person that a sign-in yields.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Instant;
use crate::connection_type::ConnectionType;
use crate::id::{ConnectionId, EnvironmentId, OrganizationId, ProfileId};
use crate::role_mapping::RoleSlug;
use crate::sso::asserted::Asserted;

/// A person as the vendor's app gets to know them; one for each (connection, id at the provider).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its id; stays the same as long as the connection and the person's id there do.
    pub id: ProfileId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The organization; none for people who sign in with an account of their own.
    pub organization_id: Option<OrganizationId>,
    /// The connection.
    pub connection_id: ConnectionId,
    /// The connection's type.
    pub connection_type: ConnectionType,
    /// Who they are.
    pub person: Arc<Person>,
    /// When they first signed in.
    pub created_at: Instant,
    /// When they last signed in.
    pub updated_at: Instant,
}

/// Who somebody is, after the connection's attribute map was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The id at the identity provider.
    pub idp_id: String,
    /// The e-mail address, as the provider writes it.
    pub email: String,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The whole name.
    pub name: Option<String>,
    /// The groups, if the provider sends any.
    pub groups: Vec<String>,
    /// The roles that the groups gave at the last sign-in, the most important first.
    pub roles: Vec<RoleSlug>,
    /// The environment's custom attributes, by key.
    pub custom: BTreeMap<String, Vec<String>>,
    /// Everything the provider said; the record of the attempt tells the same.
    pub raw: Arc<Asserted>,
}
