//! How an event becomes an HTTP request.

use vestibule_domain::Instant;
use vestibule_domain::event::Event;
use vestibule_domain::webhook::PayloadStyle;

/// A rendered and signed webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedWebhook {
    /// Signature headers.
    pub headers: Vec<(String, String)>,
    /// The body; what was signed.
    pub body: Vec<u8>,
}

/// Renders and signs webhooks.
pub trait WebhookFormat: Send + Sync {
    /// Renders an event in a style and signs it with the endpoint's secret.
    fn render(&self, event: &Event, style: PayloadStyle, secret: &str, now: Instant) -> RenderedWebhook;
}
