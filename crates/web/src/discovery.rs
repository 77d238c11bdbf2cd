//! Where an OpenID Connect provider says what it can, fetched and read: for the API, the dashboard and
//! the portal. And what its console gives out.

use vestibule_application::ports::oidc::{DISCOVERY_BYTES_MAX, DiscoveryError};
use vestibule_application::ports::outbound::{FetchLimits, OutboundError};
use vestibule_domain::oidc::OidcProvider;
use vestibule_domain::url::{HttpsUrl, Issuer, UrlError};

use crate::app::App;

/// How far a discovery address is followed.
const DISCOVERY_FETCH: FetchLimits =
    FetchLimits { body_bytes_max: DISCOVERY_BYTES_MAX, timeout_ms: 10_000, redirects_max: 3 };

/// Longest client id and secret, in bytes. The longest seen have under 200.
pub(crate) const CREDENTIAL_BYTES_MAX: usize = 1_024;

/// Why a provider was not found.
#[derive(Debug)]
pub(crate) enum Undiscovered {
    /// What was given is no address.
    Address(UrlError),
    /// The document cannot be fetched.
    Fetch(OutboundError),
    /// The document cannot be used.
    Document(DiscoveryError),
}

/// Reads discovery at an address, which may be that of the document, the issuer, or a host name.
pub(crate) async fn discover(app: &App, raw: &str) -> Result<(OidcProvider, HttpsUrl), Undiscovered> {
    let candidates = Issuer::candidates(raw).map_err(Undiscovered::Address)?;
    let mut mismatch = None;
    let mut fetched: Option<(String, Vec<u8>)> = None;
    for (issuer, address) in candidates {
        let url = HttpsUrl::parse_allowing_http(&address).map_err(Undiscovered::Address)?;
        // All readings of one text share an address as a rule, so one fetch serves them.
        let document = match fetched.take() {
            Some((from, document)) if from == address => document,
            _ => app.outbound.get(&address, DISCOVERY_FETCH).await.map_err(Undiscovered::Fetch)?.body,
        };
        match app.oidc.read_discovery(&document, Some(&issuer)) {
            Ok(provider) => return Ok((provider, url)),
            // The first reading is the likelier one: its mismatch is what is told.
            Err(error @ DiscoveryError::IssuerMismatch { .. }) => {
                mismatch.get_or_insert(error);
            }
            Err(error) => return Err(Undiscovered::Document(error)),
        }
        fetched = Some((address, document));
    }
    Err(mismatch.map_or(Undiscovered::Address(UrlError::Empty), Undiscovered::Document))
}

/// A client id or secret: one line without spaces.
pub(crate) fn credential(raw: String) -> Result<String, String> {
    if raw.is_empty() || raw.len() > CREDENTIAL_BYTES_MAX {
        return Err(format!("must be 1 to {CREDENTIAL_BYTES_MAX} bytes long"));
    }
    if raw.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("must not contain spaces or control characters".into());
    }
    Ok(raw)
}
