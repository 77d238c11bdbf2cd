//! Makes an environment.

use async_trait::async_trait;
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::environment::{ENVIRONMENTS_MAX, Environment, EnvironmentKind};
use vestibule_domain::team::Team;
use vestibule_domain::text::Name;

use crate::ambient::Ambient;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Makes an environment, without API keys.
pub struct CreateEnvironment {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct CreateEnvironmentCommand {
    /// Who asks.
    pub actor: Actor,
    /// Their team.
    pub team: Team,
    /// What it is for.
    pub kind: EnvironmentKind,
    /// Name for the team's people.
    pub name: Name,
}

/// Why no environment was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateEnvironmentError {
    /// The team has [`ENVIRONMENTS_MAX`].
    #[error("a team has at most {ENVIRONMENTS_MAX} environments")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for CreateEnvironmentError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for CreateEnvironment {
    type Command = CreateEnvironmentCommand;
    type Outcome = Environment;
    type Error = CreateEnvironmentError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: CreateEnvironmentCommand,
    ) -> Result<Environment, CreateEnvironmentError> {
        let now = self.ambient.now();
        // Two at the same time may make one too many; the limit keeps a menu short, and one more
        // does not hurt that.
        if work.accounts().count_environments(command.team.id).await? >= ENVIRONMENTS_MAX {
            return Err(CreateEnvironmentError::TooMany);
        }
        let ids = (self.ambient.id(now), self.ambient.id(now));
        let environment = Environment::new(ids, &command.team, command.kind, command.name, now);
        work.accounts().insert_environment(&environment).await?;
        let scene = Scene { environment_id: environment.id, actor: command.actor, now };
        let deed = Deed {
            action: AuditAction::EnvironmentCreated,
            organization_id: None,
            target: ("environment", environment.id.to_string()),
            details: vec![
                ("name", environment.name.to_string()),
                ("kind", environment.kind.as_str().to_owned()),
            ],
        };
        chronicle::record(work, &self.ambient, &scene, deed).await?;
        Ok(environment)
    }
}
