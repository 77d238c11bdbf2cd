//! Connects an organization to the test identity provider: what an IT admin does in many steps with
//! a provider of their own, in one.

use async_trait::async_trait;
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::connection::{Connection, ProtocolSettings};
use vestibule_domain::connection_type::{ConnectionType, Protocol};
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::test_provider::NoTestProvider;
use vestibule_domain::text::Name;

use super::add_sp_key::{NewKeyPair, sealed};
use super::pick_provider::{
    PickProvider, PickProviderCommand, PickProviderError, PickedProvider, Understood,
};
use super::review_candidate::{ReviewCandidate, ReviewCandidateCommand, ReviewCandidateError};
use super::save_connection::{SaveConnection, SaveConnectionCommand, SaveConnectionError};
use super::update_connection::AttributeMapChange;
use super::visit::{VisitError, open_visit};
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::test_provider::{self, TestAddressRefused};
use crate::usecase::{Contended, UseCase};

/// The word for the test identity provider where entries of the catalogue have their slug.
pub const TEST_PROVIDER_SLUG: &str = "test-idp";

/// Connects it.
pub struct ConnectTestProvider {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ConnectTestProviderCommand {
    /// Whose visit.
    pub session: SecretDigest,
    /// What the connection speaks.
    pub protocol: Protocol,
    /// The connection's name.
    pub name: Name,
    /// The pair with which the provider signs.
    pub key: NewKeyPair,
    /// The language of the page.
    pub language: Language,
}

/// Why nothing was connected.
#[derive(Debug, thiserror::Error)]
pub enum ConnectTestProviderError {
    /// The visit cannot go on.
    #[error(transparent)]
    Visit(#[from] VisitError),
    /// The environment has none.
    #[error(transparent)]
    NoTestProvider(#[from] NoTestProvider),
    /// The organization has a working connection, which comes first to be reset.
    #[error("the organization already has a connection")]
    AlreadyConnected,
    /// The deployment's address cannot be a provider's.
    #[error(transparent)]
    Address(#[from] TestAddressRefused),
    /// What the provider says makes no connection.
    #[error("the connection cannot be saved")]
    Save(#[source] SaveConnectionError),
}

impl From<StoreError> for ConnectTestProviderError {
    fn from(error: StoreError) -> Self {
        Self::Visit(error.into())
    }
}

impl From<PickProviderError> for ConnectTestProviderError {
    fn from(error: PickProviderError) -> Self {
        match error {
            PickProviderError::Visit(error) => Self::Visit(error),
            PickProviderError::AlreadyConnected => Self::AlreadyConnected,
        }
    }
}

impl From<ReviewCandidateError> for ConnectTestProviderError {
    fn from(error: ReviewCandidateError) -> Self {
        match error {
            ReviewCandidateError::Visit(error) => Self::Visit(error),
            ReviewCandidateError::NoProvider | ReviewCandidateError::AlreadyConnected => {
                Self::AlreadyConnected
            }
        }
    }
}

impl From<SaveConnectionError> for ConnectTestProviderError {
    fn from(error: SaveConnectionError) -> Self {
        match error {
            SaveConnectionError::Visit(error) => Self::Visit(error),
            SaveConnectionError::AlreadyConnected => Self::AlreadyConnected,
            error => Self::Save(error),
        }
    }
}

impl Contended for ConnectTestProviderError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Visit(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for ConnectTestProvider {
    type Command = ConnectTestProviderCommand;
    type Outcome = Connection;
    type Error = ConnectTestProviderError;

    /// Every step is the portal's own, all in one unit of work: what is saved, told and spent is
    /// what it is for any provider.
    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ConnectTestProviderCommand,
    ) -> Result<Connection, ConnectTestProviderError> {
        let ConnectTestProviderCommand { session, protocol, name, key, language } = command;
        let now = self.ambient.now();
        let visit = open_visit(work, &session, Intent::Sso, now).await?;
        let environment = work.accounts().find_environment(visit.session.environment_id).await?;
        environment.ok_or(ConnectTestProviderError::AlreadyConnected)?.test_provider()?;

        let picked = PickProviderCommand {
            session,
            provider: PickedProvider {
                slug: TEST_PROVIDER_SLUG.to_owned(),
                connection_type: ConnectionType::TestIdp,
                protocol,
                name,
            },
            understood: Understood::Forgotten,
            signing_key: None,
        };
        let draft = PickProvider { ambient: self.ambient.clone() }.perform(work, picked).await?;

        let data = test_provider::registration(
            &self.ambient.addresses,
            draft.id,
            protocol,
            &key.certificate,
            test_provider::client_secret(&self.ambient),
        )?;
        let key = sealed(key, &self.ambient, now);
        let mut settings = draft.settings.clone();
        match &mut settings {
            ProtocolSettings::Saml(saml) => saml.test_key = Some(key),
            ProtocolSettings::Oidc(oidc) => oidc.test_key = Some(key),
        }
        // The names that another provider's walkthrough may have left do not fit.
        let attribute_map = AttributeMap::default();
        let draft = Connection { settings, attribute_map, provider: None, ..draft };
        work.connections().update(&draft).await?;

        let review = ReviewCandidateCommand { session, data };
        let candidate = ReviewCandidate { ambient: self.ambient.clone() }.perform(work, review).await?;
        let save = SaveConnectionCommand {
            session,
            revision: candidate.revision,
            set_up_by: None,
            attributes: AttributeMapChange::default(),
            language,
        };
        Ok(SaveConnection { ambient: self.ambient.clone() }.perform(work, save).await?)
    }
}
