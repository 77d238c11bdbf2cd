//! Changes an organization, its domains included.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::event::{Fact, OrganizationSnapshot};
use vestibule_domain::id::OrganizationId;
use vestibule_domain::organization::{ExternalId, Metadata, MetadataChange, Organization, ProfileRule};
use vestibule_domain::organization_domain::{ClaimedDomain, DomainClaim, OrganizationDomain};
use vestibule_domain::readout::Revision;
use vestibule_domain::text::Name;

use super::claims;
use super::create_organization::{WriteOrganizationError, deed};
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::change::Change;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::UseCase;

/// Changes an organization.
pub struct UpdateOrganization {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked. What is absent stays as it is.
#[derive(Clone, Debug)]
pub struct UpdateOrganizationCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which organization.
    pub organization_id: OrganizationId,
    /// Another name.
    pub name: Option<Name>,
    /// The whole set of domains: those that are not in it go.
    pub domains: Option<Vec<ClaimedDomain>>,
    /// Whose sign-ins are taken.
    pub profiles: Option<ProfileRule>,
    /// A change to the notes.
    pub metadata: Change<MetadataChange>,
    /// The vendor's own id.
    pub external_id: Change<ExternalId>,
    /// The customer's id at Stripe.
    pub stripe_customer_id: Change<Name>,
    /// What the organization read when the change was made; whatever it reads, if none.
    pub made_from: Option<Revision>,
}

#[async_trait]
impl UseCase for UpdateOrganization {
    type Command = UpdateOrganizationCommand;
    type Outcome = OrganizationSnapshot;
    type Error = WriteOrganizationError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: UpdateOrganizationCommand,
    ) -> Result<OrganizationSnapshot, WriteOrganizationError> {
        let now = self.ambient.now();
        let (environment_id, id) = (command.caller.environment_id(), command.organization_id);
        let scene = Scene { environment_id, actor: command.caller.actor.clone(), now };
        let before =
            work.organizations().lock(environment_id, id).await?.ok_or(WriteOrganizationError::Unknown)?;
        before.readout().expect(command.made_from)?;
        let held = work.organization_domains().list(environment_id, id).await?;
        let metadata = match command.metadata {
            Change::Keep => before.metadata.clone(),
            Change::Reset => Metadata::default(),
            Change::Set(change) => before.metadata.merged(change)?,
        };
        let mut organization = Organization {
            name: command.name.unwrap_or_else(|| before.name.clone()),
            profiles: command.profiles.unwrap_or(before.profiles),
            metadata,
            external_id: command.external_id.of(before.external_id.clone()),
            stripe_customer_id: command.stripe_customer_id.of(before.stripe_customer_id.clone()),
            ..before.clone()
        };
        let domains = match command.domains {
            Some(wanted) => {
                let domains = self.settle_domains(work, &scene, id, &held, wanted).await?;
                if any_newly_verified(&held, &domains) {
                    let environment = &command.caller.environment;
                    claims::activate_waiting(work, &self.ambient, &scene, environment, id).await?;
                }
                domains
            }
            None => held.clone(),
        };
        // An update that changes nothing is no news.
        if organization != before || domains != held {
            organization.updated_at = now;
            work.organizations().update(&organization).await?;
            let deed = deed(AuditAction::OrganizationUpdated, id);
            let changes = before.readout().changes(&organization.readout());
            chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
            let snapshot =
                OrganizationSnapshot { organization: organization.clone(), domains: domains.clone() };
            let fact = Fact::OrganizationUpdated(snapshot);
            chronicle::announce(work, &self.ambient, &scene, id, fact).await?;
        }
        Ok(OrganizationSnapshot { organization, domains })
    }
}

impl UpdateOrganization {
    /// Makes the domains those that are wanted. A proof is never taken back by naming a domain as
    /// pending; only leaving it out does that.
    async fn settle_domains(
        &self,
        work: &mut dyn UnitOfWork,
        scene: &Scene,
        id: OrganizationId,
        held: &[OrganizationDomain],
        wanted: Vec<ClaimedDomain>,
    ) -> Result<Vec<OrganizationDomain>, StoreError> {
        let mut domains = Vec::with_capacity(wanted.len());
        for domain in held {
            match wanted.iter().find(|wanted| wanted.domain == domain.domain) {
                None => {
                    claims::remove(work, &self.ambient, scene, domain).await?;
                }
                Some(ClaimedDomain { claim: DomainClaim::Pending, .. }) => domains.push(domain.clone()),
                Some(ClaimedDomain { claim: DomainClaim::Verified, .. }) => {
                    domains.push(claims::vouch(work, &self.ambient, scene, domain.clone()).await?);
                }
            }
        }
        for claimed in wanted {
            if held.iter().all(|domain| domain.domain != claimed.domain) {
                domains.push(claims::add(work, &self.ambient, scene, id, claimed).await?);
            }
        }
        // The order in which they are read: the answer and a later one must be the same.
        domains.sort_unstable_by_key(|domain| domain.id);
        Ok(domains)
    }
}

fn any_newly_verified(before: &[OrganizationDomain], after: &[OrganizationDomain]) -> bool {
    let verified = |id| before.iter().any(|domain| domain.id == id && domain.is_verified());
    after.iter().any(|domain| domain.is_verified() && !verified(domain.id))
}
