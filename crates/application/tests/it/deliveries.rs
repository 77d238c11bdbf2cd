//! From an event to a receiver's answer, over a real connection.

use std::sync::Arc;

use async_trait::async_trait;
use ring::hmac;
use time::Duration;
use vestibule_application::chronicle::{self, Scene};
use vestibule_application::ports::mail::{MailError, Mailer};
use vestibule_application::ports::store::{
    DeliveryView, Jobs, Queries, Store, StoreError, StoreResult, UnitOfWork,
};
use vestibule_application::usecase::{self, UseCase};
use vestibule_application::usecases::replay_deliveries::{
    ReplayDeliveries, ReplayDeliveriesCommand, ReplayDeliveriesError,
};
use vestibule_application::usecases::replay_delivery::{
    ReplayDelivery, ReplayDeliveryCommand, ReplayDeliveryError,
};
use vestibule_application::usecases::test_webhook_endpoint::{
    TestWebhookEndpoint, TestWebhookEndpointCommand, TestWebhookEndpointError,
};
use vestibule_application::usecases::update_webhook_endpoint::UpdateWebhookEndpointCommand;
use vestibule_application::worker::Worker;
use vestibule_domain::Instant;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::event::{Fact, OrganizationSnapshot};
use vestibule_domain::job::{JOB_LEASE, Job, JobEnd};
use vestibule_domain::message::OutgoingMessage;
use vestibule_domain::webhook::{
    AttemptAnswer, DeliveryState, EndpointState, PayloadStyle, REPLAYS_MAX, RetrySchedule, WebhookDelivery,
    WebhookEndpoint,
};
use vestibule_outbound::{AllowList, GuardedClient, SystemDns};
use vestibule_saml::SamlAdapter;
use vestibule_wire::webhook::SignedJson;

use crate::receiver::{Reaction, Received, Receiver};
use crate::webhook_endpoints::{create, secret, update, updated};
use crate::world::{START, World, everything};

/// No message is sent here.
struct NoMailer;

#[async_trait]
impl Mailer for NoMailer {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), MailError> {
        panic!("nobody asked for {message:?}");
    }
}

/// A store that forgets how jobs ended: what a crash right after the work leaves behind.
pub(crate) struct Forgetful(pub(crate) Arc<dyn Store>);

#[async_trait]
impl Store for Forgetful {
    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        self.0.begin().await
    }
    fn queries(&self) -> &dyn Queries {
        self.0.queries()
    }
    fn jobs(&self) -> &dyn Jobs {
        self
    }
}

#[async_trait]
impl Jobs for Forgetful {
    async fn claim(&self, most: u16, now: Instant) -> StoreResult<Vec<Job>> {
        self.0.jobs().claim(most, now).await
    }
    async fn end(&self, _: &Job, _: &JobEnd) -> StoreResult<()> {
        Ok(())
    }
    async fn next_due(&self) -> StoreResult<Option<Instant>> {
        self.0.jobs().next_due().await
    }
    async fn sweep(&self, now: Instant) -> StoreResult<()> {
        self.0.jobs().sweep(now).await
    }
    async fn tally(&self, now: Instant) -> StoreResult<()> {
        self.0.jobs().tally(now).await
    }
}

fn worker(world: &World, receiver: &Receiver) -> Worker {
    let allow = AllowList::parse(&receiver.address.to_string()).unwrap();
    Worker {
        store: world.store.clone(),
        ambient: world.ambient.clone(),
        outbound: Arc::new(GuardedClient::builder().allow(allow).build().unwrap()),
        dns: Arc::new(SystemDns::new().unwrap()),
        saml: Arc::new(SamlAdapter::new()),
        mailer: Arc::new(NoMailer),
        format: Arc::new(SignedJson),
        schedule: RetrySchedule::default(),
    }
}

/// Runs everything that is due, and what becomes due by it.
async fn work(worker: &Worker) {
    loop {
        let jobs = worker.claim().await.unwrap();
        if jobs.is_empty() {
            return;
        }
        for job in jobs {
            worker.run(&job).await.unwrap();
        }
    }
}

/// Tells the vendor of something.
struct Tell<'a>(&'a World);

#[async_trait]
impl UseCase for Tell<'_> {
    type Command = ();
    type Outcome = ();
    type Error = StoreError;

    async fn perform(&self, work: &mut dyn UnitOfWork, (): ()) -> Result<(), StoreError> {
        let world = self.0;
        let scene = Scene {
            environment_id: world.environment_id(),
            actor: world.caller.actor.clone(),
            now: world.ambient.now(),
        };
        let organization = world.organization.clone();
        let fact = Fact::OrganizationUpdated(OrganizationSnapshot { organization, domains: Vec::new() });
        chronicle::announce(work, &world.ambient, &scene, world.organization.id, fact).await
    }
}

async fn tell(world: &World) {
    usecase::run(&*world.store, &Tell(world), ()).await.unwrap();
}

async fn endpoint(world: &World, receiver: &Receiver, style: PayloadStyle) -> WebhookEndpoint {
    create(world, &receiver.url(), &["organization.updated"], style).await.unwrap()
}

async fn deliveries(world: &World, endpoint: &WebhookEndpoint) -> Vec<DeliveryView> {
    let queries = world.store.queries();
    queries.webhook_deliveries(world.environment_id(), endpoint.id, everything()).await.unwrap().items
}

async fn delivery(world: &World, endpoint: &WebhookEndpoint) -> DeliveryView {
    let mut all = deliveries(world, endpoint).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

async fn replay(world: &World, delivery: &WebhookDelivery) -> Result<WebhookDelivery, ReplayDeliveryError> {
    let command = ReplayDeliveryCommand {
        caller: world.caller.clone(),
        endpoint_id: delivery.endpoint_id,
        delivery_id: delivery.id,
    };
    world.run(ReplayDelivery { ambient: world.ambient.clone() }, command).await
}

fn id(received: &Received) -> String {
    let body: serde_json::Value = serde_json::from_slice(&received.body).unwrap();
    body["id"].as_str().unwrap().to_owned()
}

/// Checks a signature as its receiver would, and answers with its timestamp.
fn proven(received: &Received, header: &str, separator: &str, secret: &str) -> i128 {
    let value = &received.headers[header];
    let (timestamp, signature) = value.split_once(separator).unwrap();
    let timestamp = timestamp.strip_prefix("t=").unwrap();
    let hex = signature.strip_prefix("v1=").unwrap();
    let tag: Vec<u8> =
        (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signed = [timestamp.as_bytes(), b".", &received.body].concat();
    hmac::verify(&key, &signed, &tag).unwrap();
    timestamp.parse().unwrap()
}

#[tokio::test]
async fn an_event_reaches_its_receiver_signed() {
    let world = World::new().await;
    let receiver = Receiver::listen().await;
    let endpoint = endpoint(&world, &receiver, PayloadStyle::WorkOs).await;
    tell(&world).await;
    work(&worker(&world, &receiver)).await;

    let requests = receiver.requests();
    let [one] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(one.headers["content-type"], "application/json");
    let at = proven(one, "workos-signature", ", ", &secret(&world, &endpoint));
    assert_eq!(at, START.unix_timestamp_nanos() / 1_000_000);
    assert!(!one.headers.contains_key("authio-signature"));
    let body: serde_json::Value = serde_json::from_slice(&one.body).unwrap();
    assert_eq!((&body["object"], &body["event"]), (&"event".into(), &"organization.updated".into()));
    assert_eq!(body["id"], world.events().await[0].id.to_string());

    let view = delivery(&world, &endpoint).await;
    assert_eq!((view.delivery.state, view.delivery.tries), (DeliveryState::Delivered { at: START }, 1));
    let answer = AttemptAnswer::Status { status: 200, body: "hello".into() };
    assert_eq!(view.attempts.iter().map(|attempt| &attempt.answer).collect::<Vec<_>>(), [&answer]);
    assert_eq!(world.store.jobs().next_due().await.unwrap(), None);
}

#[tokio::test]
async fn the_flat_style_has_its_own_body_and_signature() {
    let world = World::new().await;
    let receiver = Receiver::listen().await;
    let endpoint = endpoint(&world, &receiver, PayloadStyle::Authio).await;
    tell(&world).await;
    work(&worker(&world, &receiver)).await;

    let requests = receiver.requests();
    let [one] = requests.as_slice() else { panic!("{requests:?}") };
    let at = proven(one, "authio-signature", ",", &secret(&world, &endpoint));
    assert_eq!(at, START.unix_timestamp().into());
    assert!(!one.headers.contains_key("workos-signature"));
    let body: serde_json::Value = serde_json::from_slice(&one.body).unwrap();
    assert_eq!(body["action"], "organization.updated");
    assert_eq!(body["project_id"], world.environment_id().to_string());
}

#[tokio::test]
async fn six_tries_with_growing_waits_and_then_no_more() {
    let world = World::new().await;
    let receiver = Receiver::listen().await;
    let endpoint = endpoint(&world, &receiver, PayloadStyle::WorkOs).await;
    let schedule = RetrySchedule::default();
    receiver.will(&[Reaction::Answer(500), Reaction::Answer(302), Reaction::Answer(404)]);
    receiver.will(&[Reaction::Answer(410), Reaction::Answer(503), Reaction::Answer(400)]);
    tell(&world).await;
    let worker = worker(&world, &receiver);
    let mut waits = Vec::new();
    for tries in 1..=6 {
        work(&worker).await;
        assert_eq!(receiver.requests().len(), usize::from(tries));
        let Some(due) = world.store.jobs().next_due().await.unwrap() else { break };
        let wait = due - world.ambient.now();
        let planned = schedule.wait_after(tries, 0).unwrap()..=schedule.wait_after(tries, 255).unwrap();
        assert!(planned.contains(&wait), "{wait} after {tries} tries");
        waits.push(wait);

        world.clock.forward(wait - Duration::seconds(1));
        work(&worker).await;
        assert_eq!(receiver.requests().len(), usize::from(tries), "not a second early");
        world.clock.forward(Duration::seconds(1));
    }
    assert_eq!(waits.len(), 5);
    assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");

    let view = delivery(&world, &endpoint).await;
    assert_eq!(view.delivery.state, DeliveryState::GivenUp { at: world.ambient.now() });
    let statuses: Vec<_> = view
        .attempts
        .iter()
        .map(|attempt| match &attempt.answer {
            AttemptAnswer::Status { status, .. } => *status,
            AttemptAnswer::Failed { .. } => 0,
        })
        .collect();
    assert_eq!(statuses, [500, 302, 404, 410, 503, 400]);
    let ids: Vec<_> = receiver.requests().iter().map(id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "one event, told six times");
}

#[tokio::test]
async fn a_delivery_that_was_given_up_can_be_replayed() {
    let world = World::new().await;
    let receiver = Receiver::listen().await;
    let endpoint = endpoint(&world, &receiver, PayloadStyle::WorkOs).await;
    receiver.will(&[Reaction::Answer(500); 6]);
    tell(&world).await;
    let worker = worker(&world, &receiver);
    work(&worker).await;
    let pending = delivery(&world, &endpoint).await.delivery;
    let early = replay(&world, &pending).await;
    assert!(matches!(early, Err(ReplayDeliveryError::Pending)), "{early:?}");
    while let Some(due) = world.store.jobs().next_due().await.unwrap() {
        world.clock.forward(due - world.ambient.now());
        work(&worker).await;
    }
    assert_eq!(receiver.requests().len(), 6);

    receiver.will(&[Reaction::Answer(500)]);
    let again = replay(&world, &pending).await.unwrap();
    assert_eq!((again.state, again.tries), (DeliveryState::Pending, 0));
    assert_eq!(world.audited(AuditAction::WebhookDeliveryReplayed).await.len(), 1);
    work(&worker).await;
    let due = world.store.jobs().next_due().await.unwrap().unwrap();
    assert!(due - world.ambient.now() < Duration::minutes(6), "its tries begin anew");
    world.clock.forward(due - world.ambient.now());
    work(&worker).await;
    let view = delivery(&world, &endpoint).await;
    assert_eq!(view.delivery.state, DeliveryState::Delivered { at: world.ambient.now() });
    assert_eq!(view.attempts.len(), 8);
    assert_eq!(id(&receiver.requests()[7]), id(&receiver.requests()[0]));
}

#[tokio::test]
async fn foreign_deliveries_cannot_be_replayed() {
    let world = World::new().await;
    let receiver = Receiver::listen().await;
    let endpoint = endpoint(&world, &receiver, PayloadStyle::WorkOs).await;
    tell(&world).await;
    work(&worker(&world, &receiver)).await;
    let delivery = delivery(&world, &endpoint).await.delivery;
    let elsewhere = WebhookDelivery { endpoint_id: world.ambient.id(START), ..delivery.clone() };
    let refused = replay(&world, &elsewhere).await;
    assert!(matches!(refused, Err(ReplayDeliveryError::Unknown)), "{refused:?}");
    let command = ReplayDeliveryCommand {
        caller: world.stranger(),
        endpoint_id: delivery.endpoint_id,
        delivery_id: delivery.id,
    };
    let refused = world.run(ReplayDelivery { ambient: world.ambient.clone() }, command).await;
    assert!(matches!(refused, Err(ReplayDeliveryError::Unknown)), "{refused:?}");
}

#[tokio::test]
async fn an_unreachable_receiver_is_tried_again() {
    let world = World::new().await;
    let receiver = Receiver::listen().await;
    let endpoint =
        create(&world, "http://127.0.0.1:9/hooks", &["organization.updated"], PayloadStyle::WorkOs).await;
    let endpoint = endpoint.unwrap();
    tell(&world).await;
    work(&worker(&world, &receiver)).await;
    let view = delivery(&world, &endpoint).await;
    assert_eq!((view.delivery.state, view.delivery.tries), (DeliveryState::Pending, 1));
    // The guard speaks before any connection is made: the address is not on its list.
    let [attempt] = view.attempts.as_slice() else { panic!("{view:?}") };
    assert!(matches!(&attempt.answer, AttemptAnswer::Failed { .. }), "{attempt:?}");
    assert!(receiver.requests().is_empty());
}

#[tokio::test]
async fn a_disabled_endpoint_gets_nothing_more() {
    let world = World::new().await;
    let receiver = Receiver::listen().await;
    let endpoint = endpoint(&world, &receiver, PayloadStyle::WorkOs).await;
    receiver.will(&[Reaction::Answer(500)]);
    tell(&world).await;
    let worker = worker(&world, &receiver);
    work(&worker).await;
    let state = |state| UpdateWebhookEndpointCommand { state: Some(state), ..update(&world, &endpoint) };
    updated(&world, state(EndpointState::Disabled)).await.unwrap();

    // What was under way ends, what comes is not even begun, and none of it comes later.
    tell(&world).await;
    world.clock.forward(Duration::hours(1));
    work(&worker).await;
    let view = delivery(&world, &endpoint).await;
    assert!(matches!(view.delivery.state, DeliveryState::GivenUp { .. }), "{view:?}");
    updated(&world, state(EndpointState::Enabled)).await.unwrap();
    work(&worker).await;
    assert_eq!(receiver.requests().len(), 1);

    world.clock.forward(Duration::seconds(1));
    tell(&world).await;
    work(&worker).await;
    assert_eq!(receiver.requests().len(), 2);
}

#[tokio::test]
async fn an_endpoint_gets_what_it_asked_for_from_then_on() {
    let world = World::new().await;
    let wants = Receiver::listen().await;
    let other = Receiver::listen().await;
    let late = Receiver::listen().await;
    let events = ["organization.updated", "dsync.activated"];
    create(&world, &wants.url(), &events, PayloadStyle::WorkOs).await.unwrap();
    create(&world, &other.url(), &["connection.activated"], PayloadStyle::WorkOs).await.unwrap();
    tell(&world).await;
    world.clock.forward(Duration::seconds(1));
    endpoint(&world, &late, PayloadStyle::WorkOs).await;
    work(&worker(&world, &wants)).await;
    assert_eq!((wants.requests().len(), other.requests().len(), late.requests().len()), (1, 0, 0));
}

#[tokio::test]
async fn a_deleted_endpoint_takes_its_deliveries_along() {
    use vestibule_application::usecases::delete_webhook_endpoint::{
        DeleteWebhookEndpoint, DeleteWebhookEndpointCommand,
    };
    let world = World::new().await;
    let receiver = Receiver::listen().await;
    let endpoint = endpoint(&world, &receiver, PayloadStyle::WorkOs).await;
    receiver.will(&[Reaction::Answer(500)]);
    tell(&world).await;
    let worker = worker(&world, &receiver);
    work(&worker).await;
    let command = DeleteWebhookEndpointCommand { caller: world.caller.clone(), endpoint_id: endpoint.id };
    world.run(DeleteWebhookEndpoint { ambient: world.ambient.clone() }, command).await.unwrap();
    world.clock.forward(Duration::hours(1));
    work(&worker).await;
    assert_eq!(receiver.requests().len(), 1);
    assert_eq!(world.store.jobs().next_due().await.unwrap(), None);
}

#[tokio::test]
async fn a_crash_before_the_attempt_is_noted_repeats_that_job_and_no_other() {
    let world = World::new().await;
    let first = Receiver::listen().await;
    let second = Receiver::listen().await;
    let one = endpoint(&world, &first, PayloadStyle::WorkOs).await;
    let two = endpoint(&world, &second, PayloadStyle::WorkOs).await;
    first.will(&[Reaction::Hold]);
    tell(&world).await;

    let allow = AllowList::parse(&format!("{} {}", first.address, second.address)).unwrap();
    let outbound = Arc::new(GuardedClient::builder().allow(allow).build().unwrap());
    let worker = Arc::new(Worker { outbound, ..worker(&world, &first) });
    let dispatch = worker.claim().await.unwrap();
    for job in dispatch {
        worker.run(&job).await.unwrap();
    }
    let runs: Vec<_> = worker
        .claim()
        .await
        .unwrap()
        .into_iter()
        .map(|job| {
            let worker = Arc::clone(&worker);
            tokio::spawn(async move { worker.run(&job).await.unwrap() })
        })
        .collect();
    assert_eq!(runs.len(), 2);
    first.arrival().await;
    second.arrival().await;
    // The process dies while the first receiver has the event and we have no answer; the second
    // receiver's answer is noted.
    while !matches!(delivery(&world, &two).await.delivery.state, DeliveryState::Delivered { .. }) {
        tokio::task::yield_now().await;
    }
    for run in &runs {
        run.abort();
    }
    for run in runs {
        let _ = run.await;
    }

    work(&worker).await;
    assert_eq!((first.requests().len(), second.requests().len()), (1, 1), "the lease holds");
    world.clock.forward(JOB_LEASE);
    work(&worker).await;
    assert_eq!((first.requests().len(), second.requests().len()), (2, 1));
    assert_eq!(id(&first.requests()[0]), id(&first.requests()[1]), "told apart by its id");
    let view = delivery(&world, &one).await;
    assert_eq!(view.delivery.state, DeliveryState::Delivered { at: world.ambient.now() });
}

#[tokio::test]
async fn a_crash_after_the_attempt_is_noted_sends_nothing_again() {
    let world = World::new().await;
    let receiver = Receiver::listen().await;
    let endpoint = endpoint(&world, &receiver, PayloadStyle::WorkOs).await;
    tell(&world).await;
    let worker = worker(&world, &receiver);
    let forgetful = Worker { store: Arc::new(Forgetful(world.store.clone())), ..worker };
    // The dispatch and then the delivery run to their ends, and neither end is written down.
    work(&forgetful).await;
    assert_eq!(receiver.requests().len(), 1);
    for _ in 0..3 {
        world.clock.forward(JOB_LEASE);
        work(&forgetful).await;
    }
    assert_eq!(receiver.requests().len(), 1);
    assert_eq!(deliveries(&world, &endpoint).await.len(), 1);
    assert_eq!(delivery(&world, &endpoint).await.attempts.len(), 1);
}

async fn test(
    world: &World,
    endpoint: &WebhookEndpoint,
) -> Result<WebhookDelivery, TestWebhookEndpointError> {
    let command = TestWebhookEndpointCommand { caller: world.caller.clone(), endpoint_id: endpoint.id };
    world.run(TestWebhookEndpoint { ambient: world.ambient.clone() }, command).await
}

#[tokio::test]
async fn a_test_reaches_the_endpoint_alone_signed_as_everything() {
    let world = World::new().await;
    let receiver = Receiver::listen().await;
    let endpoint = endpoint(&world, &receiver, PayloadStyle::WorkOs).await;
    let other = create(&world, &format!("{}other", receiver.url()), &[], PayloadStyle::Authio).await.unwrap();
    test(&world, &endpoint).await.unwrap();
    work(&worker(&world, &receiver)).await;
    let requests = receiver.requests();
    let [one] = requests.as_slice() else { panic!("{requests:?}") };
    proven(one, "workos-signature", ", ", &secret(&world, &endpoint));
    let body: serde_json::Value = serde_json::from_slice(&one.body).unwrap();
    assert_eq!((&body["event"], &body["data"]["test"]), (&"webhook_endpoint.tested".into(), &true.into()));
    assert_eq!(deliveries(&world, &other).await, []);
    let off =
        UpdateWebhookEndpointCommand { state: Some(EndpointState::Disabled), ..update(&world, &endpoint) };
    updated(&world, off).await.unwrap();
    let refused = test(&world, &endpoint).await;
    assert!(matches!(refused, Err(TestWebhookEndpointError::Disabled)), "{refused:?}");
}

#[tokio::test]
async fn an_attempt_says_when_it_was_sent() {
    let world = World::new().await;
    let receiver = Receiver::listen().await;
    let endpoint = endpoint(&world, &receiver, PayloadStyle::WorkOs).await;
    tell(&world).await;
    work(&worker(&world, &receiver)).await;
    assert_eq!(delivery(&world, &endpoint).await.attempts[0].at, START);
}

#[tokio::test]
async fn many_are_started_again_at_once_but_not_too_many() {
    let world = World::new().await;
    let receiver = Receiver::listen().await;
    let endpoint = endpoint(&world, &receiver, PayloadStyle::WorkOs).await;
    tell(&world).await;
    work(&worker(&world, &receiver)).await;
    let delivered = delivery(&world, &endpoint).await.delivery;
    let many = async |delivery_ids| {
        let command =
            ReplayDeliveriesCommand { caller: world.caller.clone(), endpoint_id: endpoint.id, delivery_ids };
        world.run(ReplayDeliveries { ambient: world.ambient.clone() }, command).await
    };
    // What was delivered is not what was given up.
    assert_eq!(many(vec![delivered.id; usize::from(REPLAYS_MAX)]).await.unwrap(), 0);
    let refused = many(vec![delivered.id; usize::from(REPLAYS_MAX) + 1]).await;
    assert!(matches!(refused, Err(ReplayDeliveriesError::TooMany)), "{refused:?}");
    let given_up = WebhookDelivery { state: DeliveryState::GivenUp { at: START }, ..delivered.clone() };
    let mut work = world.store.begin().await.unwrap();
    work.webhooks().update_delivery(&given_up).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(many(vec![delivered.id]).await.unwrap(), 1);
    assert_eq!(delivery(&world, &endpoint).await.delivery.state, DeliveryState::Pending);
}
