//! Profiles: one for each connection and id at the provider.

use vestibule_application::ports::store::{Conflict, StoreResult};
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::sso::profile::Profile;

use crate::fixtures::{self, person};
use crate::races::{CONTENDERS, all, retried};
use crate::samples::{at_micros, full_person, megabyte};
use crate::sso_sessions::given_connection;
use crate::world::{World, done, later, refused};

crate::cases![
    a_profile_comes_back_as_it_was_saved,
    a_profile_keeps_its_first_id_and_creation_time,
    ids_at_a_provider_are_told_apart_to_the_letter,
    the_same_id_in_two_connections_is_two_profiles,
    of_many_that_save_a_profile_all_get_the_same,
    a_profile_that_is_taken_back_leaves_no_trace,
    an_id_belongs_to_one_profile,
    a_profile_needs_its_connection,
    a_profile_needs_a_connection_of_its_environment,
    a_profile_of_another_environment_is_not_found,
    profiles_go_with_their_connection,
    profiles_go_with_their_organization,
];

async fn found(world: &World, like: &Profile) -> Option<Profile> {
    world.queries().profile(like.environment_id, like.id).await.expect("a look-up")
}

async fn a_profile_comes_back_as_it_was_saved(world: World) {
    let connection = given_connection(&world).await;
    let full = Profile {
        person: full_person().into(),
        created_at: at_micros(1),
        updated_at: at_micros(499_999),
        ..fixtures::profile(&world, &connection, "")
    };
    // Ids at a provider have no limit of ours.
    let long = fixtures::profile(&world, &connection, &megabyte());
    for profile in [fixtures::profile(&world, &connection, ""), full, long] {
        assert_eq!(done!(world, |work| work.profiles().save(&profile)), profile);
        assert_eq!(found(&world, &profile).await, Some(profile));
    }
}

async fn a_profile_keeps_its_first_id_and_creation_time(world: World) {
    let connection = given_connection(&world).await;
    let first = world.given_profile(&connection, "anna").await;
    let later = Profile {
        connection_type: ConnectionType::OktaSaml,
        person: person("anna", "anna.new@acme.example").into(),
        created_at: later(60),
        updated_at: later(61),
        ..fixtures::profile(&world, &connection, "anna")
    };
    let kept = Profile { id: first.id, created_at: first.created_at, ..later.clone() };
    assert_eq!(done!(world, |work| work.profiles().save(&later)), kept);
    assert_eq!(found(&world, &first).await, Some(kept));
    assert_eq!(found(&world, &later).await, None);
}

async fn ids_at_a_provider_are_told_apart_to_the_letter(world: World) {
    let connection = given_connection(&world).await;
    let long = "x".repeat(10_000);
    for idp_id in ["anna", "Anna", " anna", "anna\0", "", &long, &format!("{long}y")] {
        world.given_profile(&connection, idp_id).await;
    }
}

async fn the_same_id_in_two_connections_is_two_profiles(world: World) {
    let (one, other) = (given_connection(&world).await, given_connection(&world).await);
    let (anna, namesake) =
        (world.given_profile(&one, "anna").await, world.given_profile(&other, "anna").await);
    assert_eq!(found(&world, &anna).await, Some(anna));
    assert_eq!(found(&world, &namesake).await, Some(namesake));
}

async fn of_many_that_save_a_profile_all_get_the_same(world: World) {
    let connection = given_connection(&world).await;
    let saved: Vec<StoreResult<Profile>> = all((0..CONTENDERS).map(|_| {
        let world = world.clone();
        let profile = fixtures::profile(&world, &connection, "anna");
        async move {
            retried!(world, |work| {
                let kept = work.profiles().save(&profile).await?;
                work.commit().await?;
                Ok(kept)
            })
        }
    }))
    .await;
    let saved: Vec<Profile> = saved.into_iter().map(|one| one.expect("a profile")).collect();
    assert!(saved.iter().all(|one| *one == saved[0]), "{saved:?}");
    assert_eq!(found(&world, &saved[0]).await.as_ref(), Some(&saved[0]));
}

async fn a_profile_that_is_taken_back_leaves_no_trace(world: World) {
    let profile = fixtures::profile(&world, &given_connection(&world).await, "anna");
    let mut work = world.begin().await;
    work.profiles().save(&profile).await.expect("a profile");
    work.rollback().await.expect("taken back");
    assert_eq!(found(&world, &profile).await, None);
}

async fn an_id_belongs_to_one_profile(world: World) {
    let connection = given_connection(&world).await;
    let anna = world.given_profile(&connection, "anna").await;
    let bob = Profile { id: anna.id, ..fixtures::profile(&world, &connection, "bob") };
    assert_eq!(refused!(world, |work| work.profiles().save(&bob)), Conflict::Other);
    assert_eq!(found(&world, &anna).await, Some(anna));
}

async fn a_profile_needs_its_connection(world: World) {
    let missing = fixtures::connection(&world, &world.given_organization().await);
    let profile = fixtures::profile(&world, &missing, "anna");
    assert_eq!(refused!(world, |work| work.profiles().save(&profile)), Conflict::Reference);
}

async fn a_profile_needs_a_connection_of_its_environment(world: World) {
    let connection = given_connection(&world).await;
    let anna = world.given_profile(&connection, "anna").await;
    for idp_id in ["anna", "bob"] {
        let profile =
            Profile { environment_id: world.abroad, ..fixtures::profile(&world, &connection, idp_id) };
        assert_eq!(refused!(world, |work| work.profiles().save(&profile)), Conflict::Reference);
    }
    assert_eq!(found(&world, &anna).await, Some(anna));
}

async fn a_profile_of_another_environment_is_not_found(world: World) {
    let organization = world.given_foreign_organization().await;
    let connection = world.given_connection(&organization).await;
    let theirs = world.given_profile(&connection, "anna").await;
    let ours = Profile { environment_id: world.home, ..theirs.clone() };
    assert_eq!(found(&world, &ours).await, None);
    assert_eq!(found(&world, &theirs).await, Some(theirs));
}

async fn profiles_go_with_their_connection(world: World) {
    let (connection, other) = (given_connection(&world).await, given_connection(&world).await);
    let anna = world.given_profile(&connection, "anna").await;
    let bystander = world.given_profile(&other, "anna").await;
    assert!(done!(world, |work| work.connections().delete(world.home, connection.id)));
    assert_eq!(found(&world, &anna).await, None);
    assert_eq!(found(&world, &bystander).await, Some(bystander));
    // Whoever comes back through a new connection is somebody new.
    done!(world, |work| work.connections().insert(&connection));
    world.given_profile(&connection, "anna").await;
}

async fn profiles_go_with_their_organization(world: World) {
    let connection = given_connection(&world).await;
    let anna = world.given_profile(&connection, "anna").await;
    assert!(done!(world, |work| work.organizations().delete(world.home, connection.organization_id)));
    assert_eq!(found(&world, &anna).await, None);
}
