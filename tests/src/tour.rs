//! Every page of the portal in every state that an admin can bring it to, one after the other.
//!
//! What looks at the pages — axe, a camera — is handed in, so that a page that is added here is
//! checked and pictured.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::admin::{self, Invitation};
use crate::browser::Browser;
use crate::http::HttpServer;
use crate::{Api, Server, ServerBuilder, idp};

/// Where the vendor's app is.
const RETURN_URL: &str = "https://app.example.com/settings";

/// Where it takes codes.
const REDIRECT_URI: &str = "https://app.example.com/callback";

/// A name as long as they get, without a place to break it, in two directions and with what is
/// markup elsewhere.
const HOSTILE_NAME: &str = "<b>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft&\
    Söhne</b> \u{202e}שלום \"’{{ product }}’\" ЗАО «Длинноеназваниебезединогопробелаивообщебезконца»";

/// A name without a place to break it, as XML writes it.
const HOSTILE_NAME_ESCAPED: &str =
    "&lt;b&gt;Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten";

/// Metadata with several providers.
const AGGREGATE: &str = "other/saml-toolkits.idp-multiple-descriptors.xml";

/// Metadata whose certificate ended years ago.
const EXPIRED: &str = "adfs/xlgmokha.ad-2012.xml";

/// A deployment to tour.
#[derive(Debug)]
pub struct Tour {
    server: Server,
    api: Api,
    client_id: String,
    provider: HttpServer,
    language: String,
}

impl Tour {
    /// Starts a deployment; the pages speak a language.
    pub async fn prepare(language: &str) -> Self {
        let provider = idp::provider().await;
        let builder = ServerBuilder::new("tour").allow(&[provider.authority()]);
        let made = builder.bootstrap_with(&["--return-url", RETURN_URL, "--redirect-uri", REDIRECT_URI]);
        let environment = made.json["environment_id"].as_str().unwrap();
        let custom = ["--attribute", "department=Department", "--attribute", "cost_center=Cost center"];
        let told = builder.command().args(["environment", environment]).args(custom).output().unwrap();
        assert!(told.status.success(), "{told:?}");
        let server = builder.start().await;
        let api = server.api(&made.api_key);
        let client_id = made.json["client_id"].as_str().unwrap().to_owned();
        Self { server, api, client_id, provider, language: language.to_owned() }
    }

    /// The deployment.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Shows every page to `look`, with a name for it.
    pub async fn walk(&self, browser: &Browser, mut look: impl AsyncFnMut(&Browser, &str)) {
        self.arriving(browser, &mut look).await;
        self.picking(browser, &mut look).await;
        self.stepping(browser, &mut look).await;
        self.saving(browser, &mut look).await;
        self.managing(browser, &mut look).await;
        self.renewing(browser, &mut look).await;
        self.signing_in(browser, &mut look).await;
        self.hostile(browser, &mut look).await;
        self.failing(browser, &mut look).await;
    }

    async fn open(&self, browser: &Browser, url: &str) {
        let mark = if url.contains('?') { '&' } else { '?' };
        let base = if url.starts_with("http") { String::new() } else { self.server.base() };
        browser.open(&format!("{base}{url}{mark}lang={}", self.language)).await;
    }

    async fn invite(&self, name: &str, address: &str) -> Invitation {
        Invitation::send(&self.server, &self.api, name, address).await
    }

    async fn launch(&self, organization: &str, more: Value) -> String {
        let mut body = json!({ "organization": organization });
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        let made = self.api.post("/portal/generate_link", &body).await.expect(201);
        made["link"].as_str().unwrap().to_owned()
    }

    /// The landing page of each kind, and the proof of the address.
    async fn arriving(&self, browser: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        let organization = self.api.organization("Northwind Traders").await;
        let (_, link) = self.api.token(&organization, json!({})).await;
        self.open(browser, &link).await;
        look(browser, "landing").await;
        browser.type_into("email", "nobody").await;
        browser.press("portal-begin").await;
        browser.find("error-email").await;
        look(browser, "landing-error").await;

        let invitation = self.invite("Northwind Traders", "it@northwind.example").await;
        self.open(browser, &invitation.link).await;
        look(browser, "landing-named").await;
        browser.press("portal-begin").await;
        look(browser, "code").await;
        browser.type_into("code", "12345").await;
        browser.press("confirm-code").await;
        browser.find("error-code").await;
        look(browser, "code-error").await;
        browser.press("code-again").await;
        look(browser, "code-again").await;
    }

    /// The picker: all, found, nothing found.
    async fn picking(&self, browser: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        let invitation = self.invite("Northwind Traders", "admin@northwind.example").await;
        invitation.accept_in(&self.server, browser, &self.language).await;
        browser.find("provider-search").await;
        look(browser, "picker").await;
        self.open(browser, "/portal/sso?q=okta").await;
        look(browser, "picker-found").await;
        self.open(browser, "/portal/sso?q=no-such-provider").await;
        look(browser, "picker-nothing").await;
    }

    async fn pick(&self, browser: &Browser, slug: &str) {
        self.open(browser, "/portal/sso").await;
        browser.press(&format!("provider-card-{slug}")).await;
    }

    /// Steps of each kind, with and without mistakes.
    async fn stepping(&self, browser: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        self.pick(browser, "entra-id-saml").await;
        look(browser, "step-entra-1").await;
        self.open(browser, "/portal/sso/steps/5").await;
        look(browser, "step-entra-2").await;
        self.open(browser, "/portal/sso/guide").await;
        look(browser, "guide").await;
        browser.unfold("send-steps-open").await;
        browser.press("send-steps").await;
        browser.find("error-summary").await;
        look(browser, "guide-error").await;

        self.pick(browser, "google-workspace-saml").await;
        admin::walk_to(browser, "idp_metadata_file").await;
        look(browser, "step-file").await;

        self.pick(browser, "generic-oidc").await;
        admin::walk_to(browser, "issuer").await;
        look(browser, "step-client").await;
        browser.press("step-next").await;
        browser.find("error-summary").await;
        look(browser, "step-client-error").await;

        self.pick(browser, "generic-saml").await;
        admin::walk_to(browser, "idp_metadata_xml").await;
        let aggregate = idp::metadata(AGGREGATE);
        browser.fill("idp_metadata_xml", &String::from_utf8_lossy(&aggregate)).await;
        browser.press("step-next").await;
        look(browser, "choose").await;
        browser.press("step-next").await;
        browser.find("error-summary").await;
        look(browser, "choose-error").await;

        self.pick(browser, "adfs-saml").await;
        admin::walk_to(browser, "idp_metadata_xml").await;
        browser.fill("idp_metadata_xml", &String::from_utf8_lossy(&idp::metadata(EXPIRED))).await;
        browser.press("step-next").await;
        admin::walk_to_review(browser).await;
        look(browser, "review-expired").await;

        self.pick(browser, "okta-saml").await;
        look(browser, "step-1").await;
        browser.press("step-next").await;
        look(browser, "step-2").await;
        browser.fill("idp_metadata_url", &self.provider.url("/nothing/here")).await;
        browser.press("step-next").await;
        browser.find("error-idp_metadata_url").await;
        look(browser, "step-error").await;
    }

    /// What was understood, and the end; begins on Okta's last step.
    async fn saving(&self, browser: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        browser.fill("idp_metadata_url", &self.provider.url(idp::OKTA_PATH)).await;
        browser.press("step-next").await;
        admin::walk_to_review(browser).await;
        look(browser, "review").await;
        browser.unfold("attribute-names-open").await;
        look(browser, "review-attributes").await;
        self.open(browser, "/portal/sso").await;
        look(browser, "picker-begun").await;
        self.open(browser, "/portal/sso/review").await;
        browser.press("save-connection").await;
        browser.find("setup-complete").await;
        look(browser, "done").await;
    }

    /// Links from the vendor's app: the home page, and a connection that is there.
    async fn managing(&self, browser: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        let organization = self.api.organization("Contoso").await;
        let link = self.launch(&organization, json!({})).await;
        self.open(browser, &link).await;
        look(browser, "home").await;
        let link = self.launch(&organization, json!({ "intent": "sso" })).await;
        self.open(browser, &link).await;
        browser.press("provider-card-okta-saml").await;
        admin::walk_to(browser, "idp_metadata_url").await;
        browser.fill("idp_metadata_url", &self.provider.url(idp::OKTA_PATH)).await;
        browser.press("step-next").await;
        admin::walk_to_review(browser).await;
        browser.press("save-connection").await;
        browser.find("setup-complete").await;
        self.open(browser, "/portal/sso/connection").await;
        look(browser, "connection").await;
        browser.unfold("reset-open").await;
        look(browser, "connection-reset").await;
        self.testing(browser, &organization, look).await;
        self.open(browser, "/portal/sso/attributes").await;
        look(browser, "attributes").await;
        browser.type_into("attribute_email", &"a".repeat(5_000)).await;
        browser.press("save-attributes").await;
        browser.find("error-attribute_email").await;
        look(browser, "attributes-error").await;
        let link = self.launch(&organization, json!({})).await;
        self.open(browser, &link).await;
        look(browser, "home-done").await;
        let link = self.launch(&organization, json!({ "intent": "log_streams" })).await;
        self.open(browser, &link).await;
        look(browser, "home-missing").await;
    }

    /// A test sign-in that waits, one that failed, and the log; begins on the connection's page.
    async fn testing(
        &self,
        browser: &Browser,
        organization: &str,
        look: &mut impl AsyncFnMut(&Browser, &str),
    ) {
        self.open(browser, "/portal/sso/sessions").await;
        look(browser, "sessions-none").await;
        self.open(browser, "/portal/sso/connection").await;
        // The provider is not there; that somebody left for it is enough.
        let leave = "fetch('/portal/sso/test', { method: 'POST', redirect: 'manual', body: new URLSearchParams({ \
             form_token: document.querySelector('input[name=form_token]').value }) }).then(() => null)";
        browser.evaluate(leave).await;
        let log = self.api.get(&format!("/sso_sessions?organization_id={organization}")).await.expect(200);
        let session = log["data"][0]["id"].as_str().unwrap().to_owned();
        let page = format!("/portal/sso/sessions/{session}");
        self.open(browser, &page).await;
        look(browser, "session-waiting").await;

        let connection = self.api.connections(organization).await[0]["id"].as_str().unwrap().to_owned();
        let response = STANDARD.encode(format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\" Version=\"2.0\" \
             IssueInstant=\"2026-11-22T00:00:00Z\" InResponseTo=\"_{session}\"><samlp:Status><samlp:StatusCode \
             Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status><saml:Assertion \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_2\" Version=\"2.0\" \
             IssueInstant=\"2026-11-22T00:00:00Z\"><saml:Issuer>{HOSTILE_NAME_ESCAPED}</saml:Issuer>\
             </saml:Assertion></samlp:Response>"
        ));
        let come_back = format!(
            "fetch('/sso/saml/{connection}/acs', {{ method: 'POST', redirect: 'manual', \
             body: new URLSearchParams({{ SAMLResponse: '{response}' }}) }}).then(() => null)"
        );
        browser.evaluate(&come_back).await;
        self.open(browser, &page).await;
        browser.find("remedy").await;
        look(browser, "session-failed").await;
        browser.unfold("remedy-step").await;
        browser.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })").await;
        look(browser, "session-messages").await;
        self.open(browser, "/portal/sso/sessions").await;
        look(browser, "sessions").await;
        self.open(browser, "/portal/sso/connection").await;
    }

    /// The next certificate of a provider: what there is to do, what was brought, the end.
    async fn renewing(&self, browser: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        let organization = self.api.organization("Litware").await;
        let renewal = json!({ "intent": "certificate_renewal" });
        self.open(browser, &self.launch(&organization, renewal.clone()).await).await;
        look(browser, "renewal-none").await;

        let metadata_url = self.provider.url(idp::OKTA_PATH);
        let body = json!({
            "organization_id": organization,
            "connection_type": "OktaSAML",
            "saml_options": { "idp_metadata_url": metadata_url },
        });
        self.api.post("/connections", &body).await.expect(201);
        self.open(browser, &self.launch(&organization, renewal).await).await;
        look(browser, "renewal").await;
        browser.type_into("idp_certificate", "-----BEGIN CERTIFICATE-----").await;
        browser.press("renewal-check").await;
        browser.find("error-summary").await;
        look(browser, "renewal-error").await;
        browser.fill("idp_certificate", &idp::next_certificate()).await;
        browser.press("renewal-check").await;
        browser.find("renewal-new").await;
        look(browser, "renewal-check").await;
        browser.press("renewal-save").await;
        browser.find("renewal-complete").await;
        look(browser, "renewal-done").await;
    }

    /// What people see who sign in: the test identity provider, and why they come no further.
    async fn signing_in(&self, browser: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        let organization = self.api.organization("Fabrikam").await;
        let body = json!({ "organization_id": organization, "connection_type": "TestIdp" });
        let connection = self.api.post("/connections", &body).await.expect(201);
        let connection = connection["id"].as_str().unwrap();
        let authorize = format!(
            "/sso/authorize?response_type=code&redirect_uri={REDIRECT_URI}&connection={connection}&client_id="
        );
        self.open(browser, &format!("/test-idp/{connection}")).await;
        browser.find("test-provider").await;
        look(browser, "test-provider-start").await;
        self.open(browser, &format!("{authorize}{}", self.client_id)).await;
        browser.find("test-provider-member").await;
        look(browser, "test-provider").await;
        self.open(browser, &format!("{authorize}client_unknown")).await;
        browser.find("sign-in-refused").await;
        look(browser, "sign-in-refused").await;
        // Whom nobody sent off comes back.
        self.open(browser, "/sso/oidc/callback?code=1&state=1").await;
        browser.find("sign-in-refused").await;
        look(browser, "sign-in-unknown").await;
    }

    /// Pages with a name as hostile as they get.
    async fn hostile(&self, browser: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        let invitation = self.invite(HOSTILE_NAME, "it@hostile.example").await;
        self.open(browser, &invitation.link).await;
        look(browser, "hostile-landing").await;
        invitation.accept_in(&self.server, browser, &self.language).await;
        look(browser, "hostile-picker").await;
        self.pick(browser, "okta-saml").await;
        look(browser, "hostile-step").await;
        admin::walk_to(browser, "idp_metadata_url").await;
        browser.fill("idp_metadata_url", &self.provider.url(idp::OKTA_PATH)).await;
        browser.press("step-next").await;
        admin::walk_to_review(browser).await;
        look(browser, "hostile-review").await;
        browser.press("save-connection").await;
        browser.find("setup-complete").await;
        self.open(browser, "/portal/sso/connection").await;
        look(browser, "hostile-connection").await;
        self.open(browser, &invitation.link).await;
        browser.find("link-unusable").await;
        look(browser, "unusable-consumed").await;
    }

    /// Links and addresses that lead nowhere.
    async fn failing(&self, browser: &Browser, look: &mut impl AsyncFnMut(&Browser, &str)) {
        self.open(browser, "/portal?token=vpt_unknown").await;
        browser.find("link-unusable").await;
        look(browser, "unusable-unknown").await;
        self.open(browser, "/portal/sso/steps/99").await;
        look(browser, "refused-step").await;
        self.open(browser, "/portal/nowhere").await;
        browser.find("portal-refused").await;
        look(browser, "refused").await;
    }
}
