//! What `account.*` is filled with: what members are told about their accounts. It speaks English,
//! as the dashboard does.

use serde::Serialize;
use vestibule_domain::language::Language;
use vestibule_domain::message::{OutgoingContent, OutgoingMessage};
use vestibule_words::Moment;

use super::shorten;
use crate::compose::one_line;

#[derive(Clone, Debug, Serialize)]
pub(super) struct AccountView {
    lang: &'static str,
    /// Which of the texts.
    what: &'static str,
    team: String,
    /// Who invites, where somebody does.
    invited_by: String,
    url: String,
    /// How long the link works, where it is secret.
    until: Option<Moment>,
    at: Moment,
    support_email: Option<String>,
}

impl AccountView {
    /// None of what concerns an organization.
    pub(super) fn new(message: &OutgoingMessage) -> Option<Self> {
        let (what, invited_by, url, until) = match &message.content {
            OutgoingContent::PasswordReset { url, expires_at } => {
                ("password_reset", "", url, Some(Moment::of(*expires_at)))
            }
            OutgoingContent::TeamInvitation { invited_by, url, expires_at } => {
                ("team_invitation", invited_by.as_str(), url, Some(Moment::of(*expires_at)))
            }
            OutgoingContent::Account { change, account_url } => (change.as_str(), "", account_url, None),
            OutgoingContent::Invitation { .. }
            | OutgoingContent::Code { .. }
            | OutgoingContent::Live { .. }
            | OutgoingContent::Steps { .. }
            | OutgoingContent::Expiry { .. }
            | OutgoingContent::Digest { .. } => return None,
        };
        Some(Self {
            lang: Language::En.as_str(),
            what,
            team: one_line(message.sender_name.as_str()),
            invited_by: one_line(invited_by),
            url: url.clone(),
            until,
            at: Moment::of(message.created_at),
            support_email: message.support_email.as_ref().map(ToString::to_string),
        })
    }

    /// The same with names short enough for a header.
    pub(super) fn shortened(&self) -> Self {
        Self { team: shorten(&self.team), invited_by: shorten(&self.invited_by), ..self.clone() }
    }
}
