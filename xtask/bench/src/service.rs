//! The service as it is released, in a process of its own.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vestibule_test_servers::free_port;

use crate::Outcome;
use crate::http::{self, Connection};
use crate::process::{Running, processor_time};

/// How long it may take to be ready.
const READY_MAX: Duration = Duration::from_mins(1);

/// How often readiness is asked for; no start is known more exactly.
const READY_POLL: Duration = Duration::from_micros(500);

/// A key that seals nothing worth keeping: base64 of 32 bytes.
const SECRET_KEY: &str = "dmVzdGlidWxlLWJlbmNoLXZlc3RpYnVsZS1iZW5jaC4=";

/// More than any machine asks: what is measured is not the limit.
const REQUESTS_PER_SECOND: &str = "1000000";

/// Where people come back to who have signed in.
pub(crate) const REDIRECT_URI: &str = "https://app.example.com/callback";

/// Where the service is told to be, whatever port it gets.
pub(crate) const PUBLIC_URL: &str = "http://localhost:8080";

/// Where the service's program and files are, and which database it uses.
#[derive(Clone)]
pub(crate) struct Deployment {
    program: PathBuf,
    folder: PathBuf,
    database_url: String,
}

/// What bootstrapping and the first organization yield.
#[derive(Clone)]
pub(crate) struct Tenant {
    /// An API key.
    pub(crate) key: String,
    /// The public id by which people are sent to sign in.
    pub(crate) client_id: String,
    /// An organization made through the API.
    pub(crate) organization: String,
    /// The environment.
    pub(crate) environment: String,
    /// Who signs in to the dashboard, and with what.
    pub(crate) member_email: String,
    pub(crate) member_password: String,
}

impl Deployment {
    /// A deployment on a database that exists and is empty.
    pub(crate) fn new(folder: PathBuf, database_url: String) -> Outcome<Self> {
        // Beside this program: both are built with the same profile.
        let program = std::env::current_exe()?.with_file_name("vestibule");
        if !program.is_file() {
            return Err(format!("{} is not built", program.display()).into());
        }
        Ok(Self { program, folder, database_url })
    }

    /// Migrates, bootstraps and makes the first organization.
    pub(crate) async fn prepare(&self) -> Outcome<Tenant> {
        let log = File::create(self.folder.join("prepare.log"))?;
        let migrated = self.command("migrate").stdout(Stdio::null()).stderr(log.try_clone()?).status()?;
        if !migrated.success() {
            return Err(self.failed("migrate"));
        }
        let output = self
            .command("bootstrap")
            .args(["--json", "--return-url", "https://app.example.com/settings"])
            .args(["--redirect-uri", REDIRECT_URI])
            .stderr(log)
            .output()?;
        if !output.status.success() {
            return Err(self.failed("bootstrap"));
        }
        let made: Value = serde_json::from_slice(&output.stdout)?;
        let told = |member: &str| made[member].as_str().map(str::to_owned);
        let key = told("api_key").ok_or("bootstrap printed no API key")?;
        let client_id = told("client_id").ok_or("bootstrap printed no client id")?;
        let service = self.serve()?;
        let answer = service.post("/organizations", &key, &json!({"name": "Customer 0"})).await?;
        let organization = answer["id"].as_str().ok_or("no organization was made")?.to_owned();
        let member = |what| told(what).ok_or("bootstrap printed no member");
        let (member_email, member_password) = (member("member_email")?, member("member_password")?);
        let environment = told("environment_id").ok_or("bootstrap printed no environment")?;
        Ok(Tenant { key, client_id, organization, environment, member_email, member_password })
    }

    /// Starts serving and waits until it is ready.
    pub(crate) fn serve(&self) -> Outcome<Service> {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let log = File::create(self.folder.join("serve.log"))?;
        let mut command = self.command("serve");
        command.env("VESTIBULE_BIND", address.to_string()).stdout(Stdio::null()).stderr(log);
        let started = Instant::now();
        let mut process = Running::start(&mut command, "-TERM")?;
        while !is_ready(address) {
            if process.has_ended() || started.elapsed() > READY_MAX {
                return Err(self.failed("serve"));
            }
            std::thread::sleep(READY_POLL);
        }
        Ok(Service { process, address, ready_after: started.elapsed() })
    }

    fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("VESTIBULE_")) {
                command.env_remove(name);
            }
        }
        command
            .arg(subcommand)
            .current_dir(&self.folder)
            .env("VESTIBULE_DATABASE_URL", &self.database_url)
            .env("VESTIBULE_SECRET_KEY", SECRET_KEY)
            .env("VESTIBULE_PUBLIC_URL", PUBLIC_URL)
            .env("VESTIBULE_API_REQUESTS_PER_SECOND", REQUESTS_PER_SECOND)
            .stdin(Stdio::null());
        command
    }

    fn failed(&self, what: &str) -> crate::Failure {
        let logs = ["prepare.log", "serve.log"].map(|name| tail(&self.folder.join(name)));
        format!("`vestibule {what}` failed:\n{}", logs.concat()).into()
    }
}

/// A running service. Dropping it stops it.
pub(crate) struct Service {
    process: Running,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From its start to its first answer that it is ready.
    pub(crate) ready_after: Duration,
}

impl Service {
    /// Posts once and reads the answer.
    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Outcome<Value> {
        let mut connection = Connection::open(self.address).await?;
        let answer = connection.ask(&http::post(path, key, body)).await?;
        if answer.status / 100 != 2 {
            let said = String::from_utf8_lossy(answer.body);
            return Err(format!("POST {path} answered {}: {said}", answer.status).into());
        }
        Ok(serde_json::from_slice(answer.body)?)
    }

    /// The processor time that it has used so far.
    pub(crate) fn processor_time(&self) -> Outcome<Duration> {
        processor_time(&self.process.id().to_string())
    }

    /// Resident memory, in MiB.
    ///
    /// Source: proc(5), `VmRSS` of `/proc/PID/status`, in kB.
    pub(crate) fn resident_mib(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let kib: u32 = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok())
            .ok_or("the system does not say how much memory is resident")?;
        Ok(f64::from(kib) / 1_024.0)
    }
}

fn is_ready(address: SocketAddr) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect(address) else { return false };
    let asked = stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let mut start = [0; 12];
    asked.is_ok() && stream.read_exact(&mut start).is_ok() && start.ends_with(b"200")
}

/// The last lines of a log.
fn tail(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].iter().flat_map(|line| [*line, "\n"]).collect()
}
