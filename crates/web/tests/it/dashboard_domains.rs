//! Domains on an organization's page: the record to set, what was found, and a look at once.

use actix_web::http::StatusCode;
use serde_json::json;
use vestibule_domain::member::MemberRole;
use vestibule_domain::organization_domain::{ASK_APART, PROOF_WAIT};

use crate::dashboard::Redirected as _;
use crate::operator::Operator;
use crate::support::{HandDns, Tenant, TestApp};

const NAME: &str = "acme.example";

/// Somebody on the page of an organization that waits for a domain.
struct Desk {
    app: TestApp,
    tenant: Tenant,
    operator: Operator,
    page: String,
    record: String,
}

impl Desk {
    async fn new() -> Self {
        let (app, tenant) = TestApp::new().await;
        let operator = Operator::join(&app, &tenant, MemberRole::Member).await;
        let form = [("name", "Acme"), ("domain", NAME)];
        let page = operator.post(&app, &operator.path("organizations"), &form).await.expect_redirect();
        let id = page.rsplit('/').next().unwrap();
        let held = app.get(&tenant, &format!("/organizations/{id}")).await.expect(StatusCode::OK);
        let token = held["domains"][0]["verification_token"].as_str().unwrap();
        let record = format!("verification_token={token}");
        Self { app, tenant, operator, page, record }
    }

    async fn shown(&self) -> String {
        self.operator.get(&self.app, &self.page).await.text()
    }

    /// Where the button leads that looks at once.
    async fn button(&self) -> String {
        let shown = self.shown().await;
        let action = shown.split("action=\"").find(|rest| rest.contains("/check\"")).unwrap();
        action.split('"').next().unwrap().to_owned()
    }

    /// Presses it, some time after the last look.
    async fn check(&self) -> String {
        self.app.clock.forward(ASK_APART);
        let done = self.operator.post(&self.app, &self.button().await, &[]).await.expect_redirect();
        self.operator.get(&self.app, &done).await.text()
    }
}

#[actix_web::test]
async fn the_page_says_which_record_to_set_and_a_member_has_it_looked_for() {
    let desk = Desk::new().await;
    let shown = desk.shown().await;
    for said in [">TXT<", ">acme.example<", &desk.record, "_vestibule.acme.example", "until "] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    assert!(!shown.contains("domain-finding") && !shown.contains("Last looked for"));
    let shown = desk.check().await;
    assert!(shown.contains("not proven yet") && shown.contains("no such name"), "{shown}");
    assert!(shown.contains("Last looked for"));
    desk.app.dns.set("TXT", NAME, &desk.record);
    let shown = desk.check().await;
    assert!(shown.contains("the domain is verified") && shown.contains("data-state=\"verified\""), "{shown}");
    assert!(!shown.contains("domain-record") && !shown.contains("check-domain"), "nothing is left to do");
    let entry = desk.app.entries(&desk.tenant).await.pop().unwrap();
    assert_eq!(
        (entry.action.as_str(), entry.actor.kind.as_str()),
        ("organization_domain.verified", "member")
    );
}

#[actix_web::test]
async fn what_was_found_is_shown_with_the_way_out() {
    let desk = Desk::new().await;
    let quoted = format!("\"{}\"", desk.record);
    for (records, said) in [
        ("", vec!["no TXT record", "the name is @"]),
        (HandDns::SILENCE, vec!["name servers do not answer", "Whoever runs them"]),
        ("v=spf1 -all\n<b>x</b>", vec!["v=spf1 -all", "&lt;b&gt;x&lt;", "They may stay"]),
        ("verification_token=other", vec!["the token of something else"]),
        (&quoted, vec!["without quotation marks"]),
    ] {
        desk.app.dns.set("TXT", NAME, records);
        let shown = desk.check().await;
        for said in said {
            assert!(shown.contains(said), "{said}: {shown}");
        }
    }
    let many: Vec<_> = (0..12).map(|n| format!("text {n}")).collect();
    desk.app.dns.set("TXT", NAME, &many.join("\n"));
    let shown = desk.check().await;
    assert!(
        shown.contains("text 9") && !shown.contains("text 10") && shown.contains("And 2 more"),
        "{shown}"
    );
}

#[actix_web::test]
async fn whoever_presses_twice_is_told_to_wait_and_nobody_is_asked() {
    let desk = Desk::new().await;
    desk.check().await;
    let asked = desk.app.dns.asked();
    let done = desk.operator.post(&desk.app, &desk.button().await, &[]).await.expect_redirect();
    assert!(desk.operator.get(&desk.app, &done).await.text().contains("a few seconds ago"));
    assert_eq!(desk.app.dns.asked(), asked);
}

#[actix_web::test]
async fn a_domain_that_failed_says_why_and_how_to_begin_again() {
    let desk = Desk::new().await;
    desk.check().await;
    desk.app.clock.forward(PROOF_WAIT);
    let visitor = Operator::join(&desk.app, &desk.tenant, MemberRole::Member).await;
    let desk = Desk { operator: visitor, ..desk };
    let shown = desk.check().await;
    assert!(shown.contains("Not proven in time") && shown.contains("within 30 days"), "{shown}");
    let shown = desk.check().await;
    assert!(shown.contains(">Pending<") && !shown.contains("domain-given-up"), "{shown}");

    let vouch = json!({"name": "Rival", "domain_data": [{"domain": NAME, "state": "verified"}]});
    desk.app.post(&desk.tenant, "/organizations", vouch).await.expect(StatusCode::CREATED);
    let shown = desk.check().await;
    assert!(shown.contains("Another organization has it") && shown.contains("Remove it there"), "{shown}");
}

#[actix_web::test]
async fn a_domain_that_is_not_there_is_not_found() {
    let desk = Desk::new().await;
    let button = desk.button().await;
    desk.operator.post(&desk.app, &button.replace("/check", "/delete"), &[]).await.expect_redirect();
    assert_eq!(desk.operator.post(&desk.app, &button, &[]).await.status, StatusCode::NOT_FOUND);
}
