//! What `live.*` is filled with: a connection went live.

use serde::Serialize;
use vestibule_domain::connection::DomainStanding;
use vestibule_domain::message::{LiveNote, LiveReader, OutgoingMessage};
use vestibule_domain::text::Name;
use vestibule_words::Moment;

use super::shorten;
use crate::compose::one_line;

#[derive(Clone, Debug, Serialize)]
pub(super) struct LiveView {
    lang: &'static str,
    /// Somebody on the vendor's side.
    for_team: bool,
    /// A member who asked for it.
    for_member: bool,
    product: String,
    organization: String,
    connection: String,
    set_up_by: Option<String>,
    at: Moment,
    /// Whether nobody can sign in before a domain is verified.
    needs_domain: bool,
    support_email: Option<String>,
}

impl LiveView {
    pub(super) fn new(message: &OutgoingMessage, organization: &Name, note: &LiveNote) -> Self {
        Self {
            lang: note.language.as_str(),
            for_team: match note.reader {
                LiveReader::Admin => false,
                LiveReader::Team | LiveReader::Member => true,
            },
            for_member: note.reader == LiveReader::Member,
            product: one_line(message.sender_name.as_str()),
            organization: one_line(organization.as_str()),
            connection: one_line(note.connection_name.as_str()),
            set_up_by: note.set_up_by.as_ref().map(ToString::to_string),
            at: Moment::of(message.created_at),
            needs_domain: note.domains == DomainStanding::Unverified,
            support_email: message.support_email.as_ref().map(ToString::to_string),
        }
    }

    /// The same with names short enough for a header.
    pub(super) fn shortened(&self) -> Self {
        Self { organization: shorten(&self.organization), ..self.clone() }
    }
}
