//! `POST /portal/generate_link` and `POST /portal/revoke_link`.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use vestibule_application::usecases::begin_visit::{BeginVisit, BeginVisitCommand};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::portal_link::{LinkKind, PortalLink};
use vestibule_domain::secret::PortalToken;

use crate::support::{Answer, Tenant, TestApp};

const PATH: &str = "/portal/generate_link";
const UNKNOWN: &str = "org_01J9ZQK3V0000000000000000A";

async fn generate(app: &TestApp, tenant: &Tenant, fields: Value) -> (String, Answer) {
    let organization = app.organization(tenant, "Acme").await;
    let mut body = json!({ "organization": organization });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let answer = app.post(tenant, PATH, body).await;
    (organization, answer)
}

fn token(answer: &Answer) -> PortalToken {
    let link = answer.expect(StatusCode::CREATED)["link"].as_str().unwrap().to_owned();
    let token = link.strip_prefix("https://vestibule.example/portal?token=").unwrap();
    PortalToken::parse(token).unwrap()
}

async fn kept(app: &TestApp, answer: &Answer) -> PortalLink {
    use vestibule_application::ports::store::Store as _;
    let digest = token(answer).digest();
    app.store.queries().invitation(&digest).await.unwrap().unwrap().link
}

#[actix_web::test]
async fn a_link_is_made_for_five_minutes_with_all_that_sdks_send() {
    let (app, tenant) = TestApp::new().await;
    let (organization, answer) = generate(
        &app,
        &tenant,
        json!({
            "intent": "sso",
            "return_url": "https://app.example/settings",
            "success_url": "http://localhost:3000/done",
            "intent_options": {"sso": {"bookmark_slug": "x", "provider_type": "GoogleSAML"}},
            "admin_emails": ["Ada@Acme.example"],
            "it_contact_emails": ["ada@acme.example", "bob@acme.example"],
            "external_user_id": "user_1",
            "unknown": true,
        }),
    )
    .await;
    assert_eq!(answer.json().as_object().unwrap().len(), 1);
    let link = kept(&app, &answer).await;
    assert_eq!((link.kind, link.organization_id.to_string()), (LinkKind::Launch, organization));
    assert_eq!((link.expires_at - link.created_at).whole_minutes(), 5);
    assert_eq!(link.provider_hint.as_deref(), Some("google-workspace-saml"));
    let admins: Vec<_> = link.admins.iter().map(EmailAddress::as_str).collect();
    assert_eq!(admins, ["ada@acme.example", "bob@acme.example"]);
    assert_eq!(app.trail(&tenant).await, ["organization.created", "portal_token.minted"]);
}

#[actix_web::test]
async fn every_intent_of_the_contract_makes_a_link_and_none_opens_the_home() {
    let (app, tenant) = TestApp::new().await;
    for intent in ["sso", "dsync", "audit_logs", "log_streams", "domain_verification", "certificate_renewal"]
    {
        let (_, answer) = generate(&app, &tenant, json!({ "intent": intent })).await;
        assert_eq!(kept(&app, &answer).await.intents[0].as_str(), intent);
    }
    for nothing in [json!({}), json!({"intent": null})] {
        let (_, answer) = generate(&app, &tenant, nothing).await;
        assert!(kept(&app, &answer).await.intents.is_empty());
    }
}

#[actix_web::test]
async fn links_are_distinct_on_each_call() {
    let (app, tenant) = TestApp::new().await;
    let body = json!({"organization": app.organization(&tenant, "Acme").await});
    let a = app.post(&tenant, PATH, body.clone()).await;
    let b = app.post(&tenant, PATH, body).await;
    assert_ne!(token(&a), token(&b));
}

#[actix_web::test]
async fn what_is_missing_or_wrong_is_422_and_named() {
    let (app, tenant) = TestApp::new().await;
    assert_eq!(app.post(&tenant, PATH, json!({"intent": "sso"})).await.fields(), ["organization"]);
    assert_eq!(app.post(&tenant, PATH, json!({"organization": null})).await.fields(), ["organization"]);
    let emails: Vec<_> = (0..21).map(|n| format!("a{n}@acme.example")).collect();
    for (fields, named) in [
        (json!({"intent": "bring_your_own_key"}), "intent"),
        (json!({"intent": "SSO"}), "intent"),
        (json!({"intent": ["sso"]}), "intent"),
        (json!({"admin_emails": ["a@acme.example", "nonsense"]}), "admin_emails[1]"),
        (json!({"it_contact_emails": ["a@b.c\r\nBcc: d@e.f"]}), "it_contact_emails[0]"),
        (json!({"admin_emails": emails}), "admin_emails"),
        (json!({"external_user_id": ""}), "external_user_id"),
        (json!({"return_url": 5}), "return_url"),
    ] {
        let (_, answer) = generate(&app, &tenant, fields.clone()).await;
        assert_eq!(answer.fields(), [named], "{fields}");
    }
    let (_, answer) = generate(&app, &tenant, json!({"admin_emails": emails[..20]})).await;
    answer.expect(StatusCode::CREATED);
}

#[actix_web::test]
async fn a_refused_address_is_400_and_names_its_field() {
    let (app, tenant) = TestApp::new().await;
    let production = app.tenant(EnvironmentKind::Production).await;
    for (tenant, field, url) in [
        (&tenant, "return_url", "http://app.example/"),
        (&tenant, "success_url", "javascript:alert(1)"),
        (&tenant, "return_url", "https://user@app.example/"),
        (&tenant, "success_url", "https://app.example/#x"),
        (&tenant, "return_url", "//app.example"),
        (&production, "return_url", "http://localhost:3000/"),
    ] {
        let (_, answer) = generate(&app, tenant, json!({ field: url })).await;
        let body = answer.expect(StatusCode::BAD_REQUEST);
        assert_eq!(body["errors"][0]["field"], field, "{url}");
        assert!(body["message"].as_str().unwrap().starts_with(field), "{body}");
    }
}

#[actix_web::test]
async fn a_production_environment_needs_a_way_back() {
    let (app, _) = TestApp::new().await;
    let without = app.tenant(EnvironmentKind::Production).await;
    let (_, refused) = generate(&app, &without, json!({})).await;
    assert!(refused.refusal(StatusCode::BAD_REQUEST).contains("return URL"));
    let (_, with_own) = generate(&app, &without, json!({"return_url": "https://app.example/"})).await;
    with_own.expect(StatusCode::CREATED);
    let with = app.tenant_with(EnvironmentKind::Production, Some("https://app.example/")).await;
    let (_, made) = generate(&app, &with, json!({})).await;
    made.expect(StatusCode::CREATED);
}

#[actix_web::test]
async fn an_unknown_or_foreign_organization_is_404() {
    let (app, tenant) = TestApp::new().await;
    let stranger = app.tenant(EnvironmentKind::Sandbox).await;
    let foreign = app.organization(&stranger, "Theirs").await;
    for organization in [UNKNOWN, "nonsense", "", foreign.as_str()] {
        for (path, extra) in [(PATH, json!({})), ("/portal/revoke_link", json!({"external_user_id": "u"}))] {
            let mut body = extra;
            body["organization"] = organization.into();
            let answer = app.post(&tenant, path, body).await;
            assert_eq!(answer.refusal(StatusCode::NOT_FOUND), "entity_not_found", "{organization}");
        }
    }
}

#[actix_web::test]
async fn revoking_a_users_links_leaves_the_others() {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    let link = |user: Option<&str>| json!({"organization": organization, "external_user_id": user});
    let theirs = app.post(&tenant, PATH, link(Some("user_1"))).await;
    let others = app.post(&tenant, PATH, link(Some("user_2"))).await;
    let nobodys = app.post(&tenant, PATH, link(None)).await;
    let revoked = app.post(&tenant, "/portal/revoke_link", link(Some("user_1"))).await;
    revoked.expect_empty(StatusCode::NO_CONTENT);
    let open = async |answer: &Answer| {
        let command = BeginVisitCommand { token: token(answer), admin: None };
        app.run(BeginVisit { ambient: app.ambient.clone() }, command).await
    };
    assert!(open(&theirs).await.is_err());
    assert!(open(&others).await.is_ok());
    assert!(open(&nobodys).await.is_ok());
    let missing = app.post(&tenant, "/portal/revoke_link", json!({})).await;
    assert_eq!(missing.fields(), ["organization", "external_user_id"]);
}
