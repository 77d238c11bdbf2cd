//! What `certificate.*` is filled with: the certificates of a connection run out.

use serde::Serialize;
use vestibule_domain::certificate_watch::{CertificateUse, days_left};
use vestibule_domain::message::{ExpiryNote, LiveReader, OutgoingMessage};
use vestibule_domain::text::Name;
use vestibule_domain::url::HttpsUrl;
use vestibule_words::Moment;

use super::shorten;
use crate::compose::one_line;

#[derive(Clone, Debug, Serialize)]
pub(super) struct ExpiryView<'a> {
    lang: &'static str,
    /// Somebody on the vendor's side.
    for_team: bool,
    /// A member who asked for it.
    for_member: bool,
    /// What a certificate of ours is for; none of the provider's.
    ours: Option<&'static str>,
    product: String,
    organization: String,
    connection: String,
    /// None once it has ended.
    days: u32,
    at: Moment,
    metadata_url: Option<&'a str>,
    /// The link to renew it by.
    url: Option<&'a str>,
    /// Until when it works.
    until: Option<Moment>,
    support_email: Option<String>,
}

impl<'a> ExpiryView<'a> {
    pub(super) fn new(
        message: &OutgoingMessage,
        organization: &Name,
        (note, url): (&'a ExpiryNote, Option<&'a str>),
    ) -> Self {
        Self {
            lang: note.language.as_str(),
            for_team: match note.reader {
                LiveReader::Admin => false,
                LiveReader::Team | LiveReader::Member => true,
            },
            for_member: note.reader == LiveReader::Member,
            ours: match note.of {
                CertificateUse::ResponseSigning => None,
                CertificateUse::RequestSigning => Some("signing"),
                CertificateUse::ResponseEncryption => Some("encryption"),
            },
            product: one_line(message.sender_name.as_str()),
            organization: one_line(organization.as_str()),
            connection: one_line(note.connection_name.as_str()),
            days: days_left(note.expires_at, message.created_at),
            at: Moment::of(note.expires_at),
            metadata_url: note.metadata_url.as_ref().map(HttpsUrl::as_str),
            url,
            until: note.renewal.as_ref().map(|link| Moment::of(link.expires_at)),
            support_email: message.support_email.as_ref().map(ToString::to_string),
        }
    }

    /// The same with names short enough for a header.
    pub(super) fn shortened(&self) -> Self {
        Self { organization: shorten(&self.organization), ..self.clone() }
    }
}
