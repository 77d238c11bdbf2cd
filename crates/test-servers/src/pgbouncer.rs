//! PgBouncer in transaction mode.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use crate::account::{command, give};
use crate::{Postgres, ServerError, free_port};

/// Where distributions put it.
const PROGRAMS: [&str; 2] = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"];

/// How often, and how long apart, a new pooler is asked whether it listens.
const ASKED_MAX: u32 = 200;
const ASKED_EACH: Duration = Duration::from_millis(50);

/// A pooler before a server; it goes with the value.
pub struct PgBouncer {
    child: Child,
    port: u16,
    /// Holds its configuration.
    _directory: TempDir,
}

impl PgBouncer {
    /// Starts a pooler in transaction mode with so many connections for each database.
    pub fn start(server: &Postgres, pool_size: u16) -> Result<Self, ServerError> {
        let program = PROGRAMS.iter().map(Path::new).find(|path| path.exists());
        let program = program.ok_or(ServerError::Missing("PgBouncer"))?;
        let directory = tempfile::Builder::new().prefix("vestibule-pgbouncer-").tempdir()?;
        let port = free_port()?;
        let (users, file) = (directory.path().join("users"), directory.path().join("ini"));
        std::fs::write(&users, "\"vestibule\" \"\"\n")?;
        std::fs::write(
            &file,
            format!(
                "[databases]\n* = host=127.0.0.1 port={server_port}\n\
                 [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
                 auth_type = trust\nauth_file = {users}\npool_mode = transaction\n\
                 default_pool_size = {pool_size}\nmax_client_conn = 1000\n",
                server_port = server.port(),
                users = users.display(),
            ),
        )?;
        for path in [directory.path(), &users, &file] {
            give(path)?;
        }
        let mut pooler = command(program)?;
        pooler.arg("-q").arg(&file).current_dir(directory.path());
        pooler.stdout(Stdio::null()).stderr(Stdio::null());
        let pooler = Self { child: pooler.spawn()?, port, _directory: directory };
        for _ in 0..ASKED_MAX {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(pooler);
            }
            sleep(ASKED_EACH);
        }
        Err(ServerError::Silent("PgBouncer"))
    }

    /// The URL of a database of the server, through the pooler.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://vestibule@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        // Nothing can be done about one that does not end; the test has its result already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
