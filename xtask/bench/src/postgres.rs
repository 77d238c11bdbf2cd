//! A PostgreSQL of our own: `fsync` on, loopback, and every other setting as PostgreSQL ships it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tokio_postgres::{Client, NoTls};
use vestibule_test_servers::free_port;

use crate::process::Running;
use crate::scratch::Scratch;
use crate::{Failure, Outcome};

/// The superuser of the cluster, and the owner of its databases.
const USER: &str = "vestibule";

/// The user of Debian's package: the server refuses to run as root.
const SYSTEM_USER: &str = "postgres";

/// How long it may take to start.
const START_MAX: Duration = Duration::from_secs(30);

/// A running cluster.
pub(crate) struct Postgres {
    _server: Running,
    port: u16,
}

impl Postgres {
    /// Makes a cluster and starts it.
    pub(crate) async fn start(scratch: &Scratch) -> Outcome<Self> {
        Self::start_with(scratch, &[]).await
    }

    /// Makes a cluster for measuring what is read: writing is made cheap.
    pub(crate) async fn start_for_reading(scratch: &Scratch) -> Outcome<Self> {
        Self::start_with(scratch, &["fsync=off", "full_page_writes=off", "max_wal_size=4GB"]).await
    }

    async fn start_with(scratch: &Scratch, settings: &[&str]) -> Outcome<Self> {
        let programs = programs()?;
        let data = scratch.folder("postgres")?;
        let root = std::fs::metadata("/proc/self")?.uid() == 0;
        if root {
            let given = Command::new("chown").arg(SYSTEM_USER).arg(&data).status()?;
            if !given.success() {
                return Err(format!("there is no user `{SYSTEM_USER}` to run PostgreSQL as").into());
            }
        }
        let program = |name: &str| {
            let path = programs.join(name);
            let mut command = if root { as_system_user(&path) } else { Command::new(path) };
            command.current_dir(&data).stdin(Stdio::null());
            command
        };
        let made = program("initdb")
            .args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"])
            .args(["--username", USER, "--pgdata"])
            .arg(&data)
            .stdout(Stdio::null())
            .status()?;
        if !made.success() {
            return Err("initdb failed".into());
        }
        let port = free_port()?;
        let log = std::fs::File::create(scratch.path().join("postgres.log"))?;
        let mut command = program("postgres");
        command.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories="].iter().chain(settings) {
            command.args(["-c", setting]);
        }
        command.stdout(log.try_clone()?).stderr(log);
        // SIGINT is PostgreSQL's fast shutdown.
        let server = Running::start(&mut command, "-INT")?;
        let postgres = Self { _server: server, port };
        let start = Instant::now();
        while let Err(error) = postgres.client("postgres").await {
            if start.elapsed() > START_MAX {
                return Err(format!("PostgreSQL does not answer: {error}").into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(postgres)
    }

    /// Makes a database and says its URL.
    pub(crate) async fn create(&self, name: &str) -> Outcome<String> {
        self.client("postgres").await?.batch_execute(&format!("CREATE DATABASE {name}")).await?;
        Ok(format!("postgres://{USER}@127.0.0.1:{}/{name}?sslmode=disable", self.port))
    }

    /// What tokio-postgres connects to a database by.
    pub(crate) fn connection_string(&self, database: &str) -> String {
        format!("host=127.0.0.1 port={} user={USER} dbname={database}", self.port)
    }

    /// Writes out what earlier rounds changed, so that no round pays for another.
    pub(crate) async fn checkpoint(&self) -> Outcome {
        Ok(self.client("postgres").await?.batch_execute("CHECKPOINT").await?)
    }

    /// A connection to a database.
    pub(crate) async fn client(&self, database: &str) -> Outcome<Client> {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(self.port).user(USER).dbname(database);
        let (client, connection) = config.connect(NoTls).await?;
        // Ends when the client is dropped; an error shows at whoever uses the client.
        tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(client)
    }
}

fn as_system_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", SYSTEM_USER, "--regid", SYSTEM_USER, "--init-groups", "--"]).arg(program);
    command
}

/// The folder of PostgreSQL's programs, of the newest version that is installed.
fn programs() -> Result<PathBuf, Failure> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file());
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let folder = entry.path().join("bin");
            folder.join("initdb").is_file().then_some((version, folder))
        })
        .max();
    newest.map(|(_, folder)| folder).or(on_path).ok_or_else(|| "PostgreSQL is not installed".into())
}
