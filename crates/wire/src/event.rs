//! Events: the envelope of `GET /events` and of webhooks.

use serde::Serialize;
use vestibule_domain::audit::{Actor, ActorKind};
use vestibule_domain::certificate_watch::{CertificateUse, days_left};
use vestibule_domain::event::{CertificateSnapshot, Event, Fact, FailedDomain, SignInSnapshot};
use vestibule_domain::organization_domain::DomainFailure;

use crate::connection::{ConnectionEventJson, DeletedConnectionJson};
use crate::organization::{OrganizationDomainJson, OrganizationJson};
use crate::profile::RoleJson;
use crate::timestamp::Timestamp;

/// An event. The webhook of the same occurrence has the same id and the same body.
///
/// Source: WorkOS-compatible contract, section 12.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Event))]
pub struct EventJson {
    /// Always `event`.
    object: &'static str,
    /// `event_…`; consumers drop repeats by it.
    id: String,
    /// The name, such as `connection.activated`.
    event: &'static str,
    /// What was true right then; its shape goes with the name.
    data: EventDataJson,
    /// When it happened.
    created_at: Timestamp,
    /// Under what circumstances.
    context: EventContextJson,
}

impl EventJson {
    /// Presents an event.
    pub fn new(event: &Event) -> Self {
        Self {
            object: "event",
            id: event.id.to_string(),
            event: event.fact.name(),
            data: EventDataJson::new(&event.fact),
            created_at: event.created_at.into(),
            context: EventContextJson { actor: EventActorJson::new(&event.actor) },
        }
    }
}

/// What was true when an event happened.
///
/// Source: WorkOS-compatible contract, section 12.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EventData))]
pub enum EventDataJson {
    /// Of `connection.activated` and `connection.deactivated`.
    Connection(ConnectionEventJson),
    /// Of `connection.deleted`.
    DeletedConnection(DeletedConnectionJson),
    /// Of `organization.*`.
    Organization(OrganizationJson),
    /// Of `organization_domain.verification_failed`.
    VerificationFailed(VerificationFailedJson),
    /// Of the other `organization_domain.*`.
    OrganizationDomain(OrganizationDomainJson),
    /// Of `authentication.sso_*`.
    SignIn(SignInJson),
    /// Of `connection.saml_certificate_renewal_required`.
    RenewalRequired(RenewalRequiredJson),
    /// Of `connection.saml_certificate_renewed`.
    Renewed(RenewedJson),
    /// Of `webhook_endpoint.tested`.
    WebhookTest(WebhookTestJson),
}

impl EventDataJson {
    fn new(fact: &Fact) -> Self {
        match fact {
            Fact::ConnectionActivated(snapshot) | Fact::ConnectionDeactivated(snapshot) => {
                Self::Connection(ConnectionEventJson::new(snapshot))
            }
            Fact::ConnectionDeleted(snapshot) => {
                Self::DeletedConnection(DeletedConnectionJson::new(snapshot))
            }
            Fact::OrganizationCreated(snapshot)
            | Fact::OrganizationUpdated(snapshot)
            | Fact::OrganizationDeleted(snapshot) => {
                Self::Organization(OrganizationJson::new(&snapshot.organization, &snapshot.domains))
            }
            Fact::OrganizationDomainCreated(domain)
            | Fact::OrganizationDomainUpdated(domain)
            | Fact::OrganizationDomainDeleted(domain)
            | Fact::OrganizationDomainVerified(domain) => {
                Self::OrganizationDomain(OrganizationDomainJson::new(domain))
            }
            Fact::OrganizationDomainVerificationFailed(failed) => {
                Self::VerificationFailed(VerificationFailedJson::new(failed))
            }
            Fact::SsoStarted(snapshot) => Self::SignIn(SignInJson::new("started", snapshot)),
            Fact::SsoSucceeded(snapshot) => Self::SignIn(SignInJson::new("succeeded", snapshot)),
            Fact::SsoFailed(snapshot) => Self::SignIn(SignInJson::new("failed", snapshot)),
            Fact::SsoTimedOut(snapshot) => Self::SignIn(SignInJson::new("timed_out", snapshot)),
            Fact::SamlCertificateRenewalRequired(snapshot) => {
                Self::RenewalRequired(RenewalRequiredJson::new(snapshot))
            }
            Fact::SamlCertificateRenewed(snapshot) => Self::Renewed(RenewedJson::new(snapshot)),
            Fact::WebhookEndpointTested(test) => Self::WebhookTest(WebhookTestJson {
                object: "webhook_endpoint",
                id: test.endpoint_id.to_string(),
                test: true,
            }),
        }
    }
}

/// A domain is not waited for any more.
///
/// Source: WorkOS-compatible contract, section 12.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = OrganizationDomainVerificationFailed))]
pub struct VerificationFailedJson {
    /// `domain_verification_period_expired` or `domain_verified_by_other_organization`.
    reason: &'static str,
    /// The domain.
    organization_domain: OrganizationDomainJson,
}

impl VerificationFailedJson {
    fn new(failed: &FailedDomain) -> Self {
        Self {
            reason: match failed.why {
                DomainFailure::Expired => "domain_verification_period_expired",
                DomainFailure::Taken => "domain_verified_by_other_organization",
            },
            organization_domain: OrganizationDomainJson::new(&failed.domain),
        }
    }
}

/// Somebody tries whether an endpoint hears; nothing happened. Of our own: upstream has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = WebhookTest))]
pub struct WebhookTestJson {
    /// Always `webhook_endpoint`.
    object: &'static str,
    /// `we_…`: the endpoint that is tried.
    id: String,
    /// Always true.
    test: bool,
}

/// A certificate ends before long, or has.
///
/// Source: WorkOS-compatible contract, section 12.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CertificateRenewalRequired))]
pub struct RenewalRequiredJson {
    /// The connection that trusts it.
    connection: CertificateConnectionJson,
    /// The certificate.
    certificate: ExpiringCertificateJson,
    /// How many days it lasts, begun ones counted; 0 once it has ended.
    days_until_expiry: u32,
}

/// A connection trusts a certificate that lasts longer than those before.
///
/// Source: WorkOS-compatible contract, section 12.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CertificateRenewed))]
pub struct RenewedJson {
    /// The connection that trusts it.
    connection: CertificateConnectionJson,
    /// The certificate.
    certificate: RenewedCertificateJson,
    /// Since when.
    renewed_at: Timestamp,
}

/// The connection of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CertificateConnection))]
pub struct CertificateConnectionJson {
    /// `conn_…`
    id: String,
    /// `org_…`
    organization_id: String,
}

/// A certificate that ends before long, or has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ExpiringCertificate))]
pub struct ExpiringCertificateJson {
    /// What it is for: `ResponseSigning`, `RequestSigning` or `ResponseEncryption`.
    certificate_type: &'static str,
    /// Its last instant of validity.
    expiry_date: Timestamp,
    /// Whether it has ended.
    is_expired: bool,
}

/// A certificate that lasts longer than those before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RenewedCertificate))]
pub struct RenewedCertificateJson {
    /// What it is for: `ResponseSigning`, `RequestSigning` or `ResponseEncryption`.
    certificate_type: &'static str,
    /// Its last instant of validity.
    expiry_date: Timestamp,
}

/// The wire's word for what a certificate is for.
fn certificate_type(of: CertificateUse) -> &'static str {
    match of {
        CertificateUse::ResponseSigning => "ResponseSigning",
        CertificateUse::RequestSigning => "RequestSigning",
        CertificateUse::ResponseEncryption => "ResponseEncryption",
    }
}

impl RenewalRequiredJson {
    fn new(snapshot: &CertificateSnapshot) -> Self {
        Self {
            connection: CertificateConnectionJson::new(snapshot),
            certificate: ExpiringCertificateJson {
                certificate_type: certificate_type(snapshot.of),
                expiry_date: snapshot.expires_at.into(),
                is_expired: snapshot.expires_at < snapshot.at,
            },
            days_until_expiry: days_left(snapshot.expires_at, snapshot.at),
        }
    }
}

impl RenewedJson {
    fn new(snapshot: &CertificateSnapshot) -> Self {
        Self {
            connection: CertificateConnectionJson::new(snapshot),
            certificate: RenewedCertificateJson {
                certificate_type: certificate_type(snapshot.of),
                expiry_date: snapshot.expires_at.into(),
            },
            renewed_at: snapshot.at.into(),
        }
    }
}

impl CertificateConnectionJson {
    fn new(snapshot: &CertificateSnapshot) -> Self {
        Self { id: snapshot.connection_id.to_string(), organization_id: snapshot.organization_id.to_string() }
    }
}

/// What happened to a sign-in.
///
/// Source: WorkOS-compatible contract, section 7.5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SignIn))]
pub struct SignInJson {
    /// Always `sso`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// `started`, `succeeded`, `failed` or `timed_out`.
    status: &'static str,
    /// The address of the person's browser.
    ip_address: Option<String>,
    /// What the browser calls itself.
    user_agent: Option<String>,
    /// The profile, once there is one.
    user_id: Option<String>,
    /// The person's e-mail address, once it is known.
    email: Option<String>,
    /// The most important of the roles that the person's groups give.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<RoleJson>,
    /// All roles that the person's groups give.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<RoleJson>,
    /// Through what.
    sso: SignInThroughJson,
    /// Why it went wrong, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<SignInErrorJson>,
}

/// Through what somebody signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SignInThrough))]
#[expect(clippy::struct_field_names, reason = "the names are the wire's")]
pub struct SignInThroughJson {
    /// The organization; null for people who sign in with an account of their own.
    organization_id: Option<String>,
    /// The connection.
    connection_id: String,
    /// The attempt.
    session_id: String,
}

/// Why a sign-in went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SignInError))]
pub struct SignInErrorJson {
    /// A word for programs.
    code: String,
    /// A sentence for people.
    message: String,
}

impl SignInJson {
    fn new(status: &'static str, snapshot: &SignInSnapshot) -> Self {
        // A sign-in that nobody came back from has no failure of its own.
        let timed_out = || {
            (status == "timed_out").then(|| SignInErrorJson {
                code: "timed_out".to_owned(),
                message: "Nobody came back from the identity provider in time.".to_owned(),
            })
        };
        let failed = snapshot
            .error
            .as_ref()
            .map(|(code, message)| SignInErrorJson { code: code.clone(), message: message.clone() });
        let roles = RoleJson::list(&snapshot.roles);
        Self {
            kind: "sso",
            status,
            ip_address: snapshot.ip_address.clone(),
            user_agent: snapshot.user_agent.clone(),
            user_id: snapshot.profile_id.map(|id| id.to_string()),
            email: snapshot.email.clone(),
            role: roles.first().cloned(),
            roles,
            sso: SignInThroughJson {
                organization_id: snapshot.organization_id.map(|id| id.to_string()),
                connection_id: snapshot.connection_id.to_string(),
                session_id: snapshot.session_id.to_string(),
            },
            error: failed.or_else(timed_out),
        }
    }
}

/// Under what circumstances an event happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EventContext))]
pub struct EventContextJson {
    /// Who made it happen.
    actor: EventActorJson,
}

/// Who made an event happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EventActor))]
pub struct EventActorJson {
    /// Id of the API key, portal session or member; `system` for the service itself.
    id: String,
    /// `api`, `dashboard`, `admin_portal` or `system`.
    source: &'static str,
    /// Name for people.
    name: Option<String>,
}

impl EventActorJson {
    fn new(actor: &Actor) -> Self {
        let source = match actor.kind {
            ActorKind::ApiKey => "api",
            ActorKind::Member => "dashboard",
            ActorKind::PortalSession => "admin_portal",
            ActorKind::System => "system",
        };
        Self { id: actor.id.clone(), source, name: actor.name.clone() }
    }
}
