//! Two processes on PostgreSQL behind PgBouncer in transaction mode.

use serde_json::json;
use tokio::task::JoinSet;
use vestibule_test_servers::{PgBouncer, Postgres};
use vestibule_tests::receiver::{self, Receiver};
use vestibule_tests::visitor::{Brought, Visitor};
use vestibule_tests::{Api, Server, ServerBuilder, data};

/// Few enough that processes and requests have to share them.
const SERVER_CONNECTIONS: u16 = 5;

/// Requests at once, more than PgBouncer has server connections.
const REQUESTS: usize = 40;

/// The main job: mint, open, paste, save, hear of it, and not a second time.
async fn main_job(first: &Api, second: &Api, receiver: &Receiver, secret: &str) {
    let organization = first.organization("Customer behind PgBouncer").await;
    let (_, link) = second.token(&organization, json!({})).await;
    let xml = String::from_utf8_lossy(data::OKTA).into_owned();
    let visitor = Visitor::new();
    let review = visitor.review(&link, "okta-saml", &[Brought::Text("idp_metadata_xml", xml)]).await;
    let done = visitor.press(&review, "save-connection").await;
    assert_eq!(done.find("connection-state").attribute("data-state"), Some("active"));
    let about_it = |request: &vestibule_tests::http::Request| {
        let body = receiver::body(request);
        body["event"] == "connection.activated" && body["data"]["organization_id"] == organization.as_str()
    };
    let told = receiver.wait_for("connection.activated", about_it).await;
    receiver::verify_workos(&told, secret).unwrap();
    assert_eq!(Visitor::new().open(&link).await.answer.status, 410);
    for api in [first, second] {
        assert_eq!(api.connections(&organization).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_works_behind_pgbouncer_in_transaction_mode() {
    let postgres = Postgres::start().unwrap();
    postgres.create_database("vestibule").unwrap();
    let bouncer = PgBouncer::start(&postgres, SERVER_CONNECTIONS).unwrap();
    let receiver = Receiver::start().await;
    let builder =
        ServerBuilder::new("pgbouncer").postgres(&bouncer.url("vestibule")).allow(&[receiver.authority()]);
    let (first_server, first) = Server::with_team(&builder).await;
    let second_server = builder.another().start().await;
    let second = second_server.api(first.key());
    let secret = receiver.subscribe(&first, &["connection.activated"]).await;

    // Everybody shares the few server connections, so that what one left behind another finds.
    let mut requests = JoinSet::new();
    for number in 0..REQUESTS {
        let api = if number % 2 == 0 { first.clone() } else { second.clone() };
        requests.spawn(async move {
            let id = api.organization(&format!("Crowd {number}")).await;
            assert_eq!(api.get(&format!("/organizations/{id}")).await.status, 200);
            assert_eq!(api.get("/organizations?limit=5").await.status, 200);
        });
    }
    requests.join_all().await;
    for _ in 0..3 {
        main_job(&first, &second, &receiver, &secret).await;
    }
    first_server.assert_healthy().await;
    second_server.assert_healthy().await;
}
