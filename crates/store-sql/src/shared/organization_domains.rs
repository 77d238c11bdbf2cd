//! Organization domains.

use async_trait::async_trait;
use diesel::prelude::*;
use vestibule_application::ports::store::{Conflict, OrganizationDomains, StoreResult};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::id::{EnvironmentId, OrganizationDomainId, OrganizationId};
use vestibule_domain::organization_domain::OrganizationDomain;

use super::super::dialect::locked;
use super::rows::{DomainRow, VERIFIED};
use super::schema::organization_domains;
use super::unit::SqlUnitOfWork;
use crate::parse::Table;

const TABLE: &str = "organization_domains";

#[diesel::dsl::auto_type(no_type_alias)]
fn by_id(environment: EnvironmentId, id: OrganizationDomainId) -> _ {
    let (environment, id): (String, String) = (environment.to_string(), id.to_string());
    organization_domains::table
        .filter(organization_domains::id.eq(id))
        .filter(organization_domains::environment_id.eq(environment))
}

#[async_trait]
impl OrganizationDomains for SqlUnitOfWork {
    async fn insert(&mut self, domain: &OrganizationDomain) -> StoreResult<()> {
        // The unique index keeps two verified ones apart. An unverified one beside another
        // organization's verified one harms nobody, so it is enough to look.
        if self.holder(domain.environment_id, &domain.domain).await?.is_some() {
            return Err(self.refused(Conflict::OrganizationDomain));
        }
        let insert = diesel::insert_into(organization_domains::table).values(DomainRow::from(domain));
        self.run(TABLE, insert).await.map(drop)
    }

    async fn lock(
        &mut self,
        environment: EnvironmentId,
        id: OrganizationDomainId,
    ) -> StoreResult<Option<OrganizationDomain>> {
        self.one(TABLE, locked!(by_id(environment, id).select(DomainRow::as_select()))).await
    }

    async fn list(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
    ) -> StoreResult<Vec<OrganizationDomain>> {
        let query = organization_domains::table
            .filter(organization_domains::environment_id.eq(environment.to_string()))
            .filter(organization_domains::organization_id.eq(organization.to_string()))
            .order(organization_domains::id)
            .select(DomainRow::as_select());
        self.all(TABLE, query).await
    }

    async fn update(&mut self, domain: &OrganizationDomain) -> StoreResult<bool> {
        let found = by_id(domain.environment_id, domain.id);
        self.touch(TABLE, diesel::update(found).set(DomainRow::from(domain))).await
    }

    async fn holder(
        &mut self,
        environment: EnvironmentId,
        domain: &DomainName,
    ) -> StoreResult<Option<OrganizationId>> {
        let holder = organization_domains::table
            .filter(organization_domains::environment_id.eq(environment.to_string()))
            .filter(organization_domains::domain.eq(domain.as_str().to_owned()))
            .filter(organization_domains::state.eq(VERIFIED))
            .select(organization_domains::organization_id);
        let found: Vec<String> = self.rows(TABLE, holder).await?;
        found.first().map(|id| Table(TABLE).id("organization_id", id)).transpose()
    }

    async fn delete(&mut self, environment: EnvironmentId, id: OrganizationDomainId) -> StoreResult<bool> {
        self.touch(TABLE, diesel::delete(by_id(environment, id))).await
    }
}
