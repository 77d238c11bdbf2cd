//! The dashboard: who gets in, and what they do there.

use actix_web::http::{Method, StatusCode};
use time::Duration;
use vestibule_domain::member::{ACCOUNT_REST, MemberRole, WRONG_PASSWORDS_MAX};
use vestibule_domain::member_session::MEMBER_SESSION_LIFE;

use crate::operator::{Operator, PASSWORD, attempt, made_from_behind};
use crate::support::{Answer, Tenant, TestApp, request};

async fn signed_in() -> (TestApp, Tenant, Operator) {
    let (app, tenant) = TestApp::new().await;
    let operator = Operator::join(&app, &tenant, MemberRole::Admin).await;
    (app, tenant, operator)
}

/// An organization made on the page, and the path of its own page.
async fn organization(app: &TestApp, operator: &Operator, name: &str) -> String {
    let list = operator.path("organizations");
    let form = [("name", name), ("domain", "example.com")];
    let made = operator.post(app, &list, &form).await;
    made.expect_redirect()
}

pub(crate) trait Redirected {
    fn expect_redirect(&self) -> String;
}

impl Redirected for Answer {
    #[track_caller]
    fn expect_redirect(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text());
        self.header("location").unwrap().to_owned()
    }
}

#[actix_web::test]
async fn whoever_has_the_password_gets_in_and_is_led_to_where_they_wanted() {
    let (app, tenant, operator) = signed_in().await;
    let home = operator.get(&app, "/dashboard").await.expect_redirect();
    assert_eq!(home, operator.path("overview"));
    assert_eq!(operator.get(&app, &home).await.status, StatusCode::OK);
    let asked = app.send(request(Method::GET, &operator.path("keys"))).await.expect_redirect();
    assert_eq!(asked, format!("/dashboard/sign-in?next=%2Fdashboard%2F{}%2Fkeys", tenant.environment.id));
}

#[actix_web::test]
async fn the_cookie_is_for_this_host_and_no_script() {
    let (app, tenant) = TestApp::new().await;
    let member = Operator::member(&app, &tenant, MemberRole::Member).await;
    let answer = attempt(&app, &member.email.to_string(), PASSWORD).await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-vestibule_dashboard=vms_"), "{cookie}");
    for wanted in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(wanted), "{cookie}");
    }
}

#[actix_web::test]
async fn a_wrong_password_and_an_address_that_nobody_has_get_the_same_answer() {
    let (app, tenant) = TestApp::new().await;
    let email = Operator::member(&app, &tenant, MemberRole::Admin).await.email.to_string();
    let shown = |answer: Answer, typed: &str| {
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.header("set-cookie"), None);
        answer.text().replace(typed, "…")
    };
    let wrong = shown(attempt(&app, &email, "nonsense").await, &email);
    for nobody in ["nobody@vendor.example", "not an address"] {
        assert_eq!(shown(attempt(&app, nobody, PASSWORD).await, nobody), wrong);
    }
    assert_eq!(shown(attempt(&app, &email, &"x".repeat(2_000)).await, &email), wrong);
}

#[actix_web::test]
async fn an_account_rests_after_too_many_wrong_passwords() {
    let (app, tenant) = TestApp::new().await;
    let email = Operator::member(&app, &tenant, MemberRole::Admin).await.email.to_string();
    for _ in 0..WRONG_PASSWORDS_MAX {
        assert_eq!(attempt(&app, &email, "nonsense").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(attempt(&app, &email, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    app.clock.forward(ACCOUNT_REST);
    assert_eq!(attempt(&app, &email, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_right_password_forgets_the_wrong_ones() {
    let (app, tenant) = TestApp::new().await;
    let email = Operator::member(&app, &tenant, MemberRole::Admin).await.email.to_string();
    for _ in 0..2 {
        for _ in 0..WRONG_PASSWORDS_MAX - 1 {
            attempt(&app, &email, "nonsense").await;
        }
        assert_eq!(attempt(&app, &email, PASSWORD).await.status, StatusCode::SEE_OTHER);
    }
}

#[actix_web::test]
async fn a_visit_ends_by_signing_out_or_by_time() {
    let (app, tenant, operator) = signed_in().await;
    let other = Operator::join(&app, &tenant, MemberRole::Member).await;
    let list = operator.path("organizations");
    operator.post(&app, "/dashboard/sign-out", &[]).await.expect_redirect();
    assert!(operator.get(&app, &list).await.expect_redirect().starts_with("/dashboard/sign-in"));
    app.clock.forward(MEMBER_SESSION_LIFE - Duration::SECOND);
    assert_eq!(other.get(&app, &list).await.status, StatusCode::OK);
    app.clock.forward(Duration::SECOND);
    assert!(other.get(&app, &list).await.expect_redirect().starts_with("/dashboard/sign-in"));
}

#[actix_web::test]
async fn another_sites_page_changes_nothing() {
    let (app, _, operator) = signed_in().await;
    let sent = request(Method::POST, &operator.path("organizations"))
        .insert_header(("Cookie", operator.cookie()))
        .insert_header(("Sec-Fetch-Site", "cross-site"))
        .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
        .set_payload(operator.signed("name=Evil"));
    assert_eq!(app.send(sent).await.status, StatusCode::FORBIDDEN);
    let list = operator.get(&app, &operator.path("organizations")).await.text();
    assert!(!list.contains("Evil"));
}

#[actix_web::test]
async fn an_organization_is_made_found_and_deleted_once_its_name_is_typed() {
    let (app, tenant, operator) = signed_in().await;
    let page = organization(&app, &operator, "Example <Corp>").await;
    assert!(operator.get(&app, &page).await.text().contains("Example &lt;Corp&gt;"));
    let list = operator.path("organizations");
    for (query, found) in [("exam", true), ("example.com", true), ("corp", false), ("other.example", false)] {
        let shown = operator.get(&app, &format!("{list}?q={query}")).await.text();
        assert_eq!(shown.contains("organization-row"), found, "{query}");
    }
    let delete = format!("{page}/delete");
    let refused = operator.post(&app, &delete, &[("confirm", "Example")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("error-confirm"));
    operator.post(&app, &delete, &[("confirm", "Example <Corp>")]).await.expect_redirect();
    assert_eq!(operator.get(&app, &page).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        app.trail(&tenant).await,
        ["organization.created", "organization_domain.created", "organization.deleted"]
    );
}

#[actix_web::test]
async fn what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost() {
    let (app, _, operator) = signed_in().await;
    let form = [("name", "Kept"), ("domain", "not a domain")];
    let answer = operator.post(&app, &operator.path("organizations"), &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    for wanted in
        ["data-testid=\"error-domain\"", "value=\"Kept\"", "value=\"not a domain\"", "error-summary"]
    {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(!page.contains("organization-row"), "nothing was made");
}

#[actix_web::test]
async fn an_admin_is_invited_once_and_the_link_can_be_revoked() {
    let (app, tenant, operator) = signed_in().await;
    let page = organization(&app, &operator, "Acme").await;
    let invite = format!("{page}/invite");
    let refused = operator.post(&app, &invite, &[("email", "nobody")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("error-email"));
    let form = [("intent", "sso"), ("email", "it@example.com")];
    let made = operator.post(&app, &invite, &form).await.text();
    let token = made.split("/portal?token=").nth(1).unwrap().split(['"', '<']).next().unwrap().to_owned();
    assert!(token.starts_with("vpt_"));
    let shown = operator.get(&app, &page).await.text();
    assert!(!shown.contains(&token), "a link is shown once");
    assert!(shown.contains("data-state=\"open\"") && shown.contains("it@example.com"));
    let again = operator.post(&app, &invite, &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "one live link for an organization");
    let revoke = shown.split("action=\"").find(|rest| rest.contains("/revoke\"")).unwrap();
    let revoke = revoke.split('"').next().unwrap().to_owned();
    operator.post(&app, &revoke, &[]).await.expect_redirect();
    assert!(operator.get(&app, &page).await.text().contains("data-state=\"revoked\""));
    let trail = app.trail(&tenant).await;
    assert_eq!(trail[2..], ["portal_token.minted", "portal_token.revoked"]);
}

#[actix_web::test]
async fn a_domain_is_added_vouched_for_and_removed() {
    let (app, _, operator) = signed_in().await;
    let page = organization(&app, &operator, "Acme").await;
    let taken = operator.post(&app, &format!("{page}/domains"), &[("domain", "EXAMPLE.com")]).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shown = operator.get(&app, &page).await.text();
    assert!(shown.contains("verification_token="));
    let verify = shown.split("action=\"").find(|rest| rest.contains("/verify\"")).unwrap();
    let verify = verify.split('"').next().unwrap().to_owned();
    let done = operator.post(&app, &verify, &[]).await.expect_redirect();
    let shown = operator.get(&app, &done).await.text();
    assert!(shown.contains("data-state=\"verified\"") && shown.contains("by your word"));
    operator.post(&app, &verify.replace("/verify", "/delete"), &[]).await.expect_redirect();
    assert!(!operator.get(&app, &page).await.text().contains("domain-row"));
}

#[actix_web::test]
async fn a_key_is_shown_once_works_and_is_withdrawn() {
    let (app, tenant, operator) = signed_in().await;
    let keys = operator.path("keys");
    let made =
        operator.post(&app, &keys, &[("name", "Continuous integration"), ("scope", "read")]).await.text();
    let key = made.split("data-testid=\"key-text\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let with_key = |key: &str| {
        request(Method::GET, "/organizations").insert_header(("Authorization", format!("Bearer {key}")))
    };
    assert_eq!(app.send(with_key(&key)).await.status, StatusCode::OK);
    let shown = operator.get(&app, &keys).await.text();
    assert!(!shown.contains(&key) && shown.contains("Continuous integration"));
    let revoke = shown.split("href=\"").find(|rest| rest.split('"').next().unwrap().ends_with("/revoke"));
    let revoke = revoke.unwrap().split('"').next().unwrap().to_owned();
    let asked = operator.get(&app, &revoke).await.text();
    assert!(asked.contains("data-testid=\"confirm-wanted\">Continuous integration<"));
    let otherwise = operator.post(&app, &revoke, &[("confirm", "Continuous")]).await;
    assert_eq!(otherwise.status, StatusCode::UNPROCESSABLE_ENTITY);
    operator.post(&app, &revoke, &[("confirm", "Continuous integration")]).await.expect_redirect();
    let again = operator.post(&app, &revoke, &[("confirm", "Continuous integration")]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "a key is withdrawn once");
    assert_eq!(app.trail(&tenant).await, ["api_key.revoked"]);
}

#[actix_web::test]
async fn a_theme_is_kept_in_the_browser() {
    let (app, _) = TestApp::new().await;
    let sent = |theme: &str| {
        request(Method::POST, "/dashboard/theme")
            .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
            .set_payload(format!("theme={theme}&next=//evil.example"))
    };
    let answer = app.send(sent("dark")).await;
    assert_eq!(answer.expect_redirect(), "/dashboard");
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let page = app.send(request(Method::GET, "/dashboard/sign-in").insert_header(("Cookie", cookie))).await;
    assert!(page.text().contains("data-theme=\"dark\""));
    assert_eq!(app.send(sent("pink")).await.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn a_redirect_uri_is_registered_and_taken_away() {
    let (app, tenant, operator) = signed_in().await;
    let page = operator.path("redirects");
    let refused = operator.post(&app, &page, &[("uri", "ftp://app.example")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("error-uri") && refused.text().contains("value=\"ftp://app.example\""));
    let form = [("uri", "https://app.example/callback")];
    operator.post(&app, &page, &form).await.expect_redirect();
    let shown = operator.get(&app, &page).await.text();
    assert!(shown.contains("Default"));
    let from = made_from_behind(&shown, "redirect-row");
    let form = [form[0], ("made_from", from.as_str())];
    operator.post(&app, &format!("{page}/remove"), &form).await.expect_redirect();
    assert!(operator.get(&app, &page).await.text().contains("redirects-none"));
    assert_eq!(app.trail(&tenant).await, ["environment.updated", "environment.updated"]);
}

#[actix_web::test]
async fn the_audit_trail_says_who_did_what() {
    let (app, tenant, operator) = signed_in().await;
    let page = organization(&app, &operator, "Acme").await;
    app.organization(&tenant, "By a program").await;
    let shown = operator.get(&app, &operator.path("trail")).await.text();
    for wanted in ["organization.created", "@vendor.example", ">member<", ">api_key<", &page] {
        assert!(shown.contains(wanted), "{wanted}");
    }
    let organization = page.rsplit('/').next().unwrap();
    let narrowed = operator.get(&app, &operator.path(&format!("trail?organization={organization}"))).await;
    assert!(!narrowed.text().contains(">api_key<"));
}

#[actix_web::test]
async fn a_test_leads_to_the_provider_and_back_to_the_page_of_its_attempt() {
    let (app, tenant, operator) = signed_in().await;
    let organization = app.organization(&tenant, "Acme").await;
    let saml = serde_json::json!({
        "idp_entity_id": "urn:idp",
        "idp_sso_url": "https://idp.example/sso",
        "idp_signing_certs": [crate::access::pem("idp")],
    });
    let body = serde_json::json!({
        "organization_id": organization, "connection_type": "OktaSAML", "saml_options": saml,
    });
    let made = app.post(&tenant, "/connections", body).await.expect(StatusCode::CREATED);
    let page = operator.get(&app, &operator.path(&format!("organizations/{organization}"))).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' https:"), "the form of a test leads elsewhere: {policy}");
    let test = operator.path(&format!("connections/{}/test", made["id"].as_str().unwrap()));
    let begin = operator.post(&app, &test, &[]).await.expect_redirect();
    let begin = begin.strip_prefix("https://vestibule.example").unwrap();
    let away = app.send(request(Method::GET, begin)).await;
    assert_eq!(away.status, StatusCode::FOUND);
    assert!(away.header("location").unwrap().starts_with("https://idp.example/sso?"));
    let list = app.get(&tenant, "/sso_sessions").await.json();
    let session = list["data"][0]["id"].as_str().unwrap();
    let back = operator.path(&format!("sessions?sso_session_id={session}&test_result=failed"));
    let shown = operator.get(&app, &back).await.expect_redirect();
    assert_eq!(shown, operator.path(&format!("sessions/{session}")));
    assert_eq!(operator.get(&app, &shown).await.status, StatusCode::OK);
    let again = app.send(request(Method::GET, begin)).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "a ticket works once");
    assert!(app.trail(&tenant).await.contains(&"test_sign_in.started"));
}

#[actix_web::test]
async fn an_endpoint_is_made_switched_off_and_removed() {
    let (app, tenant, operator) = signed_in().await;
    let page = operator.path("webhooks");
    let form = [("url", "https://hooks.example/"), ("event", "connection.activated"), ("style", "workos")];
    let refused = operator
        .post(&app, &page, &[("url", "ftp://x"), ("event", "dsync.user.created"), ("style", "x")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for wanted in ["error-url", "error-style", "value=\"ftp://x\"", "value=\"dsync.user.created\" checked"] {
        assert!(refused.text().contains(wanted), "{wanted}");
    }
    let endpoint = operator.post(&app, &page, &form).await.expect_redirect();
    let again = operator.post(&app, &page, &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "an address is told of events once");
    assert!(operator.get(&app, &endpoint).await.text().contains("whsec_"));
    let member = Operator::join(&app, &tenant, MemberRole::Member).await;
    assert!(!member.get(&app, &endpoint).await.text().contains("whsec_"), "admins see the secret");
    operator.post(&app, &endpoint, &[("state", "disabled")]).await.expect_redirect();
    assert!(operator.get(&app, &endpoint).await.text().contains("enable-endpoint"));
    operator.post(&app, &format!("{endpoint}/delete"), &[]).await.expect_redirect();
    assert!(operator.get(&app, &page).await.text().contains("endpoints-none"));
    assert_eq!(
        app.trail(&tenant).await,
        ["webhook_endpoint.created", "webhook_endpoint.updated", "webhook_endpoint.deleted"]
    );
}

#[actix_web::test]
async fn events_are_shown_as_receivers_get_them() {
    let (app, tenant, operator) = signed_in().await;
    let organization = app.organization(&tenant, "Example <Corp>").await;
    let page = operator.path("events");
    let shown = operator.get(&app, &page).await.text();
    assert!(shown.contains(&organization) && shown.contains("Example &lt;Corp&gt;"));
    let narrowed = |name: &str| format!("{page}?name={name}");
    let shown = operator.get(&app, &narrowed("organization.created")).await.text();
    assert!(shown.contains("data-name=\"organization.created\""));
    let none = operator.get(&app, &narrowed("connection.activated")).await.text();
    assert!(none.contains("events-none"));
}

#[actix_web::test]
async fn an_organizations_page_leads_to_its_events_and_to_its_connections_sign_ins() {
    let (app, tenant, operator) = signed_in().await;
    let id = app.organization(&tenant, "Acme").await;
    app.organization(&tenant, "Globex").await;
    let body = serde_json::json!({ "organization_id": id, "connection_type": "TestIdp" });
    let made = app.post(&tenant, "/connections", body).await.expect(StatusCode::CREATED);
    let shown = operator.get(&app, &operator.path(&format!("organizations/{id}"))).await.text();
    let events = operator.path(&format!("events?organization={id}"));
    let sign_ins = operator.path(&format!("sessions?connection={}", made["id"].as_str().unwrap()));
    for way in [&events, &sign_ins] {
        assert!(shown.contains(&format!("href=\"{way}\"")), "{way}: {shown}");
        assert_eq!(operator.get(&app, way).await.status, StatusCode::OK);
    }
    let listed = operator.get(&app, &events).await.text();
    assert!(listed.contains("Acme") && !listed.contains("Globex"), "{listed}");
}
