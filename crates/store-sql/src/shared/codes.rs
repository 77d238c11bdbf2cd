//! Codes that prove addresses.

use async_trait::async_trait;
use diesel::prelude::*;
use vestibule_application::ports::store::{AddressCodes, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::address_code::AddressCode;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{EnvironmentId, PortalLinkId};

use super::super::dialect::locked;
use super::rows::CodeRow;
use super::schema::address_codes;
use super::unit::SqlUnitOfWork;
use crate::parse::instant;

const TABLE: &str = "address_codes";

#[diesel::dsl::auto_type(no_type_alias)]
fn of_link(environment: EnvironmentId, link: PortalLinkId) -> _ {
    let (environment, link): (String, String) = (environment.to_string(), link.to_string());
    address_codes::table
        .filter(address_codes::environment_id.eq(environment))
        .filter(address_codes::link_id.eq(link))
}

#[async_trait]
impl AddressCodes for SqlUnitOfWork {
    async fn insert(&mut self, code: &AddressCode) -> StoreResult<()> {
        let insert = diesel::insert_into(address_codes::table).values(CodeRow::from(code));
        self.run(TABLE, insert).await.map(drop)
    }

    async fn lock_newest(
        &mut self,
        environment: EnvironmentId,
        link: PortalLinkId,
        address: &EmailAddress,
    ) -> StoreResult<Option<AddressCode>> {
        let query = of_link(environment, link)
            .filter(address_codes::address.eq(address.as_str().to_owned()))
            .order((address_codes::created_at.desc(), address_codes::id.desc()))
            .limit(1)
            .select(CodeRow::as_select());
        self.one(TABLE, locked!(query)).await
    }

    async fn update(&mut self, code: &AddressCode) -> StoreResult<bool> {
        let row = CodeRow::from(code);
        let found = address_codes::table
            .filter(address_codes::id.eq(row.id))
            .filter(address_codes::environment_id.eq(row.environment_id));
        let update = diesel::update(found).set((
            address_codes::wrong_tries.eq(row.wrong_tries),
            address_codes::state.eq(row.state),
            address_codes::state_at.eq(row.state_at),
        ));
        self.touch(TABLE, update).await
    }

    async fn made_after(
        &mut self,
        environment: EnvironmentId,
        link: PortalLinkId,
        after: Instant,
    ) -> StoreResult<Vec<Instant>> {
        let query = of_link(environment, link)
            .filter(address_codes::created_at.gt(instant(after)))
            .order(address_codes::created_at)
            .select(address_codes::created_at);
        self.rows(TABLE, query).await
    }
}
