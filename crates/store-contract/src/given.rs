//! State that a story begins with, committed.

use vestibule_domain::audit::AuditEntry;
use vestibule_domain::connection::Connection;
use vestibule_domain::event::Event;
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::job::Job;
use vestibule_domain::organization::Organization;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::portal_link::{LinkKind, PortalLink};
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::sso::profile::Profile;
use vestibule_domain::sso::session::SsoSession;
use vestibule_domain::webhook::{WebhookDelivery, WebhookEndpoint};

use crate::fixtures;
use crate::world::{World, done};

impl World {
    pub(crate) async fn given_organization(&self) -> Organization {
        self.given(fixtures::organization(self)).await
    }

    /// An organization as it is, committed.
    pub(crate) async fn given(&self, organization: Organization) -> Organization {
        done!(self, |work| work.organizations().insert(&organization));
        organization
    }

    pub(crate) async fn given_foreign_organization(&self) -> Organization {
        self.given(Organization { environment_id: self.abroad, ..fixtures::organization(self) }).await
    }

    pub(crate) async fn given_domain(&self, of: &Organization, domain: &str) -> OrganizationDomain {
        let domain = fixtures::domain(self, of, domain);
        done!(self, |work| work.organization_domains().insert(&domain));
        domain
    }

    pub(crate) async fn given_contact(&self, of: &Organization, address: &str) -> ItContact {
        let contact = fixtures::contact(self, of, address);
        done!(self, |work| work.it_contacts().insert(&contact));
        contact
    }

    pub(crate) async fn given_open_link(&self, of: &Organization, kind: LinkKind) -> PortalLink {
        self.given_link(fixtures::link(self, of, kind)).await
    }

    pub(crate) async fn given_link(&self, link: PortalLink) -> PortalLink {
        done!(self, |work| work.links().insert(&link));
        link
    }

    pub(crate) async fn given_session(&self, of: &PortalLink) -> PortalSession {
        let session = fixtures::session(self, of);
        done!(self, |work| work.sessions().insert(&session));
        session
    }

    pub(crate) async fn given_connection(&self, of: &Organization) -> Connection {
        let connection = fixtures::connection(self, of);
        done!(self, |work| work.connections().insert(&connection));
        connection
    }

    /// An attempt as it is, committed.
    pub(crate) async fn given_attempt(&self, session: SsoSession) -> SsoSession {
        done!(self, |work| work.sso_sessions().insert(&session));
        session
    }

    /// A profile, saved for the first time.
    pub(crate) async fn given_profile(&self, of: &Connection, idp_id: &str) -> Profile {
        let profile = fixtures::profile(self, of, idp_id);
        assert_eq!(done!(self, |work| work.profiles().save(&profile)), profile);
        profile
    }

    pub(crate) async fn given_endpoint(&self) -> WebhookEndpoint {
        let endpoint = fixtures::endpoint(self);
        done!(self, |work| work.webhooks().insert_endpoint(&endpoint));
        endpoint
    }

    pub(crate) async fn given_delivery(&self, to: &WebhookEndpoint) -> WebhookDelivery {
        let delivery = fixtures::delivery(self, to, self.id());
        assert!(done!(self, |work| work.webhooks().insert_delivery(&delivery)));
        delivery
    }

    pub(crate) async fn given_event(&self, event: Event) -> Event {
        done!(self, |work| work.outbox().append(event.clone()));
        event
    }

    pub(crate) async fn given_entry(&self, entry: AuditEntry) -> AuditEntry {
        done!(self, |work| work.outbox().record(entry.clone()));
        entry
    }

    pub(crate) async fn given_job(&self, job: Job) -> Job {
        done!(self, |work| work.outbox().enqueue(job.clone()));
        job
    }
}
