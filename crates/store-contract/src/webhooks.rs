//! Webhook endpoints, deliveries and attempts.

use vestibule_application::ports::store::{Conflict, DeliveryView};
use vestibule_domain::event::EventName;
use vestibule_domain::page::PageRequest;
use vestibule_domain::secret::Sealed;
use vestibule_domain::webhook::{
    AttemptAnswer, DeliveryState, EndpointState, EventFilter, PayloadStyle, WebhookAttempt, WebhookDelivery,
    WebhookEndpoint,
};

use crate::fixtures;
use crate::paging::every_page_is_right;
use crate::samples::{self, HOSTILE, at_micros};
use crate::world::{World, done, later, refused};

crate::cases![
    an_endpoint_comes_back_as_it_was_added,
    an_unknown_endpoint_is_not_found,
    an_address_is_an_endpoint_of_an_environment_once,
    another_environment_may_have_the_same_address,
    a_changed_endpoint_comes_back_changed,
    a_change_to_a_taken_address_is_refused,
    endpoints_are_listed_oldest_first,
    endpoints_come_in_pages,
    a_removed_endpoint_takes_its_deliveries_with_it,
    a_delivery_comes_back_as_it_was_added,
    an_event_has_one_delivery_to_an_endpoint,
    a_second_delivery_leaves_the_unit_of_work_usable,
    an_event_has_a_delivery_to_each_endpoint,
    a_delivery_needs_its_endpoint,
    a_delivery_writes_state_and_tries_only,
    an_unknown_delivery_is_not_found,
    an_attempt_needs_its_delivery,
    attempts_come_back_oldest_first,
    deliveries_come_in_pages_with_their_attempts,
    a_delivery_is_found_with_its_attempts_at_its_endpoint,
    deliveries_are_found_by_their_events,
    deliveries_given_up_since_a_time_are_found_oldest_first,
];

fn full(world: &World) -> WebhookEndpoint {
    let names = ["connection.activated", "dsync.user.updated", "zzz.not_ours"];
    WebhookEndpoint {
        secret: samples::sealed(),
        state: EndpointState::Disabled,
        events: EventFilter::Only(names.iter().map(|n| EventName::parse(n).expect("a name")).collect()),
        style: PayloadStyle::Authio,
        created_at: at_micros(1),
        updated_at: at_micros(999_999),
        ..fixtures::endpoint(world)
    }
}

async fn comes_back(world: &World, endpoint: &WebhookEndpoint) {
    let (environment, id) = (endpoint.environment_id, endpoint.id);
    let locked = done!(world, |work| work.webhooks().lock_endpoint(environment, id));
    assert_eq!(locked.as_ref(), Some(endpoint));
    let seen = world.queries().webhook_endpoint(environment, id).await.expect("a look-up");
    assert_eq!(seen.as_ref(), Some(endpoint));
}

async fn stored(world: &World, delivery: &WebhookDelivery) -> Option<WebhookDelivery> {
    let (environment, id) = (delivery.environment_id, delivery.id);
    let locked = done!(world, |work| work.webhooks().lock_delivery(environment, id));
    assert_eq!(world.queries().webhook_delivery(environment, id).await.expect("a look-up"), locked);
    locked
}

async fn an_endpoint_comes_back_as_it_was_added(world: World) {
    for endpoint in [fixtures::endpoint(&world), full(&world)] {
        done!(world, |work| work.webhooks().insert_endpoint(&endpoint));
        comes_back(&world, &endpoint).await;
    }
}

async fn an_unknown_endpoint_is_not_found(world: World) {
    let endpoint = fixtures::endpoint(&world);
    assert_eq!(done!(world, |work| work.webhooks().lock_endpoint(world.home, endpoint.id)), None);
    assert_eq!(world.queries().webhook_endpoint(world.home, endpoint.id).await.expect("a look-up"), None);
    assert!(!done!(world, |work| work.webhooks().update_endpoint(&endpoint)));
    assert!(!done!(world, |work| work.webhooks().delete_endpoint(world.home, endpoint.id)));
}

async fn an_address_is_an_endpoint_of_an_environment_once(world: World) {
    let first = world.given_endpoint().await;
    let second = WebhookEndpoint { url: first.url, ..fixtures::endpoint(&world) };
    let conflict = refused!(world, |work| work.webhooks().insert_endpoint(&second));
    assert_eq!(conflict, Conflict::WebhookUrl);
}

async fn another_environment_may_have_the_same_address(world: World) {
    let ours = world.given_endpoint().await;
    let theirs = WebhookEndpoint { id: world.id(), environment_id: world.abroad, ..ours };
    done!(world, |work| work.webhooks().insert_endpoint(&theirs));
    comes_back(&world, &theirs).await;
}

async fn a_changed_endpoint_comes_back_changed(world: World) {
    let before = world.given_endpoint().await;
    let bystander = world.given_endpoint().await;
    let after = WebhookEndpoint { id: before.id, created_at: before.created_at, ..full(&world) };
    assert!(done!(world, |work| work.webhooks().update_endpoint(&after)));
    comes_back(&world, &after).await;
    assert!(done!(world, |work| work.webhooks().update_endpoint(&before)));
    comes_back(&world, &before).await;
    comes_back(&world, &bystander).await;
}

async fn a_change_to_a_taken_address_is_refused(world: World) {
    let taken = world.given_endpoint().await;
    let ours = world.given_endpoint().await;
    let change = WebhookEndpoint { url: taken.url, ..ours.clone() };
    let conflict = refused!(world, |work| work.webhooks().update_endpoint(&change));
    assert_eq!(conflict, Conflict::WebhookUrl);
    comes_back(&world, &ours).await;
}

async fn endpoints_are_listed_oldest_first(world: World) {
    let mut endpoints = Vec::new();
    for _ in 0..3 {
        endpoints.push(world.given_endpoint().await);
    }
    let disabled = full(&world);
    done!(world, |work| work.webhooks().insert_endpoint(&disabled));
    endpoints.push(disabled);
    assert_eq!(done!(world, |work| work.webhooks().list_endpoints(world.home)), endpoints);
    assert_eq!(done!(world, |work| work.webhooks().list_endpoints(world.abroad)), Vec::new());
}

async fn endpoints_come_in_pages(world: World) {
    let mut endpoints = Vec::new();
    for _ in 0..6 {
        endpoints.push(world.given_endpoint().await);
        let foreign = WebhookEndpoint { environment_id: world.abroad, ..fixtures::endpoint(&world) };
        done!(world, |work| work.webhooks().insert_endpoint(&foreign));
    }
    every_page_is_right(
        &endpoints,
        |endpoint| endpoint.id,
        async |page| world.queries().webhook_endpoints(world.home, page).await.expect("a page"),
    )
    .await;
}

async fn a_removed_endpoint_takes_its_deliveries_with_it(world: World) {
    let endpoint = world.given_endpoint().await;
    let other = world.given_endpoint().await;
    let gone = world.given_delivery(&endpoint).await;
    let kept = world.given_delivery(&other).await;
    for delivery in [&gone, &kept] {
        let attempt = fixtures::attempt(&world, delivery);
        done!(world, |work| work.webhooks().insert_attempt(&attempt));
    }
    assert!(done!(world, |work| work.webhooks().delete_endpoint(world.home, endpoint.id)));
    assert!(!done!(world, |work| work.webhooks().delete_endpoint(world.home, endpoint.id)));
    assert_eq!(stored(&world, &gone).await, None);
    let listed = world.queries().webhook_deliveries(world.home, endpoint.id, PageRequest::default()).await;
    assert_eq!(listed.expect("a list").items, Vec::new());
    assert!(!done!(world, |work| work.webhooks().update_delivery(&gone)));
    assert_eq!(stored(&world, &kept).await, Some(kept));
    let listed = world.queries().webhook_deliveries(world.home, other.id, PageRequest::default()).await;
    assert_eq!(listed.expect("a list").items.first().map(|view| view.attempts.len()), Some(1));
    // The address is free again, and nothing of the attempts comes back.
    done!(world, |work| work.webhooks().insert_endpoint(&endpoint));
    assert!(done!(world, |work| work.webhooks().insert_delivery(&gone)));
    let listed = world.queries().webhook_deliveries(world.home, endpoint.id, PageRequest::default()).await;
    assert_eq!(listed.expect("a list").items, vec![DeliveryView { delivery: gone, attempts: Vec::new() }]);
}

async fn a_delivery_comes_back_as_it_was_added(world: World) {
    let endpoint = world.given_endpoint().await;
    for state in [
        DeliveryState::Pending,
        DeliveryState::Delivered { at: at_micros(999_999) },
        DeliveryState::GivenUp { at: at_micros(1) },
    ] {
        let delivery = WebhookDelivery {
            state,
            tries: u16::MAX,
            created_at: at_micros(123_456),
            ..fixtures::delivery(&world, &endpoint, world.id())
        };
        assert!(done!(world, |work| work.webhooks().insert_delivery(&delivery)));
        assert_eq!(stored(&world, &delivery).await, Some(delivery));
    }
}

async fn an_event_has_one_delivery_to_an_endpoint(world: World) {
    let endpoint = world.given_endpoint().await;
    let first = world.given_delivery(&endpoint).await;
    let second = fixtures::delivery(&world, &endpoint, first.event_id);
    assert!(!done!(world, |work| work.webhooks().insert_delivery(&second)));
    assert_eq!(stored(&world, &second).await, None);
    assert_eq!(stored(&world, &first).await, Some(first));
}

async fn a_second_delivery_leaves_the_unit_of_work_usable(world: World) {
    let endpoint = world.given_endpoint().await;
    let first = world.given_delivery(&endpoint).await;
    let second = fixtures::delivery(&world, &endpoint, first.event_id);
    let other = fixtures::delivery(&world, &endpoint, world.id());
    let mut work = world.begin().await;
    assert!(!work.webhooks().insert_delivery(&second).await.expect("an answer"));
    assert!(work.webhooks().insert_delivery(&other).await.expect("an answer"));
    work.commit().await.expect("a commit");
    assert_eq!(stored(&world, &other).await, Some(other));
}

async fn an_event_has_a_delivery_to_each_endpoint(world: World) {
    let first = world.given_delivery(&world.given_endpoint().await).await;
    let second = fixtures::delivery(&world, &world.given_endpoint().await, first.event_id);
    assert!(done!(world, |work| work.webhooks().insert_delivery(&second)));
    assert_eq!(stored(&world, &second).await, Some(second));
}

async fn a_delivery_needs_its_endpoint(world: World) {
    let missing = fixtures::endpoint(&world);
    let delivery = fixtures::delivery(&world, &missing, world.id());
    let conflict = refused!(world, |work| work.webhooks().insert_delivery(&delivery));
    assert_eq!(conflict, Conflict::Reference);
    let endpoint = world.given_endpoint().await;
    let foreign =
        WebhookDelivery { environment_id: world.abroad, ..fixtures::delivery(&world, &endpoint, world.id()) };
    let conflict = refused!(world, |work| work.webhooks().insert_delivery(&foreign));
    assert_eq!(conflict, Conflict::Reference);
}

async fn a_delivery_writes_state_and_tries_only(world: World) {
    let endpoint = world.given_endpoint().await;
    let before = world.given_delivery(&endpoint).await;
    let bystander = world.given_delivery(&endpoint).await;
    for (state, tries) in [
        (DeliveryState::GivenUp { at: at_micros(999_999) }, 6),
        (DeliveryState::Pending, 0),
        (DeliveryState::Delivered { at: at_micros(1) }, 1),
    ] {
        let altered = WebhookDelivery { state, tries, created_at: at_micros(5), ..before.clone() };
        assert!(done!(world, |work| work.webhooks().update_delivery(&altered)));
        let expected = WebhookDelivery { state, tries, ..before.clone() };
        assert_eq!(stored(&world, &before).await, Some(expected));
    }
    assert_eq!(stored(&world, &bystander).await, Some(bystander));
}

async fn an_unknown_delivery_is_not_found(world: World) {
    let delivery = fixtures::delivery(&world, &world.given_endpoint().await, world.id());
    assert_eq!(stored(&world, &delivery).await, None);
    assert!(!done!(world, |work| work.webhooks().update_delivery(&delivery)));
    assert_eq!(stored(&world, &delivery).await, None);
}

async fn an_attempt_needs_its_delivery(world: World) {
    let missing = fixtures::delivery(&world, &world.given_endpoint().await, world.id());
    let attempt = fixtures::attempt(&world, &missing);
    let conflict = refused!(world, |work| work.webhooks().insert_attempt(&attempt));
    assert_eq!(conflict, Conflict::Reference);
}

async fn attempts_come_back_oldest_first(world: World) {
    let endpoint = world.given_endpoint().await;
    let delivery = world.given_delivery(&endpoint).await;
    let answers = [
        AttemptAnswer::Failed { reason: HOSTILE.into() },
        AttemptAnswer::Status { status: 599, body: samples::megabyte() },
        AttemptAnswer::Status { status: 100, body: HOSTILE.into() },
        AttemptAnswer::Failed { reason: String::new() },
    ];
    let mut attempts = Vec::new();
    for (number, answer) in answers.into_iter().enumerate() {
        let attempt = WebhookAttempt {
            at: at_micros(samples::MICROSECONDS[number]),
            duration_ms: [0, 1, 2_147_483_647, u32::MAX][number],
            answer,
            ..fixtures::attempt(&world, &delivery)
        };
        done!(world, |work| work.webhooks().insert_attempt(&attempt));
        attempts.push(attempt);
    }
    let listed = world.queries().webhook_deliveries(world.home, endpoint.id, PageRequest::default()).await;
    assert_eq!(listed.expect("a list").items, vec![DeliveryView { delivery, attempts }]);
}

async fn deliveries_come_in_pages_with_their_attempts(world: World) {
    let endpoint = WebhookEndpoint { secret: Sealed::from_bytes(Vec::new()), ..fixtures::endpoint(&world) };
    done!(world, |work| work.webhooks().insert_endpoint(&endpoint));
    let other = world.given_endpoint().await;
    let mut views = Vec::new();
    for number in 0..6 {
        let delivery = world.given_delivery(&endpoint).await;
        world.given_delivery(&other).await;
        let mut attempts = Vec::new();
        for _ in 0..number % 3 {
            let attempt = fixtures::attempt(&world, &delivery);
            done!(world, |work| work.webhooks().insert_attempt(&attempt));
            attempts.push(attempt);
        }
        views.push(DeliveryView { delivery, attempts });
    }
    every_page_is_right(
        &views,
        |view| view.delivery.id,
        async |page| world.queries().webhook_deliveries(world.home, endpoint.id, page).await.expect("a page"),
    )
    .await;
}

async fn a_delivery_is_found_with_its_attempts_at_its_endpoint(world: World) {
    let (endpoint, other) = (world.given_endpoint().await, world.given_endpoint().await);
    let delivery = world.given_delivery(&endpoint).await;
    let attempts = vec![fixtures::attempt(&world, &delivery), fixtures::attempt(&world, &delivery)];
    for attempt in &attempts {
        done!(world, |work| work.webhooks().insert_attempt(attempt));
    }
    let find = async |environment, endpoint, id| {
        world.queries().delivery_view(environment, endpoint, id).await.expect("a look-up")
    };
    assert_eq!(find(world.abroad, endpoint.id, delivery.id).await, None);
    assert_eq!(find(world.home, other.id, delivery.id).await, None);
    assert_eq!(find(world.home, endpoint.id, world.id()).await, None);
    let found = find(world.home, endpoint.id, delivery.id).await;
    assert_eq!(found, Some(DeliveryView { delivery, attempts }));
}

async fn deliveries_are_found_by_their_events(world: World) {
    let (one, other) = (world.given_endpoint().await, world.given_endpoint().await);
    let first = world.given_delivery(&one).await;
    let also = WebhookDelivery { id: world.id(), endpoint_id: other.id, ..first.clone() };
    done!(world, |work| work.webhooks().insert_delivery(&also));
    let second = world.given_delivery(&one).await;
    world.given_delivery(&one).await;
    let find = async |environment, events: &[_]| {
        let mut found = world.queries().deliveries_of(environment, events).await.expect("a list");
        found.sort_by_key(|delivery| delivery.id);
        found
    };
    let mut wanted = vec![first.clone(), also, second.clone()];
    wanted.sort_by_key(|delivery| delivery.id);
    assert_eq!(find(world.home, &[first.event_id, second.event_id, world.id()]).await, wanted);
    assert_eq!(find(world.abroad, &[first.event_id]).await, Vec::new());
    assert_eq!(find(world.home, &[]).await, Vec::new());
}

async fn deliveries_given_up_since_a_time_are_found_oldest_first(world: World) {
    let (endpoint, other) = (world.given_endpoint().await, world.given_endpoint().await);
    let given_up = DeliveryState::GivenUp { at: later(9) };
    let mut ids = Vec::new();
    for (endpoint, state, at) in [
        (&endpoint, given_up, later(1)),
        (&endpoint, given_up, later(2)),
        (&endpoint, DeliveryState::Pending, later(2)),
        (&endpoint, DeliveryState::Delivered { at: later(9) }, later(2)),
        (&other, given_up, later(2)),
        (&endpoint, given_up, later(3)),
    ] {
        let delivery = WebhookDelivery {
            id: world.id(),
            event_id: world.id(),
            endpoint_id: endpoint.id,
            environment_id: world.home,
            state,
            tries: 6,
            created_at: at,
        };
        done!(world, |work| work.webhooks().insert_delivery(&delivery));
        ids.push(delivery.id);
    }
    let find = async |environment, since, most| {
        let queries = world.queries();
        queries.given_up_deliveries(environment, endpoint.id, since, most).await.expect("a list")
    };
    assert_eq!(find(world.home, later(2), 9).await, [ids[1], ids[5]]);
    assert_eq!(find(world.home, later(1), 2).await, [ids[0], ids[1]]);
    assert_eq!(find(world.abroad, later(1), 9).await, []);
}
