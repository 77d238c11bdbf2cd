//! API keys: what each may be used for, and until when.

use actix_web::http::{Method, StatusCode};
use serde_json::json;
use time::Duration;
use vestibule_application::caller::Caller;
use vestibule_application::ports::store::Store as _;
use vestibule_application::usecases::create_api_key::{CreateApiKey, CreateApiKeyCommand};
use vestibule_domain::api_key::{ApiKey, ApiKeyScope, ApiKeyScopes, USE_NOTED_EVERY};
use vestibule_domain::audit::Actor;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::member::MemberRole;
use vestibule_domain::text::Name;
use vestibule_web::Access;
use vestibule_web::app::{API_REQUESTS_PER_SECOND, WebSettings};

use crate::operator::Operator;
use crate::support::{START, Tenant, TestApp, request};

/// What is not a matter of reading or changing.
const OTHERWISE: &[(&str, &str, ApiKeyScope)] = &[
    ("POST", "/portal/generate_link", ApiKeyScope::PortalLinks),
    ("POST", "/portal/revoke_link", ApiKeyScope::PortalLinks),
    ("POST", "/organizations/{id}/it_contacts/{contact}/invite", ApiKeyScope::PortalLinks),
    ("POST", "/organizations/{id}/it_contacts/{contact}/revoke", ApiKeyScope::PortalLinks),
    ("POST", "/v1/portal/setup-links", ApiKeyScope::PortalLinks),
    ("POST", "/v1/sso/admin-portal/tokens", ApiKeyScope::PortalLinks),
    ("DELETE", "/v1/sso/admin-portal/tokens/{id}", ApiKeyScope::PortalLinks),
    ("POST", "/sso/logout/authorize", ApiKeyScope::SignIn),
];

/// The same tenant with a key that may be used for one thing.
async fn with_key(app: &TestApp, tenant: &Tenant, scope: ApiKeyScope) -> Tenant {
    let environment = tenant.environment.clone();
    let caller = Caller { environment: environment.clone().into(), actor: Actor::system() };
    let name = Name::parse(scope.as_str()).unwrap();
    let command = CreateApiKeyCommand { caller, name, scopes: ApiKeyScopes::Only(vec![scope]) };
    let (_, key) = app.run(CreateApiKey { ambient: app.ambient.clone() }, command).await.unwrap();
    Tenant { environment, key: key.expose().to_owned() }
}

/// The keys of an environment, oldest first.
async fn keys(app: &TestApp, tenant: &Tenant) -> Vec<ApiKey> {
    app.store.queries().api_keys(tenant.environment.id).await.unwrap()
}

#[actix_web::test]
async fn every_route_of_the_api_takes_keys_with_its_scope_and_no_others() {
    let app = TestApp::with(
        WebSettings { auth_failures_per_second: API_REQUESTS_PER_SECOND, ..WebSettings::default() },
        |store| store,
    )
    .await;
    let tenant = app.tenant(EnvironmentKind::Sandbox).await;
    let mut narrow = Vec::new();
    for scope in ApiKeyScope::ALL {
        narrow.push((scope, with_key(&app, &tenant, scope).await));
    }
    for route in &app.routes {
        let Access::ApiKey(wanted) = route.access else { continue };
        let what = format!("{} {}", route.method, route.pattern);
        let other = OTHERWISE
            .iter()
            .find(|(method, pattern, _)| route.method.as_str() == *method && route.pattern == *pattern);
        let usual = if route.method == Method::GET { ApiKeyScope::Read } else { ApiKeyScope::Write };
        assert_eq!(wanted, other.map_or(usual, |(.., scope)| *scope), "{what}");
        let path = route.pattern.replace(['{', '}'], "");
        for (scope, tenant) in &narrow {
            let answer = app.send(tenant.request(route.method.clone(), &path)).await;
            let refused = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(refused, *scope != wanted, "{what} with {scope:?}: {answer:?}");
            if refused {
                assert_eq!(answer.json()["code"], "insufficient_scope", "{what}");
                assert!(answer.json()["message"].as_str().unwrap().contains(wanted.as_str()), "{what}");
                assert!(answer.json().get("error").is_none(), "{what} is no OAuth error");
            }
        }
    }
    for (method, pattern, _) in OTHERWISE {
        let is_it = |route: &&vestibule_web::MountedRoute| {
            route.method.as_str() == *method && route.pattern == *pattern
        };
        assert!(app.routes.iter().any(|route| is_it(&route)), "{method} {pattern} is not mounted");
    }
}

#[actix_web::test]
async fn a_head_needs_what_its_get_needs() {
    let (app, tenant) = TestApp::new().await;
    for (scope, status) in [(ApiKeyScope::Read, StatusCode::OK), (ApiKeyScope::Write, StatusCode::FORBIDDEN)]
    {
        let key = with_key(&app, &tenant, scope).await;
        assert_eq!(app.send(key.request(Method::HEAD, "/organizations")).await.status, status);
    }
}

#[actix_web::test]
async fn codes_are_exchanged_with_keys_for_that_alone() {
    let (app, tenant) = TestApp::new().await;
    for scope in ApiKeyScope::ALL {
        let key = with_key(&app, &tenant, scope).await.key;
        let body = json!({
            "client_id": tenant.environment.client_id.to_string(), "client_secret": key,
            "grant_type": "authorization_code", "code": "x",
        });
        let sent = request(Method::POST, "/sso/token").set_json(body);
        let answer = app.send(sent).await.expect(StatusCode::BAD_REQUEST);
        let error = if scope == ApiKeyScope::SignIn { "invalid_grant" } else { "unauthorized_client" };
        assert_eq!(answer["error"], error, "{scope:?}");
    }
}

#[actix_web::test]
async fn a_replaced_key_works_for_as_long_as_was_chosen() {
    let (app, tenant) = TestApp::new().await;
    let operator = Operator::join(&app, &tenant, MemberRole::Admin).await;
    let page = operator.path("keys");
    let old = with_key(&app, &tenant, ApiKeyScope::Read).await;
    let id = keys(&app, &tenant).await.pop().unwrap().id;
    let roll = format!("{page}/{id}/roll");
    assert_eq!(operator.post(&app, &roll, &[("overlap", "8d")]).await.status, StatusCode::BAD_REQUEST);
    let made = operator.post(&app, &roll, &[("overlap", "1h")]).await.text();
    let text = made.split("data-testid=\"key-text\">").nth(1).unwrap().split('<').next().unwrap();
    let new = Tenant { environment: tenant.environment.clone(), key: text.to_owned() };
    let issued = keys(&app, &tenant).await.pop().unwrap();
    assert_eq!(
        (issued.name.as_str(), &issued.scopes),
        ("read", &ApiKeyScopes::Only(vec![ApiKeyScope::Read]))
    );
    assert!(issued.created_by.unwrap().ends_with("@vendor.example"));
    assert!(made.contains("Works until"));
    app.clock.forward(Duration::HOUR - Duration::NANOSECOND);
    for key in [&old, &new] {
        app.get(key, "/organizations").await.expect(StatusCode::OK);
    }
    // The old one was remembered a moment ago, and is refused all the same.
    app.clock.forward(Duration::NANOSECOND);
    app.get(&old, "/organizations").await.refusal(StatusCode::UNAUTHORIZED);
    app.get(&new, "/organizations").await.expect(StatusCode::OK);
    assert_eq!(operator.post(&app, &roll, &[("overlap", "now")]).await.status, StatusCode::NOT_FOUND);
    assert!(operator.get(&app, &page).await.text().contains("Expired"));
    let again = format!("{page}/{}/roll", issued.id);
    operator.post(&app, &again, &[("overlap", "now")]).await;
    // Processes that know a key go on taking it for the second for which they remember it.
    let other = TestApp::with(WebSettings::default(), |_| app.store.clone()).await;
    other.clock.forward(Duration::HOUR);
    other.get(&new, "/organizations").await.refusal(StatusCode::UNAUTHORIZED);
    let trail = app.trail(&tenant).await;
    assert_eq!(trail.iter().filter(|action| **action == "api_key.rolled").count(), 2, "{trail:?}");
}

#[actix_web::test]
async fn the_use_of_a_key_is_noted_once_in_an_hour() {
    let (app, tenant) = TestApp::new().await;
    assert_eq!(keys(&app, &tenant).await[0].last_used_at, None);
    app.get(&tenant, "/organizations").await.expect(StatusCode::OK);
    // It is noted beside the request.
    while keys(&app, &tenant).await[0].last_used_at.is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(keys(&app, &tenant).await[0].last_used_at, Some(START));
    app.clock.forward(USE_NOTED_EVERY);
    let other = TestApp::with(WebSettings::default(), |_| app.store.clone()).await;
    other.clock.forward(USE_NOTED_EVERY);
    other.get(&tenant, "/organizations").await.expect(StatusCode::OK);
    while keys(&app, &tenant).await[0].last_used_at == Some(START) {
        tokio::task::yield_now().await;
    }
    assert_eq!(keys(&app, &tenant).await[0].last_used_at, Some(START + USE_NOTED_EVERY));
}

#[actix_web::test]
async fn a_key_for_nothing_is_not_made() {
    let (app, tenant) = TestApp::new().await;
    let operator = Operator::join(&app, &tenant, MemberRole::Admin).await;
    let page = operator.path("keys");
    let refused = operator.post(&app, &page, &[("name", "Nothing")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("error-scope") && refused.text().contains("value=\"Nothing\""));
    let all: Vec<_> =
        [("name", "All")].into_iter().chain(ApiKeyScope::ALL.map(|s| ("scope", s.as_str()))).collect();
    operator.post(&app, &page, &all).await;
    assert_eq!(keys(&app, &tenant).await.pop().unwrap().scopes, ApiKeyScopes::Everything);
}
