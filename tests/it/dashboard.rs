//! The dashboard in Chromium, as the vendor's people use it.

use vestibule_tests::admin::{self, Invitation};
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
    browser.press("sessions-link").await;
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
