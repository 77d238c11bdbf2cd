//! What PostgreSQL does by itself for a sign-in: the same number of transactions as the service
//! needs, straight through tokio-postgres, on tables of the service in a database that it made and
//! left: the same columns, indexes, months and references to keep.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{join_all, try_join5};
use tokio_postgres::{Client, Statement};

use crate::Outcome;
use crate::postgres::Postgres;
use crate::raw::{insert_like, scattered};
use crate::scale::CONNECTIONS;
use crate::seed::prefix;

/// Sign-ins before it is measured: plans are made, and tables are not empty.
const WARM_UP: u32 = 400;

/// What is asked, in the order of a sign-in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stretch {
    /// Reads the connection, writes the attempt.
    Authorize,
    /// Reads the attempt, and in one transaction accepts, saves the profile, writes the record.
    Answer,
    /// Reads the attempt with its profile, and ends it.
    Token,
    /// Reads the profile.
    Profile,
}

impl Stretch {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Authorize, Self::Answer, Self::Token, Self::Profile];
}

/// What is written in full for every sign-in, as the service has to: not taken from a row that the
/// server compressed already.
struct Documents {
    /// What the app asked for, and the record of an attempt that was started.
    asked: String,
    started: String,
    /// The record of one that was answered, and who the person is.
    answered: String,
    person: String,
}

/// Connections with what is asked on them.
pub(crate) struct RawSignIns {
    lines: Vec<Arc<Line>>,
    /// What the ids of attempts begin with: their month.
    attempts: String,
    /// The connections through which people sign in, in turn.
    connections: Vec<String>,
}

struct Line {
    client: Client,
    documents: Arc<Documents>,
    read_connection: Statement,
    start: Statement,
    read: Statement,
    read_code: Statement,
    accept: Statement,
    save: Statement,
    answer: Statement,
    end: Statement,
    profile: Statement,
}

impl RawSignIns {
    /// Takes over a database in which people have signed in and one was sent off. That attempt is
    /// taken for the model and removed.
    pub(crate) async fn prepare(postgres: &Postgres, database: &str) -> Outcome<Self> {
        let client = postgres.client(database).await?;
        client
            .batch_execute(
                "CREATE TABLE raw_started AS SELECT * FROM sso_sessions WHERE state = 'started' LIMIT 1;
                 DELETE FROM sso_sessions WHERE state = 'started'",
            )
            .await?;
        let known = client
            .query_one(
                "SELECT s.id, b.asked::text, b.record::text, s.record::text, p.person::text
                 FROM raw_started b, sso_sessions s, profiles p WHERE s.state = 'successful' LIMIT 1",
                &[],
            )
            .await?;
        let attempt: String = known.get(0);
        let documents = Arc::new(Documents {
            asked: known.get(1),
            started: known.get(2),
            answered: known.get(3),
            person: known.get(4),
        });
        let connections = client.query("SELECT id FROM connections ORDER BY id", &[]).await?;
        let of_whom = ["id", "connection_id", "asked", "record"];
        let start = insert_like(&client, ("raw_started", "sso_sessions"), &of_whom).await?;
        let of_whom = ["connection_id", "digest"];
        let accept = insert_like(&client, ("accepted_assertions", "accepted_assertions"), &of_whom).await?;
        let of_whom = ["connection_id", "idp_digest", "id", "person"];
        let save = insert_like(&client, ("profiles", "profiles"), &of_whom).await?;
        let mut lines = Vec::new();
        for _ in 0..CONNECTIONS {
            let client = postgres.client(database).await?;
            // As the service has its own planned, which is the quickest: once, for all months.
            client.batch_execute("SET plan_cache_mode = force_generic_plan").await?;
            lines.push(Arc::new(Line {
                read_connection: client
                    .prepare(
                        "SELECT c.*, e.id, e.kind, e.redirect_uris, e.test_provider
                         FROM connections c JOIN environments e ON e.id = c.environment_id WHERE c.id = $1",
                    )
                    .await?,
                start: client.prepare(&start).await?,
                read: client
                    .prepare(
                        "SELECT s.*, c.*, e.id, e.kind, e.redirect_uris, e.test_provider, o.name, o.profiles
                         FROM sso_sessions s JOIN connections c ON c.id = s.connection_id
                         JOIN environments e ON e.id = s.environment_id
                         JOIN organizations o ON o.id = s.organization_id WHERE s.id = $1",
                    )
                    .await?,
                read_code: client
                    .prepare(
                        "SELECT s.id, s.environment_id, s.organization_id, s.connection_id, s.origin, s.state,
                             s.state_at, s.asked, s.code_digest, s.code_expires_at, s.profile_id, s.ip_address,
                             s.user_agent, s.started_at, p.*
                         FROM sso_sessions s JOIN profiles p ON p.id = s.profile_id WHERE s.id = $1",
                    )
                    .await?,
                accept: client.prepare(&format!("{accept} ON CONFLICT DO NOTHING")).await?,
                save: client
                    .prepare(&format!(
                        "{save} ON CONFLICT (environment_id, connection_id, idp_digest)
                         DO UPDATE SET person = excluded.person, updated_at = excluded.updated_at RETURNING id"
                    ))
                    .await?,
                answer: client
                    .prepare(
                        "UPDATE sso_sessions SET state = 'authorized', state_at = now(), email = 'a@b.example',
                             code_digest = $2, code_expires_at = now(), profile_id = $3, record = $4::text::json
                         WHERE id = $1 AND state = 'started'",
                    )
                    .await?,
                end: client
                    .prepare(
                        "UPDATE sso_sessions SET state = 'successful', state_at = now()
                         WHERE id = $1 AND state = 'authorized'",
                    )
                    .await?,
                profile: client.prepare("SELECT * FROM profiles WHERE id = $1").await?,
                documents: Arc::clone(&documents),
                client,
            }));
        }
        let connections = connections.iter().map(|row| row.get(0)).collect();
        let raw = Self { lines, attempts: prefix(&attempt).to_owned(), connections };
        for stretch in Stretch::ALL {
            raw.drive(stretch, 0, WARM_UP).await?;
        }
        Ok(raw)
    }

    /// Does a stretch of so many sign-ins; `run` tells the rounds apart. Says how long it took.
    pub(crate) async fn drive(&self, stretch: Stretch, run: usize, count: u32) -> Outcome<Duration> {
        let begun = Instant::now();
        let each = |line: usize| {
            let asker = Arc::clone(&self.lines[line]);
            let through = self.connections.iter().cycle();
            let sign_ins: Vec<_> = (0..count)
                .zip(through)
                .skip(line)
                .step_by(CONNECTIONS)
                .map(|(n, connection)| (format!("{}{run:06}{n:010}", self.attempts), connection.clone()))
                .collect();
            tokio::spawn(async move {
                for (id, connection) in sign_ins {
                    asker.ask(stretch, &id, &connection).await?;
                }
                Outcome::Ok(())
            })
        };
        for asker in join_all((0..CONNECTIONS).map(each)).await {
            asker??;
        }
        Ok(begun.elapsed())
    }
}

impl Line {
    async fn ask(&self, stretch: Stretch, id: &str, connection: &str) -> Result<(), tokio_postgres::Error> {
        let Self { client, documents, .. } = self;
        let profile = id.replace("sess_", "prof_");
        match stretch {
            Stretch::Authorize => {
                client.query_one(&self.read_connection, &[&connection]).await?;
                client
                    .execute(&self.start, &[&id, &connection, &documents.asked, &documents.started])
                    .await
                    .map(drop)
            }
            Stretch::Answer => {
                client.query_one(&self.read, &[&id]).await?;
                let digest = scattered(id);
                let digest = digest.as_slice();
                try_join5(
                    client.batch_execute("BEGIN"),
                    rows(client.execute(&self.accept, &[&connection, &digest])),
                    rows(client.execute(&self.save, &[&connection, &digest, &profile, &documents.person])),
                    rows(client.execute(&self.answer, &[&id, &digest, &profile, &documents.answered])),
                    client.batch_execute("COMMIT"),
                )
                .await
                .map(drop)
            }
            Stretch::Token => {
                client.query_one(&self.read_code, &[&id]).await?;
                client.execute(&self.end, &[&id]).await.map(drop)
            }
            Stretch::Profile => client.query_one(&self.profile, &[&profile]).await.map(drop),
        }
    }
}

async fn rows(
    executed: impl Future<Output = Result<u64, tokio_postgres::Error>>,
) -> Result<(), tokio_postgres::Error> {
    executed.await.map(drop)
}
