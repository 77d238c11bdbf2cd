//! Hostile input to every route: whatever comes in, what goes out is a refusal or an answer, never
//! a failure of ours.

use std::fmt::Write as _;

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use vestibule_web::Access;

use crate::support::{Answer, Tenant, TestApp, request};

/// Values that no field expects; each is tried in every field of every body.
fn values() -> Vec<String> {
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let long = Value::String("x".repeat(100_000)).to_string();
    let many = format!("[{}]", vec!["\"a@b.example\""; 5_000].join(","));
    let raw = [
        "null",
        "true",
        "-1",
        "1e308",
        "18446744073709551616",
        "[]",
        "[null]",
        "[[]]",
        "{}",
        "{\"\":null}",
        r#""""#,
        r#"" ""#,
        r#""\u0000""#,
        r#""a\r\nb: c""#,
        r#""\u202e\u2066""#,
        r#""%00%2F..""#,
        r#""../../etc/passwd""#,
        r#""javascript:alert(1)""#,
        r#""' OR 1=1 --""#,
        r#""{{7*7}}""#,
        r#""https://user:pass@[::1]:99999/#""#,
        r#"{"sso":{"sso":[]}}"#,
        r#"[{"domain":null}]"#,
        r#"[{"domain":"\u0000","state":[]}]"#,
    ];
    raw.into_iter().map(str::to_owned).chain([deep, long, many]).collect()
}

/// Segments that no id looks like.
const SEGMENTS: [&str; 12] = [
    "%00",
    "%2F",
    "%2e%2e",
    "%252F",
    "%",
    "%zz",
    "org_",
    "org_81J9ZQK3V0000000000000000A",
    "%F0%9F%92%A9",
    "'--",
    "{id}",
    "a;b=c",
];

#[track_caller]
fn refuses_or_answers(answer: &Answer, what: &str) {
    assert!(!answer.status.is_server_error(), "{what}: {answer:?}");
    assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
    if answer.status.is_client_error() {
        assert!(answer.json()["message"].is_string(), "{what}");
    }
}

fn property_names(document: &Value, operation: &Value) -> Vec<String> {
    let reference = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    let Some(pointer) = reference.as_str().and_then(|reference| reference.strip_prefix('#')) else {
        return Vec::new();
    };
    let schema = document.pointer(pointer).unwrap();
    schema["properties"].as_object().unwrap().keys().cloned().collect()
}

/// A body that is right as far as it can be, so that the one hostile field is what is judged.
fn sound_fields(organization: &str) -> Value {
    json!({
        "organization": organization,
        "organization_id": organization,
        "external_user_id": "u",
        "name": "Acme",
        "email": "it@acme.example",
        "intents": ["sso"],
        "intent": "sso",
        "endpoint_url": "https://hooks.example/",
        "events": ["connection.activated"],
    })
}

fn with_field(sound: &Value, names: &[String], hostile: &str, value: &str) -> String {
    let mut body = String::from("{");
    for name in names.iter().filter(|name| *name != hostile) {
        if let Some(sound) = sound.get(name) {
            let _ = write!(body, "{}:{sound},", json!(name));
        }
    }
    let _ = write!(body, "{}:{value}}}", json!(hostile));
    body
}

async fn with_organization() -> (TestApp, Tenant, String) {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    (app, tenant, organization)
}

#[actix_web::test]
async fn hostile_fields_are_refused_or_taken() {
    let (app, tenant, organization) = with_organization().await;
    let document = app.send(request(Method::GET, "/openapi.json")).await.json();
    let sound = sound_fields(&organization);
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let names = property_names(&document, operation);
            let path = path.replace("/organizations/{id}", &format!("/organizations/{organization}"));
            let method: Method = method.to_uppercase().parse().unwrap();
            for name in &names {
                for value in values() {
                    let body = with_field(&sound, &names, name, &value);
                    let request = tenant.request(method.clone(), &path).set_payload(body);
                    let shown: String = value.chars().take(30).collect();
                    refuses_or_answers(&app.send(request).await, &format!("{method} {path} {name}={shown}"));
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
}

#[actix_web::test]
async fn hostile_segments_name_nothing() {
    let (app, tenant, organization) = with_organization().await;
    let patterns = app
        .routes
        .iter()
        .filter(|route| matches!(route.access, Access::ApiKey(_)) && route.pattern.contains('{'));
    for route in patterns {
        for segment in SEGMENTS {
            let mut path = route.pattern.to_owned();
            while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
                path.replace_range(from..=to, &segment.replace(['{', '}'], "%7B"));
            }
            let body = sound_fields(&organization).to_string();
            let answer = app.send(tenant.request(route.method.clone(), &path).set_payload(body)).await;
            // Some routes judge the body first.
            let refused = [StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY];
            assert!(refused.contains(&answer.status), "{} {path}: {answer:?}", route.method);
            assert!(answer.json()["message"].is_string(), "{path}");
        }
    }
}

#[actix_web::test]
async fn hostile_queries_are_refused_or_answered() {
    let (app, tenant, organization) = with_organization().await;
    let mut queries = vec![
        "&&&&".to_owned(),
        "====".to_owned(),
        "?".to_owned(),
        "limit=1&limit=2".to_owned(),
        format!("search={}", "%25".repeat(1_000)),
        format!("after={}", "x".repeat(4_000)),
        "range_start=9999-12-31T23:59:59.999Z&range_end=0001-01-01T00:00:00Z".to_owned(),
        "range_start=-999999-01-01T00:00:00Z".to_owned(),
    ];
    for name in [
        "limit",
        "order",
        "after",
        "before",
        "search",
        "domains",
        "domain",
        "events",
        "events[]",
        "organization_id",
        "connection_type",
        "range_start",
        "range_end",
        "project_id",
    ] {
        for value in
            ["%00", "null", "[]", "%5B%5D", "%F0%9F%92%A9", "%25", "%5C_%25", "-1", "1e3", "%2C%2C", "'"]
        {
            queries.push(format!("{name}={value}"));
        }
    }
    for route in
        app.routes.iter().filter(|r| matches!(r.access, Access::ApiKey(_)) && r.method == Method::GET)
    {
        let path = route.pattern.replace("/organizations/{id}", &format!("/organizations/{organization}"));
        if path.contains('{') {
            continue;
        }
        for query in &queries {
            refuses_or_answers(
                &app.get(&tenant, &format!("{path}?{query}")).await,
                &format!("{path}?{query}"),
            );
        }
    }
}
