//! Configuration: flags before environment variables before `vestibule.toml` before defaults.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;
use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use serde::{Deserialize, Serialize};
use url::Url;
use vestibule_domain::email::EmailAddress;
use vestibule_outbound::AllowList;
use vestibule_web::app::API_REQUESTS_PER_SECOND;

use crate::Failure;
use crate::connections::{Connections, http_workers};

/// What can be set; absent means the default.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Database: `sqlite://FILE` or `postgres://…`.
    #[arg(long, global = true, env = "VESTIBULE_DATABASE_URL", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    database_url: Option<String>,
    /// Address to listen on.
    #[arg(long, global = true, env = "VESTIBULE_BIND")]
    #[serde(skip_serializing_if = "Option::is_none")]
    bind: Option<String>,
    /// Address under which people and identity providers reach this deployment.
    #[arg(long, global = true, env = "VESTIBULE_PUBLIC_URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    public_url: Option<String>,
    /// Base64 of 32 bytes that seal secrets at rest; older ones may follow, after commas.
    #[arg(long, global = true, env = "VESTIBULE_SECRET_KEY", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_key: Option<String>,
    /// Mail server: `smtp://user:password@host:587?tls=required` or `smtps://…`.
    #[arg(long, global = true, env = "VESTIBULE_SMTP_URL", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp_url: Option<String>,
    /// Address that messages come from.
    #[arg(long, global = true, env = "VESTIBULE_MAIL_FROM")]
    #[serde(skip_serializing_if = "Option::is_none")]
    mail_from: Option<String>,
    /// Networks (CIDR) and host:port pairs that may be reached although they are private.
    #[arg(long, global = true, env = "VESTIBULE_OUTBOUND_ALLOW")]
    #[serde(skip_serializing_if = "Option::is_none")]
    outbound_allow: Option<String>,
    /// Name servers that are asked for records of domains, `address` or `address:port`, separated by
    /// commas.
    #[arg(long, global = true, env = "VESTIBULE_DNS_SERVERS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    dns_servers: Option<String>,
    /// Proxies whose `Forwarded` and `X-Forwarded-*` headers are believed.
    #[arg(long, global = true, env = "VESTIBULE_TRUSTED_PROXIES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted_proxies: Option<String>,
    /// Bring an older PostgreSQL schema up to date before serving.
    #[arg(long, global = true, env = "VESTIBULE_MIGRATE", num_args = 0..=1, default_missing_value = "true")]
    #[serde(skip_serializing_if = "Option::is_none")]
    migrate: Option<bool>,
    /// Connections to PostgreSQL.
    #[arg(long, global = true, env = "VESTIBULE_DATABASE_CONNECTIONS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    database_connections: Option<usize>,
    /// Waits between tries of a webhook, in seconds, separated by commas.
    #[arg(long, global = true, env = "VESTIBULE_WEBHOOK_RETRY_SECONDS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_retry_seconds: Option<String>,
    /// Requests per second that one API key may make on this process, and its burst.
    #[arg(long, global = true, env = "VESTIBULE_API_REQUESTS_PER_SECOND")]
    #[serde(skip_serializing_if = "Option::is_none")]
    api_requests_per_second: Option<u32>,
}

/// The configuration, checked.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) database: Database,
    pub(crate) bind: SocketAddr,
    /// None: derived from the address that was bound.
    pub(crate) public_url: Option<String>,
    pub(crate) secret_key: Option<String>,
    pub(crate) smtp_url: Option<String>,
    pub(crate) mail_from: Option<EmailAddress>,
    pub(crate) outbound_allow: AllowList,
    /// None: those that the machine is set up with.
    pub(crate) dns_servers: Vec<SocketAddr>,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) migrate: bool,
    pub(crate) database_connections: Connections,
    pub(crate) webhook_waits: Option<Vec<time::Duration>>,
    pub(crate) api_requests_per_second: NonZeroU32,
}

/// Which database.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// One file.
    Sqlite {
        /// The URL.
        url: String,
        /// The file.
        path: PathBuf,
    },
    /// A server.
    Postgres {
        /// The URL, password included.
        url: String,
    },
}

impl Database {
    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Sqlite { url, .. } | Self::Postgres { url } => url,
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite { path, .. } => write!(f, "Sqlite({})", path.display()),
            Self::Postgres { .. } => f.write_str("Postgres(…)"),
        }
    }
}

fn wrong(setting: &str, reason: impl std::fmt::Display) -> Failure {
    Failure::Configuration(format!("{setting}: {reason}"))
}

impl Config {
    /// Merges and checks.
    pub(crate) fn load(flags_and_environment: Settings) -> Result<Self, Failure> {
        let settings: Settings = Figment::new()
            .merge(Toml::file("vestibule.toml"))
            .merge(Serialized::defaults(flags_and_environment))
            .extract()
            .map_err(|error| Failure::Configuration(error.to_string()))?;
        Self::check(settings)
    }

    fn check(settings: Settings) -> Result<Self, Failure> {
        let bind = settings.bind.as_deref().unwrap_or("127.0.0.1:8080");
        Ok(Self {
            database: database(settings.database_url.as_deref().unwrap_or("sqlite://vestibule.db"))?,
            bind: bind
                .parse()
                .map_err(|_| wrong("bind", format!("`{bind}` is not an address such as 127.0.0.1:8080")))?,
            public_url: settings.public_url.as_deref().map(public_url).transpose()?,
            secret_key: settings.secret_key.filter(|key| !key.is_empty()),
            smtp_url: settings.smtp_url.filter(|url| !url.is_empty()),
            mail_from: settings
                .mail_from
                .as_deref()
                .map(|raw| EmailAddress::parse(raw).map_err(|error| wrong("mail_from", error)))
                .transpose()?,
            outbound_allow: AllowList::parse(settings.outbound_allow.as_deref().unwrap_or(""))
                .map_err(|error| wrong("outbound_allow", error))?,
            dns_servers: list(settings.dns_servers.as_deref(), "dns_servers")?
                .into_iter()
                .map(|NameServer(address)| address)
                .collect(),
            trusted_proxies: list(settings.trusted_proxies.as_deref(), "trusted_proxies")?,
            migrate: settings.migrate.unwrap_or(false),
            database_connections: match settings.database_connections {
                None => Connections::suited_to(http_workers()),
                Some(n @ 1..=1_000) => Connections::split(n, http_workers()),
                Some(n) => {
                    return Err(wrong("database_connections", format!("{n} is not between 1 and 1000")));
                }
            },
            api_requests_per_second: match settings.api_requests_per_second {
                None => API_REQUESTS_PER_SECOND,
                Some(n) => NonZeroU32::new(n)
                    .ok_or_else(|| wrong("api_requests_per_second", "0 would refuse every request"))?,
            },
            webhook_waits: settings
                .webhook_retry_seconds
                .map(|raw| list(Some(&raw), "webhook_retry_seconds"))
                .transpose()?
                .map(|waits| waits.into_iter().map(|s: u32| time::Duration::seconds(i64::from(s))).collect()),
        })
    }

    /// Where this deployment is reached, given the address that was bound.
    pub(crate) fn public_url(&self, bound: SocketAddr) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://localhost:{}", bound.port()))
    }
}

fn database(url: &str) -> Result<Database, Failure> {
    if let Some(path) = url.strip_prefix("sqlite://") {
        if path.is_empty() {
            return Err(wrong("database_url", "sqlite:// needs a file name, such as sqlite://vestibule.db"));
        }
        return Ok(Database::Sqlite { url: url.to_owned(), path: PathBuf::from(path) });
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Database::Postgres { url: url.to_owned() });
    }
    Err(wrong("database_url", "must begin with sqlite:// or postgres://"))
}

fn public_url(raw: &str) -> Result<String, Failure> {
    let url = Url::parse(raw).map_err(|_| wrong("public_url", format!("`{raw}` is not a URL")))?;
    let plain = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    // The SDKs of the field take host and port only, so the API lives at the root of its host.
    if !plain || url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("public_url", format!("`{raw}` must be http(s)://host[:port] without a path")));
    }
    Ok(raw.trim_end_matches('/').to_owned())
}

/// The port of name servers.
const DNS_PORT: u16 = 53;

/// A name server: an address, with a port if that is not the usual one.
struct NameServer(SocketAddr);

impl std::str::FromStr for NameServer {
    type Err = std::net::AddrParseError;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        let alone = raw.parse().map(|address: IpAddr| SocketAddr::new(address, DNS_PORT));
        alone.or_else(|_| raw.parse()).map(Self)
    }
}

fn list<T: std::str::FromStr>(raw: Option<&str>, setting: &str) -> Result<Vec<T>, Failure> {
    raw.unwrap_or("")
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().map_err(|_| wrong(setting, format!("`{part}` is not understood"))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(settings: Settings) -> String {
        Config::check(settings).unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_are_those_of_the_documentation() {
        let config = Config::check(Settings::default()).unwrap();
        assert_eq!(config.database.url(), "sqlite://vestibule.db");
        assert_eq!(config.bind.to_string(), "127.0.0.1:8080");
        assert_eq!(config.public_url(config.bind), "http://localhost:8080");
    }

    #[test]
    fn a_wrong_setting_is_named_with_its_reason() {
        let some = |text: &str| Some(text.to_owned());
        let cases = [
            (Settings { database_url: some("mysql://x"), ..Settings::default() }, "database_url: must begin"),
            (
                Settings { database_url: some("sqlite://"), ..Settings::default() },
                "database_url: sqlite:// needs",
            ),
            (Settings { bind: some("8080"), ..Settings::default() }, "bind: `8080` is not"),
            (Settings { public_url: some("https://a.example/x"), ..Settings::default() }, "public_url: "),
            (Settings { public_url: some("ftp://a.example"), ..Settings::default() }, "public_url: "),
            (
                Settings { trusted_proxies: some("10.0.0.1, x"), ..Settings::default() },
                "trusted_proxies: `x`",
            ),
            (
                Settings { dns_servers: some("9.9.9.9, dns.example"), ..Settings::default() },
                "dns_servers: `dns",
            ),
            (Settings { mail_from: some("x"), ..Settings::default() }, "mail_from: must be an e-mail"),
            (Settings { database_connections: Some(0), ..Settings::default() }, "database_connections: 0"),
            (
                Settings { api_requests_per_second: Some(0), ..Settings::default() },
                "api_requests_per_second: 0 would",
            ),
            (
                Settings { webhook_retry_seconds: some("1,-1"), ..Settings::default() },
                "webhook_retry_seconds: `-1`",
            ),
        ];
        for (settings, wanted) in cases {
            let got = refused(settings);
            assert!(got.starts_with(wanted), "{got}");
        }
    }

    #[test]
    fn name_servers_are_addresses_with_or_without_a_port() {
        let servers = |raw: &str| {
            let settings = Settings { dns_servers: Some(raw.into()), ..Settings::default() };
            let servers = Config::check(settings).unwrap().dns_servers;
            servers.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(servers(""), [""; 0], "those of the machine");
        assert_eq!(servers("9.9.9.9, 127.0.0.1:5353"), ["9.9.9.9:53", "127.0.0.1:5353"]);
        assert_eq!(servers("2620:fe::fe, [::1]:5353"), ["[2620:fe::fe]:53", "[::1]:5353"]);
    }

    #[test]
    fn a_slash_at_the_end_of_the_public_url_is_dropped() {
        let settings =
            Settings { public_url: Some("https://portal.example.com/".into()), ..Settings::default() };
        assert_eq!(
            Config::check(settings).unwrap().public_url.as_deref(),
            Some("https://portal.example.com")
        );
    }
}
