//! Identity providers as data: what a customer's IT admin does in their console, what they copy
//! from us and what they bring back.
//!
//! `data/` holds one TOML file for each provider (`data/README.md` is the schema). The files of
//! `data/sso` are parsed once, at start, into [`Provider`]s that the portal renders; a file that
//! breaks a rule of the schema stops the start with its name and key. The folders for directories,
//! log streams and DNS hosts are carried as data until something reads them.
//!
//! Adding a provider is adding a file and its row in `data/connection-types.toml`; no code names a
//! provider. This crate must never know a store, a request or an organization.

mod card;
mod catalog;
mod connection_type;
mod data;
mod error;
mod facts;
mod fields;
mod keys;
mod listing;
mod load;
mod mark;
mod markdown;
mod provider;
mod schema;
mod search;
mod setback;
mod steps;
mod traces;

pub use card::{Card, Choice};
pub use catalog::Catalog;
pub use data::{DataFile, embedded_files};
pub use error::CatalogError;
pub use facts::{
    AttributeMap, Confidence, DefaultAttribute, NameId, Quirk, Renewal, Severity, Signing, Source,
};
pub use fields::{FieldKind, Group, InputMode, Pattern, WeGive, WeNeed};
pub use keys::{FieldKey, OurValue, ProfileField, SignInPoint};
pub use listing::docs_page;
pub use mark::HUES;
pub use provider::{MORE_PRIORITY_MIN, Protocol, Provider, Shelf};
pub use search::QUERY_CHARS_MAX;
pub use steps::{Control, EnterRow, EnterValue, Step};
pub use traces::{Mistake, MistakeKind, Stage, Traces};
