//! The dashboard in Chromium, as the vendor's people use it.

use vestibule_tests::admin::{self, Invitation};
use vestibule_tests::authenticator::Authenticator;
use vestibule_tests::browser::{Browser, Scripts};
use vestibule_tests::desk::{self, DeskTour};
use vestibule_tests::{Server, ServerBuilder, axe, idp, keyboard};

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_a_customer_through_from_the_first_day_to_the_last() {
    let provider = idp::provider().await;
    let builder = ServerBuilder::new("dashboard").allow(&[provider.authority()]);
    let made = builder.bootstrap();
    let server = builder.start().await;
    let browser = Browser::start(Scripts::On).await;
    desk::sign_in(&browser, &server, &made.json).await;
    assert_eq!(browser.text("environment-kind").await, "sandbox");
    browser.press("first-organization").await;
    desk::create(&browser, "Northwind Traders", "northwind.example").await;
    let page = browser.url().await;
    browser.press("verify-domain").await;
    browser.type_into("email", "it@northwind.example").await;
    browser.press("invite").await;
    browser.find("minted").await;

    let admin = Browser::start(Scripts::On).await;
    let invitation = Invitation::arrived(&server, "", "it@northwind.example").await;
    invitation.accept(&server, &admin).await;
    admin.press("provider-card-okta-saml").await;
    admin::walk_to(&admin, "idp_metadata_url").await;
    browser.open(&page).await;
    assert!(browser.text("link-progress").await.contains("Okta"), "where the admin is");
    admin.type_into("idp_metadata_url", &provider.url(idp::OKTA_PATH)).await;
    admin.press("step-next").await;
    admin::walk_to_review(&admin).await;
    admin.press("save-connection").await;
    admin.find("setup-complete").await;

    browser.open(&page).await;
    assert_eq!(browser.attribute("connection-state", "data-state").await, "active");
    assert_eq!(browser.text("set-up-by").await, "it@northwind.example");
    failed_sign_in(&server, &made.api_key).await;
    browser.open(&format!("{page}/sessions")).await;
    assert_eq!(browser.attribute("session-row", "data-state").await, "failed");
    let row = browser.source().await;
    let session = row.split("href=\"").find(|rest| rest.contains("/sessions/sess_")).unwrap();
    browser.follow(session.split('"').next().unwrap()).await;
    assert_eq!(browser.attribute("failure", "data-error").await, "idp_reported_error");

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

/// A sign-in that the provider refuses, as a browser carries it.
async fn failed_sign_in(server: &Server, api_key: &str) {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let api = server.api(api_key);
    let connections = api.get("/connections").await.expect(200);
    let connection = connections["data"][0]["id"].as_str().unwrap().to_owned();
    let acs = format!("{}/sso/saml/{connection}/acs", server.base());
    let response = STANDARD.encode(format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\" Version=\"2.0\" \
         IssueInstant=\"2026-11-22T00:00:00Z\" Destination=\"{acs}\"><samlp:Status>\
         <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"/></samlp:Status></samlp:Response>"
    ));
    let form =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("SAMLResponse", &response).finish();
    let sent = vestibule_tests::api::http_client()
        .post(&acs)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form);
    let answer = sent.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 400, "the person has nowhere to go");
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
