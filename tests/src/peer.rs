//! Parties that are programs of their own, written with other people's libraries.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::Folder;

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
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| {
            let errors = fs::read_to_string(&errors).unwrap_or_default();
            panic!("{name} did not start: {line}{errors}")
        });
        (Self { child, _folder: folder }, ready)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
