//! Warns people that the certificates of a connection run out: the vendor's app by event, the
//! admin who set the connection up and the vendor's team by mail. Once for each warning.
//!
//! Where the admin has something to bring or to switch, their message has a link to do it by: of the
//! kind of which an organization may have several, so that it stands in no invitation's way.

use std::sync::Arc;

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::audit::Actor;
use vestibule_domain::certificate_watch::{self as watch, CertificateUse};
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::event::{CertificateSnapshot, Fact};
use vestibule_domain::id::{ConnectionId, EnvironmentId, MessageId};
use vestibule_domain::intent::Intent;
use vestibule_domain::job::Task;
use vestibule_domain::language::Language;
use vestibule_domain::message::{ExpiryNote, LiveReader, Message, MessageKind, MessageState, RenewalLink};
use vestibule_domain::notice::Notice;
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::saml::{SamlSettings, SpKeyUse};
use vestibule_domain::url::HttpsUrl;

use super::mint_link::{MintLink, MintLinkCommand, MintLinkError, MintedLink};
use super::wanted_notices;
use crate::ambient::{Ambient, SecretOf};
use crate::caller::Caller;
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
        let admins = connection.set_up_by.clone().map_or(command.contacts, |admin| vec![admin]);
        let team = wanted_notices::readers(work, &environment, Notice::CertificateExpiry, &admins).await?;
        let caller = Caller { environment: Arc::new(environment), actor: Actor::system() };
        for ending in ending {
            let fact = Fact::SamlCertificateRenewalRequired(CertificateSnapshot {
                connection_id: connection.id,
                organization_id: connection.organization_id,
                of: ending.of,
                expires_at: ending.expires_at,
                at: now,
            });
            chronicle::announce(work, &self.ambient, &scene, connection.organization_id, fact).await?;
            for mut message in self.messages(&scene, &connection, (&admins, &team), &ending) {
                self.give_link(work, &caller, &mut message).await?;
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
        connection: &Connection,
        (admins, team): (&[EmailAddress], &[(LiveReader, EmailAddress)]),
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
        let admins = admins.iter().map(|admin| (LiveReader::Admin, admin, saml.care.language));
        let team = team.iter().map(|(reader, team)| (*reader, team, Language::default()));
        let message = |(reader, to, language): (LiveReader, &EmailAddress, Language)| {
            let id: MessageId = self.ambient.id(scene.now);
            let note = ExpiryNote {
                reader,
                connection_name: connection.name.clone(),
                of: ending.of,
                expires_at: ending.expires_at,
                metadata_url: metadata_url.clone(),
                renewal: None,
                language,
            };
            Message {
                id,
                environment_id: connection.environment_id,
                organization_id: Some(connection.organization_id),
                to: to.clone(),
                kind: MessageKind::Expiry(note),
                state: MessageState::Queued,
                created_at: scene.now,
            }
        };
        admins.chain(team).map(message).collect()
    }

    /// Gives an admin the link by which they bring the provider's next certificate or switch to ours.
    async fn give_link(
        &self,
        work: &mut dyn UnitOfWork,
        caller: &Caller,
        message: &mut Message,
    ) -> Result<(), StoreError> {
        let (MessageKind::Expiry(note), Some(organization_id)) = (&mut message.kind, message.organization_id)
        else {
            return Ok(());
        };
        if note.reader != LiveReader::Admin || !to_be_renewed(note) {
            return Ok(());
        }
        let order = MintLinkCommand {
            caller: caller.clone(),
            organization_id,
            kind: LinkKind::Token,
            intents: vec![Intent::CertificateRenewal],
            redirects: LinkRedirects::default(),
            admins: vec![message.to.clone()],
            mail_to: Vec::new(),
            language: note.language,
            external_user_id: None,
            provider_hint: None,
            life: Some(LinkKind::Token.policy().longest_life),
        };
        match (MintLink { ambient: self.ambient.clone() }).perform(work, order).await {
            Ok(MintedLink { link, url, .. }) => {
                note.renewal = Some(RenewalLink {
                    sealed_url: Some(self.ambient.seal(SecretOf::Message(message.id), url.as_bytes())),
                    expires_at: link.expires_at,
                });
            }
            Err(MintLinkError::Store(error)) => return Err(error),
            // A warning without a link is better than none.
            Err(refused) => tracing::error!(error = %refused, "no link to renew a certificate by was made"),
        }
        Ok(())
    }
}

/// Whether a link to renew certificates helps: metadata that is read brings the provider's by
/// itself, and no page of a link is about what is encrypted to.
fn to_be_renewed(note: &ExpiryNote) -> bool {
    match note.of {
        CertificateUse::ResponseSigning => note.metadata_url.is_none(),
        CertificateUse::RequestSigning => true,
        CertificateUse::ResponseEncryption => false,
    }
}
