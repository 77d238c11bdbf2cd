//! Tells people by mail that a connection went live: the admin who set it up, and the vendor's team.

use vestibule_domain::connection::{Connection, DomainStanding};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::MessageId;
use vestibule_domain::job::Task;
use vestibule_domain::language::Language;
use vestibule_domain::message::{LiveNote, LiveReader, Message, MessageKind, MessageState};
use vestibule_domain::notice::Notice;
use vestibule_domain::organization::ProfileRule;
use vestibule_domain::organization_domain::OrganizationDomain;

use super::save_connection::standing;
use super::wanted_notices;
use crate::ambient::Ambient;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};

/// Who is told on the customer's side.
pub(super) struct Told {
    /// Their addresses; none if nobody is known.
    pub(super) admins: Vec<EmailAddress>,
    /// Their language. The vendor's team is written to in the default one.
    pub(super) language: Language,
}

/// Writes the messages and the jobs that send them.
pub(super) async fn write(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    (environment, connection, domains): (&Environment, &Connection, &[OrganizationDomain]),
    told: Told,
) -> Result<(), StoreError> {
    let organization =
        work.organizations().find(connection.environment_id, connection.organization_id).await?;
    let domains = match organization.map(|organization| organization.profiles) {
        Some(ProfileRule::AnyDomain) => DomainStanding::Verified,
        Some(ProfileRule::VerifiedDomains) | None => standing(domains),
    };
    let team = wanted_notices::readers(work, environment, Notice::ConnectionLive, &told.admins).await?;
    let admins = told.admins.into_iter().map(|admin| (LiveReader::Admin, admin, told.language));
    let team = team.into_iter().map(|(reader, team)| (reader, team, Language::default()));
    for (reader, to, language) in admins.chain(team) {
        let id: MessageId = ambient.id(scene.now);
        let note = LiveNote {
            reader,
            connection_name: connection.name.clone(),
            set_up_by: connection.set_up_by.clone(),
            domains,
            language,
        };
        let message = Message {
            id,
            environment_id: connection.environment_id,
            organization_id: Some(connection.organization_id),
            to,
            kind: MessageKind::Live(note),
            state: MessageState::Queued,
            created_at: scene.now,
        };
        work.messages().insert(&message).await?;
        chronicle::enqueue(work, ambient, scene, Task::SendMessage(id)).await?;
    }
    Ok(())
}
