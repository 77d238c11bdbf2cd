//! When people are warned that the certificates of a connection run out.

use time::Duration;

use crate::Instant;
use crate::connection::ProtocolSettings;
use crate::id::{IdpCertificateId, SpCertificateId};
use crate::key_pair::SpKeyPair;
use crate::language::Language;
use crate::saml::{IdpCertificate, SamlSettings, SpKeyPlace, SpKeyUse, TrustedIdentityProvider};

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

/// What a certificate of a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateUse {
    /// The provider signs its responses.
    ResponseSigning,
    /// We sign our requests.
    RequestSigning,
    /// The provider encrypts its responses to us.
    ResponseEncryption,
}

impl CertificateUse {
    /// All uses.
    pub const ALL: [Self; 3] = [Self::ResponseSigning, Self::RequestSigning, Self::ResponseEncryption];

    /// The word in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResponseSigning => "response_signing",
            Self::RequestSigning => "request_signing",
            Self::ResponseEncryption => "response_encryption",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.as_str() == raw)
    }
}

impl From<SpKeyUse> for CertificateUse {
    fn from(of: SpKeyUse) -> Self {
        match of {
            SpKeyUse::Signing => Self::RequestSigning,
            SpKeyUse::Encryption => Self::ResponseEncryption,
        }
    }
}

/// A warning of a certificate of ours, some days before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyWarning {
    /// The certificate that ends first of those of its use.
    pub certificate: SpCertificateId,
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
    /// The last warning of the certificate that our requests are signed with.
    pub told_signing: Option<KeyWarning>,
    /// The last warning of the certificate that responses are encrypted to.
    pub told_encryption: Option<KeyWarning>,
    /// When the metadata was last read at its address.
    pub metadata_read_at: Option<Instant>,
}

impl CertificateCare {
    /// The last warning of a certificate of ours.
    pub fn told_of(&self, of: SpKeyUse) -> Option<KeyWarning> {
        match of {
            SpKeyUse::Signing => self.told_signing,
            SpKeyUse::Encryption => self.told_encryption,
        }
    }

    /// Remembers that people were warned of a certificate of ours.
    pub fn tell_of(&mut self, of: SpKeyUse, warning: KeyWarning) {
        match of {
            SpKeyUse::Signing => self.told_signing = Some(warning),
            SpKeyUse::Encryption => self.told_encryption = Some(warning),
        }
    }
}

/// The certificate that lasts longest: when it ends, a new one has to be there.
pub fn last_to_expire(idp: &TrustedIdentityProvider) -> Option<&IdpCertificate> {
    idp.signing_certificates.iter().max_by_key(|held| held.certificate.not_after)
}

/// When the last of the provider's certificates ends; none where there are none.
pub fn provider_certificates_end(settings: &ProtocolSettings) -> Option<Instant> {
    let idp = settings.saml()?.idp.as_ref()?;
    last_to_expire(idp).map(|last| last.certificate.not_after)
}

/// The warning that people have to be given now, unless they were: each is given once for each
/// certificate, and of several that are due only the latest.
pub fn due(saml: &SamlSettings, now: Instant) -> Option<ExpiryWarning> {
    let last = last_to_expire(saml.idp.as_ref()?)?;
    let days = days_due(last.certificate.not_after, now)?;
    let told = saml.care.told.filter(|told| told.certificate == last.id);
    told.is_none_or(|told| days < told.days).then_some(ExpiryWarning { certificate: last.id, days })
}

/// The pair of ours that ends first of one use.
pub fn first_of_ours(saml: &SamlSettings, of: SpKeyUse) -> Option<&SpKeyPair> {
    saml.keys_in_use(of).iter().min_by_key(|pair| pair.certificate.not_after)
}

/// The same as [`due`] of our own certificates of one use.
pub fn due_of_ours(saml: &SamlSettings, of: SpKeyUse, now: Instant) -> Option<KeyWarning> {
    let first = first_of_ours(saml, of)?;
    let days = days_due(first.certificate.not_after, now)?;
    let told = saml.care.told_of(of).filter(|told| told.certificate == first.id);
    told.is_none_or(|told| days < told.days).then_some(KeyWarning { certificate: first.id, days })
}

/// Where a pair has to be added that follows one of ours near its end.
pub fn successor_due(saml: &SamlSettings, now: Instant) -> Option<SpKeyPlace> {
    let ending = |of| {
        let first = first_of_ours(saml, of);
        first.is_some_and(|pair| days_due(pair.certificate.not_after, now).is_some())
    };
    if saml.next_signing_key.is_none() && ending(SpKeyUse::Signing) {
        return Some(SpKeyPlace::NextSigning);
    }
    let alone = saml.encryption_keys.len() == 1;
    (alone && ending(SpKeyUse::Encryption)).then_some(SpKeyPlace::Encryption)
}

/// Whether any warning is due.
pub fn any_due(saml: &SamlSettings, now: Instant) -> bool {
    due(saml, now).is_some() || SpKeyUse::ALL.into_iter().any(|of| due_of_ours(saml, of, now).is_some())
}

/// The warning that stands at `now`: the latest that has begun.
fn days_due(ends: Instant, now: Instant) -> Option<u16> {
    WARNING_DAYS.into_iter().rfind(|days| now >= begins(ends, *days))
}

/// When the certificates have to be looked at again: when the next warning is due, and within
/// [`LOOK_EVERY`] in any case.
pub fn next_look(saml: &SamlSettings, now: Instant) -> Instant {
    let latest = now + LOOK_EVERY;
    let theirs = saml.idp.as_ref().and_then(last_to_expire).map(|held| &held.certificate);
    let ours = SpKeyUse::ALL.into_iter().filter_map(|of| first_of_ours(saml, of));
    let ends = theirs.into_iter().chain(ours.map(|pair| &pair.certificate)).map(|last| last.not_after);
    let warnings = ends.flat_map(|ends| WARNING_DAYS.map(|days| begins(ends, days)));
    warnings.filter(|at| *at > now).min().map_or(latest, |at| at.min(latest))
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

    fn pair(n: u8, not_after: Instant) -> SpKeyPair {
        let idp = settings(&[not_after]).idp.unwrap();
        SpKeyPair {
            id: SpCertificateId::from_ulid(Ulid::from_parts(1, n.into())),
            added_at: not_after,
            certificate: idp.signing_certificates[0].certificate.clone(),
            private_key: crate::secret::Sealed::from_bytes(Vec::new()),
        }
    }

    #[test]
    fn our_own_certificates_are_warned_of_each_for_its_use() {
        let mut saml = SamlSettings {
            signing_key: Some(pair(1, ENDS)),
            encryption_keys: vec![pair(2, before(10)), pair(3, before(20))],
            ..settings(&[ENDS + Duration::days(1000)])
        };
        let due = |saml: &SamlSettings, of, now| due_of_ours(saml, of, now).map(|warning| warning.days);
        assert!(!any_due(&saml, before(110) - SECOND));
        assert_eq!(next_look(&saml, before(110) - SECOND), before(110), "twenty days before the other");
        assert_eq!(due(&saml, SpKeyUse::Encryption, before(110)), Some(90), "the first to end counts");
        assert_eq!(due(&saml, SpKeyUse::Signing, before(110)), None);
        assert_eq!(due(&saml, SpKeyUse::Signing, before(7)), Some(7));

        let warning = due_of_ours(&saml, SpKeyUse::Signing, before(90)).unwrap();
        saml.care.tell_of(SpKeyUse::Signing, warning);
        assert_eq!(due(&saml, SpKeyUse::Signing, before(89)), None, "once");
        assert_eq!(due(&saml, SpKeyUse::Signing, before(30)), Some(30));
        saml.signing_key = Some(pair(9, ENDS));
        assert_eq!(due(&saml, SpKeyUse::Signing, before(89)), Some(90), "of another");
        assert!(any_due(&saml, before(89)));
    }

    #[test]
    fn what_is_near_its_end_wants_a_successor_once() {
        let signing = SamlSettings { signing_key: Some(pair(1, ENDS)), ..SamlSettings::default() };
        assert_eq!(successor_due(&signing, before(90) - SECOND), None);
        assert_eq!(successor_due(&signing, before(90)), Some(SpKeyPlace::NextSigning));
        let followed = SamlSettings { next_signing_key: Some(pair(2, ENDS)), ..signing };
        assert_eq!(successor_due(&followed, ENDS), None);

        let mut encrypting = SamlSettings { encryption_keys: vec![pair(3, ENDS)], ..followed };
        assert_eq!(successor_due(&encrypting, before(90) - SECOND), None);
        assert_eq!(successor_due(&encrypting, before(90)), Some(SpKeyPlace::Encryption));
        encrypting.encryption_keys.push(pair(4, ENDS + Duration::days(1000)));
        assert_eq!(successor_due(&encrypting, ENDS), None);
        assert_eq!(successor_due(&SamlSettings::default(), ENDS), None);
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
