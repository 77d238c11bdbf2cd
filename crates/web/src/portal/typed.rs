//! What was typed at earlier steps of an OpenID Connect walkthrough.
//!
//! A console shows a client secret once, at a step of its own, before the rest is known. What was
//! typed is kept in a cookie of the visit, sealed by the vault for this visit alone: no process
//! has to remember it, and no page shows a secret again.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule_catalog::{FieldKey, FieldKind, Provider};
use vestibule_domain::secret::Sealed;
use vestibule_domain::url::URL_BYTES_MAX;

use super::Portal;
use super::cookie::TYPED;
use super::intake::oidc::keeps;
use super::intake::{Echo, Fault, Submission};
use super::visitor::Visitor;

/// Longest cookie, in bytes. Browsers take 4096 with name and attributes.
const COOKIE_BYTES_MAX: usize = 3_800;

/// What is known of a registration so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    fields: BTreeMap<String, String>,
}

impl Typed {
    /// Opens what the browser kept for this visit and provider; nothing if it does not open.
    pub(super) fn load(
        portal: &Portal,
        request: &HttpRequest,
        visitor: &Visitor,
        provider: &Provider,
    ) -> Self {
        let open = || -> Option<Self> {
            let sealed = URL_SAFE_NO_PAD.decode(TYPED.read(request, &portal.app.settings)?).ok()?;
            let context = context(visitor, provider);
            let opened = portal.app.ambient.vault.open(&context, &Sealed::from_bytes(sealed)).ok()?;
            serde_json::from_slice(&opened).ok().map(|fields| Self { fields })
        };
        open().unwrap_or_default()
    }

    /// Adds what a form brings; a field that was left empty keeps what is known.
    pub(super) fn merge(&mut self, submission: &Submission) {
        for key in FieldKey::ALL.iter().copied().filter(|key| keeps(*key)) {
            if let Some(text) = submission.text(key) {
                self.fields.insert(key.as_str().to_owned(), text.to_owned());
            } else if submission.typed(key).is_some() && key != FieldKey::ClientSecret {
                // Shown and emptied on purpose; a secret is never shown, so empty means kept.
                self.fields.remove(key.as_str());
            }
        }
    }

    /// Forgets secrets that were typed where they do not belong.
    pub(super) fn forget(&mut self, faults: &[Fault]) {
        for fault in faults.iter().filter(|fault| fault.echo == Echo::Forgotten) {
            self.fields.remove(fault.field);
        }
    }

    /// What is known of a field.
    pub(super) fn get(&self, key: FieldKey) -> Option<&str> {
        self.fields.get(key.as_str()).map(String::as_str)
    }

    /// What a page may show of a field.
    pub(super) fn shown(&self, key: FieldKey, kind: FieldKind) -> &str {
        match kind {
            FieldKind::Secret => "",
            FieldKind::MetadataUrl
            | FieldKind::MetadataXml
            | FieldKind::Certificate
            | FieldKind::Text
            | FieldKind::Url
            | FieldKind::Select
            | FieldKind::Toggle => self.get(key).unwrap_or_default(),
        }
    }

    /// The cookie that keeps it; none if it is too long to be kept.
    pub(super) fn cookie(
        &self,
        portal: &Portal,
        visitor: &Visitor,
        provider: &Provider,
    ) -> Option<Cookie<'static>> {
        // A document in the place of its address is too large for a cookie, and not needed again.
        let short = |value: &String| value.len() <= URL_BYTES_MAX;
        let kept: BTreeMap<&String, &String> = self.fields.iter().filter(|(_, value)| short(value)).collect();
        let plain = serde_json::to_vec(&kept).ok()?;
        let sealed = portal.app.ambient.vault.seal(&context(visitor, provider), &plain);
        let value = URL_SAFE_NO_PAD.encode(sealed.as_bytes());
        let expires_at = visitor.visit.session.expires_at;
        (value.len() <= COOKIE_BYTES_MAX)
            .then(|| TYPED.write(value, &portal.app.settings, expires_at, visitor.now))
    }
}

fn context(visitor: &Visitor, provider: &Provider) -> String {
    format!("portal_session:{}:typed:{}", visitor.visit.session.id, provider.slug)
}
