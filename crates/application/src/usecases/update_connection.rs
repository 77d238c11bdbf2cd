//! Changes a connection through the API: its names, its attributes, its provider.

use std::collections::BTreeMap;

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::attribute_map::{AttributeMap, AttributeMapError};
use vestibule_domain::certificate::Certificate;
use vestibule_domain::connection::{Connection, ConnectionRefused, ProtocolSettings};
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::oidc::{
    IdTokenAlgorithm, OidcClient, OidcClientRefused, OidcProvider, OidcSettings, TokenAuthMethod,
};
use vestibule_domain::organization::ExternalId;
use vestibule_domain::readout::{Overtaken, Revision};
use vestibule_domain::role_mapping::{GroupRole, RoleMapping, RoleMappingError, RoleSlug};
use vestibule_domain::saml::{
    IdentityProvider, SamlSettings, SpKeyPlace, SpKeyRefused, SsoBinding, SsoEndpoint,
    TrustedIdentityProvider,
};
use vestibule_domain::secret::SecretText;
use vestibule_domain::text::Name;
use vestibule_domain::url::{EntityId, HttpsUrl};

use super::add_sp_key::{NewKeyPair, sealed};
use super::certificate_care;
use super::save_connection::{Before, standing, tell, trust};
use crate::ambient::{Ambient, SecretOf};
use crate::caller::Caller;
use crate::change::Change;
use crate::chronicle::Scene;
use crate::ports::store::{Conflict, ConnectionView, StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Changes a connection.
pub struct UpdateConnection {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked. Everything that had to be fetched was fetched before.
#[derive(Clone, Debug)]
pub struct UpdateConnectionCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which connection.
    pub connection_id: ConnectionId,
    /// The type the caller believes it has; it never changes.
    pub connection_type: Option<ConnectionType>,
    /// Its name; the organization's by default.
    pub name: Change<Name>,
    /// The vendor's own id for it.
    pub external_id: Change<ExternalId>,
    /// Which attributes become which fields.
    pub attribute_map: AttributeMapChange,
    /// What its protocol needs.
    pub options: Option<OptionsChange>,
    /// What the form was made from; whatever there is, if none.
    pub made_from: Option<MadeFrom>,
}

/// What the form of a change was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeFrom {
    /// From what [`AttributeMap::readout`] read.
    AttributeMap(Revision),
    /// From what [`Connection::own_readout`] read.
    OwnFields(Revision),
}

/// Changes of an attribute map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributeMapChange {
    /// For the id of the person at the provider.
    pub idp_id: Change<String>,
    /// For the e-mail address.
    pub email: Change<String>,
    /// For the given name.
    pub first_name: Change<String>,
    /// For the family name.
    pub last_name: Change<String>,
    /// For the groups.
    pub groups: Change<String>,
    /// For the whole name.
    pub name: Change<String>,
    /// All custom attributes at once.
    pub custom: Change<BTreeMap<String, String>>,
    /// All rules by which groups give roles at once: group and role.
    pub group_roles: Change<Vec<(String, String)>>,
    /// The role of whoever is in no such group.
    pub default_role: Change<String>,
}

impl AttributeMapChange {
    /// The changed map.
    pub fn apply(self, held: AttributeMap) -> Result<AttributeMap, AttributeMapError> {
        let read = |rules: Vec<(String, String)>| {
            let rule =
                |(group, role): (String, String)| Ok(GroupRole { group, role: RoleSlug::parse(&role)? });
            rules.into_iter().map(rule).collect::<Result<Vec<_>, RoleMappingError>>()
        };
        let rules = self.group_roles.try_map(read)?.or(held.roles.rules().to_vec(), Vec::new());
        let default = self.default_role.try_map(|role| RoleSlug::parse(&role))?;
        let default = default.of(held.roles.default_role().cloned());
        let map = AttributeMap {
            idp_id: self.idp_id.of(held.idp_id),
            email: self.email.of(held.email),
            first_name: self.first_name.of(held.first_name),
            last_name: self.last_name.of(held.last_name),
            groups: self.groups.of(held.groups),
            name: self.name.of(held.name),
            custom: self.custom.or(held.custom, BTreeMap::new()),
            roles: RoleMapping::new(rules, default)?,
        };
        map.checked()
    }
}

/// Changes of what a protocol needs.
#[derive(Clone, Debug)]
pub enum OptionsChange {
    /// SAML 2.0.
    Saml(Box<SamlChange>),
    /// OpenID Connect.
    Oidc(Box<OidcChange>),
}

/// Changes of a SAML connection.
#[derive(Clone, Debug)]
pub struct SamlChange {
    /// The identity provider.
    pub idp: IdpChange,
    /// An assertion consumer address other than ours.
    pub acs_url: Change<HttpsUrl>,
    /// An entity id other than ours.
    pub sp_entity_id: Change<EntityId>,
    /// The pair that signs our requests.
    pub signing_key: Change<NewKeyPair>,
    /// All pairs that responses may be encrypted to, at once.
    pub encryption_keys: Change<Vec<NewKeyPair>>,
}

/// Changes of a SAML identity provider.
#[derive(Clone, Debug)]
pub enum IdpChange {
    /// Everything, as metadata says it.
    Metadata {
        /// What it says.
        idp: IdentityProvider,
        /// Where it was fetched.
        url: HttpsUrl,
    },
    /// Some of it, by hand.
    Fields(IdpFields),
}

/// What may be changed of an identity provider by hand; what is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdpFields {
    /// Its entity id.
    pub entity_id: Option<EntityId>,
    /// Where sign-ins start.
    pub sso_url: Option<HttpsUrl>,
    /// All certificates that are trusted, at once.
    pub signing_certificates: Option<Vec<Certificate>>,
    /// Whether the metadata's address stays.
    pub metadata: MetadataLink,
}

impl IdpFields {
    /// Whether nothing of the provider is given.
    fn name_nothing(&self) -> bool {
        self.entity_id.is_none() && self.sso_url.is_none() && self.signing_certificates.is_none()
    }
}

/// Whether a connection goes on reading metadata where it came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetadataLink {
    /// As before.
    #[default]
    Keep,
    /// No longer.
    Forget,
}

/// Changes of an OpenID Connect connection.
#[derive(Clone, Debug)]
pub struct OidcChange {
    /// The provider, with where discovery was read.
    pub provider: Option<(OidcProvider, HttpsUrl)>,
    /// Our client id there.
    pub client_id: Option<String>,
    /// Our client secret there.
    pub client_secret: Change<SecretText>,
    /// How we authenticate; by default the provider's first choice among ours.
    pub token_auth_method: Change<TokenAuthMethod>,
    /// The pair that signs our assertions for `private_key_jwt`.
    pub signing_key: Change<NewKeyPair>,
    /// A fresh pair, for a connection that needs one and has none.
    pub fresh_key: Option<NewKeyPair>,
    /// A fixed algorithm of id tokens; none by default.
    pub id_token_algorithm: Change<IdTokenAlgorithm>,
    /// Whether PKCE is used; it is by default.
    pub pkce: Change<bool>,
    /// Whether userinfo is fetched; by default if the provider has it.
    pub fetch_user_info: Change<bool>,
    /// A redirect URI other than ours.
    pub redirect_uri: Change<HttpsUrl>,
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateConnectionError {
    /// No such connection in the environment.
    #[error("no such connection")]
    Unknown,
    /// It has another type, which it keeps.
    #[error("the type of a connection does not change")]
    TypeNotUpdatable,
    /// Another connection has the external id.
    #[error("another connection has the external id")]
    ExternalIdInUse,
    /// The data does not make a connection.
    #[error(transparent)]
    Refused(#[from] ConnectionRefused),
    /// The draft's provider or our client id there is not known yet.
    #[error("the registration at the provider is not complete")]
    IncompleteRegistration,
    /// The registration at the provider cannot work.
    #[error(transparent)]
    Oidc(#[from] OidcClientRefused),
    /// The key pairs are too many.
    #[error(transparent)]
    Keys(#[from] SpKeyRefused),
    /// The attribute map is refused.
    #[error(transparent)]
    AttributeMap(#[from] AttributeMapError),
    /// Somebody else changed what the form showed.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for UpdateConnectionError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for UpdateConnection {
    type Command = UpdateConnectionCommand;
    type Outcome = ConnectionView;
    type Error = UpdateConnectionError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: UpdateConnectionCommand,
    ) -> Result<ConnectionView, UpdateConnectionError> {
        let now = self.ambient.now();
        let caller = command.caller;
        let held = work
            .connections()
            .lock(caller.environment_id(), command.connection_id)
            .await?
            .ok_or(UpdateConnectionError::Unknown)?;
        if command.connection_type.is_some_and(|wanted| wanted != held.connection_type) {
            return Err(UpdateConnectionError::TypeNotUpdatable);
        }
        match command.made_from {
            None => {}
            Some(MadeFrom::AttributeMap(revision)) => held.attribute_map.readout().expect(Some(revision))?,
            Some(MadeFrom::OwnFields(revision)) => held.own_readout().expect(Some(revision))?,
        }
        let before = Before::of(&held);
        let lasted = certificate_care::lasts_until(&held);
        let name = match command.name {
            Change::Keep => held.name.clone(),
            Change::Set(name) => name,
            Change::Reset => default_name(work, &held).await?,
        };
        let changed = Connection {
            name,
            external_id: command.external_id.of(held.external_id.clone()),
            attribute_map: command.attribute_map.apply(held.attribute_map.clone())?,
            updated_at: now,
            ..held
        };
        let domains =
            work.organization_domains().list(changed.environment_id, changed.organization_id).await?;
        let saved = match command.options {
            None => changed,
            Some(options) => {
                let settings = match options {
                    OptionsChange::Saml(change) => {
                        let saml = changed.saml()?.clone();
                        ProtocolSettings::Saml(Box::new(self.saml(saml, *change, now)?))
                    }
                    OptionsChange::Oidc(change) => {
                        let oidc = changed.oidc()?.clone();
                        ProtocolSettings::Oidc(Box::new(self.oidc(changed.id, oidc, *change, now)?))
                    }
                };
                if settings.is_complete() {
                    changed.completed(settings, caller.environment.activation, standing(&domains), now)?
                } else {
                    // A draft whose own side changes, before its provider is known.
                    Connection { settings, ..changed }
                }
            }
        };
        work.connections().update(&saved).await.map_err(|error| match error {
            StoreError::Conflict(Conflict::ConnectionExternalId) => UpdateConnectionError::ExternalIdInUse,
            other => other.into(),
        })?;
        let scene = Scene { environment_id: caller.environment_id(), actor: caller.actor, now };
        tell(work, &self.ambient, &scene, &saved, &before, &domains).await?;
        certificate_care::begin(work, &self.ambient, &scene, &saved).await?;
        certificate_care::tell_renewed(work, &self.ambient, &scene, lasted, &saved).await?;
        Ok(ConnectionView { connection: saved, domains })
    }
}

/// What a connection is called when nobody names it: as its organization.
async fn default_name(work: &mut dyn UnitOfWork, connection: &Connection) -> Result<Name, StoreError> {
    let organization =
        work.organizations().find(connection.environment_id, connection.organization_id).await?;
    Ok(organization.map_or_else(|| connection.name.clone(), |organization| organization.name))
}

impl UpdateConnection {
    fn saml(
        &self,
        held: SamlSettings,
        change: SamlChange,
        now: Instant,
    ) -> Result<SamlSettings, UpdateConnectionError> {
        let held = SamlSettings {
            acs_url: change.acs_url.of(held.acs_url.clone()),
            sp_entity_id: change.sp_entity_id.of(held.sp_entity_id.clone()),
            ..held
        };
        let saml = match change.idp {
            IdpChange::Metadata { idp, url } => trust(held, idp, Some(url), &self.ambient, now),
            IdpChange::Fields(fields) if held.idp.is_none() && fields.name_nothing() => held,
            IdpChange::Fields(fields) => {
                let (idp, metadata_url) = amended(held.idp.clone(), fields)?;
                trust(held, idp, metadata_url, &self.ambient, now)
            }
        };
        let saml =
            self.with_keys(saml, SpKeyPlace::Signing, change.signing_key.map(|pair| vec![pair]), now)?;
        self.with_keys(saml, SpKeyPlace::Encryption, change.encryption_keys, now)
    }

    /// Replaces all pairs at one place.
    fn with_keys(
        &self,
        mut saml: SamlSettings,
        place: SpKeyPlace,
        change: Change<Vec<NewKeyPair>>,
        now: Instant,
    ) -> Result<SamlSettings, UpdateConnectionError> {
        let pairs = match change {
            Change::Keep => return Ok(saml),
            Change::Reset => Vec::new(),
            Change::Set(pairs) => pairs,
        };
        let gone: Vec<_> = saml.keys(place).iter().map(|pair| pair.id).collect();
        for id in gone {
            saml = saml.without_key(place, id)?;
        }
        for pair in pairs {
            saml = saml.with_key(place, sealed(pair, &self.ambient, now))?;
        }
        Ok(saml)
    }

    fn oidc(
        &self,
        id: ConnectionId,
        settings: OidcSettings,
        change: OidcChange,
        now: Instant,
    ) -> Result<OidcSettings, UpdateConnectionError> {
        let held = settings.client;
        let (provider, discovery_url) = match (change.provider, &held) {
            (Some((provider, url)), _) => (provider, Some(url)),
            (None, Some(held)) => (held.provider.clone(), held.discovery_url.clone()),
            (None, None) => return Err(UpdateConnectionError::IncompleteRegistration),
        };
        let client_id = change.client_id.or_else(|| held.as_ref().map(|held| held.client_id.clone()));
        let seal =
            |secret: SecretText| self.ambient.seal(SecretOf::OidcClient(id), secret.expose().as_bytes());
        let first_method =
            provider.token_auth_methods.first().copied().unwrap_or(TokenAuthMethod::ClientSecretBasic);
        let has_user_info = provider.userinfo_endpoint.is_some();
        let before = held.as_ref();
        let token_auth_method = change
            .token_auth_method
            .or(before.map_or(first_method, |held| held.token_auth_method), first_method);
        // A secret that nobody mentions goes when another method has no use for it, and to no issuer but
        // the one that gave it out: whoever may change the issuer could read it there.
        let held_secret = before
            .filter(|held| held.provider.issuer == provider.issuer)
            .and_then(|held| held.client_secret.clone())
            .filter(|_| token_auth_method.takes_secret());
        let client = OidcClient {
            provider,
            discovery_url,
            client_id: client_id.ok_or(UpdateConnectionError::IncompleteRegistration)?,
            client_secret: change.client_secret.map(seal).of(held_secret),
            token_auth_method,
            id_token_algorithm: change.id_token_algorithm.of(before.and_then(|held| held.id_token_algorithm)),
            pkce: change.pkce.or(before.is_none_or(|held| held.pkce), true),
            fetch_user_info: change
                .fetch_user_info
                .or(before.map_or(has_user_info, |held| held.fetch_user_info), has_user_info),
            redirect_uri: change.redirect_uri.of(before.and_then(|held| held.redirect_uri.clone())),
        };
        let seal_pair = |pair| sealed(pair, &self.ambient, now);
        let mut signing_key = change.signing_key.map(seal_pair).of(settings.signing_key);
        if client.token_auth_method == TokenAuthMethod::PrivateKeyJwt && signing_key.is_none() {
            signing_key = change.fresh_key.map(seal_pair);
        }
        Ok(OidcSettings { client: None, signing_key, test_key: settings.test_key }.with_client(client)?)
    }
}

/// The provider with some fields changed, and where its metadata is read from now on.
fn amended(
    held: Option<TrustedIdentityProvider>,
    fields: IdpFields,
) -> Result<(IdentityProvider, Option<HttpsUrl>), ConnectionRefused> {
    let redirect = |url| vec![SsoEndpoint { binding: SsoBinding::Redirect, url }];
    let Some(held) = held else {
        // Nothing that could be kept: all of it or none.
        let (Some(entity_id), Some(sso_url), Some(signing_certificates)) =
            (fields.entity_id, fields.sso_url, fields.signing_certificates)
        else {
            return Err(ConnectionRefused::Incomplete);
        };
        return Ok((IdentityProvider::by_hand(entity_id, sso_url, signing_certificates)?, None));
    };
    let metadata_url = match fields.metadata {
        MetadataLink::Keep => held.metadata_url,
        MetadataLink::Forget => None,
    };
    let signing_certificates = match fields.signing_certificates {
        Some(certificates) => IdentityProvider::distinct(certificates)?,
        None => held.signing_certificates.into_iter().map(|held| held.certificate).collect(),
    };
    let idp = IdentityProvider {
        entity_id: fields.entity_id.unwrap_or(held.entity_id),
        sso: fields.sso_url.map_or(held.sso, redirect),
        slo: held.slo,
        signing_certificates,
        name_id_formats: held.name_id_formats,
        wants_signed_requests: held.wants_signed_requests,
        valid_until: None,
        sha1_only: false,
    };
    Ok((idp, metadata_url))
}
