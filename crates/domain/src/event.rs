//! Events: facts told to the vendor by webhook and `GET /events`.

use std::fmt;

use crate::Instant;
use crate::audit::{Actor, AuditAction};
use crate::certificate_watch::CertificateUse;
use crate::connection::{Connection, ConnectionState};
use crate::connection_type::ConnectionType;
use crate::domain_name::DomainName;
use crate::id::{
    ConnectionId, EnvironmentId, EventId, OrganizationDomainId, OrganizationId, ProfileId, SsoSessionId,
    WebhookEndpointId,
};
use crate::organization::Organization;
use crate::organization_domain::{DomainFailure, OrganizationDomain};
use crate::role_mapping::RoleSlug;
use crate::sso::session::{SsoSession, SsoSessionState};
use crate::text::Name;

/// A fact told to the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id; consumers drop repeats by it.
    pub id: EventId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The organization concerned; none where people sign in with an account of their own.
    pub organization_id: Option<OrganizationId>,
    /// When it happened.
    pub created_at: Instant,
    /// Who made it happen.
    pub actor: Actor,
    /// What happened.
    pub fact: Fact,
}

/// What happened, with what was true right then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A connection went live.
    ConnectionActivated(ConnectionSnapshot),
    /// A connection was switched off.
    ConnectionDeactivated(ConnectionSnapshot),
    /// A connection was removed; the snapshot shows it as it was before.
    ConnectionDeleted(ConnectionSnapshot),
    /// An organization was made.
    OrganizationCreated(OrganizationSnapshot),
    /// An organization was changed.
    OrganizationUpdated(OrganizationSnapshot),
    /// An organization was removed.
    OrganizationDeleted(OrganizationSnapshot),
    /// A domain was added.
    OrganizationDomainCreated(OrganizationDomain),
    /// A domain was changed.
    OrganizationDomainUpdated(OrganizationDomain),
    /// A domain was removed.
    OrganizationDomainDeleted(OrganizationDomain),
    /// A domain was proven.
    OrganizationDomainVerified(OrganizationDomain),
    /// A domain is not waited for any more.
    OrganizationDomainVerificationFailed(FailedDomain),
    /// Somebody was sent to their identity provider.
    SsoStarted(SignInSnapshot),
    /// The app got a profile.
    SsoSucceeded(SignInSnapshot),
    /// A sign-in went wrong.
    SsoFailed(SignInSnapshot),
    /// Nobody came back from the identity provider.
    SsoTimedOut(SignInSnapshot),
    /// The last certificate that a connection trusts ends before long, or has.
    SamlCertificateRenewalRequired(CertificateSnapshot),
    /// A connection trusts a certificate that lasts longer than those before.
    SamlCertificateRenewed(CertificateSnapshot),
    /// Nothing happened: somebody tries whether an endpoint hears. Told to that endpoint alone.
    WebhookEndpointTested(WebhookTest),
}

/// The names of what endpoints can ask for, by what they are about.
pub const TOLD: [(&str, &[&str]); 4] = [
    (
        "Connections",
        &[
            "connection.activated",
            "connection.deactivated",
            "connection.deleted",
            "connection.saml_certificate_renewal_required",
            "connection.saml_certificate_renewed",
        ],
    ),
    ("Organizations", &["organization.created", "organization.updated", "organization.deleted"]),
    (
        "Domains",
        &[
            "organization_domain.created",
            "organization_domain.updated",
            "organization_domain.verified",
            "organization_domain.verification_failed",
            "organization_domain.deleted",
        ],
    ),
    (
        "Sign-ins",
        &[
            "authentication.sso_started",
            "authentication.sso_succeeded",
            "authentication.sso_failed",
            "authentication.sso_timed_out",
        ],
    ),
];

/// How the names of facts about sign-ins begin. They are told only to endpoints that ask for them
/// by name, and not even written when no endpoint does: there is one for every click of everybody.
pub const SIGN_IN_EVENTS: &str = "authentication.sso_";

impl Fact {
    /// The event's name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ConnectionActivated(_) => "connection.activated",
            Self::ConnectionDeactivated(_) => "connection.deactivated",
            Self::ConnectionDeleted(_) => "connection.deleted",
            Self::OrganizationCreated(_) => "organization.created",
            Self::OrganizationUpdated(_) => "organization.updated",
            Self::OrganizationDeleted(_) => "organization.deleted",
            Self::OrganizationDomainCreated(_) => "organization_domain.created",
            Self::OrganizationDomainUpdated(_) => "organization_domain.updated",
            Self::OrganizationDomainDeleted(_) => "organization_domain.deleted",
            Self::OrganizationDomainVerified(_) => "organization_domain.verified",
            Self::OrganizationDomainVerificationFailed(_) => "organization_domain.verification_failed",
            Self::SsoStarted(_) => "authentication.sso_started",
            Self::SsoSucceeded(_) => "authentication.sso_succeeded",
            Self::SsoFailed(_) => "authentication.sso_failed",
            Self::SsoTimedOut(_) => "authentication.sso_timed_out",
            Self::SamlCertificateRenewalRequired(_) => "connection.saml_certificate_renewal_required",
            Self::SamlCertificateRenewed(_) => "connection.saml_certificate_renewed",
            Self::WebhookEndpointTested(_) => "webhook_endpoint.tested",
        }
    }

    /// How the one-time-token API calls it: as the audit trail does, and where that has no entry
    /// of its own, as the event is called.
    ///
    /// Source: api/authio-wire-contract.md, section "Webhooks".
    pub fn action(&self) -> &'static str {
        let action = match self {
            Self::ConnectionActivated(_) => AuditAction::ConnectionCreated,
            Self::ConnectionDeactivated(_) => AuditAction::ConnectionUpdated,
            Self::ConnectionDeleted(_) => AuditAction::ConnectionDeleted,
            Self::OrganizationCreated(_) => AuditAction::OrganizationCreated,
            Self::OrganizationUpdated(_) => AuditAction::OrganizationUpdated,
            Self::OrganizationDeleted(_) => AuditAction::OrganizationDeleted,
            Self::OrganizationDomainCreated(_) => AuditAction::OrganizationDomainCreated,
            Self::OrganizationDomainUpdated(_) => AuditAction::OrganizationDomainUpdated,
            Self::OrganizationDomainVerificationFailed(_) => AuditAction::OrganizationDomainFailed,
            Self::SsoStarted(_)
            | Self::SsoSucceeded(_)
            | Self::SsoFailed(_)
            | Self::SsoTimedOut(_)
            | Self::SamlCertificateRenewalRequired(_)
            | Self::SamlCertificateRenewed(_) => return self.name(),
            Self::OrganizationDomainDeleted(_) => AuditAction::OrganizationDomainDeleted,
            Self::WebhookEndpointTested(_) => AuditAction::WebhookEndpointTested,
            Self::OrganizationDomainVerified(_) => AuditAction::OrganizationDomainVerified,
        };
        action.as_str()
    }
}

/// What a test event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebhookTest {
    /// The endpoint that is tried.
    pub endpoint_id: WebhookEndpointId,
}

/// What events tell of a connection: never its provider data or secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionSnapshot {
    /// Its id.
    pub id: ConnectionId,
    /// Its organization.
    pub organization_id: OrganizationId,
    /// Its type.
    pub connection_type: ConnectionType,
    /// Its name.
    pub name: Name,
    /// Its state.
    pub state: ConnectionState,
    /// The organization's domains at that time.
    pub domains: Vec<(OrganizationDomainId, DomainName)>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl ConnectionSnapshot {
    /// Takes the snapshot.
    pub fn of(connection: &Connection, domains: &[OrganizationDomain]) -> Self {
        Self {
            id: connection.id,
            organization_id: connection.organization_id,
            connection_type: connection.connection_type,
            name: connection.name.clone(),
            state: connection.state,
            domains: domains.iter().map(|d| (d.id, d.domain.clone())).collect(),
            created_at: connection.created_at,
            updated_at: connection.updated_at,
        }
    }
}

/// What events tell of a sign-in.
///
/// Source: api/workos-wire-contract.md, section 7.5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInSnapshot {
    /// The attempt.
    pub session_id: SsoSessionId,
    /// Through which connection.
    pub connection_id: ConnectionId,
    /// Of which organization; none for people who sign in with an account of their own.
    pub organization_id: Option<OrganizationId>,
    /// Whose profile came of it.
    pub profile_id: Option<ProfileId>,
    /// The person's address, once it is known.
    pub email: Option<String>,
    /// The roles that the person's groups give, once they are known.
    pub roles: Vec<RoleSlug>,
    /// The address of the person's browser.
    pub ip_address: Option<String>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// Why it went wrong, if it did: a word and a sentence.
    pub error: Option<(String, String)>,
}

impl SignInSnapshot {
    /// What is known of an attempt by now.
    pub fn of(session: &SsoSession, profile_id: Option<ProfileId>) -> Self {
        let error = match &session.state {
            SsoSessionState::Failed { failure, .. } => {
                Some((failure.code.as_str().to_owned(), failure.message.clone()))
            }
            SsoSessionState::Started
            | SsoSessionState::Authorized { .. }
            | SsoSessionState::Successful { .. } => None,
        };
        Self {
            session_id: session.id,
            connection_id: session.connection_id,
            organization_id: session.organization_id,
            profile_id,
            email: session.record.person.as_ref().map(|person| person.email.clone()),
            roles: session.record.person.as_ref().map(|person| person.roles.clone()).unwrap_or_default(),
            ip_address: session.ip_address.clone(),
            user_agent: session.user_agent.clone(),
            error,
        }
    }
}

/// What events tell of the signing certificate of a provider that lasts longest.
///
/// Source: api/workos-wire-contract.md, section 12.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateSnapshot {
    /// The connection that trusts it.
    pub connection_id: ConnectionId,
    /// Of which organization.
    pub organization_id: OrganizationId,
    /// What it is for.
    pub of: CertificateUse,
    /// Its last instant of validity.
    pub expires_at: Instant,
    /// When that was told.
    pub at: Instant,
}

/// A domain that is not waited for any more.
///
/// Source: api/workos-wire-contract.md, section 12.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedDomain {
    /// Why.
    pub why: DomainFailure,
    /// The domain.
    pub domain: OrganizationDomain,
}

/// An organization with its domains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationSnapshot {
    /// The organization.
    pub organization: Organization,
    /// Its domains, oldest first.
    pub domains: Vec<OrganizationDomain>,
}

/// Longest event name, in bytes.
pub const EVENT_NAME_BYTES_MAX: usize = 100;

/// The name of an event as somebody asks for it. Names we never send are accepted: an app may ask
/// for everything its other supplier sends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventName(String);

/// Not the form of an event's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an event name such as connection.activated")]
pub struct EventNameError;

impl EventName {
    /// Accepts lower-case words joined by dots.
    pub fn parse(raw: &str) -> Result<Self, EventNameError> {
        let word = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        if raw.len() <= EVENT_NAME_BYTES_MAX && raw.contains('.') && raw.split('.').all(word) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(EventNameError)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_name_is_words_joined_by_dots() {
        assert!(EventName::parse("dsync.user.created").is_ok());
        for raw in ["", "connection", "Connection.activated", "a..b", ".a", "a.", "a b.c", "*"] {
            assert_eq!(EventName::parse(raw), Err(EventNameError), "{raw}");
        }
        let at = |n: usize| format!("a.{}", "b".repeat(n - 2));
        assert!(EventName::parse(&at(EVENT_NAME_BYTES_MAX)).is_ok());
        assert_eq!(EventName::parse(&at(EVENT_NAME_BYTES_MAX + 1)), Err(EventNameError));
    }
}
