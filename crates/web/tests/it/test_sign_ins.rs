//! Tests that programs ask for, and how SAML connections take sign-ins.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use time::Duration;
use vestibule_application::usecases::set_redirect_uris::{SetRedirectUris, SetRedirectUrisCommand};
use vestibule_domain::audit::Actor;

use crate::provider::saml_options;
use crate::support::{Answer, Tenant, TestApp, request};

async fn connection(app: &TestApp, tenant: &Tenant) -> String {
    let organization = app.organization(tenant, "Acme").await;
    let body = json!({ "organization_id": organization, "saml_options": saml_options() });
    let made = app.post(tenant, "/connections", body).await.expect(StatusCode::CREATED);
    format!("/connections/{}", made["id"].as_str().unwrap())
}

/// What a browser gets at an address of a test.
async fn browse(app: &TestApp, test: &Value) -> Answer {
    let (_, path) = test["url"].as_str().unwrap().split_once("/sso/").unwrap();
    app.send(request(Method::GET, &format!("/sso/{path}"))).await
}

#[actix_web::test]
async fn a_test_that_was_asked_for_begins_once_and_is_in_the_log() {
    let (app, tenant) = TestApp::new().await;
    let path = format!("{}/test_sign_ins", connection(&app, &tenant).await);
    let test = app.post(&tenant, &path, json!({})).await.expect(StatusCode::CREATED);
    assert_eq!(test["object"], "test_sign_in");
    let log = format!("/sso_sessions/{}", test["sso_session_id"].as_str().unwrap());
    let session = app.get(&tenant, &log).await.expect(StatusCode::OK);
    assert_eq!((&session["origin"], &session["status"]), (&json!("test"), &json!("in_progress")));
    assert_eq!(session["messages"], json!([]), "nobody has come yet");
    assert_eq!(app.trail(&tenant).await.last(), Some(&"test_sign_in.started"));

    let away = browse(&app, &test).await;
    assert_eq!(away.status, StatusCode::FOUND);
    assert!(away.header("location").unwrap().contains("SAMLRequest="));
    let session = app.get(&tenant, &log).await.expect(StatusCode::OK);
    assert_eq!(session["messages"][0]["kind"], "saml_request");

    assert_eq!(browse(&app, &test).await.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn only_its_own_ticket_begins_a_test_and_only_for_an_hour() {
    let (app, tenant) = TestApp::new().await;
    let path = format!("{}/test_sign_ins", connection(&app, &tenant).await);
    let one = app.post(&tenant, &path, json!({})).await.expect(StatusCode::CREATED);
    let other = app.post(&tenant, &path, json!({})).await.expect(StatusCode::CREATED);
    // The id of the one with the secret of the other.
    let ticket = |test: &Value| test["url"].as_str().unwrap().split_once("ticket=").unwrap().1.to_owned();
    let forged = format!("{}{}", &ticket(&one)[..26], &ticket(&other)[26..]);
    for ticket in [forged.as_str(), "", "x"] {
        let answer = app.send(request(Method::GET, &format!("/sso/test?ticket={ticket}"))).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{ticket}");
    }
    app.clock.forward(Duration::hours(1) - Duration::SECOND);
    assert_eq!(browse(&app, &one).await.status, StatusCode::FOUND);
    app.clock.forward(Duration::SECOND);
    assert_eq!(browse(&app, &other).await.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn a_test_leads_back_to_a_registered_address_alone() {
    let (app, tenant) = TestApp::new().await;
    let path = format!("{}/test_sign_ins", connection(&app, &tenant).await);
    let asked = json!({ "return_url": "https://app.example/tested" });
    let refused = app.post(&tenant, &path, asked.clone()).await;
    assert_eq!(refused.refusal(StatusCode::UNPROCESSABLE_ENTITY), "return_url_not_registered");
    let command = SetRedirectUrisCommand {
        actor: Actor::system(),
        environment_id: tenant.environment.id,
        remove: Vec::new(),
        register: vec!["https://app.example/tested".to_owned()],
        first: None,
        made_from: None,
    };
    app.run(SetRedirectUris { ambient: app.ambient.clone() }, command).await.unwrap();
    app.post(&tenant, &path, asked).await.expect(StatusCode::CREATED);
}

#[actix_web::test]
async fn the_page_at_the_end_of_a_test_says_how_it_ended() {
    let (app, _) = TestApp::new().await;
    for (query, result) in [
        ("?test_result=success", "success"),
        ("?test_result=failed", "failed"),
        ("?test_result=%3Cb%3E", "unknown"),
        ("", "unknown"),
    ] {
        let answer = app.send(request(Method::GET, &format!("/sso/test/ended{query}"))).await;
        assert_eq!(answer.status, StatusCode::OK);
        let page = String::from_utf8(answer.body).unwrap();
        assert!(page.contains(&format!("data-result=\"{result}\"")), "{query}");
    }
}

#[actix_web::test]
async fn the_options_of_a_connection_are_shown_and_set_and_audited() {
    let (app, tenant) = TestApp::new().await;
    let path = format!("{}/saml_sign_in_options", connection(&app, &tenant).await);
    let held = app.get(&tenant, &path).await.expect(StatusCode::OK);
    let mut wanted = json!({
        "object": "saml_sign_in_options",
        "idp_initiated": true,
        "clock_skew_seconds": 120,
        "allow_sha1": false,
        "allow_short_rsa": false,
        "signs_requests": false,
    });
    assert_eq!(held, wanted);
    let change = json!({ "idp_initiated": false, "clock_skew_seconds": 600 });
    let changed = app.patch(&tenant, &path, change.clone()).await.expect(StatusCode::OK);
    (wanted["idp_initiated"], wanted["clock_skew_seconds"]) = (json!(false), json!(600));
    assert_eq!(changed, wanted);
    assert_eq!(app.get(&tenant, &path).await.expect(StatusCode::OK), wanted, "the rest stays");
    let trail = app.trail(&tenant).await;
    assert_eq!(trail.last(), Some(&"sso.connection.updated"));
    app.patch(&tenant, &path, change).await.expect(StatusCode::OK);
    assert_eq!(app.trail(&tenant).await.len(), trail.len(), "what is as it was is not told");

    let refused = app.patch(&tenant, &path, json!({ "clock_skew_seconds": 601 })).await;
    assert_eq!(refused.fields(), ["clock_skew_seconds"]);
}
