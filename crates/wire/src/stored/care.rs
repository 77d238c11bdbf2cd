//! What a SAML connection remembers so that its certificates are looked after.

use serde::{Deserialize, Serialize};
use vestibule_domain::Instant;
use vestibule_domain::certificate_watch::{CertificateCare, ExpiryWarning, KeyWarning};
use vestibule_domain::id::{IdpCertificateId, SpCertificateId};
use vestibule_domain::language::Language;

use super::text::T;

#[derive(Serialize, Deserialize)]
pub(super) struct CareForm {
    language: T<Language>,
    told: Option<WarningForm>,
    /// Rows from before our own were watched have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told_signing: Option<KeyWarningForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told_encryption: Option<KeyWarningForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metadata_read_at: Option<T<Instant>>,
}

#[derive(Serialize, Deserialize)]
struct KeyWarningForm {
    certificate: T<SpCertificateId>,
    days: u16,
}

impl From<KeyWarning> for KeyWarningForm {
    fn from(told: KeyWarning) -> Self {
        Self { certificate: T(told.certificate), days: told.days }
    }
}

impl From<KeyWarningForm> for KeyWarning {
    fn from(form: KeyWarningForm) -> Self {
        Self { certificate: form.certificate.0, days: form.days }
    }
}

#[derive(Serialize, Deserialize)]
struct WarningForm {
    certificate: T<IdpCertificateId>,
    days: u16,
}

impl CareForm {
    /// Nothing where there is nothing to be remembered.
    pub(super) fn of(care: CertificateCare) -> Option<Self> {
        let told = care.told.map(|told| WarningForm { certificate: T(told.certificate), days: told.days });
        (care != CertificateCare::default()).then_some(Self {
            language: T(care.language),
            told,
            told_signing: care.told_signing.map(Into::into),
            told_encryption: care.told_encryption.map(Into::into),
            metadata_read_at: care.metadata_read_at.map(T),
        })
    }
}

impl From<CareForm> for CertificateCare {
    fn from(form: CareForm) -> Self {
        let told = |told: WarningForm| ExpiryWarning { certificate: told.certificate.0, days: told.days };
        Self {
            language: form.language.0,
            told: form.told.map(told),
            told_signing: form.told_signing.map(Into::into),
            told_encryption: form.told_encryption.map(Into::into),
            metadata_read_at: form.metadata_read_at.map(|at| at.0),
        }
    }
}
