//! The words of the messages: one context type for each set of templates.
//!
//! The templates are in `templates/mail/` and part of the binary. A test renders every sample,
//! because tera finds an unknown name only when it gets there.

use serde::Serialize;
use tera::{Context, Tera};
use time::macros::format_description;
use vestibule_domain::Instant;
use vestibule_domain::intent::Intent;
use vestibule_domain::message::{OutgoingContent, OutgoingMessage};

use crate::compose::one_line;

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
    sender_name: String,
    organization_name: String,
    /// Set when there is exactly one task: the subject names it, and no list is needed.
    only_task: Option<&'static str>,
    tasks: Vec<&'static str>,
    url: String,
    expires_at: String,
    support_email: Option<String>,
}

/// What an intent asks of the reader, as the end of "… invites you to".
fn task(intent: Intent) -> &'static str {
    match intent {
        Intent::Sso => "set up single sign-on",
        Intent::Dsync => "set up directory sync",
        Intent::DomainVerification => "verify your domains",
        Intent::AuditLogs => "view your audit logs",
        Intent::LogStreams => "set up log streams",
        Intent::CertificateRenewal => "renew a certificate",
    }
}

/// A time for people of any country: the month in letters, the zone named.
fn for_people(at: Instant) -> String {
    let format = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    at.to_offset(time::UtcOffset::UTC).format(&format).unwrap_or_else(|_| at.to_string())
}

impl InvitationView {
    fn new(message: &OutgoingMessage) -> Self {
        let OutgoingContent::Invitation { organization_name, url, intents, expires_at } = &message.content;
        let tasks: Vec<_> = intents.iter().copied().map(task).collect();
        Self {
            sender_name: one_line(message.sender_name.as_str()),
            organization_name: one_line(organization_name.as_str()),
            only_task: match tasks.as_slice() {
                [only] => Some(*only),
                _ => None,
            },
            tasks,
            url: url.clone(),
            expires_at: for_people(*expires_at),
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

pub(crate) fn shorten(name: &str) -> String {
    if name.chars().count() <= NAME_IN_HEADER_CHARS_MAX {
        return name.to_owned();
    }
    let kept: String = name.chars().take(NAME_IN_HEADER_CHARS_MAX - 1).collect();
    format!("{}…", kept.trim_end())
}

/// The compiled templates.
#[derive(Clone, Debug)]
pub(crate) struct Templates(Tera);

impl Templates {
    pub(crate) fn new() -> Self {
        let mut tera = Tera::default();
        tera.add_raw_templates([
            ("invitation.subject.txt", include_str!("../../../templates/mail/invitation.subject.txt")),
            ("invitation.txt", include_str!("../../../templates/mail/invitation.txt")),
            ("invitation.html", include_str!("../../../templates/mail/invitation.html")),
        ])
        .expect("the templates are part of the binary, and a test compiles them");
        Self(tera)
    }

    /// Fills the templates that fit the message.
    pub(crate) fn render(&self, message: &OutgoingMessage) -> Result<Rendered, tera::Error> {
        match &message.content {
            OutgoingContent::Invitation { .. } => {
                let view = InvitationView::new(message);
                self.fill("invitation", &view, &view.shortened())
            }
        }
    }

    fn fill(
        &self,
        name: &str,
        view: &impl Serialize,
        view_for_subject: &impl Serialize,
    ) -> Result<Rendered, tera::Error> {
        let subject =
            self.0.render(&format!("{name}.subject.txt"), &Context::from_serialize(view_for_subject)?)?;
        let subject = one_line(&subject);
        let mut context = Context::from_serialize(view)?;
        context.insert("subject", &subject);
        Ok(Rendered {
            text: self.0.render(&format!("{name}.txt"), &context)?,
            html: self.0.render(&format!("{name}.html"), &context)?,
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
    fn nothing_in_a_name_becomes_markup() {
        let (_, hostile) = samples::all().into_iter().find(|(name, _)| *name == "hostile").unwrap();
        let html = Templates::new().render(&hostile).unwrap().html;
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("<img"), "{html}");
        assert!(!html.contains(r#"b"c'"#), "{html}");
    }

    #[test]
    fn the_link_is_in_the_text_as_it_is() {
        for (name, message) in samples::all() {
            let OutgoingContent::Invitation { url, .. } = &message.content;
            let text = Templates::new().render(&message).unwrap().text;
            assert!(text.lines().any(|line| line == url), "{name}: {text}");
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
