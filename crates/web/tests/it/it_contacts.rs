//! IT contacts and their invitations.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use vestibule_application::ports::store::Store as _;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::job::Task;
use vestibule_domain::language::Language;
use vestibule_domain::message::MessageKind;

use crate::support::{Tenant, TestApp};

async fn contact(app: &TestApp, tenant: &Tenant, organization: &str, email: &str) -> Value {
    let path = format!("/organizations/{organization}/it_contacts");
    app.post(tenant, &path, json!({ "email": email })).await.expect(StatusCode::CREATED)
}

fn path(organization: &str, contact: &Value) -> String {
    format!("/organizations/{organization}/it_contacts/{}", contact["id"].as_str().unwrap())
}

#[actix_web::test]
async fn a_contact_is_added_listed_and_deleted() {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    let made = contact(&app, &tenant, &organization, "IT@Acme.example").await;
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("it_contact_"));
    assert_eq!(
        made,
        json!({
            "object": "it_contact",
            "id": id,
            "email": "it@acme.example",
            "created_at": "2026-11-21T12:00:00.000Z",
            "updated_at": "2026-11-21T12:00:00.000Z",
        })
    );
    let list = format!("/organizations/{organization}/it_contacts");
    let page = app.get(&tenant, &list).await.expect(StatusCode::OK);
    let metadata = json!({"before": null, "after": null});
    assert_eq!(page, json!({"object": "list", "data": [made], "list_metadata": metadata}));
    app.delete(&tenant, &path(&organization, &made)).await.expect_empty(StatusCode::NO_CONTENT);
    assert_eq!(app.get(&tenant, &list).await.expect(StatusCode::OK)["data"], json!([]));
    let again = app.delete(&tenant, &path(&organization, &made)).await;
    assert_eq!(again.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    assert_eq!(
        app.trail(&tenant).await,
        ["organization.created", "it_contact.created", "it_contact.deleted"]
    );
}

#[actix_web::test]
async fn an_address_is_one_contact_of_an_organization() {
    let (app, tenant) = TestApp::new().await;
    let (a, b) = (app.organization(&tenant, "A").await, app.organization(&tenant, "B").await);
    contact(&app, &tenant, &a, "it@acme.example").await;
    contact(&app, &tenant, &b, "it@acme.example").await;
    let list = format!("/organizations/{a}/it_contacts");
    let twice = app.post(&tenant, &list, json!({"email": "IT@acme.example"})).await;
    assert_eq!(twice.refusal(StatusCode::CONFLICT), "it_contact_already_exists");
    for body in
        [json!({}), json!({"email": ""}), json!({"email": "nobody"}), json!({"email": "a@b.c\r\nBcc: d@e.f"})]
    {
        assert_eq!(app.post(&tenant, &list, body).await.fields(), ["email"]);
    }
}

#[actix_web::test]
async fn an_invited_contact_is_mailed_a_setup_link_that_names_them() {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    let made = contact(&app, &tenant, &organization, "it@acme.example").await;
    let invite = format!("{}/invite", path(&organization, &made));
    let body = json!({"intents": ["sso", "directory_sync", "log_streams", "domain_verification", "sso"]});
    app.post(&tenant, &invite, body.clone()).await.expect_empty(StatusCode::NO_CONTENT);

    let mut work = app.store.begin().await.unwrap();
    let id = organization.parse().unwrap();
    let link = work.links().open_setup_link(tenant.environment.id, id).await.unwrap().unwrap();
    drop(work);
    let admins: Vec<_> = link.admins.iter().map(EmailAddress::as_str).collect();
    assert_eq!(admins, ["it@acme.example"]);
    let intents: Vec<_> = link.intents.iter().map(|intent| intent.as_str()).collect();
    assert_eq!(intents, ["sso", "dsync", "domain_verification", "log_streams"]);
    assert_eq!((link.expires_at - link.created_at).whole_days(), 30);

    let active = app.post(&tenant, &invite, body.clone()).await;
    assert_eq!(active.refusal(StatusCode::CONFLICT), "it_contact_invitation_already_active");
    app.clock.forward(time::Duration::days(30));
    app.post(&tenant, &invite, body).await.expect_empty(StatusCode::NO_CONTENT);
    app.clock.forward(time::Duration::days(30));
    let german = json!({"intents": ["sso"], "language": "de-AT"});
    app.post(&tenant, &invite, german).await.expect_empty(StatusCode::NO_CONTENT);
    assert_eq!(languages(&app).await, [Language::En, Language::En, Language::De]);
}

/// The languages of the invitations that wait to be mailed.
async fn languages(app: &TestApp) -> Vec<Language> {
    let mut languages = Vec::new();
    for job in app.store.jobs().claim(16, app.ambient.now()).await.unwrap() {
        let Task::SendMessage(id) = job.task else { continue };
        let message = app.store.queries().message(job.environment_id, id).await.unwrap().unwrap();
        let MessageKind::Invitation { language, .. } = message.kind else { panic!("{message:?}") };
        languages.push(language);
    }
    languages.sort_unstable();
    languages
}

#[actix_web::test]
async fn invitations_have_words_of_their_own() {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    let made = contact(&app, &tenant, &organization, "it@acme.example").await;
    let invite = format!("{}/invite", path(&organization, &made));
    for (body, field) in [
        (json!({}), "intents"),
        (json!({"intents": []}), "intents"),
        (json!({"intents": ["dsync"]}), "intents[0]"),
        (json!({"intents": ["sso", "bring_your_own_key"]}), "intents[1]"),
        (json!({"intents": "sso"}), "intents"),
        (json!({"intents": ["sso"], "language": "tlh"}), "language"),
    ] {
        assert_eq!(app.post(&tenant, &invite, body.clone()).await.fields(), [field], "{body}");
    }
}

#[actix_web::test]
async fn a_revoked_invitation_makes_room_for_another() {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    let (a, b) = (
        contact(&app, &tenant, &organization, "a@acme.example").await,
        contact(&app, &tenant, &organization, "b@acme.example").await,
    );
    let call = async |contact: &Value, verb: &str| {
        app.post(&tenant, &format!("{}/{verb}", path(&organization, contact)), json!({"intents": ["sso"]}))
            .await
            .status
    };
    assert_eq!(call(&a, "revoke").await, StatusCode::NO_CONTENT, "without an invitation nothing happens");
    assert_eq!(call(&a, "invite").await, StatusCode::NO_CONTENT);
    assert_eq!(call(&b, "revoke").await, StatusCode::NO_CONTENT, "another's invitation stays");
    assert_eq!(call(&b, "invite").await, StatusCode::CONFLICT);
    assert_eq!(call(&a, "revoke").await, StatusCode::NO_CONTENT);
    assert_eq!(call(&b, "invite").await, StatusCode::NO_CONTENT);
    app.delete(&tenant, &path(&organization, &b)).await.expect_empty(StatusCode::NO_CONTENT);
    assert_eq!(call(&a, "invite").await, StatusCode::NO_CONTENT, "an invitation goes with its contact");
    assert_eq!(
        app.trail(&tenant).await[3..],
        [
            "portal_token.minted",
            "portal_token.revoked",
            "portal_token.minted",
            "portal_token.revoked",
            "it_contact.deleted",
            "portal_token.minted",
        ]
    );
}

#[actix_web::test]
async fn foreign_and_unknown_ids_are_not_found() {
    let (app, tenant) = TestApp::new().await;
    let stranger = app.tenant(EnvironmentKind::Sandbox).await;
    let (mine, theirs) = (app.organization(&tenant, "A").await, app.organization(&stranger, "B").await);
    let made = contact(&app, &stranger, &theirs, "it@their.example").await;
    let foreign = path(&theirs, &made);
    let crossed = path(&mine, &made);
    let list = format!("/organizations/{theirs}/it_contacts");
    for (method, path) in [
        (Method::GET, list.clone()),
        (Method::POST, list),
        (Method::DELETE, foreign.clone()),
        (Method::POST, format!("{foreign}/invite")),
        (Method::POST, format!("{foreign}/revoke")),
        (Method::DELETE, crossed.clone()),
        (Method::POST, format!("{crossed}/invite")),
        (Method::POST, format!("{crossed}/revoke")),
        (Method::GET, "/organizations/nonsense/it_contacts".into()),
        (Method::DELETE, format!("/organizations/{mine}/it_contacts/nonsense")),
    ] {
        let body = json!({"email": "x@y.example", "intents": ["sso"]});
        let answer = app.send(tenant.request(method, &path).set_json(body)).await;
        assert_eq!(answer.refusal(StatusCode::NOT_FOUND), "entity_not_found", "{path}");
    }
}
