//! Where sign-ins begin and arrive, and what a code is for.

use vestibule_application::ports::store::{
    ArrivalKey, ConnectionSelector, SignInArrival, SignInDesk, SignInDomain, SignInEnvironment,
    SignInExchange, SignInOrganization,
};
use vestibule_domain::connection::Connection;
use vestibule_domain::environment::Environment;
use vestibule_domain::event::EventName;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::organization::Organization;
use vestibule_domain::sso::session::{IssuedCode, SessionRecord, SsoSession, SsoSessionState};
use vestibule_domain::webhook::{EndpointState, EventFilter, PayloadStyle, WebhookEndpoint};

use crate::fixtures;
use crate::samples::{full_attempt, full_organization};
use crate::sso_sessions::given_connection;
use crate::world::{World, done, later};

crate::cases![
    an_environment_is_found_by_its_client_id,
    a_desk_shows_what_the_selector_finds,
    a_desk_without_such_a_client_is_none,
    a_desk_finds_nothing_of_another_environment,
    an_answer_is_found_by_its_attempt,
    an_answer_is_found_by_its_connection,
    an_answer_to_nothing_is_not_found,
    a_code_is_found_with_its_profile,
    an_attempt_without_a_code_is_nothing_to_exchange,
    a_code_of_another_environment_is_not_found,
    endpoints_that_list_sign_ins_listen,
    an_endpoint_listens_as_long_as_it_asks,
];

async fn environment(world: &World, id: EnvironmentId) -> Environment {
    world.queries().environment(id).await.expect("a look-up").expect("the environment")
}

async fn desk(world: &World, selector: ConnectionSelector) -> SignInDesk {
    let client = environment(world, world.home).await.client_id;
    world.queries().sign_in_desk(client, selector).await.expect("an answer").expect("a desk")
}

async fn arrival(world: &World, key: ArrivalKey) -> Option<SignInArrival> {
    world.queries().sign_in_arrival(key).await.expect("an answer")
}

/// An organization with a connection, and others beside it.
async fn given_customer(world: &World) -> (Organization, Connection) {
    given_connection(world).await;
    let organization = world.given(full_organization(world)).await;
    let connection = world.given_connection(&organization).await;
    given_connection(world).await;
    (organization, connection)
}

async fn an_environment_is_found_by_its_client_id(world: World) {
    for id in [world.home, world.abroad] {
        let environment = environment(&world, id).await;
        let found = world.queries().environment_of_client(environment.client_id).await;
        assert_eq!(found.expect("a look-up"), Some(environment));
    }
    assert_eq!(world.queries().environment_of_client(world.id()).await.expect("a look-up"), None);
}

async fn a_desk_shows_what_the_selector_finds(world: World) {
    let (organization, connection) = given_customer(&world).await;
    let alone = world.given_organization().await;
    let home = SignInEnvironment::from(&environment(&world, world.home).await);
    let of = |found| SignInDesk { environment: home.clone(), found, listened: false };
    for selector in
        [ConnectionSelector::Connection(connection.id), ConnectionSelector::Organization(organization.id)]
    {
        assert_eq!(desk(&world, selector).await, of(Some(connection.clone())));
    }
    for selector in [
        ConnectionSelector::Connection(world.id()),
        ConnectionSelector::Organization(world.id()),
        ConnectionSelector::Organization(alone.id),
    ] {
        assert_eq!(desk(&world, selector).await, of(None), "{selector:?}");
    }
}

async fn a_desk_without_such_a_client_is_none(world: World) {
    let (_, connection) = given_customer(&world).await;
    let selector = ConnectionSelector::Connection(connection.id);
    assert_eq!(world.queries().sign_in_desk(world.id(), selector).await.expect("an answer"), None);
}

async fn a_desk_finds_nothing_of_another_environment(world: World) {
    let organization = world.given_foreign_organization().await;
    let connection = world.given_connection(&organization).await;
    for selector in
        [ConnectionSelector::Connection(connection.id), ConnectionSelector::Organization(organization.id)]
    {
        assert_eq!(desk(&world, selector).await.found, None);
    }
}

/// Two domains, the older one not proven yet, as a sign-in sees them.
async fn given_domains(world: &World, of: &Organization) -> Vec<SignInDomain> {
    let sought = world.given_domain(of, "b.example").await;
    let proven = fixtures::verified(fixtures::domain(world, of, "a.example"));
    done!(world, |work| work.organization_domains().insert(&proven));
    vec![SignInDomain::from(&sought), SignInDomain::from(&proven)]
}

async fn an_answer_is_found_by_its_attempt(world: World) {
    let (organization, connection) = given_customer(&world).await;
    let domains = given_domains(&world, &organization).await;
    let attempt = world.given_attempt(full_attempt(&world, &connection)).await;
    let found = arrival(&world, ArrivalKey::Attempt(attempt.id)).await;
    let right = SignInArrival {
        attempt: Some(attempt),
        environment: SignInEnvironment::from(&environment(&world, world.home).await),
        connection,
        organization: SignInOrganization::from(&organization),
        domains,
        listened: false,
    };
    assert_eq!(found, Some(right));
}

async fn an_answer_is_found_by_its_connection(world: World) {
    let (organization, connection) = given_customer(&world).await;
    let domains = given_domains(&world, &organization).await;
    world.given_attempt(full_attempt(&world, &connection)).await;
    let found = arrival(&world, ArrivalKey::Connection(connection.id)).await;
    let right = SignInArrival {
        attempt: None,
        environment: SignInEnvironment::from(&environment(&world, world.home).await),
        connection,
        organization: SignInOrganization::from(&organization),
        domains,
        listened: false,
    };
    assert_eq!(found, Some(right));
}

async fn an_answer_to_nothing_is_not_found(world: World) {
    given_customer(&world).await;
    assert_eq!(arrival(&world, ArrivalKey::Attempt(world.id())).await, None);
    assert_eq!(arrival(&world, ArrivalKey::Connection(world.id())).await, None);
}

async fn given_code(world: &World, connection: &Connection) -> SignInExchange {
    let profile = world.given_profile(connection, "anna").await;
    let code = IssuedCode { digest: world.digest(), expires_at: later(600), profile_id: profile.id };
    // Only tests have a trial or a ticket, and tests have no code.
    let asked = SsoSession { trial: None, ticket: None, ..full_attempt(world, connection) };
    let session = asked.authorized(code, None, later(1));
    let session = world.given_attempt(session).await;
    let session = SsoSession { record: SessionRecord::default(), ..session };
    SignInExchange { session, profile, listened: false }
}

async fn a_code_is_found_with_its_profile(world: World) {
    let connection = given_connection(&world).await;
    world.given_profile(&connection, "bob").await;
    let right = given_code(&world, &connection).await;
    let found = world.queries().sign_in_exchange(world.home, right.session.id).await;
    assert_eq!(found.expect("a look-up"), Some(right));
}

async fn an_attempt_without_a_code_is_nothing_to_exchange(world: World) {
    let connection = given_connection(&world).await;
    let started = world.given_attempt(full_attempt(&world, &connection)).await;
    let SignInExchange { session, .. } = given_code(&world, &connection).await;
    let exchanged =
        SsoSession { state: SsoSessionState::Successful { at: later(2) }, code: None, ..session.clone() };
    assert!(done!(world, |work| work.sso_sessions().advance(&exchanged, &session.state)));
    for id in [started.id, session.id, world.id()] {
        assert_eq!(world.queries().sign_in_exchange(world.home, id).await.expect("a look-up"), None);
    }
}

async fn a_code_of_another_environment_is_not_found(world: World) {
    let organization = world.given_foreign_organization().await;
    let connection = world.given_connection(&organization).await;
    let theirs = given_code(&world, &connection).await;
    let id = theirs.session.id;
    assert_eq!(world.queries().sign_in_exchange(world.home, id).await.expect("a look-up"), None);
    assert_eq!(world.queries().sign_in_exchange(world.abroad, id).await.expect("a look-up"), Some(theirs));
}

fn listing(names: &[&str]) -> EventFilter {
    EventFilter::Only(names.iter().map(|name| EventName::parse(name).expect("a name")).collect())
}

/// Whether anybody listens, as all that ask agree.
async fn listened(world: &World) -> bool {
    let connection = given_connection(world).await;
    let attempt = world.given_attempt(fixtures::attempt_to_sign_in(world, &connection)).await;
    let code = given_code(world, &connection).await;
    let desk = desk(world, ConnectionSelector::Connection(connection.id)).await;
    let by_attempt = arrival(world, ArrivalKey::Attempt(attempt.id)).await.expect("an arrival");
    let by_connection = arrival(world, ArrivalKey::Connection(connection.id)).await.expect("an arrival");
    let exchange = world.queries().sign_in_exchange(world.home, code.session.id).await;
    let exchange = exchange.expect("a look-up").expect("a code");
    let answers = [desk.listened, by_attempt.listened, by_connection.listened, exchange.listened];
    assert_eq!(answers, [desk.listened; 4]);
    desk.listened
}

async fn endpoints_that_list_sign_ins_listen(world: World) {
    let endpoint = || fixtures::endpoint(&world);
    let of_sign_ins = listing(&["connection.activated", "authentication.sso_failed"]);
    // None of these does.
    for endpoint in [
        WebhookEndpoint { events: EventFilter::All, style: PayloadStyle::Authio, ..endpoint() },
        WebhookEndpoint {
            events: listing(&["authentication.ssox", "x.authentication.sso_failed"]),
            ..endpoint()
        },
        WebhookEndpoint { events: of_sign_ins.clone(), state: EndpointState::Disabled, ..endpoint() },
        WebhookEndpoint { events: of_sign_ins.clone(), environment_id: world.abroad, ..endpoint() },
    ] {
        done!(world, |work| work.webhooks().insert_endpoint(&endpoint));
        assert!(!listened(&world).await, "{endpoint:?}");
    }
    for _ in 0..2 {
        let endpoint = WebhookEndpoint { events: of_sign_ins.clone(), ..endpoint() };
        done!(world, |work| work.webhooks().insert_endpoint(&endpoint));
        assert!(listened(&world).await);
    }
}

async fn an_endpoint_listens_as_long_as_it_asks(world: World) {
    let silent = world.given_endpoint().await;
    let asking = WebhookEndpoint { events: listing(&["authentication.sso_succeeded"]), ..silent.clone() };
    let disabled = WebhookEndpoint { state: EndpointState::Disabled, ..asking.clone() };
    for (endpoint, right) in
        [(&asking, true), (&disabled, false), (&asking, true), (&silent, false), (&asking, true)]
    {
        assert!(done!(world, |work| work.webhooks().update_endpoint(endpoint)));
        assert_eq!(listened(&world).await, right, "{endpoint:?}");
    }
    assert!(done!(world, |work| work.webhooks().delete_endpoint(world.home, asking.id)));
    assert!(!listened(&world).await);
}
