//! The words of the messages: one context type for each set of templates.
//!
//! The templates are in `templates/mail/` and part of the binary; what they say in several
//! languages is in the message files. A test renders every sample, because tera finds an unknown
//! name only when it gets there.

mod account;
mod expiry;
mod live;
#[cfg(test)]
pub(crate) mod samples;
mod steps;

use std::sync::Arc;

use serde::Serialize;
use tera::{Context, Tera};
use vestibule_domain::Instant;
use vestibule_domain::address_code::ConfirmationCode;
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::message::{OutgoingContent, OutgoingMessage};
use vestibule_domain::text::Name;
use vestibule_words::{Engines, Messages, Moment, Text, moment, text};

use crate::compose::one_line;
use account::AccountView;
use expiry::ExpiryView;
use live::LiveView;
use steps::StepsView;

/// Longest name inside a subject or a `From` header, in characters; what is longer is cut.
pub(crate) const NAME_IN_HEADER_CHARS_MAX: usize = 60;

/// The three parts of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// What `invitation.*` is filled with.
#[derive(Clone, Debug, Serialize)]
struct InvitationView {
    lang: &'static str,
    sender_name: String,
    organization_name: String,
    /// Set when there is exactly one task: the subject names it, and no list is needed.
    only_task: Option<Text>,
    tasks: Vec<Text>,
    url: String,
    until: Moment,
    support_email: Option<String>,
}

/// What an intent asks of the reader.
fn task(intent: Intent) -> Text {
    match intent {
        Intent::Sso => text!("invitation-sso"),
        Intent::Dsync => text!("invitation-dsync"),
        Intent::DomainVerification => text!("invitation-domain-verification"),
        Intent::AuditLogs => text!("invitation-audit-logs"),
        Intent::LogStreams => text!("invitation-log-streams"),
        Intent::CertificateRenewal => text!("invitation-certificate-renewal"),
    }
}

/// What [`InvitationView`] takes from the content of a message.
struct Invitation<'a> {
    organization_name: &'a Name,
    url: &'a str,
    intents: &'a [Intent],
    expires_at: Instant,
}

impl InvitationView {
    fn new(message: &OutgoingMessage, invitation: &Invitation<'_>, language: Language) -> Self {
        let Invitation { organization_name, url, intents, expires_at } = *invitation;
        let tasks: Vec<_> = intents.iter().copied().map(task).collect();
        Self {
            lang: language.as_str(),
            sender_name: one_line(message.sender_name.as_str()),
            organization_name: one_line(organization_name.as_str()),
            only_task: match tasks.as_slice() {
                [only] => Some(only.clone()),
                _ => None,
            },
            tasks,
            url: url.to_owned(),
            until: Moment::of(expires_at),
            support_email: message.support_email.as_ref().map(ToString::to_string),
        }
    }

    /// The same with names short enough for a header.
    fn shortened(&self) -> Self {
        Self {
            sender_name: shorten(&self.sender_name),
            organization_name: shorten(&self.organization_name),
            ..self.clone()
        }
    }
}

/// What `code.*` is filled with.
#[derive(Clone, Debug, Serialize)]
struct CodeView {
    lang: &'static str,
    product: String,
    organization: String,
    code: String,
    until: String,
    support_email: Option<String>,
}

impl CodeView {
    fn new(
        message: &OutgoingMessage,
        organization: &Name,
        code: &ConfirmationCode,
        (language, expires_at): (Language, Instant),
    ) -> Self {
        Self {
            lang: language.as_str(),
            product: one_line(message.sender_name.as_str()),
            organization: one_line(organization.as_str()),
            code: code.expose(),
            until: moment(language, expires_at),
            support_email: message.support_email.as_ref().map(ToString::to_string),
        }
    }

    /// The same with names short enough for a header.
    fn shortened(&self) -> Self {
        Self { product: shorten(&self.product), organization: shorten(&self.organization), ..self.clone() }
    }
}

pub(crate) fn shorten(name: &str) -> String {
    if name.chars().count() <= NAME_IN_HEADER_CHARS_MAX {
        return name.to_owned();
    }
    let kept: String = name.chars().take(NAME_IN_HEADER_CHARS_MAX - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Every template, by its name.
const TEMPLATES: [(&str, &str); 19] = [
    ("account.subject.txt", include_str!("../../../templates/mail/account.subject.txt")),
    ("account.txt", include_str!("../../../templates/mail/account.txt")),
    ("account.html", include_str!("../../../templates/mail/account.html")),
    ("certificate.subject.txt", include_str!("../../../templates/mail/certificate.subject.txt")),
    ("certificate.txt", include_str!("../../../templates/mail/certificate.txt")),
    ("certificate.html", include_str!("../../../templates/mail/certificate.html")),
    ("code.subject.txt", include_str!("../../../templates/mail/code.subject.txt")),
    ("code.txt", include_str!("../../../templates/mail/code.txt")),
    ("code.html", include_str!("../../../templates/mail/code.html")),
    ("invitation.subject.txt", include_str!("../../../templates/mail/invitation.subject.txt")),
    ("invitation.txt", include_str!("../../../templates/mail/invitation.txt")),
    ("invitation.html", include_str!("../../../templates/mail/invitation.html")),
    ("layout.html", include_str!("../../../templates/mail/layout.html")),
    ("live.subject.txt", include_str!("../../../templates/mail/live.subject.txt")),
    ("live.txt", include_str!("../../../templates/mail/live.txt")),
    ("live.html", include_str!("../../../templates/mail/live.html")),
    ("steps.subject.txt", include_str!("../../../templates/mail/steps.subject.txt")),
    ("steps.txt", include_str!("../../../templates/mail/steps.txt")),
    ("steps.html", include_str!("../../../templates/mail/steps.html")),
];

/// The compiled templates.
#[derive(Clone, Debug)]
pub(crate) struct Templates(Arc<Engines>);

impl Templates {
    pub(crate) fn new() -> Self {
        let messages =
            Messages::load().expect("the message files are part of the binary, and a test reads them");
        let engines = Engines::compile(Tera::default(), &messages, TEMPLATES)
            .expect("the templates are part of the binary, and a test compiles them");
        Self(Arc::new(engines))
    }

    /// Fills the templates that fit the message.
    pub(crate) fn render(&self, message: &OutgoingMessage) -> Result<Rendered, tera::Error> {
        match &message.content {
            OutgoingContent::Invitation { organization_name, url, intents, language, expires_at } => {
                let invitation = Invitation { organization_name, url, intents, expires_at: *expires_at };
                let view = InvitationView::new(message, &invitation, *language);
                self.fill(*language, "invitation", &view, &view.shortened())
            }
            OutgoingContent::Code { organization_name, code, language, expires_at } => {
                let view = CodeView::new(message, organization_name, code, (*language, *expires_at));
                self.fill(*language, "code", &view, &view.shortened())
            }
            OutgoingContent::Live { organization_name, note } => {
                let view = LiveView::new(message, organization_name, note);
                self.fill(note.language, "live", &view, &view.shortened())
            }
            OutgoingContent::Expiry { organization_name, note, renewal_url } => {
                let view = ExpiryView::new(message, organization_name, (note, renewal_url.as_deref()));
                self.fill(note.language, "certificate", &view, &view.shortened())
            }
            OutgoingContent::Steps { organization_name, note } => {
                let view = StepsView::new(message, organization_name, note);
                self.fill(note.language, "steps", &view, &view.shortened())
            }
            OutgoingContent::PasswordReset { .. }
            | OutgoingContent::TeamInvitation { .. }
            | OutgoingContent::Account { .. } => {
                let view = AccountView::new(message);
                let for_subject = view.as_ref().map(AccountView::shortened);
                self.fill(Language::En, "account", &view, &for_subject)
            }
        }
    }

    fn fill(
        &self,
        language: Language,
        name: &str,
        view: &impl Serialize,
        view_for_subject: &impl Serialize,
    ) -> Result<Rendered, tera::Error> {
        let tera = self.0.speaking(language);
        let subject =
            tera.render(&format!("{name}.subject.txt"), &Context::from_serialize(view_for_subject)?)?;
        let subject = one_line(&subject);
        let mut context = Context::from_serialize(view)?;
        context.insert("subject", &subject);
        Ok(Rendered {
            text: tera.render(&format!("{name}.txt"), &context)?,
            html: tera.render(&format!("{name}.html"), &context)?,
            subject,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::samples;

    #[test]
    fn every_sample_renders_as_it_did_before() {
        let templates = Templates::new();
        for (name, message) in samples::all() {
            let rendered = templates.render(&message).unwrap();
            let shown = format!(
                "Subject: {}\n\n{}\n---------------- html ----------------\n{}",
                rendered.subject, rendered.text, rendered.html
            );
            insta::assert_snapshot!(name, shown);
        }
    }

    #[test]
    fn an_invitation_can_be_written_in_every_language() {
        let templates = Templates::new();
        for (name, message) in samples::all() {
            let OutgoingContent::Invitation { expires_at, .. } = message.content else { continue };
            for spoken in Language::ALL {
                let mut message = message.clone();
                if let OutgoingContent::Invitation { language, .. } = &mut message.content {
                    *language = spoken;
                }
                let rendered = templates.render(&message).unwrap();
                assert!(rendered.html.contains(&format!("<html lang=\"{}\">", spoken.as_str())), "{name}");
                assert!(rendered.text.contains(&moment(spoken, expires_at)), "{name}: {}", rendered.text);
                assert!(!rendered.html.contains("<script") && !rendered.html.contains("<img"), "{name}");
            }
        }
    }

    #[test]
    fn nothing_in_a_name_becomes_markup() {
        for (name, hostile) in samples::all().into_iter().filter(|(name, _)| name.contains("hostile")) {
            let html = Templates::new().render(&hostile).unwrap().html;
            assert!(html.contains("&lt;script"), "{name}: {html}");
            assert!(!html.contains("<script"), "{name}: {html}");
            assert!(!html.contains("<img"), "{name}: {html}");
            assert!(!html.contains(r#"b"c'"#), "{name}: {html}");
        }
    }

    #[test]
    fn the_link_or_the_code_stands_alone_in_the_text() {
        for (name, message) in samples::all() {
            let text = Templates::new().render(&message).unwrap().text;
            let wanted = match &message.content {
                OutgoingContent::Code { code, .. } => code.expose(),
                OutgoingContent::Invitation { url, .. }
                | OutgoingContent::PasswordReset { url, .. }
                | OutgoingContent::TeamInvitation { url, .. }
                | OutgoingContent::Account { account_url: url, .. } => url.clone(),
                OutgoingContent::Live { .. }
                | OutgoingContent::Steps { .. }
                | OutgoingContent::Expiry { .. } => continue,
            };
            assert!(text.lines().any(|line| line == wanted), "{name}: {text}");
        }
    }

    #[test]
    fn a_name_is_cut_past_its_limit_only() {
        let at = "é".repeat(NAME_IN_HEADER_CHARS_MAX);
        assert_eq!(shorten(&at), at);
        let past = "é".repeat(NAME_IN_HEADER_CHARS_MAX + 1);
        assert_eq!(shorten(&past), format!("{}…", "é".repeat(NAME_IN_HEADER_CHARS_MAX - 1)));
    }
}
