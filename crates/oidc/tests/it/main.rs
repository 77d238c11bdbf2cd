//! Discovery documents, sign-ins and access tokens, real and hostile.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access_tokens;
mod corpus;
mod exchange;
mod fuzz;
mod hostile;
mod id_tokens;
mod keys;
mod provider;
mod requests;
mod rules;
mod signers;
mod user_info;
