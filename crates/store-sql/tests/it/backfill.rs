//! Steps of the schema on databases that have rows: what is written beside them says what they say.

use std::fs;
use std::path::Path;

use vestibule_application::ports::store::Store as _;
use vestibule_store_sql::SchemaState;

use crate::given::{NOW, Place};

/// Steps before the one that keeps where each organization stands.
const BEFORE_OVERVIEW: usize = 10;

/// Brings a database as far as it was when a step was the newest.
fn migrated_until(place: &Place, steps: usize) {
    let database = match place {
        Place::Postgres { .. } => "postgres",
        Place::Sqlite { .. } => "sqlite",
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
    let mut names: Vec<_> =
        fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    place.execute(
        "CREATE TABLE __diesel_schema_migrations (
            version VARCHAR(50) PRIMARY KEY NOT NULL,
            run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
        )",
    );
    for name in &names[..steps] {
        place.execute(&fs::read_to_string(root.join(name).join("up.sql")).unwrap());
        let version = name.split_once('_').unwrap().0.replace('-', "");
        place.execute(&format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"));
    }
}

/// An instant of November 2026, as both databases read it.
fn day(day: u8) -> String {
    format!("2026-11-{day:02} 12:00:00+00:00")
}

/// Writes rows as the version before did.
struct Filled<'a>(&'a Place);

impl Filled<'_> {
    fn bytes(&self, text: &str) -> String {
        let hex = text.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        match self.0 {
            Place::Postgres { .. } => format!(r"'\x{hex}'"),
            Place::Sqlite { .. } => format!("x'{hex}'"),
        }
    }

    fn environment(&self) {
        let at = day(1);
        self.0.execute(&format!("INSERT INTO teams (id, name, created_at) VALUES ('t', 'Vendor', '{at}')"));
        self.0.execute(&format!(
            "INSERT INTO environments (id, team_id, kind, name, client_id, redirects, redirect_uris, branding,
                activation, created_at)
             VALUES ('e', 't', 'sandbox', 'Sandbox', 'c', '{{}}', '[]', '{{}}', 'immediate', '{at}')"
        ));
    }

    fn organization(&self, id: &str) {
        let at = day(1);
        self.0.execute(&format!(
            "INSERT INTO organizations (id, environment_id, name, name_folded, slug, metadata, profiles,
                created_at, updated_at)
             VALUES ('{id}', 'e', '{id}', '{id}', '{id}', '{{}}', 'verified_domains', '{at}', '{at}')"
        ));
    }

    /// With the provider's certificates ending on these days.
    fn connection(&self, organization: &str, state: &str, ends: &[u8]) {
        let held = |end: &u8| format!(r#"{{"certificate":{{"not_after":"2026-11-{end:02}T12:00:00Z"}}}}"#);
        let held = ends.iter().map(held).collect::<Vec<_>>().join(",");
        let settings = format!(r#"{{"idp":{{"signing_certificates":[{held}]}}}}"#);
        let at = day(2);
        self.0.execute(&format!(
            "INSERT INTO connections (id, environment_id, organization_id, connection_type, name, name_folded,
                state, settings, attribute_map, created_at, updated_at)
             VALUES ('of {organization}', 'e', '{organization}', 'GenericSAML', 'n', 'n', '{state}',
                '{settings}', '{{}}', '{at}', '{at}')"
        ));
    }

    fn domain(&self, organization: &str, domain: &str, state: &str) {
        let at = day(1);
        self.0.execute(&format!(
            "INSERT INTO organization_domains (id, environment_id, organization_id, domain, state,
                verification_token, created_at, updated_at)
             VALUES ('{domain}', 'e', '{organization}', '{domain}', '{state}', 't', '{at}', '{at}')"
        ));
    }

    fn link(&self, id: &str, organization: &str, (kind, exclusive, state): (&str, &str, &str)) {
        let (made, end, digest) = (day(3), day(30), self.bytes(id));
        self.0.execute(&format!(
            "INSERT INTO portal_links (id, environment_id, organization_id, kind, digest, intents, completed,
                admins, exclusive, state, expires_at, created_at)
             VALUES ('{id}', 'e', '{organization}', '{kind}', {digest}, '[]', '[]', '[]', {exclusive},
                '{state}', '{end}', '{made}')"
        ));
    }

    fn visit(&self, id: &str, organization: &str, link: &str, (started, moved): (u8, u8)) {
        let (started, moved, end, digest) = (day(started), day(moved), day(30), self.bytes(id));
        self.0.execute(&format!(
            "INSERT INTO portal_sessions (id, environment_id, organization_id, link_id, digest, capability,
                intents, progress, started_at, progress_at, expires_at)
             VALUES ('{id}', 'e', '{organization}', '{link}', {digest}, 'set_up', '[]', '{{}}', '{started}',
                '{moved}', '{end}')"
        ));
    }
}

/// Where each organization stands, as it is written beside it.
fn standings(place: &Place) -> Vec<String> {
    let [end, moved] = ["certificate_end", "set_up_moved_at"].map(|column| match place {
        Place::Postgres { .. } => {
            format!("coalesce(to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), '-')")
        }
        Place::Sqlite { .. } => format!("coalesce(substr({column}, 1, 16), '-')"),
    });
    let opened = "CASE WHEN set_up_opened THEN 'opened' ELSE '-' END";
    place.lines(&format!(
        "SELECT line FROM (SELECT id || ': ' || sso || ', ' || {end} || ', ' || unproven_domains || ', '
            || {moved} || ', ' || {opened} AS line FROM organizations ORDER BY id) AS found"
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn where_organizations_stand_is_worked_out_for_those_that_are_there() {
    for place in Place::both() {
        migrated_until(&place, BEFORE_OVERVIEW);
        let filled = Filled(&place);
        filled.environment();
        for id in ["active", "bare", "begun", "done", "draft", "off", "sent", "several"] {
            filled.organization(id);
        }
        filled.connection("active", "active", &[20, 25, 22]);
        filled.domain("active", "a.example", "verified");
        filled.connection("draft", "draft", &[]);
        filled.domain("draft", "b.example", "pending");
        filled.domain("draft", "c.example", "failed");
        filled.domain("draft", "d.example", "verified");
        filled.connection("off", "inactive", &[20]);
        filled.link("1", "sent", ("setup", "TRUE", "open"));
        filled.link("2", "begun", ("setup", "TRUE", "open"));
        filled.visit("3", "begun", "2", (4, 6));
        filled.visit("4", "begun", "2", (5, 5));
        filled.link("5", "done", ("setup", "TRUE", "consumed"));
        filled.visit("6", "done", "5", (4, 5));
        filled.link("7", "several", ("token", "FALSE", "open"));
        filled.visit("8", "several", "7", (4, 5));

        let store = place.connect().await;
        assert!(matches!(store.schema_state().await.unwrap(), SchemaState::Behind { .. }));
        store.migrate(NOW).await.unwrap();
        store.queries().ready().await.unwrap();

        let wanted = [
            "active: active, 2026-11-25 12:00, 0, -, -",
            "bare: none, -, 0, -, -",
            "begun: none, -, 0, 2026-11-06 12:00, opened",
            "done: none, -, 0, -, -",
            "draft: draft, -, 2, -, -",
            "off: inactive, -, 0, -, -",
            "sent: none, -, 0, 2026-11-03 12:00, -",
            "several: none, -, 0, -, -",
        ];
        assert_eq!(standings(&place), wanted);
        let begun =
            "SELECT connection_id || CASE WHEN finished_at IS NULL THEN ' goes on' ELSE '' END FROM set_ups";
        assert_eq!(place.lines(begun), ["of draft goes on"]);

        // From there on it is kept: nothing is counted twice, nothing is forgotten.
        place.execute("UPDATE organization_domains SET state = 'verified' WHERE domain = 'b.example'");
        place.execute("UPDATE connections SET state = 'active' WHERE id = 'of off'");
        place.execute("UPDATE portal_links SET state = 'revoked' WHERE id = '2'");
        place.execute("UPDATE connections SET state = 'active' WHERE id = 'of draft'");
        let after = standings(&place);
        assert_eq!(after[2], "begun: none, -, 0, -, -");
        assert_eq!(after[4], "draft: active, -, 1, -, -");
        assert_eq!(after[5], "off: active, 2026-11-20 12:00, 0, -, -", "its date was there already");
        assert_eq!(place.lines(begun), ["of draft"]);
    }
}
