//! Power cuts and orderly ends in the middle of load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;
use vestibule_test_servers::Postgres;
use vestibule_tests::receiver::{self, Receiver};
use vestibule_tests::visitor::Visitor;
use vestibule_tests::{Api, Server, ServerBuilder, wait};

/// Clients that create at once.
const CLIENTS: usize = 8;

/// How many times the process is killed in one test.
const KILLS: usize = 3;

/// How many creations are acknowledged before each end.
const ACKNOWLEDGED_MIN: usize = 60;

/// How long that may take on a busy machine.
const LOAD_LIMIT: Duration = Duration::from_mins(1);

/// How long deliveries may take after a restart: leases of the dead process run out first.
const DELIVERY_LIMIT: Duration = Duration::from_mins(2);

/// What the service said it had done.
#[derive(Debug, Default)]
struct Acknowledged {
    organizations: Vec<String>,
    links: Vec<String>,
}

/// Clients that create organizations and mint tokens until nobody answers or they are told to stop.
struct Load {
    stop: Arc<AtomicBool>,
    count: Arc<std::sync::atomic::AtomicUsize>,
    clients: JoinSet<Acknowledged>,
}

impl Load {
    fn start(api: &Api) -> Self {
        let mut load = Self { stop: Arc::default(), count: Arc::default(), clients: JoinSet::new() };
        for client in 0..CLIENTS {
            let (api, stop, count) = (api.clone(), Arc::clone(&load.stop), Arc::clone(&load.count));
            load.clients.spawn(async move {
                let mut done = Acknowledged::default();
                for number in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let body = json!({ "name": format!("Load {client}-{number}") });
                    let Some(organization) = post(&api, "/organizations", &body, "id").await else { break };
                    done.organizations.push(organization.clone());
                    count.fetch_add(1, Ordering::Relaxed);
                    let body = json!({ "organization_id": organization });
                    let Some(link) = post(&api, "/v1/sso/admin-portal/tokens", &body, "url").await else {
                        break;
                    };
                    done.links.push(link);
                }
                done
            });
        }
        load
    }

    async fn reach(&self, wanted: usize) {
        let look = || async { (self.count.load(Ordering::Relaxed) >= wanted).then_some(()) };
        wait::until("the load", LOAD_LIMIT, look).await;
    }

    async fn finish(self) -> Acknowledged {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Acknowledged::default();
        for done in self.clients.join_all().await {
            all.organizations.extend(done.organizations);
            all.links.extend(done.links);
        }
        all
    }
}

/// A member of the answer, if it was acknowledged. Any other answer than success is a failure of
/// the service; no answer at all is what a dying process gives.
async fn post(api: &Api, path: &str, body: &serde_json::Value, member: &str) -> Option<String> {
    let headers = [("Content-Type", "application/json")];
    let answer =
        api.try_send(Method::POST, path, &headers, Some(body.to_string().into_bytes())).await.ok()?;
    Some(answer.expect(201)[member].as_str().unwrap().to_owned())
}

async fn assert_kept(api: &Api, done: &Acknowledged) {
    for id in &done.organizations {
        let answer = api.get(&format!("/organizations/{id}")).await;
        assert_eq!(answer.status, 200, "{id} was acknowledged and is gone");
    }
    for link in &done.links {
        let page = Visitor::new().open(link).await;
        assert_eq!(page.answer.status, 200, "a link was acknowledged and is gone");
        page.find("portal-landing");
    }
}

/// Every creation that was acknowledged is told of, and `GET /events` knows it too.
async fn assert_told(receiver: &Receiver, api: &Api, secret: &str, done: &Acknowledged) {
    let missing = || {
        let told = receiver.subjects("organization.created");
        done.organizations.iter().filter(|id| !told.contains(*id)).count()
    };
    let what = "a delivery for every organization";
    wait::until(what, DELIVERY_LIMIT, || async { (missing() == 0).then_some(()) }).await;
    for request in receiver.requests() {
        receiver::verify_workos(&request, secret).unwrap();
    }
    let mut listed = std::collections::HashSet::new();
    let mut after = String::new();
    loop {
        let path = format!("/events?events=organization.created&limit=100{after}");
        let page = api.get(&path).await.expect(200);
        let events = page["data"].as_array().unwrap();
        listed.extend(events.iter().map(|event| event["data"]["id"].as_str().unwrap().to_owned()));
        let Some(last) = page["list_metadata"]["after"].as_str() else { break };
        after = format!("&after={last}");
    }
    assert!(done.organizations.iter().all(|id| listed.contains(id)), "an event is missing in the list");
}

async fn nothing_is_lost(builder: ServerBuilder) {
    let receiver = Receiver::start().await;
    let builder = builder.allow(&[receiver.authority()]);
    let (mut server, api) = Server::with_team(&builder).await;
    let secret = receiver.subscribe(&api, &["organization.created"]).await;
    let mut all = Acknowledged::default();
    for _ in 0..KILLS {
        let load = Load::start(&api);
        load.reach(ACKNOWLEDGED_MIN).await;
        server.kill();
        let done = load.finish().await;
        assert!(done.organizations.len() >= ACKNOWLEDGED_MIN);
        all.organizations.extend(done.organizations);
        all.links.extend(done.links);
        server = builder.start().await;
    }
    assert_kept(&api, &all).await;
    assert_told(&receiver, &api, &secret, &all).await;
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed_on_sqlite() {
    nothing_is_lost(ServerBuilder::new("kill-sqlite")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed_on_postgres() {
    let postgres = Postgres::start().unwrap();
    nothing_is_lost(
        ServerBuilder::new("kill-postgres").postgres(&postgres.create_database("vestibule").unwrap()),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminated_process_finishes_what_it_began_and_ends_with_code_0() {
    let receiver = Receiver::start().await;
    let builder = ServerBuilder::new("terminate").allow(&[receiver.authority()]);
    let (mut server, api) = Server::with_team(&builder).await;
    let secret = receiver.subscribe(&api, &["organization.created"]).await;
    let load = Load::start(&api);
    load.reach(ACKNOWLEDGED_MIN).await;
    server.terminate();
    assert_eq!(server.ended().await.code(), Some(0), "{:#?}", server.log());
    let done = load.finish().await;
    let server = builder.start().await;
    assert_kept(&api, &done).await;
    assert_told(&receiver, &api, &secret, &done).await;
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_process_ends_with_code_0_on_either_signal() {
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start("signal").await;
        let id = server.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert_eq!(server.ended().await.code(), Some(0), "{signal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_is_tried_again_until_it_takes_the_event() {
    let receiver = Receiver::answering(|request| if request < 2 { 500 } else { 204 }).await;
    let builder = ServerBuilder::new("retry")
        .allow(&[receiver.authority()])
        .set("VESTIBULE_WEBHOOK_RETRY_SECONDS", "1,1,1,1,1");
    let (server, api) = Server::with_team(&builder).await;
    let secret = receiver.subscribe(&api, &["organization.created"]).await;
    let organization = api.organization("Told at the third try").await;
    wait::until("three tries", LOAD_LIMIT, || async { (receiver.requests().len() >= 3).then_some(()) }).await;
    let bodies: std::collections::HashSet<Vec<u8>> =
        receiver.requests().into_iter().map(|r| r.body).collect();
    assert_eq!(bodies.len(), 1, "every try sends the same bytes");
    for request in receiver.requests() {
        receiver::verify_workos(&request, &secret).unwrap();
        assert_eq!(receiver::body(&request)["data"]["id"], organization.as_str());
    }
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_of_the_other_style_gets_the_other_signature() {
    let receiver = Receiver::start().await;
    let (server, api) = Server::with_team(&ServerBuilder::new("style").allow(&[receiver.authority()])).await;
    let body = json!({ "events": ["organization.created"], "payload_style": "authio" });
    let secret = receiver.subscribe_with(&api, body).await;
    let organization = api.organization("Told in the other style").await;
    let is_about_it = |request: &vestibule_tests::http::Request| {
        receiver::body(request).to_string().contains(&organization)
    };
    let request = receiver.wait_for("a delivery", is_about_it).await;
    receiver::verify_authio(&request, &secret).unwrap();
    server.assert_healthy().await;
}
