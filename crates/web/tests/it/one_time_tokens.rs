//! The one-time-token API.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use vestibule_application::ports::store::Store as _;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::portal_link::{LinkKind, PortalLink};
use vestibule_domain::secret::PortalToken;

use crate::support::{Answer, Tenant, TestApp};

const TOKENS: &str = "/v1/sso/admin-portal/tokens";
const SETUP_LINKS: &str = "/v1/portal/setup-links";
const UNKNOWN: &str = "org_01J9ZQK3V0000000000000000A";

/// The code of a refusal, whose envelope has exactly three members.
#[track_caller]
fn code(answer: &Answer, status: u16) -> String {
    let body = answer.expect(StatusCode::from_u16(status).unwrap());
    let members: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["code", "message", "request_id"]);
    assert_eq!(body["request_id"].as_str(), answer.header("x-request-id"));
    assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()));
    body["code"].as_str().unwrap().to_owned()
}

async fn mint(app: &TestApp, tenant: &Tenant, path: &str, fields: Value) -> (String, Answer) {
    let organization = app.organization(tenant, "Acme").await;
    let mut body = json!({ "organization_id": organization });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let answer = app.post(tenant, path, body).await;
    (organization, answer)
}

async fn kept(app: &TestApp, url: &Value) -> PortalLink {
    let token = url.as_str().unwrap().strip_prefix("https://vestibule.example/portal?token=").unwrap();
    let digest = PortalToken::parse(token).unwrap().digest();
    app.store.queries().invitation(&digest).await.unwrap().unwrap().link
}

#[actix_web::test]
async fn a_token_is_shown_once_with_all_that_it_is() {
    let (app, tenant) = TestApp::new().await;
    let project = tenant.environment.id.to_string();
    let (organization, answer) = mint(
        &app,
        &tenant,
        TOKENS,
        json!({
            "project_id": project,
            "expires_in_seconds": 3600,
            "intent": "dsync",
            "return_url": "https://app.example/",
            "it_contact_emails": ["IT@acme.example", "it@acme.example"],
            "unknown": 1,
        }),
    )
    .await;
    let made = answer.expect(StatusCode::CREATED);
    let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    assert!(id.starts_with("portal_link_") && token.starts_with("vpt_"));
    assert_eq!(
        made,
        json!({
            "id": id,
            "token": token,
            "url": format!("https://vestibule.example/portal?token={token}"),
            "organization_id": organization,
            "project_id": project,
            "intent": "dsync",
            "expires_at": "2026-11-21T13:00:00.000Z",
            "created_at": "2026-11-21T12:00:00.000Z",
        })
    );
    let link = kept(&app, &made["url"]).await;
    assert_eq!((link.kind, link.id.to_string().as_str()), (LinkKind::Token, id));
    assert_eq!(link.admins.len(), 1, "an address that is named twice is one admin");
}

#[actix_web::test]
async fn a_token_is_for_single_sign_on_and_a_day_unless_told_otherwise() {
    let (app, tenant) = TestApp::new().await;
    let (_, answer) = mint(&app, &tenant, TOKENS, json!({})).await;
    let made = answer.expect(StatusCode::CREATED);
    assert_eq!(
        (made["intent"].as_str(), made["expires_at"].as_str()),
        (Some("sso"), Some("2026-11-22T12:00:00.000Z"))
    );
}

#[actix_web::test]
async fn the_life_of_a_token_has_limits() {
    let (app, tenant) = TestApp::new().await;
    for (seconds, status) in
        [(60, 201), (59, 422), (2_592_000, 201), (2_592_001, 422), (-1, 422), (i64::MAX, 422)]
    {
        let (_, answer) = mint(&app, &tenant, TOKENS, json!({ "expires_in_seconds": seconds })).await;
        assert_eq!(answer.status.as_u16(), status, "{seconds}");
        if status == 422 {
            assert_eq!(code(&answer, 422), "invalid_request");
            assert!(answer.json()["message"].as_str().unwrap().contains("expires_in_seconds"));
        }
    }
}

#[actix_web::test]
async fn the_life_of_a_setup_link_has_limits() {
    let (app, tenant) = TestApp::new().await;
    for (minutes, expires_at) in [
        (json!({}), "2026-11-21T12:05:00.000Z"),
        (json!({"expires_in_minutes": 1}), "2026-11-21T12:01:00.000Z"),
        (json!({"expires_in_minutes": 10080}), "2026-11-28T12:00:00.000Z"),
    ] {
        let mut fields = minutes;
        fields["intent"] = "sso".into();
        let (_, answer) = mint(&app, &tenant, SETUP_LINKS, fields).await;
        assert_eq!(answer.expect(StatusCode::CREATED)["expires_at"], expires_at);
    }
    for minutes in [json!(0), json!(10081), json!(-5), json!(i64::MAX), json!("soon")] {
        let fields = json!({"intent": "sso", "expires_in_minutes": minutes});
        let (_, answer) = mint(&app, &tenant, SETUP_LINKS, fields).await;
        assert_eq!(code(&answer, 422), "invalid_request", "{minutes}");
    }
}

#[actix_web::test]
async fn a_setup_link_is_a_token_with_words_of_its_own() {
    let (app, tenant) = TestApp::new().await;
    for (word, intent) in [("sso", "sso"), ("scim", "dsync")] {
        let (_, answer) = mint(&app, &tenant, SETUP_LINKS, json!({ "intent": word })).await;
        let made = answer.expect(StatusCode::CREATED);
        assert_eq!(made.as_object().unwrap().len(), 2);
        let link = kept(&app, &made["link"]).await;
        assert_eq!((link.kind, link.intents[0].as_str()), (LinkKind::Token, intent));
    }
    for fields in [json!({}), json!({"intent": "dsync"}), json!({"intent": "audit_logs"})] {
        let (_, answer) = mint(&app, &tenant, SETUP_LINKS, fields).await;
        assert_eq!(code(&answer, 422), "invalid_request");
    }
}

#[actix_web::test]
async fn every_contact_is_mailed() {
    let (app, tenant) = TestApp::new().await;
    let emails: Vec<_> = (0..21).map(|n| format!("a{n}@acme.example")).collect();
    for path in [TOKENS, SETUP_LINKS] {
        let fields = |n: usize| json!({"intent": "sso", "it_contact_emails": emails[..n]});
        let (_, answer) = mint(&app, &tenant, path, fields(20)).await;
        answer.expect(StatusCode::CREATED);
        let (_, answer) = mint(&app, &tenant, path, fields(21)).await;
        assert_eq!(code(&answer, 422), "invalid_request");
        let (_, answer) =
            mint(&app, &tenant, path, json!({"intent": "sso", "it_contact_emails": ["x"]})).await;
        assert_eq!(code(&answer, 422), "invalid_request");
        let (_, answer) = mint(&app, &tenant, path, json!({"intent": "sso", "language": "tlh"})).await;
        assert_eq!(code(&answer, 422), "invalid_request");
    }
}

#[actix_web::test]
async fn another_project_or_organization_is_not_found() {
    let (app, tenant) = TestApp::new().await;
    let stranger = app.tenant(EnvironmentKind::Sandbox).await;
    let foreign = app.organization(&stranger, "Theirs").await;
    let other = stranger.environment.id.to_string();
    for path in [TOKENS, SETUP_LINKS] {
        for organization in [UNKNOWN, "nonsense", foreign.as_str()] {
            let body = json!({"organization_id": organization, "intent": "sso"});
            assert_eq!(code(&app.post(&tenant, path, body).await, 404), "organization_not_found");
        }
        for project in [other.as_str(), "nonsense", ""] {
            let (_, answer) =
                mint(&app, &tenant, path, json!({"project_id": project, "intent": "sso"})).await;
            assert_eq!(code(&answer, 404), "project_not_found", "{project}");
        }
    }
    for path in ["/v1/organizations", "/v1/events", "/v1/organizations/x", "/v1/sso/admin-portal/tokens/x"] {
        let method = if path.contains("tokens") { Method::DELETE } else { Method::GET };
        let answer = app.send(tenant.request(method, &format!("{path}?project_id={other}"))).await;
        assert_eq!(code(&answer, 404), "project_not_found", "{path}");
    }
    assert_eq!(code(&app.post(&tenant, TOKENS, json!({})).await, 422), "invalid_request");
}

#[actix_web::test]
async fn a_deleted_token_is_withdrawn_once() {
    let (app, tenant) = TestApp::new().await;
    let stranger = app.tenant(EnvironmentKind::Sandbox).await;
    let (_, answer) = mint(&app, &tenant, TOKENS, json!({})).await;
    let path = format!("{TOKENS}/{}", answer.json()["id"].as_str().unwrap());
    assert_eq!(code(&app.delete(&stranger, &path).await, 404), "token_not_found");
    assert_eq!(code(&app.delete(&tenant, &format!("{TOKENS}/nonsense")).await, 404), "token_not_found");
    app.delete(&tenant, &path).await.expect_empty(StatusCode::NO_CONTENT);
    assert_eq!(code(&app.delete(&tenant, &path).await, 410), "token_revoked");
}

#[actix_web::test]
async fn a_consumed_token_cannot_be_withdrawn() {
    let (app, tenant) = TestApp::new().await;
    let (_, answer) = mint(&app, &tenant, TOKENS, json!({})).await;
    let made = answer.json();
    let link = kept(&app, &made["url"]).await;
    let consumed = link.saved(vestibule_domain::intent::Intent::Sso, app.ambient.now()).unwrap();
    let mut work = app.store.begin().await.unwrap();
    assert!(work.links().advance(&consumed, app.ambient.now()).await.unwrap());
    work.commit().await.unwrap();
    let path = format!("{TOKENS}/{}", made["id"].as_str().unwrap());
    assert_eq!(code(&app.delete(&tenant, &path).await, 410), "token_consumed");
}

#[actix_web::test]
async fn a_launch_link_is_no_token() {
    let (app, tenant) = TestApp::new().await;
    let body = json!({"organization": app.organization(&tenant, "Acme").await});
    let made = app.post(&tenant, "/portal/generate_link", body).await.expect(StatusCode::CREATED);
    let link = kept(&app, &made["link"]).await;
    assert_eq!(code(&app.delete(&tenant, &format!("{TOKENS}/{}", link.id)).await, 404), "token_not_found");
}

#[actix_web::test]
async fn organizations_are_snake_case_and_a_bare_array() {
    let (app, tenant) = TestApp::new().await;
    assert_eq!(app.get(&tenant, "/v1/organizations").await.expect(StatusCode::OK), json!([]));
    let body = json!({"name": "Acme, Inc.", "domain": "acme.example"});
    let made = app.post(&tenant, "/v1/organizations", body).await.expect(StatusCode::CREATED);
    assert_eq!(
        made,
        json!({
            "id": made["id"],
            "project_id": tenant.environment.id.to_string(),
            "name": "Acme, Inc.",
            "slug": "acme-inc",
            "created_at": "2026-11-21T12:00:00.000Z",
        })
    );
    let path = format!("/v1/organizations/{}", made["id"].as_str().unwrap());
    assert_eq!(app.get(&tenant, &path).await.expect(StatusCode::OK), made);
    assert_eq!(app.get(&tenant, "/v1/organizations").await.expect(StatusCode::OK), json!([made]));
    let other = format!("/organizations/{}", made["id"].as_str().unwrap());
    let domains = &app.get(&tenant, &other).await.json()["domains"];
    assert_eq!(
        (domains[0]["domain"].as_str(), domains[0]["state"].as_str()),
        (Some("acme.example"), Some("pending"))
    );
}

#[actix_web::test]
async fn an_array_of_more_than_a_page_is_whole() {
    let (app, tenant) = TestApp::new().await;
    let mut ids = Vec::new();
    for n in 0..201 {
        app.clock.forward(time::Duration::milliseconds(1));
        ids.push(app.organization(&tenant, &format!("Org {n}")).await);
    }
    let array = app.get(&tenant, "/v1/organizations").await.expect(StatusCode::OK);
    let got: Vec<_> = array.as_array().unwrap().iter().map(|org| org["id"].as_str().unwrap()).collect();
    assert_eq!(got, ids);
}

#[actix_web::test]
async fn a_taken_slug_is_409_and_a_wrong_one_422() {
    let (app, tenant) = TestApp::new().await;
    let create = async |body: Value| app.post(&tenant, "/v1/organizations", body).await;
    create(json!({"name": "Acme", "slug": "acme"})).await.expect(StatusCode::CREATED);
    assert_eq!(code(&create(json!({"name": "Other", "slug": "acme"})).await, 409), "slug_in_use");
    let same_name = create(json!({"name": "Acme"})).await.expect(StatusCode::CREATED);
    assert!(same_name["slug"].as_str().unwrap().starts_with("acme-"));
    for body in [
        json!({}),
        json!({"name": ""}),
        json!({"name": "A", "slug": "Acme"}),
        json!({"name": "A", "slug": "a--b"}),
        json!({"name": "A", "domain": "gmail.com"}),
    ] {
        assert_eq!(code(&create(body.clone()).await, 422), "invalid_request", "{body}");
    }
    let stranger = app.tenant(EnvironmentKind::Sandbox).await;
    let theirs = app.post(&stranger, "/v1/organizations", json!({"name": "A", "slug": "acme"})).await;
    theirs.expect(StatusCode::CREATED);
}

#[actix_web::test]
async fn unknown_and_foreign_organizations_are_not_found() {
    let (app, tenant) = TestApp::new().await;
    let stranger = app.tenant(EnvironmentKind::Sandbox).await;
    let foreign = app.organization(&stranger, "Theirs").await;
    for id in [UNKNOWN, "nonsense", foreign.as_str()] {
        let answer = app.get(&tenant, &format!("/v1/organizations/{id}")).await;
        assert_eq!(code(&answer, 404), "organization_not_found");
    }
}

#[actix_web::test]
async fn the_audit_trail_tells_who_did_what() {
    let (app, tenant) = TestApp::new().await;
    let (organization, answer) = mint(&app, &tenant, TOKENS, json!({})).await;
    let token = answer.json();
    let page = app.get(&tenant, "/v1/events").await.expect(StatusCode::OK);
    assert_eq!(page["list_metadata"], json!({"after": null}));
    let entries = page["data"].as_array().unwrap();
    let names: Vec<_> = entries.iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["environment.created", "api_key.created", "organization.created", "portal_token.minted"]
    );
    let minted = &entries[3];
    assert!(minted["id"].as_str().unwrap().starts_with("audit_"));
    assert_eq!(minted["created_at"], "2026-11-21T12:00:00.000Z");
    assert_eq!(
        minted["data"],
        json!({
            "organization_id": organization,
            "user_id": null,
            "actor_type": "api_key",
            "actor_id": minted["data"]["actor_id"],
            "target_type": "portal_link",
            "target_id": token["id"],
            "metadata": {"kind": "token", "intents": "sso"},
        })
    );
}

#[actix_web::test]
async fn the_audit_trail_is_walked_without_gaps_or_repeats() {
    let (app, tenant) = TestApp::new().await;
    for n in 0..3 {
        app.clock.forward(time::Duration::milliseconds(1));
        app.organization(&tenant, &format!("Org {n}")).await;
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page =
            app.get(&tenant, &format!("/v1/events?limit=2&after={after}")).await.expect(StatusCode::OK);
        seen.extend(page["data"].as_array().unwrap().iter().map(|entry| entry["id"].clone().to_string()));
        // One more arrives while the reader is on the way.
        if seen.len() == 2 {
            app.organization(&tenant, "Late").await;
        }
        match page["list_metadata"]["after"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((seen.len(), count), (6, 6));
}

#[actix_web::test]
async fn the_audit_trail_is_filtered_by_action_and_inclusive_range() {
    let (app, tenant) = TestApp::new().await;
    for n in 0..3 {
        app.clock.forward(time::Duration::microseconds(1_000_500));
        app.organization(&tenant, &format!("Org {n}")).await;
    }
    let count = async |query: &str| {
        let page = app.get(&tenant, &format!("/v1/events?{query}")).await.expect(StatusCode::OK);
        page["data"].as_array().unwrap().len()
    };
    for (query, expected) in [
        ("", 5),
        ("events[]=organization.created", 3),
        ("events%5B%5D=organization.created&events%5B%5D=api_key.created", 4),
        ("events[]=never.happens", 0),
        ("events[]=", 5),
        ("range_start=2026-11-21T12:00:02.001Z", 2),
        // Shown with three digits, kept with six: what was copied from an answer is included.
        ("range_end=2026-11-21T12:00:01.000Z", 3),
        ("range_start=2026-11-21T12:00:01.000Z&range_end=2026-11-21T12:00:02.001Z", 2),
        ("range_start=2026-11-21T14:00:02.001%2B02:00", 2),
        ("limit=1", 1),
    ] {
        assert_eq!(count(query).await, expected, "{query}");
    }
    for query in ["limit=0", "limit=101", "after=nonsense", "range_start=yesterday", "range_end=2026-11-21"] {
        let answer = app.get(&tenant, &format!("/v1/events?{query}")).await;
        assert_eq!(code(&answer, 422), "invalid_request", "{query}");
    }
}

#[actix_web::test]
async fn refusals_of_the_transport_wear_the_same_envelope() {
    let (app, tenant) = TestApp::new().await;
    let nobody = app.send(crate::support::request(Method::GET, "/v1/events")).await;
    assert_eq!(code(&nobody, 401), "unauthorized");
    let wrong_method = app.send(tenant.request(Method::PUT, "/v1/events")).await;
    assert_eq!(code(&wrong_method, 405), "method_not_allowed");
    let malformed = app.send(tenant.request(Method::POST, TOKENS).set_payload("{")).await;
    assert_eq!(code(&malformed, 400), "invalid_json");
    let (_, plain_http) = mint(&app, &tenant, TOKENS, json!({"return_url": "http://app.example"})).await;
    assert_eq!(code(&plain_http, 400), "invalid_redirect_url");
}

#[actix_web::test]
async fn a_repeated_post_gives_the_same_secret_again() {
    let (app, tenant) = TestApp::new().await;
    let body = json!({"organization_id": app.organization(&tenant, "Acme").await});
    let send =
        || tenant.request(Method::POST, TOKENS).insert_header(("Idempotency-Key", "k")).set_json(&body);
    let first = app.send(send()).await.expect(StatusCode::CREATED);
    assert_eq!(app.send(send()).await.expect(StatusCode::CREATED), first);
}
