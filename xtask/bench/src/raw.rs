//! What PostgreSQL does by itself: the row of a link, inserted by a prepared statement, each in its
//! own transaction, straight through tokio-postgres.

use std::sync::Arc;
use std::time::Instant;

use tokio_postgres::Client;

use crate::Outcome;
use crate::load::{Sample, Until};
use crate::postgres::Postgres;
use crate::scale::CONNECTIONS;

/// Tables and the statement that fills them.
pub(crate) struct Raw {
    database: String,
    insert: Arc<str>,
    organizations: Arc<[String]>,
}

impl Raw {
    /// A table with the columns and indexes of portal links, filled with rows like one that the
    /// service wrote: new are the id, the digest and the organization.
    pub(crate) async fn like_links(
        postgres: &Postgres,
        database: &str,
        organizations: Vec<String>,
    ) -> Outcome<Self> {
        let client = postgres.client(database).await?;
        client.batch_execute("CREATE TABLE raw_links (LIKE portal_links INCLUDING ALL)").await?;
        let given = ["id", "digest", "organization_id"];
        let insert = insert_like(&client, ("portal_links", "raw_links"), &given).await?;
        Ok(Self { database: database.to_owned(), insert: insert.into(), organizations: organizations.into() })
    }

    /// A table with nothing but a key: the least that one INSERT can cost.
    pub(crate) async fn least(postgres: &Postgres, database: &str) -> Outcome<Self> {
        let client = postgres.client(database).await?;
        client
            .batch_execute(
                "CREATE TABLE raw_least (id TEXT PRIMARY KEY, digest BYTEA NOT NULL, organization_id TEXT NOT NULL)",
            )
            .await?;
        Ok(Self {
            database: database.to_owned(),
            insert: "INSERT INTO raw_least (id, digest, organization_id) VALUES ($1, $2, $3)".into(),
            organizations: vec!["org_00000000000000000000000000".to_owned()].into(),
        })
    }

    /// Inserts; `run` tells the rounds apart, so that no key is used twice.
    pub(crate) async fn drive(&self, postgres: &Postgres, run: u32, until: Until) -> Outcome<Sample> {
        let mut askers = Vec::new();
        for connection in 0..CONNECTIONS {
            let client = postgres.client(&self.database).await?;
            let (insert, organizations) = (Arc::clone(&self.insert), Arc::clone(&self.organizations));
            askers.push(tokio::spawn(insert_on(client, insert, organizations, run, connection, until)));
        }
        let mut sample = Sample::default();
        for asker in askers {
            sample.add(asker.await??);
        }
        Ok(sample)
    }
}

async fn insert_on(
    client: Client,
    insert: Arc<str>,
    organizations: Arc<[String]>,
    run: u32,
    connection: usize,
    until: Until,
) -> Outcome<Sample> {
    let statement = client.prepare(&insert).await?;
    let mut sample = Sample::default();
    for n in 0_u64.. {
        // The shape of the service's keys: grows with time, is told apart at the end.
        let id = format!("portal_link_{run:08}{n:012}{connection:06}");
        let digest = scattered(&id);
        let organization = &organizations[usize::try_from(n)? % organizations.len()];
        let asked = Instant::now();
        client.execute(&statement, &[&id, &digest.as_slice(), organization]).await?;
        if !sample.note(asked, until) {
            break;
        }
    }
    Ok(sample)
}

/// 32 bytes as scattered as those of a digest, and cheaper: the client's cost is not the question.
pub(crate) fn scattered(id: &str) -> [u8; 32] {
    let mut state = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut bytes = [0; 32];
    for word in bytes.chunks_exact_mut(8) {
        // splitmix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes());
    }
    bytes
}

/// An INSERT into a table of a row like one of another table with the same columns; `given` are its
/// parameters, documents as their text. The order of commits is left to the table's default.
pub(crate) async fn insert_like(
    client: &Client,
    (model, table): (&str, &str),
    given: &[&str],
) -> Outcome<String> {
    let columns = client
        .query(
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
             WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped
                 AND a.attname <> 'commit_order'
             ORDER BY a.attnum",
            &[&model],
        )
        .await?;
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for column in &columns {
        let (name, kind): (String, String) = (column.get(0), column.get(1));
        values.push(match given.iter().position(|given| *given == name) {
            Some(place) if kind == "json" => format!("${}::text::json", place + 1),
            Some(place) => format!("${}", place + 1),
            None => format!("{}::{kind}", literal(client, model, &name).await?),
        });
        names.push(name);
    }
    Ok(format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", ")))
}

async fn literal(client: &Client, table: &str, column: &str) -> Outcome<String> {
    let row =
        client.query_one(&format!("SELECT quote_nullable({column}::text) FROM {table} LIMIT 1"), &[]).await?;
    Ok(row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[tokio::test]
    async fn rows_like_those_of_the_service_are_inserted_in_every_round() {
        let scratch = Scratch::new().unwrap();
        let cluster = Postgres::start(&scratch).await.unwrap();
        cluster.create("raw").await.unwrap();
        let client = cluster.client("raw").await.unwrap();
        client
            .batch_execute(
                "CREATE TABLE portal_links (id TEXT PRIMARY KEY, organization_id TEXT NOT NULL,
                     digest BYTEA NOT NULL UNIQUE, intents JSON NOT NULL, until TIMESTAMPTZ);
                 INSERT INTO portal_links VALUES ('a', 'b', 'c', '[\"sso\"]', NULL);",
            )
            .await
            .unwrap();
        let raw = Raw::like_links(&cluster, "raw", vec!["org_1".into(), "org_2".into()]).await.unwrap();
        for run in 0..2 {
            assert_eq!(raw.drive(&cluster, run, Until::Count(4)).await.unwrap().len(), 64);
        }
        let row = client
            .query_one(
                "SELECT count(*), min(intents::text), count(DISTINCT organization_id) FROM raw_links",
                &[],
            )
            .await
            .unwrap();
        let found: (i64, String, i64) = (row.get(0), row.get(1), row.get(2));
        assert_eq!(found, (128, "[\"sso\"]".to_owned(), 2));
    }

    #[test]
    fn digests_of_different_ids_differ_and_of_the_same_do_not() {
        assert_ne!(scattered("a"), scattered("b"));
        assert_eq!(scattered("a"), scattered("a"));
    }
}
