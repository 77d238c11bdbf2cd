//! Makes a connection through the API, complete from the start.

use async_trait::async_trait;
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::connection::{Connection, ConnectionRefused, ConnectionState, ProtocolSettings};
use vestibule_domain::connection_type::{ConnectionType, Protocol};
use vestibule_domain::id::{ConnectionId, OrganizationId};
use vestibule_domain::oidc::{OidcClientRefused, OidcSettings};
use vestibule_domain::organization::ExternalId;
use vestibule_domain::saml::{IdentityProvider, SamlSettings, SpKeyPlace, SpKeyRefused};
use vestibule_domain::test_provider::NoTestProvider;
use vestibule_domain::text::Name;
use vestibule_domain::url::{EntityId, HttpsUrl};

use super::add_sp_key::{NewKeyPair, sealed};
use super::certificate_care;
use super::review_candidate::{OidcRegistration, ProviderData};
use super::save_connection::{standing, tell, trust};
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::Scene;
use crate::ports::store::{Conflict, ConnectionView, StoreError, UnitOfWork};
use crate::test_provider::{self, TestAddressRefused};
use crate::usecase::{Contended, UseCase};

/// Makes a connection.
pub struct CreateConnection {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked. Everything that had to be fetched was fetched before.
#[derive(Clone, Debug)]
pub struct CreateConnectionCommand {
    /// Who asks.
    pub caller: Caller,
    /// For which organization.
    pub organization_id: OrganizationId,
    /// Its type.
    pub connection_type: ConnectionType,
    /// Its name; the organization's otherwise.
    pub name: Option<Name>,
    /// The vendor's own id for it. A connection of the organization that has it already is the
    /// outcome, unchanged, so that the vendor can repeat a call whose answer was lost.
    pub external_id: Option<ExternalId>,
    /// Which attributes become which fields.
    pub attribute_map: AttributeMap,
    /// What its protocol needs.
    pub options: NewOptions,
}

/// What the protocol of a new connection needs.
#[derive(Clone, Debug)]
pub enum NewOptions {
    /// SAML 2.0.
    Saml(Box<NewSamlOptions>),
    /// OpenID Connect.
    Oidc(Box<NewOidcOptions>),
    /// The test identity provider.
    Test(Box<NewTestOptions>),
}

/// What a new connection of the test identity provider needs.
#[derive(Clone, Debug)]
pub struct NewTestOptions {
    /// What it speaks.
    pub protocol: Protocol,
    /// The pair with which the provider signs.
    pub key: NewKeyPair,
}

/// What a new OpenID Connect connection needs.
#[derive(Clone, Debug)]
pub struct NewOidcOptions {
    /// Our registration at the provider.
    pub registration: OidcRegistration,
    /// The pair that signs our assertions, for `private_key_jwt`.
    pub signing_key: Option<NewKeyPair>,
}

/// What a new SAML connection needs.
#[derive(Clone, Debug)]
pub struct NewSamlOptions {
    /// The identity provider.
    pub idp: IdentityProvider,
    /// Where its metadata was fetched, if it was.
    pub metadata_url: Option<HttpsUrl>,
    /// An assertion consumer address other than ours.
    pub acs_url: Option<HttpsUrl>,
    /// An entity id other than ours.
    pub sp_entity_id: Option<EntityId>,
    /// The pair that signs our requests.
    pub signing_key: Option<NewKeyPair>,
    /// Pairs that responses may be encrypted to.
    pub encryption_keys: Vec<NewKeyPair>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreatedConnection {
    /// A new connection.
    New(ConnectionView),
    /// The one that has the external id.
    Known(ConnectionView),
}

/// Why no connection was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateConnectionError {
    /// No such organization in the environment.
    #[error("no such organization")]
    UnknownOrganization,
    /// The organization has a connection, a draft perhaps.
    #[error("the organization already has a connection")]
    AlreadyConnected,
    /// A connection of another organization has the external id.
    #[error("the external id belongs to a connection of another organization")]
    ExternalIdInUse,
    /// The data does not make a connection.
    #[error(transparent)]
    Refused(#[from] ConnectionRefused),
    /// The registration at the provider cannot work.
    #[error(transparent)]
    Oidc(#[from] OidcClientRefused),
    /// The environment has no test identity provider.
    #[error(transparent)]
    NoTestProvider(#[from] NoTestProvider),
    /// The test identity provider has no address.
    #[error(transparent)]
    TestAddress(#[from] TestAddressRefused),
    /// The key pairs are too many.
    #[error(transparent)]
    Keys(#[from] SpKeyRefused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for CreateConnectionError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for CreateConnection {
    type Command = CreateConnectionCommand;
    type Outcome = CreatedConnection;
    type Error = CreateConnectionError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: CreateConnectionCommand,
    ) -> Result<CreatedConnection, CreateConnectionError> {
        let now = self.ambient.now();
        let environment_id = command.caller.environment_id();
        let organization = work
            .organizations()
            .find(environment_id, command.organization_id)
            .await?
            .ok_or(CreateConnectionError::UnknownOrganization)?;
        if let Some(external_id) = &command.external_id
            && let Some(known) = work.connections().find_by_external_id(environment_id, external_id).await?
        {
            if known.organization_id != organization.id {
                return Err(CreateConnectionError::ExternalIdInUse);
            }
            let domains = work.organization_domains().list(environment_id, organization.id).await?;
            return Ok(CreatedConnection::Known(ConnectionView { connection: known, domains }));
        }
        if let NewOptions::Test(_) = command.options {
            command.caller.environment.test_provider()?;
        }
        let scene = Scene { environment_id, actor: command.caller.actor.clone(), now };
        let domains = work.organization_domains().list(environment_id, organization.id).await?;
        let id: ConnectionId = self.ambient.id(now);
        let settings = self.settings(id, command.options, &scene)?;
        let draft = Connection {
            id,
            environment_id,
            organization_id: organization.id,
            connection_type: command.connection_type,
            provider: None,
            name: command.name.unwrap_or(organization.name),
            external_id: command.external_id,
            state: ConnectionState::Draft,
            settings: ProtocolSettings::empty(settings.protocol()),
            attribute_map: command.attribute_map,
            set_up_by: None,
            created_at: now,
            updated_at: now,
        };
        let rule = command.caller.environment.activation;
        let connection = draft.completed(settings, rule, standing(&domains), now)?;
        work.connections().insert(&connection).await.map_err(|error| match error {
            StoreError::Conflict(Conflict::OrganizationConnection) => CreateConnectionError::AlreadyConnected,
            StoreError::Conflict(Conflict::Reference) => CreateConnectionError::UnknownOrganization,
            // Another call with it was a moment faster: look again.
            StoreError::Conflict(Conflict::ConnectionExternalId) => StoreError::Contention.into(),
            other => other.into(),
        })?;
        tell(work, &self.ambient, &scene, &connection, ConnectionState::Draft, &domains).await?;
        certificate_care::begin(work, &self.ambient, &scene, &connection).await?;
        Ok(CreatedConnection::New(ConnectionView { connection, domains }))
    }
}

impl CreateConnection {
    fn settings(
        &self,
        id: ConnectionId,
        options: NewOptions,
        scene: &Scene,
    ) -> Result<ProtocolSettings, CreateConnectionError> {
        let options = match options {
            NewOptions::Oidc(options) => {
                let client = options.registration.into_client(id, &self.ambient);
                let signing_key = options.signing_key.map(|pair| sealed(pair, &self.ambient, scene.now));
                let settings = OidcSettings { signing_key, ..OidcSettings::default() }.with_client(client)?;
                return Ok(ProtocolSettings::Oidc(Box::new(settings)));
            }
            NewOptions::Test(options) => return self.test_settings(id, *options, scene),
            NewOptions::Saml(options) => options,
        };
        let empty = SamlSettings {
            acs_url: options.acs_url,
            sp_entity_id: options.sp_entity_id,
            ..SamlSettings::default()
        };
        let mut saml = trust(empty, options.idp, options.metadata_url, &self.ambient, scene.now);
        let signing = options.signing_key.into_iter().map(|pair| (SpKeyPlace::Signing, pair));
        let encryption = options.encryption_keys.into_iter().map(|pair| (SpKeyPlace::Encryption, pair));
        for (place, pair) in signing.chain(encryption) {
            saml = saml.with_key(place, sealed(pair, &self.ambient, scene.now))?;
        }
        Ok(ProtocolSettings::Saml(Box::new(saml)))
    }

    fn test_settings(
        &self,
        id: ConnectionId,
        options: NewTestOptions,
        scene: &Scene,
    ) -> Result<ProtocolSettings, CreateConnectionError> {
        let NewTestOptions { protocol, key } = options;
        let secret = test_provider::client_secret(&self.ambient);
        let data =
            test_provider::registration(&self.ambient.addresses, id, protocol, &key.certificate, secret)?;
        let test_key = Some(sealed(key, &self.ambient, scene.now));
        Ok(match data {
            ProviderData::Saml { idp, metadata_url } => {
                let saml = trust(SamlSettings::default(), idp, metadata_url, &self.ambient, scene.now);
                ProtocolSettings::Saml(Box::new(SamlSettings { test_key, ..saml }))
            }
            ProviderData::Oidc(registration) => {
                let settings = OidcSettings { test_key, ..OidcSettings::default() };
                let settings = settings.with_client(registration.into_client(id, &self.ambient))?;
                ProtocolSettings::Oidc(Box::new(settings))
            }
        })
    }
}
