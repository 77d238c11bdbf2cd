//! The keys that sign access tokens.

use vestibule_application::ports::store::Conflict;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::sso::signing_key::SigningKey;

use crate::samples::{at_micros, certificate, sealed};
use crate::world::{World, done, refused};

crate::cases![
    signing_keys_come_back_oldest_first,
    a_signing_key_needs_its_environment,
    a_signing_key_is_removed,
    signing_keys_of_another_environment_are_not_found,
];

fn key(world: &World, environment_id: EnvironmentId) -> SigningKey {
    SigningKey {
        id: world.id(),
        environment_id,
        certificate: certificate(3),
        private_key: sealed(),
        signs_from: at_micros(999_999),
        created_at: at_micros(1),
    }
}

async fn given_key(world: &World, environment: EnvironmentId) -> SigningKey {
    let key = key(world, environment);
    done!(world, |work| work.signing_keys().insert(&key));
    key
}

/// What a unit of work and a query agree on.
async fn listed(world: &World, environment: EnvironmentId) -> Vec<SigningKey> {
    let keys = done!(world, |work| work.signing_keys().list(environment));
    assert_eq!(world.queries().signing_keys(environment).await.expect("a list"), keys);
    keys
}

async fn signing_keys_come_back_oldest_first(world: World) {
    assert_eq!(listed(&world, world.home).await, Vec::new());
    let (younger, older) = (key(&world, world.home), key(&world, world.home));
    let (older, younger) = if older.id < younger.id { (older, younger) } else { (younger, older) };
    for key in [&younger, &older] {
        done!(world, |work| work.signing_keys().insert(key));
    }
    assert_eq!(listed(&world, world.home).await, [older, younger]);
}

async fn a_signing_key_needs_its_environment(world: World) {
    let key = key(&world, world.id());
    assert_eq!(refused!(world, |work| work.signing_keys().insert(&key)), Conflict::Reference);
}

async fn a_signing_key_is_removed(world: World) {
    let (old, new) = (given_key(&world, world.home).await, given_key(&world, world.home).await);
    assert!(done!(world, |work| work.signing_keys().delete(world.home, old.id)));
    assert!(!done!(world, |work| work.signing_keys().delete(world.home, old.id)));
    assert_eq!(listed(&world, world.home).await, [new]);
}

async fn signing_keys_of_another_environment_are_not_found(world: World) {
    let theirs = given_key(&world, world.abroad).await;
    assert_eq!(listed(&world, world.home).await, Vec::new());
    assert!(!done!(world, |work| work.signing_keys().delete(world.home, theirs.id)));
    assert_eq!(listed(&world, world.abroad).await, [theirs]);
}
