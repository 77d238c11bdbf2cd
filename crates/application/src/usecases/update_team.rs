//! An admin changes what a team says about itself.

use async_trait::async_trait;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::readout::{Overtaken, Revision};
use vestibule_domain::team::Team;
use vestibule_domain::team_trail::TeamAction;
use vestibule_domain::text::Name;

use super::team_change::{Roster, TeamChangeError};
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::team_chronicle::{self, Acting, TeamDeed};
use crate::usecase::{Contended, UseCase};

/// Changes name and support address of a team.
pub struct UpdateTeam {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct UpdateTeamCommand {
    /// Who asks.
    pub by: Acting,
    /// The name.
    pub name: Name,
    /// Whom its members are told to ask.
    pub support_email: Option<EmailAddress>,
    /// What the team read when the change was made; whatever it reads, if none.
    pub made_from: Option<Revision>,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateTeamError {
    /// Somebody else changed it since it was shown.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// Whoever asks may not, or the store failed.
    #[error(transparent)]
    Change(#[from] TeamChangeError),
}

impl From<StoreError> for UpdateTeamError {
    fn from(error: StoreError) -> Self {
        Self::Change(error.into())
    }
}

impl Contended for UpdateTeamError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Change(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for UpdateTeam {
    type Command = UpdateTeamCommand;
    type Outcome = ();
    type Error = UpdateTeamError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: UpdateTeamCommand,
    ) -> Result<(), UpdateTeamError> {
        let now = self.ambient.now();
        let UpdateTeamCommand { by, name, support_email, made_from } = command;
        let Roster { team, .. } = Roster::of_admin(work, &by).await?;
        let before = team.readout();
        let after = Team { name, support_email, ..team };
        let changes = before.changes(&after.readout());
        if changes.is_empty() {
            return Ok(());
        }
        before.expect(made_from)?;
        work.teams().update(&after).await?;
        let id = after.id.to_string();
        let deed = TeamDeed { action: TeamAction::TeamUpdated, target: id, details: Vec::new() };
        team_chronicle::record_change(work, &self.ambient, &by, now, (deed, changes)).await?;
        Ok(())
    }
}
