//! `vestibule check`: says what is wrong, and changes nothing.

use std::io::Write;

use vestibule_store_sql::SchemaState;

use crate::config::{Config, Database};
use crate::{Failure, keys, wiring};

/// Runs `check`.
pub(crate) async fn run(config: &Config) -> Result<(), Failure> {
    let mut report = Report::default();
    report.line("configuration", Ok("understood".into()));
    report.line("secret key", secret_key(config));
    report.line("database", database(config).await);
    report.line("mail", mail(config).await);
    std::io::stdout()
        .write_all(report.text.as_bytes())
        .map_err(|error| Failure::other("cannot print", &error))?;
    if report.bad == 0 { Ok(()) } else { Err(Failure::Other(format!("{} of 4 checks failed", report.bad))) }
}

#[derive(Default)]
struct Report {
    text: String,
    bad: usize,
}

impl Report {
    fn line(&mut self, what: &str, result: Result<String, Failure>) {
        let line = match result {
            Ok(good) => format!("ok     {what}: {good}\n"),
            Err(error) => {
                self.bad += 1;
                format!("wrong  {what}: {error}\n")
            }
        };
        self.text.push_str(&line);
    }
}

fn secret_key(config: &Config) -> Result<String, Failure> {
    match (&config.secret_key, &config.database) {
        (None, Database::Sqlite { path, .. }) if !keys::key_file(path).exists() => {
            Ok("will be made beside the database on the first start".into())
        }
        _ => keys::vault(config).map(|_| "usable".into()),
    }
}

async fn database(config: &Config) -> Result<String, Failure> {
    if let Database::Sqlite { path, .. } = &config.database
        && !path.exists()
    {
        return Ok(format!("{} will be made on the first start", path.display()));
    }
    let store = wiring::connect(config).await?;
    match store.schema_state().await.map_err(|error| Failure::other("the schema cannot be read", &error))? {
        SchemaState::Current => Ok("reachable, schema current".into()),
        SchemaState::Behind { pending } => {
            Err(Failure::Other(format!("{} migrations are missing; run `vestibule migrate`", pending.len())))
        }
        SchemaState::Ahead => Err(Failure::Other("the schema is newer than this program".into())),
    }
}

async fn mail(config: &Config) -> Result<String, Failure> {
    let Some(url) = &config.smtp_url else {
        return Ok(format!("no mail server is set; messages go to {}/ as .eml files", wiring::OUTBOX));
    };
    vestibule_mail::SmtpMailer::from_url(
        url,
        config.mail_from.clone().map_or_else(wiring::example_sender, Ok)?,
    )
    .map_err(|error| Failure::Configuration(format!("smtp_url: {error}")))?
    .check()
    .await
    .map(|()| "the mail server answers".into())
    .map_err(|error| Failure::other("the mail server does not answer", &error))
}
