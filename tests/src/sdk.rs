//! The real SDKs: where they are installed, and how their scripts are run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::{Folder, binary};

/// What a script's check came to: nothing, or why it failed.
pub type Checks = BTreeMap<String, Option<String>>;

/// Where the packages of `tests/node/package.json` are: `VESTIBULE_TEST_NODE_MODULES`, or
/// installed below the build's folder.
pub fn node_modules() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| match std::env::var_os("VESTIBULE_TEST_NODE_MODULES") {
        Some(folder) => PathBuf::from(folder),
        None => install_node(),
    })
}

/// The Python of a virtual environment with `tests/python/requirements.txt`:
/// `VESTIBULE_TEST_VENV`, or made below the build's folder.
pub fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| match std::env::var_os("VESTIBULE_TEST_VENV") {
        Some(folder) => PathBuf::from(folder).join("bin/python"),
        None => install_python(),
    })
}

/// Runs `tests/node/<name>` as an application that has the SDK installed.
pub fn run_node(name: &str, environment: &[(&str, &str)]) -> Checks {
    let app = node_app(name);
    run(Command::new("node").current_dir(app.path()).arg(name), environment)
}

/// A folder with `tests/node/<name>`, what the scripts share, and the packages that it needs.
pub fn node_app(name: &str) -> Folder {
    let app = Folder::new("node-app");
    std::os::unix::fs::symlink(node_modules(), app.path().join("node_modules")).unwrap();
    for script in [name, "harness.mjs"] {
        fs::copy(source("node").join(script), app.path().join(script)).unwrap();
    }
    app
}

/// Runs `tests/python/<name>` with the SDK.
pub fn run_python(name: &str, environment: &[(&str, &str)]) -> Checks {
    let app = Folder::new("python-app");
    for script in [name, "harness.py"] {
        fs::copy(source("python").join(script), app.path().join(script)).unwrap();
    }
    run(Command::new(python()).current_dir(app.path()).arg(name), environment)
}

fn run(command: &mut Command, environment: &[(&str, &str)]) -> Checks {
    for (name, _) in std::env::vars() {
        if name.starts_with("WORKOS_") {
            command.env_remove(name);
        }
    }
    let output = command.envs(environment.iter().copied()).stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines = text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not a check: {line}"));
        (line["check"].as_str().unwrap().to_owned(), line["error"].as_str().map(str::to_owned))
    });
    let checks = lines.collect();
    assert!(output.status.success(), "{}: {errors}\n{text}", output.status);
    checks
}

/// What a program printed that has the Node SDK installed.
///
/// # Errors
/// What it complained of, if it failed.
pub fn node_prints(code: &str, environment: &[(&str, &str)]) -> Result<String, String> {
    let app = Folder::new("node-program");
    std::os::unix::fs::symlink(node_modules(), app.path().join("node_modules")).unwrap();
    fs::write(app.path().join("program.mjs"), code).unwrap();
    prints(Command::new("node").current_dir(app.path()).arg("program.mjs"), environment)
}

/// What a program printed that has the Python SDK installed.
///
/// # Errors
/// What it complained of, if it failed.
pub fn python_prints(code: &str, environment: &[(&str, &str)]) -> Result<String, String> {
    prints(Command::new(python()).args(["-c", code]), environment)
}

/// What a shell printed.
///
/// # Errors
/// What it complained of, if it failed.
pub fn shell_prints(code: &str, environment: &[(&str, &str)]) -> Result<String, String> {
    prints(Command::new("sh").args(["-euc", code]), environment)
}

fn prints(command: &mut Command, environment: &[(&str, &str)]) -> Result<String, String> {
    let output = command.envs(environment.iter().copied()).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// All wanted checks ran, none else, and none failed.
///
/// # Panics
/// With the checks that failed and why.
#[track_caller]
pub fn assert_all(checks: &Checks, wanted: &[&str]) {
    let failed: Vec<_> =
        checks.iter().filter_map(|(name, error)| error.as_ref().map(|e| format!("{name}: {e}"))).collect();
    assert!(failed.is_empty(), "{} of {} failed:\n{}", failed.len(), checks.len(), failed.join("\n"));
    let mut names: Vec<_> = wanted.to_vec();
    names.sort_unstable();
    let ran: Vec<_> = checks.keys().map(String::as_str).collect();
    assert_eq!(ran, names);
}

/// Where the scripts of a language are.
pub fn source(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(language)
}

/// Where what a language needs is installed.
pub(crate) fn tools(language: &str) -> PathBuf {
    binary::target().join("test-tools").join(language)
}

fn install_node() -> PathBuf {
    let folder = tools("node");
    fs::create_dir_all(&folder).unwrap();
    let lock = "package-lock.json";
    if !same(&source("node").join(lock), &folder.join("node_modules/.installed")) {
        for file in ["package.json", lock] {
            fs::copy(source("node").join(file), folder.join(file)).unwrap();
        }
        let mut npm = Command::new("npm");
        succeed(npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder));
        fs::copy(source("node").join(lock), folder.join("node_modules/.installed")).unwrap();
    }
    folder.join("node_modules")
}

fn install_python() -> PathBuf {
    let folder = tools("python");
    let requirements = source("python").join("requirements.txt");
    let python = folder.join("bin/python");
    if !same(&requirements, &folder.join("installed.txt")) {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        succeed(pip.arg(&requirements));
        fs::copy(&requirements, folder.join("installed.txt")).unwrap();
    }
    python
}

fn same(wanted: &Path, installed: &Path) -> bool {
    fs::read(installed).is_ok_and(|installed| fs::read(wanted).is_ok_and(|wanted| wanted == installed))
}

pub(crate) fn succeed(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
}
