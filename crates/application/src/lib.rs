//! Use cases and ports of Vestibule.
//!
//! A use case is one decision that a person or a program brings, written against the ports; it is
//! reached alike from JSON, HTML and jobs. This crate must never know an adapter, a runtime, HTTP
//! or a serialisation format.

pub mod addresses;
pub mod ambient;
pub mod caller;
pub mod change;
pub mod chronicle;
pub mod ports;
pub mod replay;
pub mod sign_in;
pub mod team_chronicle;
pub mod test_provider;
pub mod usecase;
pub mod usecases;
pub mod worker;
