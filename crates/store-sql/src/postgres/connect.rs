//! Opens connections to PostgreSQL, and finds out whether they are ours alone.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpStream, UnixStream};
use tokio::runtime::Handle;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::tls::{MakeTlsConnect, NoTls, TlsConnect};
use tokio_postgres::{Client, Config, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::conn::{Line, PgConn, StatementNames};
use crate::options::{ConnectError, PostgresAddress, TlsMode};

/// How long one address of the server may take to answer, unless the URL says so, in seconds.
const CONNECT_S_DEFAULT: u64 = 5;

/// Port of a server whose URL names none.
const PORT_DEFAULT: u16 = 5432;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Opens connections; the pool asks it.
#[derive(Clone)]
pub(crate) struct PgManager {
    server: Arc<Server>,
    /// Connections live on the runtime of the store, whichever runtime asks for them: a worker's
    /// own runtime may stand still or end while others use its connections.
    runtime: Handle,
}

struct Server {
    config: Config,
    names: Option<StatementNames>,
    tls: TlsMode,
    client_config: ClientConfig,
}

impl PgManager {
    pub(crate) fn new(address: PostgresAddress, runtime: Handle) -> Result<Self, ConnectError> {
        let config: Config = address.url.parse().map_err(|_| ConnectError::Url("form"))?;
        if config.get_hosts().is_empty() {
            return Err(ConnectError::Url("host"));
        }
        let client_config = client_config(&address)?;
        let server = Server { config, names: address.names, tls: address.tls, client_config };
        Ok(Self { server: Arc::new(server), runtime })
    }

    /// Opens the same connections on another runtime.
    pub(crate) fn on(&self, runtime: Handle) -> Self {
        Self { server: Arc::clone(&self.server), runtime }
    }

    async fn connect(&self) -> Result<PgConn, BoxError> {
        let (server, runtime) = (Arc::clone(&self.server), self.runtime.clone());
        self.runtime.spawn(async move { server.connect(&runtime).await }).await?
    }
}

impl Manager for PgManager {
    type Type = PgConn;
    type Error = BoxError;

    async fn create(&self) -> Result<PgConn, BoxError> {
        self.connect().await
    }

    async fn recycle(&self, conn: &mut PgConn, _: &Metrics) -> RecycleResult<BoxError> {
        if !conn.is_reusable() {
            return Err(RecycleError::message("lost or left in a transaction"));
        }
        conn.plan_as_usual();
        Ok(())
    }
}

fn client_config(address: &PostgresAddress) -> Result<ClientConfig, ConnectError> {
    let mut roots = RootCertStore::empty();
    match &address.root_certificates {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let unreadable = |source: BoxError| ConnectError::RootCertificates { path: path.clone(), source };
            let certificates =
                CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.into()))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| unreadable(error.into()))?;
                roots.add(certificate).map_err(|error| unreadable(error.into()))?;
            }
        }
    }
    // The provider is named here: a library must not depend on which one `main` has installed.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| ConnectError::Url("TLS configuration"))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

impl Server {
    /// The first host that lets us in.
    async fn connect(&self, runtime: &Handle) -> Result<PgConn, BoxError> {
        let mut refusal: BoxError = "no host".into();
        for (index, host) in self.config.get_hosts().iter().enumerate() {
            let ports = self.config.get_ports();
            let port = ports.get(index).or(ports.first()).copied().unwrap_or(PORT_DEFAULT);
            let limit = self.config.get_connect_timeout().copied();
            let limit = limit.unwrap_or(Duration::from_secs(CONNECT_S_DEFAULT));
            match tokio::time::timeout(limit, self.connect_to(host, port, runtime)).await {
                Ok(Ok(conn)) => return Ok(conn),
                Ok(Err(error)) => refusal = error,
                Err(_) => refusal = format!("no answer within {} s", limit.as_secs()).into(),
            }
        }
        Err(refusal)
    }

    async fn connect_to(&self, host: &Host, port: u16, runtime: &Handle) -> Result<PgConn, BoxError> {
        let name = match host {
            Host::Tcp(name) => name,
            Host::Unix(directory) => {
                let stream = UnixStream::connect(directory.join(format!(".s.PGSQL.{port}"))).await?;
                let line = self.start(stream, NoTls, SslMode::Disable, runtime).await?;
                // A pooler listens on such sockets too, and there is no port to tell it by.
                return self.set_up(line, StatementNames::Unnamed).await;
            }
        };
        let (line, ends) = match self.tls {
            TlsMode::Disable => self.plainly(name, port, runtime).await?,
            TlsMode::Require => self.with_tls(name, port, SslMode::Require, runtime).await?,
            TlsMode::Prefer => match self.with_tls(name, port, SslMode::Prefer, runtime).await {
                Ok(connected) => connected,
                Err(error)
                    if error.downcast_ref::<tokio_postgres::Error>().is_some_and(|e| e.code().is_some()) =>
                {
                    // The server has spoken: a plain connection would be told the same.
                    return Err(error);
                }
                Err(_) => self.plainly(name, port, runtime).await?,
            },
        };
        let names = if ends.seen_by_server(&line.client).await? {
            StatementNames::Named
        } else {
            StatementNames::Unnamed
        };
        self.set_up(line, names).await
    }

    async fn plainly(&self, name: &str, port: u16, runtime: &Handle) -> Result<(Line, Ends), BoxError> {
        let (stream, ends) = dial(name, port).await?;
        Ok((self.start(stream, NoTls, SslMode::Disable, runtime).await?, ends))
    }

    async fn with_tls(
        &self,
        name: &str,
        port: u16,
        mode: SslMode,
        runtime: &Handle,
    ) -> Result<(Line, Ends), BoxError> {
        let (stream, ends) = dial(name, port).await?;
        let mut tls = MakeRustlsConnect::new(self.client_config.clone());
        let tls = MakeTlsConnect::<TcpStream>::make_tls_connect(&mut tls, name)?;
        Ok((self.start(stream, tls, mode, runtime).await?, ends))
    }

    async fn start<S, T>(&self, stream: S, tls: T, mode: SslMode, runtime: &Handle) -> Result<Line, BoxError>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
        T: TlsConnect<S>,
        T::Stream: Send + 'static,
    {
        let mut config = self.config.clone();
        config.ssl_mode(mode);
        if config.get_application_name().is_none() {
            config.application_name("vestibule");
        }
        let (client, connection) = config.connect_raw(stream, tls).await?;
        let driver = runtime.spawn(async move {
            // Whoever waits for an answer hears of it as well; this is for idle connections.
            if let Err(error) = connection.await {
                tracing::debug!(error = &error as &dyn StdError, "a connection to PostgreSQL ended");
            }
        });
        Ok(Line { client, driver: driver.abort_handle() })
    }

    async fn set_up(&self, line: Line, found: StatementNames) -> Result<PgConn, BoxError> {
        let client = &line.client;
        if self.config.get_target_session_attrs() == TargetSessionAttrs::ReadWrite
            && one_value(client, "SHOW transaction_read_only").await?.as_deref() != Some("off")
        {
            return Err("the server is read-only".into());
        }
        let names = self.names.unwrap_or(found);
        if names == StatementNames::Named {
            // Limits for the life of the connection, which is ours alone. Behind a pooler each
            // transaction sets them for itself.
            let limits = "SET lock_timeout = '5s'; SET statement_timeout = '15s'; \
                          SET idle_in_transaction_session_timeout = '60s'";
            client.batch_execute(limits).await?;
        }
        Ok(PgConn::new(line, names))
    }
}

async fn dial(name: &str, port: u16) -> Result<(TcpStream, Ends), BoxError> {
    let stream = TcpStream::connect((name, port)).await?;
    stream.set_nodelay(true)?;
    let ends = Ends { ours: stream.local_addr()?, theirs: stream.peer_addr()? };
    Ok((stream, ends))
}

/// Both ends of our TCP connection, as we see them.
struct Ends {
    ours: std::net::SocketAddr,
    theirs: std::net::SocketAddr,
}

impl Ends {
    /// Whether the server sees the same two ends, so that nothing is in between.
    ///
    /// A pooler has its own connection to the server, which differs from ours in at least one
    /// address or port; one that only looks different (address translation) costs speed, not
    /// safety.
    async fn seen_by_server(&self, client: &Client) -> Result<bool, BoxError> {
        let query = "SELECT concat_ws(' ', host(inet_client_addr()), inet_client_port(), \
                     host(inet_server_addr()), inet_server_port())";
        let ours = (self.ours.ip().to_canonical(), self.ours.port());
        let theirs = (self.theirs.ip().to_canonical(), self.theirs.port());
        let wanted = format!("{} {} {} {}", ours.0, ours.1, theirs.0, theirs.1);
        Ok(one_value(client, query).await? == Some(wanted))
    }
}

/// The one value of a query, sent as plain text: no statement is prepared for it.
async fn one_value(client: &Client, query: &str) -> Result<Option<String>, tokio_postgres::Error> {
    let messages = client.simple_query(query).await?;
    Ok(messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Address;
    use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
    use vestibule_test_servers::{PgBouncer, Postgres};

    async fn names(url: &str) -> StatementNames {
        let Ok(Address::Postgres(address)) = Address::parse(url) else { panic!("{url}") };
        PgManager::new(address, Handle::current()).unwrap().connect().await.unwrap().names()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn statements_are_named_on_direct_connections_only() {
        let server = Postgres::start().unwrap();
        let bouncer = PgBouncer::start(&server, 2).unwrap();
        let (direct, pooled) = (server.url("postgres"), bouncer.url("postgres"));
        assert_eq!(names(&direct).await, StatementNames::Named);
        assert_eq!(names(&pooled).await, StatementNames::Unnamed);
        // Whoever knows better says so.
        assert_eq!(names(&format!("{direct}?statements=unnamed")).await, StatementNames::Unnamed);
        assert_eq!(names(&format!("{pooled}?statements=named")).await, StatementNames::Named);
    }

    /// How often the statement of a text was planned for all values, and for those that it got.
    async fn plans(conn: &mut PgConn, text: &str) -> (i64, i64) {
        let counts = format!(
            "SELECT generic_plans AS once, custom_plans AS weighed FROM pg_prepared_statements
             WHERE statement = '{text}'"
        );
        let rows: Vec<Plans> = diesel::sql_query(counts).load(conn).await.unwrap();
        rows.iter().map(|plans| (plans.once, plans.weighed)).next().unwrap_or_default()
    }

    #[derive(diesel::QueryableByName)]
    struct Plans {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        once: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        weighed: i64,
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_looked_up_by_key_is_planned_once_where_that_is_wanted() {
        let server = Postgres::start().unwrap();
        let Ok(Address::Postgres(address)) = Address::parse(&server.url("postgres")) else { panic!() };
        let manager = PgManager::new(address, Handle::current()).unwrap();
        let mut conn = manager.connect().await.unwrap();
        conn.batch_execute(
            "CREATE TABLE months (id BIGINT PRIMARY KEY) PARTITION BY RANGE (id);
             CREATE TABLE january PARTITION OF months FOR VALUES FROM (0) TO (31);
             CREATE TABLE february PARTITION OF months FOR VALUES FROM (31) TO (59);",
        )
        .await
        .unwrap();
        let text = "SELECT id FROM months WHERE id = $1";
        let ask = || diesel::sql_query(text).bind::<diesel::sql_types::BigInt, _>(7);
        // PostgreSQL weighs from the sixth time on, and by itself decides for the values each time.
        for _ in 0..8 {
            ask().execute(&mut conn).await.unwrap();
        }
        assert_eq!(plans(&mut conn, text).await, (0, 8));

        conn.plan_once();
        ask().execute(&mut conn).await.unwrap();
        assert_eq!(plans(&mut conn, text).await, (1, 8));

        // The next who takes it out of the pool finds it as it was, and a transaction that is taken
        // back takes nothing of it back.
        manager.recycle(&mut conn, &Metrics::default()).await.unwrap();
        ask().execute(&mut conn).await.unwrap();
        assert_eq!(plans(&mut conn, text).await, (1, 9));
        for expected in [(2, 9), (3, 9)] {
            conn.plan_once();
            conn.begin();
            ask().execute(&mut conn).await.unwrap();
            conn.rollback().await.unwrap();
            assert_eq!(plans(&mut conn, text).await, expected);
        }
        manager.recycle(&mut conn, &Metrics::default()).await.unwrap();
        conn.begin();
        ask().execute(&mut conn).await.unwrap();
        // Within a transaction nothing changes any more.
        conn.plan_once();
        ask().execute(&mut conn).await.unwrap();
        conn.rollback().await.unwrap();
        assert_eq!(plans(&mut conn, text).await, (3, 11));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_without_tls_is_refused_where_tls_is_required() {
        let server = Postgres::start().unwrap();
        let url = format!("{}?sslmode=require", server.url("postgres"));
        let Ok(Address::Postgres(address)) = Address::parse(&url) else { panic!("{url}") };
        let refused = PgManager::new(address, Handle::current()).unwrap().connect().await.err().unwrap();
        assert!(refused.to_string().contains("TLS"), "{refused}");
    }
}
