//! Where the program under test is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The `vestibule` binary of this build: beside the test's own, built now if it is not current.
/// `VESTIBULE_TEST_BINARY` names another one.
pub fn vestibule() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("VESTIBULE_TEST_BINARY") {
        Some(path) => PathBuf::from(path),
        None => build(),
    })
}

/// The workspace's folder.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The folder of the build, `target` unless it was moved.
pub fn target() -> PathBuf {
    profile_folder().parent().unwrap().to_path_buf()
}

/// `target/debug`, found from `target/debug/deps/it-…`, where this code runs.
fn profile_folder() -> PathBuf {
    let running = std::env::current_exe().unwrap();
    running.parent().and_then(Path::parent).unwrap().to_path_buf()
}

fn build() -> PathBuf {
    let folder = profile_folder();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(workspace()).args(["build", "--quiet", "--package", "vestibule", "--target-dir"]);
    cargo.arg(target());
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    let status = cargo.status().unwrap();
    assert!(status.success(), "`cargo build --package vestibule` failed");
    folder.join("vestibule")
}
