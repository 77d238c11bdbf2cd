//! What every route has in common.

use std::num::NonZeroU32;
use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use async_trait::async_trait;
use serde_json::json;
use vestibule_application::ports::store::{Jobs, Queries, Store, StoreError, StoreResult, UnitOfWork};
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::secret::TestApiKey;
use vestibule_web::app::WebSettings;

use crate::support::{TestApp, request};

const LINK: &str = "/portal/generate_link";

#[actix_web::test]
async fn every_refusal_is_a_json_object_with_a_request_id() {
    let (app, tenant) = TestApp::new().await;
    let big = vec![b' '; 1024 * 1024 + 1];
    let post = |body: &[u8], content_type: &'static str| {
        tenant
            .request(Method::POST, "/organizations")
            .set_payload(body.to_vec())
            .insert_header(("Content-Type", content_type))
    };
    let mut ids = Vec::new();
    for (name, request, status) in [
        ("unknown route", tenant.request(Method::GET, "/nothing"), 404),
        ("unknown route under v1", tenant.request(Method::GET, "/v1/nothing"), 404),
        ("trailing slash", tenant.request(Method::GET, "/organizations/"), 404),
        ("doubled slash", tenant.request(Method::GET, "//organizations"), 404),
        ("route of another area", tenant.request(Method::POST, "/user_management/users"), 404),
        ("wrong method", tenant.request(Method::PATCH, "/organizations"), 405),
        ("invented method", tenant.request(Method::from_bytes(b"BREW").unwrap(), "/organizations"), 405),
        ("oversized body", post(&big, "application/json"), 413),
        ("other media type", post(b"name=x", "text/plain"), 415),
        ("compressed body", post(b"{}", "application/json").insert_header(("Content-Encoding", "gzip")), 415),
        ("malformed JSON", post(b"{\"name\":", "application/json"), 400),
        ("JSON that is no object", post(b"[1]", "application/json"), 400),
        ("body that is not UTF-8", post(b"{\"name\":\"\xff\"}", "application/json"), 400),
        ("form that is not UTF-8", post(b"name=%ff", "application/x-www-form-urlencoded"), 400),
        ("wrong type", post(b"{\"name\":7}", "application/json"), 422),
        ("path that is not UTF-8", tenant.request(Method::GET, "/organizations/%ff"), 400),
        ("query that is not UTF-8", tenant.request(Method::GET, "/organizations?search=%ff"), 400),
        ("no key", request(Method::GET, "/organizations"), 401),
    ] {
        let answer = app.send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{name}");
        let body = answer.json();
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{name}: {body}");
        assert!(body.get("error").is_none(), "{name}: {body}");
        ids.push(answer.header("x-request-id").unwrap().to_owned());
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "no two requests share an id");
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let (app, tenant) = TestApp::new().await;
    let answer = app.delete(&tenant, "/organizations").await;
    assert_eq!(answer.refusal(StatusCode::METHOD_NOT_ALLOWED), "method_not_allowed");
    let allow: Vec<_> = answer.header("allow").unwrap().split(", ").collect();
    assert!(allow.contains(&"GET") && allow.contains(&"POST"), "{allow:?}");
}

#[actix_web::test]
async fn a_head_is_answered_as_its_get() {
    let (app, tenant) = TestApp::new().await;
    let answer = app.send(tenant.request(Method::HEAD, "/organizations")).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[actix_web::test]
async fn each_surface_has_its_own_envelope() {
    let (app, tenant) = TestApp::new().await;
    let management = app.get(&tenant, "/nothing").await.json();
    assert_eq!(management, json!({"message": "There is no such route.", "code": "route_not_found"}));
    let answer = app.get(&tenant, "/v1/nothing").await;
    let id = answer.header("x-request-id").unwrap().to_owned();
    let expected = json!({"message": "There is no such route.", "code": "route_not_found", "request_id": id});
    assert_eq!(answer.json(), expected);
}

#[actix_web::test]
async fn a_key_is_proven_before_anything_is_read() {
    let (app, tenant) = TestApp::new().await;
    let unknown = TestApiKey::from_random([255; 32]).expose().to_owned();
    let mut answers = Vec::new();
    for value in [
        None,
        Some(String::new()),
        Some("Bearer".into()),
        Some("Bearer ".into()),
        Some("Bearer nonsense".into()),
        Some(format!("Bearer {unknown}")),
        Some(format!("Basic {}", tenant.key)),
        Some(tenant.key.clone()),
        Some(format!("Bearer {}x", tenant.key)),
        Some(format!("Bearer {0} {0}", tenant.key)),
    ] {
        // The body is malformed and the organization unknown: neither may matter.
        let mut request = request(Method::POST, LINK).set_payload("{");
        if let Some(value) = &value {
            request = request.insert_header(("Authorization", value.as_str()));
        }
        let answer = app.send(request).await;
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{value:?}");
        answers.push(answer.expect(StatusCode::UNAUTHORIZED));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "one answer for all: {answers:?}");
    let lower = request(Method::GET, "/organizations")
        .insert_header(("Authorization", format!("bearer  {}", tenant.key)));
    assert_eq!(app.send(lower).await.status, StatusCode::OK, "the scheme's case does not matter");
}

#[actix_web::test]
async fn a_second_authorization_header_makes_both_worthless() {
    let (app, tenant) = TestApp::new().await;
    let twice = tenant
        .request(Method::GET, "/organizations")
        .append_header(("Authorization", format!("Bearer {}", tenant.key)));
    assert_eq!(app.send(twice).await.status, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn answers_carry_security_headers_and_are_not_kept() {
    let (app, tenant) = TestApp::new().await;
    for path in ["/organizations", "/nothing", "/healthz"] {
        let answer = app.get(&tenant, path).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path} {name}");
        }
        assert!(answer.header("content-security-policy").unwrap().contains("default-src 'none'"));
    }
}

#[actix_web::test]
async fn plain_http_deployments_do_not_ask_browsers_for_https() {
    let settings = WebSettings { secure_cookies: false, ..WebSettings::default() };
    let app = TestApp::with(settings, |store| store).await;
    let answer = app.send(request(Method::GET, "/healthz")).await;
    assert_eq!(answer.header("strict-transport-security"), None);
}

#[actix_web::test]
async fn a_body_at_the_limit_is_read() {
    let (app, tenant) = TestApp::new().await;
    let mut body = br#"{"name":"Acme"}"#.to_vec();
    body.resize(1024 * 1024, b' ');
    let request = tenant.request(Method::POST, "/organizations").set_payload(body);
    app.send(request).await.expect(StatusCode::CREATED);
}

#[actix_web::test]
async fn forms_are_read_like_json() {
    let (app, tenant) = TestApp::new().await;
    let request = tenant.request(Method::POST, "/organizations").set_form([
        ("name", "Acme"),
        ("metadata[tier]", "gold"),
        ("domains[]", "acme.example"),
    ]);
    let made = app.send(request).await.expect(StatusCode::CREATED);
    assert_eq!(made["metadata"], json!({"tier": "gold"}));
    assert_eq!(made["domains"][0]["domain"], "acme.example");
}

#[actix_web::test]
async fn an_empty_body_with_a_json_content_type_is_an_empty_object() {
    let (app, tenant) = TestApp::new().await;
    let request = tenant
        .request(Method::POST, LINK)
        .insert_header(("Content-Type", "application/json"))
        .insert_header(("Content-Length", "0"));
    assert_eq!(app.send(request).await.fields(), ["organization"]);
}

#[actix_web::test]
async fn unknown_fields_are_ignored() {
    let (app, tenant) = TestApp::new().await;
    let body = json!({"name": "Acme", "newer_sdk_field": {"deep": [1]}});
    app.post(&tenant, "/organizations", body).await.expect(StatusCode::CREATED);
}

#[actix_web::test]
async fn a_repeated_post_gets_its_first_answer_again() {
    let (app, tenant) = TestApp::new().await;
    let create = |name: &str, key: &str| {
        tenant
            .request(Method::POST, "/organizations")
            .insert_header(("Idempotency-Key", key))
            .set_json(json!({ "name": name }))
    };
    let first = app.send(create("Acme", "k1")).await;
    let again = app.send(create("Acme", "k1")).await;
    assert_eq!(first.expect(StatusCode::CREATED), again.expect(StatusCode::CREATED));
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let other = app.send(create("Other", "k1")).await;
    assert_eq!(other.refusal(StatusCode::CONFLICT), "idempotency_key_reused");
    let new = app.send(create("Acme", "k2")).await.expect(StatusCode::CREATED);
    assert_ne!(new["id"], first.json()["id"]);
    let list = app.get(&tenant, "/organizations").await.expect(StatusCode::OK);
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_key_is_its_owners_and_a_days() {
    let (app, tenant) = TestApp::new().await;
    let stranger = app.tenant(EnvironmentKind::Sandbox).await;
    let create = |tenant: &crate::support::Tenant| {
        tenant
            .request(Method::POST, "/organizations")
            .insert_header(("Idempotency-Key", "same"))
            .set_json(json!({"name": "Acme"}))
    };
    let mine = app.send(create(&tenant)).await.expect(StatusCode::CREATED);
    let theirs = app.send(create(&stranger)).await.expect(StatusCode::CREATED);
    assert_ne!(mine["id"], theirs["id"]);
    app.clock.forward(time::Duration::hours(24) + time::Duration::microseconds(1));
    let later = app.send(create(&tenant)).await.expect(StatusCode::CREATED);
    assert_ne!(mine["id"], later["id"]);
}

#[actix_web::test]
async fn the_same_key_at_another_address_is_another_request() {
    let (app, tenant) = TestApp::new().await;
    let (a, b) = (app.organization(&tenant, "A").await, app.organization(&tenant, "B").await);
    let add = |id: &str| {
        tenant
            .request(Method::POST, &format!("/organizations/{id}/it_contacts"))
            .insert_header(("Idempotency-Key", "same"))
            .set_json(json!({"email": "it@acme.example"}))
    };
    app.send(add(&a)).await.expect(StatusCode::CREATED);
    assert_eq!(app.send(add(&b)).await.refusal(StatusCode::CONFLICT), "idempotency_key_reused");
}

#[actix_web::test]
async fn a_refusal_is_not_kept() {
    let (app, tenant) = TestApp::new().await;
    let link = |organization: &str| {
        tenant
            .request(Method::POST, LINK)
            .insert_header(("Idempotency-Key", "k"))
            .set_json(json!({ "organization": organization }))
    };
    let unknown = "org_01J9ZQK3V0000000000000000A";
    app.send(link(unknown)).await.expect(StatusCode::NOT_FOUND);
    let organization = app.organization(&tenant, "Acme").await;
    app.send(link(&organization)).await.expect(StatusCode::CREATED);
}

#[actix_web::test]
async fn an_idempotency_key_has_a_longest_length() {
    let (app, tenant) = TestApp::new().await;
    let create = |key: String| {
        tenant
            .request(Method::POST, "/organizations")
            .insert_header(("Idempotency-Key", key))
            .set_json(json!({"name": "Acme"}))
    };
    app.send(create("k".repeat(255))).await.expect(StatusCode::CREATED);
    let refused = app.send(create("k".repeat(256))).await;
    assert_eq!(refused.refusal(StatusCode::BAD_REQUEST), "invalid_idempotency_key");
}

#[actix_web::test]
async fn a_key_has_its_rate_and_failures_have_theirs() {
    let settings = WebSettings {
        api_requests_per_second: NonZeroU32::new(2).unwrap(),
        auth_failures_per_second: NonZeroU32::new(1).unwrap(),
        ..WebSettings::default()
    };
    let app = TestApp::with(settings, |store| store).await;
    let tenant = app.tenant(EnvironmentKind::Sandbox).await;
    for _ in 0..2 {
        app.get(&tenant, "/organizations").await.expect(StatusCode::OK);
    }
    let limited = app.get(&tenant, "/organizations").await;
    assert_eq!(limited.refusal(StatusCode::TOO_MANY_REQUESTS), "rate_limit_exceeded");
    assert_eq!(limited.header("retry-after"), Some("1"));
    app.send(request(Method::GET, "/organizations")).await.expect(StatusCode::UNAUTHORIZED);
    let limited = app.send(request(Method::GET, "/organizations")).await;
    assert_eq!(limited.refusal(StatusCode::TOO_MANY_REQUESTS), "rate_limit_exceeded");
    let elsewhere = request(Method::GET, "/organizations").peer_addr("192.0.2.1:1".parse().unwrap());
    app.send(elsewhere).await.expect(StatusCode::UNAUTHORIZED);
    let stranger = app.tenant(EnvironmentKind::Sandbox).await;
    app.get(&stranger, "/organizations").await.expect(StatusCode::OK);
}

/// A store whose decisions fail and whose queries panic when they are asked for.
struct Failing {
    store: Arc<dyn Store>,
    error: fn() -> StoreError,
}

#[async_trait]
impl Store for Failing {
    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        Err((self.error)())
    }

    fn queries(&self) -> &dyn Queries {
        self.store.queries()
    }

    fn jobs(&self) -> &dyn Jobs {
        self.store.jobs()
    }
}

#[actix_web::test]
async fn a_store_that_is_not_there_is_503_and_one_that_is_broken_500() {
    for (error, status) in [
        ((|| StoreError::Unavailable("10.0.0.7 refused".into())) as fn() -> StoreError, 503),
        (|| StoreError::Contention, 503),
        (|| StoreError::Backend("syntax error in secret_table".into()), 500),
    ] {
        let app = TestApp::with(WebSettings::default(), |store| Arc::new(Failing { store, error })).await;
        let tenant = app.tenant(EnvironmentKind::Sandbox).await;
        let answer = app.post(&tenant, "/organizations", json!({"name": "Acme"})).await;
        let body = answer.expect(StatusCode::from_u16(status).unwrap()).to_string();
        assert_eq!(answer.header("retry-after").is_some(), status == 503);
        assert!(!body.contains("10.0.0.7") && !body.contains("secret_table"), "{body}");
    }
}

pub(crate) struct Panicking;

#[async_trait]
impl Store for Panicking {
    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        panic!("begin, with a secret")
    }

    fn queries(&self) -> &dyn Queries {
        panic!("queries, with a secret")
    }

    fn jobs(&self) -> &dyn Jobs {
        panic!("jobs, with a secret")
    }
}

#[actix_web::test]
async fn a_panic_is_a_500_like_any_other() {
    let app = TestApp::with(WebSettings::default(), |_| Arc::new(Panicking)).await;
    let answer = app.send(request(Method::GET, "/readyz")).await;
    assert_eq!(answer.refusal(StatusCode::INTERNAL_SERVER_ERROR), "internal_error");
    assert!(answer.header("x-request-id").is_some_and(|id| id.starts_with("req_")));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
    app.send(request(Method::GET, "/healthz")).await.expect(StatusCode::OK);
}
