//! The portal's words for states, certificates and what happened just now.

pub(super) mod faults;

use vestibule_domain::Instant;
use vestibule_domain::certificate::{Certificate, EXPIRES_SOON_DAYS, KeyKind, Validity};
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::intent::Intent;
use vestibule_words::{Day, Text, text};

/// A name that stands in a sentence outside of a template, with its direction of writing kept to
/// itself, as `bdi` does it in one.
///
/// Source: UAX #9, section 2.4: first strong isolate and pop directional isolate. What in the name
/// would end the isolate, or embed or override by itself, is left out.
pub(super) fn isolated(name: &str) -> String {
    let formats = |at: char| matches!(at, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let name: String = name.chars().filter(|at| !formats(*at)).collect();
    format!("\u{2068}{name}\u{2069}")
}

/// What an intent is about, within a sentence.
pub(super) fn task(intent: Intent) -> Text {
    match intent {
        Intent::Sso => text!("task-sso"),
        Intent::Dsync => text!("task-dsync"),
        Intent::DomainVerification => text!("task-domain-verification"),
        Intent::AuditLogs => text!("task-audit-logs"),
        Intent::LogStreams => text!("task-log-streams"),
        Intent::CertificateRenewal => text!("task-certificate-renewal"),
    }
}

/// What a connection's state means for the customer.
pub(super) fn state(state: ConnectionState) -> Text {
    match state {
        ConnectionState::Draft => text!("state-draft"),
        ConnectionState::Validating => text!("state-validating"),
        ConnectionState::Active => text!("state-active"),
        ConnectionState::Inactive => text!("state-inactive"),
    }
}

/// A connection's state in a word; none before a provider is picked.
pub(super) fn state_word(state: Option<ConnectionState>) -> Text {
    match state {
        None => text!("state-word-none"),
        Some(ConnectionState::Draft) => text!("state-word-draft"),
        Some(ConnectionState::Validating) => text!("state-word-validating"),
        Some(ConnectionState::Active) => text!("state-word-active"),
        Some(ConnectionState::Inactive) => text!("state-word-inactive"),
    }
}

/// A kind of key.
pub(super) fn key(kind: KeyKind) -> Text {
    let curve = |curve: &str| text!("certificate-ec", curve = curve);
    match kind {
        KeyKind::Rsa { bits } => text!("certificate-rsa", bits = bits),
        KeyKind::EcP256 => curve("P-256"),
        KeyKind::EcP384 => curve("P-384"),
        KeyKind::EcP521 => curve("P-521"),
        KeyKind::Other => text!("certificate-other-key"),
    }
}

/// RSA keys below this many bits are taken from metadata, with a warning.
const RSA_BITS_MIN: u32 = 2_048;

/// What an admin should know about a certificate.
pub(super) fn certificate_warnings(certificate: &Certificate, now: Instant) -> Vec<Text> {
    let dates = match certificate.validity(now) {
        Validity::Current => None,
        Validity::NotYet => Some(text!("certificate-not-yet", from = Day::of(certificate.not_before))),
        Validity::ExpiresSoon => Some(text!(
            "certificate-expires-soon",
            until = Day::of(certificate.not_after),
            days = EXPIRES_SOON_DAYS
        )),
        Validity::Expired => Some(text!("certificate-expired", until = Day::of(certificate.not_after))),
    };
    let weak = match certificate.key {
        KeyKind::Rsa { bits } if bits < RSA_BITS_MIN => {
            Some(text!("certificate-weak", bits = bits, bits_min = RSA_BITS_MIN))
        }
        KeyKind::Other => Some(text!("certificate-weak-kind")),
        KeyKind::Rsa { .. } | KeyKind::EcP256 | KeyKind::EcP384 | KeyKind::EcP521 => None,
    };
    dates.into_iter().chain(weak).collect()
}

/// A SHA-256 fingerprint in pairs, as consoles show it.
pub(super) fn fingerprint(certificate: &Certificate) -> String {
    let pairs: Vec<String> =
        certificate.fingerprint.as_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// Something that happened just before a page is shown; the word travels in its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// Another provider cannot be picked.
    AlreadyConnected,
    /// What was shown is not what would be saved.
    Stale,
    /// Something is still needed before the review.
    StillNeeded,
    /// What was brought was understood.
    Understood,
    /// A reset was sent without its confirmation.
    Unconfirmed,
    /// The connection was reset.
    Reset,
    /// Attribute names were saved.
    AttributesSaved,
    /// The steps were sent to a colleague.
    SheetSent,
    /// How sign-ins are taken was changed.
    OptionsSaved,
    /// A certificate is not trusted any more.
    Distrusted,
    /// Our requests are signed with another certificate.
    SigningKeySwitched,
}

impl Notice {
    const ALL: [Self; 11] = [
        Self::AlreadyConnected,
        Self::Stale,
        Self::StillNeeded,
        Self::Understood,
        Self::Unconfirmed,
        Self::Reset,
        Self::AttributesSaved,
        Self::SheetSent,
        Self::OptionsSaved,
        Self::Distrusted,
        Self::SigningKeySwitched,
    ];

    /// The word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyConnected => "already-connected",
            Self::Stale => "stale",
            Self::StillNeeded => "still-needed",
            Self::Understood => "understood",
            Self::Unconfirmed => "unconfirmed",
            Self::Reset => "reset",
            Self::AttributesSaved => "attributes-saved",
            Self::SheetSent => "sheet-sent",
            Self::OptionsSaved => "options-saved",
            Self::Distrusted => "distrusted",
            Self::SigningKeySwitched => "signing-key-switched",
        }
    }

    /// The text for a word that came in an address.
    pub(super) fn text_of(word: Option<&str>) -> Option<Text> {
        Self::ALL.into_iter().find(|notice| Some(notice.as_str()) == word).map(Self::text)
    }

    fn text(self) -> Text {
        match self {
            Self::AlreadyConnected => text!("notice-already-connected"),
            Self::Stale => text!("notice-stale"),
            Self::StillNeeded => text!("notice-still-needed"),
            Self::Understood => text!("notice-understood"),
            Self::Unconfirmed => text!("notice-unconfirmed"),
            Self::Reset => text!("notice-reset"),
            Self::AttributesSaved => text!("notice-attributes-saved"),
            Self::SheetSent => text!("notice-sheet-sent"),
            Self::OptionsSaved => text!("notice-options-saved"),
            Self::Distrusted => text!("notice-distrusted"),
            Self::SigningKeySwitched => text!("notice-signing-key-switched"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;
    use vestibule_domain::certificate::Fingerprint;

    #[test]
    fn a_name_cannot_turn_the_sentence_around_it() {
        assert_eq!(isolated("Acme שלום"), "\u{2068}Acme שלום\u{2069}");
        assert_eq!(isolated("a\u{202e}b\u{2069}c"), "\u{2068}abc\u{2069}");
    }

    #[test]
    fn every_notice_survives_its_word() {
        for notice in Notice::ALL {
            assert_eq!(Notice::text_of(Some(notice.as_str())), Some(notice.text()));
        }
        assert_eq!(Notice::text_of(Some("<b>")), None);
        assert_eq!(Notice::text_of(None), None);
    }

    #[test]
    fn a_certificate_says_what_is_wrong_with_it() {
        let certificate = |key| Certificate {
            der: vec![1],
            fingerprint: Fingerprint::of_der(&[1]),
            subject: "CN=a".into(),
            issuer: "CN=a".into(),
            not_before: datetime!(2026-01-01 0:00 UTC),
            not_after: datetime!(2027-01-01 0:00 UTC),
            key,
        };
        let rsa = |bits| certificate(KeyKind::Rsa { bits });
        let warned = |certificate: &Certificate, now| certificate_warnings(certificate, now);
        let now = datetime!(2026-06-01 0:00 UTC);
        assert_eq!(warned(&rsa(RSA_BITS_MIN), now), []);
        let weak = |bits| text!("certificate-weak", bits = bits, bits_min = RSA_BITS_MIN);
        assert_eq!(warned(&rsa(RSA_BITS_MIN - 1), now), [weak(2_047)]);
        let (from, until) =
            (Day::of(datetime!(2026-01-01 0:00 UTC)), Day::of(datetime!(2027-01-01 0:00 UTC)));
        assert_eq!(
            warned(&rsa(1_024), datetime!(2028-01-01 0:00 UTC)),
            [text!("certificate-expired", until = until), weak(1_024)]
        );
        assert_eq!(
            warned(&rsa(2_048), datetime!(2025-01-01 0:00 UTC)),
            [text!("certificate-not-yet", from = from)]
        );
        assert_eq!(
            warned(&rsa(2_048), datetime!(2026-12-20 0:00 UTC)),
            [text!("certificate-expires-soon", until = until, days = 30)]
        );
        assert_eq!(warned(&certificate(KeyKind::Other), now), [text!("certificate-weak-kind")]);
    }
}
