//! Organizations.

use async_trait::async_trait;
use diesel::prelude::*;
use vestibule_application::ports::store::{Organizations, StoreResult};
use vestibule_domain::id::{EnvironmentId, OrganizationId};
use vestibule_domain::organization::{Organization, Slug};

use super::super::dialect::locked;
use super::rows::OrganizationRow;
use super::schema::organizations;
use super::unit::SqlUnitOfWork;

const TABLE: &str = "organizations";

#[diesel::dsl::auto_type(no_type_alias)]
fn by_id(environment: EnvironmentId, id: OrganizationId) -> _ {
    let (environment, id): (String, String) = (environment.to_string(), id.to_string());
    organizations::table
        .filter(organizations::id.eq(id))
        .filter(organizations::environment_id.eq(environment))
}

#[async_trait]
impl Organizations for SqlUnitOfWork {
    async fn insert(&mut self, organization: &Organization) -> StoreResult<()> {
        let insert = diesel::insert_into(organizations::table).values(OrganizationRow::from(organization));
        self.run(TABLE, insert).await.map(drop)
    }

    async fn find(
        &mut self,
        environment: EnvironmentId,
        id: OrganizationId,
    ) -> StoreResult<Option<Organization>> {
        self.one(TABLE, by_id(environment, id).select(OrganizationRow::as_select())).await
    }

    async fn lock(
        &mut self,
        environment: EnvironmentId,
        id: OrganizationId,
    ) -> StoreResult<Option<Organization>> {
        self.one(TABLE, locked!(by_id(environment, id).select(OrganizationRow::as_select()))).await
    }

    async fn slug_taken(&mut self, environment: EnvironmentId, slug: &Slug) -> StoreResult<bool> {
        let query = organizations::table
            .filter(organizations::environment_id.eq(environment.to_string()))
            .filter(organizations::slug.eq(slug.as_str().to_owned()))
            .select(organizations::id);
        let ids: Vec<String> = self.rows(TABLE, query).await?;
        Ok(!ids.is_empty())
    }

    async fn update(&mut self, organization: &Organization) -> StoreResult<bool> {
        let found = by_id(organization.environment_id, organization.id);
        self.touch(TABLE, diesel::update(found).set(OrganizationRow::from(organization))).await
    }

    async fn delete(&mut self, environment: EnvironmentId, id: OrganizationId) -> StoreResult<bool> {
        // What belongs to it goes with it by its foreign keys.
        self.touch(TABLE, diesel::delete(by_id(environment, id))).await
    }
}
