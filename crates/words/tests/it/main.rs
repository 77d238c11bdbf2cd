//! Holds the message files to the templates and sources that name their keys.

#![expect(clippy::unwrap_used, reason = "what a test cannot read has failed it")]

mod calls;
mod catalogue;
mod checks;
