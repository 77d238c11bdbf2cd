//! IT contacts.

use async_trait::async_trait;
use diesel::prelude::*;
use vestibule_application::ports::store::{ItContacts, StoreResult};
use vestibule_domain::id::{EnvironmentId, ItContactId, OrganizationId};
use vestibule_domain::it_contact::ItContact;

use super::rows::ContactRow;
use super::schema::it_contacts;
use super::unit::SqlUnitOfWork;

const TABLE: &str = "it_contacts";

#[diesel::dsl::auto_type(no_type_alias)]
fn by_id(environment: EnvironmentId, organization: OrganizationId, id: ItContactId) -> _ {
    let (environment, organization): (String, String) = (environment.to_string(), organization.to_string());
    let id: String = id.to_string();
    it_contacts::table
        .filter(it_contacts::id.eq(id))
        .filter(it_contacts::environment_id.eq(environment))
        .filter(it_contacts::organization_id.eq(organization))
}

#[async_trait]
impl ItContacts for SqlUnitOfWork {
    async fn insert(&mut self, contact: &ItContact) -> StoreResult<()> {
        let insert = diesel::insert_into(it_contacts::table).values(ContactRow::from(contact));
        self.run(TABLE, insert).await.map(drop)
    }

    async fn find(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
        id: ItContactId,
    ) -> StoreResult<Option<ItContact>> {
        self.one(TABLE, by_id(environment, organization, id).select(ContactRow::as_select())).await
    }

    async fn delete(
        &mut self,
        environment: EnvironmentId,
        organization: OrganizationId,
        id: ItContactId,
    ) -> StoreResult<bool> {
        self.touch(TABLE, diesel::delete(by_id(environment, organization, id))).await
    }
}
