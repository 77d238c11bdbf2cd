//! A million organizations, written by the database itself.
//!
//! Each is a copy of one that the service made, with an id, a name, a slug and an external id of its
//! own, so that nothing here must know the other columns.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use crate::Outcome;
use crate::postgres::Postgres;

/// Characters of a ULID that say the time; the rest tells ids of the same time apart.
const TIME_CHARS: usize = 10;

/// The id of the n-th copy of something: its prefix and time, then n in decimal digits, which are
/// digits of a ULID too.
pub(crate) fn id(template: &str, n: u32) -> String {
    format!("{}{n:016}", prefix(template))
}

/// What the ids of copies begin with.
pub(crate) fn prefix(template: &str) -> &str {
    let time = template.rfind('_').map_or(0, |at| at + 1) + TIME_CHARS;
    &template[..time]
}

/// Something of which copies are made, in its table.
pub(crate) struct Template<'a> {
    /// The table.
    pub(crate) table: &'static str,
    /// Its id.
    pub(crate) id: &'a str,
    /// Columns that differ from copy to copy, and what is in them, in SQL over `n` and `digits`.
    pub(crate) differ: &'a [(&'static str, String)],
}

/// Makes `count` copies, numbered from 1.
pub(crate) async fn copies(client: &tokio_postgres::Client, template: &Template<'_>, count: u32) -> Outcome {
    let columns = columns(client, template.table).await?;
    let values: Vec<String> = columns
        .iter()
        .map(|column| match template.differ.iter().find(|(differs, _)| differs == column) {
            Some((_, value)) => value.clone(),
            None if column == "id" => copied_id(template.id),
            None => format!("o.{column}"),
        })
        .collect();
    let insert = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {table} o,
             (SELECT n, lpad(n::text, 16, '0') AS digits FROM generate_series(1, {count}) AS n) AS s
         WHERE o.id = '{}'",
        columns.join(", "),
        values.join(", "),
        template.id,
        table = template.table,
    );
    Ok(client.batch_execute(&insert).await?)
}

/// The id of the n-th copy of something, in SQL.
pub(crate) fn copied_id(template: &str) -> String {
    format!("'{}' || digits", prefix(template))
}

pub(crate) async fn columns(client: &tokio_postgres::Client, table: &str) -> Outcome<Vec<String>> {
    let columns = client
        .query(
            "SELECT attname FROM pg_attribute
             WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            &[&table],
        )
        .await?;
    Ok(columns.iter().map(|row| row.get(0)).collect())
}

/// The INSERT, given the columns and how the dialect writes n with 16 digits.
fn insert(columns: &[String], template: &str, digits: &str, series: &str) -> String {
    let values: Vec<String> = columns
        .iter()
        .map(|column| match column.as_str() {
            "id" => format!("'{}' || {digits}", prefix(template)),
            "name" => "'Customer ' || n".to_owned(),
            "name_folded" => "'customer ' || n".to_owned(),
            "slug" | "external_id" => "'customer-' || n".to_owned(),
            other => format!("o.{other}"),
        })
        .collect();
    format!(
        "INSERT INTO organizations ({}) SELECT {} FROM organizations o, {series} WHERE o.id = '{template}'",
        columns.join(", "),
        values.join(", ")
    )
}

/// Fills a PostgreSQL database up to `count`, the template included.
pub(crate) async fn postgres(cluster: &Postgres, database: &str, template: &str, count: u32) -> Outcome {
    let client = cluster.client(database).await?;
    let columns = columns(&client, "organizations").await?;
    let series = format!("generate_series(1, {}) AS n", count - 1);
    let insert = insert(&columns, template, "lpad(n::text, 16, '0')", &series);
    client.batch_execute(&insert).await?;
    client.batch_execute("VACUUM ANALYZE").await?;
    client.batch_execute("CHECKPOINT").await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

/// Fills a SQLite file up to `count`, the template included. Nobody else may have it open.
pub(crate) fn sqlite(file: &Path, template: &str, count: u32) -> Outcome {
    let path = file.to_str().ok_or("the scratch folder's name is not text")?;
    let mut connection = SqliteConnection::establish(path)?;
    let columns: Vec<Column> =
        sql_query("SELECT name FROM pragma_table_info('organizations')").load(&mut connection)?;
    let columns: Vec<String> = columns.into_iter().map(|column| column.name).collect();
    let series = format!(
        "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {}) SELECT n FROM s)",
        count - 1
    );
    let insert = insert(&columns, template, "printf('%016d', n)", &series);
    connection
        .batch_execute(&format!("BEGIN; {insert}; COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    const TEMPLATE: &str = "org_01KAK3Z9QXW8N4T7V2B6Y5C3M1";

    const TABLE: &str = "
        CREATE TABLE organizations (id TEXT PRIMARY KEY, name TEXT, slug TEXT UNIQUE, state TEXT);
        INSERT INTO organizations VALUES ('org_01KAK3Z9QXW8N4T7V2B6Y5C3M1', 'Customer 0', 'first', 'kept');
    ";

    #[test]
    fn copies_sort_by_their_number_within_the_time_of_the_first() {
        let (first, last) = (id(TEMPLATE, 1), id(TEMPLATE, 999_999));
        assert_eq!(first.len(), TEMPLATE.len());
        assert_eq!(first[..14], TEMPLATE[..14]);
        assert!(first < last);
    }

    #[test]
    fn sqlite_is_filled_up_to_the_count() {
        let scratch = Scratch::new().unwrap();
        let file = scratch.path().join("seed.db");
        let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        connection.batch_execute(TABLE).unwrap();
        drop(connection);
        sqlite(&file, TEMPLATE, 100).unwrap();
        let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        let last: Vec<Column> = sql_query(
            "SELECT id || ' ' || name || ' ' || state || ' ' || (SELECT count(*) FROM organizations) AS name
             FROM organizations WHERE slug = 'customer-99'",
        )
        .load(&mut connection)
        .unwrap();
        assert_eq!(last[0].name, format!("{} Customer 99 kept 100", id(TEMPLATE, 99)));
    }

    #[tokio::test]
    async fn postgresql_is_filled_up_to_the_count() {
        let scratch = Scratch::new().unwrap();
        let cluster = Postgres::start(&scratch).await.unwrap();
        cluster.create("seeded").await.unwrap();
        let client = cluster.client("seeded").await.unwrap();
        client.batch_execute(TABLE).await.unwrap();
        postgres(&cluster, "seeded", TEMPLATE, 100).await.unwrap();
        let row = client
            .query_one(
                "SELECT id, name, state, (SELECT count(*) FROM organizations)
                 FROM organizations WHERE slug = 'customer-99'",
                &[],
            )
            .await
            .unwrap();
        let (found, name, state): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        assert_eq!((found, name.as_str(), state.as_str()), (id(TEMPLATE, 99), "Customer 99", "kept"));
        assert_eq!(row.get::<_, i64>(3), 100);
    }

    #[test]
    fn columns_that_are_not_its_business_are_copied() {
        let columns = ["id", "slug", "environment_id"].map(str::to_owned);
        let sql = insert(&columns, TEMPLATE, "d(n)", "series");
        assert_eq!(
            sql,
            "INSERT INTO organizations (id, slug, environment_id) \
             SELECT 'org_01KAK3Z9QX' || d(n), 'customer-' || n, o.environment_id \
             FROM organizations o, series WHERE o.id = 'org_01KAK3Z9QXW8N4T7V2B6Y5C3M1'"
        );
    }
}
