//! Organizations, with their domains, contacts and messages.

use async_trait::async_trait;
use vestibule_application::ports::store::{
    Conflict, ItContacts, Messages, OrganizationDomains, Organizations, StoreResult,
};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::id::{EnvironmentId, ItContactId, OrganizationDomainId, OrganizationId};
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::message::Message;
use vestibule_domain::organization::{Organization, Slug};
use vestibule_domain::organization_domain::OrganizationDomain;

use crate::rows::{
    CodeIndex, ContactIndex, DomainIndex, LinkIndex, MessageIndex, OrganizationIndex, SessionIndex,
};
use crate::unit_of_work::{MemoryUnitOfWork, first_of};

impl MemoryUnitOfWork {
    fn against_organization(&self, new: &Organization) -> Option<Conflict> {
        let rows = &self.tables.organizations;
        let environment = new.environment_id;
        let slug = OrganizationIndex::Slug(environment, new.slug.clone());
        let external = new.external_id.clone().map(|id| OrganizationIndex::ExternalId(environment, id));
        let stripe =
            new.stripe_customer_id.clone().map(|id| OrganizationIndex::StripeCustomer(environment, id));
        first_of([
            (rows.taken(&slug, &new.id), Conflict::OrganizationSlug),
            (external.is_some_and(|id| rows.taken(&id, &new.id)), Conflict::OrganizationExternalId),
            (stripe.is_some_and(|id| rows.taken(&id, &new.id)), Conflict::OrganizationStripeCustomerId),
        ])
    }

    /// Whether another organization of the environment has the domain verified.
    fn verified_elsewhere(&self, new: &OrganizationDomain) -> bool {
        let index = DomainIndex::Domain(new.environment_id, new.domain.clone());
        self.tables
            .domains
            .by(&index)
            .any(|held| held.organization_id != new.organization_id && held.is_verified())
    }

    /// Whether the organization has the domain in another row.
    fn has_domain(&self, new: &OrganizationDomain) -> bool {
        let index = DomainIndex::Domain(new.environment_id, new.domain.clone());
        self.tables
            .domains
            .by(&index)
            .any(|held| held.organization_id == new.organization_id && held.id != new.id)
    }
}

#[async_trait]
impl Organizations for MemoryUnitOfWork {
    async fn insert(&mut self, organization: &Organization) -> StoreResult<()> {
        let tables = &self.tables;
        let conflict = first_of([
            (tables.organizations.contains(&organization.id), Conflict::Other),
            (!tables.environments.contains(&organization.environment_id), Conflict::Reference),
        ])
        .or_else(|| self.against_organization(organization));
        self.admit(conflict)?;
        self.tables.organizations.put(organization.clone());
        Ok(())
    }

    async fn find(
        &mut self,
        environment: EnvironmentId,
        id: OrganizationId,
    ) -> StoreResult<Option<Organization>> {
        Ok(self.tables.organizations.find(environment, &id).cloned())
    }

    async fn lock(
        &mut self,
        environment: EnvironmentId,
        id: OrganizationId,
    ) -> StoreResult<Option<Organization>> {
        Ok(self.tables.organizations.find(environment, &id).cloned())
    }

    async fn slug_taken(&mut self, environment: EnvironmentId, slug: &Slug) -> StoreResult<bool> {
        Ok(self.tables.organizations.one(&OrganizationIndex::Slug(environment, slug.clone())).is_some())
    }

    async fn update(&mut self, organization: &Organization) -> StoreResult<bool> {
        if self.lacks_organization(organization.environment_id, organization.id) {
            return Ok(false);
        }
        self.admit(self.against_organization(organization))?;
        self.tables.organizations.put(organization.clone());
        Ok(true)
    }

    async fn delete(&mut self, environment: EnvironmentId, id: OrganizationId) -> StoreResult<bool> {
        let tables = &mut *self.tables;
        if !tables.organizations.remove_of(environment, &id) {
            return Ok(false);
        }
        tables.domains.remove_by(&DomainIndex::Organization(id));
        tables.contacts.remove_by(&ContactIndex::Organization(id));
        tables.links.remove_by(&LinkIndex::Organization(id));
        tables.sessions.remove_by(&SessionIndex::Organization(id));
        tables.codes.remove_by(&CodeIndex::Organization(id));
        if let Some(connection) = tables.connection_of(environment, id) {
            tables.connections.remove(&connection.id);
            tables.forget_sign_ins(connection.id);
        }
        tables.messages.remove_by(&MessageIndex::Organization(id));
        Ok(true)
    }
}

#[async_trait]
impl OrganizationDomains for MemoryUnitOfWork {
    async fn insert(&mut self, domain: &OrganizationDomain) -> StoreResult<()> {
        self.admit(first_of([
            (self.tables.domains.contains(&domain.id), Conflict::Other),
            (self.lacks_organization(domain.environment_id, domain.organization_id), Conflict::Reference),
            (self.has_domain(domain), Conflict::OrganizationDomain),
            (self.verified_elsewhere(domain), Conflict::OrganizationDomain),
        ]))?;
        self.tables.domains.put(domain.clone());
        Ok(())
    }

    async fn lock(
        &mut self,
        environment: EnvironmentId,
        id: OrganizationDomainId,
    ) -> StoreResult<Option<OrganizationDomain>> {
        Ok(self.tables.domains.find(environment, &id).cloned())
    }

    async fn list(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
    ) -> StoreResult<Vec<OrganizationDomain>> {
        Ok(self.tables.domains_of(environment, organization))
    }

    async fn update(&mut self, domain: &OrganizationDomain) -> StoreResult<bool> {
        if self.tables.domains.find(domain.environment_id, &domain.id).is_none() {
            return Ok(false);
        }
        self.admit(first_of([
            (self.has_domain(domain), Conflict::OrganizationDomain),
            (domain.is_verified() && self.verified_elsewhere(domain), Conflict::OrganizationDomain),
        ]))?;
        self.tables.domains.put(domain.clone());
        Ok(true)
    }

    async fn holder(
        &mut self,
        environment: EnvironmentId,
        domain: &DomainName,
    ) -> StoreResult<Option<OrganizationId>> {
        let index = DomainIndex::Domain(environment, domain.clone());
        let holder = self.tables.domains.by(&index).find(|held| held.is_verified());
        Ok(holder.map(|held| held.organization_id))
    }

    async fn delete(&mut self, environment: EnvironmentId, id: OrganizationDomainId) -> StoreResult<bool> {
        Ok(self.tables.domains.remove_of(environment, &id))
    }
}

#[async_trait]
impl ItContacts for MemoryUnitOfWork {
    async fn insert(&mut self, contact: &ItContact) -> StoreResult<()> {
        let email = ContactIndex::Email(contact.organization_id, contact.email.clone());
        self.admit(first_of([
            (self.tables.contacts.contains(&contact.id), Conflict::Other),
            (self.lacks_organization(contact.environment_id, contact.organization_id), Conflict::Reference),
            (self.tables.contacts.one(&email).is_some(), Conflict::ItContactEmail),
        ]))?;
        self.tables.contacts.put(contact.clone());
        Ok(())
    }

    async fn find(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
        id: ItContactId,
    ) -> StoreResult<Option<ItContact>> {
        let found = self.tables.contacts.find(environment, &id);
        Ok(found.filter(|contact| contact.organization_id == organization).cloned())
    }

    async fn delete(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
        id: ItContactId,
    ) -> StoreResult<bool> {
        let found = ItContacts::find(self, environment, organization, id).await?.is_some();
        Ok(found && self.tables.contacts.remove(&id))
    }
}

#[async_trait]
impl Messages for MemoryUnitOfWork {
    async fn insert(&mut self, message: &Message) -> StoreResult<()> {
        self.admit(first_of([
            (self.tables.messages.contains(&message.id), Conflict::Other),
            (
                message.organization_id.is_some_and(|id| self.lacks_organization(message.environment_id, id)),
                Conflict::Reference,
            ),
        ]))?;
        self.tables.messages.put(message.clone());
        Ok(())
    }

    async fn update(&mut self, message: &Message) -> StoreResult<bool> {
        Ok(self.tables.messages.change(message.environment_id, &message.id, |held| {
            held.kind = message.kind.clone();
            held.state = message.state;
        }))
    }
}
