//! The account that servers run under.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::ServerError;

/// The system's user for database servers.
const USER: &str = "postgres";

/// Whether this process is root, which no database server runs as.
fn is_root() -> bool {
    // The owner of our own entry in /proc is our effective user; there is no safe call for it in
    // the standard library.
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// User and group of the account, as the system's list has them.
fn ids() -> Result<(u32, u32), ServerError> {
    let list = std::fs::read_to_string("/etc/passwd")?;
    let found = list.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, user, group) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        (name == USER).then_some(())?;
        Some((user.parse().ok()?, group.parse().ok()?))
    });
    found.ok_or(ServerError::Missing("the user `postgres`"))
}

/// A command that runs a program under an account that database servers accept.
pub(crate) fn command(program: &Path) -> Result<Command, ServerError> {
    let mut command = Command::new(program);
    if is_root() {
        let (user, group) = ids()?;
        command.uid(user).gid(group);
    }
    command.stdin(Stdio::null());
    Ok(command)
}

/// Makes a file or an empty directory that account's own.
pub(crate) fn give(path: &Path) -> Result<(), ServerError> {
    if is_root() {
        let (user, group) = ids()?;
        std::os::unix::fs::chown(path, Some(user), Some(group))?;
    }
    Ok(())
}

/// Runs a program to its end and gives what it said.
pub(crate) fn run(mut command: Command) -> Result<String, ServerError> {
    let Output { status, stdout, stderr } = command.output()?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    let output = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Err(ServerError::Failed { program: command.get_program().display().to_string(), output })
}
