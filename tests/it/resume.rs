//! An admin whose browser dies goes on in another one, on another process.

use vestibule_test_servers::Postgres;
use vestibule_tests::admin::Invitation;
use vestibule_tests::browser::{Browser, Scripts};
use vestibule_tests::{Server, ServerBuilder};

/// Where the first browser dies.
const STEP: u32 = 3;

/// What a step shows: its heading, and the values for the provider's console.
async fn shown(browser: &Browser) -> (String, String) {
    let script = "JSON.stringify([document.querySelector('h1').textContent, \
        [...document.querySelectorAll('.copy')].map(at => at.dataset.value)])";
    (browser.url().await, browser.evaluate(script).await.as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_up_goes_on_in_another_browser_on_another_process() {
    let postgres = Postgres::start().unwrap();
    postgres.create_database("vestibule").unwrap();
    let builder = ServerBuilder::new("resume").postgres(&postgres.url("vestibule"));
    let (mut first, api) = Server::with_team(&builder).await;
    let second = builder.another().start().await;
    let invitation = Invitation::send(&first, &api, "Customer of Entra", "it@entra.example").await;

    let browser = Browser::start(Scripts::On).await;
    invitation.accept(&first, &browser).await;
    browser.press("provider-card-entra-id-saml").await;
    for _ in 1..STEP {
        browser.press("step-next").await;
    }
    let (url, before) = shown(&browser).await;
    let spent = invitation.code(&first, None).await;
    assert!(url.ends_with(&format!("/portal/sso/steps/{STEP}")), "{url}");
    // Dropping kills Chromium with SIGKILL, and its profile goes with it.
    drop(browser);
    first.kill();

    // What stands before the service sends the same address to the process that is left.
    let link = invitation.link.replace(&first.base(), &second.base());
    let browser = Browser::start(Scripts::On).await;
    browser.open(&link).await;
    browser.press("portal-begin").await;
    // The code of the first visit is spent; a second one comes to the same address.
    let code = invitation.code(&second, Some(&spent)).await;
    browser.type_into("code", &code).await;
    browser.press("confirm-code").await;
    let (url, after) = shown(&browser).await;
    assert!(url.ends_with(&format!("/portal/sso/steps/{STEP}")), "{url}");
    assert_eq!(after, before.replace(&first.base(), &second.base()));
    second.assert_healthy().await;
}
