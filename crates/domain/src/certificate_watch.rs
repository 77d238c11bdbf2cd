//! When people are warned that the certificates of a connection run out.

use time::Duration;

use crate::Instant;
use crate::id::IdpCertificateId;
use crate::language::Language;
use crate::saml::{IdpCertificate, SamlSettings, TrustedIdentityProvider};

/// How many days before its end people are warned of a certificate, the earliest first.
pub const WARNING_DAYS: [u16; 4] = [90, 30, 7, 1];

/// How long nobody looks at the certificates of a connection at most: they may have changed.
pub const LOOK_EVERY: Duration = Duration::days(1);

/// A warning of one certificate, some days before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpiryWarning {
    /// The certificate that lasts longest of those that are trusted.
    pub certificate: IdpCertificateId,
    /// How early: one of [`WARNING_DAYS`].
    pub days: u16,
}

/// What a connection remembers so that its certificates are looked after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CertificateCare {
    /// The language of whoever set the connection up.
    pub language: Language,
    /// The last warning that people were given.
    pub told: Option<ExpiryWarning>,
}

/// The certificate that lasts longest: when it ends, a new one has to be there.
pub fn last_to_expire(idp: &TrustedIdentityProvider) -> Option<&IdpCertificate> {
    idp.signing_certificates.iter().max_by_key(|held| held.certificate.not_after)
}

/// The warning that people have to be given now, unless they were: each is given once for each
/// certificate, and of several that are due only the latest.
pub fn due(saml: &SamlSettings, now: Instant) -> Option<ExpiryWarning> {
    let last = last_to_expire(saml.idp.as_ref()?)?;
    let ends = last.certificate.not_after;
    let days = WARNING_DAYS.into_iter().rfind(|days| now >= begins(ends, *days))?;
    let told = saml.care.told.filter(|told| told.certificate == last.id);
    told.is_none_or(|told| days < told.days).then_some(ExpiryWarning { certificate: last.id, days })
}

/// When the certificates have to be looked at again: when the next warning is due, and within
/// [`LOOK_EVERY`] in any case.
pub fn next_look(saml: &SamlSettings, now: Instant) -> Instant {
    let latest = now + LOOK_EVERY;
    let last = saml.idp.as_ref().and_then(last_to_expire);
    last.map_or(latest, |last| {
        let next = WARNING_DAYS.into_iter().map(|days| begins(last.certificate.not_after, days));
        next.filter(|at| *at > now).min().map_or(latest, |at| at.min(latest))
    })
}

/// How many days a certificate lasts, begun ones counted; none once it has ended.
pub fn days_left(ends: Instant, now: Instant) -> u32 {
    let day_s = Duration::DAY.whole_seconds();
    let left = ends - now;
    let begun = i64::from(left.subsec_nanoseconds() > 0);
    let seconds = left.whole_seconds().saturating_add(begun).max(0);
    u32::try_from(seconds.saturating_add(day_s - 1) / day_s).unwrap_or(u32::MAX)
}

fn begins(ends: Instant, days: u16) -> Instant {
    ends.saturating_sub(Duration::days(days.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Certificate, Fingerprint, KeyKind};
    use crate::id::Id as _;
    use crate::url::EntityId;
    use time::macros::datetime;
    use ulid::Ulid;

    const ENDS: Instant = datetime!(2027-06-01 12:00 UTC);
    const SECOND: Duration = Duration::SECOND;

    fn id(n: u8) -> IdpCertificateId {
        IdpCertificateId::from_ulid(Ulid::from_parts(1, n.into()))
    }

    fn settings(ends: &[Instant]) -> SamlSettings {
        let certificate = |(n, not_after): (usize, &Instant)| {
            let n = u8::try_from(n).unwrap();
            let certificate = Certificate {
                der: vec![n],
                fingerprint: Fingerprint::of_der(&[n]),
                subject: String::new(),
                issuer: String::new(),
                not_before: datetime!(2020-01-01 0:00 UTC),
                not_after: *not_after,
                key: KeyKind::EcP256,
            };
            IdpCertificate { id: id(n), added_at: certificate.not_before, certificate }
        };
        let idp = TrustedIdentityProvider {
            entity_id: EntityId::parse("urn:idp").unwrap(),
            sso: Vec::new(),
            slo: Vec::new(),
            signing_certificates: ends.iter().enumerate().map(certificate).collect(),
            name_id_formats: Vec::new(),
            wants_signed_requests: false,
            metadata_url: None,
        };
        SamlSettings { idp: Some(idp), ..SamlSettings::default() }
    }

    fn before(days: i64) -> Instant {
        ENDS - Duration::days(days)
    }

    #[test]
    fn a_warning_is_due_from_its_day_on_until_the_next() {
        for (now, wanted) in [
            (before(91), None),
            (before(90) - SECOND, None),
            (before(90), Some(90)),
            (before(30) - SECOND, Some(90)),
            (before(30), Some(30)),
            (before(7) - SECOND, Some(30)),
            (before(7), Some(7)),
            (before(1) - SECOND, Some(7)),
            (before(1), Some(1)),
            (ENDS + Duration::days(1000), Some(1)),
        ] {
            let due = due(&settings(&[ENDS]), now).map(|warning| warning.days);
            assert_eq!(due, wanted, "{now}");
        }
    }

    #[test]
    fn each_warning_is_given_once_for_each_certificate() {
        for (told, days, wanted) in [
            (Some((0, 90)), 60, None),
            (Some((0, 90)), 30, Some(30)),
            (Some((0, 7)), 5, None),
            // A clock that was set back.
            (Some((0, 7)), 20, None),
            (Some((0, 1)), 0, None),
            // Of another certificate.
            (Some((1, 1)), 60, Some(90)),
            (None, 60, Some(90)),
        ] {
            let told = told.map(|(n, days)| ExpiryWarning { certificate: id(n), days });
            let care = CertificateCare { told, ..CertificateCare::default() };
            let due = due(&SamlSettings { care, ..settings(&[ENDS]) }, before(days));
            assert_eq!(due.map(|warning| warning.days), wanted, "{told:?} {days}");
        }
    }

    #[test]
    fn the_certificate_that_lasts_longest_counts() {
        let saml = settings(&[before(100), ENDS, before(400)]);
        let warning = ExpiryWarning { certificate: id(1), days: 90 };
        assert_eq!(due(&saml, before(90)), Some(warning));
        assert_eq!(due(&saml, before(100)), None);
        assert_eq!(due(&SamlSettings::default(), ENDS), None);
    }

    #[test]
    fn certificates_are_looked_at_daily_and_when_a_warning_is_due() {
        for (now, wanted) in [
            (before(200), before(199)),
            (before(91) + SECOND, before(90)),
            (before(90), before(89)),
            (before(8) + SECOND, before(7)),
            (before(2), before(1)),
            (before(1), ENDS),
            (ENDS, ENDS + LOOK_EVERY),
        ] {
            assert_eq!(next_look(&settings(&[ENDS]), now), wanted, "{now}");
        }
        assert_eq!(next_look(&SamlSettings::default(), ENDS), ENDS + LOOK_EVERY);
    }

    #[test]
    fn begun_days_count() {
        let nanosecond = Duration::nanoseconds(1);
        for (now, wanted) in [
            (before(90), 90),
            (before(90) + nanosecond, 90),
            (before(90) - nanosecond, 91),
            (ENDS - nanosecond, 1),
            (ENDS, 0),
            (ENDS + Duration::days(3), 0),
        ] {
            assert_eq!(days_left(ENDS, now), wanted, "{now}");
        }
    }
}
