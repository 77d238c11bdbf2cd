//! Where the database is and how it is used.

use std::path::PathBuf;

use crate::postgres::StatementNames;

/// Connections to PostgreSQL that a process keeps, unless told otherwise.
pub const CONNECTIONS_DEFAULT: usize = 16;
/// Connections that read an SQLite file, unless told otherwise; one more writes.
pub const READERS_DEFAULT: usize = 4;

/// How the database is used.
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    /// Most connections to PostgreSQL.
    pub connections_max: usize,
    /// Most connections that read an SQLite file.
    pub readers_max: usize,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self { connections_max: CONNECTIONS_DEFAULT, readers_max: READERS_DEFAULT }
    }
}

/// Why there is no store.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Neither of the two kinds of address.
    #[error("the database URL must begin with sqlite://, postgres:// or postgresql://")]
    Scheme,
    /// A part of the address that cannot be understood.
    #[error("the database URL has a bad {0}")]
    Url(&'static str),
    /// The file of trusted certificates cannot be used.
    #[error("the certificates in {path} cannot be read")]
    RootCertificates {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database does not answer, or refuses us.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// [`crate::SqlStore::connect`] was called outside a tokio runtime.
    #[error("a store needs a tokio runtime")]
    NoRuntime,
}

/// A database URL, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(PostgresAddress),
}

/// The parts of a PostgreSQL URL that the driver does not know.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PostgresAddress {
    /// The URL for the driver.
    pub(crate) url: String,
    /// `statements=named|unnamed`: how statements are sent, instead of finding out.
    pub(crate) names: Option<StatementNames>,
    /// `sslmode=…`.
    pub(crate) tls: TlsMode,
    /// `sslrootcert=…`: trusted certificates in a PEM file instead of the well-known ones.
    pub(crate) root_certificates: Option<PathBuf>,
}

/// How TLS is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TlsMode {
    /// Never.
    Disable,
    /// If the server has it and its certificate is good; plainly otherwise. The default, as in
    /// libpq: it protects against listening, not against pretending.
    Prefer,
    /// Always, and the certificate and its name are always checked: `require`, `verify-ca` and
    /// `verify-full` alike.
    Require,
}

impl Address {
    pub(crate) fn parse(url: &str) -> Result<Self, ConnectError> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            if path.is_empty() {
                return Err(ConnectError::Url("path"));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return PostgresAddress::parse(url).map(Self::Postgres);
        }
        Err(ConnectError::Scheme)
    }
}

impl PostgresAddress {
    fn parse(url: &str) -> Result<Self, ConnectError> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut address =
            Self { url: base.to_owned(), names: None, tls: TlsMode::Prefer, root_certificates: None };
        let mut kept = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').ok_or(ConnectError::Url("parameter"))?;
            match key {
                "statements" => {
                    address.names = Some(match value {
                        "named" => StatementNames::Named,
                        "unnamed" => StatementNames::Unnamed,
                        _ => return Err(ConnectError::Url("`statements`")),
                    });
                }
                "sslmode" => {
                    address.tls = match value {
                        "disable" => TlsMode::Disable,
                        "allow" | "prefer" => TlsMode::Prefer,
                        "require" | "verify-ca" | "verify-full" => TlsMode::Require,
                        _ => return Err(ConnectError::Url("`sslmode`")),
                    }
                }
                "sslrootcert" => {
                    let path = percent_decoded(value).ok_or(ConnectError::Url("`sslrootcert`"))?;
                    address.root_certificates = Some(PathBuf::from(path));
                }
                _ => kept.push(pair),
            }
        }
        if !kept.is_empty() {
            address.url = format!("{base}?{}", kept.join("&"));
        }
        Ok(address)
    }
}

fn percent_decoded(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let value = digit(rest.next())? * 16 + digit(rest.next())?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postgres(url: &str) -> PostgresAddress {
        match Address::parse(url) {
            Ok(Address::Postgres(address)) => address,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_sqlite_url_names_a_file() {
        for (url, path) in [("sqlite://vestibule.db", "vestibule.db"), ("sqlite:///var/v.db", "/var/v.db")] {
            assert_eq!(Address::parse(url).unwrap(), Address::Sqlite(path.into()));
        }
        assert!(matches!(Address::parse("sqlite://"), Err(ConnectError::Url("path"))));
    }

    #[test]
    fn what_the_driver_does_not_know_is_taken_out_of_the_url() {
        let plain = postgres("postgres://u:p@h:1/d");
        assert_eq!(
            (plain.url.as_str(), plain.tls, plain.names),
            ("postgres://u:p@h:1/d", TlsMode::Prefer, None)
        );
        let full = postgres(
            "postgresql://h/d?sslmode=verify-full&connect_timeout=3&statements=unnamed&sslrootcert=/a%20b.pem",
        );
        assert_eq!(
            full,
            PostgresAddress {
                url: "postgresql://h/d?connect_timeout=3".into(),
                names: Some(StatementNames::Unnamed),
                tls: TlsMode::Require,
                root_certificates: Some("/a b.pem".into()),
            }
        );
    }

    #[test]
    fn what_cannot_be_understood_is_named() {
        for (url, what) in [
            ("postgres://h/d?statements=some", "`statements`"),
            ("postgres://h/d?sslmode=maybe", "`sslmode`"),
            ("postgres://h/d?sslrootcert=%zz", "`sslrootcert`"),
            ("postgres://h/d?x", "parameter"),
        ] {
            assert!(matches!(Address::parse(url), Err(ConnectError::Url(got)) if got == what), "{url}");
        }
        assert!(matches!(Address::parse("mysql://h/d"), Err(ConnectError::Scheme)));
    }
}
