//! The mailers against a real folder and a mail server that does what a test says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod folder;
mod smtp;

use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{Id as _, MessageId};
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::message::{MailBrand, OutgoingContent, OutgoingMessage};
use vestibule_domain::text::Name;

fn from() -> EmailAddress {
    EmailAddress::parse("no-reply@setup.example.com").unwrap()
}

fn invitation(number: u128) -> OutgoingMessage {
    OutgoingMessage {
        id: MessageId::from_ulid(ulid::Ulid::from_parts(1, number)),
        to: EmailAddress::parse("it@customer.example").unwrap(),
        sender_name: Name::parse("Acme").unwrap(),
        brand: MailBrand::default(),
        from_domain: None,
        support_email: Some(EmailAddress::parse("help@acme.example").unwrap()),
        created_at: time::macros::datetime!(2026-11-21 09:30 UTC),
        content: OutgoingContent::Invitation {
            organization_name: Name::parse("Glöbex").unwrap(),
            url: "https://setup.example.com/portal/l/vpt_x".into(),
            intents: vec![Intent::Sso],
            language: Language::En,
            expires_at: time::macros::datetime!(2026-12-05 14:05 UTC),
        },
    }
}
