//! Every page for everybody: axe-core in both themes and three widths, in two languages; the main
//! flow by keyboard alone. (`browser` has it with JavaScript off.)

use serde_json::json;
use vestibule_tests::browser::{Browser, Scripts};
use vestibule_tests::tour::Tour;
use vestibule_tests::{Server, ServerBuilder, axe, idp, keyboard};

/// Tours the portal and wants nothing found.
async fn assert_faultless(language: &'static str) {
    let tour = Tour::prepare(language).await;
    let browser = Browser::start(Scripts::On).await;
    let (mut pages, mut faults) = (0, Vec::new());
    tour.walk(&browser, async |browser, page| {
        assert_eq!(browser.evaluate("document.documentElement.lang").await, language, "{page}");
        pages += 1;
        faults.extend(axe::faults(browser, page).await);
        let over = browser.overflow(390).await;
        faults.extend((over > 0).then(|| format!("{page}: {over} px wider than a phone")));
    })
    .await;
    println!("axe-core looked at {pages} pages in {language}, each in {} looks", axe::LOOKS.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    tour.server().assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_page_in_english() {
    assert_faultless("en").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_page_in_german() {
    assert_faultless("de").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_flow_needs_no_mouse_and_the_focus_is_always_seen() {
    let provider = idp::provider().await;
    let builder = ServerBuilder::new("keyboard").allow(&[provider.authority()]);
    let (server, api) = Server::with_team(&builder).await;
    let organization = api.organization("Customer without a mouse").await;
    let (_, link) = api.token(&organization, json!({})).await;

    let browser = Browser::start(Scripts::On).await;
    browser.open(&link).await;
    keyboard::enter(&browser, "portal-begin").await;
    keyboard::enter(&browser, "provider-card-okta-saml").await;
    while !browser.has("field-idp_metadata_url").await {
        keyboard::enter(&browser, "step-next").await;
    }
    keyboard::enter(&browser, "step-next").await;
    browser.find("error-summary").await;
    let focused = browser.evaluate("document.activeElement.id").await;
    assert_eq!(focused, "error-summary", "an error takes the focus");
    keyboard::paste(&browser, "idp_metadata_url", &provider.url(idp::OKTA_PATH)).await;
    keyboard::enter(&browser, "step-next").await;
    keyboard::enter(&browser, "save-connection").await;
    browser.find("setup-complete").await;
    assert_eq!(browser.attribute("connection-state", "data-state").await, "active");
    assert_eq!(browser.tally().clicks, 0);
    server.assert_healthy().await;
}
