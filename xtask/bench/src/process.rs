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

/// A port that nobody listens on at the moment.
pub(crate) fn free_port() -> Outcome<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
