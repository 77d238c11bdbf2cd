//! Messages after a set-up and about its steps: each branch, each language, and hostile text.

use time::Duration;
use vestibule_domain::certificate_watch::CertificateUse;
use vestibule_domain::connection::DomainStanding;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::language::Language;
use vestibule_domain::message::{
    AccountChange, ExpiryNote, LiveNote, LiveReader, OutgoingContent, OutgoingMessage, RenewalLink, StepsNote,
};
use vestibule_domain::step_sheet::{SheetEntry, SheetStep, StepSheet};
use vestibule_domain::text::Name;
use vestibule_domain::url::HttpsUrl;

use crate::compose::samples::message;

const HOSTILE: &str = r#"<script>alert("1")</script> & <img src=x>"#;

fn live(organization: &str, reader: LiveReader, language: Language) -> OutgoingMessage {
    OutgoingMessage {
        content: OutgoingContent::Live {
            organization_name: Name::parse(organization).unwrap(),
            note: LiveNote {
                reader,
                connection_name: Name::parse("Okta").unwrap(),
                set_up_by: EmailAddress::parse("anna@globex.example").ok(),
                domains: DomainStanding::Verified,
                language,
            },
        },
        ..message(organization, &[])
    }
}

/// The same with nobody known, before a domain is verified.
fn waiting(reader: LiveReader, language: Language) -> OutgoingMessage {
    let mut message = live("Globex", reader, language);
    if let OutgoingContent::Live { note, .. } = &mut message.content {
        note.set_up_by = None;
        note.domains = DomainStanding::Unverified;
    }
    message
}

fn steps(organization: &str, text: &str, language: Language) -> OutgoingMessage {
    let entry = |value: &str| SheetEntry { name: text.to_owned(), value: value.to_owned() };
    let step = SheetStep {
        title: text.to_owned(),
        when: Some(text.to_owned()),
        body: format!("Open Applications.\n- {text}"),
        entries: vec![entry("https://setup.example.com/sso/saml/conn_1/acs")],
        values: vec![entry(text)],
        brings: vec![entry("Sign On tab"), entry("")],
    };
    OutgoingMessage {
        content: OutgoingContent::Steps {
            organization_name: Name::parse(organization).unwrap(),
            note: StepsNote {
                from: EmailAddress::parse("anna@globex.example").ok(),
                sheet: StepSheet {
                    provider: "Okta".to_owned(),
                    console: Some("https://login.okta.com/".to_owned()),
                    menu: "Applications > Applications".to_owned(),
                    role: Some("Application Administrator".to_owned()),
                    steps: vec![step],
                },
                language,
            },
        },
        ..message(organization, &[])
    }
}

/// The same without what may be missing.
fn bare_steps(language: Language) -> OutgoingMessage {
    let mut message = steps("Globex", "Name", language);
    if let OutgoingContent::Steps { note, .. } = &mut message.content {
        note.from = None;
        note.sheet.console = None;
        note.sheet.role = None;
        for step in &mut note.sheet.steps {
            step.when = None;
            step.entries.clear();
            step.values.clear();
            step.brings.clear();
        }
    }
    message
}

/// A certificate that lasts some days from when the message is written, at a provider whose
/// metadata is not read.
fn expiry(organization: &str, reader: LiveReader, days: i64, language: Language) -> OutgoingMessage {
    let message = message(organization, &[]);
    OutgoingMessage {
        content: OutgoingContent::Expiry {
            organization_name: Name::parse(organization).unwrap(),
            note: ExpiryNote {
                reader,
                connection_name: Name::parse("Okta").unwrap(),
                of: CertificateUse::ResponseSigning,
                expires_at: message.created_at + Duration::days(days),
                metadata_url: None,
                renewal: (reader == LiveReader::Admin).then(|| RenewalLink {
                    sealed_url: None,
                    expires_at: message.created_at + Duration::days(30),
                }),
                language,
            },
            renewal_url: (reader == LiveReader::Admin)
                .then(|| "https://sso.acme.example/portal?token=vpt_abc&x=1".to_owned()),
        },
        ..message
    }
}

/// The same without a link to renew it by.
fn without_link(mut message: OutgoingMessage) -> OutgoingMessage {
    if let OutgoingContent::Expiry { note, renewal_url, .. } = &mut message.content {
        (note.renewal, *renewal_url) = (None, None);
    }
    message
}

/// The same where metadata is read.
fn read_daily(message: OutgoingMessage) -> OutgoingMessage {
    let mut message = without_link(message);
    if let OutgoingContent::Expiry { note, .. } = &mut message.content {
        note.metadata_url = HttpsUrl::parse("https://globex.okta.example/app/metadata?a=1&b=2").ok();
    }
    message
}

/// The same of a certificate of ours.
fn ours(of: CertificateUse, mut message: OutgoingMessage) -> OutgoingMessage {
    if let OutgoingContent::Expiry { note, .. } = &mut message.content {
        note.of = of;
        note.metadata_url = HttpsUrl::parse("https://sso.acme.example/sso/saml/conn_1/metadata").ok();
    }
    message
}

/// What members are told about their accounts, each text once.
fn accounts(team: &str, invited_by: &str) -> Vec<(&'static str, OutgoingMessage)> {
    let url = "https://vestibule.example/dashboard/reset/vpr_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    let until = time::macros::datetime!(2026-11-21 10:30 UTC);
    let sent = |content| OutgoingMessage {
        sender_name: Name::parse(team).unwrap(),
        support_email: EmailAddress::parse("help@acme.example").ok(),
        content,
        ..message("Globex", &[])
    };
    let changed = |change| {
        let account_url = "https://vestibule.example/dashboard/account".to_owned();
        sent(OutgoingContent::Account { change, account_url })
    };
    let invitation = OutgoingContent::TeamInvitation {
        invited_by: invited_by.to_owned(),
        url: url.to_owned(),
        expires_at: until,
    };
    vec![
        ("account_reset", sent(OutgoingContent::PasswordReset { url: url.to_owned(), expires_at: until })),
        ("account_invitation", sent(invitation)),
        ("account_password", changed(AccountChange::Password)),
        ("account_second_factor_on", changed(AccountChange::SecondFactorOn)),
        ("account_second_factor_off", changed(AccountChange::SecondFactorOff)),
        ("account_recovery_code", changed(AccountChange::RecoveryCodeUsed)),
    ]
}

pub(crate) fn all() -> Vec<(&'static str, OutgoingMessage)> {
    let support = EmailAddress::parse("help@acme.example").ok();
    let mut samples = vec![
        ("live_admin_en", live("Globex", LiveReader::Admin, Language::En)),
        ("live_admin_de", live("Globex", LiveReader::Admin, Language::De)),
        ("live_admin_fr", live("Globex", LiveReader::Admin, Language::Fr)),
        ("live_admin_es", live("Globex", LiveReader::Admin, Language::Es)),
        ("live_admin_pt", live("Globex", LiveReader::Admin, Language::Pt)),
        ("live_admin_ja", live("Globex", LiveReader::Admin, Language::Ja)),
        ("live_admin_waiting", waiting(LiveReader::Admin, Language::De)),
        ("live_team", live("Globex", LiveReader::Team, Language::En)),
        ("live_team_waiting", waiting(LiveReader::Team, Language::En)),
        ("live_hostile", live(HOSTILE, LiveReader::Admin, Language::Fr)),
        ("certificate_en", expiry("Globex", LiveReader::Admin, 30, Language::En)),
        ("certificate_unlinked", without_link(expiry("Globex", LiveReader::Admin, 30, Language::En))),
        ("certificate_en_day", expiry("Globex", LiveReader::Admin, 1, Language::En)),
        ("certificate_de", expiry("Globex", LiveReader::Admin, 7, Language::De)),
        ("certificate_de_day", expiry("Globex", LiveReader::Admin, 1, Language::De)),
        ("certificate_fr", expiry("Globex", LiveReader::Admin, 30, Language::Fr)),
        ("certificate_es", expiry("Globex", LiveReader::Admin, 1, Language::Es)),
        ("certificate_pt", read_daily(expiry("Globex", LiveReader::Admin, 90, Language::Pt))),
        ("certificate_ja", expiry("Globex", LiveReader::Admin, 1, Language::Ja)),
        ("certificate_read", read_daily(expiry("Globex", LiveReader::Admin, 90, Language::En))),
        ("certificate_ended", expiry("Globex", LiveReader::Admin, -1, Language::En)),
        ("certificate_team", expiry("Globex", LiveReader::Team, 30, Language::En)),
        ("certificate_team_read", read_daily(expiry("Globex", LiveReader::Team, 0, Language::En))),
        (
            "certificate_ours_signing",
            ours(CertificateUse::RequestSigning, expiry("Globex", LiveReader::Admin, 30, Language::En)),
        ),
        (
            "certificate_ours_team",
            ours(CertificateUse::ResponseEncryption, expiry("Globex", LiveReader::Team, 7, Language::En)),
        ),
        (
            "certificate_ours_de",
            without_link(ours(
                CertificateUse::ResponseEncryption,
                expiry("Globex", LiveReader::Admin, 90, Language::De),
            )),
        ),
        ("certificate_hostile", read_daily(expiry(HOSTILE, LiveReader::Admin, 30, Language::Fr))),
        ("steps_en", steps("Globex", "Name", Language::En)),
        ("steps_de", steps("Globex", "Name", Language::De)),
        ("steps_fr", steps("Globex", "Name", Language::Fr)),
        ("steps_es", steps("Globex", "Name", Language::Es)),
        ("steps_pt", steps("Globex", "Name", Language::Pt)),
        ("steps_ja", steps("Globex", "Name", Language::Ja)),
        ("steps_bare", bare_steps(Language::En)),
        ("steps_hostile", steps(HOSTILE, HOSTILE, Language::En)),
        ("live_member", live("Globex", LiveReader::Member, Language::En)),
        ("certificate_member", expiry("Globex", LiveReader::Member, 30, Language::En)),
    ];
    samples.extend(accounts("Acme", "Ada Lovelace"));
    let hostile = accounts(HOSTILE, HOSTILE).into_iter().zip(["account_hostile_1", "account_hostile_2"]);
    samples.extend(hostile.map(|((_, message), name)| (name, message)));
    for (_, message) in samples.iter_mut().filter(|(name, _)| name.contains("hostile")) {
        message.support_email.clone_from(&support);
    }
    samples
}
