//! Migrations: applied once, by whoever comes first, and alike on both databases.

use std::collections::BTreeSet;

use vestibule_application::ports::store::{Store as _, StoreError};
use vestibule_store_sql::SchemaState;

use crate::given::{NOW, Place};

#[tokio::test(flavor = "multi_thread")]
async fn the_state_of_the_schema_is_told() {
    for place in Place::both() {
        let store = place.connect().await;
        assert!(matches!(store.schema_state().await.unwrap(), SchemaState::Behind { .. }));
        assert!(store.queries().ready().await.is_err());
        store.migrate(NOW).await.unwrap();
        assert_eq!(store.schema_state().await.unwrap(), SchemaState::Current);
        store.queries().ready().await.unwrap();
        // Again does nothing.
        store.migrate(NOW).await.unwrap();

        place.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')");
        assert_eq!(store.schema_state().await.unwrap(), SchemaState::Ahead);
        // During an upgrade the older processes go on: nothing they use is taken away yet.
        store.queries().ready().await.unwrap();

        place.execute("DELETE FROM __diesel_schema_migrations");
        assert!(matches!(store.queries().ready().await, Err(StoreError::Unavailable(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_processes_that_migrate_at_once_each_finds_it_done() {
    for place in Place::both() {
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let store = place.connect().await;
            running.spawn(async move { store.migrate(NOW).await });
        }
        while let Some(done) = running.join_next().await {
            done.unwrap().unwrap();
        }
        place.store().await.queries().ready().await.unwrap();
    }
}

/// What PostgreSQL alone has: the start of the order of commits.
const POSTGRES_ONLY: &str = "commit_timeline";

/// Tables with their columns: name, a kind of type that both have, whether it may be null.
fn columns(place: &Place) -> BTreeSet<String> {
    let lines = match place {
        Place::Postgres { .. } => place.lines(
            "SELECT c.table_name || '.' || c.column_name || ' ' ||
                CASE c.data_type WHEN 'bigint' THEN 'integer' WHEN 'boolean' THEN 'integer'
                    WHEN 'bytea' THEN 'blob' WHEN 'integer' THEN 'integer' ELSE 'text' END
                || CASE c.is_nullable WHEN 'YES' THEN ' null' ELSE '' END
             FROM information_schema.columns c
             JOIN pg_class t ON t.relname = c.table_name AND NOT t.relispartition
             WHERE c.table_schema = 'public' AND t.relkind IN ('r', 'p')",
        ),
        Place::Sqlite { .. } => place.lines(
            "SELECT t.name || '.' || c.name || ' ' || lower(c.type) ||
                CASE WHEN c.\"notnull\" THEN '' ELSE ' null' END
             FROM pragma_table_list t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
        ),
    };
    let own = |line: &String| !line.starts_with("__diesel") && !line.starts_with(POSTGRES_ONLY);
    lines.into_iter().filter(own).collect()
}

/// Indexes by their tables and columns, with whether they are unique or partial. Primary keys are
/// left out: the order of commits is one on SQLite.
fn indexes(place: &Place) -> BTreeSet<String> {
    match place {
        Place::Postgres { .. } => place.lines(
            "SELECT i.relname || ' ' || t.relname || ' ' || string_agg(a.attname, ',' ORDER BY k.n)
                || CASE WHEN x.indisunique THEN ' unique' ELSE '' END
                || CASE WHEN x.indpred IS NOT NULL THEN ' partial' ELSE '' END
             FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
             JOIN pg_namespace s ON s.oid = t.relnamespace AND s.nspname = 'public'
             CROSS JOIN unnest(x.indkey::int[]) WITH ORDINALITY AS k(attnum, n)
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
             WHERE NOT x.indisprimary AND NOT i.relispartition
             GROUP BY i.relname, t.relname, x.indisunique, x.indpred IS NOT NULL",
        ),
        Place::Sqlite { .. } => place.lines(
            "SELECT i.name || ' ' || t.name || ' ' ||
                (SELECT group_concat(c.name, ',') FROM pragma_index_info(i.name) c)
                || CASE WHEN i.\"unique\" THEN ' unique' ELSE '' END
                || CASE WHEN i.partial THEN ' partial' ELSE '' END
             FROM pragma_table_list t, pragma_index_list(t.name) i
             WHERE t.type = 'table' AND i.origin = 'c'",
        ),
    }
    .into_iter()
    .collect()
}

/// Foreign keys: columns, what they refer to, and what becomes of the row.
fn references(place: &Place) -> BTreeSet<String> {
    match place {
        Place::Postgres { .. } => place.lines(
            "SELECT t.relname || ' ' || (SELECT string_agg(a.attname, ',' ORDER BY k.n)
                    FROM unnest(c.conkey) WITH ORDINALITY AS k(attnum, n)
                    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum)
                || ' ' || f.relname || CASE c.confdeltype WHEN 'c' THEN ' cascade' ELSE '' END
             FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid AND NOT t.relispartition
             JOIN pg_class f ON f.oid = c.confrelid
             WHERE c.contype = 'f'",
        ),
        Place::Sqlite { .. } => place.lines(
            "SELECT name || ' ' || group_concat(\"from\", ',') || ' ' || other
                || CASE on_delete WHEN 'CASCADE' THEN ' cascade' ELSE '' END
             FROM (SELECT t.name, k.id, k.\"from\", k.\"table\" AS other, k.on_delete
                FROM pragma_table_list t, pragma_foreign_key_list(t.name) k
                WHERE t.type = 'table' ORDER BY t.name, k.id, k.seq)
             GROUP BY name, id",
        ),
    }
    .into_iter()
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_have_the_same_schema() {
    let [postgres, sqlite] = Place::both();
    for place in [&postgres, &sqlite] {
        place.store().await;
    }
    assert!(columns(&postgres).len() > 150, "the columns were found");
    assert_eq!(columns(&postgres), columns(&sqlite));
    assert!(indexes(&postgres).len() > 40, "the indexes were found");
    assert_eq!(indexes(&postgres), indexes(&sqlite));
    assert!(references(&postgres).len() > 10, "the foreign keys were found");
    assert_eq!(references(&postgres), references(&sqlite));
}
