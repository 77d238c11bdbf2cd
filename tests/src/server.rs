//! The service as a process.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use crate::{Api, Folder, binary, wait};

/// How long a start may take on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(1);

/// How long an orderly end may take.
const STOP_LIMIT: Duration = Duration::from_secs(40);

/// A key for deployments on PostgreSQL: base64 of 32 bytes.
pub const SECRET_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// A running service. Dropping it kills the process.
#[derive(Debug)]
pub struct Server {
    child: Child,
    readers: Vec<JoinHandle<()>>,
    builder: ServerBuilder,
    output: Arc<Mutex<String>>,
    log: Arc<Mutex<Vec<String>>>,
}

/// How to start one.
#[derive(Clone, Debug)]
pub struct ServerBuilder {
    folder: Arc<Folder>,
    port: u16,
    environment: Vec<(String, String)>,
    file_blocks_max: Option<u64>,
}

/// What `vestibule bootstrap --json` printed.
#[derive(Clone, Debug)]
pub struct Bootstrapped {
    /// The whole object.
    pub json: Value,
    /// The sandbox's API key.
    pub api_key: String,
}

/// A port for a server that is about to start.
pub fn free_port() -> u16 {
    vestibule_test_servers::free_port().unwrap()
}

/// `vestibule` in a folder, with nothing of the developer's own settings.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(binary::vestibule());
    isolate(&mut command, folder);
    command
}

fn isolate(command: &mut Command, folder: &Path) {
    command.current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars() {
        if name.starts_with("VESTIBULE_") || name.starts_with("RUST_LOG") {
            command.env_remove(name);
        }
    }
}

impl ServerBuilder {
    /// On SQLite in a new folder, on a free port of the loopback interface.
    pub fn new(name: &str) -> Self {
        Self {
            folder: Arc::new(Folder::new(name)),
            port: free_port(),
            environment: Vec::new(),
            file_blocks_max: None,
        }
    }

    /// With PostgreSQL at `url`.
    pub fn postgres(self, url: &str) -> Self {
        self.set("VESTIBULE_DATABASE_URL", url)
            .set("VESTIBULE_SECRET_KEY", SECRET_KEY)
            .set("VESTIBULE_MIGRATE", "true")
    }

    /// With a setting in the environment.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where the guarded client may reach, besides public addresses.
    pub fn allow(self, host_and_port: &[String]) -> Self {
        self.set("VESTIBULE_OUTBOUND_ALLOW", &host_and_port.join(","))
    }

    /// With no file allowed to grow past `blocks` of 512 bytes: a disk that is full.
    pub fn file_blocks_max(mut self, blocks: u64) -> Self {
        self.file_blocks_max = Some(blocks);
        self
    }

    /// Without a limit on files.
    pub fn unlimited(mut self) -> Self {
        self.file_blocks_max = None;
        self
    }

    /// The same deployment on another port: a second process.
    pub fn another(&self) -> Self {
        Self { port: free_port(), ..self.clone() }
    }

    /// The working folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `http://127.0.0.1:port`.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A command of the binary with this deployment's settings.
    pub fn command(&self) -> Command {
        let mut command = match self.file_blocks_max {
            None => command(self.folder()),
            Some(blocks) => {
                // Without the trap the signal would kill the process instead of failing the write.
                let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
                let mut shell = Command::new("sh");
                isolate(&mut shell, self.folder());
                shell.arg("-c").arg(script).arg(binary::vestibule());
                shell
            }
        };
        command
            .env("VESTIBULE_BIND", format!("127.0.0.1:{}", self.port))
            .env("VESTIBULE_PUBLIC_URL", self.base());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs `vestibule bootstrap --json` with more arguments.
    pub fn bootstrap_with(&self, more: &[&str]) -> Bootstrapped {
        let output = self.command().args(["bootstrap", "--json"]).args(more).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "bootstrap failed ({}): {errors}", output.status);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let api_key = json["api_key"].as_str().unwrap().to_owned();
        Bootstrapped { json, api_key }
    }

    /// Runs `vestibule bootstrap --json`.
    pub fn bootstrap(&self) -> Bootstrapped {
        self.bootstrap_with(&[])
    }

    /// Starts and waits for the log line `listening`.
    pub async fn start(&self) -> Server {
        let mut server = self.spawn();
        let log = Arc::clone(&server.log);
        let start = std::time::Instant::now();
        loop {
            if has_message(&log.lock().unwrap(), "listening") {
                return server;
            }
            if let Some(status) = server.child.try_wait().unwrap() {
                panic!("the service ended while starting: {status}\n{}", server.log_text());
            }
            assert!(start.elapsed() < START_LIMIT, "no line `listening`:\n{}", server.log_text());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Starts without waiting for anything.
    pub fn spawn(&self) -> Server {
        let mut child = self.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let output = Arc::new(Mutex::new(String::new()));
        let log = Arc::new(Mutex::new(Vec::new()));
        let readers = vec![
            follow(child.stdout.take().unwrap(), {
                let output = Arc::clone(&output);
                move |line| {
                    let mut output = output.lock().unwrap();
                    output.push_str(&line);
                    output.push('\n');
                }
            }),
            follow(child.stderr.take().unwrap(), {
                let log = Arc::clone(&log);
                move |line| log.lock().unwrap().push(line)
            }),
        ];
        Server { child, readers, builder: self.clone(), output, log }
    }
}

fn follow(
    from: impl std::io::Read + Send + 'static,
    mut take: impl FnMut(String) + Send + 'static,
) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            take(line);
        }
    })
}

fn has_message(lines: &[String], message: &str) -> bool {
    lines.iter().any(|line| serde_json::from_str::<Value>(line).is_ok_and(|line| line["message"] == message))
}

impl Server {
    /// Starts on SQLite in a new folder.
    pub async fn start(name: &str) -> Self {
        ServerBuilder::new(name).start().await
    }

    /// A new deployment on SQLite with a team, and its API.
    pub async fn with_team(builder: &ServerBuilder) -> (Self, Api) {
        let made = builder.bootstrap();
        let server = builder.start().await;
        let api = server.api(&made.api_key);
        (server, api)
    }

    /// How it was started.
    pub fn builder(&self) -> &ServerBuilder {
        &self.builder
    }

    /// `http://127.0.0.1:port`.
    pub fn base(&self) -> String {
        self.builder.base()
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.builder.port
    }

    /// The working folder.
    pub fn folder(&self) -> &Path {
        self.builder.folder()
    }

    /// The API with a key.
    pub fn api(&self, key: &str) -> Api {
        Api::new(&self.base(), Some(key))
    }

    /// The API without a key, as a browser sees it.
    pub fn anonymous(&self) -> Api {
        Api::new(&self.base(), None)
    }

    /// What was printed on standard output so far.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// The lines on standard error so far.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    fn log_text(&self) -> String {
        self.log().join("\n")
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the process at once, as a power cut would.
    pub fn kill(&mut self) -> ExitStatus {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.signal(), Some(9), "the process ended by itself before");
        status
    }

    /// Asks the process to end.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Waits for the end; all output is read then.
    pub async fn ended(&mut self) -> ExitStatus {
        let child = &mut self.child;
        let mut look = || child.try_wait().unwrap();
        let status = wait::until("the end of the process", STOP_LIMIT, || std::future::ready(look())).await;
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        status
    }

    /// Asks the process to end, and waits.
    pub async fn stop(mut self) -> ExitStatus {
        self.terminate();
        self.ended().await
    }

    /// The messages in `outbox/` so far, in no order.
    pub fn outbox(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.folder().join("outbox")) else { return Vec::new() };
        let paths = entries.map(|entry| entry.unwrap().path());
        let messages = paths.filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
        messages.map(|path: PathBuf| std::fs::read_to_string(path).unwrap()).collect()
    }

    /// Whether the service still answers, as every hostile test must find in the end.
    pub async fn assert_healthy(&self) {
        let anonymous = self.anonymous();
        for path in ["/healthz", "/readyz"] {
            let answer = anonymous.get(path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        }
        let panics: Vec<_> = self.log().into_iter().filter(|line| line.contains("panicked")).collect();
        assert!(panics.is_empty(), "{panics:#?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            // The log is what a failed test is understood by; it outlives the folder.
            let path = std::env::temp_dir().join(format!("vestibule-failed-{}.log", self.child.id()));
            if let Ok(mut file) = File::create(&path) {
                use std::io::Write as _;
                let _ = writeln!(file, "{}\n{}", self.output(), self.log_text());
            }
        }
    }
}
