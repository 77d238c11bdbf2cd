//! A connection's own fields in the dashboard: what it is called, and where it is registered.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use vestibule_application::ambient::SecretOf;
use vestibule_application::ports::store::Store as _;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::Connection;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::member::MemberRole;
use vestibule_domain::readout::FieldChange;

use crate::operator::{Operator, made_from_behind};
use crate::provider::{Documents, discovery, saml_options};
use crate::support::{Answer, Tenant, TestApp};

const DOCUMENT: &str = "/.well-known/openid-configuration";

/// A connection, and two members who edit it.
struct Desk {
    app: TestApp,
    tenant: Tenant,
    ada: Operator,
    bob: Operator,
    organization: String,
    id: ConnectionId,
    documents: Documents,
}

impl Desk {
    async fn of(options: impl FnOnce(&Documents) -> Value) -> Self {
        let documents = Documents::listen().await;
        documents.publish(DOCUMENT, discovery(&documents.url("")));
        let (app, tenant) = TestApp::reaching(documents.address).await;
        let ada = Operator::join(&app, &tenant, MemberRole::Member).await;
        let bob = Operator::join(&app, &tenant, MemberRole::Member).await;
        let organization = app.organization(&tenant, "Acme").await;
        let mut body = options(&documents);
        body["organization_id"] = json!(organization);
        let made = app.post(&tenant, "/connections", body).await.expect(StatusCode::CREATED);
        let id = made["id"].as_str().unwrap().parse().unwrap();
        Self { app, tenant, ada, bob, organization, id, documents }
    }

    async fn oidc() -> Self {
        Self::of(|documents| {
            let document = documents.url(DOCUMENT);
            json!({ "oidc_options": {
                "discovery_endpoint": document, "client_id": "client", "client_secret": "hush",
            } })
        })
        .await
    }

    fn path(&self) -> String {
        self.ada.path(&format!("connections/{}/edit", self.id))
    }

    async fn shown(&self) -> String {
        let answer = self.ada.get(&self.app, &self.path()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.text()
    }

    async fn held(&self) -> Connection {
        let found = self.app.store.queries().connection(self.tenant.environment.id, self.id).await;
        found.unwrap().unwrap().connection
    }

    async fn secret(&self) -> Option<String> {
        let held = self.held().await;
        let sealed = held.oidc().unwrap().client.clone().unwrap().client_secret?;
        let opened = self.app.ambient.open(SecretOf::OidcClient(self.id), &sealed).unwrap();
        Some(String::from_utf8(opened).unwrap())
    }

    /// The form as it is shown, with some of it typed over.
    fn form<'a>(issuer: &'a str, over: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut form = vec![
            ("name", "Acme"),
            ("external_id", ""),
            ("issuer", issuer),
            ("client_id", "client"),
            ("client_secret", ""),
            ("client_authentication", "client_secret_post"),
        ];
        for (key, value) in over {
            form.retain(|(held, _)| held != key);
            form.push((key, value));
        }
        form
    }

    /// Saves the form as it stands now, with some of it typed over.
    async fn save(&self, over: &[(&str, &str)]) -> Answer {
        let issuer = self.documents.url("");
        let path = self.path();
        self.ada.edit(&self.app, (&path, "<h2>Connection</h2>"), &path, &Self::form(&issuer, over)).await
    }

    /// What the newest change of the connection was.
    async fn last_change(&self) -> Vec<(String, Option<String>, Option<String>)> {
        let entries = self.app.entries(&self.tenant).await;
        let entry = entries.iter().rfind(|entry| entry.action == AuditAction::ConnectionUpdated).unwrap();
        assert!(entry.actor.origin.is_some(), "from where");
        let told = |FieldChange { field, before, after }: &FieldChange| {
            (field.clone(), before.clone(), after.clone())
        };
        entry.changes.iter().map(told).collect()
    }
}

fn change(
    field: &str,
    before: Option<&str>,
    after: Option<&str>,
) -> (String, Option<String>, Option<String>) {
    (field.to_owned(), before.map(str::to_owned), after.map(str::to_owned))
}

#[track_caller]
fn saved(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

#[actix_web::test]
async fn a_member_edits_them_and_the_trail_has_before_and_after() {
    let desk = Desk::oidc().await;
    let page = desk.ada.path(&format!("organizations/{}/connection", desk.organization));
    assert!(desk.ada.get(&desk.app, &page).await.text().contains("edit-connection"));
    assert!(!desk.shown().await.contains("hush"));
    saved(&desk.save(&[("name", "Acme & Sons"), ("external_id", "crm-1"), ("client_id", "client-2")]).await);
    assert_eq!(
        desk.last_change().await,
        [
            change("name", Some("Acme"), Some("Acme & Sons")),
            change("client_id", Some("client"), Some("client-2")),
            change("external_id", None, Some("crm-1")),
        ]
    );
    let shown = desk.ada.get(&desk.app, &page).await.text();
    assert!(shown.contains("Acme &amp; Sons") && shown.contains("<code>crm-1</code>"), "{shown}");
    assert_eq!(desk.secret().await.as_deref(), Some("hush"), "a secret that was not typed stays");
    let again = [("name", "Acme"), ("client_id", "client-2"), ("client_secret", "hush-2")];
    saved(&desk.save(&again).await);
    assert_eq!(desk.secret().await.as_deref(), Some("hush-2"));
    let last = desk.last_change().await;
    assert!(last.contains(&change("client_secret", Some("set"), Some("set, replaced"))), "{last:?}");
    assert!(last.contains(&change("external_id", Some("crm-1"), None)), "{last:?}");
    let trail = desk.ada.get(&desk.app, &desk.ada.path("trail")).await.text();
    assert!(trail.contains("set, replaced") && !trail.contains("hush"));
    for file in ["audit-trail.csv", "audit-trail.jsonl"] {
        let export = desk.ada.get(&desk.app, &desk.ada.path(&format!("trail/{file}"))).await.text();
        assert!(export.contains("client-2") && !export.contains("hush"), "{export}");
    }
}

#[actix_web::test]
async fn another_issuer_is_read_and_gets_no_secret_of_the_one_before() {
    let desk = Desk::oidc().await;
    let other = desk.documents.url("/other");
    desk.documents.publish(&format!("/other{DOCUMENT}"), discovery(&other));
    let refused = desk.save(&[("issuer", &other)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert!(page.contains("error-client_secret") && page.contains(&format!("value=\"{other}\"")), "{page}");
    assert_eq!(desk.secret().await.as_deref(), Some("hush"));
    // The address of the document will do.
    let document = format!("{other}{DOCUMENT}");
    saved(&desk.save(&[("issuer", &document), ("client_secret", "theirs")]).await);
    let held = desk.held().await;
    let client = held.oidc().unwrap().client.as_ref().unwrap();
    assert_eq!(client.provider.issuer.as_str(), other);
    assert_eq!(client.discovery_url.as_ref().unwrap().as_str(), document);
    assert_eq!(desk.secret().await.as_deref(), Some("theirs"));
    let last = desk.last_change().await;
    assert!(last.contains(&change("issuer", Some(&desk.documents.url("")), Some(&other))), "{last:?}");
}

#[actix_web::test]
async fn what_is_wrong_is_told_beside_its_field_and_nothing_is_lost() {
    let desk = Desk::oidc().await;
    let before = desk.held().await;
    desk.documents.publish(&format!("/wrong{DOCUMENT}"), discovery("https://elsewhere.example"));
    let (mismatch, page) = (desk.documents.url("/wrong"), desk.documents.publish("/page", "<html>".into()));
    let missing = desk.documents.url("/missing");
    let long = "x".repeat(1_025);
    for (key, typed, told) in [
        ("name", "", "error-name"),
        ("external_id", "é", "error-external_id"),
        ("issuer", "", "error-issuer"),
        ("issuer", "ftp://idp.example", "error-issuer"),
        ("issuer", "https://10.0.0.1", "cannot be read"),
        ("issuer", &missing, "cannot be read"),
        ("issuer", &mismatch, "cannot be used"),
        ("issuer", &page, "error-issuer"),
        ("client_id", "a b", "error-client_id"),
        ("client_id", &long, "error-client_id"),
        ("client_secret", "a b", "error-client_secret"),
        ("client_authentication", "by_hand", "error-client_authentication"),
        ("client_authentication", "client_secret_basic", "not among what the provider offers"),
        ("client_authentication", "none", "not among what the provider offers"),
    ] {
        let refused = desk.save(&[("name", "Typed"), (key, typed)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{key} {typed}");
        let page = refused.text();
        assert!(page.contains(told), "{key} {typed}: {page}");
        assert!(key == "name" || page.contains("value=\"Typed\""), "{key} {typed}: {page}");
    }
    // Everything at once.
    let all = desk.save(&[("name", ""), ("issuer", &missing), ("client_id", "")]).await.text();
    for told in ["error-name", "error-issuer", "error-client_id"] {
        assert!(all.contains(told), "{told}: {all}");
    }
    let secret = desk.save(&[("name", ""), ("client_secret", "typed-secret")]).await.text();
    assert!(!secret.contains("typed-secret") && secret.contains("Client secret has to be typed again"));
    assert_eq!(desk.held().await, before);
}

#[actix_web::test]
async fn a_key_takes_the_secrets_place_and_its_certificate_is_shown() {
    let desk = Desk::oidc().await;
    let mut document: Value = serde_json::from_str(&discovery(&desk.documents.url(""))).unwrap();
    document["token_endpoint_auth_methods_supported"] = json!(["client_secret_post", "private_key_jwt"]);
    let other = desk.documents.url("/keys");
    document["issuer"] = json!(other);
    desk.documents.publish(&format!("/keys{DOCUMENT}"), document.to_string());
    let by_key = [("issuer", other.as_str()), ("client_authentication", "private_key_jwt")];
    let with_secret = [by_key[0], by_key[1], ("client_secret", "theirs")];
    let refused = desk.save(&with_secret).await;
    assert!(refused.text().contains("is not used with this client authentication"), "{}", refused.text());
    saved(&desk.save(&by_key).await);
    assert_eq!(desk.secret().await, None);
    let held = desk.held().await;
    let pem = held.oidc().unwrap().signing_key.as_ref().unwrap().certificate.to_pem();
    let page = desk.ada.path(&format!("organizations/{}/connection", desk.organization));
    let shown = desk.ada.get(&desk.app, &page).await.text();
    assert!(shown.contains("The provider checks it with this certificate"), "{shown}");
    assert!(shown.contains(pem.lines().nth(1).unwrap()), "{shown}");
}

#[actix_web::test]
async fn the_later_of_two_is_told_field_by_field() {
    let desk = Desk::oidc().await;
    let (path, issuer) = (desk.path(), desk.documents.url(""));
    let early = made_from_behind(&desk.shown().await, "<h2>Connection</h2>");
    let first = [("name", "By Ada"), ("client_secret", "ada"), ("made_from", early.as_str())];
    saved(&desk.ada.post(&desk.app, &path, &Desk::form(&issuer, &first)).await);
    let mine = [("client_id", "bob"), ("made_from", early.as_str())];
    let told = desk.bob.post(&desk.app, &path, &Desk::form(&issuer, &mine)).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    let page = told.text();
    for wanted in
        ["data-testid=\"meanwhile\"", "By Ada", "Client id", "value=\"bob\"", "Save anyway", "changed this"]
    {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    assert!(!page.contains(">Client secret</bdi>"), "Bob typed none: {page}");
    assert_eq!(desk.held().await.name.as_str(), "By Ada");
    let newer = made_from_behind(&page, "<h2>Connection</h2>");
    let anyway = [("client_id", "bob"), ("made_from", newer.as_str())];
    saved(&desk.bob.post(&desk.app, &path, &Desk::form(&issuer, &anyway)).await);
    assert_eq!(desk.held().await.name.as_str(), "Acme");
    assert_eq!(desk.secret().await.as_deref(), Some("ada"));
    // What somebody else wanted just so is saved already.
    saved(&desk.ada.post(&desk.app, &path, &Desk::form(&issuer, &mine)).await);
    // A secret that somebody else replaced is news for whoever types another one.
    let from = made_from_behind(&desk.shown().await, "<h2>Connection</h2>");
    let ada = [("client_id", "bob"), ("client_secret", "newest"), ("made_from", from.as_str())];
    saved(&desk.ada.post(&desk.app, &path, &Desk::form(&issuer, &ada)).await);
    let bob = [("client_id", "bob"), ("client_secret", "mine"), ("made_from", from.as_str())];
    let told = desk.bob.post(&desk.app, &path, &Desk::form(&issuer, &bob)).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.text().contains("set, replaced") && !told.text().contains("mine"));
    assert!(told.text().contains("has to be typed again"), "a secret is not sent back");
}

#[actix_web::test]
async fn two_connections_have_two_external_ids() {
    let desk = Desk::oidc().await;
    let organization = desk.app.organization(&desk.tenant, "Other").await;
    let body = json!({
        "organization_id": organization, "external_id": "crm-1", "connection_type": "OktaSAML",
        "saml_options": saml_options(),
    });
    desk.app.post(&desk.tenant, "/connections", body).await.expect(StatusCode::CREATED);
    let refused = desk.save(&[("external_id", "crm-1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("is in use by another connection"));
}

#[actix_web::test]
async fn saml_has_what_it_is_called_alone() {
    let desk = Desk::of(|_| json!({ "connection_type": "OktaSAML", "saml_options": saml_options() })).await;
    assert!(!desk.shown().await.contains("field-client_id"));
    let path = desk.path();
    let form = [("name", "Acme SAML"), ("external_id", "crm-2"), ("client_id", "ignored")];
    saved(&desk.ada.edit(&desk.app, (&path, "<h2>Connection</h2>"), &path, &form).await);
    let held = desk.held().await;
    assert_eq!((held.name.as_str(), held.external_id.unwrap().as_str()), ("Acme SAML", "crm-2"));
    let elsewhere = desk.app.tenant(vestibule_domain::environment::EnvironmentKind::Sandbox).await;
    let stranger = Operator::join(&desk.app, &elsewhere, MemberRole::Admin).await;
    let foreign = stranger.path(&format!("connections/{}/edit", desk.id));
    assert_eq!(stranger.get(&desk.app, &foreign).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.post(&desk.app, &foreign, &form).await.status, StatusCode::NOT_FOUND);
}
