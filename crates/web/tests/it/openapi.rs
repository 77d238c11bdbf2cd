//! The OpenAPI document and its page, held against the routes.

use std::collections::BTreeSet;

use actix_web::http::{Method, StatusCode};
use serde_json::Value;
use vestibule_web::Access;

use crate::support::{TestApp, request};

/// Routes that are no part of an API: the document itself and the page that shows it.
const UNDOCUMENTED: [&str; 10] = [
    "/openapi.json",
    "/docs",
    "/docs/reference.css",
    "/portal/brand/{environment}/{file}",
    "/dashboard/sign-in",
    "/dashboard/theme",
    "/dashboard/sign-in/code",
    "/dashboard/forgotten",
    "/dashboard/reset/{token}",
    "/dashboard/join/{token}",
];

async fn document(app: &TestApp) -> Value {
    app.send(request(Method::GET, "/openapi.json")).await.expect(StatusCode::OK)
}

fn operations(document: &Value) -> Vec<(String, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            let item = item.as_object().unwrap().iter();
            item.map(move |(method, operation)| (method.to_uppercase(), path.as_str(), operation))
        })
        .collect()
}

#[actix_web::test]
async fn the_document_covers_every_route_and_nothing_else() {
    let (app, _) = TestApp::new().await;
    let document = document(&app).await;
    assert_eq!(document["openapi"], "3.1.0");
    let documented: BTreeSet<_> =
        operations(&document).iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let mounted: BTreeSet<_> = app
        .routes
        .iter()
        .filter(|route| matches!(route.access, Access::ApiKey(_) | Access::Public))
        .filter(|route| !UNDOCUMENTED.contains(&route.pattern))
        .map(|route| format!("{} {}", route.method, route.pattern))
        .collect();
    assert_eq!(documented, mounted);
}

#[actix_web::test]
async fn the_document_says_who_may_use_a_route_and_how_it_refuses() {
    let (app, _) = TestApp::new().await;
    let document = document(&app).await;
    assert_eq!(document["components"]["securitySchemes"]["api_key"]["scheme"], "bearer");
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let what = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{what} shares its id");
        for member in ["summary", "tags"] {
            assert!(!operation[member].is_null(), "{what} has no {member}");
        }
        let route = app.routes.iter().find(|route| route.method.as_str() == method && route.pattern == path);
        let needs_key = operation["security"][0].get("api_key").is_some();
        assert_eq!(needs_key, matches!(route.unwrap().access, Access::ApiKey(_)), "{what}");
        let unauthorized = &operation["responses"]["401"]["content"]["application/json"]["schema"]["$ref"];
        let envelope = if path.starts_with("/v1/") { "OneTimeTokenEnvelope" } else { "ManagementEnvelope" };
        if needs_key {
            assert_eq!(*unauthorized, format!("#/components/schemas/{envelope}"), "{what}");
        }
        let idempotent = operation["parameters"]
            .as_array()
            .is_some_and(|parameters| parameters.iter().any(|p| p["name"] == "Idempotency-Key"));
        assert_eq!(idempotent, method == "POST" && needs_key, "{what}");
        let in_path = path.matches('{').count();
        let named = operation["parameters"]
            .as_array()
            .map_or(0, |parameters| parameters.iter().filter(|parameter| parameter["in"] == "path").count());
        assert_eq!(named, in_path, "{what}");
    }
}

#[actix_web::test]
async fn every_reference_of_the_document_leads_somewhere() {
    let (app, _) = TestApp::new().await;
    let document = document(&app).await;
    let text = document.to_string();
    let mut references: Vec<_> =
        text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    references.sort_unstable();
    references.dedup();
    assert!(references.len() > 10);
    for pointer in references {
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[actix_web::test]
async fn the_page_shows_every_operation_without_script_or_other_hosts() {
    let (app, _) = TestApp::new().await;
    let document = document(&app).await;
    let answer = app.send(request(Method::GET, "/docs")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let page = String::from_utf8(answer.body).unwrap();
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(page.contains(&format!("<article id=\"{id}\">")), "{method} {path}");
    }
    for forbidden in ["<script", "style=", "http://", "https://x", "src=", "onclick"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let linked: BTreeSet<_> =
        page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    for target in linked {
        assert!(page.contains(&format!("id=\"{target}\"")), "#{target} leads nowhere");
    }
    let css = app.send(request(Method::GET, "/docs/reference.css")).await;
    assert_eq!((css.status, css.header("content-type")), (StatusCode::OK, Some("text/css; charset=utf-8")));
}
