//! Reading discovery documents, real and hostile.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod corpus;
mod hostile;
mod rules;
