//! The use cases over the in-memory store.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod portal;
mod support;
