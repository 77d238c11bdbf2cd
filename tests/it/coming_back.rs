//! Stopping in the middle, and going on with the same link elsewhere.

use std::time::Duration;

use serde_json::json;
use vestibule_test_servers::Postgres;
use vestibule_tests::browser::{Browser, Scripts};
use vestibule_tests::{Api, Server, ServerBuilder, mailed, wait};

/// How long a message may take on a busy machine.
const MAIL_LIMIT: Duration = Duration::from_secs(30);

/// How long it may take until it is noted that somebody stays at a step.
const NOTE_LIMIT: Duration = Duration::from_secs(20);

/// The link in the mail to the admin, and from then on the newest code.
struct Mail<'a>(&'a Server);

impl Mail<'_> {
    async fn link(&self) -> String {
        let invitation =
            || async { self.0.outbox().iter().find(|text| text.contains("token=3Dvpt_")).cloned() };
        mailed::link(&wait::until("an invitation", MAIL_LIMIT, invitation).await)
    }

    /// A code that is not among those that were used.
    async fn code(&self, used: &[String]) -> String {
        let fresh = || async {
            let codes = self.0.outbox().into_iter().filter_map(|text| mailed::code(&text));
            codes.into_iter().find(|code| !used.contains(code))
        };
        wait::until("another code", MAIL_LIMIT, fresh).await
    }
}

/// Opens a link and proves the address.
async fn enter(browser: &Browser, link: &str, mail: &Mail<'_>, used: &mut Vec<String>) {
    browser.open(link).await;
    browser.press("portal-begin").await;
    browser.find("field-code").await;
    let code = mail.code(used).await;
    browser.fill("code", &code).await;
    browser.press("confirm-code").await;
    used.push(code);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_browser_goes_on_in_another_one_on_another_process() {
    let postgres = Postgres::start().unwrap();
    let builder = ServerBuilder::new("resume").postgres(&postgres.create_database("vestibule").unwrap());
    let (first, api) = Server::with_team(&builder).await;
    let second = builder.another().start().await;
    let organization = api.organization("Customer of Entra").await;
    api.token(&organization, json!({ "it_contact_emails": ["it@customer.example"] })).await;
    // Both processes write into one folder.
    let (mail, mut used) = (Mail(&first), Vec::new());
    let link = mail.link().await;

    let browser = Browser::start(Scripts::On).await;
    enter(&browser, &link, &mail, &mut used).await;
    browser.press("provider-card-entra-id-saml").await;
    stay_at(3, &browser, &api, &organization).await;
    let ours = ours(&browser).await;
    drop(browser);

    let browser = Browser::start(Scripts::Off).await;
    enter(&browser, &link.replace(&first.base(), &second.base()), &mail, &mut used).await;
    // Each process of this deployment says its own address; the connection is the same.
    let ours: Vec<String> =
        ours.into_iter().map(|value| value.replace(&first.base(), &second.base())).collect();
    assert!(ours.iter().any(|value| value.contains("/sso/saml/conn_")), "{ours:?}");
    assert_eq!(self::ours(&browser).await, ours);
    assert_eq!(browser.url().await, format!("{}/portal/sso/steps/3#step-3", second.base()));
    for server in [&first, &second] {
        server.assert_healthy().await;
    }
}

/// Waits until the list marks a step and the trail, which the vendor reads, has it.
async fn stay_at(step: u32, browser: &Browser, api: &Api, organization: &str) {
    browser.evaluate(&format!("document.getElementById('step-{step}').scrollIntoView()")).await;
    let marked =
        format!("document.querySelector('.steps [aria-current]').getAttribute('href') === '#step-{step}'");
    wait::until("a mark in the list", NOTE_LIMIT, || async {
        browser.evaluate(&marked).await.as_bool().filter(|marked| *marked)
    })
    .await;
    let number = step.to_string();
    wait::until("a note in the trail", NOTE_LIMIT, || async {
        let notes = api.audit("portal.step_reached", organization).await;
        notes.iter().any(|note| note["data"]["metadata"]["step"].as_str() == Some(&number)).then_some(())
    })
    .await;
}

/// What the page gives to copy.
async fn ours(browser: &Browser) -> Vec<String> {
    let pattern = regex::Regex::new(r#"data-testid="(copy-[^"]+)""#).unwrap();
    let source = browser.source().await;
    let mut values = Vec::new();
    for found in pattern.captures_iter(&source) {
        values.push(browser.attribute(&found[1], "data-value").await);
    }
    values
}
