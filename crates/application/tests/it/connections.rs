//! Making, changing and removing connections through the API.

use std::collections::BTreeMap;

use time::Duration;
use vestibule_application::ambient::SecretOf;
use vestibule_application::change::Change;
use vestibule_application::ports::store::Store as _;
use vestibule_application::usecases::add_sp_key::NewKeyPair;
use vestibule_application::usecases::create_connection::{
    CreateConnection, CreateConnectionCommand, CreateConnectionError, CreatedConnection, NewOidcOptions,
    NewOptions, NewSamlOptions,
};
use vestibule_application::usecases::delete_connection::{
    DeleteConnection, DeleteConnectionCommand, DeleteConnectionError,
};
use vestibule_application::usecases::review_candidate::OidcRegistration;
use vestibule_application::usecases::update_connection::{
    AttributeMapChange, IdpChange, IdpFields, MetadataLink, OidcChange, OptionsChange, SamlChange,
    UpdateConnection, UpdateConnectionCommand, UpdateConnectionError,
};
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::{Connection, ConnectionRefused, ConnectionState, ProtocolSettings};
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::environment::ActivationRule;
use vestibule_domain::event::Fact;
use vestibule_domain::oidc::{
    IdTokenAlgorithm, OidcClient, OidcClientRefused, OidcProvider, TokenAuthMethod,
};
use vestibule_domain::organization::ExternalId;
use vestibule_domain::saml::{SpKeyRefused, SsoBinding, TrustedIdentityProvider};
use vestibule_domain::secret::SecretText;
use vestibule_domain::url::{EntityId, Issuer};

use crate::world::{World, certificate, https, identity_provider, name};

fn external_id(raw: &str) -> ExternalId {
    ExternalId::parse(raw).unwrap()
}

fn saml() -> NewSamlOptions {
    NewSamlOptions {
        idp: identity_provider(&[1]),
        metadata_url: Some(https("https://idp.example/metadata")),
        acs_url: None,
        sp_entity_id: None,
        signing_key: None,
        encryption_keys: Vec::new(),
    }
}

pub(crate) fn provider() -> OidcProvider {
    OidcProvider {
        issuer: Issuer::parse("https://idp.example").unwrap(),
        authorization_endpoint: https("https://idp.example/authorize"),
        token_endpoint: https("https://idp.example/token"),
        userinfo_endpoint: Some(https("https://idp.example/userinfo")),
        jwks_uri: https("https://idp.example/jwks"),
        end_session_endpoint: None,
        token_auth_methods: vec![TokenAuthMethod::ClientSecretPost, TokenAuthMethod::PrivateKeyJwt],
        id_token_algorithms: vec![IdTokenAlgorithm::Rs256],
        supports_pkce_s256: true,
        sends_iss: false,
    }
}

fn registration() -> OidcRegistration {
    OidcRegistration {
        provider: provider(),
        discovery_url: Some(https("https://idp.example/.well-known/openid-configuration")),
        client_id: "client".into(),
        client_secret: Some(SecretText::new("hush".into())),
        token_auth_method: None,
        id_token_algorithm: None,
        pkce: None,
        fetch_user_info: None,
        redirect_uri: None,
    }
}

fn pair(n: u8) -> NewKeyPair {
    NewKeyPair { certificate: certificate(n), private_key: vec![n, n] }
}

fn creation(world: &World, options: NewOptions) -> CreateConnectionCommand {
    CreateConnectionCommand {
        caller: world.caller.clone(),
        organization_id: world.organization.id,
        connection_type: match options {
            NewOptions::Saml(_) => ConnectionType::OktaSaml,
            NewOptions::Oidc(_) => ConnectionType::GenericOidc,
            NewOptions::Test(_) => ConnectionType::TestIdp,
        },
        name: None,
        external_id: None,
        attribute_map: AttributeMap::default(),
        options,
    }
}

async fn create(
    world: &World,
    command: CreateConnectionCommand,
) -> Result<Connection, CreateConnectionError> {
    let case = CreateConnection { ambient: world.ambient.clone() };
    match world.run(case, command).await? {
        CreatedConnection::New(view) | CreatedConnection::Known(view) => Ok(view.connection),
    }
}

pub(crate) async fn created(world: &World, options: NewOptions) -> Connection {
    create(world, creation(world, options)).await.unwrap()
}

fn saml_options() -> NewOptions {
    NewOptions::Saml(Box::new(saml()))
}

fn new_oidc(registration: OidcRegistration) -> NewOptions {
    NewOptions::Oidc(Box::new(NewOidcOptions { registration, signing_key: None }))
}

pub(crate) fn oidc_options() -> NewOptions {
    new_oidc(registration())
}

pub(crate) fn update(world: &World, connection: &Connection) -> UpdateConnectionCommand {
    UpdateConnectionCommand {
        caller: world.caller.clone(),
        connection_id: connection.id,
        connection_type: None,
        name: Change::Keep,
        external_id: Change::Keep,
        attribute_map: AttributeMapChange::default(),
        options: None,
        made_from: None,
    }
}

fn saml_change(idp: IdpChange) -> SamlChange {
    SamlChange {
        idp,
        acs_url: Change::Keep,
        sp_entity_id: Change::Keep,
        signing_key: Change::Keep,
        encryption_keys: Change::Keep,
    }
}

pub(crate) fn oidc_change() -> OidcChange {
    OidcChange {
        provider: None,
        client_id: None,
        client_secret: Change::Keep,
        token_auth_method: Change::Keep,
        signing_key: Change::Keep,
        fresh_key: None,
        id_token_algorithm: Change::Keep,
        pkce: Change::Keep,
        fetch_user_info: Change::Keep,
        redirect_uri: Change::Keep,
    }
}

pub(crate) async fn updated(
    world: &World,
    command: UpdateConnectionCommand,
) -> Result<Connection, UpdateConnectionError> {
    let view = world.run(UpdateConnection { ambient: world.ambient.clone() }, command).await?;
    Ok(view.connection)
}

fn idp(connection: &Connection) -> &TrustedIdentityProvider {
    connection.saml().unwrap().idp.as_ref().unwrap()
}

pub(crate) fn client(connection: &Connection) -> &OidcClient {
    connection.oidc().unwrap().client.as_ref().unwrap()
}

#[tokio::test]
async fn a_complete_connection_goes_live_and_the_vendor_is_told() {
    let world = World::new().await;
    let domain = world.with_verified_domain().await;
    let connection = created(&world, saml_options()).await;

    assert_eq!((connection.state, &connection.name), (ConnectionState::Active, &world.organization.name));
    let kept = world.store.queries().connection(world.environment_id(), connection.id).await.unwrap();
    assert_eq!(kept.map(|view| view.connection), Some(connection.clone()));
    let events = world.events().await;
    let [event] = events.as_slice() else { panic!("{events:?}") };
    let Fact::ConnectionActivated(snapshot) = &event.fact else { panic!("{event:?}") };
    assert_eq!(snapshot.id, connection.id);
    assert_eq!(snapshot.domains, [(domain.id, domain.domain)]);
    assert_eq!(event.actor, world.caller.actor);
    assert_eq!(world.audited(AuditAction::ConnectionCreated).await.len(), 1);
}

#[tokio::test]
async fn without_a_domain_that_the_environment_demands_it_waits_and_nobody_is_told() {
    let world = World::with_rule(ActivationRule::VerifiedDomain).await;
    let connection = created(&world, saml_options()).await;
    assert_eq!(connection.state, ConnectionState::Validating);
    assert_eq!(world.event_names().await, [""; 0]);
    assert_eq!(world.audited(AuditAction::ConnectionCreated).await.len(), 1);
}

#[tokio::test]
async fn an_organization_gets_one_connection() {
    let world = World::new().await;
    created(&world, saml_options()).await;
    let again = create(&world, creation(&world, oidc_options())).await;
    assert!(matches!(again, Err(CreateConnectionError::AlreadyConnected)), "{again:?}");
    assert_eq!(world.event_names().await, ["connection.activated"], "no trace of the second");
}

#[tokio::test]
async fn foreign_and_unknown_organizations_are_unknown() {
    let world = World::new().await;
    let foreign = CreateConnectionCommand { caller: world.stranger(), ..creation(&world, saml_options()) };
    let unknown = CreateConnectionCommand {
        organization_id: world.ambient.id(world.ambient.now()),
        ..creation(&world, saml_options())
    };
    for command in [foreign, unknown] {
        let refused = create(&world, command).await;
        assert!(matches!(refused, Err(CreateConnectionError::UnknownOrganization)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_known_external_id_answers_with_its_connection() {
    let world = World::new().await;
    let case = || CreateConnection { ambient: world.ambient.clone() };
    let with_id = |organization_id| CreateConnectionCommand {
        organization_id,
        external_id: Some(external_id("crm-1")),
        ..creation(&world, saml_options())
    };
    let first = world.run(case(), with_id(world.organization.id)).await.unwrap();
    let CreatedConnection::New(first) = first else { panic!("{first:?}") };
    let again = world.run(case(), with_id(world.organization.id)).await.unwrap();
    assert_eq!(again, CreatedConnection::Known(first));
    assert_eq!(world.event_names().await, ["connection.activated"]);

    let other = world.run(case(), with_id(world.another_organization().await)).await;
    assert!(matches!(other, Err(CreateConnectionError::ExternalIdInUse)), "{other:?}");
}

#[tokio::test]
async fn of_two_calls_with_one_external_id_both_get_one_connection() {
    let world = World::new().await;
    let command = CreateConnectionCommand {
        external_id: Some(external_id("crm-1")),
        ..creation(&world, saml_options())
    };
    let race = |command: CreateConnectionCommand| {
        let (store, ambient) = (world.store.clone(), world.ambient.clone());
        tokio::spawn(async move {
            let case = CreateConnection { ambient };
            vestibule_application::usecase::run(&*store, &case, command).await.unwrap()
        })
    };
    let (one, two) = (race(command.clone()), race(command));
    let (one, two) = (one.await.unwrap(), two.await.unwrap());
    let new = [&one, &two].into_iter().filter(|made| matches!(made, CreatedConnection::New(_))).count();
    assert_eq!(new, 1, "{one:?} {two:?}");
    assert_eq!(world.event_names().await, ["connection.activated"]);
}

#[tokio::test]
async fn secrets_are_sealed_for_their_own_row() {
    let world = World::new().await;
    let oidc = created(&world, oidc_options()).await;
    let sealed = client(&oidc).client_secret.clone().unwrap();
    let open = |secret: SecretOf| world.ambient.vault.open(&secret.context(), &sealed);
    assert_eq!(open(SecretOf::OidcClient(oidc.id)), Ok(b"hush".to_vec()));
    assert!(open(SecretOf::OidcClient(world.ambient.id(world.ambient.now()))).is_err());

    let world = World::new().await;
    let options = NewSamlOptions { signing_key: Some(pair(7)), ..saml() };
    let saml = created(&world, NewOptions::Saml(Box::new(options))).await;
    let key = saml.saml().unwrap().signing_key.clone().unwrap();
    let context = SecretOf::SpKey(key.id).context();
    assert_eq!(world.ambient.vault.open(&context, &key.private_key), Ok(vec![7, 7]));
}

#[tokio::test]
async fn what_does_not_fit_together_is_refused() {
    let world = World::new().await;
    let mistyped = CreateConnectionCommand {
        connection_type: ConnectionType::GenericOidc,
        ..creation(&world, saml_options())
    };
    let refused = create(&world, mistyped).await;
    let mismatch = ConnectionRefused::TypeMismatch;
    assert!(matches!(refused, Err(CreateConnectionError::Refused(why)) if why == mismatch), "{refused:?}");

    let no_secret = OidcRegistration { client_secret: None, ..registration() };
    let refused = create(&world, creation(&world, new_oidc(no_secret))).await;
    let required = OidcClientRefused::SecretRequired;
    assert!(matches!(refused, Err(CreateConnectionError::Oidc(why)) if why == required), "{refused:?}");

    let keys = NewSamlOptions { encryption_keys: vec![pair(1), pair(2), pair(3)], ..saml() };
    let refused = create(&world, creation(&world, NewOptions::Saml(Box::new(keys)))).await;
    let many = SpKeyRefused::TooManyEncryptionKeys;
    assert!(matches!(refused, Err(CreateConnectionError::Keys(why)) if why == many), "{refused:?}");
}

#[tokio::test]
async fn an_update_keeps_what_it_does_not_mention() {
    let world = World::new().await;
    let before = created(&world, saml_options()).await;
    world.clock.forward(Duration::hours(1));
    let after = updated(&world, update(&world, &before)).await.unwrap();
    assert_eq!(after, Connection { updated_at: after.updated_at, ..before.clone() });
    assert!(after.updated_at > before.updated_at);
    assert_eq!(world.event_names().await, ["connection.activated"], "nothing new to tell");
    assert_eq!(world.audited(AuditAction::ConnectionUpdated).await.len(), 1);
}

#[tokio::test]
async fn a_null_takes_a_field_back_to_its_default() {
    let world = World::new().await;
    let options = NewSamlOptions {
        acs_url: Some(https("https://old.example/acs")),
        sp_entity_id: Some(EntityId::parse("urn:old").unwrap()),
        signing_key: Some(pair(1)),
        encryption_keys: vec![pair(2)],
        ..saml()
    };
    let command = CreateConnectionCommand {
        name: Some(name("Okta")),
        external_id: Some(external_id("crm-1")),
        attribute_map: AttributeMap {
            groups: Some("memberOf".into()),
            custom: BTreeMap::from([("team".into(), "ou".into())]),
            ..AttributeMap::default()
        },
        ..creation(&world, NewOptions::Saml(Box::new(options)))
    };
    let before = create(&world, command).await.unwrap();
    let fields = IdpFields { metadata: MetadataLink::Forget, ..IdpFields::default() };
    let nulls = UpdateConnectionCommand {
        name: Change::Reset,
        external_id: Change::Reset,
        attribute_map: AttributeMapChange {
            groups: Change::Reset,
            custom: Change::Reset,
            ..AttributeMapChange::default()
        },
        options: Some(OptionsChange::Saml(Box::new(SamlChange {
            idp: IdpChange::Fields(fields),
            acs_url: Change::Reset,
            sp_entity_id: Change::Reset,
            signing_key: Change::Reset,
            encryption_keys: Change::Reset,
        }))),
        ..update(&world, &before)
    };
    let after = updated(&world, nulls).await.unwrap();
    assert_eq!((&after.name, &after.external_id), (&world.organization.name, &None));
    assert_eq!(after.attribute_map, AttributeMap::default());
    let saml = after.saml().unwrap();
    assert_eq!((&saml.acs_url, &saml.sp_entity_id, &saml.signing_key), (&None, &None, &None));
    assert!(saml.encryption_keys.is_empty());
    let provider = TrustedIdentityProvider { metadata_url: None, ..idp(&before).clone() };
    assert_eq!(idp(&after), &provider, "the provider itself stays");
}

#[tokio::test]
async fn a_provider_is_amended_field_by_field() {
    let world = World::new().await;
    let before = created(&world, saml_options()).await;
    let held = idp(&before).signing_certificates[0].id;
    let fields = IdpFields {
        sso_url: Some(https("https://idp.example/new")),
        signing_certificates: Some(vec![certificate(1), certificate(2), certificate(2)]),
        ..IdpFields::default()
    };
    let change = OptionsChange::Saml(Box::new(saml_change(IdpChange::Fields(fields))));
    let command = UpdateConnectionCommand { options: Some(change), ..update(&world, &before) };
    let after = updated(&world, command).await.unwrap();
    let idp = idp(&after);
    assert_eq!(idp.entity_id.as_str(), "urn:idp");
    assert_eq!(idp.sso.len(), 1);
    assert_eq!(
        (idp.sso[0].binding, idp.sso[0].url.as_str()),
        (SsoBinding::Redirect, "https://idp.example/new")
    );
    assert_eq!(idp.signing_certificates.len(), 2, "each once");
    assert_eq!(idp.signing_certificates[0].id, held, "a certificate that was trusted keeps its id");
}

#[tokio::test]
async fn metadata_replaces_the_provider_as_a_whole() {
    let world = World::new().await;
    let before = created(&world, saml_options()).await;
    let url = https("https://idp.example/other");
    let change = IdpChange::Metadata { idp: identity_provider(&[5]), url: url.clone() };
    let change = OptionsChange::Saml(Box::new(saml_change(change)));
    let command = UpdateConnectionCommand { options: Some(change), ..update(&world, &before) };
    let after = updated(&world, command).await.unwrap();
    assert_eq!(idp(&after).metadata_url, Some(url));
    assert_eq!(idp(&after).signing_certificates[0].certificate, certificate(5));
}

#[tokio::test]
async fn an_openid_connect_registration_is_amended_and_its_defaults_come_back() {
    let world = World::new().await;
    let fixed = OidcRegistration {
        id_token_algorithm: Some(IdTokenAlgorithm::Rs256),
        pkce: Some(false),
        fetch_user_info: Some(false),
        redirect_uri: Some(https("https://old.example/callback")),
        ..registration()
    };
    let before = created(&world, new_oidc(fixed)).await;
    let change = |change: OidcChange| UpdateConnectionCommand {
        options: Some(OptionsChange::Oidc(Box::new(change))),
        ..update(&world, &before)
    };
    let same = updated(&world, change(oidc_change())).await.unwrap();
    assert_eq!(client(&same), client(&before));

    let renewed = OidcChange { client_secret: Change::Set(SecretText::new("new".into())), ..oidc_change() };
    let after = updated(&world, change(renewed)).await.unwrap();
    let sealed = client(&after).client_secret.clone().unwrap();
    let context = SecretOf::OidcClient(before.id).context();
    assert_eq!(world.ambient.vault.open(&context, &sealed), Ok(b"new".to_vec()));

    let reset = OidcChange {
        id_token_algorithm: Change::Reset,
        pkce: Change::Reset,
        fetch_user_info: Change::Reset,
        redirect_uri: Change::Reset,
        token_auth_method: Change::Reset,
        ..oidc_change()
    };
    let after = updated(&world, change(reset)).await.unwrap();
    let client = client(&after);
    assert_eq!(
        (client.id_token_algorithm, client.pkce, client.fetch_user_info, &client.redirect_uri),
        (None, true, true, &None)
    );
    assert_eq!(client.token_auth_method, TokenAuthMethod::ClientSecretPost);

    let without = OidcChange { client_secret: Change::Reset, ..oidc_change() };
    let refused = updated(&world, change(without)).await;
    let required = OidcClientRefused::SecretRequired;
    assert!(matches!(refused, Err(UpdateConnectionError::Oidc(why)) if why == required), "{refused:?}");
}

#[tokio::test]
async fn private_key_jwt_takes_a_pair_in_the_place_of_the_secret() {
    let world = World::new().await;
    let signs = || {
        let provider = OidcProvider { token_auth_methods: TokenAuthMethod::ALL.to_vec(), ..provider() };
        OidcRegistration {
            provider,
            client_secret: None,
            token_auth_method: Some(TokenAuthMethod::PrivateKeyJwt),
            ..registration()
        }
    };
    let refused = create(&world, creation(&world, new_oidc(signs()))).await;
    let required = OidcClientRefused::KeyRequired;
    assert!(matches!(refused, Err(CreateConnectionError::Oidc(why)) if why == required), "{refused:?}");

    let options = NewOidcOptions { registration: signs(), signing_key: Some(pair(7)) };
    let before = created(&world, NewOptions::Oidc(Box::new(options))).await;
    let key = |connection: &Connection| connection.oidc().unwrap().signing_key.clone().unwrap();
    let context = SecretOf::SpKey(key(&before).id).context();
    assert_eq!(world.ambient.vault.open(&context, &key(&before).private_key), Ok(vec![7, 7]));

    let change = |change: OidcChange| UpdateConnectionCommand {
        options: Some(OptionsChange::Oidc(Box::new(change))),
        ..update(&world, &before)
    };
    // A fresh pair is for those who have none.
    let fresh = OidcChange { fresh_key: Some(pair(8)), ..oidc_change() };
    assert_eq!(key(&updated(&world, change(fresh)).await.unwrap()), key(&before));
    let given = OidcChange { signing_key: Change::Set(pair(9)), ..oidc_change() };
    assert_eq!(key(&updated(&world, change(given)).await.unwrap()).certificate, certificate(9));
}

#[tokio::test]
async fn the_secret_goes_and_a_fresh_pair_comes_when_the_method_becomes_private_key_jwt() {
    let world = World::new().await;
    let before = created(&world, oidc_options()).await;
    let provider = OidcProvider { token_auth_methods: TokenAuthMethod::ALL.to_vec(), ..provider() };
    let change = OidcChange {
        provider: Some((provider, https("https://idp.example/.well-known/openid-configuration"))),
        token_auth_method: Change::Set(TokenAuthMethod::PrivateKeyJwt),
        fresh_key: Some(pair(8)),
        ..oidc_change()
    };
    let change = OptionsChange::Oidc(Box::new(change));
    let command = UpdateConnectionCommand { options: Some(change), ..update(&world, &before) };
    let after = updated(&world, command).await.unwrap();
    assert_eq!(client(&after).client_secret, None);
    assert_eq!(after.oidc().unwrap().signing_key.as_ref().unwrap().certificate, certificate(8));
}

/// A draft as the portal leaves it when a provider is picked.
async fn draft(world: &World, connection_type: ConnectionType) -> Connection {
    let now = world.ambient.now();
    let protocol = connection_type.protocol().unwrap();
    let draft = Connection {
        id: world.ambient.id(now),
        environment_id: world.environment_id(),
        organization_id: world.organization.id,
        connection_type,
        provider: Some("okta-saml".into()),
        name: name("Okta"),
        external_id: None,
        state: ConnectionState::Draft,
        settings: ProtocolSettings::empty(protocol),
        attribute_map: AttributeMap::default(),
        set_up_by: None,
        created_at: now,
        updated_at: now,
    };
    let mut work = world.store.begin().await.unwrap();
    work.connections().insert(&draft).await.unwrap();
    work.commit().await.unwrap();
    draft
}

#[tokio::test]
async fn a_draft_goes_live_with_all_of_its_provider_and_not_before() {
    let world = World::new().await;
    let draft = draft(&world, ConnectionType::OktaSaml).await;
    let change = |fields| UpdateConnectionCommand {
        options: Some(OptionsChange::Saml(Box::new(SamlChange {
            acs_url: Change::Set(https("https://old.example/acs")),
            ..saml_change(IdpChange::Fields(fields))
        }))),
        ..update(&world, &draft)
    };
    // As the Python SDK sends it when only our side is changed.
    let ours = IdpFields { metadata: MetadataLink::Forget, ..IdpFields::default() };
    let still = updated(&world, change(ours)).await.unwrap();
    assert_eq!(still.state, ConnectionState::Draft);
    assert!(still.saml().unwrap().acs_url.is_some());
    let half = IdpFields { entity_id: Some(EntityId::parse("urn:idp").unwrap()), ..IdpFields::default() };
    let refused = updated(&world, change(half.clone())).await;
    let incomplete = ConnectionRefused::Incomplete;
    assert!(matches!(refused, Err(UpdateConnectionError::Refused(why)) if why == incomplete), "{refused:?}");
    assert_eq!(world.event_names().await, [""; 0]);

    let whole = IdpFields {
        sso_url: Some(https("https://idp.example/sso")),
        signing_certificates: Some(vec![certificate(1)]),
        ..half
    };
    let live = updated(&world, change(whole)).await.unwrap();
    assert_eq!(live.state, ConnectionState::Active);
    assert_eq!(world.event_names().await, ["connection.activated"]);
    assert_eq!(world.audited(AuditAction::ConnectionCreated).await.len(), 1);
    assert_eq!(world.audited(AuditAction::ConnectionUpdated).await.len(), 1);
}

#[tokio::test]
async fn an_openid_connect_draft_needs_its_whole_registration() {
    let world = World::new().await;
    let draft = draft(&world, ConnectionType::GenericOidc).await;
    let change = |change: OidcChange| UpdateConnectionCommand {
        options: Some(OptionsChange::Oidc(Box::new(change))),
        ..update(&world, &draft)
    };
    let url = https("https://idp.example/.well-known/openid-configuration");
    let found = || Some((provider(), url.clone()));
    for half in [
        OidcChange { client_id: Some("client".into()), ..oidc_change() },
        OidcChange { provider: found(), ..oidc_change() },
    ] {
        let refused = updated(&world, change(half)).await;
        assert!(matches!(refused, Err(UpdateConnectionError::IncompleteRegistration)), "{refused:?}");
    }
    let whole = OidcChange {
        provider: found(),
        client_id: Some("client".into()),
        client_secret: Change::Set(SecretText::new("hush".into())),
        ..oidc_change()
    };
    let live = updated(&world, change(whole)).await.unwrap();
    assert_eq!(live.state, ConnectionState::Active);
    let client = client(&live);
    assert!(client.pkce && client.fetch_user_info);
    assert_eq!(client.token_auth_method, TokenAuthMethod::ClientSecretPost);
}

#[tokio::test]
async fn type_and_protocol_do_not_change() {
    let world = World::new().await;
    let connection = created(&world, saml_options()).await;
    let typed = |connection_type| UpdateConnectionCommand {
        connection_type: Some(connection_type),
        ..update(&world, &connection)
    };
    assert!(updated(&world, typed(ConnectionType::OktaSaml)).await.is_ok());
    let refused = updated(&world, typed(ConnectionType::GenericSaml)).await;
    assert!(matches!(refused, Err(UpdateConnectionError::TypeNotUpdatable)), "{refused:?}");
    let other = UpdateConnectionCommand {
        options: Some(OptionsChange::Oidc(Box::new(oidc_change()))),
        ..update(&world, &connection)
    };
    let refused = updated(&world, other).await;
    let wrong = ConnectionRefused::WrongProtocol;
    assert!(matches!(refused, Err(UpdateConnectionError::Refused(why)) if why == wrong), "{refused:?}");
}

#[tokio::test]
async fn an_external_id_belongs_to_one_connection() {
    let world = World::new().await;
    let first = CreateConnectionCommand {
        external_id: Some(external_id("crm-1")),
        ..creation(&world, saml_options())
    };
    create(&world, first).await.unwrap();
    let second = CreateConnectionCommand {
        organization_id: world.another_organization().await,
        ..creation(&world, saml_options())
    };
    let second = create(&world, second).await.unwrap();
    let clash =
        UpdateConnectionCommand { external_id: Change::Set(external_id("crm-1")), ..update(&world, &second) };
    let refused = updated(&world, clash).await;
    assert!(matches!(refused, Err(UpdateConnectionError::ExternalIdInUse)), "{refused:?}");
}

#[tokio::test]
async fn a_deleted_connection_is_told_as_it_was_and_its_place_is_free() {
    let world = World::new().await;
    let connection = created(&world, saml_options()).await;
    let delete = |caller| DeleteConnectionCommand { caller, connection_id: connection.id };
    let case = || DeleteConnection { ambient: world.ambient.clone() };

    let foreign = world.run(case(), delete(world.stranger())).await;
    assert!(matches!(foreign, Err(DeleteConnectionError::Unknown)), "{foreign:?}");
    world.run(case(), delete(world.caller.clone())).await.unwrap();
    let again = world.run(case(), delete(world.caller.clone())).await;
    assert!(matches!(again, Err(DeleteConnectionError::Unknown)), "{again:?}");

    let events = world.events().await;
    let [_, deleted] = events.as_slice() else { panic!("{events:?}") };
    let Fact::ConnectionDeleted(snapshot) = &deleted.fact else { panic!("{deleted:?}") };
    assert_eq!(snapshot.state, ConnectionState::Active);
    assert_eq!(world.audited(AuditAction::ConnectionDeleted).await.len(), 1);
    created(&world, oidc_options()).await;
}

#[tokio::test]
async fn foreign_connections_cannot_be_changed() {
    let world = World::new().await;
    let connection = created(&world, saml_options()).await;
    let foreign = UpdateConnectionCommand { caller: world.stranger(), ..update(&world, &connection) };
    let refused = updated(&world, foreign).await;
    assert!(matches!(refused, Err(UpdateConnectionError::Unknown)), "{refused:?}");
}
