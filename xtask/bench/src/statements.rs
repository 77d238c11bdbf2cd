//! The least that PostgreSQL is asked for an answer, straight through tokio-postgres.

use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::{try_join, try_join4};
use tokio_postgres::{Client, NoTls, Statement};

use crate::Outcome;
use crate::raw::{insert_like, scattered};

/// The word for looking a link up, with its environment and organization.
pub(crate) const LOOK_UP: &str = "look-up";

/// The word for writing a link and its entry of the audit trail.
pub(crate) const WRITE: &str = "write";

/// What is asked of the database before an answer, on connections of one worker.
pub(crate) struct Work {
    lines: Vec<(Client, Asked)>,
    turn: AtomicU64,
}

enum Asked {
    LookUp { statement: Statement, digest: Vec<u8> },
    Write { link: Statement, audit: Statement, audit_prefix: String, organization: String, run: String },
}

impl Work {
    /// Opens connections and prepares; nothing at all without work.
    pub(crate) async fn connect(work: Option<(String, String)>, connections: usize) -> Outcome<Self> {
        let mut lines = Vec::new();
        if let Some((database, word)) = work {
            for _ in 0..connections {
                let (client, connection) = tokio_postgres::connect(&database, NoTls).await?;
                tokio::spawn(async move {
                    // Ends with the client; an error shows at whoever uses it.
                    let _ = connection.await;
                });
                let asked = Asked::prepare(&client, &word).await?;
                lines.push((client, asked));
            }
        }
        Ok(Self { lines, turn: AtomicU64::new(0) })
    }

    /// Asks once.
    pub(crate) async fn run(&self) -> Result<(), tokio_postgres::Error> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let Some(line) = usize::try_from(turn).ok().and_then(|turn| turn.checked_rem(self.lines.len()))
        else {
            return Ok(());
        };
        let (client, asked) = &self.lines[line];
        asked.ask(client, turn).await
    }
}

impl Asked {
    async fn prepare(client: &Client, word: &str) -> Outcome<Self> {
        if word == LOOK_UP {
            let query = "SELECT * FROM portal_links l
                 JOIN environments e ON e.id = l.environment_id
                 JOIN organizations o ON o.id = l.organization_id
                 WHERE l.digest = $1";
            let digest = client.query_one("SELECT digest FROM portal_links LIMIT 1", &[]).await?.get(0);
            return Ok(Self::LookUp { statement: client.prepare(query).await?, digest });
        }
        let link =
            insert_like(client, ("portal_links", "portal_links"), &["id", "digest", "organization_id"]);
        let audit = insert_like(client, ("audit_trail", "audit_trail"), &["id"]);
        let (link, audit) = try_join(link, audit).await?;
        let known = client
            .query_one(
                "SELECT organization_id, left((SELECT id FROM audit_trail LIMIT 1), 16),
                     pg_backend_pid()::text FROM portal_links LIMIT 1",
                &[],
            )
            .await?;
        Ok(Self::Write {
            link: client.prepare(&link).await?,
            audit: client.prepare(&audit).await?,
            organization: known.get(0),
            audit_prefix: known.get(1),
            run: known.get(2),
        })
    }

    async fn ask(&self, client: &Client, turn: u64) -> Result<(), tokio_postgres::Error> {
        match self {
            Self::LookUp { statement, digest } => client.query_one(statement, &[digest]).await.map(drop),
            Self::Write { link, audit, audit_prefix, organization, run } => {
                let id = format!("portal_link_{run:>08}{turn:018}");
                let audit_id = format!("{audit_prefix}{run:>08}{turn:08}");
                let digest = scattered(&id);
                try_join4(
                    client.batch_execute("BEGIN"),
                    client.execute(link, &[&id, &digest.as_slice(), organization]),
                    client.execute(audit, &[&audit_id]),
                    client.batch_execute("COMMIT"),
                )
                .await
                .map(drop)
            }
        }
    }
}
