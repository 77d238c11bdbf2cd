//! `/webhook_endpoints` and the delivery log below it.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use vestibule_application::ports::store::{EventFilter, Store as _};
use vestibule_domain::id::WebhookEndpointId;
use vestibule_domain::page::PageRequest;
use vestibule_domain::webhook::{AttemptAnswer, DeliveryState, WebhookAttempt, WebhookDelivery};

use crate::support::{START, Tenant, TestApp};

const PATH: &str = "/webhook_endpoints";
const UNKNOWN: &str = "/webhook_endpoints/we_01J9ZQK3V0000000000000000A";

fn endpoint(url: &str) -> Value {
    json!({ "endpoint_url": url, "events": ["connection.activated", "dsync.activated"] })
}

async fn created(app: &TestApp, tenant: &Tenant, body: Value) -> Value {
    app.post(tenant, PATH, body).await.expect(StatusCode::CREATED)
}

fn path(endpoint: &Value) -> String {
    format!("{PATH}/{}", endpoint["id"].as_str().unwrap())
}

/// A delivery that was given up after one failure and one refusal; the ids of its endpoint and of
/// itself.
async fn finished_delivery(app: &TestApp, tenant: &Tenant) -> (String, String) {
    let made = created(app, tenant, endpoint("https://log.example/hooks")).await;
    app.organization(tenant, "Told of").await;
    let environment_id = tenant.environment.id;
    let filter = EventFilter::default();
    let events = app.store.queries().events(environment_id, &filter, PageRequest::default());
    let delivery = WebhookDelivery {
        id: app.ambient.id(START),
        environment_id,
        endpoint_id: made["id"].as_str().unwrap().parse::<WebhookEndpointId>().unwrap(),
        event_id: events.await.unwrap().items[0].id,
        state: DeliveryState::GivenUp { at: START },
        tries: 2,
        created_at: START,
    };
    let mut work = app.store.begin().await.unwrap();
    work.webhooks().insert_delivery(&delivery).await.unwrap();
    for answer in [
        AttemptAnswer::Failed { reason: "no connection to `log.example`".into() },
        AttemptAnswer::Status { status: 500, body: "oops".into() },
    ] {
        let attempt = WebhookAttempt {
            id: app.ambient.id(START),
            environment_id,
            delivery_id: delivery.id,
            at: START,
            duration_ms: 12,
            answer,
        };
        work.webhooks().insert_attempt(&attempt).await.unwrap();
    }
    work.commit().await.unwrap();
    (delivery.endpoint_id.to_string(), delivery.id.to_string())
}

#[actix_web::test]
async fn an_endpoint_is_made_listed_with_its_secret_changed_and_deleted() {
    let (app, tenant) = TestApp::new().await;
    let made = created(&app, &tenant, endpoint("https://app.example/hooks")).await;
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let wanted = json!({
        "object": "webhook_endpoint",
        "id": made["id"],
        "endpoint_url": "https://app.example/hooks",
        "secret": made["secret"],
        "status": "enabled",
        "events": ["connection.activated", "dsync.activated"],
        "payload_style": "workos",
        "created_at": "2026-11-21T12:00:00.000Z",
        "updated_at": "2026-11-21T12:00:00.000Z",
    });
    assert_eq!(made, wanted);
    let list = app.get(&tenant, "/webhook_endpoints?order=desc").await.expect(StatusCode::OK);
    let metadata = json!({ "before": null, "after": null });
    assert_eq!(list, json!({ "object": "list", "data": [wanted], "list_metadata": metadata }));

    app.clock.forward(time::Duration::hours(1));
    let change = json!({ "status": "disabled", "events": ["organization.created"] });
    let changed = app.patch(&tenant, &path(&made), change).await.expect(StatusCode::OK);
    assert_eq!((&changed["status"], &changed["secret"]), (&json!("disabled"), &made["secret"]));
    assert_eq!(changed["updated_at"], "2026-11-21T13:00:00.000Z");
    app.delete(&tenant, &path(&made)).await.expect_empty(StatusCode::NO_CONTENT);
    assert_eq!(app.get(&tenant, PATH).await.json()["data"], json!([]));
    let wanted = ["webhook_endpoint.created", "webhook_endpoint.updated", "webhook_endpoint.deleted"];
    assert_eq!(app.trail(&tenant).await, wanted);
}

#[actix_web::test]
async fn wrong_endpoints_have_the_contracts_codes() {
    let (app, tenant) = TestApp::new().await;
    created(&app, &tenant, endpoint("https://app.example/hooks")).await;
    let again = app.post(&tenant, PATH, endpoint("https://app.example/hooks")).await;
    assert_eq!(again.refusal(StatusCode::CONFLICT), "duplicate_endpoint");
    for url in
        ["", "app.example", "http://app.example/hooks", "https://u:p@app.example", "https://a.example/#x"]
    {
        let answer = app.post(&tenant, PATH, endpoint(url)).await;
        assert_eq!(answer.refusal(StatusCode::UNPROCESSABLE_ENTITY), "invalid_url", "{url}");
    }
    created(&app, &tenant, endpoint("http://localhost:3000/hooks")).await;
    for (body, fields) in [
        (json!({}), vec!["endpoint_url"]),
        (json!({ "endpoint_url": "https://b.example" }), vec!["events"]),
        (json!({ "endpoint_url": "https://b.example", "events": [] }), vec!["events"]),
        (json!({ "endpoint_url": "https://b.example", "events": ["x"] }), vec!["events[0]"]),
        (
            json!({ "endpoint_url": "https://b.example", "events": ["a.b"], "payload_style": "x" }),
            vec!["payload_style"],
        ),
    ] {
        let answer = app.post(&tenant, PATH, body).await;
        assert_eq!(answer.fields(), fields);
        assert_eq!(answer.refusal(StatusCode::UNPROCESSABLE_ENTITY), "invalid_request_parameters");
    }
    for answer in [
        app.patch(&tenant, UNKNOWN, json!({})).await,
        app.delete(&tenant, UNKNOWN).await,
        app.get(&tenant, &format!("{UNKNOWN}/deliveries")).await,
    ] {
        assert_eq!(answer.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    }
}

#[actix_web::test]
async fn the_flat_style_may_do_without_a_list() {
    let (app, tenant) = TestApp::new().await;
    let body = json!({ "endpoint_url": "https://app.example/hooks", "payload_style": "authio" });
    let made = created(&app, &tenant, body).await;
    assert_eq!((&made["payload_style"], &made["events"]), (&json!("authio"), &json!([])));
    let restyled = app.patch(&tenant, &path(&made), json!({ "payload_style": "workos" })).await;
    assert_eq!(restyled.fields(), ["events"]);
}

#[actix_web::test]
async fn a_production_endpoint_is_https() {
    let (app, _) = TestApp::new().await;
    let tenant = app.tenant(vestibule_domain::environment::EnvironmentKind::Production).await;
    let answer = app.post(&tenant, PATH, endpoint("http://localhost:3000/hooks")).await;
    assert_eq!(answer.refusal(StatusCode::UNPROCESSABLE_ENTITY), "invalid_url");
}

#[actix_web::test]
async fn the_log_shows_every_attempt_and_a_delivery_is_replayed_once() {
    let (app, tenant) = TestApp::new().await;
    let (endpoint, delivery) = finished_delivery(&app, &tenant).await;
    let path = format!("{PATH}/{endpoint}/deliveries");
    let list = app.get(&tenant, &path).await.expect(StatusCode::OK);
    let log = &list["data"][0];
    assert_eq!(
        (&log["id"], &log["status"], &log["tries"]),
        (&json!(delivery), &json!("given_up"), &json!(2))
    );
    assert_eq!(log["ended_at"], "2026-11-21T12:00:00.000Z");
    let attempts = log["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0]["error"], "no connection to `log.example`");
    assert_eq!(
        (&attempts[1]["response_status"], &attempts[1]["response_body"]),
        (&json!(500), &json!("oops"))
    );

    let replay = format!("{path}/{delivery}/replay");
    let again = app.post(&tenant, &replay, json!({})).await.expect(StatusCode::ACCEPTED);
    assert_eq!(
        (&again["status"], &again["tries"], &again["ended_at"]),
        (&json!("pending"), &json!(0), &json!(null))
    );
    let twice = app.post(&tenant, &replay, json!({})).await;
    assert_eq!(twice.refusal(StatusCode::CONFLICT), "delivery_pending");
    assert_eq!(app.trail(&tenant).await.last(), Some(&"webhook_delivery.replayed"));
    let elsewhere = format!("{UNKNOWN}/deliveries/{delivery}/replay");
    assert_eq!(
        app.post(&tenant, &elsewhere, json!({})).await.refusal(StatusCode::NOT_FOUND),
        "entity_not_found"
    );
}
