//! Organization domains.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use vestibule_domain::environment::EnvironmentKind;

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

#[actix_web::test]
async fn verification_is_answered_as_it_stands() {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    let made = add(&app, &tenant, &organization, "acme.example").await.json();
    let verify = format!("{}/verify", path(&made));
    // The Python SDK sends no body with a JSON content type, the Node SDK sends `{}`.
    let empty = tenant.request(Method::POST, &verify).insert_header(("Content-Type", "application/json"));
    assert_eq!(app.send(empty).await.expect(StatusCode::CREATED), made);
    assert_eq!(app.post(&tenant, &verify, json!({})).await.expect(StatusCode::CREATED), made);
    let vouch = json!({"domain_data": [{"domain": "acme.example", "state": "verified"}]});
    app.put(&tenant, &format!("/organizations/{organization}"), vouch).await.expect(StatusCode::OK);
    let verified = app.post(&tenant, &verify, json!({})).await;
    assert_eq!(verified.refusal(StatusCode::BAD_REQUEST), "domain_already_verified");
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
