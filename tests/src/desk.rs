//! What an operator does in a browser, at the dashboard; and every page of it, one after the other.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::admin::{self, Invitation, MAIL_LIMIT};
use crate::api::http_client;
use crate::authenticator::Authenticator;
use crate::browser::Browser;
use crate::http::HttpServer;
use crate::vendor::Vendor;
use crate::visitor::Visitor;
use crate::{Server, ServerBuilder, idp, mailed, wait};

/// A name with what is markup elsewhere, and without a place to break it.
const HOSTILE_NAME: &str =
    "<b>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft</b>";

/// How long sums may be behind what they are of: they are counted every minute.
const COUNT_LIMIT: Duration = Duration::from_secs(90);

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
    vendor: Vendor,
    made: Value,
    provider: HttpServer,
}

impl DeskTour {
    /// Starts a deployment.
    pub async fn prepare() -> Self {
        let provider = idp::provider().await;
        let builder = ServerBuilder::new("desk").allow(&[provider.authority()]);
        let (server, vendor, made) = Vendor::with_deployment(&builder).await;
        Self { server, vendor, made, provider }
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
        self.people(browser, admin, &mut look).await;
        browser.open(&format!("{base}/dashboard/nothing")).await;
        look(browser, "desk-refused").await;
        wait::until("the sums", COUNT_LIMIT, async || {
            browser.open(&self.page("overview")).await;
            (!browser.has("calm").await && !browser.has("chart-none").await).then_some(())
        })
        .await;
        look(browser, "desk-overview").await;
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
        self.pages_of(browser, &page, look).await;
        browser.open(&page).await;
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
        look(browser, "desk-overview-calm").await;
    }

    /// The people of two customers sign in: with one it works, with the other it does not.
    async fn sign_ins(&self) {
        let api = &self.vendor.api;
        let body = json!({
            "name": "Harbour Light",
            "domain_data": [{ "domain": "harbour.example", "state": "verified" }],
        });
        let organization = api.post("/organizations", &body).await.expect(201);
        let body = json!({ "organization_id": organization["id"], "connection_type": "TestIdp" });
        let connection = api.post("/connections", &body).await.expect(201);
        let authorize = self.vendor.authorize_url(&[("connection", connection["id"].as_str().unwrap())]);
        for whoever in ["test-provider-member", "test-provider-member", "test-provider-guest"] {
            let visitor = Visitor::new();
            let page = visitor.open(&authorize).await;
            let page = visitor.press(&page, whoever).await;
            let page = visitor.press(&page, "sign-in-continue").await;
            if whoever == "test-provider-member" {
                self.vendor.profile(&page).await;
            }
        }
        let connections = api.get("/connections?connection_type=OktaSAML").await.expect(200);
        for _ in 0..3 {
            failed_sign_in(&self.server, connections["data"][0]["id"].as_str().unwrap()).await;
        }
    }

    /// Where a page of the environment is.
    fn page(&self, area: &str) -> String {
        let environment = self.made["environment_id"].as_str().unwrap();
        format!("{}/dashboard/{environment}/{area}", self.server.base())
    }

    /// The other pages of a customer, the page of somebody who was overtaken among them.
    async fn pages_of(&self, browser: &Browser, page: &str, look: &mut impl AsyncFnMut(&Browser, &str)) {
        browser.open(&format!("{page}/connection")).await;
        look(browser, "desk-connection").await;
        browser.type_into("certificate", "no certificate").await;
        browser.press("add-certificate").await;
        browser.find("error-certificate").await;
        look(browser, "desk-connection-error").await;
        browser.open(&format!("{page}/connection")).await;
        browser.press("attributes-link").await;
        look(browser, "desk-attribute-map").await;
        browser.open(&format!("{page}/sessions")).await;
        look(browser, "desk-organization-sessions-none").await;
        self.sign_ins().await;
        browser.open(&format!("{page}/sessions")).await;
        look(browser, "desk-organization-sessions").await;
        attempt(browser).await;
        look(browser, "desk-attempt-failed").await;
        browser.open(&format!("{page}/contacts")).await;
        look(browser, "desk-contacts-none").await;
        browser.type_into("email", "it@northwind.example").await;
        browser.press("add-contact").await;
        browser.find("contact-row").await;
        look(browser, "desk-contacts").await;
        browser.open(&format!("{page}/settings")).await;
        look(browser, "desk-organization-details").await;
        browser.type_into("external_id", "crm-17").await;
        browser.press("save-organization").await;
        browser.find("notice").await;
        browser.open(&format!("{page}/trail")).await;
        look(browser, "desk-organization-trail").await;
    }

    /// What belongs to an environment.
    async fn environment(&self, browser: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        let page = |area: &str| self.page(area);
        browser.open(&page("sessions")).await;
        look(browser, "desk-sessions").await;
        browser.open(&page("sessions?standing=success")).await;
        attempt(browser).await;
        look(browser, "desk-attempt").await;
        browser.open(&page("events")).await;
        look(browser, "desk-events").await;
        browser.open(&page("webhooks")).await;
        browser.type_into("url", "https://hooks.northwind.example/").await;
        browser.press("create-endpoint").await;
        browser.find("error-summary").await;
        look(browser, "desk-webhooks-error").await;
        browser.find("event-connection.activated").await.click().await.unwrap();
        browser.press("create-endpoint").await;
        browser.find("endpoint-state").await;
        let endpoint = browser.url().await;
        browser.press("test-endpoint").await;
        browser.find("delivery-state").await;
        look(browser, "desk-delivery").await;
        browser.open(&endpoint).await;
        browser.find("endpoint-state").await;
        look(browser, "desk-webhook").await;
        browser.press("replay-many").await;
        browser.find("replay-count").await;
        look(browser, "desk-replays").await;
        browser.open(&page("webhooks")).await;
        look(browser, "desk-webhooks").await;
        browser.open(&page("trail")).await;
        look(browser, "desk-trail").await;
        browser.open(&page("redirects")).await;
        browser.type_into("uri", "https://app.northwind.example/callback").await;
        browser.press("register-redirect").await;
        browser.find("remove-redirect").await;
        look(browser, "desk-redirects").await;
        browser.open(&page("portal")).await;
        browser.type_into("success_sso", "app.northwind.example/done").await;
        browser.press("save-redirects").await;
        browser.find("error-summary").await;
        look(browser, "desk-portal-redirects-error").await;
        browser.open(&page("branding")).await;
        browser.type_into("product_name", "Northwind").await;
        browser.type_into("color", "#ffe600").await;
        browser.press("preview-branding").await;
        browser.find("weak-light").await;
        look(browser, "desk-branding").await;
        browser.open(&page("hosts")).await;
        browser.type_into("portal_host", "setup.northwind.example").await;
        browser.press("add-portal_host").await;
        browser.find("host-row").await;
        look(browser, "desk-hosts").await;
        browser.open(&page("keys")).await;
        browser.type_into("name", "Continuous integration").await;
        browser.press("create-key").await;
        browser.find("made-key").await;
        look(browser, "desk-keys").await;
        browser.open(&page("settings")).await;
        look(browser, "desk-environment").await;
        browser.open(&page("providers")).await;
        browser.press("save-google").await;
        browser.find("error-summary").await;
        look(browser, "desk-providers-error").await;
        browser.open(&page("attributes")).await;
        browser.type_into("key", "department").await;
        browser.type_into("label", "Department").await;
        browser.press("define-attribute").await;
        browser.find("attribute-row").await;
        look(browser, "desk-attributes").await;
        browser.open(&page("snippets")).await;
        look(browser, "desk-snippets").await;
        browser.open(&format!("{}/dashboard/environments", self.server.base())).await;
        look(browser, "desk-environments").await;
    }

    /// The account, the team, and the ways back in. `visitor` is somebody who is not signed in.
    async fn people(&self, browser: &Browser, visitor: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        let base = self.server.base();
        let password = self.made["member_password"].as_str().unwrap();
        browser.open(&format!("{base}/dashboard/account")).await;
        look(browser, "desk-account").await;
        browser.type_into("old_password", "not the password").await;
        browser.type_into("new_password", "a kettle full of slow thunder").await;
        browser.press("change-password").await;
        browser.find("error-old_password").await;
        look(browser, "desk-account-error").await;
        browser.open(&format!("{base}/dashboard/team")).await;
        browser.type_into("email", "bob@vendor.example").await;
        browser.press("invite-member").await;
        browser.find("done").await;
        look(browser, "desk-team").await;
        visitor.open(&mailed_link(&self.server, "bob@vendor.example", "/dashboard/join/").await).await;
        look(visitor, "desk-join").await;
        visitor.type_into("name", "Bob").await;
        visitor.type_into("password", "gravel teapot lantern moss").await;
        visitor.press("join").await;
        visitor.find("user-menu").await;
        browser.open(&format!("{base}/dashboard/team")).await;
        browser.find("remove-member").await;
        look(browser, "desk-team-two").await;
        browser.open(&format!("{base}/dashboard/team/trail")).await;
        look(browser, "desk-team-trail").await;
        browser.open(&format!("{base}/dashboard/account/second-factor")).await;
        look(browser, "desk-second-factor").await;
        let app = Authenticator::with_key(&browser.text("totp-secret").await);
        browser.type_into("code", &app.code(0)).await;
        browser.type_into("password", password).await;
        browser.press("enable-factor").await;
        browser.find("recovery-codes").await;
        look(browser, "desk-recovery-codes").await;
        browser.press("codes-kept").await;
        look(browser, "desk-account-secured").await;
        browser.press("factor-off").await;
        look(browser, "desk-ask-password").await;
        visitor.open(&format!("{base}/dashboard/forgotten")).await;
        look(visitor, "desk-forgotten").await;
        visitor.type_into("email", self.made["member_email"].as_str().unwrap()).await;
        visitor.press("ask-reset").await;
        visitor.find("reset-asked").await;
        look(visitor, "desk-forgotten-asked").await;
        let address = self.made["member_email"].as_str().unwrap();
        visitor.open(&mailed_link(&self.server, address, "/dashboard/reset/").await).await;
        look(visitor, "desk-new-password").await;
        browser.unfold("user-menu").await;
        browser.press("sign-out").await;
        sign_in(browser, &self.server, &self.made).await;
        browser.find("field-code").await;
        look(browser, "desk-second-step").await;
        browser.type_into("code", &app.code(1)).await;
        browser.press("prove").await;
        browser.find("user-menu").await;
    }
}

/// The link of the dashboard that was mailed to somebody, once it arrived.
pub async fn mailed_link(server: &Server, address: &str, path: &str) -> String {
    let link = |text: String| mailed::dashboard_link(&text, path);
    let find = || async { admin::to(server, address).into_iter().find_map(link) };
    wait::until("a link of the dashboard", MAIL_LIMIT, find).await
}

/// A sign-in that the provider refuses, as a browser carries it.
async fn failed_sign_in(server: &Server, connection: &str) {
    let acs = format!("{}/sso/saml/{connection}/acs", server.base());
    let response = STANDARD.encode(format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\" Version=\"2.0\" \
         IssueInstant=\"2026-11-22T00:00:00Z\" Destination=\"{acs}\"><samlp:Status>\
         <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"/></samlp:Status></samlp:Response>"
    ));
    let form =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("SAMLResponse", &response).finish();
    let sent =
        http_client().post(&acs).header("Content-Type", "application/x-www-form-urlencoded").body(form);
    let answer = sent.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 400, "the person has nowhere to go");
}

/// Opens the first attempt of a list of the log.
pub async fn attempt(browser: &Browser) {
    let list = browser.source().await;
    let session = list.split("href=\"").find(|rest| rest.contains("/sessions/sess_")).unwrap();
    browser.follow(session.split('"').next().unwrap()).await;
    browser.find("session-detail").await;
}

/// Makes a customer on the list's page.
pub async fn create(browser: &Browser, name: &str, domain: &str) {
    browser.type_into("name", name).await;
    browser.type_into("domain", domain).await;
    browser.press("create-organization").await;
    browser.find("links").await;
}
