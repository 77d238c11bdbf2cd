//! Delivery by SMTP. Source: RFC 5321, RFC 3207 (STARTTLS), RFC 8314 (TLS from the start).

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use url::Url;
use vestibule_application::ports::mail::{MailError, Mailer};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::message::OutgoingMessage;

use crate::compose::Composer;

/// Longest wait for a connection or an answer of the mail server.
pub const SMTP_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest part of a server's answer that is kept for the log, in characters.
const ANSWER_CHARS_MAX: usize = 200;

/// Why an address of a mail server was refused. Never repeats it: it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the mail server's address must look like smtps://user:password@mail.example.com, \
     or smtp://mail.example.com:587?tls=required: {reason}"
)]
pub struct SmtpUrlError {
    /// What is wrong.
    pub reason: String,
}

/// Sends through a mail server, over a few connections that are kept.
pub struct SmtpMailer {
    composer: Composer,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

/// The transport knows a password.
impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer").field("composer", &self.composer).finish_non_exhaustive()
    }
}

impl SmtpMailer {
    /// A mailer for the server at `url`: `smtps://` for TLS from the start, `smtp://…?tls=required`
    /// for STARTTLS, `?tls=opportunistic` for STARTTLS where it is offered, and `smtp://` alone for
    /// none. User name and password are percent-encoded. Nothing is sent yet.
    ///
    /// # Panics
    /// Outside of a tokio runtime, on which the connections are kept.
    pub fn from_url(url: &str, from: EmailAddress) -> Result<Self, SmtpUrlError> {
        let parsed = Url::parse(url).map_err(|error| SmtpUrlError { reason: error.to_string() })?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| SmtpUrlError { reason: root_cause(&error) })?;
        if parsed.scheme() == "smtp" && parsed.password().is_some() && !says_tls_required(&parsed) {
            tracing::warn!("the mail server's password may travel unencrypted; add ?tls=required");
        }
        let transport = builder.timeout(Some(SMTP_TIMEOUT)).build();
        Ok(Self { composer: Composer::new(from), transport })
    }

    /// Connects, signs in and says goodbye: whether the server would take messages.
    pub async fn check(&self) -> Result<(), MailError> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(MailError::Temporary { reason: "the server closed the connection".to_owned() }),
            Err(error) => Err(translate(&error)),
        }
    }
}

fn says_tls_required(url: &Url) -> bool {
    url.query_pairs().any(|(key, value)| key == "tls" && value == "required")
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), MailError> {
        let email = self.composer.compose(message)?;
        self.transport.send(email).await.map(drop).map_err(|error| translate(&error))
    }
}

/// Whether another try may help.
///
/// A refused sign-in is worth one although its code begins with 5: it is the operator's settings
/// that are wrong, not the message, and the message is to go out once they are mended.
fn translate(error: &smtp::Error) -> MailError {
    let Some(status) = error.status() else {
        let reason = root_cause(error);
        return if error.is_client() {
            MailError::Permanent { reason }
        } else {
            MailError::Temporary { reason }
        };
    };
    let code = u16::from(status);
    let reason = format!("{code} {}", without_addresses(&root_cause(error)));
    // Source: RFC 4954, section 6.
    let is_sign_in = matches!(code, 530 | 534 | 535 | 538);
    if error.is_permanent() && !is_sign_in {
        MailError::Permanent { reason }
    } else {
        MailError::Temporary { reason }
    }
}

/// What a server said, without the addresses that servers like to repeat.
fn without_addresses(answer: &str) -> String {
    let words = answer.split_whitespace().map(|word| if word.contains('@') { "…" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(ANSWER_CHARS_MAX).collect()
}

/// The last error of a chain: the one that says what happened.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_answer_is_kept_without_addresses_and_within_its_limit() {
        assert_eq!(
            without_addresses("5.1.1 <anna@example.com>:  Recipient\r\nrejected"),
            "5.1.1 … Recipient rejected"
        );
        assert_eq!(without_addresses(&"x".repeat(ANSWER_CHARS_MAX)).len(), ANSWER_CHARS_MAX);
        assert_eq!(without_addresses(&"x".repeat(ANSWER_CHARS_MAX + 1)).len(), ANSWER_CHARS_MAX);
    }
}
