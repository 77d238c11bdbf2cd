//! What a SAML connection knows: the identity provider on one side, our keys on the other.

use time::Duration;

use crate::Instant;
use crate::certificate::Certificate;
use crate::certificate_watch::CertificateCare;
use crate::connection::ConnectionRefused;
use crate::id::{IdpCertificateId, SpCertificateId};
use crate::url::{EntityId, HttpsUrl};

pub use crate::key_pair::{SP_CERTIFICATE_LIFE, SpKeyPair};
use crate::sso::CLOCK_SKEW;

/// The bindings by which a request can reach an identity provider.
///
/// Source: SAML Bindings 2.0, sections 3.4 and 3.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SsoBinding {
    /// HTTP-Redirect, preferred: it needs no page of ours.
    Redirect,
    /// HTTP-POST.
    Post,
}

/// Where sign-ins start at the identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoEndpoint {
    /// How the request travels.
    pub binding: SsoBinding,
    /// The address, without any change to what the provider published.
    pub url: HttpsUrl,
}

/// A signing certificate of the identity provider, as a connection trusts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdpCertificate {
    /// Its id on the wire.
    pub id: IdpCertificateId,
    /// When it was added to the connection.
    pub added_at: Instant,
    /// The certificate.
    pub certificate: Certificate,
}

/// What identity provider metadata says, before anything trusts it: read by the `saml` adapter,
/// shown to the IT admin, and then made part of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    /// The provider's entity id, compared exactly with the issuer of every message.
    pub entity_id: EntityId,
    /// Single sign-on endpoints by binding, at most one each, in order of preference; never empty.
    pub sso: Vec<SsoEndpoint>,
    /// Single logout endpoints, may be empty.
    pub slo: Vec<SsoEndpoint>,
    /// Signing certificates in order of appearance, without repeats; never empty.
    pub signing_certificates: Vec<Certificate>,
    /// Name id formats, in order of appearance.
    pub name_id_formats: Vec<String>,
    /// Whether the provider asks for signed requests.
    pub wants_signed_requests: bool,
    /// Until when the document vouches for itself, if it says so.
    pub valid_until: Option<Instant>,
    /// Whether all that the document shows of the provider's signatures is SHA-1, which is not
    /// believed at sign-in.
    pub sha1_only: bool,
}

impl IdentityProvider {
    /// A provider of which somebody typed what metadata would say; requests travel by redirect.
    pub fn by_hand(
        entity_id: EntityId,
        sso_url: HttpsUrl,
        signing_certificates: Vec<Certificate>,
    ) -> Result<Self, ConnectionRefused> {
        Ok(Self {
            entity_id,
            sso: vec![SsoEndpoint { binding: SsoBinding::Redirect, url: sso_url }],
            slo: Vec::new(),
            signing_certificates: Self::distinct(signing_certificates)?,
            name_id_formats: Vec::new(),
            wants_signed_requests: false,
            valid_until: None,
            sha1_only: false,
        })
    }

    /// One to [`IDP_CERTIFICATES_MAX`] certificates, each once.
    pub fn distinct(certificates: Vec<Certificate>) -> Result<Vec<Certificate>, ConnectionRefused> {
        let mut kept: Vec<Certificate> = Vec::with_capacity(certificates.len());
        for certificate in certificates {
            if kept.iter().all(|held| held.fingerprint != certificate.fingerprint) {
                kept.push(certificate);
            }
        }
        match kept.len() {
            0 => Err(ConnectionRefused::LastCertificate),
            1..=IDP_CERTIFICATES_MAX => Ok(kept),
            _ => Err(ConnectionRefused::TooManyCertificates),
        }
    }
}

/// The identity provider of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedIdentityProvider {
    /// The provider's entity id.
    pub entity_id: EntityId,
    /// Single sign-on endpoints in order of preference; never empty.
    pub sso: Vec<SsoEndpoint>,
    /// Single logout endpoints.
    pub slo: Vec<SsoEndpoint>,
    /// Certificates that signatures are checked with, oldest first; never empty.
    pub signing_certificates: Vec<IdpCertificate>,
    /// Name id formats the provider offers.
    pub name_id_formats: Vec<String>,
    /// Whether the provider asks for signed requests.
    pub wants_signed_requests: bool,
    /// Where the metadata was fetched from, if it was; it is read again there.
    pub metadata_url: Option<HttpsUrl>,
}

/// Everything a SAML connection keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SamlSettings {
    /// The identity provider; absent while the connection is a draft.
    pub idp: Option<TrustedIdentityProvider>,
    /// An assertion consumer address other than ours, set through the API when a vendor migrates.
    pub acs_url: Option<HttpsUrl>,
    /// An entity id other than ours, set through the API when a vendor migrates.
    pub sp_entity_id: Option<EntityId>,
    /// The pair that signs our requests, if they are signed.
    pub signing_key: Option<SpKeyPair>,
    /// The pair that signs them after [`Self::switch_signing_key()`]. Until then our metadata shows
    /// it beside the present one, so that the provider knows it before it is used.
    pub next_signing_key: Option<SpKeyPair>,
    /// Pairs that responses may be encrypted to, oldest first, at most [`ENCRYPTION_KEYS_MAX`].
    pub encryption_keys: Vec<SpKeyPair>,
    /// The pair with which the test identity provider signs for this connection, where that is its
    /// provider.
    pub test_key: Option<SpKeyPair>,
    /// What may differ from one connection to another at sign-in.
    pub options: SamlOptions,
    /// What looking after its certificates needs.
    pub care: CertificateCare,
}

/// The most that a connection may allow for clocks that are apart.
pub const CLOCK_SKEW_MAX: Duration = Duration::minutes(10);

/// What may differ from one connection to another at sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SamlOptions {
    /// Whether a response is taken that nobody asked for: people start at their provider's page of
    /// apps. Whoever can make somebody's browser post a response can sign them in as somebody else;
    /// an app that cares about that switches it off.
    pub idp_initiated: bool,
    /// How far clocks may be apart, at most [`CLOCK_SKEW_MAX`].
    pub clock_skew: Duration,
    /// Whether SHA-1 is believed in signatures and digests. Providers of yesterday need it.
    pub allow_sha1: bool,
    /// Whether RSA keys from 1024 bits on are believed in signatures.
    pub allow_short_rsa: bool,
}

impl Default for SamlOptions {
    fn default() -> Self {
        Self { idp_initiated: true, clock_skew: CLOCK_SKEW, allow_sha1: false, allow_short_rsa: false }
    }
}

/// No time that clocks may be apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 0 to {} seconds", CLOCK_SKEW_MAX.whole_seconds())]
pub struct ClockSkewError;

impl SamlOptions {
    /// Reads how far clocks may be apart, in seconds.
    pub fn clock_skew_of(seconds: u32) -> Result<Duration, ClockSkewError> {
        let skew = Duration::seconds(seconds.into());
        if skew <= CLOCK_SKEW_MAX { Ok(skew) } else { Err(ClockSkewError) }
    }
}

/// How many encryption pairs a connection may have at once: the current and the next.
pub const ENCRYPTION_KEYS_MAX: usize = 2;

/// How many signing certificates of the provider a connection may trust at once.
///
/// Real metadata was seen with up to four (Entra ID during a roll-over); a document with dozens
/// is a mistake or an attack on verification time.
pub const IDP_CERTIFICATES_MAX: usize = 10;

/// What a key pair of ours is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpKeyUse {
    /// Signing our requests.
    Signing,
    /// Opening what the provider encrypts to us.
    Encryption,
}

impl SpKeyUse {
    /// Both uses.
    pub const ALL: [Self; 2] = [Self::Signing, Self::Encryption];
}

/// Where a connection keeps a key pair of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpKeyPlace {
    /// The pair that signs our requests.
    Signing,
    /// The pair that follows it.
    NextSigning,
    /// The pairs that responses may be encrypted to.
    Encryption,
}

impl SpKeyPlace {
    /// What the pairs there are for.
    pub fn key_use(self) -> SpKeyUse {
        match self {
            Self::Signing | Self::NextSigning => SpKeyUse::Signing,
            Self::Encryption => SpKeyUse::Encryption,
        }
    }
}

/// Why our key pairs cannot change as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpKeyRefused {
    /// There is a signing pair already.
    #[error("the connection already has a signing certificate")]
    SigningKeyExists,
    /// There is a pair to follow the signing pair already.
    #[error("the connection already has its next signing certificate")]
    NextSigningKeyExists,
    /// Requests are not signed, so that there is nothing to follow.
    #[error("the connection has no signing certificate that another could follow")]
    NoSigningKey,
    /// There are [`ENCRYPTION_KEYS_MAX`] encryption pairs already.
    #[error("a connection has at most {ENCRYPTION_KEYS_MAX} encryption certificates")]
    TooManyEncryptionKeys,
    /// No such pair.
    #[error("the connection has no such certificate")]
    NoSuchKey,
}

impl SamlSettings {
    /// The pairs at a place, oldest first.
    pub fn keys(&self, place: SpKeyPlace) -> &[SpKeyPair] {
        match place {
            SpKeyPlace::Signing => self.signing_key.as_slice(),
            SpKeyPlace::NextSigning => self.next_signing_key.as_slice(),
            SpKeyPlace::Encryption => &self.encryption_keys,
        }
    }

    /// The pairs that do the work of one use now, oldest first.
    pub fn keys_in_use(&self, of: SpKeyUse) -> &[SpKeyPair] {
        match of {
            SpKeyUse::Signing => self.keys(SpKeyPlace::Signing),
            SpKeyUse::Encryption => self.keys(SpKeyPlace::Encryption),
        }
    }

    /// The certificates of one use that our metadata shows, the one in use first.
    pub fn published(&self, of: SpKeyUse) -> impl Iterator<Item = &Certificate> {
        let next = match of {
            SpKeyUse::Signing => self.keys(SpKeyPlace::NextSigning),
            SpKeyUse::Encryption => &[],
        };
        self.keys_in_use(of).iter().chain(next).map(|pair| &pair.certificate)
    }

    /// The settings with one pair more.
    pub fn with_key(mut self, place: SpKeyPlace, pair: SpKeyPair) -> Result<Self, SpKeyRefused> {
        match place {
            SpKeyPlace::Signing if self.signing_key.is_some() => return Err(SpKeyRefused::SigningKeyExists),
            SpKeyPlace::Signing => self.signing_key = Some(pair),
            SpKeyPlace::NextSigning if self.signing_key.is_none() => return Err(SpKeyRefused::NoSigningKey),
            SpKeyPlace::NextSigning if self.next_signing_key.is_some() => {
                return Err(SpKeyRefused::NextSigningKeyExists);
            }
            SpKeyPlace::NextSigning => self.next_signing_key = Some(pair),
            SpKeyPlace::Encryption if self.encryption_keys.len() >= ENCRYPTION_KEYS_MAX => {
                return Err(SpKeyRefused::TooManyEncryptionKeys);
            }
            SpKeyPlace::Encryption => self.encryption_keys.push(pair),
        }
        Ok(self)
    }

    /// The settings without a pair. The last may go: then requests are not signed, or responses
    /// not encrypted. What was to follow the signing pair goes with it.
    pub fn without_key(mut self, place: SpKeyPlace, id: SpCertificateId) -> Result<Self, SpKeyRefused> {
        if !self.keys(place).iter().any(|pair| pair.id == id) {
            return Err(SpKeyRefused::NoSuchKey);
        }
        match place {
            SpKeyPlace::Signing => (self.signing_key, self.next_signing_key) = (None, None),
            SpKeyPlace::NextSigning => self.next_signing_key = None,
            SpKeyPlace::Encryption => self.encryption_keys.retain(|pair| pair.id != id),
        }
        Ok(self)
    }

    /// The settings whose requests are signed with the next pair, named by its id, from now on; the
    /// one before is gone.
    pub fn switch_signing_key(mut self, id: SpCertificateId) -> Result<Self, SpKeyRefused> {
        let next = self.next_signing_key.take_if(|next| next.id == id);
        self.signing_key = Some(next.ok_or(SpKeyRefused::NoSuchKey)?);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Fingerprint, KeyKind};
    use crate::id::Id;
    use crate::secret::Sealed;
    use std::slice::from_ref;
    use time::macros::datetime;
    use ulid::Ulid;

    const NOW: Instant = datetime!(2026-11-21 12:00 UTC);

    fn certificate(n: u8) -> Certificate {
        Certificate {
            der: vec![n],
            fingerprint: Fingerprint::of_der(&[n]),
            subject: String::new(),
            issuer: String::new(),
            not_before: NOW,
            not_after: NOW,
            key: KeyKind::Rsa { bits: 2048 },
        }
    }

    fn pair(n: u8) -> SpKeyPair {
        SpKeyPair {
            id: SpCertificateId::from_ulid(Ulid::from_parts(1, n.into())),
            added_at: NOW,
            certificate: certificate(n),
            private_key: Sealed::from_bytes(vec![n]),
        }
    }

    #[test]
    fn certificates_given_by_hand_are_one_to_ten_and_distinct() {
        let most = u8::try_from(IDP_CERTIFICATES_MAX).unwrap();
        let given = |ns: &[u8]| IdentityProvider::distinct(ns.iter().copied().map(certificate).collect());
        assert_eq!(given(&[1, 2, 1]), Ok(vec![certificate(1), certificate(2)]));
        assert_eq!(given(&[]), Err(ConnectionRefused::LastCertificate));
        assert!(given(&(1..=most).collect::<Vec<_>>()).is_ok());
        assert_eq!(given(&(0..=most).collect::<Vec<_>>()), Err(ConnectionRefused::TooManyCertificates));
    }

    #[test]
    fn clocks_may_be_ten_minutes_apart_at_most() {
        assert_eq!(SamlOptions::clock_skew_of(0), Ok(Duration::ZERO));
        assert_eq!(SamlOptions::clock_skew_of(600), Ok(CLOCK_SKEW_MAX));
        assert_eq!(SamlOptions::clock_skew_of(601), Err(ClockSkewError));
    }

    #[test]
    fn there_is_one_signing_pair_at_most() {
        let one = SamlSettings::default().with_key(SpKeyPlace::Signing, pair(1)).unwrap();
        assert_eq!(one.clone().with_key(SpKeyPlace::Signing, pair(2)), Err(SpKeyRefused::SigningKeyExists));
        let none = one.without_key(SpKeyPlace::Signing, pair(1).id).unwrap();
        assert_eq!(none, SamlSettings::default());
    }

    #[test]
    fn the_next_signing_pair_is_shown_before_it_is_used() {
        let (first, next) = (pair(1), pair(2));
        let unsigned = SamlSettings::default();
        let alone = unsigned.with_key(SpKeyPlace::NextSigning, next.clone());
        assert_eq!(alone, Err(SpKeyRefused::NoSigningKey));

        let signed = SamlSettings::default().with_key(SpKeyPlace::Signing, first.clone()).unwrap();
        let both = signed.clone().with_key(SpKeyPlace::NextSigning, next.clone()).unwrap();
        let shown: Vec<_> = both.published(SpKeyUse::Signing).collect();
        assert_eq!(shown, [&first.certificate, &next.certificate]);
        assert_eq!(both.keys_in_use(SpKeyUse::Signing), from_ref(&first));
        let third = both.clone().with_key(SpKeyPlace::NextSigning, pair(3));
        assert_eq!(third, Err(SpKeyRefused::NextSigningKeyExists));

        let switched = both.clone().switch_signing_key(next.id).unwrap();
        assert_eq!(switched.keys_in_use(SpKeyUse::Signing), from_ref(&next));
        assert_eq!(switched.published(SpKeyUse::Signing).collect::<Vec<_>>(), [&next.certificate]);
        assert_eq!(switched.switch_signing_key(next.id), Err(SpKeyRefused::NoSuchKey));
        assert_eq!(both.clone().switch_signing_key(first.id), Err(SpKeyRefused::NoSuchKey));

        assert_eq!(both.clone().without_key(SpKeyPlace::NextSigning, next.id), Ok(signed));
        assert_eq!(both.without_key(SpKeyPlace::Signing, first.id), Ok(SamlSettings::default()));
    }

    #[test]
    fn encryption_pairs_are_limited_to_the_current_and_the_next() {
        let mut settings = SamlSettings::default();
        for n in 1..=u8::try_from(ENCRYPTION_KEYS_MAX).unwrap() {
            settings = settings.with_key(SpKeyPlace::Encryption, pair(n)).unwrap();
        }
        assert_eq!(
            settings.clone().with_key(SpKeyPlace::Encryption, pair(9)),
            Err(SpKeyRefused::TooManyEncryptionKeys)
        );
        let left = settings.without_key(SpKeyPlace::Encryption, pair(1).id).unwrap();
        assert_eq!(left.keys(SpKeyPlace::Encryption), [pair(2)]);
    }

    #[test]
    fn a_pair_is_removed_only_under_its_own_use() {
        let settings = SamlSettings::default().with_key(SpKeyPlace::Signing, pair(1)).unwrap();
        assert_eq!(
            settings.clone().without_key(SpKeyPlace::Encryption, pair(1).id),
            Err(SpKeyRefused::NoSuchKey)
        );
        assert_eq!(settings.without_key(SpKeyPlace::Signing, pair(2).id), Err(SpKeyRefused::NoSuchKey));
    }
}
