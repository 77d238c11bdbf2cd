//! Making, replacing and noting the use of API keys.

use time::Duration;
use vestibule_application::ports::store::Store as _;
use vestibule_application::usecases::create_api_key::{CreateApiKey, CreateApiKeyCommand};
use vestibule_application::usecases::note_key_use::{NoteKeyUse, NoteKeyUseCommand};
use vestibule_application::usecases::revoke_api_key::{RevokeApiKey, RevokeApiKeyCommand};
use vestibule_application::usecases::roll_api_key::{RollApiKey, RollApiKeyCommand, RollApiKeyError};
use vestibule_domain::api_key::{ApiKey, ApiKeyScope, ApiKeyScopes, OVERLAP_MAX};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::ApiKeyId;
use vestibule_domain::text::Name;

use crate::world::{START, World};

async fn create(world: &World) -> ApiKey {
    let command = CreateApiKeyCommand {
        caller: world.caller.clone(),
        name: Name::parse("ci").unwrap(),
        scopes: ApiKeyScopes::Only(vec![ApiKeyScope::PortalLinks]),
    };
    world.run(CreateApiKey { ambient: world.ambient.clone() }, command).await.unwrap().0
}

async fn roll(world: &World, key_id: ApiKeyId, overlap: Duration) -> Result<ApiKey, RollApiKeyError> {
    let command = RollApiKeyCommand { caller: world.caller.clone(), key_id, overlap };
    world.run(RollApiKey { ambient: world.ambient.clone() }, command).await.map(|(key, _)| key)
}

async fn found(world: &World, id: ApiKeyId) -> ApiKey {
    let keys = world.store.queries().api_keys(world.environment_id()).await.unwrap();
    keys.into_iter().find(|key| key.id == id).unwrap()
}

#[tokio::test]
async fn a_replaced_key_ends_after_the_overlap_and_the_new_one_is_like_it() {
    let world = World::new().await;
    let old = create(&world).await;
    let new = roll(&world, old.id, Duration::HOUR).await.unwrap();
    assert_eq!((&new.name, &new.scopes, new.expires_at), (&old.name, &old.scopes, None));
    assert_ne!(new.digest, old.digest);
    assert_eq!(found(&world, old.id).await.expires_at, Some(START + Duration::HOUR));
    let audited = world.audited(AuditAction::ApiKeyRolled).await;
    assert_eq!(audited.iter().map(|entry| &entry.target.id).collect::<Vec<_>>(), [&old.id.to_string()]);
}

#[tokio::test]
async fn a_key_that_ends_already_does_not_end_later_for_being_replaced_again() {
    let world = World::new().await;
    let old = create(&world).await;
    roll(&world, old.id, Duration::HOUR).await.unwrap();
    roll(&world, old.id, Duration::DAY).await.unwrap();
    assert_eq!(found(&world, old.id).await.expires_at, Some(START + Duration::HOUR));
    roll(&world, old.id, Duration::ZERO).await.unwrap();
    assert_eq!(found(&world, old.id).await.expires_at, Some(START));
}

#[tokio::test]
async fn an_overlap_has_an_end() {
    let world = World::new().await;
    let key = create(&world).await;
    for overlap in [OVERLAP_MAX + Duration::NANOSECOND, -Duration::NANOSECOND] {
        let refused = roll(&world, key.id, overlap).await;
        assert!(matches!(refused, Err(RollApiKeyError::Overlap)), "{refused:?}");
    }
    roll(&world, key.id, OVERLAP_MAX).await.unwrap();
}

#[tokio::test]
async fn what_works_no_more_is_not_replaced() {
    let world = World::new().await;
    let (expired, revoked) = (create(&world).await, create(&world).await);
    roll(&world, expired.id, Duration::ZERO).await.unwrap();
    let command = RevokeApiKeyCommand { caller: world.caller.clone(), key_id: revoked.id };
    world.run(RevokeApiKey { ambient: world.ambient.clone() }, command).await.unwrap();
    let unknown: ApiKeyId = world.ambient.id(START);
    for id in [expired.id, revoked.id, unknown] {
        let refused = roll(&world, id, Duration::ZERO).await;
        assert!(matches!(refused, Err(RollApiKeyError::Unknown)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_use_is_noted_and_an_earlier_one_changes_nothing() {
    let world = World::new().await;
    let key = create(&world).await;
    for at in [START + Duration::HOUR, START] {
        let command = NoteKeyUseCommand { environment_id: world.environment_id(), key_id: key.id, at };
        world.run(NoteKeyUse, command).await.unwrap();
    }
    assert_eq!(found(&world, key.id).await.last_used_at, Some(START + Duration::HOUR));
}
