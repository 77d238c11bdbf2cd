//! The certificate that we are to sign requests with next, as pages show it.

use serde::Serialize;
use time::macros::datetime;
use vestibule_words::Day;

use super::HOSTILE;
use super::review::{DataView, hostile_data};

/// The certificate that follows the present one.
#[derive(Debug, Serialize)]
pub(crate) struct SigningKeyView {
    /// Which connection.
    pub connection_id: String,
    /// Which certificate.
    pub certificate_id: String,
    /// The provider's name.
    pub provider: String,
    /// Until when the present one is valid.
    pub present_until: Day,
    /// The certificate, and where the provider can read it.
    pub data: DataView,
    /// Where it is as a file.
    pub file_href: String,
}

impl SigningKeyView {
    /// One with hostile text.
    pub(super) fn hostile() -> Self {
        Self {
            connection_id: HOSTILE.to_owned(),
            certificate_id: HOSTILE.to_owned(),
            provider: HOSTILE.to_owned(),
            present_until: Day::of(datetime!(2027-02-01 12:00 UTC)),
            data: hostile_data(),
            file_href: "/portal/sso/sp-signing-next.pem".to_owned(),
        }
    }
}
