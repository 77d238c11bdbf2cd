//! A test sign-in in Chromium: off to a provider on another site, and back into the visit.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use vestibule_tests::browser::{Browser, Scripts};
use vestibule_tests::http::{HttpServer, Reply};
use vestibule_tests::{Api, Server, ServerBuilder, admin, data, wait};

/// How long a page may take.
const PAGE_LIMIT: std::time::Duration = std::time::Duration::from_secs(30);

/// A provider on another site: another name of the same machine is one, so that cookies of the visit
/// do not travel with what its pages post.
async fn provider() -> (HttpServer, String) {
    let page = b"<!DOCTYPE html><title>Provider</title><h1 data-testid=\"provider\">Sign in</h1>".to_vec();
    let provider = HttpServer::start(move |_| Reply::Full(200, "text/html", page.clone())).await;
    let elsewhere = provider.url("/sso").replace("127.0.0.1", "localhost");
    (provider, elsewhere)
}

/// Brings the metadata of a provider that signs people in at an address, up to the review.
async fn bring(browser: &Browser, link: &str, elsewhere: &str) {
    let metadata = with_sign_on_at(&String::from_utf8_lossy(data::OKTA), elsewhere);
    browser.open(link).await;
    browser.press("portal-begin").await;
    browser.press("provider-card-generic-saml").await;
    admin::walk_to(browser, "idp_metadata_xml").await;
    browser.fill("idp_metadata_xml", &metadata).await;
    browser.press("step-next").await;
    admin::walk_to_review(browser).await;
}

/// Has the page of the provider post that it refused the sign-in that was begun last.
async fn refuse(
    browser: &Browser,
    elsewhere: &str,
    server: &Server,
    api: &Api,
    organization: &str,
) -> String {
    let there = || async { browser.url().await.starts_with(elsewhere).then_some(()) };
    wait::until("the provider's page", PAGE_LIMIT, there).await;
    let log = api.get(&format!("/sso_sessions?organization_id={organization}")).await.expect(200);
    let session = &log["data"][0];
    let (id, connection) = (session["id"].as_str().unwrap(), session["connection_id"].as_str().unwrap());
    let acs = format!("{}/sso/saml/{connection}/acs", server.base());
    let response = STANDARD.encode(format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\" Version=\"2.0\" \
         IssueInstant=\"2026-11-22T00:00:00Z\" InResponseTo=\"_{id}\" Destination=\"{acs}\"><samlp:Status>\
         <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"/></samlp:Status></samlp:Response>"
    ));
    browser
        .evaluate(&format!(
            "(() => {{ const form = document.createElement('form'); form.method = 'post'; form.action = '{acs}'; \
             const field = document.createElement('input'); field.name = 'SAMLResponse'; \
             field.value = '{response}'; form.append(field); document.body.append(form); form.submit(); }})()"
        ))
        .await;
    assert_eq!(browser.attribute("test-result", "data-outcome").await, "failed");
    id.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_leads_to_the_provider_and_back_into_the_visit() {
    let (_provider, elsewhere) = provider().await;
    let (server, api) = Server::with_team(&ServerBuilder::new("test-sign-in")).await;
    let organization = api.organization("Customer that tests").await;
    let (_, link) = api.token(&organization, json!({})).await;
    let browser = Browser::start(Scripts::On).await;
    bring(&browser, &link, &elsewhere).await;
    browser.press("save-connection").await;
    browser.find("setup-complete").await;

    // In this tab, which the driver looks at; the policy for forms is the same.
    browser.evaluate("document.querySelector('form[target]').removeAttribute('target')").await;
    browser.press("test-sso").await;
    let session = refuse(&browser, &elsewhere, &server, &api, &organization).await;
    assert_eq!(browser.url().await, format!("{}/portal/sso/sessions/{session}", server.base()));
    assert_eq!(browser.attribute("remedy", "data-error").await, "idp_reported_error");
    assert_eq!(browser.attribute("check-status", "data-outcome").await, "failed");
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reviewed_is_tested_before_it_is_saved() {
    let (_provider, elsewhere) = provider().await;
    let (server, api) = Server::with_team(&ServerBuilder::new("test-before-save")).await;
    let organization = api.organization("Customer that tests first").await;
    let (_, link) = api.token(&organization, json!({})).await;
    let browser = Browser::start(Scripts::On).await;
    bring(&browser, &link, &elsewhere).await;

    // As above: in this tab.
    browser.evaluate("document.querySelector('[formtarget]').removeAttribute('formtarget')").await;
    browser.press("test-before-save").await;
    refuse(&browser, &elsewhere, &server, &api, &organization).await;
    browser.find("trial").await;
    assert_eq!(api.connections(&organization).await[0]["state"], "draft", "nothing is saved by it");

    browser.press("session-back").await;
    browser.find("understood").await;
    browser.press("save-connection").await;
    browser.find("setup-complete").await;
    assert_eq!(api.connections(&organization).await[0]["state"], "active");
    server.assert_healthy().await;
}

/// The metadata with another address to sign in at.
fn with_sign_on_at(metadata: &str, url: &str) -> String {
    let mut changed = String::new();
    for (index, part) in metadata.split("<md:SingleSignOnService ").enumerate() {
        if index == 0 {
            changed.push_str(part);
            continue;
        }
        let (before, rest) = part.split_once("Location=\"").unwrap();
        let (_, after) = rest.split_once('"').unwrap();
        changed.extend(["<md:SingleSignOnService ", before, "Location=\"", url, "\"", after]);
    }
    changed
}
