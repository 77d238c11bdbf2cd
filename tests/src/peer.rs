//! Parties that are programs of their own, written with other people's libraries.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

use crate::Folder;

/// How long a program may take until it is ready: they share the machine with other tests.
const READY_MAX: Duration = Duration::from_mins(2);

/// A running program; it ends with this value.
#[derive(Debug)]
pub struct Peer {
    child: Child,
    _folder: Folder,
}

impl Peer {
    /// Starts a program that prints one line of JSON when it is ready, and answers with that.
    /// Programs end with their standard input, so that none outlives a test that is killed.
    pub fn start(name: &str, command: &mut Command) -> (Self, Value) {
        let folder = Folder::new(name);
        let errors = folder.path().join("stderr");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(&errors).unwrap());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let output = child.stdout.take().unwrap();
        let peer = Self { child, _folder: folder };
        let (said, heard) = mpsc::channel();
        // It ends with the program's output, which ends with `peer`.
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(output).read_line(&mut line).map(|_| line);
            let _ = said.send(read);
        });
        let read = heard.recv_timeout(READY_MAX);
        let read = read.unwrap_or_else(|error| panic!("{name} is not ready after {READY_MAX:?}: {error}"));
        let line = read.unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| {
            let errors = fs::read_to_string(&errors).unwrap_or_default();
            panic!("{name} did not start: {line}{errors}")
        });
        (peer, ready)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
