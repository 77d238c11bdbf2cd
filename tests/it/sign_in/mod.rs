//! People sign in: the vendor's app, the service, and identity providers that others wrote.

mod saml;

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::saml_idp::{SamlIdp, wished};
use vestibule_tests::visitor::{Page, Visitor};
use vestibule_tests::{Answer, Api, Server, ServerBuilder, Vendor};

/// The kinds of events that tell how sign-ins went.
const EVENTS: &str = "authentication.sso_failed,authentication.sso_succeeded";

/// An organization whose people have addresses in acme.example; its id.
async fn acme(api: &Api) -> String {
    let body = json!({
        "name": "Acme",
        "domain_data": [{ "domain": "acme.example", "state": "verified" }],
    });
    api.post("/organizations", &body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

/// Has the events of sign-ins written down, which happens only where an endpoint asks for them.
async fn listen(api: &Api) {
    let body = json!({
        "endpoint_url": "https://receiver.invalid/webhooks",
        "events": EVENTS.split(',').collect::<Vec<_>>(),
    });
    api.post("/webhook_endpoints", &body).await.expect(201);
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

    /// How the last sign-in failed, as the events tell.
    async fn last_error(&self) -> Value {
        let events = self.api().events(EVENTS, &self.organization).await;
        let last = events.last().expect("an event");
        assert_eq!(last["event"], "authentication.sso_failed", "{last}");
        last["data"]["error"].clone()
    }
}
