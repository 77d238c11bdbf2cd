//! Registrations at public providers: connections that belong to no organization.

use time::Duration;
use vestibule_application::ports::store::{
    ArrivalKey, Conflict, ConnectionFilter, ConnectionSelector, SocialArrival, SsoSessionFilter,
};
use vestibule_domain::Instant;
use vestibule_domain::event::{Event, Fact, SignInSnapshot};
use vestibule_domain::id::{ClientId, EnvironmentId, SsoSessionId};
use vestibule_domain::page::{Order, PageRequest};
use vestibule_domain::social::{SocialClient, SocialConnection, SocialProvider};
use vestibule_domain::sso::profile::Profile;
use vestibule_domain::sso::session::{IssuedCode, SSO_TEST_TIMEOUT, SsoSession};

use crate::fixtures::{self, person};
use crate::paging::limit;
use crate::samples::{HOSTILE, at_micros, sealed};
use crate::world::{NOW, World, done, later, refused};

crate::cases![
    a_registration_comes_back_and_is_changed,
    an_environment_has_one_registration_for_each_provider,
    a_registration_is_no_connection_of_an_organization,
    a_registration_of_another_environment_is_not_found,
    people_sign_in_through_a_registration,
    attempts_and_profiles_go_with_their_registration,
    what_no_app_came_for_is_erased,
    what_an_answer_needs_that_never_came_is_erased,
    an_event_without_organization_comes_back,
];

fn registration(world: &World, environment_id: EnvironmentId, provider: SocialProvider) -> SocialConnection {
    SocialConnection {
        id: world.id(),
        environment_id,
        provider,
        client: SocialClient { id: HOSTILE.into(), secret: sealed() },
        created_at: at_micros(1),
        updated_at: at_micros(999_999),
    }
}

async fn given(world: &World, environment: EnvironmentId, provider: SocialProvider) -> SocialConnection {
    let connection = registration(world, environment, provider);
    done!(world, |work| work.connections().save_social(&connection));
    connection
}

async fn listed(world: &World, environment: EnvironmentId) -> Vec<SocialConnection> {
    world.queries().social_connections(environment).await.expect("a list")
}

fn everything<I>() -> PageRequest<I> {
    PageRequest { limit: limit(10), order: Order::Ascending, cursor: None }
}

async fn client_of(world: &World, id: EnvironmentId) -> ClientId {
    world.queries().environment(id).await.expect("a look-up").expect("an environment").client_id
}

async fn a_registration_comes_back_and_is_changed(world: World) {
    let google = given(&world, world.home, SocialProvider::Google).await;
    let found = done!(world, |work| work.connections().lock_social(world.home, SocialProvider::Google));
    assert_eq!(found, Some(google.clone()));
    assert_eq!(
        done!(world, |work| work.connections().lock_social(world.home, SocialProvider::Microsoft)),
        None
    );

    let client = SocialClient { id: "another".into(), secret: sealed() };
    let changed = SocialConnection { client, updated_at: later(1), ..google };
    done!(world, |work| work.connections().save_social(&changed));
    assert_eq!(listed(&world, world.home).await, std::slice::from_ref(&changed));

    let client = client_of(&world, world.home).await;
    let desk = world.queries().social_desk(client, SocialProvider::Google).await.expect("a look-up");
    let desk = desk.expect("the environment");
    assert_eq!((desk.environment.id, desk.connection, desk.listened), (world.home, Some(changed), false));
    let desk = world.queries().social_desk(client, SocialProvider::Microsoft).await.expect("a look-up");
    assert_eq!(desk.expect("the environment").connection, None);
    assert_eq!(
        world.queries().social_desk(world.id(), SocialProvider::Google).await.expect("a look-up"),
        None
    );
}

async fn an_environment_has_one_registration_for_each_provider(world: World) {
    let google = given(&world, world.home, SocialProvider::Google).await;
    let another = registration(&world, world.home, SocialProvider::Google);
    assert_eq!(refused!(world, |work| work.connections().save_social(&another)), Conflict::Other);
    let microsoft = given(&world, world.home, SocialProvider::Microsoft).await;
    given(&world, world.abroad, SocialProvider::Google).await;
    let mut both = [google, microsoft];
    both.sort_by_key(|connection| connection.id);
    assert_eq!(listed(&world, world.home).await, both);
}

async fn a_registration_is_no_connection_of_an_organization(world: World) {
    let social = given(&world, world.home, SocialProvider::Google).await;
    let queries = world.queries();
    assert_eq!(queries.connection(world.home, social.id).await.expect("a look-up"), None);
    assert_eq!(queries.public_connection(social.id).await.expect("a look-up"), None);
    let types = [None, Some(SocialProvider::Google.connection_type())];
    for connection_type in types {
        let filter = ConnectionFilter { connection_type, ..ConnectionFilter::default() };
        let page = queries.connections(world.home, &filter, everything()).await.expect("a page");
        assert_eq!(page.items, []);
    }
    let client = client_of(&world, world.home).await;
    let desk = queries.sign_in_desk(client, ConnectionSelector::Connection(social.id)).await;
    assert_eq!(desk.expect("a look-up").expect("the environment").found, None);
    assert_eq!(queries.sign_in_arrival(ArrivalKey::Connection(social.id)).await.expect("a look-up"), None);
    assert_eq!(done!(world, |work| work.connections().lock(world.home, social.id)), None);
    assert!(!done!(world, |work| work.connections().delete(world.home, social.id)));
    assert_eq!(listed(&world, world.home).await, [social]);
}

async fn a_registration_of_another_environment_is_not_found(world: World) {
    let theirs = given(&world, world.abroad, SocialProvider::Google).await;
    assert_eq!(listed(&world, world.home).await, []);
    assert_eq!(done!(world, |work| work.connections().lock_social(world.home, SocialProvider::Google)), None);
    assert!(!done!(world, |work| work.connections().delete_social(world.home, theirs.id)));
    assert_eq!(listed(&world, world.abroad).await, [theirs]);
}

fn profile(world: &World, of: &SocialConnection) -> Profile {
    Profile {
        id: world.id(),
        environment_id: of.environment_id,
        organization_id: None,
        connection_id: of.id,
        connection_type: of.provider.connection_type(),
        person: person("1234", "anna@gmail.example").into(),
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Somebody with a code, and with what the provider gave for the app.
async fn given_code(world: &World, of: &SocialConnection, expires_at: Instant) -> (SsoSession, Profile) {
    let profile = profile(world, of);
    let profile = done!(world, |work| work.profiles().save(&profile));
    let begun = SsoSession::begun_socially(world.id(), of, NOW);
    done!(world, |work| work.sso_sessions().insert(&begun));
    let code = IssuedCode { digest: world.digest(), expires_at, profile_id: profile.id };
    let authorized = begun.clone().authorized(code, Some(sealed()), later(1));
    assert!(done!(world, |work| work.sso_sessions().advance(&authorized, &begun.state)));
    (authorized, profile)
}

async fn people_sign_in_through_a_registration(world: World) {
    let social = given(&world, world.home, SocialProvider::Google).await;
    let (session, profile) = given_code(&world, &social, later(600)).await;
    let queries = world.queries();
    assert_eq!(queries.profile(world.home, profile.id).await.expect("a look-up"), Some(profile.clone()));
    let arrival = queries.social_arrival(session.id).await.expect("a look-up");
    let right = SocialArrival { attempt: session.clone(), connection: social.clone(), listened: false };
    assert_eq!(arrival, Some(right));
    assert_eq!(queries.sign_in_arrival(ArrivalKey::Attempt(session.id)).await.expect("a look-up"), None);
    assert_eq!(queries.social_arrival(world.id()).await.expect("a look-up"), None);

    let found = queries.sign_in_exchange(world.home, session.id).await.expect("a look-up");
    let found = found.expect("a code");
    assert_eq!((&found.session, &found.profile), (&session, &profile));
    let filter = SsoSessionFilter { connection_id: Some(social.id), ..SsoSessionFilter::all(later(2)) };
    let page = queries.sso_sessions(world.home, &filter, everything()).await.expect("a page");
    let lines: Vec<_> = page.items.iter().map(|line| (line.id, line.organization_id)).collect();
    assert_eq!(lines, [(session.id, None)]);
}

async fn attempts_and_profiles_go_with_their_registration(world: World) {
    let social = given(&world, world.home, SocialProvider::Microsoft).await;
    let (session, profile) = given_code(&world, &social, later(600)).await;
    assert!(done!(world, |work| work.connections().delete_social(world.home, social.id)));
    assert!(!done!(world, |work| work.connections().delete_social(world.home, social.id)));
    let queries = world.queries();
    assert_eq!(queries.sso_session(world.home, session.id).await.expect("a look-up"), None);
    assert_eq!(queries.profile(world.home, profile.id).await.expect("a look-up"), None);
    assert_eq!(listed(&world, world.home).await, []);
}

/// An attempt as it is kept.
async fn kept(world: &World, id: SsoSessionId) -> SsoSession {
    let found = world.queries().sso_session(world.home, id).await.expect("a look-up");
    found.expect("the attempt")
}

async fn what_no_app_came_for_is_erased(world: World) {
    // Far enough back that other worlds in the same database lose nothing.
    let expires_at = NOW - Duration::days(5);
    let social = given(&world, world.home, SocialProvider::Google).await;
    let (session, _) = given_code(&world, &social, expires_at).await;
    world.store().jobs().sweep(expires_at - Duration::microseconds(1)).await.expect("a sweep");
    assert_eq!(kept(&world, session.id).await, session);
    world.store().jobs().sweep(expires_at).await.expect("a sweep");
    assert_eq!(kept(&world, session.id).await, SsoSession { exchange: None, ..session });
}

async fn what_an_answer_needs_that_never_came_is_erased(world: World) {
    let begun_at = NOW - Duration::days(5);
    let social = given(&world, world.home, SocialProvider::Microsoft).await;
    let begun = SsoSession::begun_socially(world.id(), &social, begun_at);
    let begun = SsoSession { exchange: Some(sealed()), ..begun };
    done!(world, |work| work.sso_sessions().insert(&begun));
    let over = begun_at + SSO_TEST_TIMEOUT;
    world.store().jobs().sweep(over - Duration::microseconds(1)).await.expect("a sweep");
    assert_eq!(kept(&world, begun.id).await, begun);
    world.store().jobs().sweep(over).await.expect("a sweep");
    assert_eq!(kept(&world, begun.id).await, SsoSession { exchange: None, ..begun });
}

async fn an_event_without_organization_comes_back(world: World) {
    let organization = world.given_organization().await;
    let social = given(&world, world.home, SocialProvider::Google).await;
    let attempt = SsoSession::begun_socially(world.id(), &social, NOW);
    let fact = Fact::SsoStarted(SignInSnapshot::of(&attempt, None));
    let event = Event { organization_id: None, fact, ..fixtures::event(&world, &organization) };
    let event = world.given_event(event).await;
    assert_eq!(world.queries().event(world.home, event.id).await.expect("a look-up"), Some(event));
}
