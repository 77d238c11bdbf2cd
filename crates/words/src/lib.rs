//! What people are told, in their language.
//!
//! Messages are plain text in `templates/messages/<language>/<area>.ftl`, written in Project
//! Fluent with plural rules, and part of the binary. A key begins with the name of its file. A
//! page or a mail names a message in its template, `{{ t(key="frame-skip") }}`; Rust code makes a
//! [`Text`] with [`text!`], which a template says with `{{ notice | say }}`. Keys are always
//! literals: the tests of this crate read all templates and all sources, and fail when a key is
//! missing, unused, or filled with other variables than it has.
//!
//! This crate must never know a surface, a provider or what is done with what it says.

mod engines;
mod formats;
mod messages;
mod templates;
mod text;

pub use engines::Engines;
pub use formats::{day, moment};
pub use messages::{Messages, MessagesError};
pub use text::{Day, Moment, Piece, Text};
