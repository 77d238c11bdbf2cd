//! What the HTTP library reports, in the words of the port.

use std::error::Error;
use std::io;

use url::Url;
use vestibule_application::ports::outbound::OutboundError;

use crate::resolve::Forbidden;

/// Calls `matches` on every error of a chain, and on what an [`io::Error`] wraps: its `source`
/// skips the wrapped error itself.
fn find<'a, T>(
    error: &'a (dyn Error + 'static),
    matches: impl Fn(&'a (dyn Error + 'static)) -> Option<T>,
) -> Option<T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = matches(error) {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

/// The last error of a chain: the one that says what happened.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// Names the failure of a request to `url`.
pub(crate) fn translate(error: &reqwest::Error, url: &Url) -> OutboundError {
    let host = || host_of(url);
    if let Some(forbidden) = find(error, |error| error.downcast_ref::<Forbidden>()) {
        forbidden.log();
        return OutboundError::ForbiddenAddress { host: forbidden.host.clone() };
    }
    if error.is_dns() {
        return OutboundError::Dns { host: host() };
    }
    if let Some(tls) = find(error, |error| error.downcast_ref::<rustls::Error>()) {
        return OutboundError::Tls { host: host(), reason: tls.to_string() };
    }
    if error.is_connect() {
        return OutboundError::Connect { host: host() };
    }
    OutboundError::Broken { reason: root_cause(error) }
}

/// The host of a URL, for a message.
pub(crate) fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
