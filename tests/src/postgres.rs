//! PostgreSQL as a process, and PgBouncer in front of it.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio_postgres::{Client, NoTls};

use crate::server::free_port;
use crate::{Folder, wait};

/// How long a start may take on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(1);

/// The role that everything runs as inside.
const ROLE: &str = "vestibule";

/// Where Debian puts what is not on the search path.
const DEBIAN_FOLDER: &str = "/usr/lib/postgresql";

/// A PostgreSQL server with a cluster of its own; it ends when dropped.
#[derive(Debug)]
pub struct Postgres {
    folder: Folder,
    port: u16,
    process: Option<Child>,
}

/// PgBouncer in transaction mode; it ends when dropped.
#[derive(Debug)]
pub struct PgBouncer {
    _folder: Folder,
    port: u16,
    process: Child,
}

impl Postgres {
    /// Makes a cluster and starts it.
    pub async fn start() -> Self {
        let folder = Folder::new("postgres");
        give_away(folder.path());
        let data = folder.path().join("data");
        let mut initdb = unprivileged(&program("initdb"));
        initdb.args(["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--username", ROLE, "-D"]);
        let output = initdb.arg(&data).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
        let mut server = Self { folder, port: free_port(), process: None };
        server.resume().await;
        server
    }

    /// Starts it again after [`Postgres::stop`], on the same port with the same data.
    pub async fn resume(&mut self) {
        let log = fs::File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut command = unprivileged(&program("postgres"));
        command.arg("-D").arg(self.folder.path().join("data")).arg("-k").arg(self.folder.path());
        command.args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        // The machine does not fall over in these tests; the processes in front of it do.
        command.args(["-c", "fsync=off", "-c", "max_connections=200"]);
        self.process = Some(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap());
        wait::until("PostgreSQL", START_LIMIT, || async { self.connect("postgres").await.ok() }).await;
    }

    /// Ends it as an administrator would who does not wait for clients.
    pub fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        // SIGINT is PostgreSQL's fast shutdown.
        let id = process.id().to_string();
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let _ = process.wait();
    }

    /// A new database; its URL.
    pub async fn database(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("vestibule_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let client = self.connect("postgres").await.unwrap();
        client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/{database}", self.port)
    }

    async fn connect(&self, database: &str) -> Result<Client, tokio_postgres::Error> {
        let (client, connection) = tokio_postgres::connect(&self.url(database), NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

impl PgBouncer {
    /// Starts in front of a server, with few enough server connections that clients share them.
    pub async fn start(postgres: &Postgres) -> Self {
        let folder = Folder::new("pgbouncer");
        let port = free_port();
        let users = folder.path().join("users.txt");
        let config = folder.path().join("pgbouncer.ini");
        fs::write(&users, format!("\"{ROLE}\" \"\"\n")).unwrap();
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = trust\nauth_file = {}\npool_mode = transaction\nmax_client_conn = 400\n\
             default_pool_size = 5\nignore_startup_parameters = extra_float_digits\n",
            postgres.port,
            users.display(),
        );
        fs::write(&config, text).unwrap();
        give_away(folder.path());
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let mut command = unprivileged(&program("pgbouncer"));
        let output = command.arg(&config).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let process = output.spawn().unwrap();
        let bouncer = Self { _folder: folder, port, process };
        let url = bouncer.url(&postgres.url("postgres"));
        let connect = || async { tokio_postgres::connect(&url, NoTls).await.ok().map(|_| ()) };
        wait::until("PgBouncer", START_LIMIT, connect).await;
        bouncer
    }

    /// The same database, reached through here.
    pub fn url(&self, direct: &str) -> String {
        let mut url = url::Url::parse(direct).unwrap();
        url.set_port(Some(self.port)).unwrap();
        url.to_string()
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program of PostgreSQL's: on the search path, in `/usr/sbin`, or where Debian puts it.
fn program(name: &str) -> PathBuf {
    let mut folders: Vec<PathBuf> =
        std::env::var_os("PATH").iter().flat_map(|path| std::env::split_paths(path)).collect();
    folders.push("/usr/sbin".into());
    let mut versions: Vec<PathBuf> = fs::read_dir(DEBIAN_FOLDER)
        .map(|entries| entries.map(|entry| entry.unwrap().path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    folders.extend(versions.into_iter().rev());
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("`{name}` is not installed; `cargo xtask test` installs it"))
}

/// Both servers refuse to run as root; then they run as somebody without rights.
fn unprivileged(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/");
    if let Some((user, group)) = other_user() {
        command.uid(user).gid(group);
    }
    command
}

/// `nobody`, if this process is root.
fn other_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    /// Debian's `nobody` and `nogroup`.
    const NOBODY: (u32, u32) = (65_534, 65_534);
    let me = fs::metadata("/proc/self").unwrap().uid();
    (me == 0).then_some(NOBODY)
}

fn give_away(folder: &Path) {
    let Some((user, group)) = other_user() else { return };
    chown(folder, Some(user), Some(group)).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        chown(entry.unwrap().path(), Some(user), Some(group)).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_database_is_reached_directly_and_through_pgbouncer_and_survives_a_stop() {
        let mut postgres = Postgres::start().await;
        let direct = postgres.database().await;
        let bouncer = PgBouncer::start(&postgres).await;
        for url in [direct.clone(), bouncer.url(&direct)] {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
            tokio::spawn(connection);
            client.simple_query("SELECT 1").await.unwrap();
        }
        postgres.stop();
        assert!(tokio_postgres::connect(&direct, NoTls).await.is_err());
        postgres.resume().await;
        assert!(tokio_postgres::connect(&direct, NoTls).await.is_ok());
    }
}
