//! Hosts of the vendor's own, as the dashboard sets them.

use actix_web::http::{Method, StatusCode};
use serde_json::json;
use vestibule_application::ports::store::Store as _;
use vestibule_domain::custom_host::HostPurpose;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::member::MemberRole;
use vestibule_web::app::{AUTH_FAILURES_PER_SECOND, WebSettings};

use crate::operator::Operator;
use crate::support::{Answer, Tenant, TestApp, request};

const HOST: &str = "setup.acme.example";

async fn add(app: &TestApp, operator: &Operator, purpose: &str, host: &str) -> Answer {
    operator.post(app, &operator.path(&format!("hosts/{purpose}")), &[("host", host)]).await
}

async fn check(app: &TestApp, operator: &Operator, purpose: &str) -> String {
    let path = operator.path(&format!("hosts/{purpose}/check"));
    assert_eq!(operator.post(app, &path, &[]).await.status, StatusCode::SEE_OTHER);
    operator.get(app, &operator.path("hosts")).await.text()
}

/// Sets the records that the page asks for.
async fn set_records(app: &TestApp, tenant: &Tenant, purpose: HostPurpose) {
    let environment = app.store.queries().environment(tenant.environment.id).await.unwrap().unwrap();
    let host = environment.hosts.get(purpose).unwrap();
    app.dns.set("TXT", &host.proof_name(), &host.proof_text());
    app.dns.set("CNAME", host.host.as_str(), "vestibule.example");
}

async fn asked(app: &TestApp, domain: &str) -> StatusCode {
    app.send(request(Method::GET, &format!("/ops/host?domain={domain}"))).await.status
}

async fn link(app: &TestApp, tenant: &Tenant) -> String {
    let organization = app.organization(tenant, "Acme").await;
    let body = json!({ "organization_id": organization });
    let minted = app.post(tenant, "/v1/sso/admin-portal/tokens", body).await.expect(StatusCode::CREATED);
    minted["url"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_host_is_used_once_its_records_are_there_and_until_it_is_removed() {
    let (app, tenant) = TestApp::new().await;
    let admin = Operator::join(&app, &tenant, MemberRole::Admin).await;
    assert_eq!(add(&app, &admin, "portal", " Setup.ACME.example. ").await.status, StatusCode::SEE_OTHER);
    let page = admin.get(&app, &admin.path("hosts")).await.text();
    assert!(page.contains("_vestibule.setup.acme.example") && page.contains(">vestibule.example<"), "{page}");
    assert!(check(&app, &admin, "portal").await.contains("The TXT record was not found"));
    assert_eq!(asked(&app, HOST).await, StatusCode::NOT_FOUND);
    assert!(link(&app, &tenant).await.starts_with("https://vestibule.example/portal?token=vpt_"));

    set_records(&app, &tenant, HostPurpose::Portal).await;
    app.dns.set("CNAME", HOST, "elsewhere.example");
    assert!(check(&app, &admin, "portal").await.contains("The CNAME record was not found"));
    set_records(&app, &tenant, HostPurpose::Portal).await;
    assert!(check(&app, &admin, "portal").await.contains("data-state=\"active\""));
    assert_eq!(asked(&app, HOST).await, StatusCode::OK);
    // What is known of an API key is remembered for a second.
    app.clock.forward(time::Duration::seconds(2));
    let made = admin.post(&app, &admin.path("organizations"), &[("name", "Globex")]).await;
    let invite = format!("{}/invite", made.header("location").unwrap());
    let shown = admin.post(&app, &invite, &[("intent", "sso")]).await.text();
    assert!(shown.contains("https://setup.acme.example/portal?token=vpt_"), "{shown}");

    assert_eq!(admin.post(&app, &admin.path("hosts/portal/remove"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(asked(&app, HOST).await, StatusCode::NOT_FOUND);
    let trail = app.trail(&tenant).await;
    for action in ["custom_domain.created", "custom_domain.updated", "custom_domain.deleted"] {
        assert_eq!(trail.iter().filter(|done| **done == action).count(), 1, "{action}");
    }
}

#[actix_web::test]
async fn a_host_belongs_to_one_environment() {
    let (app, tenant) = TestApp::new().await;
    let other = app.tenant(EnvironmentKind::Production).await;
    let admin = Operator::join(&app, &tenant, MemberRole::Admin).await;
    let stranger = Operator::join(&app, &other, MemberRole::Admin).await;
    // Claims that nobody proved stand in nobody's way.
    add(&app, &stranger, "portal", HOST).await;
    add(&app, &admin, "portal", HOST).await;
    set_records(&app, &tenant, HostPurpose::Portal).await;
    assert!(check(&app, &admin, "portal").await.contains("data-state=\"active\""));
    let told = add(&app, &stranger, "api", HOST).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.text().contains("belongs to another environment"));
    set_records(&app, &other, HostPurpose::Portal).await;
    assert!(check(&app, &stranger, "portal").await.contains("Another environment uses this host"));
}

#[actix_web::test]
async fn what_is_no_host_is_told_beside_its_field() {
    let (app, tenant) = TestApp::new().await;
    let admin = Operator::join(&app, &tenant, MemberRole::Admin).await;
    for (typed, told) in [
        ("https://setup.acme.example", "must be a domain name"),
        ("localhost", "must be a domain name"),
        ("", "must not be empty"),
        ("vestibule.example", "own host"),
        ("<b>", "must be a domain name"),
    ] {
        let refused = add(&app, &admin, "portal", typed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        let page = refused.text();
        assert!(page.contains("error-portal_host") && page.contains(told), "{typed}: {page}");
    }
    add(&app, &admin, "mail", "acme.example").await;
    assert!(add(&app, &admin, "mail", "acme.example").await.text().contains("remove it first"));
    assert_eq!(add(&app, &admin, "other", HOST).await.status, StatusCode::NOT_FOUND);
    // A domain that only sends mail is not visited, so it needs no alias.
    let page = admin.get(&app, &admin.path("hosts")).await.text();
    assert!(page.contains(">TXT<") && !page.contains(">CNAME<"));
    set_records(&app, &tenant, HostPurpose::Mail).await;
    assert!(check(&app, &admin, "mail").await.contains("data-state=\"active\""));
}

#[actix_web::test]
async fn a_proxy_is_told_yes_or_no_and_strangers_ask_so_often() {
    let app = TestApp::with(WebSettings::default(), |store| store).await;
    assert_eq!(asked(&app, "vestibule.example").await, StatusCode::OK);
    for unknown in ["other.example", "", "127.0.0.1", "%00", "a%20b", "xn--"] {
        assert_eq!(asked(&app, unknown).await, StatusCode::NOT_FOUND, "{unknown}");
    }
    let mut last = StatusCode::NOT_FOUND;
    for _ in 0..=AUTH_FAILURES_PER_SECOND.get() {
        last = asked(&app, "other.example").await;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(asked(&app, "vestibule.example").await, StatusCode::OK, "who asks for ours is answered");
}
