//! Warns people that the certificates of a connection run out: the vendor's app by event, the
//! admin who set the connection up and the vendor's team by mail. Once for each warning.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::audit::Actor;
use vestibule_domain::certificate_watch::{self as watch, CertificateUse};
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::Environment;
use vestibule_domain::event::{CertificateSnapshot, Fact};
use vestibule_domain::id::{ConnectionId, EnvironmentId, MessageId};
use vestibule_domain::job::Task;
use vestibule_domain::language::Language;
use vestibule_domain::message::{ExpiryNote, LiveReader, Message, MessageKind, MessageState};
use vestibule_domain::saml::{SamlSettings, SpKeyUse};
use vestibule_domain::url::HttpsUrl;

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
        let Ok(saml) = connection.saml_mut() else { return Ok(()) };
        let ending = endings(saml, now);
        if ending.is_empty() {
            return Ok(());
        }
        let environment = work.accounts().find_environment(command.environment_id).await?;
        let Some(environment) = environment else { return Ok(()) };
        let scene = Scene { environment_id: command.environment_id, actor: Actor::system(), now };
        for ending in ending {
            let fact = Fact::SamlCertificateRenewalRequired(CertificateSnapshot {
                connection_id: connection.id,
                organization_id: connection.organization_id,
                of: ending.of,
                expires_at: ending.expires_at,
                at: now,
            });
            chronicle::announce(work, &self.ambient, &scene, connection.organization_id, fact).await?;
            for message in self.messages(&scene, &environment, &connection, &command.contacts, &ending) {
                work.messages().insert(&message).await?;
                chronicle::enqueue(work, &self.ambient, &scene, Task::SendMessage(message.id)).await?;
            }
        }
        // That people were told changes nothing that anybody sees of the connection.
        work.connections().update(&connection).await?;
        Ok(())
    }
}

/// The certificates of one use that run out.
struct Ending {
    of: CertificateUse,
    expires_at: Instant,
}

/// What people have to be warned of now. That they were is noted.
fn endings(saml: &mut SamlSettings, now: Instant) -> Vec<Ending> {
    let mut endings = Vec::new();
    let theirs = saml.idp.as_ref().and_then(watch::last_to_expire).map(|last| last.certificate.not_after);
    if let (Some(warning), Some(expires_at)) = (watch::due(saml, now), theirs) {
        saml.care.told = Some(warning);
        endings.push(Ending { of: CertificateUse::ResponseSigning, expires_at });
    }
    for of in SpKeyUse::ALL {
        let ours = watch::first_of_ours(saml, of).map(|first| first.certificate.not_after);
        if let (Some(warning), Some(expires_at)) = (watch::due_of_ours(saml, of, now), ours) {
            saml.care.tell_of(of, warning);
            endings.push(Ending { of: of.into(), expires_at });
        }
    }
    endings
}

impl WarnOfExpiry {
    fn messages(
        &self,
        scene: &Scene,
        environment: &Environment,
        connection: &Connection,
        contacts: &[EmailAddress],
        ending: &Ending,
    ) -> Vec<Message> {
        let Ok(saml) = connection.saml() else { return Vec::new() };
        let Some(idp) = &saml.idp else { return Vec::new() };
        let metadata_url = match ending.of {
            CertificateUse::ResponseSigning => idp.metadata_url.clone(),
            CertificateUse::RequestSigning | CertificateUse::ResponseEncryption => {
                // Ours, where the provider finds the next certificate.
                HttpsUrl::parse_allowing_http(&self.ambient.addresses.sp_entity_id(connection.id)).ok()
            }
        };
        let admins = connection.set_up_by.clone().map_or_else(|| contacts.to_vec(), |admin| vec![admin]);
        let team = environment.branding.support_email.clone().filter(|team| !admins.contains(team));
        let admins = admins.into_iter().map(|admin| (LiveReader::Admin, admin, saml.care.language));
        let team = team.map(|team| (LiveReader::Team, team, Language::default()));
        let message = |(reader, to, language)| {
            let id: MessageId = self.ambient.id(scene.now);
            let note = ExpiryNote {
                reader,
                connection_name: connection.name.clone(),
                of: ending.of,
                expires_at: ending.expires_at,
                metadata_url: metadata_url.clone(),
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
