//! Facts told to the vendor, as they were when they happened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vestibule_domain::Instant;
use vestibule_domain::certificate_watch::CertificateUse;
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::event::{
    CertificateSnapshot, ConnectionSnapshot, Fact, FailedDomain, OrganizationSnapshot, SignInSnapshot,
    WebhookTest,
};
use vestibule_domain::id::{
    ConnectionId, EnvironmentId, OrganizationDomainId, OrganizationId, ProfileId, SsoSessionId,
    WebhookEndpointId,
};
use vestibule_domain::organization::{ExternalId, Metadata, Organization, ProfileRule, Slug};
use vestibule_domain::organization_domain::{
    DomainFailure, DomainState, OrganizationDomain, Proof, ProofSearch,
};
use vestibule_domain::role_mapping::RoleSlug;
use vestibule_domain::text::Name;

use super::text::T;
use super::{Stored, StoredError, read, write};

#[derive(Serialize, Deserialize)]
struct ConnectionForm {
    id: T<ConnectionId>,
    organization_id: T<OrganizationId>,
    connection_type: T<ConnectionType>,
    name: T<Name>,
    state: T<ConnectionState>,
    domains: Vec<DomainRefForm>,
    created_at: T<Instant>,
    updated_at: T<Instant>,
}

#[derive(Serialize, Deserialize)]
struct DomainRefForm {
    id: T<OrganizationDomainId>,
    domain: T<DomainName>,
}

impl From<&ConnectionSnapshot> for ConnectionForm {
    fn from(snapshot: &ConnectionSnapshot) -> Self {
        let domain = |(id, domain): &(OrganizationDomainId, DomainName)| DomainRefForm {
            id: T(*id),
            domain: T(domain.clone()),
        };
        Self {
            id: T(snapshot.id),
            organization_id: T(snapshot.organization_id),
            connection_type: T(snapshot.connection_type),
            name: T(snapshot.name.clone()),
            state: T(snapshot.state),
            domains: snapshot.domains.iter().map(domain).collect(),
            created_at: T(snapshot.created_at),
            updated_at: T(snapshot.updated_at),
        }
    }
}

impl From<ConnectionForm> for ConnectionSnapshot {
    fn from(form: ConnectionForm) -> Self {
        Self {
            id: form.id.0,
            organization_id: form.organization_id.0,
            connection_type: form.connection_type.0,
            name: form.name.0,
            state: form.state.0,
            domains: form.domains.into_iter().map(|d| (d.id.0, d.domain.0)).collect(),
            created_at: form.created_at.0,
            updated_at: form.updated_at.0,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum DomainStateForm {
    Pending,
    Verified {
        at: T<Instant>,
        by: T<Proof>,
    },
    Failed {
        at: T<Instant>,
        /// Facts from before there were reasons have none.
        #[serde(default)]
        why: Option<T<DomainFailure>>,
    },
}

// How a domain's record is looked for is told to nobody, and so not part of what was told.

#[derive(Serialize, Deserialize)]
struct DomainForm {
    id: T<OrganizationDomainId>,
    environment_id: T<EnvironmentId>,
    organization_id: T<OrganizationId>,
    domain: T<DomainName>,
    proof: DomainStateForm,
    verification_token: String,
    created_at: T<Instant>,
    updated_at: T<Instant>,
}

impl From<&OrganizationDomain> for DomainForm {
    fn from(domain: &OrganizationDomain) -> Self {
        Self {
            id: T(domain.id),
            environment_id: T(domain.environment_id),
            organization_id: T(domain.organization_id),
            domain: T(domain.domain.clone()),
            proof: match domain.state {
                DomainState::Pending => DomainStateForm::Pending,
                DomainState::Verified { at, by } => DomainStateForm::Verified { at: T(at), by: T(by) },
                DomainState::Failed { at, why } => DomainStateForm::Failed { at: T(at), why: Some(T(why)) },
            },
            verification_token: domain.verification_token.clone(),
            created_at: T(domain.created_at),
            updated_at: T(domain.updated_at),
        }
    }
}

impl From<DomainForm> for OrganizationDomain {
    fn from(form: DomainForm) -> Self {
        Self {
            id: form.id.0,
            environment_id: form.environment_id.0,
            organization_id: form.organization_id.0,
            domain: form.domain.0,
            state: match form.proof {
                DomainStateForm::Pending => DomainState::Pending,
                DomainStateForm::Verified { at, by } => DomainState::Verified { at: at.0, by: by.0 },
                DomainStateForm::Failed { at, why } => {
                    DomainState::Failed { at: at.0, why: why.map_or(DomainFailure::Expired, |T(why)| why) }
                }
            },
            verification_token: form.verification_token,
            search: ProofSearch::begun(form.created_at.0),
            created_at: form.created_at.0,
            updated_at: form.updated_at.0,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct FailedDomainForm {
    why: T<DomainFailure>,
    domain: DomainForm,
}

impl From<&FailedDomain> for FailedDomainForm {
    fn from(failed: &FailedDomain) -> Self {
        Self { why: T(failed.why), domain: (&failed.domain).into() }
    }
}

impl From<FailedDomainForm> for FailedDomain {
    fn from(form: FailedDomainForm) -> Self {
        Self { why: form.why.0, domain: form.domain.into() }
    }
}

#[derive(Serialize, Deserialize)]
struct SignInForm {
    session_id: T<SsoSessionId>,
    connection_id: T<ConnectionId>,
    organization_id: Option<T<OrganizationId>>,
    profile_id: Option<T<ProfileId>>,
    email: Option<String>,
    /// Rows from before there were roles have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<T<RoleSlug>>,
    ip_address: Option<String>,
    user_agent: Option<String>,
    error: Option<(String, String)>,
}

impl From<&SignInSnapshot> for SignInForm {
    fn from(snapshot: &SignInSnapshot) -> Self {
        Self {
            session_id: T(snapshot.session_id),
            connection_id: T(snapshot.connection_id),
            organization_id: snapshot.organization_id.map(T),
            profile_id: snapshot.profile_id.map(T),
            email: snapshot.email.clone(),
            roles: snapshot.roles.iter().cloned().map(T).collect(),
            ip_address: snapshot.ip_address.clone(),
            user_agent: snapshot.user_agent.clone(),
            error: snapshot.error.clone(),
        }
    }
}

impl From<SignInForm> for SignInSnapshot {
    fn from(form: SignInForm) -> Self {
        Self {
            session_id: form.session_id.0,
            connection_id: form.connection_id.0,
            organization_id: form.organization_id.map(|T(id)| id),
            profile_id: form.profile_id.map(|T(id)| id),
            email: form.email,
            roles: form.roles.into_iter().map(|T(role)| role).collect(),
            ip_address: form.ip_address,
            user_agent: form.user_agent,
            error: form.error,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct CertificateForm {
    connection_id: T<ConnectionId>,
    organization_id: T<OrganizationId>,
    /// Facts from before our own were watched have none: they are about the provider's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<T<CertificateUse>>,
    expires_at: T<Instant>,
    at: T<Instant>,
}

impl From<&CertificateSnapshot> for CertificateForm {
    fn from(snapshot: &CertificateSnapshot) -> Self {
        Self {
            connection_id: T(snapshot.connection_id),
            organization_id: T(snapshot.organization_id),
            of: Some(snapshot.of).filter(|of| *of != CertificateUse::ResponseSigning).map(T),
            expires_at: T(snapshot.expires_at),
            at: T(snapshot.at),
        }
    }
}

impl From<CertificateForm> for CertificateSnapshot {
    fn from(form: CertificateForm) -> Self {
        Self {
            connection_id: form.connection_id.0,
            organization_id: form.organization_id.0,
            of: form.of.map_or(CertificateUse::ResponseSigning, |T(of)| of),
            expires_at: form.expires_at.0,
            at: form.at.0,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct OrganizationForm {
    id: T<OrganizationId>,
    environment_id: T<EnvironmentId>,
    name: T<Name>,
    slug: T<Slug>,
    external_id: Option<T<ExternalId>>,
    metadata: BTreeMap<String, String>,
    stripe_customer_id: Option<T<Name>>,
    profiles: T<ProfileRule>,
    created_at: T<Instant>,
    updated_at: T<Instant>,
    domains: Vec<DomainForm>,
}

impl From<&OrganizationSnapshot> for OrganizationForm {
    fn from(snapshot: &OrganizationSnapshot) -> Self {
        let organization = &snapshot.organization;
        Self {
            id: T(organization.id),
            environment_id: T(organization.environment_id),
            name: T(organization.name.clone()),
            slug: T(organization.slug.clone()),
            external_id: organization.external_id.clone().map(T),
            metadata: organization.metadata.as_map().clone(),
            stripe_customer_id: organization.stripe_customer_id.clone().map(T),
            profiles: T(organization.profiles),
            created_at: T(organization.created_at),
            updated_at: T(organization.updated_at),
            domains: snapshot.domains.iter().map(Into::into).collect(),
        }
    }
}

impl From<OrganizationForm> for OrganizationSnapshot {
    fn from(form: OrganizationForm) -> Self {
        Self {
            organization: Organization {
                id: form.id.0,
                environment_id: form.environment_id.0,
                name: form.name.0,
                slug: form.slug.0,
                external_id: form.external_id.map(|T(id)| id),
                metadata: Metadata::from_stored(form.metadata),
                stripe_customer_id: form.stripe_customer_id.map(|T(id)| id),
                profiles: form.profiles.0,
                created_at: form.created_at.0,
                updated_at: form.updated_at.0,
            },
            domains: form.domains.into_iter().map(Into::into).collect(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct WebhookTestForm {
    endpoint_id: T<WebhookEndpointId>,
}

impl From<&WebhookTest> for WebhookTestForm {
    fn from(test: &WebhookTest) -> Self {
        Self { endpoint_id: T(test.endpoint_id) }
    }
}

impl From<WebhookTestForm> for WebhookTest {
    fn from(form: WebhookTestForm) -> Self {
        Self { endpoint_id: form.endpoint_id.0 }
    }
}

macro_rules! facts {
    ($($variant:ident = $name:literal as $form:ty,)*) => {
        #[derive(Serialize, Deserialize)]
        #[serde(tag = "name", content = "data")]
        enum FactForm {
            $(#[serde(rename = $name)] $variant($form),)*
        }

        impl Stored for Fact {
            fn to_stored(&self) -> String {
                write(&match self { $(Self::$variant(data) => FactForm::$variant(data.into()),)* })
            }

            fn from_stored(document: &str) -> Result<Self, StoredError> {
                Ok(match read(document)? { $(FactForm::$variant(data) => Self::$variant(data.into()),)* })
            }
        }
    };
}

facts! {
    ConnectionActivated = "connection.activated" as ConnectionForm,
    ConnectionDeactivated = "connection.deactivated" as ConnectionForm,
    ConnectionDeleted = "connection.deleted" as ConnectionForm,
    OrganizationCreated = "organization.created" as OrganizationForm,
    OrganizationUpdated = "organization.updated" as OrganizationForm,
    OrganizationDeleted = "organization.deleted" as OrganizationForm,
    OrganizationDomainCreated = "organization_domain.created" as DomainForm,
    OrganizationDomainUpdated = "organization_domain.updated" as DomainForm,
    OrganizationDomainDeleted = "organization_domain.deleted" as DomainForm,
    OrganizationDomainVerified = "organization_domain.verified" as DomainForm,
    OrganizationDomainVerificationFailed = "organization_domain.verification_failed" as FailedDomainForm,
    SsoStarted = "authentication.sso_started" as SignInForm,
    SsoSucceeded = "authentication.sso_succeeded" as SignInForm,
    SsoFailed = "authentication.sso_failed" as SignInForm,
    SsoTimedOut = "authentication.sso_timed_out" as SignInForm,
    SamlCertificateRenewalRequired = "connection.saml_certificate_renewal_required" as CertificateForm,
    SamlCertificateRenewed = "connection.saml_certificate_renewed" as CertificateForm,
    WebhookEndpointTested = "webhook_endpoint.tested" as WebhookTestForm,
}

#[cfg(test)]
mod tests {
    use super::super::testing::{kept, reread};
    use super::*;
    use serde_json::{Value, json};
    use time::macros::datetime;
    use ulid::Ulid;
    use vestibule_domain::id::Id;

    const AT: Instant = datetime!(2026-11-21 12:00 UTC);

    fn id<I: Id>(n: u128) -> I {
        I::from_ulid(Ulid::from_parts(1, n))
    }

    fn domain(state: DomainState) -> OrganizationDomain {
        OrganizationDomain {
            id: id(1),
            environment_id: id(2),
            organization_id: id(3),
            domain: DomainName::parse("acme.example").unwrap(),
            state,
            verification_token: "tok".into(),
            search: ProofSearch::begun(AT),
            created_at: AT,
            updated_at: AT,
        }
    }

    fn domain_document(proof: Value) -> Value {
        json!({
            "id": "org_domain_00000000010000000000000001",
            "environment_id": "environment_00000000010000000000000002",
            "organization_id": "org_00000000010000000000000003",
            "domain": "acme.example",
            "proof": proof,
            "verification_token": "tok",
            "created_at": "2026-11-21T12:00:00Z",
            "updated_at": "2026-11-21T12:00:00Z",
        })
    }

    fn check(fact: Fact, document: Value) {
        assert_eq!(kept(&fact), document);
        assert_eq!(document["name"], fact.name(), "the name is the wire's");
        assert_eq!(reread(document), Ok(fact));
    }

    #[test]
    fn facts_about_connections_have_this_form() {
        let snapshot = ConnectionSnapshot {
            id: id(4),
            organization_id: id(3),
            connection_type: ConnectionType::OktaSaml,
            name: Name::parse("Okta").unwrap(),
            state: ConnectionState::Active,
            domains: vec![(id(1), DomainName::parse("acme.example").unwrap())],
            created_at: AT,
            updated_at: AT,
        };
        let data = json!({
            "id": "conn_00000000010000000000000004",
            "organization_id": "org_00000000010000000000000003",
            "connection_type": "OktaSAML",
            "name": "Okta",
            "state": "active",
            "domains": [{ "id": "org_domain_00000000010000000000000001", "domain": "acme.example" }],
            "created_at": "2026-11-21T12:00:00Z",
            "updated_at": "2026-11-21T12:00:00Z",
        });
        for (fact, name) in [
            (Fact::ConnectionActivated(snapshot.clone()), "connection.activated"),
            (Fact::ConnectionDeactivated(snapshot.clone()), "connection.deactivated"),
            (Fact::ConnectionDeleted(snapshot), "connection.deleted"),
        ] {
            check(fact, json!({ "v": 1, "name": name, "data": data }));
        }
    }

    #[test]
    fn a_test_of_an_endpoint_has_this_form() {
        let document = json!({
            "v": 1,
            "name": "webhook_endpoint.tested",
            "data": { "endpoint_id": "we_00000000010000000000000005" },
        });
        check(Fact::WebhookEndpointTested(WebhookTest { endpoint_id: id(5) }), document);
    }

    #[test]
    fn facts_about_organizations_have_this_form() {
        let snapshot = OrganizationSnapshot {
            organization: Organization {
                id: id(3),
                environment_id: id(2),
                name: Name::parse("Acme").unwrap(),
                slug: Slug::parse("acme").unwrap(),
                external_id: Some(ExternalId::parse("x1").unwrap()),
                metadata: Metadata::parse([("a".to_owned(), "b".to_owned())]).unwrap(),
                stripe_customer_id: None,
                profiles: ProfileRule::AnyDomain,
                created_at: AT,
                updated_at: AT,
            },
            domains: vec![domain(DomainState::Pending)],
        };
        let data = json!({
            "id": "org_00000000010000000000000003",
            "environment_id": "environment_00000000010000000000000002",
            "name": "Acme",
            "slug": "acme",
            "external_id": "x1",
            "metadata": { "a": "b" },
            "stripe_customer_id": null,
            "profiles": "any_domain",
            "created_at": "2026-11-21T12:00:00Z",
            "updated_at": "2026-11-21T12:00:00Z",
            "domains": [domain_document(json!({ "state": "pending" }))],
        });
        for (fact, name) in [
            (Fact::OrganizationCreated(snapshot.clone()), "organization.created"),
            (Fact::OrganizationUpdated(snapshot.clone()), "organization.updated"),
            (Fact::OrganizationDeleted(snapshot), "organization.deleted"),
        ] {
            check(fact, json!({ "v": 1, "name": name, "data": data }));
        }
    }

    #[test]
    fn facts_about_domains_have_this_form() {
        let at = "2026-11-21T12:00:00Z";
        let verified = DomainState::Verified { at: AT, by: Proof::Dns };
        let failed = DomainState::Failed { at: AT, why: DomainFailure::Taken };
        for (fact, name, proof) in [
            (
                Fact::OrganizationDomainCreated(domain(DomainState::Pending)),
                "organization_domain.created",
                json!({ "state": "pending" }),
            ),
            (
                Fact::OrganizationDomainUpdated(domain(failed)),
                "organization_domain.updated",
                json!({ "state": "failed", "at": at, "why": "taken" }),
            ),
            (
                Fact::OrganizationDomainDeleted(domain(DomainState::Pending)),
                "organization_domain.deleted",
                json!({ "state": "pending" }),
            ),
            (
                Fact::OrganizationDomainVerified(domain(verified)),
                "organization_domain.verified",
                json!({ "state": "verified", "at": at, "by": "dns" }),
            ),
        ] {
            check(fact, json!({ "v": 1, "name": name, "data": domain_document(proof) }));
        }
        let name = "organization_domain.verification_failed";
        let fact = FailedDomain { why: DomainFailure::Taken, domain: domain(failed) };
        let proof = json!({ "state": "failed", "at": at, "why": "taken" });
        let data = json!({ "why": "taken", "domain": domain_document(proof) });
        check(
            Fact::OrganizationDomainVerificationFailed(fact),
            json!({ "v": 1, "name": name, "data": data }),
        );
    }

    #[test]
    fn a_failure_without_a_reason_is_from_before_there_were_reasons() {
        let proof = json!({ "state": "failed", "at": "2026-11-21T12:00:00Z" });
        let document =
            json!({ "v": 1, "name": "organization_domain.deleted", "data": domain_document(proof) });
        let failed = DomainState::Failed { at: AT, why: DomainFailure::Expired };
        assert_eq!(reread::<Fact>(document), Ok(Fact::OrganizationDomainDeleted(domain(failed))));
    }

    #[test]
    fn facts_about_sign_ins_have_this_form() {
        let snapshot = SignInSnapshot {
            session_id: id(5),
            connection_id: id(4),
            organization_id: Some(id(3)),
            profile_id: Some(id(6)),
            email: Some("ada@acme.example".into()),
            roles: vec![RoleSlug::parse("admin").unwrap()],
            ip_address: Some("192.0.2.1".into()),
            user_agent: None,
            error: Some(("invalid_attributes".into(), "Why.".into())),
        };
        let data = json!({
            "session_id": "sess_00000000010000000000000005",
            "connection_id": "conn_00000000010000000000000004",
            "organization_id": "org_00000000010000000000000003",
            "profile_id": "prof_00000000010000000000000006",
            "email": "ada@acme.example",
            "roles": ["admin"],
            "ip_address": "192.0.2.1",
            "user_agent": null,
            "error": ["invalid_attributes", "Why."],
        });
        for (fact, name) in [
            (Fact::SsoStarted(snapshot.clone()), "authentication.sso_started"),
            (Fact::SsoSucceeded(snapshot.clone()), "authentication.sso_succeeded"),
            (Fact::SsoFailed(snapshot.clone()), "authentication.sso_failed"),
            (Fact::SsoTimedOut(snapshot), "authentication.sso_timed_out"),
        ] {
            check(fact, json!({ "v": 1, "name": name, "data": data }));
        }
    }

    #[test]
    fn facts_about_certificates_have_this_form() {
        let snapshot = CertificateSnapshot {
            connection_id: id(4),
            organization_id: id(3),
            of: CertificateUse::ResponseSigning,
            expires_at: AT,
            at: AT,
        };
        let data = json!({
            "connection_id": "conn_00000000010000000000000004",
            "organization_id": "org_00000000010000000000000003",
            "expires_at": "2026-11-21T12:00:00Z",
            "at": "2026-11-21T12:00:00Z",
        });
        for (fact, name) in [
            (
                Fact::SamlCertificateRenewalRequired(snapshot.clone()),
                "connection.saml_certificate_renewal_required",
            ),
            (Fact::SamlCertificateRenewed(snapshot), "connection.saml_certificate_renewed"),
        ] {
            check(fact, json!({ "v": 1, "name": name, "data": data }));
        }
        let of = CertificateUse::RequestSigning;
        let ours =
            CertificateSnapshot { connection_id: id(4), organization_id: id(3), of, expires_at: AT, at: AT };
        let mut data = data;
        data["of"] = json!("request_signing");
        let name = "connection.saml_certificate_renewal_required";
        let fact = Fact::SamlCertificateRenewalRequired(ours);
        check(fact, json!({ "v": 1, "name": name, "data": data }));
    }
}
