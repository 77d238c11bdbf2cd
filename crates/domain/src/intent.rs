//! What a portal link is for.

/// One task of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Intent {
    /// Set up single sign-on.
    Sso,
    /// Set up directory sync.
    Dsync,
    /// Prove a domain.
    DomainVerification,
    /// Read audit logs.
    AuditLogs,
    /// Set up log streams.
    LogStreams,
    /// Renew a certificate.
    CertificateRenewal,
}

impl Intent {
    /// All intents, in the order in which the portal shows them.
    pub const ALL: [Self; 6] = [
        Self::Sso,
        Self::Dsync,
        Self::DomainVerification,
        Self::AuditLogs,
        Self::LogStreams,
        Self::CertificateRenewal,
    ];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sso => "sso",
            Self::Dsync => "dsync",
            Self::DomainVerification => "domain_verification",
            Self::AuditLogs => "audit_logs",
            Self::LogStreams => "log_streams",
            Self::CertificateRenewal => "certificate_renewal",
        }
    }

    /// Reads the word on the wire.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|intent| intent.as_str() == raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_intent_survives_its_word() {
        for intent in Intent::ALL {
            assert_eq!(Intent::parse(intent.as_str()), Some(intent));
        }
        assert_eq!(Intent::parse("SSO"), None);
    }
}
