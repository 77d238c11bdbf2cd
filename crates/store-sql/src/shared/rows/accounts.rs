//! Teams, members, environments and API keys.

use serde_json::Value;
use vestibule_application::ports::store::{StoreError, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::environment::Environment;
use vestibule_domain::member::Member;
use vestibule_domain::team::Team;
use vestibule_wire::stored::{Stored as _, TextForm as _};

use super::row;
use crate::parse::{Table, instant};

row! {
    /// A team.
    TeamRow of teams {
        id: String,
        name: String,
        created_at: Instant,
    }
}

impl From<&Team> for TeamRow {
    fn from(team: &Team) -> Self {
        Self { id: team.id.to_string(), name: team.name.to_text(), created_at: instant(team.created_at) }
    }
}

row! {
    /// A member.
    MemberRow of members {
        id: String,
        team_id: String,
        email: String,
        password_hash: String,
        role: String,
        created_at: Instant,
    }
}

impl From<&Member> for MemberRow {
    fn from(member: &Member) -> Self {
        Self {
            id: member.id.to_string(),
            team_id: member.team_id.to_string(),
            email: member.email.to_text(),
            password_hash: member.password_hash.clone(),
            role: member.role.to_text(),
            created_at: instant(member.created_at),
        }
    }
}

row! {
    /// An environment.
    EnvironmentRow of environments {
        id: String,
        team_id: String,
        kind: String,
        name: String,
        client_id: String,
        redirects: Value,
        redirect_uris: Value,
        branding: Value,
        activation: String,
        session_days: i32,
        addresses: String,
        custom_attributes: Value,
        test_provider: String,
        created_at: Instant,
    }
}

impl From<&Environment> for EnvironmentRow {
    fn from(environment: &Environment) -> Self {
        Self {
            id: environment.id.to_string(),
            team_id: environment.team_id.to_string(),
            kind: environment.kind.to_text(),
            name: environment.name.to_text(),
            client_id: environment.client_id.to_string(),
            redirects: environment.redirects.to_stored(),
            redirect_uris: environment.redirect_uris.to_stored(),
            branding: environment.branding.to_stored(),
            activation: environment.activation.to_text(),
            session_days: environment.session_days.into(),
            addresses: environment.addresses.to_text(),
            custom_attributes: environment.custom_attributes.to_stored(),
            test_provider: environment.test_provider.to_text(),
            created_at: instant(environment.created_at),
        }
    }
}

impl TryFrom<EnvironmentRow> for Environment {
    type Error = StoreError;

    fn try_from(row: EnvironmentRow) -> StoreResult<Self> {
        let table = Table("environments");
        Ok(Self {
            id: table.id("id", &row.id)?,
            team_id: table.id("team_id", &row.team_id)?,
            kind: table.text("kind", &row.kind)?,
            name: table.text("name", &row.name)?,
            client_id: table.id("client_id", &row.client_id)?,
            redirects: table.document("redirects", row.redirects)?,
            redirect_uris: table.document("redirect_uris", row.redirect_uris)?,
            branding: table.document("branding", row.branding)?,
            activation: table.text("activation", &row.activation)?,
            session_days: table.number("session_days", row.session_days.into())?,
            addresses: table.text("addresses", &row.addresses)?,
            custom_attributes: table.document("custom_attributes", row.custom_attributes)?,
            test_provider: table.text("test_provider", &row.test_provider)?,
            created_at: row.created_at,
        })
    }
}

row! {
    /// An API key.
    ApiKeyRow of api_keys {
        id: String,
        environment_id: String,
        name: String,
        digest: Vec<u8>,
        hint: String,
        created_at: Instant,
        revoked_at: Option<Instant>,
    }
}

impl From<&ApiKey> for ApiKeyRow {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            environment_id: key.environment_id.to_string(),
            name: key.name.to_text(),
            digest: key.digest.as_bytes().to_vec(),
            hint: key.hint.clone(),
            created_at: instant(key.created_at),
            revoked_at: key.revoked_at.map(instant),
        }
    }
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = StoreError;

    fn try_from(row: ApiKeyRow) -> StoreResult<Self> {
        let table = Table("api_keys");
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            name: table.text("name", &row.name)?,
            digest: table.digest("digest", &row.digest)?,
            hint: row.hint,
            created_at: row.created_at,
            revoked_at: row.revoked_at,
        })
    }
}
