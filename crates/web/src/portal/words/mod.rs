//! The portal's words for states, times and dates. Whatever a page says that does not stand in its
//! template stands here.

pub(super) mod faults;

use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use vestibule_domain::Instant;
use vestibule_domain::certificate::{Certificate, EXPIRES_SOON_DAYS, KeyKind, Validity};
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::intent::Intent;
use vestibule_words::{Text, text};

const DAY: StaticFormatDescription = format_description!("[day padding:none] [month repr:long] [year]");
const MOMENT: StaticFormatDescription =
    format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");

/// A day. Every instant has the parts that the format names.
pub(super) fn day(at: Instant) -> String {
    at.format(DAY).unwrap_or_default()
}

/// A moment.
pub(super) fn moment(at: Instant) -> String {
    at.format(MOMENT).unwrap_or_default()
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
pub(super) fn state(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Draft => "The provider is picked; nothing is saved yet.",
        ConnectionState::Validating => {
            "Your data is saved. The connection goes live by itself as soon as one of your organization’s domains is verified."
        }
        ConnectionState::Active => "The connection is switched on.",
        ConnectionState::Inactive => "The connection is switched off: nobody signs in through it.",
    }
}

/// A kind of key.
pub(super) fn key(kind: KeyKind) -> String {
    match kind {
        KeyKind::Rsa { bits } => format!("RSA, {bits} bits"),
        KeyKind::EcP256 => "EC, P-256".to_owned(),
        KeyKind::EcP384 => "EC, P-384".to_owned(),
        KeyKind::EcP521 => "EC, P-521".to_owned(),
        KeyKind::Other => "Of a kind that signatures cannot be checked with here".to_owned(),
    }
}

/// RSA keys below this many bits are taken from metadata, with a warning.
const RSA_BITS_MIN: u32 = 2_048;

/// What an admin should know about a certificate.
pub(super) fn certificate_warning(certificate: &Certificate, now: Instant) -> Option<String> {
    let dates = match certificate.validity(now) {
        Validity::Current => None,
        Validity::NotYet => Some(format!(
            "This certificate is valid only from {}. Check that the provider already signs with another one.",
            day(certificate.not_before)
        )),
        Validity::ExpiresSoon => Some(format!(
            "This certificate expires on {}, in less than {EXPIRES_SOON_DAYS} days. Renew it at your provider, then bring the new metadata.",
            day(certificate.not_after)
        )),
        Validity::Expired => Some(format!(
            "This certificate expired on {}. Renew it at your provider and bring the new metadata before people sign in.",
            day(certificate.not_after)
        )),
    };
    let weak = match certificate.key {
        KeyKind::Rsa { bits } if bits < RSA_BITS_MIN => {
            Some(format!("Its key has only {bits} bits; use one with at least {RSA_BITS_MIN}."))
        }
        KeyKind::Other => Some("Its kind of key cannot be used for signatures here.".to_owned()),
        KeyKind::Rsa { .. } | KeyKind::EcP256 | KeyKind::EcP384 | KeyKind::EcP521 => None,
    };
    match (dates, weak) {
        (Some(dates), Some(weak)) => Some(format!("{dates} {weak}")),
        (dates, weak) => dates.or(weak),
    }
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
}

impl Notice {
    const ALL: [Self; 6] = [
        Self::AlreadyConnected,
        Self::Stale,
        Self::StillNeeded,
        Self::Understood,
        Self::Unconfirmed,
        Self::Reset,
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
        }
    }

    /// The text for a word that came in an address.
    pub(super) fn text_of(word: Option<&str>) -> Option<&'static str> {
        Self::ALL.into_iter().find(|notice| Some(notice.as_str()) == word).map(Self::text)
    }

    fn text(self) -> &'static str {
        match self {
            Self::AlreadyConnected => {
                "There is a connection already, so nothing was changed. An organization has one connection at most."
            }
            Self::Stale => {
                "This has changed since you saw it, perhaps in another tab. Please check it once more."
            }
            Self::StillNeeded => "This is still needed before you can review and save.",
            Self::Understood => "What you brought was understood. Please finish the steps that remain.",
            Self::Unconfirmed => "Nothing was reset: the box has to be ticked first.",
            Self::Reset => "The connection was reset. You can set up a new one now.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;
    use vestibule_domain::certificate::Fingerprint;

    #[test]
    fn days_and_moments_are_written_out() {
        let at = datetime!(2026-03-05 07:08:09 UTC);
        assert_eq!(day(at), "5 March 2026");
        assert_eq!(moment(at), "5 March 2026, 07:08 UTC");
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
        let now = datetime!(2026-06-01 0:00 UTC);
        assert_eq!(certificate_warning(&rsa(RSA_BITS_MIN), now), None);
        assert!(certificate_warning(&rsa(RSA_BITS_MIN - 1), now).unwrap().contains("2047 bits"));
        let past = certificate_warning(&rsa(1_024), datetime!(2028-01-01 0:00 UTC)).unwrap();
        assert!(past.contains("expired on 1 January 2027") && past.contains("1024 bits"), "{past}");
        assert!(
            certificate_warning(&rsa(2_048), datetime!(2025-01-01 0:00 UTC)).unwrap().contains("only from")
        );
        assert!(
            certificate_warning(&rsa(2_048), datetime!(2026-12-20 0:00 UTC)).unwrap().contains("30 days")
        );
        assert!(certificate_warning(&certificate(KeyKind::Other), now).is_some());
    }
}
