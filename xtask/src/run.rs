//! Running other programs: what is run is shown, how long it took is kept.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{Failure, Outcome};

/// Announces a step.
pub(crate) fn step(what: &str) {
    println!("\n==> {what}");
    flush();
}

/// Runs a program with our terminal, in the workspace's folder.
pub(crate) fn run(command: &mut Command) -> Outcome {
    shown(command);
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(ended(command, status)) }
}

/// Runs a program and takes what it prints; its complaints go to the terminal.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(ended(command, output.status));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| Failure::new(format!("`{}` printed something that is not text", line(command))))
}

/// Runs a program with our terminal and hands on each line it prints as it comes.
///
/// Returns whether it ended well; only a program that cannot be started is a failure here.
pub(crate) fn watched(command: &mut Command, mut each_line: impl FnMut(&str)) -> Outcome<bool> {
    shown(command);
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| cannot_start(command, &error))?;
    if let Some(stdout) = child.stdout.take() {
        let mut reader = BufReader::new(stdout);
        let mut bytes = Vec::new();
        // By bytes: a test may print what is not UTF-8.
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&bytes);
            print!("{text}");
            flush();
            each_line(text.trim_end());
            bytes.clear();
        }
    }
    child.wait().map(|status| status.success()).map_err(|error| cannot_start(command, &error))
}

/// Whether a program ends well; what it prints is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// A cargo of the same toolchain as this program, in the workspace's folder.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(arguments).current_dir(crate::root());
    // These describe this program's own build and would leak into that of others.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        cargo.env_remove(name);
    }
    cargo
}

/// Where a program is, looked for on `PATH` and in the folders of the system's administrator,
/// which an ordinary user's `PATH` leaves out on Debian.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| is_executable(file))
}

/// Minutes and seconds since then.
pub(crate) fn since(start: Instant) -> String {
    let s = start.elapsed().as_secs();
    format!("{} min {:02} s", s / 60, s % 60)
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

fn shown(command: &Command) {
    println!("$ {}", line(command));
    flush();
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    command.get_args().fold(name, |line, argument| format!("{line} {}", argument.to_string_lossy()))
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{}` cannot be run: {error}", line(command)))
}

fn ended(command: &Command, status: std::process::ExitStatus) -> Failure {
    Failure::new(format!("`{}` ended with {status}", line(command)))
}

fn flush() {
    // A terminal that went away is no reason to stop.
    let _ = std::io::stdout().flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_where_it_is_and_only_there() {
        assert!(which("sh").is_some_and(|path| path.is_absolute()));
        assert_eq!(which("no-such-program-anywhere"), None);
    }

    #[test]
    fn the_end_of_a_program_is_told_with_its_command_line() {
        let Failure(text) = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(text, "`sh -c exit 3` ended with exit status: 3");
    }

    #[test]
    fn lines_are_handed_on_even_when_they_are_not_text() {
        let mut lines = Vec::new();
        let well = watched(Command::new("printf").arg(r"a\n\377\nlast"), |line| lines.push(line.to_owned()));
        assert!(well.unwrap());
        assert_eq!(lines, ["a", "\u{fffd}", "last"]);
    }
}
