//! The key that seals secrets at rest: from the configuration, or in a file beside SQLite.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use vestibule_secrets::{AeadVault, MasterKey, SystemEntropy};

use crate::Failure;
use crate::config::{Config, Database};

/// What can be done with the key.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Makes a new key; what the old ones sealed stays readable.
    Rotate,
}

/// The vault under the configured keys, the first of which seals. A key file is made beside a
/// SQLite database that has none.
pub(crate) fn vault(config: &Config) -> Result<AeadVault, Failure> {
    let text = match (&config.secret_key, &config.database) {
        (Some(keys), _) => keys.clone(),
        (None, Database::Sqlite { path, .. }) => read_or_make(&key_file(path))?,
        (None, Database::Postgres { .. }) => {
            return Err(Failure::Configuration(
                "secret_key: PostgreSQL needs VESTIBULE_SECRET_KEY, base64 of 32 random bytes \
                 (`openssl rand -base64 32` makes one); every process needs the same"
                    .into(),
            ));
        }
    };
    let mut keys = text.split([',', '\n']).map(str::trim).filter(|key| !key.is_empty()).map(|key| {
        MasterKey::parse(key).map_err(|error| Failure::Configuration(format!("secret_key: {error}")))
    });
    let current =
        keys.next().ok_or_else(|| Failure::Configuration("secret_key: must not be empty".into()))??;
    let previous = keys.collect::<Result<Vec<_>, _>>()?;
    AeadVault::new(current, previous).map_err(|error| Failure::Configuration(format!("secret_key: {error}")))
}

/// Where the key of a SQLite database is.
pub(crate) fn key_file(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".key");
    PathBuf::from(name)
}

fn read_or_make(path: &Path) -> Result<String, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let text = format!("{}\n", MasterKey::generate(&SystemEntropy::new()).encode().as_str());
            match write_new(path, &text) {
                // Another process of a first start was a moment faster: its key is the key.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => read_or_make(path),
                Err(error) => Err(cannot("write", path, &error)),
                Ok(()) => {
                    tracing::info!(file = %path.display(), "made the key that seals secrets; back it up with the database");
                    Ok(text)
                }
            }
        }
        Err(error) => Err(cannot("read", path, &error)),
    }
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Other(format!("cannot {what} the key file {}: {error}", path.display()))
}

/// Runs `key …`.
pub(crate) fn run(config: &Config, command: &KeyCommand) -> Result<(), Failure> {
    let KeyCommand::Rotate = command;
    let new = MasterKey::generate(&SystemEntropy::new());
    match (&config.secret_key, &config.database) {
        (None, Database::Sqlite { path, .. }) => {
            let file = key_file(path);
            let old = std::fs::read_to_string(&file).map_err(|error| cannot("read", &file, &error))?;
            let mut next = file.as_os_str().to_owned();
            next.push(".new");
            let next = PathBuf::from(next);
            write_new(&next, &format!("{}\n{old}", new.encode().as_str()))
                .and_then(|()| std::fs::rename(&next, &file))
                .map_err(|error| cannot("write", &file, &error))?;
            tracing::info!(file = %file.display(), "a new key seals from the next start on; the older ones still open");
            Ok(())
        }
        (current, _) => {
            let old = current.as_deref().map(|keys| format!(",{keys}")).unwrap_or_default();
            writeln!(std::io::stdout(), "VESTIBULE_SECRET_KEY={}{old}", new.encode().as_str())
                .map_err(|error| Failure::other("cannot print the key", &error))
        }
    }
}
