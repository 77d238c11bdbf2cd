//! What all JSON surfaces share: who asks, how much they may ask, how bodies and queries are read,
//! and that every answer, refusals by the framework and panics included, is a JSON object.
//!
//! Handlers stay thin because of it: [`Posted`] or [`Body`] parse, [`ApiCaller`] is proven before
//! anything else is read, [`Once::run`] runs a use case once per idempotency key, and [`Problem`]
//! is the only kind of refusal. Nothing here knows what is managed.

mod address;
mod body;
mod caller;
mod fields;
mod frame;
mod known_keys;
mod limits;
mod list;
mod nullable;
mod once;
pub(crate) mod page_table;
mod path;
mod problem;
mod query;
mod routes;
mod surface;

pub(crate) use body::{Body, METADATA_BODY_BYTES_MAX, Nothing, Posted};
pub(crate) use caller::{ApiCaller, Gate, browser, origin_of};
pub(crate) use fields::{Fields, typed_or_text};
pub(crate) use frame::{HeadOnly, RequestId, frame};
pub(crate) use list::{List, PageParams};
pub(crate) use nullable::nullable;
pub(crate) use once::{answer, nothing};
pub(crate) use path::named;
pub(crate) use problem::{FieldError, Problem, causes};
pub(crate) use query::{Listing, Params};
pub use routes::{Access, MountedRoute};
pub(crate) use routes::{Methods, Routes};
pub(crate) use surface::{ManagementEnvelope, OneTimeTokenEnvelope};
