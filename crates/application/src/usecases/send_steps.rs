//! Sends the steps of a walkthrough to a colleague who has the console.

use async_trait::async_trait;
use vestibule_domain::admission::Admin;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::MessageId;
use vestibule_domain::intent::Intent;
use vestibule_domain::job::Task;
use vestibule_domain::language::Language;
use vestibule_domain::message::{Message, MessageKind, MessageState, StepsNote};
use vestibule_domain::portal_session::TooManySheets;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::step_sheet::StepSheet;

use super::visit::{OpenVisit, VisitError, open_visit};
use crate::ambient::Ambient;
use crate::chronicle::{self, Deed};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Sends the steps.
pub struct SendSteps {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct SendStepsCommand {
    /// Whose visit.
    pub session: SecretDigest,
    /// Who gets the steps.
    pub to: EmailAddress,
    /// The steps, with our values for the visit's connection.
    pub sheet: StepSheet,
    /// The language of the page.
    pub language: Language,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum SendStepsError {
    /// The visit cannot go on.
    #[error(transparent)]
    Visit(#[from] VisitError),
    /// The visit sent them often enough.
    #[error(transparent)]
    TooMany(#[from] TooManySheets),
}

impl From<StoreError> for SendStepsError {
    fn from(error: StoreError) -> Self {
        Self::Visit(error.into())
    }
}

impl Contended for SendStepsError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Visit(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for SendSteps {
    type Command = SendStepsCommand;
    type Outcome = ();
    type Error = SendStepsError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SendStepsCommand,
    ) -> Result<(), SendStepsError> {
        let now = self.ambient.now();
        let OpenVisit { mut session, scene, .. } =
            open_visit(work, &command.session, Intent::Sso, now).await?;
        let progress = session.progress.clone().with_sheet_sent()?;
        session.note(progress, now);
        work.sessions().update_progress(&session).await?;
        let from = match &session.admin {
            Some(Admin::Confirmed { email, .. }) => Some(email.clone()),
            Some(Admin::Stated(_)) | None => None,
        };
        let deed = Deed {
            action: AuditAction::PortalStepsSent,
            organization_id: Some(session.organization_id),
            target: ("portal_session", session.id.to_string()),
            details: vec![("email", command.to.to_string()), ("provider", command.sheet.provider.clone())],
        };
        let id: MessageId = self.ambient.id(now);
        let message = Message {
            id,
            environment_id: session.environment_id,
            organization_id: Some(session.organization_id),
            to: command.to,
            kind: MessageKind::Steps(StepsNote { from, sheet: command.sheet, language: command.language }),
            state: MessageState::Queued,
            created_at: now,
        };
        work.messages().insert(&message).await?;
        chronicle::enqueue(work, &self.ambient, &scene, Task::SendMessage(id)).await?;
        chronicle::record(work, &self.ambient, &scene, deed).await?;
        Ok(())
    }
}
