//! Settings that two people edit at once: the later one is told what changed, and the audit trail has
//! before and after.

use actix_web::http::StatusCode;
use vestibule_application::ports::store::Store as _;
use vestibule_domain::environment::Environment;
use vestibule_domain::member::MemberRole;

use crate::operator::{Operator, made_from_behind};
use crate::support::{Answer, Tenant, TestApp};

/// Two admins of a team.
struct Desk {
    app: TestApp,
    tenant: Tenant,
    ada: Operator,
    bob: Operator,
}

impl Desk {
    async fn new() -> Self {
        let (app, tenant) = TestApp::new().await;
        let ada = Operator::join(&app, &tenant, MemberRole::Admin).await;
        let bob = Operator::join(&app, &tenant, MemberRole::Admin).await;
        Self { app, tenant, ada, bob }
    }

    async fn shown(&self, path: &str) -> String {
        let answer = self.ada.get(&self.app, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.text()
    }

    async fn from(&self, path: &str, mark: &str) -> String {
        made_from_behind(&self.shown(path).await, mark)
    }

    async fn environment(&self) -> Environment {
        self.app.store.queries().environment(self.tenant.environment.id).await.unwrap().unwrap()
    }

    /// Asserts what page and exports of the audit trail say.
    async fn trail_says(&self, wanted: &[&str], never: &[&str]) {
        let page = self.shown(&self.ada.path("trail")).await;
        let csv = self.shown(&self.ada.path("trail/audit-trail.csv")).await;
        let json = self.shown(&self.ada.path("trail/audit-trail.jsonl")).await;
        for text in [page, csv, json] {
            assert!(wanted.iter().all(|wanted| text.contains(wanted)), "{wanted:?}: {text}");
            assert!(never.iter().all(|never| !text.contains(never)), "{never:?}: {text}");
        }
    }
}

fn with<'a>(form: &[(&'a str, &'a str)], from: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut form = form.to_vec();
    form.push(("made_from", from));
    form
}

#[track_caller]
fn saved(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

/// The page that tells somebody that they were overtaken.
#[track_caller]
fn told(answer: &Answer, wanted: &[&str]) -> String {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text());
    let page = answer.text();
    assert!(page.contains("data-testid=\"meanwhile\"") && page.contains("changed this meanwhile"), "{page}");
    for wanted in wanted {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    page
}

#[actix_web::test]
async fn an_environment_is_renamed_by_two() {
    let desk = Desk::new().await;
    let path = desk.ada.path("settings");
    let before = desk.environment().await.name.to_string();
    let early = desk.from(&path, "<h2>Name</h2>").await;
    saved(&desk.ada.post(&desk.app, &path, &with(&[("name", "By Ada")], &early)).await);
    let late = desk.bob.post(&desk.app, &path, &with(&[("name", "By Bob")], &early)).await;
    let page = told(&late, &[">By Ada<", "value=\"By Bob\"", "Rename anyway"]);
    assert_eq!(desk.environment().await.name.as_str(), "By Ada");
    let newer = made_from_behind(&page, "<h2>Name</h2>");
    saved(&desk.bob.post(&desk.app, &path, &with(&[("name", "By Bob")], &newer)).await);
    // The same again is what is wanted already.
    saved(&desk.ada.post(&desk.app, &path, &with(&[("name", "By Bob")], &early)).await);
    desk.trail_says(&[&before, "By Ada", "By Bob"], &["name_before"]).await;
    let stale = desk.ada.post(&desk.app, &path, &[("name", "By nobody")]).await;
    assert_eq!(stale.status, StatusCode::BAD_REQUEST, "a form that does not say what it was made from");
}

#[actix_web::test]
async fn a_redirect_is_made_the_default_by_two() {
    let desk = Desk::new().await;
    let page = desk.ada.path("redirects");
    let uris = ["https://a.example/cb", "https://b.example/cb", "https://c.example/cb"];
    for uri in uris {
        saved(&desk.ada.post(&desk.app, &page, &[("uri", uri)]).await);
    }
    let (first, remove) = (format!("{page}/default"), format!("{page}/remove"));
    let early = desk.from(&page, "redirect-row").await;
    saved(&desk.ada.post(&desk.app, &first, &with(&[("uri", uris[1])], &early)).await);
    let late = desk.bob.post(&desk.app, &first, &with(&[("uri", uris[2])], &early)).await;
    let shown = told(&late, &["Default", uris[1], uris[2], "Press the button again"]);
    // Taking the default away is a change of it, too; taking another one away is none.
    let gone = desk.bob.post(&desk.app, &remove, &with(&[("uri", uris[1])], &early)).await;
    told(&gone, &[uris[1]]);
    assert_eq!(desk.environment().await.redirect_uris.len(), 3);
    saved(&desk.bob.post(&desk.app, &remove, &with(&[("uri", uris[0])], &early)).await);
    let newer = made_from_behind(&shown, "redirect-row");
    saved(&desk.bob.post(&desk.app, &first, &with(&[("uri", uris[2])], &newer)).await);
    let held: Vec<_> =
        desk.environment().await.redirect_uris.iter().map(|uri| uri.as_str().to_owned()).collect();
    assert_eq!(held, [uris[2], uris[1]]);
    desk.trail_says(&["default_redirect_uri", uris[0], uris[1], uris[2]], &[]).await;
}

#[actix_web::test]
async fn a_registration_at_a_provider_is_changed_by_two_and_no_secret_is_told() {
    let desk = Desk::new().await;
    let page = desk.ada.path("providers");
    let google = format!("{page}/google");
    let mark = "data-testid=\"provider-google\"";
    let early = desk.from(&page, mark).await;
    let ada = [("google_client_id", "id-ada"), ("google_client_secret", "hush-ada")];
    saved(&desk.ada.post(&desk.app, &google, &with(&ada, &early)).await);
    let bob = [("google_client_id", "id-bob"), ("google_client_secret", "hush-bob")];
    let late = desk.bob.post(&desk.app, &google, &with(&bob, &early)).await;
    let shown = told(&late, &[">id-ada<", "value=\"id-bob\"", "Google client secret", "Save anyway"]);
    assert!(!shown.contains("hush") && shown.contains("has to be typed again"), "{shown}");
    // A secret that was not typed is not judged by a registration that they have not seen.
    let keeps = [("google_client_id", "id-bob"), ("google_client_secret", "")];
    told(&desk.bob.post(&desk.app, &google, &with(&keeps, &early)).await, &["id-ada"]);
    let newer = made_from_behind(&shown, mark);
    saved(&desk.bob.post(&desk.app, &google, &with(&bob, &newer)).await);
    // The other provider's form is another one.
    let microsoft = [("microsoft_client_id", "id-ms"), ("microsoft_client_secret", "hush-ms")];
    let from = desk.from(&page, "data-testid=\"provider-microsoft\"").await;
    saved(&desk.ada.post(&desk.app, &format!("{page}/microsoft"), &with(&microsoft, &from)).await);
    saved(&desk.ada.post(&desk.app, &format!("{google}/remove"), &[("confirm", "Google")]).await);
    let wanted = ["GoogleOAuth.client_id", "id-ada", "id-bob", "set, replaced", "MicrosoftOAuth.client_id"];
    desk.trail_says(&wanted, &["hush"]).await;
}

#[actix_web::test]
async fn an_attribute_is_renamed_by_two_and_one_more_is_nobodys_business() {
    let desk = Desk::new().await;
    let page = desk.ada.path("attributes");
    let add = |key: &'static str, label: &'static str| [("key", key), ("label", label)];
    let fresh = desk.from(&page, "Add one").await;
    saved(&desk.ada.post(&desk.app, &page, &with(&add("department", "Department"), &fresh)).await);
    // Bob's page knows no attribute yet.
    saved(&desk.bob.post(&desk.app, &page, &with(&add("cost_center", "Cost center"), &fresh)).await);
    let late = desk.bob.post(&desk.app, &page, &with(&add("department", "Team"), &fresh)).await;
    told(&late, &["department", ">Department<", "value=\"Team\"", "Save anyway"]);
    let mark = "<code>department</code>";
    let early = desk.from(&page, mark).await;
    saved(&desk.ada.post(&desk.app, &page, &with(&add("department", "Abteilung"), &early)).await);
    let late = desk.bob.post(&desk.app, &page, &with(&add("department", "Team"), &early)).await;
    let shown = told(&late, &[">Abteilung<", "value=\"Team\"", "Save anyway"]);
    let gone = format!("{page}/remove");
    let removal = desk.bob.post(&desk.app, &gone, &with(&[("key", "department")], &early)).await;
    told(&removal, &[">Abteilung<", "not set"]);
    let newer = made_from_behind(&shown, "Save it anyway");
    saved(&desk.bob.post(&desk.app, &page, &with(&add("department", "Team"), &newer)).await);
    saved(&desk.bob.edit(&desk.app, (&page, mark), &gone, &[("key", "department")]).await);
    let wanted =
        ["custom_attribute.department", "Department", "Abteilung", "Team", "custom_attribute.cost_center"];
    desk.trail_says(&wanted, &[]).await;
}

#[actix_web::test]
async fn a_webhook_endpoint_is_changed_by_two() {
    let desk = Desk::new().await;
    let form = |url: &'static str, event: &'static str| [("url", url), ("style", "workos"), ("event", event)];
    let made = form("https://one.example/", "organization.created");
    let made = desk.ada.post(&desk.app, &desk.ada.path("webhooks"), &made).await;
    let endpoint = made.header("location").unwrap().to_owned();
    let (edit, mark) = (format!("{endpoint}/edit"), "change-endpoint");
    let early = desk.from(&endpoint, mark).await;
    // On or off is not in the form.
    saved(&desk.ada.post(&desk.app, &endpoint, &[("state", "disabled")]).await);
    let ada = form("https://ada.example/", "organization.updated");
    saved(&desk.ada.post(&desk.app, &edit, &with(&ada, &early)).await);
    let bob = form("https://bob.example/", "organization.created");
    let late = desk.bob.post(&desk.app, &edit, &with(&bob, &early)).await;
    let wanted = [
        "Address",
        "https://ada.example/",
        "value=\"https://bob.example/\"",
        "organization.updated",
        "Save anyway",
        "open=\"open\"",
    ];
    let shown = told(&late, &wanted);
    let newer = made_from_behind(&shown, mark);
    saved(&desk.bob.post(&desk.app, &edit, &with(&bob, &newer)).await);
    saved(&desk.bob.post(&desk.app, &edit, &with(&bob, &early)).await);
    let secret = desk.shown(&endpoint).await;
    let secret = secret.split("data-testid=\"endpoint-secret\">").nth(1).unwrap();
    let secret = secret.split('<').next().unwrap().to_owned();
    saved(&desk.ada.post(&desk.app, &format!("{endpoint}/secret"), &[]).await);
    saved(&desk.ada.post(&desk.app, &format!("{endpoint}/delete"), &[]).await);
    let wanted = [
        "https://one.example/",
        "https://ada.example/",
        "event.organization.updated",
        "enabled",
        "disabled",
        "set, replaced",
    ];
    desk.trail_says(&wanted, &[&secret]).await;
}

#[actix_web::test]
async fn switches_and_custom_domains_are_told_before_and_after() {
    let desk = Desk::new().await;
    saved(&desk.ada.post(&desk.app, &desk.ada.path("providers/test"), &[("to", "off")]).await);
    let hosts = desk.ada.path("hosts");
    let added = desk.ada.post(&desk.app, &format!("{hosts}/portal"), &[("host", "login.acme.example")]).await;
    saved(&added);
    let entries = desk.app.entries(&desk.tenant).await;
    let change = |field: &str| {
        let changes = entries.iter().flat_map(|entry| &entry.changes);
        let change = changes.into_iter().rfind(|change| change.field == field).unwrap();
        (change.before.clone(), change.after.clone())
    };
    assert_eq!(change("test_provider"), (Some("on".to_owned()), Some("off".to_owned())));
    assert_eq!(change("host"), (None, Some("login.acme.example".to_owned())));
    assert!(
        entries.iter().filter(|entry| !entry.changes.is_empty()).all(|entry| entry.actor.origin.is_some())
    );
}

#[actix_web::test]
async fn an_account_is_changed_in_two_tabs() {
    let desk = Desk::new().await;
    let (path, mark) = ("/dashboard/account", "<h2>You</h2>");
    let early = desk.from(path, mark).await;
    let first = [("name", "Ada"), ("notice", "certificate_expiry")];
    saved(&desk.ada.post(&desk.app, path, &with(&first, &early)).await);
    let late = desk.ada.post(&desk.app, path, &with(&[("name", "Countess")], &early)).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let shown = late.text();
    for wanted in ["data-testid=\"meanwhile\"", ">Ada<", "Mails", "value=\"Countess\"", "Save anyway"] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    let newer = made_from_behind(&shown, mark);
    saved(&desk.ada.post(&desk.app, path, &with(&[("name", "Countess")], &newer)).await);
    let trail = desk.shown("/dashboard/team/trail").await;
    for wanted in ["<code>name</code>", ">Ada<", ">Countess<", "<code>mails</code>"] {
        assert!(trail.contains(wanted), "{wanted}: {trail}");
    }
}
