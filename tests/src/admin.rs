//! What an IT admin does in a browser, from the message they got on.

use std::time::Duration;

use serde_json::json;

use crate::browser::Browser;
use crate::{Api, Server, mailed, wait};

/// Most pages of a walkthrough.
const STEPS_MAX: usize = 30;

/// How long a message may take on a busy machine.
pub(crate) const MAIL_LIMIT: Duration = Duration::from_secs(30);

/// What arrived for an admin in the outbox of a server without mail server.
#[derive(Debug)]
pub struct Invitation {
    /// The customer's organization.
    pub organization: String,
    /// The link in the message.
    pub link: String,
    /// The address it names.
    pub address: String,
}

impl Invitation {
    /// Makes an organization, and mails a one-time link for it.
    pub async fn send(server: &Server, api: &Api, name: &str, address: &str) -> Self {
        let organization = api.organization(name).await;
        api.token(&organization, json!({ "it_contact_emails": [address] })).await;
        Self::arrived(server, &organization, address).await
    }

    /// What arrived for an admin of an organization that exists.
    pub async fn arrived(server: &Server, organization: &str, address: &str) -> Self {
        let find = || async { to(server, address).into_iter().find(|text| text.contains("vpt_")) };
        let message = wait::until("an invitation", MAIL_LIMIT, find).await;
        Self {
            organization: organization.to_owned(),
            link: mailed::link(&message),
            address: address.to_owned(),
        }
    }

    /// Opens the link and proves the address by the code that is sent there.
    pub async fn accept(&self, server: &Server, browser: &Browser) {
        self.accept_in(server, browser, "en").await;
    }

    /// The same in a language.
    pub async fn accept_in(&self, server: &Server, browser: &Browser, language: &str) {
        browser.open(&format!("{}&lang={language}", self.link)).await;
        browser.press("portal-begin").await;
        let code = self.code(server, None).await;
        browser.type_into("code", &code).await;
        browser.press("confirm-code").await;
    }

    /// The code that was sent to the address, or the next one after it.
    pub async fn code(&self, server: &Server, after: Option<&str>) -> String {
        let codes = || to(server, &self.address).into_iter().filter_map(|text| mailed::code(&text));
        let find = || async { codes().find(|code| Some(code.as_str()) != after) };
        wait::until("a code", MAIL_LIMIT, find).await
    }
}

/// The messages to an address.
pub(crate) fn to(server: &Server, address: &str) -> Vec<String> {
    let head =
        |text: &str| text.lines().take_while(|line| !line.is_empty()).any(|line| line.contains(address));
    server.outbox().into_iter().filter(|text| head(text)).collect()
}

/// Goes on until a step has a field.
///
/// # Panics
/// When none has.
pub async fn walk_to(browser: &Browser, field: &str) {
    for _ in 0..STEPS_MAX {
        if browser.has(&format!("field-{field}")).await {
            return;
        }
        browser.press("step-next").await;
    }
    panic!("no step has `field-{field}`");
}

/// Goes on to the page that shows what was understood.
///
/// # Panics
/// When something is wrong with what was brought.
pub async fn walk_to_review(browser: &Browser) {
    for _ in 0..STEPS_MAX {
        if browser.has("save-connection").await {
            return;
        }
        assert!(!browser.has("error-summary").await, "{}", browser.text("error-summary").await);
        browser.press("step-next").await;
    }
    panic!("no page to save on");
}
