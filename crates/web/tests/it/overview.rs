//! The overview, and the lists narrowed to what needs attention.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use serde_json::json;
use time::Duration;
use vestibule_application::ports::store::{Queries as _, Store as _};
use vestibule_domain::attention::STUCK_AFTER;
use vestibule_domain::id::OrganizationId;
use vestibule_domain::member::MemberRole;
use vestibule_domain::sso::asserted::Asserted;
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_domain::sso::profile::Person;
use vestibule_domain::sso::session::{Origin, SessionRecord, SsoSession, SsoSessionState};

use crate::operator::Operator;
use crate::support::{START, Tenant, TestApp};

async fn signed_in() -> (TestApp, Tenant, Operator) {
    let (app, tenant) = TestApp::new().await;
    let operator = Operator::join(&app, &tenant, MemberRole::Member).await;
    (app, tenant, operator)
}

/// An organization made on the page, and its id.
async fn organization(app: &TestApp, operator: &Operator, name: &str, domain: &str) -> OrganizationId {
    let list = operator.path("organizations");
    let made = operator.post(app, &list, &[("name", name), ("domain", domain)]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    made.header("location").unwrap().rsplit('/').next().unwrap().parse().unwrap()
}

async fn text(app: &TestApp, operator: &Operator, page: &str) -> String {
    let answer = operator.get(app, &operator.path(page)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.text()
}

/// The names in the list of organizations.
async fn listed(app: &TestApp, operator: &Operator, query: &str) -> Vec<String> {
    let page = text(app, operator, &format!("organizations?{query}")).await;
    let rows = page.split("log-person\"><bdi>").skip(1);
    rows.map(|row| row.split('<').next().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn a_new_environment_shows_the_first_steps() {
    let (app, _, operator) = signed_in().await;
    let page = text(&app, &operator, "overview").await;
    assert!(page.contains("first-steps") && !page.contains("<table"), "{page}");
    organization(&app, &operator, "Acme", "acme.example").await;
    let page = text(&app, &operator, "overview").await;
    assert!(!page.contains("first-steps"));
    assert!(page.contains("data-testid=\"calm\""));
    assert_eq!(page.matches("chart-none").count(), 2);
}

#[actix_web::test]
async fn an_invitation_that_nobody_opens_is_stuck_after_three_days() {
    let (app, tenant, operator) = signed_in().await;
    let id = organization(&app, &operator, "Acme", "").await;
    organization(&app, &operator, "Other", "").await;
    let invite = operator.path(&format!("organizations/{id}/invite"));
    let invited = operator.post(&app, &invite, &[("intent", "sso"), ("email", "")]).await;
    assert_eq!(invited.status, StatusCode::OK);
    assert!(text(&app, &operator, "organizations").await.contains("Invited"));
    app.clock.forward(STUCK_AFTER - Duration::SECOND);
    let again = Operator::join(&app, &tenant, MemberRole::Member).await;
    assert!(text(&app, &again, "overview").await.contains("data-testid=\"calm\""));
    assert!(listed(&app, &again, "need=stuck").await.is_empty());
    app.clock.forward(Duration::SECOND);
    let page = text(&app, &again, "overview").await;
    assert!(page.contains("need-stuck") && page.contains("never opened"), "{page}");
    assert_eq!(listed(&app, &again, "need=stuck").await, ["Acme"]);
    assert_eq!(listed(&app, &again, "need=stuck&q=oth").await, [""; 0]);
    assert!(text(&app, &again, "organizations").await.contains("Never opened"));
}

#[actix_web::test]
async fn the_list_is_narrowed_by_need_and_search_together() {
    let (app, _, operator) = signed_in().await;
    organization(&app, &operator, "Acme", "acme.example").await;
    organization(&app, &operator, "Acme without", "").await;
    for (query, expected) in [
        ("need=no_connection", vec!["Acme without", "Acme"]),
        ("need=domain_pending", vec!["Acme"]),
        ("need=domain_pending&q=acme", vec!["Acme"]),
        ("need=no_connection&q=acme.example", vec!["Acme"]),
        ("need=domain_pending&q=other", vec![]),
        ("need=failing", vec![]),
        ("need=certificate", vec![]),
        ("need=nonsense", vec!["Acme without", "Acme"]),
    ] {
        assert_eq!(listed(&app, &operator, query).await, expected, "{query}");
    }
    let page = text(&app, &operator, "organizations?need=domain_pending").await;
    assert!(page.contains("value=\"domain_pending\" selected"), "{page}");
}

/// Failed attempts of people through an active connection of an organization; the connection's id.
async fn failures(app: &TestApp, tenant: &Tenant, of: OrganizationId, addresses: &[&str]) -> String {
    let body = json!({"organization_id": of.to_string(), "connection_type": "TestIdp"});
    let made = app.post(tenant, "/connections", body).await.expect(StatusCode::CREATED);
    let held = app.store.connections_of(tenant.environment.id, &[of]).await.unwrap();
    let mut work = app.store.begin().await.unwrap();
    for address in addresses {
        let raw = Asserted {
            subject: "anna".into(),
            subject_format: None,
            session_index: None,
            attributes: Vec::new(),
        };
        let person = Person {
            idp_id: "anna".into(),
            email: (*address).to_owned(),
            first_name: None,
            last_name: None,
            name: None,
            groups: Vec::new(),
            roles: Vec::new(),
            custom: BTreeMap::new(),
            raw: raw.into(),
        };
        let code = FailureCode::InvalidX509Certificate;
        let failure = Failure { code, check: CheckName::Audience, message: "no".into() };
        let session = SsoSession {
            state: SsoSessionState::Failed { at: START, failure },
            record: SessionRecord { person: Some(person.into()), ..SessionRecord::default() },
            ..SsoSession::begun(app.ambient.id(START), &held[0], Origin::ServiceProvider, START)
        };
        work.sso_sessions().insert(&session).await.unwrap();
    }
    work.commit().await.unwrap();
    made["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn three_failures_in_a_row_are_shown_at_a_glance() {
    let (app, tenant, operator) = signed_in().await;
    let two = organization(&app, &operator, "Two", "").await;
    let three = organization(&app, &operator, "Three", "").await;
    failures(&app, &tenant, two, &["a@two.example", "b@two.example"]).await;
    failures(&app, &tenant, three, &["a@three.example", "b@three.example", "c@three.example"]).await;
    assert_eq!(listed(&app, &operator, "need=failing").await, ["Three"]);
    assert_eq!(text(&app, &operator, "organizations").await.matches("Sign-ins fail").count(), 1);
    let page = text(&app, &operator, "overview").await;
    assert!(page.contains("need-failing") && page.contains(&format!("organizations/{three}")), "{page}");
    assert!(page.contains("0 successful, 5 failed and 0 unfinished in the last 30 days"), "{page}");
    assert!(page.contains("<td>5</td>"), "{page}");
}

#[actix_web::test]
async fn sign_ins_are_narrowed_by_person_connection_organization_and_days() {
    let (app, tenant, operator) = signed_in().await;
    let one = organization(&app, &operator, "One", "").await;
    let other = organization(&app, &operator, "Other", "").await;
    failures(&app, &tenant, one, &["anna@one.example", "annabel@one.example", "bob@one.example"]).await;
    let connection = failures(&app, &tenant, other, &["anna@other.example"]).await;
    for (query, found) in [
        ("email=ann".to_owned(), 3),
        ("email=ANNA%40".to_owned(), 2),
        ("email=nna".to_owned(), 0),
        ("email=zz".to_owned(), 4),
        ("email=zzz".to_owned(), 0),
        (format!("connection={connection}"), 1),
        (format!("organization={one}&email=anna"), 2),
        ("from=2026-11-21&until=2026-11-21".to_owned(), 4),
        ("from=2026-11-22".to_owned(), 0),
        ("until=2026-11-20".to_owned(), 0),
        ("standing=failed&email=bob&from=2026-11-01".to_owned(), 1),
        ("standing=success".to_owned(), 0),
        ("from=yesterday&until=9999-99-99".to_owned(), 4),
        ("until=9999-12-31".to_owned(), 4),
    ] {
        let page = text(&app, &operator, &format!("sessions?{query}")).await;
        assert_eq!(page.matches("data-testid=\"session-row\"").count(), found, "{query}");
    }
}

#[actix_web::test]
async fn events_are_narrowed_by_name_and_organization() {
    let (app, _, operator) = signed_in().await;
    let one = organization(&app, &operator, "One", "").await;
    organization(&app, &operator, "Other", "").await;
    for (query, found) in [
        (String::new(), 2),
        (format!("organization={one}"), 1),
        (format!("name=organization.created&organization={one}"), 1),
        (format!("name=connection.activated&organization={one}"), 0),
        ("organization=nonsense".to_owned(), 2),
    ] {
        let page = text(&app, &operator, &format!("events?{query}")).await;
        assert_eq!(page.matches("data-testid=\"event-row\"").count(), found, "{query}");
    }
}
