//! Messages to people, rendered once and delivered by SMTP or into a folder.
//!
//! This crate must never know why a message is sent, when to try again, or what a portal link is.

mod compose;
mod folder;
mod letters;
mod smtp;
mod template;

pub use folder::FolderMailer;
pub use letters::Letters;
pub use smtp::{SMTP_TIMEOUT, SmtpMailer, SmtpUrlError};
