//! Certificates of connections.

use serde::Serialize;
use vestibule_domain::Instant;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::saml::{IdpCertificate, SpKeyPair, SpKeyUse};

use crate::timestamp::Timestamp;

/// A certificate of a connection: the provider's, or one of ours. Never a private key.
///
/// Source: WorkOS-compatible contract, section 8.3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Certificate))]
pub struct CertificateJson {
    /// `saml_idp_signing_certificate`, `saml_sp_encryption_certificate`,
    /// `saml_sp_signing_certificate` or `oidc_jwt_signing_certificate`.
    object: &'static str,
    /// `saml_x509_cert_…` for the provider's, `saml_party_trust_…` for ours.
    id: String,
    /// The certificate as PEM.
    value: String,
    /// First instant of validity.
    not_before: Option<Timestamp>,
    /// Last instant of validity.
    not_after: Option<Timestamp>,
    /// When the connection got it.
    created_at: Timestamp,
}

impl CertificateJson {
    /// Presents a signing certificate of the provider.
    pub fn of_idp(held: &IdpCertificate) -> Self {
        Self::new("saml_idp_signing_certificate", held.id.to_string(), &held.certificate, held.added_at)
    }

    /// Presents the certificate of a pair of ours.
    pub fn of_sp(key_use: SpKeyUse, pair: &SpKeyPair) -> Self {
        let object = match key_use {
            SpKeyUse::Signing => "saml_sp_signing_certificate",
            SpKeyUse::Encryption => "saml_sp_encryption_certificate",
        };
        Self::new(object, pair.id.to_string(), &pair.certificate, pair.added_at)
    }

    /// Presents the certificate of the pair that signs our assertions for `private_key_jwt`.
    pub fn of_assertions(pair: &SpKeyPair) -> Self {
        Self::new("oidc_jwt_signing_certificate", pair.id.to_string(), &pair.certificate, pair.added_at)
    }

    fn new(object: &'static str, id: String, certificate: &Certificate, added_at: Instant) -> Self {
        Self {
            object,
            id,
            value: certificate.to_pem(),
            not_before: Some(certificate.not_before.into()),
            not_after: Some(certificate.not_after.into()),
            created_at: added_at.into(),
        }
    }
}
