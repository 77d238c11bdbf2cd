//! PostgreSQL in a directory of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::account::{command, give, run};
use crate::{ServerError, free_port};

/// Where distributions put the server, newest version first.
const DIRECTORIES: [&str; 5] = [
    "/usr/lib/postgresql/18/bin",
    "/usr/lib/postgresql/17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
    "/usr/lib/postgresql/14/bin",
];

/// A cluster with its server on a port of the loopback address; both go with the value.
pub struct Postgres {
    programs: PathBuf,
    directory: TempDir,
    port: u16,
}

impl Postgres {
    /// Makes a cluster and starts its server. It waits for no disk: its data dies with it.
    pub fn start() -> Result<Self, ServerError> {
        let programs = DIRECTORIES.iter().map(PathBuf::from).find(|path| path.join("initdb").exists());
        let programs = programs.ok_or(ServerError::Missing("PostgreSQL"))?;
        let directory = tempfile::Builder::new().prefix("vestibule-postgres-").tempdir()?;
        give(directory.path())?;
        let server = Self { programs, directory, port: free_port()? };
        let mut initdb = server.program("initdb")?;
        initdb.args([
            "--auth=trust",
            "--username=vestibule",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        run(server.with_data(initdb))?;
        server.resume()?;
        Ok(server)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://vestibule@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database and gives its URL.
    pub fn create_database(&self, name: &str) -> Result<String, ServerError> {
        self.execute("postgres", &format!("CREATE DATABASE \"{name}\""))?;
        Ok(self.url(name))
    }

    /// Runs SQL in a database, as an operator would.
    pub fn execute(&self, database: &str, sql: &str) -> Result<(), ServerError> {
        let mut psql = self.program("psql")?;
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &self.url(database), "-c", sql]);
        run(psql).map(drop)
    }

    /// Runs a query and gives its rows, one to a line, with `|` between the columns.
    pub fn query(&self, database: &str, sql: &str) -> Result<String, ServerError> {
        let mut psql = self.program("psql")?;
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &self.url(database), "-c", sql]);
        run(psql)
    }

    /// Copies a database into another cluster's new one, by dump and restore.
    pub fn copy_database(&self, name: &str, to: &Self, new_name: &str) -> Result<String, ServerError> {
        let file = self.directory.path().join(format!("{name}.dump"));
        let mut dump = self.program("pg_dump")?;
        dump.args(["-Fc", "-d", &self.url(name), "-f"]).arg(&file);
        run(dump)?;
        let url = to.create_database(new_name)?;
        let mut restore = self.program("pg_restore")?;
        restore.args(["-d", &url]).arg(&file);
        run(restore)?;
        Ok(url)
    }

    /// Stops the server; whoever is connected is cut off.
    pub fn stop(&self) -> Result<(), ServerError> {
        let mut stop = self.program("pg_ctl")?;
        stop.args(["stop", "--mode=immediate", "--wait", "--silent"]);
        run(self.with_data(stop)).map(drop)
    }

    /// Starts the server again on the same port.
    pub fn resume(&self) -> Result<(), ServerError> {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories='' -c fsync=off \
             -c full_page_writes=off -c autovacuum=off -c max_connections=200",
            self.port
        );
        let mut start = self.program("pg_ctl")?;
        start.args(["start", "--wait", "--silent", "--timeout=60"]);
        start.arg("--log").arg(self.directory.path().join("log")).arg("--options").arg(options);
        // The server keeps what it inherits: a pipe would be read until the server ends.
        start.stdout(Stdio::null()).stderr(Stdio::null());
        run(self.with_data(start)).map(drop)
    }

    fn program(&self, name: &str) -> Result<Command, ServerError> {
        let mut program = command(&self.programs.join(name))?;
        // Servers keep their working directory; the caller's may be closed to their account.
        program.current_dir(self.directory.path());
        Ok(program)
    }

    fn with_data(&self, mut program: Command) -> Command {
        program.arg("--pgdata").arg(self.data());
        program
    }

    fn data(&self) -> PathBuf {
        Path::join(self.directory.path(), "data")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Nothing can be done about a server that does not stop; the test has its result already.
        drop(self.stop());
    }
}
