//! `GET /events`.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use time::Duration;

use crate::support::{Tenant, TestApp};

async fn page(app: &TestApp, tenant: &Tenant, query: &str) -> Value {
    app.get(tenant, &format!("/events?{query}")).await.expect(StatusCode::OK)
}

fn names(page: &Value) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|event| event["data"]["name"].as_str().unwrap()).collect()
}

async fn three(app: &TestApp, tenant: &Tenant) -> Vec<String> {
    let mut ids = Vec::new();
    for name in ["One", "Two", "Three"] {
        ids.push(app.organization(tenant, name).await);
        app.clock.forward(Duration::seconds(1));
    }
    ids
}

#[actix_web::test]
async fn events_come_oldest_first_with_their_envelope() {
    let (app, tenant) = TestApp::new().await;
    three(&app, &tenant).await;
    let page = page(&app, &tenant, "").await;
    assert_eq!(names(&page), ["One", "Two", "Three"]);
    let first = &page["data"][0];
    assert_eq!((&first["object"], &first["event"]), (&json!("event"), &json!("organization.created")));
    assert_eq!(first["created_at"], "2026-11-21T12:00:00.000Z");
    assert_eq!(first["context"]["actor"]["source"], "api");
    assert_eq!(first["data"]["domains"], json!([]));
}

#[actix_web::test]
async fn a_poller_resumes_behind_the_last_event_it_saw() {
    let (app, tenant) = TestApp::new().await;
    three(&app, &tenant).await;
    let first = page(&app, &tenant, "limit=2").await;
    assert_eq!(names(&first), ["One", "Two"]);
    let after = first["list_metadata"]["after"].as_str().unwrap();
    let rest = page(&app, &tenant, &format!("limit=2&after={after}")).await;
    assert_eq!(names(&rest), ["Three"]);
    assert_eq!(rest["list_metadata"]["after"], Value::Null);

    let last = rest["data"][0]["id"].as_str().unwrap();
    let resume = format!("after={last}");
    assert_eq!(names(&page(&app, &tenant, &resume).await), [""; 0]);
    app.organization(&tenant, "Four").await;
    assert_eq!(names(&page(&app, &tenant, &resume).await), ["Four"]);
    assert_eq!(names(&page(&app, &tenant, "order=desc&limit=1").await), ["Four"]);
}

#[actix_web::test]
async fn events_are_chosen_by_name_organization_and_time() {
    let (app, tenant) = TestApp::new().await;
    let ids = three(&app, &tenant).await;
    app.delete(&tenant, &format!("/organizations/{}", ids[0])).await.expect_empty(StatusCode::ACCEPTED);
    let of = async |query: &str| {
        let page = page(&app, &tenant, query).await;
        names(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(of("events=organization.deleted").await, ["One"]);
    assert_eq!(of("events=organization.created%2Corganization.deleted").await.len(), 4);
    assert_eq!(of("events=dsync.user.created,user.created").await, [""; 0], "names that are never sent");
    assert_eq!(of(&format!("organization_id={}", ids[1])).await, ["Two"]);
    let range = "range_start=2026-11-21T12:00:01.000Z&range_end=2026-11-21T14:00:02%2B02:00";
    assert_eq!(of(range).await, ["Two", "Three"]);
}

#[actix_web::test]
async fn what_cannot_be_answered_is_refused() {
    let (app, tenant) = TestApp::new().await;
    let fields = async |query: &str| app.get(&tenant, &format!("/events?{query}")).await.fields();
    assert_eq!(fields("events=Nonsense").await, ["events[0]"]);
    assert_eq!(fields("range_start=x").await, ["range_start"]);
    let wide = "range_start=2026-01-01T00:00:00Z&range_end=2026-03-01T00:00:00Z";
    assert_eq!(fields(wide).await, ["range_end"]);
    assert_eq!(fields("after=org_1&limit=101").await, ["limit", "after"]);
}
