//! Whoever waits for a code: with which link, and for which address.
//!
//! There is no visit before an address is proven, so a browser keeps this itself, in a cookie that
//! the vault seals: every process can go on with it, the address of the page stays clean, and
//! nobody can read the link's token in it.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use time::Duration;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::secret::{PortalToken, Sealed};

use super::Portal;
use super::cookie::WAITING;

/// How long a browser remembers what it waits for: a few codes' lives.
const REMEMBERED: Duration = Duration::minutes(30);

/// What the cookie is sealed as.
const CONTEXT: &str = "portal:waiting";

/// Somebody who waits for a code.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) token: PortalToken,
    /// What they typed; the only address that the link names otherwise, which they may not know in
    /// full.
    pub(super) address: Option<EmailAddress>,
}

#[derive(Serialize, Deserialize)]
struct WaitingForm {
    token: String,
    address: Option<String>,
}

impl Waiting {
    /// Opens what a browser kept; nothing if it kept nothing, or nothing of ours.
    pub(super) fn load(portal: &Portal, request: &HttpRequest) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(WAITING.read(request, &portal.app.settings)?).ok()?;
        let opened = portal.app.ambient.vault.open(CONTEXT, &Sealed::from_bytes(sealed)).ok()?;
        let form: WaitingForm = serde_json::from_slice(&opened).ok()?;
        Some(Self {
            token: PortalToken::parse(&form.token).ok()?,
            address: form.address.map(|raw| EmailAddress::parse(&raw)).transpose().ok()?,
        })
    }

    /// The cookie that keeps it.
    pub(super) fn cookie(&self, portal: &Portal) -> Cookie<'static> {
        let form = WaitingForm {
            token: self.token.expose().to_owned(),
            address: self.address.as_ref().map(ToString::to_string),
        };
        // Two texts always have a JSON form.
        let plain = serde_json::to_vec(&form).unwrap_or_default();
        let sealed = portal.app.ambient.vault.seal(CONTEXT, &plain);
        let now = portal.app.ambient.now();
        let value = URL_SAFE_NO_PAD.encode(sealed.as_bytes());
        WAITING.write(value, &portal.app.settings, now + REMEMBERED, now)
    }

    /// The cookie that takes it away.
    pub(super) fn removal(portal: &Portal) -> Cookie<'static> {
        WAITING.remove(&portal.app.settings)
    }
}
