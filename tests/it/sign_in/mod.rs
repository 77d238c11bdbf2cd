//! People sign in: the vendor's app, the service, and identity providers that others wrote.

mod oidc;
mod races;
mod refusals;
mod saml;
mod sdks;
mod simplesamlphp;
mod social;
mod test_provider;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::saml_idp::{SamlIdp, wished};
use vestibule_tests::visitor::{Page, Visitor};
use vestibule_tests::{Answer, Api, Server, ServerBuilder, Vendor};

/// An organization whose people have addresses in acme.example; its id.
async fn acme(api: &Api) -> String {
    let body = json!({
        "name": "Acme",
        "domain_data": [{ "domain": "acme.example", "state": "verified" }],
    });
    api.post("/organizations", &body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

/// The last sign-in of an organization with all that the session log knows of it.
async fn last_session(api: &Api, organization: &str) -> Value {
    let listed = api.get(&format!("/sso_sessions?organization_id={organization}&limit=1")).await.expect(200);
    let id = listed["data"][0]["id"].as_str().unwrap_or_else(|| panic!("no session: {listed}"));
    api.get(&format!("/sso_sessions/{id}")).await.expect(200)
}

/// PKCE: a verifier and its challenge.
fn pkce() -> (String, String) {
    let verifier = "a-verifier-of-forty-three-characters-~._0123456789".to_owned();
    let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
    (verifier, URL_SAFE_NO_PAD.encode(digest))
}

/// A deployment, an app, and an organization that signs in through pysaml2.
struct Saml {
    server: Server,
    vendor: Vendor,
    idp: SamlIdp,
    organization: String,
    connection: String,
}

impl Saml {
    async fn set_up(name: &str) -> Self {
        Self::set_up_on(ServerBuilder::new(name)).await
    }

    async fn set_up_on(builder: ServerBuilder) -> Self {
        let idp = SamlIdp::start();
        let (server, vendor) = Vendor::with_service(&builder.allow(&[idp.authority()])).await;
        let organization = acme(&vendor.api).await;
        let body = json!({
            "organization_id": organization,
            "connection_type": "GenericSAML",
            "saml_options": { "idp_metadata_url": idp.metadata_url() },
        });
        let made = vendor.api.post("/connections", &body).await.expect(201);
        assert_eq!(made["state"], "active", "{made}");
        let connection = made["id"].as_str().unwrap().to_owned();
        let scene = Self { server, vendor, idp, organization, connection };
        scene.register().await;
        scene
    }

    fn api(&self) -> &Api {
        &self.vendor.api
    }

    /// Tells the provider of our side, as it is now.
    async fn register(&self) {
        let metadata = self.metadata().await;
        self.idp.know(&metadata.body).await;
    }

    async fn metadata(&self) -> Answer {
        let path = format!("/sso/saml/{}/metadata", self.connection);
        let metadata = self.server.anonymous().get(&path).await;
        metadata.expect(200);
        metadata
    }

    /// Our entity id, which is where our metadata is.
    async fn entity_id(&self) -> String {
        let text = self.metadata().await.text();
        let (_, rest) = text.split_once("entityID=\"").expect("an entity id");
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// Goes from the app to the provider, whose answer is the page: a form that is not sent yet.
    async fn at_provider(&self, visitor: &Visitor, wishes: &str) -> Page {
        let address = self.vendor.authorize_url(&[("connection", &self.connection)]);
        let sent = visitor.ask_once(Method::GET, &address).await;
        assert_eq!(sent.status, 302, "{}", sent.text());
        let page = visitor.open(&wished(sent.header("location"), wishes)).await;
        assert_eq!(page.answer.status, 200, "{}", page.answer.text());
        page
    }

    /// The whole way, up to where the person ends.
    async fn sign_in(&self, wishes: &str) -> Page {
        let visitor = Visitor::new();
        let page = self.at_provider(&visitor, wishes).await;
        visitor.press(&page, "go").await
    }

    /// The last sign-in in the session log.
    async fn last_session(&self) -> Value {
        last_session(self.api(), &self.organization).await
    }
}
