//! Databases that stop, come back, or are full.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use vestibule_test_servers::Postgres;
use vestibule_tests::{Answer, Api, Server, ServerBuilder, wait};

/// How soon the service must be back once its database is.
const RECOVERY_LIMIT: Duration = Duration::from_secs(30);

/// Blocks of 512 bytes that no file may outgrow, above what the empty database takes: 4 MiB.
const FILE_BLOCKS_MAX: u64 = 8_192;

/// More organizations than fit.
const ORGANIZATIONS_MAX: usize = 20_000;

fn assert_unavailable(what: &str, answer: &Answer) {
    assert_eq!(answer.status, 503, "{what}: {}", answer.text());
    let seconds: u64 = answer.header("retry-after").parse().unwrap_or_default();
    assert!((1..=60).contains(&seconds), "{what}: Retry-After is `{}`", answer.header("retry-after"));
}

async fn page(api: &Api, link: &str) -> Answer {
    api.send(Method::GET, link, &[("Accept", "text/html")], None).await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_postgres_is_away_answers_say_so_and_afterwards_all_is_well() {
    let postgres = Postgres::start().unwrap();
    let (server, api) = Server::with_team(
        &ServerBuilder::new("away").postgres(&postgres.create_database("vestibule").unwrap()),
    )
    .await;
    let organization = api.organization("Patient").await;
    let (_, link) = api.token(&organization, json!({})).await;
    let anonymous = server.anonymous();
    assert_eq!(page(&anonymous, &link).await.status, 200);

    for round in 0..2 {
        postgres.stop().unwrap();
        for (what, answer) in [
            ("a read", api.get(&format!("/organizations/{organization}")).await),
            ("a list", api.get("/organizations").await),
            ("a write", api.post("/organizations", &json!({ "name": "Impatient" })).await),
            ("the other API", api.get("/v1/organizations").await),
        ] {
            assert_unavailable(what, &answer);
            assert!(answer.header("content-type").starts_with("application/json"), "{what}");
            assert!(answer.json()["message"].is_string(), "{what}: {}", answer.text());
        }
        let shown = page(&anonymous, &link).await;
        assert_unavailable("the portal", &shown);
        assert!(shown.header("content-type").starts_with("text/html"), "{}", shown.header("content-type"));
        assert_eq!(anonymous.get("/healthz").await.status, 200);
        assert_eq!(anonymous.get("/readyz").await.status, 503);

        postgres.resume().unwrap();
        let ready = || async { (anonymous.get("/readyz").await.status == 200).then_some(()) };
        wait::until("readiness", RECOVERY_LIMIT, ready).await;
        assert_eq!(api.get(&format!("/organizations/{organization}")).await.status, 200, "round {round}");
        assert_eq!(page(&anonymous, &link).await.status, 200);
        api.organization("Patient again").await;
    }
    let listed = api.get("/organizations?search=Impatient").await.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 0, "a refused write was done");
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_at_the_start_ends_with_code_1() {
    let postgres = Postgres::start().unwrap();
    let builder = ServerBuilder::new("absent").postgres(&postgres.create_database("vestibule").unwrap());
    postgres.stop().unwrap();
    let output = builder.command().arg("serve").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_clearly_and_keeps_what_was_acknowledged() {
    let builder = ServerBuilder::new("full");
    let made = builder.bootstrap();
    let server = builder.clone().file_blocks_max(FILE_BLOCKS_MAX).start().await;
    let api = server.api(&made.api_key);
    let filler = "x".repeat(500);
    let mut acknowledged = Vec::new();
    let mut refused = None;
    for number in 0..ORGANIZATIONS_MAX {
        let metadata: serde_json::Map<_, _> =
            (0..10).map(|key| (format!("key{key}"), json!(filler))).collect();
        let body = json!({ "name": format!("Filler {number}"), "metadata": metadata });
        let answer = api.post("/organizations", &body).await;
        if answer.status != 201 {
            refused = Some(answer);
            break;
        }
        acknowledged.push(answer.json()["id"].as_str().unwrap().to_owned());
    }
    let refused = refused.expect("the disk is full at some point");
    assert_unavailable("a write to a full disk", &refused);
    assert!(refused.json()["message"].is_string(), "{}", refused.text());
    assert!(acknowledged.len() > 10, "only {} were taken", acknowledged.len());
    for id in acknowledged.iter().rev().take(20) {
        assert_eq!(api.get(&format!("/organizations/{id}")).await.status, 200, "reads go on");
    }
    assert_eq!(server.anonymous().get("/healthz").await.status, 200);
    assert_eq!(server.stop().await.code(), Some(0));

    let server = builder.unlimited().start().await;
    let api = server.api(&made.api_key);
    let mut kept = 0;
    let mut after = String::new();
    loop {
        let page = api.get(&format!("/organizations?limit=100{after}")).await.expect(200);
        kept += page["data"].as_array().unwrap().len();
        let Some(last) = page["list_metadata"]["after"].as_str() else { break };
        after = format!("&after={last}");
    }
    assert_eq!(kept, acknowledged.len(), "exactly what was acknowledged is there");
    for id in &acknowledged {
        let events = api.events("organization.created", id).await;
        assert_eq!(events.len(), 1, "{id} has its event");
    }
    api.organization("There is room again").await;
    server.assert_healthy().await;
}
