//! What an operator does in a browser, at the dashboard; and every page of it, one after the other.

use serde_json::Value;

use crate::admin::{self, Invitation};
use crate::browser::Browser;
use crate::http::HttpServer;
use crate::{Server, ServerBuilder, idp};

/// A name with what is markup elsewhere, and without a place to break it.
const HOSTILE_NAME: &str =
    "<b>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft</b>";

/// Signs the first member in.
pub async fn sign_in(browser: &Browser, server: &Server, made: &Value) {
    browser.open(&format!("{}/dashboard", server.base())).await;
    browser.type_into("email", made["member_email"].as_str().unwrap()).await;
    browser.type_into("password", made["member_password"].as_str().unwrap()).await;
    browser.press("sign-in").await;
}

/// A deployment with a dashboard to look at.
#[derive(Debug)]
pub struct DeskTour {
    server: Server,
    made: Value,
    provider: HttpServer,
}

impl DeskTour {
    /// Starts a deployment.
    pub async fn prepare() -> Self {
        let provider = idp::provider().await;
        let builder = ServerBuilder::new("desk").allow(&[provider.authority()]);
        let made = builder.bootstrap().json;
        Self { server: builder.start().await, made, provider }
    }

    /// The deployment.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Shows every page to `look`, with a name for it. `admin` is another browser, the IT admin's.
    pub async fn walk(&self, browser: &Browser, admin: &Browser, mut look: impl AsyncFnMut(&Browser, &str)) {
        let base = self.server.base();
        browser.open(&format!("{base}/dashboard")).await;
        look(browser, "desk-sign-in").await;
        browser.type_into("email", "nobody@vendor.example").await;
        browser.type_into("password", "a wrong password").await;
        browser.press("sign-in").await;
        browser.find("error-summary").await;
        look(browser, "desk-sign-in-error").await;
        sign_in(browser, &self.server, &self.made).await;
        browser.find("first-steps").await;
        look(browser, "desk-overview-none").await;
        browser.press("first-organization").await;
        browser.find("organizations-none").await;
        look(browser, "desk-organizations-none").await;
        browser.type_into("domain", "no domain").await;
        browser.press("create-organization").await;
        browser.find("error-summary").await;
        look(browser, "desk-organizations-error").await;
        self.customer(browser, admin, &mut look).await;
        self.environment(browser, &mut look).await;
        browser.open(&format!("{base}/dashboard/nothing")).await;
        look(browser, "desk-refused").await;
    }

    /// A customer from the first day to a connection.
    async fn customer(&self, browser: &Browser, admin: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        let list = self.page("organizations");
        browser.open(&list).await;
        create(browser, HOSTILE_NAME, "hostile.example").await;
        look(browser, "desk-organization-hostile").await;
        browser.open(&list).await;
        create(browser, "Northwind Traders", "northwind.example").await;
        look(browser, "desk-organization-new").await;
        browser.press("verify-domain").await;
        browser.find("notice").await;
        browser.type_into("email", "it@northwind.example").await;
        browser.press("invite").await;
        browser.find("minted").await;
        look(browser, "desk-organization-invited").await;
        let page = browser.url().await.replace("/invite", "");
        let invitation = Invitation::arrived(&self.server, "", "it@northwind.example").await;
        invitation.accept(&self.server, admin).await;
        admin.press("provider-card-okta-saml").await;
        admin::walk_to(admin, "idp_metadata_url").await;
        browser.open(&page).await;
        browser.find("link-progress").await;
        look(browser, "desk-organization-under-way").await;
        admin.type_into("idp_metadata_url", &self.provider.url(idp::OKTA_PATH)).await;
        admin.press("step-next").await;
        admin::walk_to_review(admin).await;
        admin.press("save-connection").await;
        admin.find("setup-complete").await;
        browser.open(&page).await;
        browser.find("set-up-by").await;
        look(browser, "desk-organization").await;
        browser.press("delete-connection").await;
        browser.press("confirm-delete").await;
        browser.find("error-confirm").await;
        look(browser, "desk-confirm").await;
        browser.open(&list).await;
        look(browser, "desk-organizations").await;
        browser.open(&format!("{list}?q=north&need=domain_pending")).await;
        look(browser, "desk-organizations-narrowed").await;
        browser.open(&self.page("overview")).await;
        browser.find("chart-set-ups").await;
        look(browser, "desk-overview").await;
    }

    /// Where a page of the environment is.
    fn page(&self, area: &str) -> String {
        let environment = self.made["environment_id"].as_str().unwrap();
        format!("{}/dashboard/{environment}/{area}", self.server.base())
    }

    /// What belongs to an environment.
    async fn environment(&self, browser: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        let page = |area: &str| self.page(area);
        browser.open(&page("sessions")).await;
        look(browser, "desk-sessions").await;
        browser.open(&page("events")).await;
        look(browser, "desk-events").await;
        browser.open(&page("webhooks")).await;
        browser.type_into("url", "https://hooks.northwind.example/").await;
        browser.press("create-endpoint").await;
        browser.find("error-summary").await;
        look(browser, "desk-webhooks-error").await;
        browser.type_into("events", "connection.activated").await;
        browser.press("create-endpoint").await;
        browser.find("endpoint-state").await;
        look(browser, "desk-webhook").await;
        browser.open(&page("webhooks")).await;
        look(browser, "desk-webhooks").await;
        browser.open(&page("trail")).await;
        look(browser, "desk-trail").await;
        browser.open(&page("redirects")).await;
        browser.type_into("uri", "https://app.northwind.example/callback").await;
        browser.press("register-redirect").await;
        browser.find("remove-redirect").await;
        look(browser, "desk-redirects").await;
        browser.open(&page("keys")).await;
        browser.type_into("name", "Continuous integration").await;
        browser.press("create-key").await;
        browser.find("made-key").await;
        look(browser, "desk-keys").await;
    }
}

/// Makes a customer on the list's page.
pub async fn create(browser: &Browser, name: &str, domain: &str) {
    browser.type_into("name", name).await;
    browser.type_into("domain", domain).await;
    browser.press("create-organization").await;
    browser.find("links").await;
}
