//! The dashboard in Chromium, as the vendor's people use it.

use reqwest::Method;
use serde_json::json;
use vestibule_tests::admin::{self, Invitation};
use vestibule_tests::authenticator::Authenticator;
use vestibule_tests::browser::{Browser, Scripts};
use vestibule_tests::desk::{self, DeskTour};
use vestibule_tests::saml_idp::{SamlIdp, wished};
use vestibule_tests::visitor::Visitor;
use vestibule_tests::{Server, ServerBuilder, Vendor, axe, keyboard};

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_a_customer_through_from_the_first_day_to_the_last() {
    let idp = SamlIdp::start();
    let builder = ServerBuilder::new("dashboard").allow(&[idp.authority()]);
    let (server, vendor, made) = Vendor::with_deployment(&builder).await;
    let browser = Browser::start(Scripts::On).await;
    desk::sign_in(&browser, &server, &made).await;
    assert_eq!(browser.text("environment-kind").await, "sandbox");
    browser.press("first-organization").await;
    desk::create(&browser, "Northwind Traders", "acme.example").await;
    let page = browser.url().await;
    browser.press("verify-domain").await;
    browser.type_into("email", "it@acme.example").await;
    browser.press("invite").await;
    browser.find("minted").await;

    let admin = Browser::start(Scripts::On).await;
    let invitation = Invitation::arrived(&server, "", "it@acme.example").await;
    invitation.accept(&server, &admin).await;
    admin.press("provider-card-okta-saml").await;
    admin::walk_to(&admin, "idp_metadata_url").await;
    browser.open(&page).await;
    assert!(browser.text("link-progress").await.contains("Okta"), "where the admin is");
    admin.type_into("idp_metadata_url", &idp.metadata_url()).await;
    admin.press("step-next").await;
    admin::walk_to_review(&admin).await;
    admin.press("save-connection").await;
    admin.find("setup-complete").await;

    browser.open(&page).await;
    assert_eq!(browser.attribute("connection-state", "data-state").await, "active");
    assert_eq!(browser.text("set-up-by").await, "it@acme.example");
    two_sign_ins(&server, &vendor, &idp).await;
    browser.open(&format!("{page}/sessions")).await;
    assert_eq!(browser.attribute("session-row", "data-state").await, "success", "the newest first");
    desk::attempt(&browser).await;
    assert!(browser.text("session-person").await.contains("jane@acme.example"), "who it was");
    browser.open(&format!("{page}/sessions?standing=failed")).await;
    desk::attempt(&browser).await;
    assert_eq!(browser.attribute("failure", "data-error").await, "malformed_saml_response");
    assert_eq!(browser.attribute("check-audience", "data-outcome").await, "failed", "and why");

    browser.open(&page).await;
    browser.press("deactivate").await;
    assert_eq!(browser.attribute("connection-state", "data-state").await, "inactive");
    browser.press("activate").await;
    assert_eq!(browser.attribute("connection-state", "data-state").await, "active");
    browser.press("delete-connection").await;
    let wanted = browser.text("confirm-wanted").await;
    browser.type_into("confirm", &wanted).await;
    browser.press("confirm-delete").await;
    browser.find("connection-none").await;
    server.assert_healthy().await;
}

/// A sign-in whose assertion is meant for somebody else, and one that is in order.
async fn two_sign_ins(server: &Server, vendor: &Vendor, idp: &SamlIdp) {
    let connections = vendor.api.get("/connections").await.expect(200);
    let connection = connections["data"][0]["id"].as_str().unwrap();
    let metadata = server.anonymous().get(&format!("/sso/saml/{connection}/metadata")).await;
    idp.know(&metadata.body).await;
    // This provider names attributes by their OIDs, Okta as its console was told.
    let email = json!({ "email": "urn:oid:0.9.2342.19200300.100.1.3" });
    let map = json!({ "attribute_maps": { "standard_attributes": email } });
    vendor.api.json(Method::PATCH, &format!("/connections/{connection}"), &map).await.expect(200);
    for wishes in ["fault=audience", ""] {
        let visitor = Visitor::new();
        let authorize = vendor.authorize_url(&[("connection", connection)]);
        let sent = visitor.ask_once(Method::GET, &authorize).await;
        let page = visitor.open(&wished(sent.header("location"), wishes)).await;
        let page = visitor.press(&page, "go").await;
        if wishes.is_empty() {
            assert_eq!(vendor.profile(&page).await["email"], "jane@acme.example");
        } else {
            assert!(vendor.brought(&page).contains_key("error"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_switched_on_and_asked_for_at_the_next_sign_in() {
    let builder = ServerBuilder::new("dashboard-second-factor");
    let made = builder.bootstrap().json;
    let server = builder.start().await;
    let browser = Browser::start(Scripts::On).await;
    let password = made["member_password"].as_str().unwrap();
    desk::sign_in(&browser, &server, &made).await;
    browser.unfold("user-menu").await;
    browser.press("account-link").await;
    browser.press("factor-on").await;
    let app = Authenticator::with_key(&browser.text("totp-secret").await);
    browser.type_into("code", &app.code(0)).await;
    browser.type_into("password", password).await;
    browser.press("enable-factor").await;
    let recovery = browser.text("recovery-code").await;
    browser.press("codes-kept").await;
    assert_eq!(browser.attribute("second-factor", "data-state").await, "on");

    let elsewhere = Browser::start(Scripts::Off).await;
    desk::sign_in(&elsewhere, &server, &made).await;
    elsewhere.type_into("code", "000000").await;
    elsewhere.press("prove").await;
    elsewhere.find("error-code").await;
    // The code of the moment counted when the second factor was switched on.
    elsewhere.type_into("code", &app.code(1)).await;
    elsewhere.press("prove").await;
    elsewhere.find("first-steps").await;

    let phoneless = Browser::start(Scripts::On).await;
    desk::sign_in(&phoneless, &server, &made).await;
    phoneless.type_into("code", &recovery).await;
    phoneless.press("prove").await;
    phoneless.find("first-steps").await;
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_is_invited_by_mail_and_forgets_their_password() {
    let builder = ServerBuilder::new("dashboard-team");
    let made = builder.bootstrap().json;
    let server = builder.start().await;
    let browser = Browser::start(Scripts::On).await;
    desk::sign_in(&browser, &server, &made).await;
    browser.open(&format!("{}/dashboard/team", server.base())).await;
    browser.type_into("email", "bob@vendor.example").await;
    browser.press("invite-member").await;
    let bob = Browser::start(Scripts::On).await;
    bob.open(&desk::mailed_link(&server, "bob@vendor.example", "/dashboard/join/").await).await;
    bob.type_into("name", "Bob").await;
    bob.type_into("password", "gravel teapot lantern moss").await;
    bob.press("join").await;
    bob.find("first-steps").await;

    let again = Browser::start(Scripts::On).await;
    again.open(&format!("{}/dashboard", server.base())).await;
    again.press("forgotten").await;
    again.type_into("email", "bob@vendor.example").await;
    again.press("ask-reset").await;
    again.find("reset-asked").await;
    again.open(&desk::mailed_link(&server, "bob@vendor.example", "/dashboard/reset/").await).await;
    again.type_into("password", "a kettle full of slow thunder").await;
    again.press("save-password").await;
    again.type_into("email", "bob@vendor.example").await;
    again.type_into("password", "a kettle full of slow thunder").await;
    again.press("sign-in").await;
    again.find("first-steps").await;
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_steps_need_no_mouse() {
    let builder = ServerBuilder::new("dashboard-keyboard");
    let made = builder.bootstrap().json;
    let server = builder.start().await;
    let browser = Browser::start(Scripts::On).await;
    browser.open(&format!("{}/dashboard", server.base())).await;
    keyboard::paste(&browser, "email", made["member_email"].as_str().unwrap()).await;
    keyboard::paste(&browser, "password", made["member_password"].as_str().unwrap()).await;
    keyboard::enter(&browser, "sign-in").await;
    keyboard::enter(&browser, "first-organization").await;
    keyboard::paste(&browser, "name", "Northwind Traders").await;
    keyboard::enter(&browser, "create-organization").await;
    keyboard::paste(&browser, "email", "it@northwind.example").await;
    keyboard::enter(&browser, "invite").await;
    browser.find("minted").await;
    assert_eq!(browser.tally().clicks, 0);
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_page_of_the_dashboard() {
    let tour = DeskTour::prepare().await;
    let browser = Browser::start(Scripts::On).await;
    let admin = Browser::start(Scripts::On).await;
    let (mut pages, mut faults) = (0, Vec::new());
    tour.walk(&browser, &admin, async |browser, page| {
        pages += 1;
        faults.extend(axe::faults(browser, page).await);
        let over = browser.overflow(390).await;
        faults.extend((over > 0).then(|| format!("{page}: {over} px wider than a phone")));
    })
    .await;
    println!("axe-core looked at {pages} pages of the dashboard, each in {} looks", axe::LOOKS.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    tour.server().assert_healthy().await;
}
