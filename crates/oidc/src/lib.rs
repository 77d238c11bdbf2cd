//! OpenID Connect, the relying party's side: reading what providers publish.
//!
//! This crate must never fetch anything itself, or know for whom a document is read.

mod discovery;

pub use discovery::OidcAdapter;
