//! Picks an identity provider: a draft connection comes into being, with our addresses for it.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::{Connection, ConnectionState, ProtocolSettings};
use vestibule_domain::connection_type::{ConnectionType, Protocol};
use vestibule_domain::intent::Intent;
use vestibule_domain::portal_session::{Candidate, Progress};
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::text::Name;

use super::add_sp_key::{NewKeyPair, sealed};
use super::visit::{VisitError, open_visit};
use crate::ambient::Ambient;
use crate::chronicle::{self, Deed};
use crate::ports::store::{Conflict, StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Picks an identity provider.
pub struct PickProvider {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct PickProviderCommand {
    /// Whose visit.
    pub session: SecretDigest,
    /// The catalogue's entry.
    pub provider: PickedProvider,
    /// What becomes of data that was understood before.
    pub understood: Understood,
    /// A fresh pair for `private_key_jwt`, where the provider's console asks for our certificate.
    /// Whoever picks the provider again keeps the pair that was made first.
    pub signing_key: Option<NewKeyPair>,
}

/// What becomes of data that was understood under another provider's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Understood {
    /// It is forgotten: the admin begins again.
    Forgotten,
    /// It stays, if it is of the new provider's protocol: only the name was wrong.
    Kept,
}

/// What the catalogue says about an entry.
#[derive(Clone, Debug)]
pub struct PickedProvider {
    /// Its slug.
    pub slug: String,
    /// The type of its connections.
    pub connection_type: ConnectionType,
    /// What its connections speak.
    pub protocol: Protocol,
    /// Its name.
    pub name: Name,
}

/// Why no provider was picked.
#[derive(Debug, thiserror::Error)]
pub enum PickProviderError {
    /// The visit cannot go on.
    #[error(transparent)]
    Visit(#[from] VisitError),
    /// The organization has a working connection, which comes first to be reset.
    #[error("the organization already has a connection")]
    AlreadyConnected,
}

impl From<StoreError> for PickProviderError {
    fn from(error: StoreError) -> Self {
        Self::Visit(error.into())
    }
}

impl Contended for PickProviderError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Visit(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for PickProvider {
    type Command = PickProviderCommand;
    type Outcome = Connection;
    type Error = PickProviderError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: PickProviderCommand,
    ) -> Result<Connection, PickProviderError> {
        let now = self.ambient.now();
        let visit = open_visit(work, &command.session, Intent::Sso, now).await?;
        let mut session = visit.session;
        let picked = command.provider;
        let held =
            work.connections().lock_of_organization(session.environment_id, session.organization_id).await?;
        let connection = match held {
            Some(held) if held.state != ConnectionState::Draft => {
                return Err(PickProviderError::AlreadyConnected);
            }
            // Our addresses hold the connection's id: whoever changes their mind about the
            // provider keeps what they may have typed into its console.
            Some(held) => {
                let settings = if held.settings.protocol() == picked.protocol {
                    held.settings
                } else {
                    ProtocolSettings::empty(picked.protocol)
                };
                let settings = self.keyed(settings, command.signing_key, now);
                let draft = Connection {
                    connection_type: picked.connection_type,
                    provider: Some(picked.slug.clone()),
                    name: picked.name,
                    settings,
                    updated_at: now,
                    ..held
                };
                work.connections().update(&draft).await?;
                draft
            }
            None => {
                let draft = Connection {
                    id: self.ambient.id(now),
                    environment_id: session.environment_id,
                    organization_id: session.organization_id,
                    connection_type: picked.connection_type,
                    provider: Some(picked.slug.clone()),
                    name: picked.name,
                    external_id: None,
                    state: ConnectionState::Draft,
                    settings: self.keyed(ProtocolSettings::empty(picked.protocol), command.signing_key, now),
                    attribute_map: AttributeMap::default(),
                    set_up_by: None,
                    created_at: now,
                    updated_at: now,
                };
                work.connections().insert(&draft).await.map_err(|error| match error {
                    // Another visit was a moment faster: look again.
                    StoreError::Conflict(Conflict::OrganizationConnection) => StoreError::Contention,
                    other => other,
                })?;
                draft
            }
        };
        if session.progress.provider.as_deref() != Some(&picked.slug) || session.progress.candidate.is_some()
        {
            let speaks = |candidate: &Candidate| candidate.data.protocol() == picked.protocol;
            let candidate = match command.understood {
                Understood::Forgotten => None,
                Understood::Kept => session.progress.candidate.take().filter(speaks),
            };
            let anew = session.progress.begun_anew(Some(picked.slug.clone()));
            let progress = Progress { candidate, ..anew };
            session.note(progress, now);
        }
        work.sessions().update_progress(&session).await?;
        let deed = Deed {
            action: AuditAction::PortalProviderPicked,
            organization_id: Some(session.organization_id),
            target: ("connection", connection.id.to_string()),
            details: vec![("provider", picked.slug)],
        };
        chronicle::record(work, &self.ambient, &visit.scene, deed).await?;
        Ok(connection)
    }
}

impl PickProvider {
    /// The settings with the fresh pair, unless there is one or the protocol has no place for it.
    fn keyed(&self, settings: ProtocolSettings, fresh: Option<NewKeyPair>, now: Instant) -> ProtocolSettings {
        match (settings, fresh) {
            (ProtocolSettings::Oidc(mut oidc), Some(fresh)) if oidc.signing_key.is_none() => {
                oidc.signing_key = Some(sealed(fresh, &self.ambient, now));
                ProtocolSettings::Oidc(oidc)
            }
            (settings, _) => settings,
        }
    }
}
