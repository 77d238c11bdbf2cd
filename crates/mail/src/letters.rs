//! Messages as their receivers see them, delivered to nobody.

use vestibule_application::ports::mail::{MailError, MailPreview, ShownMessage};
use vestibule_domain::message::OutgoingMessage;

use crate::template::Templates;

/// Shows messages.
#[derive(Clone, Debug)]
pub struct Letters(Templates);

impl Letters {
    /// Reads the templates.
    pub fn new() -> Self {
        Self(Templates::new())
    }
}

impl Default for Letters {
    fn default() -> Self {
        Self::new()
    }
}

impl MailPreview for Letters {
    fn show(&self, message: &OutgoingMessage) -> Result<ShownMessage, MailError> {
        let rendered = self.0.render(message).map_err(|error| MailError::Permanent {
            reason: format!("the message could not be rendered: {error}"),
        })?;
        Ok(ShownMessage { subject: rendered.subject, html: rendered.html })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::samples;

    #[test]
    fn what_is_shown_is_what_is_sent() {
        for (name, message) in samples::all() {
            let shown = Letters::new().show(&message).unwrap();
            let sent = Templates::new().render(&message).unwrap();
            assert_eq!((shown.subject, shown.html), (sent.subject, sent.html), "{name}");
        }
    }
}
