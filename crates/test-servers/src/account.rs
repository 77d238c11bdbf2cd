//! The account that servers run under.

use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::ServerError;

/// The system's user for database servers.
const USER: &str = "postgres";

/// Whether this process is root, which no database server runs as.
pub(crate) fn is_root() -> bool {
    // The owner of our own entry in /proc is our effective user; there is no safe call for it in
    // the standard library.
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// A command that runs a program under an account that database servers accept.
pub(crate) fn command(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", USER, "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// Makes a directory usable for that account.
pub(crate) fn give(path: &Path) -> Result<(), ServerError> {
    if is_root() {
        let mut command = Command::new("chown");
        command.args([OsStr::new("-R"), OsStr::new(USER), path.as_os_str()]);
        run(command)?;
    }
    Ok(())
}

/// Runs a program to its end.
pub(crate) fn run(mut command: Command) -> Result<(), ServerError> {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output()?;
    if status.success() {
        return Ok(());
    }
    let output = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Err(ServerError::Failed { program: format!("{:?}", command.get_program()), output })
}
