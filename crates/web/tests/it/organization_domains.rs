//! Organization domains.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::organization_domain::ASK_APART;

use crate::support::{Answer, Tenant, TestApp};

const PATH: &str = "/organization_domains";

async fn add(app: &TestApp, tenant: &Tenant, organization: &str, domain: &str) -> Answer {
    app.post(tenant, PATH, json!({"organization_id": organization, "domain": domain})).await
}

fn path(domain: &Value) -> String {
    format!("{PATH}/{}", domain["id"].as_str().unwrap())
}

#[actix_web::test]
async fn a_domain_is_added_read_and_deleted() {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    let made = add(&app, &tenant, &organization, "Acme.Example").await.expect(StatusCode::CREATED);
    assert_eq!(made["object"], "organization_domain");
    assert_eq!(made["organization_id"], organization.as_str());
    assert_eq!(made["domain"], "acme.example");
    assert_eq!(
        (made["state"].as_str(), made["verification_strategy"].as_str()),
        (Some("pending"), Some("dns"))
    );
    assert!(made["verification_token"].as_str().is_some_and(|token| token.len() == 43));
    assert_eq!(made["created_at"], "2026-11-21T12:00:00.000Z");
    assert_eq!(app.get(&tenant, &path(&made)).await.expect(StatusCode::OK), made);
    let parent = app.get(&tenant, &format!("/organizations/{organization}")).await.json();
    assert_eq!(parent["domains"], json!([made]));
    app.delete(&tenant, &path(&made)).await.expect_empty(StatusCode::NO_CONTENT);
    for method in [Method::GET, Method::DELETE] {
        let gone = app.send(tenant.request(method, &path(&made))).await;
        assert_eq!(gone.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    }
    let told = ["organization.created", "organization_domain.created", "organization_domain.deleted"];
    assert_eq!(app.events(&tenant).await, told);
    assert_eq!(app.trail(&tenant).await, told);
}

#[actix_web::test]
async fn what_is_missing_or_wrong_is_422_and_named() {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    let missing = app.post(&tenant, PATH, json!({})).await;
    assert_eq!(missing.fields(), ["organization_id", "domain"]);
    for domain in
        ["", "localhost", "gmail.com", "https://acme.example", "acme.example/x", "127.0.0.1", "a..b"]
    {
        assert_eq!(add(&app, &tenant, &organization, domain).await.fields(), ["domain"], "{domain}");
    }
}

#[actix_web::test]
async fn a_domain_belongs_to_one_organization() {
    let (app, tenant) = TestApp::new().await;
    let (a, b) = (app.organization(&tenant, "A").await, app.organization(&tenant, "B").await);
    add(&app, &tenant, &a, "a.example").await.expect(StatusCode::CREATED);
    let twice = add(&app, &tenant, &a, "a.example").await;
    assert_eq!(twice.refusal(StatusCode::CONFLICT), "domain_already_exists");
    add(&app, &tenant, &b, "a.example").await.expect(StatusCode::CREATED);
    let vouch = json!({"domain_data": [{"domain": "b.example", "state": "verified"}]});
    app.put(&tenant, &format!("/organizations/{a}"), vouch).await.expect(StatusCode::OK);
    let proven = add(&app, &tenant, &b, "b.example").await;
    assert_eq!(proven.refusal(StatusCode::CONFLICT), "domain_already_exists");
}

#[actix_web::test]
async fn an_organization_has_a_hundred_domains_and_no_more() {
    let (app, tenant) = TestApp::new().await;
    let domains: Vec<_> = (0..99).map(|n| format!("d{n}.example")).collect();
    let made = app.post(&tenant, "/organizations", json!({"name": "A", "domains": domains})).await;
    let id = made.expect(StatusCode::CREATED)["id"].as_str().unwrap().to_owned();
    add(&app, &tenant, &id, "last.example").await.expect(StatusCode::CREATED);
    assert_eq!(add(&app, &tenant, &id, "more.example").await.fields(), ["domain"]);
}

async fn verify(app: &TestApp, tenant: &Tenant, domain: &Value) -> Answer {
    app.post(tenant, &format!("{}/verify", path(domain)), json!({})).await
}

fn record(domain: &Value) -> String {
    format!("verification_token={}", domain["verification_token"].as_str().unwrap())
}

#[actix_web::test]
async fn a_domain_is_verified_once_its_record_is_there() {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    for (domain, name) in [("acme.example", "acme.example"), ("b.example", "_vestibule.b.example")] {
        let made = add(&app, &tenant, &organization, domain).await.json();
        assert_eq!(made["verification_prefix"], "_vestibule");
        // The Python SDK sends no body with a JSON content type, the Node SDK sends `{}`.
        let path = format!("{}/verify", path(&made));
        let empty = tenant.request(Method::POST, &path).insert_header(("Content-Type", "application/json"));
        assert_eq!(app.send(empty).await.expect(StatusCode::CREATED), made, "nothing changed");
        app.dns.set("TXT", name, &record(&made));
        app.clock.forward(ASK_APART);
        let verified = verify(&app, &tenant, &made).await.expect(StatusCode::CREATED);
        assert_eq!(verified["state"], "verified");
        assert_eq!(verified["verification_strategy"], "dns");
        assert_ne!(verified["updated_at"], made["updated_at"]);
        let again = verify(&app, &tenant, &made).await;
        assert_eq!(again.refusal(StatusCode::BAD_REQUEST), "domain_already_verified");
    }
    let told = ["organization_domain.created", "organization_domain.verified"];
    assert_eq!(app.events(&tenant).await, [&["organization.created"][..], &told, &told].concat());
    assert_eq!(app.trail(&tenant).await, [&["organization.created"][..], &told, &told].concat());
}

#[actix_web::test]
async fn name_servers_are_asked_once_in_ten_seconds_however_often_somebody_asks() {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    let made = add(&app, &tenant, &organization, "acme.example").await.json();
    for _ in 0..5 {
        assert_eq!(verify(&app, &tenant, &made).await.expect(StatusCode::CREATED), made);
    }
    assert_eq!(app.dns.asked(), 2, "both names, once");
}

#[actix_web::test]
async fn what_the_vendor_vouched_for_is_verified_already() {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    let made = add(&app, &tenant, &organization, "acme.example").await.json();
    let vouch = json!({"domain_data": [{"domain": "acme.example", "state": "verified"}]});
    let changed = app.put(&tenant, &format!("/organizations/{organization}"), vouch).await.json();
    assert!(changed["domains"][0].get("verification_prefix").is_none(), "there is no record to set");
    let verified = verify(&app, &tenant, &made).await;
    assert_eq!(verified.refusal(StatusCode::BAD_REQUEST), "domain_already_verified");
    assert_eq!(app.dns.asked(), 0);
}

#[actix_web::test]
async fn a_domain_that_another_organization_verified_fails_and_the_event_says_why() {
    let (app, tenant) = TestApp::new().await;
    let (a, b) = (app.organization(&tenant, "A").await, app.organization(&tenant, "B").await);
    let made = add(&app, &tenant, &a, "acme.example").await.json();
    let vouch = json!({"domain_data": [{"domain": "acme.example", "state": "verified"}]});
    app.put(&tenant, &format!("/organizations/{b}"), vouch).await.expect(StatusCode::OK);
    app.dns.set("TXT", "acme.example", &record(&made));
    let failed = verify(&app, &tenant, &made).await.expect(StatusCode::CREATED);
    assert_eq!(failed["state"], "failed");
    let events = app.get(&tenant, "/events?events=organization_domain.verification_failed").await;
    let event = &events.expect(StatusCode::OK)["data"][0];
    let told = json!({"reason": "domain_verified_by_other_organization", "organization_domain": failed});
    assert_eq!(event["data"], told);
}

#[actix_web::test]
async fn foreign_and_unknown_ids_are_not_found() {
    let (app, tenant) = TestApp::new().await;
    let stranger = app.tenant(EnvironmentKind::Sandbox).await;
    let theirs = app.organization(&stranger, "Theirs").await;
    let domain = add(&app, &stranger, &theirs, "their.example").await.json();
    let refused = add(&app, &tenant, &theirs, "mine.example").await;
    assert_eq!(refused.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    let path = path(&domain);
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::POST, format!("{path}/verify")),
        (Method::GET, format!("{PATH}/nonsense")),
    ] {
        let answer = app.send(tenant.request(method, &path)).await;
        assert_eq!(answer.refusal(StatusCode::NOT_FOUND), "entity_not_found", "{path}");
    }
    app.get(&stranger, &path).await.expect(StatusCode::OK);
}
