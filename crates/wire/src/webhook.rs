//! Webhook bodies and their signatures.

use ring::hmac;
use serde::Serialize;
use vestibule_application::ports::webhook_format::{RenderedWebhook, WebhookFormat};
use vestibule_domain::Instant;
use vestibule_domain::event::Event;
use vestibule_domain::webhook::PayloadStyle;

use crate::authio::FlatEventJson;
use crate::event::EventJson;

/// Renders events as JSON and signs exactly the bytes that are sent.
///
/// Bodies equal what `JSON.stringify(JSON.parse(body))` gives in JavaScript, because many receivers
/// verify that instead of the bytes they got; a test asks a real Node.
///
/// Source: WorkOS-compatible contract, section 13.1; one-time-token contract, section "Webhooks".
#[derive(Clone, Copy, Debug, Default)]
pub struct SignedJson;

impl WebhookFormat for SignedJson {
    fn render(&self, event: &Event, style: PayloadStyle, secret: &str, now: Instant) -> RenderedWebhook {
        let body = match style {
            PayloadStyle::WorkOs => bytes(&EventJson::new(event)),
            PayloadStyle::Authio => bytes(&FlatEventJson::new(event)),
        };
        RenderedWebhook { headers: vec![signature_header(style, secret, now, &body)], body }
    }
}

/// The header that proves a body to its receiver.
///
/// The two styles differ in the unit of time and in one space, and receivers insist on both.
fn signature_header(style: PayloadStyle, secret: &str, now: Instant, body: &[u8]) -> (String, String) {
    match style {
        PayloadStyle::WorkOs => {
            let ms = now.unix_timestamp_nanos() / 1_000_000;
            let signature = sign(secret, &ms.to_string(), body);
            ("WorkOS-Signature".to_owned(), format!("t={ms}, v1={signature}"))
        }
        PayloadStyle::Authio => {
            let s = now.unix_timestamp();
            let signature = sign(secret, &s.to_string(), body);
            ("Authio-Signature".to_owned(), format!("t={s},v1={signature}"))
        }
    }
}

/// HMAC-SHA256 over the timestamp, a full stop and the body, in lower-case hex. The key is the
/// secret's whole text, prefix included.
fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(timestamp.as_bytes());
    context.update(b".");
    context.update(body);
    context.sign().as_ref().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[expect(clippy::unwrap_used, reason = "texts, lists and maps with text keys always have a JSON form")]
fn bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const SECRET: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const NOW: Instant = datetime!(2026-01-02 03:04:05.678_999 UTC);

    // Made with Python: hmac.new(secret.encode(), b"1767323045678." + body, "sha256").hexdigest()
    #[test]
    fn the_workos_style_signs_milliseconds_and_writes_a_space() {
        assert_eq!(
            signature_header(PayloadStyle::WorkOs, SECRET, NOW, br#"{"id":"event_1"}"#),
            (
                "WorkOS-Signature".to_owned(),
                "t=1767323045678, v1=c5c50fa9a5759356d48d1e1780929bf62cae02108e41af7a7e5c4edff60c4830"
                    .to_owned()
            )
        );
    }

    #[test]
    fn the_authio_style_signs_seconds_and_writes_none() {
        assert_eq!(
            signature_header(PayloadStyle::Authio, SECRET, NOW, br#"{"id":"event_1"}"#),
            (
                "Authio-Signature".to_owned(),
                "t=1767323045,v1=51a4b4acde7f7e0d3a896496f0b4435ff5ec6fef9f1daed8f4da56b00032d2e3".to_owned()
            )
        );
    }
}
