//! An admin changes what a team says about itself.

use async_trait::async_trait;
use vestibule_domain::email::EmailAddress;
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
    /// What they were shown before they changed it.
    pub shown: TeamSettings,
    /// What it shall be.
    pub wanted: TeamSettings,
}

/// What a team says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamSettings {
    /// The name.
    pub name: Name,
    /// Whom its members are told to ask.
    pub support_email: Option<EmailAddress>,
}

impl TeamSettings {
    /// Those of a team.
    pub fn of(team: &Team) -> Self {
        Self { name: team.name.clone(), support_email: team.support_email.clone() }
    }
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateTeamError {
    /// Somebody else changed it since it was shown.
    #[error("somebody else changed it")]
    ChangedSince(Box<TeamSettings>),
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
        let UpdateTeamCommand { by, shown, wanted } = command;
        let Roster { team, .. } = Roster::of_admin(work, &by).await?;
        let held = TeamSettings::of(&team);
        if held == wanted {
            return Ok(());
        }
        if held != shown {
            return Err(UpdateTeamError::ChangedSince(Box::new(held)));
        }
        let mut details = Vec::new();
        if held.name != wanted.name {
            details.extend([("name_before", held.name.to_string()), ("name", wanted.name.to_string())]);
        }
        if held.support_email != wanted.support_email {
            let said = |address: &Option<EmailAddress>| {
                address.as_ref().map(EmailAddress::to_string).unwrap_or_default()
            };
            details.extend([
                ("support_email_before", said(&held.support_email)),
                ("support_email", said(&wanted.support_email)),
            ]);
        }
        let TeamSettings { name, support_email } = wanted;
        let changed = Team { name, support_email, ..team };
        work.teams().update(&changed).await?;
        let deed = TeamDeed { action: TeamAction::TeamUpdated, target: changed.id.to_string(), details };
        team_chronicle::record(work, &self.ambient, &by, now, deed).await?;
        Ok(())
    }
}
