//! Connections.

use vestibule_application::ports::store::{StoreError, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::certificate_watch::provider_certificates_end;
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::social::{SocialConnection, SocialProvider};
use vestibule_wire::stored::TextForm;

use super::row;
use crate::doc::Doc;
use crate::folded::folded;
use crate::parse::{Table, instant};

row! {
    /// A connection.
    ConnectionRow of connections {
        id: String,
        environment_id: String,
        organization_id: String,
        connection_type: String,
        provider: Option<String>,
        name: String,
        name_folded: String,
        external_id: Option<String>,
        state: String,
        settings: Doc,
        attribute_map: Doc,
        set_up_by: Option<String>,
        created_at: Instant,
        updated_at: Instant,
        certificate_end: Option<Instant>,
    }
}

impl From<&Connection> for ConnectionRow {
    fn from(connection: &Connection) -> Self {
        Self {
            id: connection.id.to_string(),
            environment_id: connection.environment_id.to_string(),
            organization_id: connection.organization_id.to_string(),
            connection_type: connection.connection_type.to_text(),
            provider: connection.provider.clone(),
            name: connection.name.to_text(),
            name_folded: folded(connection.name.as_str()),
            external_id: connection.external_id.as_ref().map(TextForm::to_text),
            state: connection.state.to_text(),
            settings: Doc::of(&connection.settings),
            attribute_map: Doc::of(&connection.attribute_map),
            set_up_by: connection.set_up_by.as_ref().map(TextForm::to_text),
            created_at: instant(connection.created_at),
            updated_at: instant(connection.updated_at),
            certificate_end: provider_certificates_end(&connection.settings).map(instant),
        }
    }
}

impl TryFrom<ConnectionRow> for Connection {
    type Error = StoreError;

    fn try_from(row: ConnectionRow) -> StoreResult<Self> {
        let table = Table("connections");
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            organization_id: table.id("organization_id", &row.organization_id)?,
            connection_type: table.text("connection_type", &row.connection_type)?,
            provider: row.provider,
            name: table.text("name", &row.name)?,
            external_id: table.text_if_any("external_id", row.external_id.as_deref())?,
            state: table.text("state", &row.state)?,
            settings: table.document("settings", &row.settings)?,
            attribute_map: table.document("attribute_map", &row.attribute_map)?,
            set_up_by: table.text_if_any("set_up_by", row.set_up_by.as_deref())?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

row! {
    /// A registration at a public provider. What organizations' connections have besides is filled
    /// in: the columns are there.
    SocialRow of social_connections {
        id: String,
        environment_id: String,
        connection_type: String,
        name: String,
        name_folded: String,
        state: String,
        settings: Doc,
        attribute_map: Doc,
        created_at: Instant,
        updated_at: Instant,
    }
}

impl From<&SocialConnection> for SocialRow {
    fn from(connection: &SocialConnection) -> Self {
        let name = connection.provider.name();
        Self {
            id: connection.id.to_string(),
            environment_id: connection.environment_id.to_string(),
            connection_type: connection.provider.connection_type().to_text(),
            name: name.to_owned(),
            name_folded: folded(name),
            state: ConnectionState::Active.to_text(),
            settings: Doc::of(&connection.client),
            attribute_map: Doc::of(&AttributeMap::default()),
            created_at: instant(connection.created_at),
            updated_at: instant(connection.updated_at),
        }
    }
}

impl TryFrom<SocialRow> for SocialConnection {
    type Error = StoreError;

    fn try_from(row: SocialRow) -> StoreResult<Self> {
        let table = Table("connections");
        let provider = SocialProvider::of_type(table.text("connection_type", &row.connection_type)?);
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            provider: provider.ok_or_else(|| table.corrupt("connection_type"))?,
            client: table.document("settings", &row.settings)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
