//! Processes that end with the value that holds them.

use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Outcome;

/// How long a process may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running process and the signal that asks it to end.
pub(crate) struct Running {
    child: Child,
    signal: &'static str,
}

impl Running {
    /// Starts it.
    pub(crate) fn start(command: &mut Command, signal: &'static str) -> Outcome<Self> {
        let child = command
            .spawn()
            .map_err(|error| format!("{} cannot be run: {error}", command.get_program().display()))?;
        Ok(Self { child, signal })
    }

    /// The process's id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The process itself.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Whether it has ended already, which nobody asked it to.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args([self.signal, &id]).status().is_ok_and(|s| s.success());
        let start = Instant::now();
        while asked && start.elapsed() < PATIENCE {
            if self.has_ended() {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        // Already gone, or beyond asking.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processor time that a process has used so far, its own and the kernel's for it; `self` is
/// this one.
///
/// Source: proc(5), `utime` and `stime` of `/proc/PID/stat`, in ticks. Linux tells user space of a
/// hundred in a second on every architecture that we know.
pub(crate) fn processor_time(id: &str) -> Outcome<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    ticks(&stat)
        .map(|ticks| Duration::from_millis(ticks * 10))
        .ok_or_else(|| "no processor time is told".into())
}

/// The name of the program may hold anything; what is counted from is its closing parenthesis.
fn ticks(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 1 1 1";
        assert_eq!(ticks(stat), Some(300));
        assert_eq!(ticks("7 (a) S 1"), None);
        assert!(processor_time("self").is_ok());
    }
}
