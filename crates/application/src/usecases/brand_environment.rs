//! Changes how an environment presents itself to customers.

use async_trait::async_trait;
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::brand::{BrandColor, BrandImage};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::{Branding, Environment};
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::readout::{Overtaken, Revision};
use vestibule_domain::text::Name;

use super::environment_change::{self, Told};
use crate::ambient::Ambient;
use crate::change::Change;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Changes an environment's branding.
pub struct BrandEnvironment {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked. What is kept stays as it is.
#[derive(Clone, Debug)]
pub struct BrandEnvironmentCommand {
    /// Who asks.
    pub actor: Actor,
    /// Which environment.
    pub environment_id: EnvironmentId,
    /// What it read when the change was made; whatever it reads, if none.
    pub made_from: Option<Revision>,
    /// The product's name.
    pub product_name: Change<Name>,
    /// Whom an IT admin may ask.
    pub support_email: Change<EmailAddress>,
    /// The colour of buttons and marks.
    pub color: Change<BrandColor>,
    /// The picture at the top of every page.
    pub logo: Change<BrandImage>,
    /// The same where the page is dark.
    pub logo_dark: Change<BrandImage>,
    /// The picture for consoles, and for browsers unless there is another.
    pub icon: Change<BrandImage>,
    /// The picture for browsers.
    pub favicon: Change<BrandImage>,
}

/// Why the branding stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum BrandEnvironmentError {
    /// There is no such environment.
    #[error("there is no such environment")]
    Unknown,
    /// Somebody else changed it meanwhile.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] StoreError),
}

impl From<StoreError> for BrandEnvironmentError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Contended for BrandEnvironmentError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for BrandEnvironment {
    type Command = BrandEnvironmentCommand;
    type Outcome = Environment;
    type Error = BrandEnvironmentError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: BrandEnvironmentCommand,
    ) -> Result<Environment, BrandEnvironmentError> {
        let id = command.environment_id;
        let before = work.accounts().lock_environment(id).await?.ok_or(BrandEnvironmentError::Unknown)?;
        let held = before.branding.clone();
        let branding = Branding {
            product_name: command.product_name.of(held.product_name),
            support_email: command.support_email.of(held.support_email),
            color: command.color.of(held.color),
            logo: command.logo.of(held.logo),
            logo_dark: command.logo_dark.of(held.logo_dark),
            icon: command.icon.of(held.icon),
            favicon: command.favicon.of(held.favicon),
        };
        let reads_before = before.branding.readout();
        let changes = reads_before.changes(&branding.readout());
        if changes.is_empty() {
            return Ok(before);
        }
        reads_before.expect(command.made_from)?;
        let after = Environment { branding, ..before };
        let action = AuditAction::EnvironmentBranded;
        let told = Told { action, ..Told::updated(command.actor, changes) };
        Ok(environment_change::save(work, &self.ambient, after, told).await?)
    }
}
