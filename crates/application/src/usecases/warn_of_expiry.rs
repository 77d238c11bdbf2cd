//! Warns people that the certificates of a connection run out: the vendor's app by event, the
//! admin who set the connection up and the vendor's team by mail. Once for each warning.

use async_trait::async_trait;
use vestibule_domain::audit::Actor;
use vestibule_domain::certificate_watch as watch;
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::Environment;
use vestibule_domain::event::{CertificateSnapshot, Fact};
use vestibule_domain::id::{ConnectionId, EnvironmentId, MessageId};
use vestibule_domain::job::Task;
use vestibule_domain::language::Language;
use vestibule_domain::message::{ExpiryNote, LiveReader, Message, MessageKind, MessageState};

use super::certificate_care;
use crate::ambient::Ambient;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::UseCase;

/// Warns people.
pub struct WarnOfExpiry {
    /// Time, chance.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct WarnOfExpiryCommand {
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Which connection.
    pub connection_id: ConnectionId,
    /// The organization's IT contacts, written to where nobody is known who set the connection up.
    pub contacts: Vec<EmailAddress>,
}

#[async_trait]
impl UseCase for WarnOfExpiry {
    type Command = WarnOfExpiryCommand;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: WarnOfExpiryCommand,
    ) -> Result<(), StoreError> {
        let now = self.ambient.now();
        let connection = work.connections().lock(command.environment_id, command.connection_id).await?;
        // Nobody signs in through any other.
        let Some(mut connection) = connection.filter(|held| held.state == ConnectionState::Active) else {
            return Ok(());
        };
        let expires_at = certificate_care::lasts_until(&connection);
        let Ok(saml) = connection.saml_mut() else { return Ok(()) };
        let (Some(warning), Some(expires_at)) = (watch::due(saml, now), expires_at) else { return Ok(()) };
        let environment = work.accounts().find_environment(command.environment_id).await?;
        let Some(environment) = environment else { return Ok(()) };
        saml.care.told = Some(warning);
        let scene = Scene { environment_id: command.environment_id, actor: Actor::system(), now };
        let fact = Fact::SamlCertificateRenewalRequired(CertificateSnapshot {
            connection_id: connection.id,
            organization_id: connection.organization_id,
            expires_at,
            at: now,
        });
        chronicle::announce(work, &self.ambient, &scene, connection.organization_id, fact).await?;
        for message in self.messages(&scene, &environment, &connection, command.contacts) {
            work.messages().insert(&message).await?;
            chronicle::enqueue(work, &self.ambient, &scene, Task::SendMessage(message.id)).await?;
        }
        // That people were told changes nothing that anybody sees of the connection.
        work.connections().update(&connection).await?;
        Ok(())
    }
}

impl WarnOfExpiry {
    fn messages(
        &self,
        scene: &Scene,
        environment: &Environment,
        connection: &Connection,
        contacts: Vec<EmailAddress>,
    ) -> Vec<Message> {
        let Ok(saml) = connection.saml() else { return Vec::new() };
        let Some(idp) = &saml.idp else { return Vec::new() };
        let Some(last) = watch::last_to_expire(idp) else { return Vec::new() };
        let admins = connection.set_up_by.clone().map_or(contacts, |admin| vec![admin]);
        let team = environment.branding.support_email.clone().filter(|team| !admins.contains(team));
        let admins = admins.into_iter().map(|admin| (LiveReader::Admin, admin, saml.care.language));
        let team = team.map(|team| (LiveReader::Team, team, Language::default()));
        let message = |(reader, to, language)| {
            let id: MessageId = self.ambient.id(scene.now);
            let note = ExpiryNote {
                reader,
                connection_name: connection.name.clone(),
                expires_at: last.certificate.not_after,
                metadata_url: idp.metadata_url.clone(),
                language,
            };
            Message {
                id,
                environment_id: connection.environment_id,
                organization_id: connection.organization_id,
                to,
                kind: MessageKind::Expiry(note),
                state: MessageState::Queued,
                created_at: scene.now,
            }
        };
        admins.chain(team).map(message).collect()
    }
}
