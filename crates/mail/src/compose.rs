//! From a message to the bytes of an e-mail. Source: RFC 5322, RFC 2045 to 2047, RFC 3834.

use std::time::SystemTime;

use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use url::Host;
use vestibule_application::ports::mail::MailError;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::message::OutgoingMessage;

use crate::template::{Templates, shorten};

/// Who signs beside the vendor in the `From` header.
const VIA: &str = "via Vestibule";

/// Writes e-mails; what both mailers share.
#[derive(Clone, Debug)]
pub(crate) struct Composer {
    templates: Templates,
    from: EmailAddress,
}

impl Composer {
    pub(crate) fn new(from: EmailAddress) -> Self {
        Self { templates: Templates::new(), from }
    }

    /// The address that a message comes from: ours, or the same name at the vendor's own domain.
    fn from(&self, message: &OutgoingMessage) -> Result<Address, MailError> {
        let ours = address(&self.from)?;
        match &message.from_domain {
            None => Ok(ours),
            Some(domain) => Address::new(ours.user(), domain.as_str()).map_err(|_| MailError::Permanent {
                reason: "the sender’s domain is not usable".to_owned(),
            }),
        }
    }

    /// Writes one message. A failure is permanent: the next try would write the same.
    pub(crate) fn compose(&self, message: &OutgoingMessage) -> Result<Message, MailError> {
        let rendered = self.templates.render(message).map_err(|error| MailError::Permanent {
            reason: format!("the message could not be rendered: {error}"),
        })?;
        let from = self.from(message)?;
        let message_id = format!("<{}@{}>", message.id, from.domain());
        let sender = format!("{} {VIA}", shorten(&one_line(message.sender_name.as_str())));

        let mut builder = Message::builder()
            .message_id(Some(message_id))
            .date(SystemTime::from(message.created_at))
            .from(Mailbox::new(Some(sender), from))
            .to(Mailbox::new(None, address(&message.to)?))
            .subject(rendered.subject)
            // Keeps out-of-office notes from coming back. Source: RFC 3834, section 5.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(asked) = message.reply_to() {
            builder = builder.reply_to(Mailbox::new(None, address(asked)?));
        }
        builder
            .multipart(MultiPart::alternative_plain_html(rendered.text, rendered.html))
            .map_err(|_| MailError::Permanent { reason: "the message could not be written".to_owned() })
    }
}

/// An address with its host as it is looked up: names with letters beyond ASCII are encoded, so
/// that only the part before the at sign may need a server that speaks SMTPUTF8.
fn address(address: &EmailAddress) -> Result<Address, MailError> {
    let unusable = || MailError::Permanent { reason: "the address is not usable".to_owned() };
    let local = address.as_str().rsplit_once('@').map_or("", |(local, _)| local);
    let Host::Domain(host) = Host::parse(address.host()).map_err(|_| unusable())? else {
        return Err(unusable());
    };
    Address::new(local, host).map_err(|_| unusable())
}

/// A text as one line that reads as it is written: white space is folded, and what is invisible or
/// turns the direction of reading is left out. Names come from outside, and a "From" that reads
/// backwards is a forged one.
pub(crate) fn one_line(text: &str) -> String {
    let shown: String = text
        .chars()
        .map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c })
        .filter(|c| !is_invisible(*c))
        .collect();
    shown.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Directional marks, embeddings, overrides and isolates, and characters without width. The
/// joiners U+200C and U+200D stay: Persian, Indic scripts and emoji need them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
pub(crate) mod samples {
    //! One message for each branch of the templates, and one with hostile text.

    use time::macros::datetime;
    use vestibule_domain::address_code::ConfirmationCode;
    use vestibule_domain::brand::BrandColor;
    use vestibule_domain::email::EmailAddress;
    use vestibule_domain::id::{Id as _, MessageId};
    use vestibule_domain::intent::Intent;
    use vestibule_domain::language::Language;
    use vestibule_domain::message::{MailBrand, MailLogo, OutgoingContent, OutgoingMessage};
    use vestibule_domain::text::Name;

    pub(crate) const URL: &str =
        "https://setup.example.com/portal/l/vpt_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

    pub(crate) fn message(organization: &str, intents: &[Intent]) -> OutgoingMessage {
        OutgoingMessage {
            id: MessageId::from_ulid(ulid::Ulid::from_parts(1, 2)),
            to: EmailAddress::parse("it@customer.example").unwrap(),
            sender_name: Name::parse("Acme").unwrap(),
            brand: MailBrand::default(),
            from_domain: None,
            support_email: None,
            created_at: datetime!(2026-11-21 09:30:15.25 UTC),
            content: OutgoingContent::Invitation {
                organization_name: Name::parse(organization).unwrap(),
                url: URL.to_owned(),
                intents: intents.to_vec(),
                language: Language::En,
                expires_at: datetime!(2026-12-05 14:05 +02:00),
            },
        }
    }

    pub(crate) fn code(organization: &str, language: Language) -> OutgoingMessage {
        OutgoingMessage {
            content: OutgoingContent::Code {
                organization_name: Name::parse(organization).unwrap(),
                code: ConfirmationCode::parse("012345").unwrap(),
                language,
                expires_at: datetime!(2026-11-21 09:40 UTC),
            },
            ..message(organization, &[])
        }
    }

    /// With a colour too weak for edges, and both logos.
    pub(crate) fn branded(organization: &str) -> OutgoingMessage {
        let logo = |name: &str, sides_px| {
            Some(MailLogo { url: format!("https://setup.example.com/portal/brand/e/{name}.png"), sides_px })
        };
        OutgoingMessage {
            brand: MailBrand {
                color: BrandColor::parse("#ffe600").ok(),
                logo: logo("logo", (400, 100)),
                logo_dark: logo("logo-dark", (64, 64)),
            },
            ..message(organization, &[Intent::Sso])
        }
    }

    pub(crate) fn all() -> Vec<(&'static str, OutgoingMessage)> {
        let support = Some(EmailAddress::parse("help@acme.example").unwrap());
        let mut hostile = message(r#"<script>alert("1")</script> & <img src=x>"#, &[Intent::Sso]);
        hostile.sender_name = Name::parse("A\u{202e}cme\u{2066} \"Inc\" <b>").unwrap();
        if let OutgoingContent::Invitation { url, .. } = &mut hostile.content {
            url.push_str(r#"?a=1&b"c'<d>"#);
        }
        let hostile_code = OutgoingMessage {
            support_email: support.clone(),
            ..code(r#"<script>alert("1")</script> & <img src=x>"#, Language::Fr)
        };
        let mut samples = vec![
            (
                "one_task",
                OutgoingMessage { support_email: support.clone(), ..message("Globex", &[Intent::Sso]) },
            ),
            ("branded", branded("Globex")),
            ("branded_hostile", {
                let sender_name = hostile.sender_name.clone();
                OutgoingMessage { sender_name, ..branded(r#"<script>alert("1")</script> & <img src=x>"#) }
            }),
            ("several_tasks", message("Globex", &Intent::ALL)),
            ("any_task", message("Globex", &[])),
            ("hostile", hostile),
            ("code_en", code("Globex", Language::En)),
            ("code_de", code("Globex", Language::De)),
            ("code_fr", code("Globex", Language::Fr)),
            ("code_es", code("Globex", Language::Es)),
            ("code_pt", code("Globex", Language::Pt)),
            ("code_ja", code("Globex", Language::Ja)),
            ("code_hostile", hostile_code),
        ];
        samples.extend(crate::template::samples::all());
        samples
    }
}

#[cfg(test)]
mod tests {
    use mail_parser::{HeaderValue, MessageParser, MimeHeaders as _};
    use vestibule_domain::domain_name::DomainName;
    use vestibule_domain::intent::Intent;
    use vestibule_domain::text::{NAME_CHARS_MAX, Name};

    use super::*;

    fn composer() -> Composer {
        Composer::new(EmailAddress::parse("no-reply@setup.example.com").unwrap())
    }

    fn compose(message: &OutgoingMessage) -> Vec<u8> {
        composer().compose(message).unwrap().formatted()
    }

    #[test]
    fn another_reader_finds_what_was_written() {
        for (name, message) in samples::all() {
            let bytes = compose(&message);
            let parsed = MessageParser::default().parse(&bytes).unwrap();
            let rendered = Templates::new().render(&message).unwrap();
            assert_eq!(parsed.subject(), Some(rendered.subject.as_str()), "{name}");
            let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(lines(&parsed.body_text(0).unwrap()), lines(&rendered.text), "{name}");
            assert_eq!(lines(&parsed.body_html(0).unwrap()), lines(&rendered.html), "{name}");
            assert_eq!(parsed.from().unwrap().first().unwrap().address(), Some("no-reply@setup.example.com"));
            assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("it@customer.example"));
            assert_eq!(parsed.message_id(), Some(format!("{}@setup.example.com", message.id).as_str()));
            assert_eq!(parsed.date().unwrap().to_rfc3339(), "2026-11-21T09:30:15Z");
            let automatic = parsed.header("Auto-Submitted").and_then(HeaderValue::as_text);
            assert_eq!(automatic, Some("auto-generated"));
            assert!(parsed.is_content_type("multipart", "alternative"), "{name}");
        }
    }

    #[test]
    fn answers_go_to_whoever_asked_or_to_support() {
        for (name, message) in samples::all() {
            let bytes = compose(&message);
            let parsed = MessageParser::default().parse(&bytes).unwrap();
            // What an admin asks a colleague for is the admin's matter.
            let wanted = match name {
                "steps_bare" => None,
                _ if name.starts_with("steps") => Some("anna@globex.example"),
                _ => message.support_email.as_ref().map(EmailAddress::as_str),
            };
            let reply_to = parsed.reply_to().and_then(|to| to.first()).and_then(|to| to.address());
            assert_eq!(reply_to, wanted, "{name}");
        }
    }

    #[test]
    fn no_name_breaks_out_of_its_header() {
        let longest = "x".repeat(NAME_CHARS_MAX);
        let plain =
            MessageParser::default().parse(&compose(&samples::message("Globex", &[]))).unwrap().into_owned();
        let names = |message: &mail_parser::Message<'_>| {
            message.headers().iter().map(|header| header.name().to_owned()).collect::<Vec<_>>()
        };
        for hostile in [
            "Acme\u{2028}Bcc: victim@example.com",
            "\"Acme\" <ceo@bank.example>",
            "Acme\\\" <ceo@bank.example>, \\\"",
            "=?utf-8?q?=0d=0aBcc:_victim=40example=2ecom?=",
            "شركة \u{202e}evil",
            "👩‍💻 Ünïcode 株式会社",
            "a,b;c:d@e<f>(g)[h]",
            &longest,
        ] {
            let mut message = samples::message(hostile, &[Intent::Sso]);
            message.sender_name = Name::parse(hostile).unwrap();
            let bytes = compose(&message);
            let parsed = MessageParser::default().parse(&bytes).unwrap();
            assert_eq!(names(&parsed), names(&plain), "{hostile}");
            let from = parsed.from().unwrap();
            assert_eq!(from.as_list().map_or(1, <[_]>::len), 1, "{hostile}");
            let from = from.first().unwrap();
            assert_eq!(from.address(), Some("no-reply@setup.example.com"), "{hostile}");
            assert_eq!(from.name(), Some(format!("{} {VIA}", shorten(&one_line(hostile))).as_str()));
            // RFC 5322, section 2.1.1.
            assert!(bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 999), "{hostile}");
        }
    }

    #[test]
    fn a_text_becomes_one_line_that_reads_as_it_is_written() {
        for (raw, wanted) in [
            ("Acme\r\nBcc: x@y.z", "Acme Bcc: x@y.z"),
            ("  a \t b\u{2028}c\u{a0}d\u{85}e\0f ", "a b c d e f"),
            ("\u{202e}evil\u{2066}\u{200b}\u{feff}", "evil"),
            ("می\u{200c}خواهم 👩\u{200d}💻", "می\u{200c}خواهم 👩\u{200d}💻"),
        ] {
            assert_eq!(one_line(raw), wanted);
        }
    }

    #[test]
    fn hosts_beyond_ascii_are_encoded() {
        let mut message = samples::message("Globex", &[]);
        message.to = EmailAddress::parse("it@bücher.example").unwrap();
        let bytes = compose(&message);
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("it@xn--bcher-kva.example"));
    }

    #[test]
    fn a_domain_of_the_vendors_own_is_where_a_message_comes_from() {
        let domain = DomainName::parse("bücher.example").unwrap();
        let message =
            OutgoingMessage { from_domain: Some(domain), ..samples::message("Globex", &[Intent::Sso]) };
        let bytes = compose(&message);
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        let from = parsed.from().unwrap().first().unwrap().address();
        assert_eq!(from, Some("no-reply@xn--bcher-kva.example"));
        let id = format!("{}@xn--bcher-kva.example", message.id);
        assert_eq!(parsed.message_id(), Some(id.as_str()));
    }

    #[test]
    fn the_same_message_has_the_same_id_every_time() {
        let message = samples::message("Globex", &[]);
        let id =
            |bytes: &[u8]| MessageParser::default().parse(bytes).unwrap().message_id().map(str::to_owned);
        assert_eq!(id(&compose(&message)), id(&compose(&message)));
    }
}
