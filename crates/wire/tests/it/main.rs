//! What other programs read: snapshots of every body, and Node's opinion of them.

#![expect(clippy::unwrap_used, reason = "what a test cannot prepare has failed it")]

mod bodies;
mod javascript;
mod people;
