//! Assertions that were accepted, and must not be a second time.

use time::Duration;
use vestibule_application::ports::store::{AcceptedAssertion, Conflict, StoreResult};

use crate::fixtures;
use crate::races::{CONTENDERS, all, retried};
use crate::sso_sessions::given_connection;
use crate::world::{NOW, World, done, refused};

crate::cases![
    an_assertion_is_accepted_once,
    an_assertion_is_accepted_once_for_each_connection,
    of_many_that_accept_an_assertion_one_succeeds,
    an_assertion_that_was_taken_back_may_be_accepted,
    an_assertion_needs_its_connection,
    an_assertion_needs_a_connection_of_its_environment,
    assertions_go_with_their_connection,
    assertions_go_with_their_organization,
    expired_assertions_are_swept_away,
];

async fn accepted(world: &World, assertion: &AcceptedAssertion) -> bool {
    done!(world, |work| work.assertions().accept(assertion))
}

async fn an_assertion_is_accepted_once(world: World) {
    let connection = given_connection(&world).await;
    let assertion = fixtures::assertion(&world, &connection);
    assert!(accepted(&world, &assertion).await);
    assert!(!accepted(&world, &assertion).await);
    let again = AcceptedAssertion { expires_at: NOW + Duration::days(1), ..assertion };
    assert!(!accepted(&world, &again).await, "whenever it expires");
    assert!(accepted(&world, &fixtures::assertion(&world, &connection)).await, "another one");
}

async fn an_assertion_is_accepted_once_for_each_connection(world: World) {
    let assertion = fixtures::assertion(&world, &given_connection(&world).await);
    let other = given_connection(&world).await;
    assert!(accepted(&world, &assertion).await);
    let elsewhere = AcceptedAssertion { connection_id: other.id, ..assertion };
    assert!(accepted(&world, &elsewhere).await);
    assert!(!accepted(&world, &elsewhere).await);
}

async fn of_many_that_accept_an_assertion_one_succeeds(world: World) {
    let assertion = fixtures::assertion(&world, &given_connection(&world).await);
    let accepted: Vec<StoreResult<bool>> = all((0..CONTENDERS).map(|_| {
        let (world, assertion) = (world.clone(), assertion.clone());
        async move {
            retried!(world, |work| {
                let accepted = work.assertions().accept(&assertion).await?;
                work.commit().await?;
                Ok(accepted)
            })
        }
    }))
    .await;
    assert!(accepted.iter().all(Result::is_ok), "{accepted:?}");
    assert_eq!(accepted.iter().filter(|one| matches!(one, Ok(true))).count(), 1, "{accepted:?}");
}

async fn an_assertion_that_was_taken_back_may_be_accepted(world: World) {
    let assertion = fixtures::assertion(&world, &given_connection(&world).await);
    let mut work = world.begin().await;
    assert!(work.assertions().accept(&assertion).await.expect("an answer"));
    work.rollback().await.expect("taken back");
    assert!(accepted(&world, &assertion).await);
}

async fn an_assertion_needs_its_connection(world: World) {
    let missing = fixtures::connection(&world, &world.given_organization().await);
    let assertion = fixtures::assertion(&world, &missing);
    assert_eq!(refused!(world, |work| work.assertions().accept(&assertion)), Conflict::Reference);
}

async fn an_assertion_needs_a_connection_of_its_environment(world: World) {
    let assertion = fixtures::assertion(&world, &given_connection(&world).await);
    assert!(accepted(&world, &assertion).await);
    let abroad = AcceptedAssertion { environment_id: world.abroad, ..assertion };
    assert_eq!(refused!(world, |work| work.assertions().accept(&abroad)), Conflict::Reference);
}

async fn assertions_go_with_their_connection(world: World) {
    let connection = given_connection(&world).await;
    let assertion = fixtures::assertion(&world, &connection);
    assert!(accepted(&world, &assertion).await);
    assert!(done!(world, |work| work.connections().delete(world.home, connection.id)));
    // The same connection again, for otherwise nobody could ask.
    done!(world, |work| work.connections().insert(&connection));
    assert!(accepted(&world, &assertion).await);
}

async fn assertions_go_with_their_organization(world: World) {
    let organization = world.given_organization().await;
    let connection = world.given_connection(&organization).await;
    let assertion = fixtures::assertion(&world, &connection);
    assert!(accepted(&world, &assertion).await);
    assert!(done!(world, |work| work.organizations().delete(world.home, organization.id)));
    world.given(organization).await;
    done!(world, |work| work.connections().insert(&connection));
    assert!(accepted(&world, &assertion).await);
}

async fn expired_assertions_are_swept_away(world: World) {
    // Far enough back that other worlds in the same database lose nothing.
    let now = NOW - Duration::days(5);
    let connection = given_connection(&world).await;
    let until = |expires_at| AcceptedAssertion { expires_at, ..fixtures::assertion(&world, &connection) };
    let (expired, fresh) = (until(now), until(now + Duration::microseconds(1)));
    assert!(accepted(&world, &expired).await);
    assert!(accepted(&world, &fresh).await);
    world.store().jobs().sweep(now).await.expect("a sweep");
    assert!(accepted(&world, &expired).await, "it was forgotten");
    assert!(!accepted(&world, &fresh).await, "it was not");
}
