//! What becomes of a connection whose provider's metadata is read again.

use time::Duration;

use crate::Instant;
use crate::certificate::{Certificate, Validity};
use crate::saml::{IDP_CERTIFICATES_MAX, IdentityProvider, IdpCertificate, TrustedIdentityProvider};

/// How often metadata is read again.
pub const READ_EVERY: Duration = Duration::days(1);

/// By how much the next reading comes sooner or later than [`READ_EVERY`], so that connections
/// that were set up together are not read together for ever.
pub const READ_JITTER_MAX: Duration = Duration::hours(2);

/// When metadata is read the next time; `chance` is any byte.
pub fn next_reading(now: Instant, chance: u8) -> Instant {
    now + READ_EVERY - READ_JITTER_MAX + READ_JITTER_MAX * 2 * (f64::from(chance) / 255.0)
}

/// Why a document changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefreshRefused {
    /// It describes another provider.
    #[error("the document describes another identity provider")]
    OtherProvider,
    /// It says of itself that it is too old.
    #[error("the document has expired")]
    Expired,
}

/// A provider as its metadata says it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refreshed {
    /// The provider.
    pub idp: TrustedIdentityProvider,
    /// The certificates that came.
    pub added: Vec<IdpCertificate>,
    /// The certificates that went.
    pub dropped: Vec<IdpCertificate>,
}

impl Refreshed {
    /// Takes over what the document says. `trust` makes trusted certificates of new ones.
    ///
    /// New certificates come beside the held ones, since a provider publishes the next before it
    /// signs with it, and may go back. Of those that the document no longer lists the expired ones
    /// go, and the oldest where there would be more than [`IDP_CERTIFICATES_MAX`].
    pub fn of(
        held: &TrustedIdentityProvider,
        read: IdentityProvider,
        now: Instant,
        trust: impl FnMut(Certificate) -> IdpCertificate,
    ) -> Result<Self, RefreshRefused> {
        if read.entity_id != held.entity_id {
            return Err(RefreshRefused::OtherProvider);
        }
        if read.valid_until.is_some_and(|until| until <= now) {
            return Err(RefreshRefused::Expired);
        }
        let is_listed = |held: &IdpCertificate| {
            read.signing_certificates.iter().any(|one| one.fingerprint == held.certificate.fingerprint)
        };
        let is_held = |one: &Certificate| {
            held.signing_certificates.iter().any(|held| held.certificate.fingerprint == one.fingerprint)
        };
        let mut unlisted_room = IDP_CERTIFICATES_MAX.saturating_sub(read.signing_certificates.len());
        // The newest first, since they are the last to go; turned round again below.
        let (mut kept, mut dropped) = (Vec::new(), Vec::new());
        for one in held.signing_certificates.iter().rev() {
            if is_listed(one) {
                kept.push(one.clone());
            } else if unlisted_room > 0 && one.certificate.validity(now) != Validity::Expired {
                unlisted_room -= 1;
                kept.push(one.clone());
            } else {
                dropped.push(one.clone());
            }
        }
        kept.reverse();
        dropped.reverse();
        let new = read.signing_certificates.iter().filter(|one| !is_held(one)).cloned();
        let added: Vec<_> = new.map(trust).collect();
        kept.extend(added.iter().cloned());
        let idp = TrustedIdentityProvider {
            entity_id: read.entity_id,
            sso: read.sso,
            slo: read.slo,
            signing_certificates: kept,
            name_id_formats: read.name_id_formats,
            wants_signed_requests: read.wants_signed_requests,
            metadata_url: held.metadata_url.clone(),
        };
        Ok(Self { idp, added, dropped })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Fingerprint, KeyKind};
    use crate::id::{Id as _, IdpCertificateId};
    use crate::saml::{SsoBinding, SsoEndpoint};
    use crate::url::{EntityId, HttpsUrl};
    use time::macros::datetime;
    use ulid::Ulid;

    const NOW: Instant = datetime!(2026-11-21 12:00 UTC);
    /// Certificates from this number on have expired.
    const EXPIRED: u8 = 100;

    fn certificate(n: u8) -> Certificate {
        Certificate {
            der: vec![n],
            fingerprint: Fingerprint::of_der(&[n]),
            subject: String::new(),
            issuer: String::new(),
            not_before: NOW - Duration::days(700),
            not_after: if n < EXPIRED { NOW + Duration::days(700) } else { NOW - Duration::SECOND },
            key: KeyKind::EcP256,
        }
    }

    fn trusted(certificate: Certificate) -> IdpCertificate {
        let id = IdpCertificateId::from_ulid(Ulid::from_parts(1, certificate.der[0].into()));
        IdpCertificate { id, added_at: NOW, certificate }
    }

    fn document(certificates: &[u8]) -> IdentityProvider {
        let url = HttpsUrl::parse("https://idp.example/sso").unwrap();
        let certificates = certificates.iter().copied().map(certificate).collect();
        IdentityProvider::by_hand(EntityId::parse("urn:idp").unwrap(), url, certificates).unwrap()
    }

    fn held(certificates: &[u8]) -> TrustedIdentityProvider {
        let document = document(certificates);
        TrustedIdentityProvider {
            entity_id: document.entity_id,
            sso: document.sso,
            slo: document.slo,
            signing_certificates: document.signing_certificates.into_iter().map(trusted).collect(),
            name_id_formats: document.name_id_formats,
            wants_signed_requests: document.wants_signed_requests,
            metadata_url: HttpsUrl::parse("https://idp.example/metadata").ok(),
        }
    }

    fn numbers(certificates: &[IdpCertificate]) -> Vec<u8> {
        certificates.iter().map(|held| held.certificate.der[0]).collect()
    }

    #[test]
    fn new_certificates_come_beside_old_ones() {
        let most: Vec<u8> = (1..=10).collect();
        let next: Vec<u8> = (11..=20).collect();
        let rows: [[&[u8]; 4]; 9] = [
            // Held, listed, and what is held then and dropped.
            [&[1], &[1], &[1], &[]],
            [&[1], &[2], &[1, 2], &[]],
            [&[1], &[2, 1], &[1, 2], &[]],
            [&[1, 2], &[2], &[1, 2], &[]],
            // What has expired stays as long as it is listed.
            [&[100], &[100, 1], &[100, 1], &[]],
            [&[100, 1], &[1], &[1], &[100]],
            // One more than there may be, and the oldest that is not listed goes.
            [&most, &[2, 11], &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11], &[1]],
            [&most, &[1, 11], &[1, 3, 4, 5, 6, 7, 8, 9, 10, 11], &[2]],
            [&most, &next, &next, &most],
        ];
        for [before, listed, after, dropped] in rows {
            let refreshed = Refreshed::of(&held(before), document(listed), NOW, trusted).unwrap();
            assert_eq!(numbers(&refreshed.idp.signing_certificates), after, "{before:?} {listed:?}");
            assert_eq!(numbers(&refreshed.dropped), dropped, "{before:?} {listed:?}");
            let added: Vec<u8> = listed.iter().copied().filter(|n| !before.contains(n)).collect();
            assert_eq!(numbers(&refreshed.added), added, "{before:?} {listed:?}");
        }
    }

    #[test]
    fn the_same_document_changes_nothing() {
        let before = held(&[1, 2]);
        assert_eq!(Refreshed::of(&before, document(&[2, 1]), NOW, trusted).unwrap().idp, before);
    }

    #[test]
    fn addresses_are_taken_over_and_the_source_stays() {
        let moved = HttpsUrl::parse("https://new.example/sso").unwrap();
        let sso = vec![SsoEndpoint { binding: SsoBinding::Post, url: moved }];
        let document = IdentityProvider { sso: sso.clone(), ..document(&[1]) };
        let before = held(&[1]);
        let after = Refreshed::of(&before, document, NOW, trusted).unwrap().idp;
        assert_eq!(after, TrustedIdentityProvider { sso, ..before });
    }

    #[test]
    fn a_document_of_another_provider_or_time_changes_nothing() {
        let other = IdentityProvider { entity_id: EntityId::parse("urn:other").unwrap(), ..document(&[2]) };
        assert_eq!(Refreshed::of(&held(&[1]), other, NOW, trusted), Err(RefreshRefused::OtherProvider));
        let until = |at| IdentityProvider { valid_until: Some(at), ..document(&[2]) };
        assert_eq!(Refreshed::of(&held(&[1]), until(NOW), NOW, trusted), Err(RefreshRefused::Expired));
        assert!(Refreshed::of(&held(&[1]), until(NOW + Duration::SECOND), NOW, trusted).is_ok());
    }

    #[test]
    fn readings_are_a_day_apart_more_or_less() {
        assert_eq!(next_reading(NOW, 0), NOW + Duration::hours(22));
        assert_eq!(next_reading(NOW, u8::MAX), NOW + Duration::hours(26));
    }
}
