//! Messages to people.

use async_trait::async_trait;
use vestibule_domain::message::OutgoingMessage;

/// Renders and delivers messages.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Delivers one message. Called again with the same message id after a failure, so the
    /// `Message-ID` header is made from it and receivers can tell a repeat.
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), MailError>;
}

/// A message as its receiver sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownMessage {
    /// The subject.
    pub subject: String,
    /// The text as a page, with styles inside; nothing in it is loaded from elsewhere.
    pub html: String,
}

/// Shows messages without delivering them.
pub trait MailPreview: Send + Sync {
    /// Writes a message as [`Mailer::deliver`] would.
    fn show(&self, message: &OutgoingMessage) -> Result<ShownMessage, MailError>;
}

/// Why a message was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Worth another try: no connection, or a 4xx answer.
    #[error("the mail server is not taking messages now: {reason}")]
    Temporary {
        /// What was seen, without addresses or contents.
        reason: String,
    },
    /// Not worth another try: a 5xx answer or an address the server refuses.
    #[error("the mail server refused the message: {reason}")]
    Permanent {
        /// What was seen, without addresses or contents.
        reason: String,
    },
}
