//! Where the portal leads, as the dashboard sets it.

use actix_web::http::StatusCode;
use vestibule_application::ports::store::Store as _;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::intent::Intent;
use vestibule_domain::member::MemberRole;
use vestibule_domain::readout::FieldChange;
use vestibule_domain::url::{ReturnUrl, URL_BYTES_MAX};

use crate::operator::Operator;
use crate::support::{Tenant, TestApp};

const HOME: &str = "https://app.example.com/settings";

async fn redirects(app: &TestApp, tenant: &Tenant) -> (Option<String>, Option<String>) {
    let found = app.store.queries().environment(tenant.environment.id).await.unwrap().unwrap();
    let text = |url: Option<&ReturnUrl>| url.map(ToString::to_string);
    (text(found.redirects.default_return_url.as_ref()), text(found.redirects.success_url(Intent::Sso)))
}

/// The state that a page's form carries.
fn made_from(page: &str) -> String {
    page.split("name=\"made_from\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn an_admin_sets_them_and_the_trail_says_what_they_were() {
    let (app, tenant) = TestApp::new().await;
    let admin = Operator::join(&app, &tenant, MemberRole::Admin).await;
    let path = admin.path("portal");
    let save = async |values: [&str; 2]| {
        let from = made_from(&admin.get(&app, &path).await.text());
        let form = [("made_from", &*from), ("default_return_url", values[0]), ("success_sso", values[1])];
        admin.post(&app, &path, &form).await
    };
    let saved = save([HOME, "http://localhost:3000/done"]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let done = Some("http://localhost:3000/done".to_owned());
    assert_eq!(redirects(&app, &tenant).await, (Some(HOME.to_owned()), done));
    let shown = admin.get(&app, saved.header("location").unwrap()).await.text();
    assert!(shown.contains("data-testid=\"notice\"") && shown.contains(HOME));
    save([HOME, ""]).await;
    assert_eq!(redirects(&app, &tenant).await, (Some(HOME.to_owned()), None));
    let entries = app.entries(&tenant).await;
    let entry = entries.iter().rev().find(|entry| entry.action == AuditAction::EnvironmentUpdated).unwrap();
    let change = FieldChange {
        field: "success_url.sso".to_owned(),
        before: Some("http://localhost:3000/done".to_owned()),
        after: None,
    };
    assert_eq!((entry.changes.as_slice(), entry.details.as_slice()), (&[change][..], &[][..]));
    let count = entries.len();
    save([HOME, ""]).await;
    assert_eq!(app.entries(&tenant).await.len(), count, "what changes nothing is no deed");
}

#[actix_web::test]
async fn what_is_no_address_is_told_beside_its_field_and_stays_typed() {
    let (app, _) = TestApp::new().await;
    let tenant = app.tenant(EnvironmentKind::Production).await;
    let admin = Operator::join(&app, &tenant, MemberRole::Admin).await;
    let path = admin.path("portal");
    assert!(admin.get(&app, &path).await.text().contains("return-url-needed"));
    let long = format!("https://app.example.com/{}", "x".repeat(URL_BYTES_MAX));
    for (typed, told) in [
        ("http://localhost:3000/", "http is accepted only for localhost"),
        ("javascript:alert(1)", "must use https"),
        ("https://a@app.example.com/", "user name"),
        ("https://app.example.com/#x", "fragment"),
        ("settings", "absolute URL"),
        (&long, "bytes long"),
    ] {
        let from = made_from(&admin.get(&app, &path).await.text());
        let form = [("made_from", &*from), ("default_return_url", HOME), ("success_sso", typed)];
        let refused = admin.post(&app, &path, &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        let page = refused.text();
        assert!(page.contains("error-success_sso") && page.contains(told), "{typed}");
        assert!(page.contains(&format!("value=\"{HOME}\"")) && page.contains("error-summary"), "{typed}");
        assert!(!page.contains("error-default_return_url"), "{typed}");
    }
    assert_eq!(redirects(&app, &tenant).await, (None, None));
}

#[actix_web::test]
async fn the_later_of_two_is_told_what_changed() {
    let (app, tenant) = TestApp::new().await;
    let admin = Operator::join(&app, &tenant, MemberRole::Admin).await;
    let path = admin.path("portal");
    let early = made_from(&admin.get(&app, &path).await.text());
    let send = async |from: &str, url: &str| {
        admin.post(&app, &path, &[("made_from", from), ("default_return_url", url)]).await
    };
    assert_eq!(send(&early, HOME).await.status, StatusCode::SEE_OTHER);
    // The same again is what is wanted already.
    assert_eq!(send(&early, HOME).await.status, StatusCode::SEE_OTHER);
    let told = send(&early, "https://other.example.com/").await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    let page = told.text();
    assert!(page.contains("data-testid=\"meanwhile\"") && page.contains(&format!(">{HOME}<")), "{page}");
    assert!(page.contains("Default return URL") && page.contains("Save anyway"), "{page}");
    assert!(page.contains("value=\"https://other.example.com/\""));
    assert_eq!(redirects(&app, &tenant).await.0.as_deref(), Some(HOME));
    assert_eq!(send(&made_from(&page), "https://other.example.com/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(redirects(&app, &tenant).await.0.as_deref(), Some("https://other.example.com/"));
}

#[actix_web::test]
async fn a_member_sees_them_and_is_offered_no_form() {
    let (app, tenant) = TestApp::new().await;
    let member = Operator::join(&app, &tenant, MemberRole::Member).await;
    let page = member.get(&app, &member.path("portal")).await.text();
    assert!(page.contains("After single sign-on is set up") && !page.contains("save-redirects"));
}
