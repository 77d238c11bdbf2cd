//! Codes that prove addresses.

use async_trait::async_trait;
use vestibule_application::ports::store::{AddressCodes, Conflict, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::address_code::{AddressCode, CODE_KEPT};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{EnvironmentId, PortalLinkId};

use crate::rows::CodeIndex;
use crate::unit_of_work::{MemoryUnitOfWork, first_of};

impl MemoryUnitOfWork {
    /// Removes codes that count against no limit any more.
    pub(crate) fn forget_codes(&mut self, now: Instant) {
        let codes = &mut self.tables.codes;
        let old: Vec<_> =
            codes.all().filter(|code| code.created_at + CODE_KEPT <= now).map(|code| code.id).collect();
        for id in old {
            codes.remove(&id);
        }
    }

    fn codes_of(&self, environment: EnvironmentId, link: PortalLinkId) -> impl Iterator<Item = &AddressCode> {
        let theirs = self.tables.codes.by(&CodeIndex::Link(link));
        theirs.filter(move |code| code.environment_id == environment)
    }
}

#[async_trait]
impl AddressCodes for MemoryUnitOfWork {
    async fn insert(&mut self, code: &AddressCode) -> StoreResult<()> {
        let link = self.tables.links.find(code.environment_id, &code.link_id);
        self.admit(first_of([
            (self.tables.codes.contains(&code.id), Conflict::Other),
            (link.is_none_or(|link| link.organization_id != code.organization_id), Conflict::Reference),
        ]))?;
        self.tables.codes.put(code.clone());
        Ok(())
    }

    async fn lock_newest(
        &mut self,
        environment: EnvironmentId,
        link: PortalLinkId,
        address: &EmailAddress,
    ) -> StoreResult<Option<AddressCode>> {
        let theirs = self.codes_of(environment, link).filter(|code| code.address == *address);
        Ok(theirs.max_by_key(|code| (code.created_at, code.id)).cloned())
    }

    async fn update(&mut self, code: &AddressCode) -> StoreResult<bool> {
        Ok(self.tables.codes.change(code.environment_id, &code.id, |held| {
            held.wrong_tries = code.wrong_tries;
            held.state = code.state;
        }))
    }

    async fn made_after(
        &mut self,
        environment: EnvironmentId,
        link: PortalLinkId,
        after: Instant,
    ) -> StoreResult<Vec<Instant>> {
        let mut made: Vec<Instant> =
            self.codes_of(environment, link).map(|code| code.created_at).filter(|at| *at > after).collect();
        made.sort_unstable();
        Ok(made)
    }
}
