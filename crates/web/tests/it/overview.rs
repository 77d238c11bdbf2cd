//! The overview, and the lists narrowed to what needs attention.

use actix_web::http::StatusCode;
use time::Duration;
use vestibule_application::ports::store::{Queries as _, Store as _};
use vestibule_domain::attention::STUCK_AFTER;
use vestibule_domain::id::OrganizationId;
use vestibule_domain::member::MemberRole;
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_domain::sso::check::CheckName;
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
    let (app, _, operator) = signed_in().await;
    let id = organization(&app, &operator, "Acme", "").await;
    organization(&app, &operator, "Other", "").await;
    let invite = operator.path(&format!("organizations/{id}/invite"));
    let invited = operator.post(&app, &invite, &[("intent", "sso"), ("email", "")]).await;
    assert_eq!(invited.status, StatusCode::OK);
    assert!(text(&app, &operator, "organizations").await.contains("Invited"));
    app.clock.forward(STUCK_AFTER - Duration::SECOND);
    let again = Operator::join_again(&app, &operator).await;
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

/// Attempts through the test identity provider's connection of an organization.
async fn attempts(app: &TestApp, tenant: &Tenant, of: OrganizationId, addresses: &[&str]) -> String {
    let environment = tenant.environment.id;
    let held = app.store.connections_of(environment, &[of]).await.unwrap();
    let connection = held.first().unwrap();
    let mut work = app.store.begin().await.unwrap();
    for address in addresses {
        let person = Person { email: (*address).to_owned(), ..Person::default() };
        let failure = Failure {
            code: FailureCode::InvalidX509Certificate,
            check: CheckName::Audience,
            message: "no".into(),
        };
        let session = SsoSession {
            state: SsoSessionState::Failed { at: START, failure },
            record: SessionRecord { person: Some(person), ..SessionRecord::default() },
            ..SsoSession::begun(app.ambient.id(START), connection, Origin::ServiceProvider, START)
        };
        work.sso_sessions().insert(&session).await.unwrap();
    }
    work.commit().await.unwrap();
    connection.id.to_string()
}
