//! Why a sign-in failed.

use super::check::CheckName;

/// The classes of failure. Source: DESIGN.md, life cycle of an SSO session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureCode {
    /// Attributes that a profile needs are missing or do not fit.
    InvalidAttributes,
    /// The signature does not fit the connection's certificates, or a certificate is at fault.
    InvalidX509Certificate,
    /// The response is not what a response must be: shape, audience, recipient, times, replay.
    MalformedSamlResponse,
    /// The e-mail address lies outside the organization's domains.
    ProfileNotAllowedOutsideOrganization,
    /// What was encrypted does not open.
    DecryptionFailed,
    /// The identity provider reported an error.
    IdpReportedError,
    /// The person or the provider refused.
    AccessDenied,
    /// The answer belongs to no open request.
    StateMismatch,
    /// The exchange of the code, or the id token, is at fault.
    OidcExchangeFailed,
    /// An unsolicited response to a connection that takes none.
    IdpInitiatedSsoDisabled,
}

impl FailureCode {
    /// All codes.
    pub const ALL: [Self; 10] = [
        Self::InvalidAttributes,
        Self::InvalidX509Certificate,
        Self::MalformedSamlResponse,
        Self::ProfileNotAllowedOutsideOrganization,
        Self::DecryptionFailed,
        Self::IdpReportedError,
        Self::AccessDenied,
        Self::StateMismatch,
        Self::OidcExchangeFailed,
        Self::IdpInitiatedSsoDisabled,
    ];

    /// The word in stores, session logs and events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidAttributes => "invalid_attributes",
            Self::InvalidX509Certificate => "invalid_x509_certificate",
            Self::MalformedSamlResponse => "malformed_saml_response",
            Self::ProfileNotAllowedOutsideOrganization => "profile_not_allowed_outside_organization",
            Self::DecryptionFailed => "decryption_failed",
            Self::IdpReportedError => "idp_reported_error",
            Self::AccessDenied => "access_denied",
            Self::StateMismatch => "state_mismatch",
            Self::OidcExchangeFailed => "oidc_exchange_failed",
            Self::IdpInitiatedSsoDisabled => "idp_initiated_sso_disabled",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == raw)
    }

    /// The `error` that the app is redirected with; what it cannot tell apart is an `oauth_failed`
    /// of OpenID Connect or a `server_error`.
    ///
    /// Source: api/workos-wire-contract.md, section 7.1.
    pub fn redirect_error(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::ProfileNotAllowedOutsideOrganization => "profile_not_allowed_outside_organization",
            Self::IdpInitiatedSsoDisabled => "idp_initiated_sso_disabled",
            Self::OidcExchangeFailed => "oauth_failed",
            Self::InvalidAttributes
            | Self::InvalidX509Certificate
            | Self::MalformedSamlResponse
            | Self::DecryptionFailed
            | Self::IdpReportedError
            | Self::StateMismatch => "server_error",
        }
    }
}

/// Why a sign-in failed, for whoever must mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The class.
    pub code: FailureCode,
    /// The check at which it failed.
    pub check: CheckName,
    /// What was wrong, one English sentence without secrets; what was expected and what came is in
    /// the check.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_its_word() {
        for code in FailureCode::ALL {
            assert_eq!(FailureCode::parse(code.as_str()), Some(code));
        }
    }
}
