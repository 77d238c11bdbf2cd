//! Operations.

use actix_web::http::{Method, StatusCode};
use serde_json::json;
use vestibule_web::app::WebSettings;

use crate::support::{TestApp, request};

#[actix_web::test]
async fn a_process_that_works_says_so() {
    let (app, _) = TestApp::new().await;
    for path in ["/healthz", "/readyz"] {
        let answer = app.send(request(Method::GET, path)).await;
        assert_eq!(answer.expect(StatusCode::OK), json!({"status": "ok"}));
    }
}

#[actix_web::test]
async fn metrics_count_by_route_and_never_by_what_clients_invent() {
    let (app, tenant) = TestApp::new().await;
    let id = app.organization(&tenant, "Acme").await;
    app.get(&tenant, &format!("/organizations/{id}")).await.expect(StatusCode::OK);
    app.get(&tenant, "/invented-by-a-client").await.expect(StatusCode::NOT_FOUND);
    app.send(tenant.request(Method::from_bytes(b"BREW").unwrap(), "/organizations")).await;
    let answer = app.send(request(Method::GET, "/metrics")).await;
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let text = String::from_utf8(answer.body).unwrap();
    for line in [
        "http_requests_total{method=\"GET\",route=\"/organizations/{id}\",status=\"200\"}",
        "http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"}",
        "method=\"other\"",
        "http_request_duration_seconds_count{method=\"POST\",route=\"/organizations\"}",
    ] {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
    for invented in [id.as_str(), "invented-by-a-client", "BREW"] {
        assert!(!text.contains(invented), "{invented}");
    }
}

#[actix_web::test]
async fn metrics_may_be_served_elsewhere() {
    let app = TestApp::with_metrics(WebSettings::default(), |store| store, None).await;
    let answer = app.send(request(Method::GET, "/metrics")).await;
    assert_eq!(answer.refusal(StatusCode::NOT_FOUND), "route_not_found");
}
