//! Certificates of the provider, and key pairs of ours.

use time::Duration;
use vestibule_application::ambient::SecretOf;
use vestibule_application::caller::Caller;
use vestibule_application::ports::store::Store as _;
use vestibule_application::usecases::add_idp_certificate::{
    AddIdpCertificate, AddIdpCertificateCommand, AddIdpCertificateError,
};
use vestibule_application::usecases::add_sp_key::{AddSpKey, AddSpKeyCommand, AddSpKeyError, NewKeyPair};
use vestibule_application::usecases::create_connection::{
    CreateConnection, CreateConnectionCommand, CreatedConnection, NewOptions, NewSamlOptions,
};
use vestibule_application::usecases::remove_idp_certificate::{
    RemoveIdpCertificate, RemoveIdpCertificateCommand, RemoveIdpCertificateError,
};
use vestibule_application::usecases::remove_sp_key::{RemoveSpKey, RemoveSpKeyCommand, RemoveSpKeyError};
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::connection::{Connection, ConnectionRefused};
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::id::{ConnectionId, IdpCertificateId, SpCertificateId};
use vestibule_domain::saml::{IdpCertificate, SamlSettings, SpKeyPair, SpKeyPlace, SpKeyRefused};

use crate::world::{START, World, certificate, identity_provider};

async fn connection(world: &World) -> Connection {
    let options = NewSamlOptions {
        idp: identity_provider(&[1]),
        metadata_url: None,
        acs_url: None,
        sp_entity_id: None,
        signing_key: None,
        encryption_keys: Vec::new(),
    };
    let command = CreateConnectionCommand {
        caller: world.caller.clone(),
        organization_id: world.organization.id,
        connection_type: ConnectionType::GenericSaml,
        name: None,
        external_id: None,
        attribute_map: AttributeMap::default(),
        options: NewOptions::Saml(Box::new(options)),
    };
    match world.run(CreateConnection { ambient: world.ambient.clone() }, command).await.unwrap() {
        CreatedConnection::New(view) => view.connection,
        known @ CreatedConnection::Known(_) => panic!("{known:?}"),
    }
}

async fn kept(world: &World, id: ConnectionId) -> SamlSettings {
    let view = world.store.queries().connection(world.environment_id(), id).await.unwrap().unwrap();
    view.connection.saml().unwrap().clone()
}

async fn add(
    world: &World,
    caller: &Caller,
    connection_id: ConnectionId,
    certificate: Certificate,
) -> Result<IdpCertificate, AddIdpCertificateError> {
    let command = AddIdpCertificateCommand { caller: caller.clone(), connection_id, certificate };
    world.run(AddIdpCertificate { ambient: world.ambient.clone() }, command).await
}

async fn remove(
    world: &World,
    connection_id: ConnectionId,
    certificate_id: IdpCertificateId,
) -> Result<(), RemoveIdpCertificateError> {
    let command = RemoveIdpCertificateCommand { caller: world.caller.clone(), connection_id, certificate_id };
    world.run(RemoveIdpCertificate { ambient: world.ambient.clone() }, command).await
}

async fn add_key(
    world: &World,
    connection_id: ConnectionId,
    place: SpKeyPlace,
    n: u8,
) -> Result<SpKeyPair, AddSpKeyError> {
    let pair = NewKeyPair { certificate: certificate(n), private_key: vec![n] };
    let command = AddSpKeyCommand { caller: world.caller.clone(), connection_id, place, pair };
    world.run(AddSpKey { ambient: world.ambient.clone() }, command).await
}

async fn remove_key(
    world: &World,
    connection_id: ConnectionId,
    place: SpKeyPlace,
    certificate_id: SpCertificateId,
) -> Result<(), RemoveSpKeyError> {
    let command = RemoveSpKeyCommand { caller: world.caller.clone(), connection_id, place, certificate_id };
    world.run(RemoveSpKey { ambient: world.ambient.clone() }, command).await
}

#[tokio::test]
async fn a_certificate_is_rolled_over() {
    let world = World::new().await;
    let connection = connection(&world).await;
    let new = add(&world, &world.caller, connection.id, certificate(2)).await.unwrap();
    let held = kept(&world, connection.id).await.idp.unwrap().signing_certificates;
    assert_eq!(held.len(), 2);
    remove(&world, connection.id, held[0].id).await.unwrap();
    assert_eq!(
        kept(&world, connection.id).await.idp.unwrap().signing_certificates,
        std::slice::from_ref(&new)
    );

    let last = remove(&world, connection.id, new.id).await;
    let refused = ConnectionRefused::LastCertificate;
    assert!(matches!(last, Err(RemoveIdpCertificateError::Refused(why)) if why == refused), "{last:?}");
    assert_eq!(world.audited(AuditAction::ConnectionUpdated).await.len(), 2);
}

#[tokio::test]
async fn an_expired_certificate_is_refused_and_one_of_tomorrow_taken() {
    let world = World::new().await;
    let connection = connection(&world).await;
    let expired = Certificate { not_after: START - Duration::seconds(1), ..certificate(2) };
    let refused = add(&world, &world.caller, connection.id, expired).await;
    assert!(matches!(refused, Err(AddIdpCertificateError::Expired)), "{refused:?}");
    let ends_now = Certificate { not_after: START, ..certificate(3) };
    assert!(add(&world, &world.caller, connection.id, ends_now).await.is_ok());
    let tomorrow = Certificate { not_before: START + Duration::days(1), ..certificate(4) };
    assert!(add(&world, &world.caller, connection.id, tomorrow).await.is_ok());
}

#[tokio::test]
async fn certificates_of_foreign_connections_are_out_of_reach() {
    let world = World::new().await;
    let connection = connection(&world).await;
    let refused = add(&world, &world.stranger(), connection.id, certificate(2)).await;
    assert!(matches!(refused, Err(AddIdpCertificateError::Unknown)), "{refused:?}");
    let twice = add(&world, &world.caller, connection.id, certificate(1)).await;
    let exists = ConnectionRefused::CertificateExists;
    assert!(matches!(twice, Err(AddIdpCertificateError::Refused(why)) if why == exists), "{twice:?}");
}

#[tokio::test]
async fn one_signing_pair_and_two_encryption_pairs_fit() {
    let world = World::new().await;
    let id = connection(&world).await.id;
    let signing = add_key(&world, id, SpKeyPlace::Signing, 1).await.unwrap();
    let second = add_key(&world, id, SpKeyPlace::Signing, 2).await;
    let exists = SpKeyRefused::SigningKeyExists;
    assert!(matches!(second, Err(AddSpKeyError::Refused(why)) if why == exists), "{second:?}");

    let first = add_key(&world, id, SpKeyPlace::Encryption, 3).await.unwrap();
    add_key(&world, id, SpKeyPlace::Encryption, 4).await.unwrap();
    let third = add_key(&world, id, SpKeyPlace::Encryption, 5).await;
    let many = SpKeyRefused::TooManyEncryptionKeys;
    assert!(matches!(third, Err(AddSpKeyError::Refused(why)) if why == many), "{third:?}");

    let wrong_use = remove_key(&world, id, SpKeyPlace::Encryption, signing.id).await;
    let none = SpKeyRefused::NoSuchKey;
    assert!(matches!(wrong_use, Err(RemoveSpKeyError::Refused(why)) if why == none), "{wrong_use:?}");
    remove_key(&world, id, SpKeyPlace::Encryption, first.id).await.unwrap();
    remove_key(&world, id, SpKeyPlace::Signing, signing.id).await.unwrap();
    let left = kept(&world, id).await;
    assert_eq!((left.signing_key, left.encryption_keys.len()), (None, 1));
}

#[tokio::test]
async fn a_private_key_opens_only_under_its_own_id() {
    let world = World::new().await;
    let id = connection(&world).await.id;
    let one = add_key(&world, id, SpKeyPlace::Encryption, 1).await.unwrap();
    let two = add_key(&world, id, SpKeyPlace::Encryption, 2).await.unwrap();
    let open = |of: SpCertificateId, pair: &SpKeyPair| {
        world.ambient.vault.open(&SecretOf::SpKey(of).context(), &pair.private_key)
    };
    assert_eq!(open(one.id, &one), Ok(vec![1]));
    assert!(open(one.id, &two).is_err());
}
