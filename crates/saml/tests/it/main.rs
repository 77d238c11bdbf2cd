//! The adapter through its port, on real documents and on hostile ones.

#![expect(clippy::unwrap_used, reason = "what a test cannot prepare has failed it")]

mod aggregate;
mod brought;
mod certificates;
mod corpus;
mod decryption;
mod envelopes;
mod fuzz;
mod gate;
mod judgement;
mod keys;
mod metadata;
mod okta;
mod provider;
mod requests;
mod responses;
mod sign_in;
mod signatures;
mod sp_metadata;
mod support;
mod test_provider;
mod wrapping;
