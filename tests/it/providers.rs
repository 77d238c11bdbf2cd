//! The twelve first providers in a real browser, from the mailed link to a connection that is
//! active; what the admin had to do on our pages is counted and printed.

use vestibule_tests::admin::{self, Invitation};
use vestibule_tests::browser::{Browser, Scripts, Tally};
use vestibule_tests::http::HttpServer;
use vestibule_tests::{Api, Server, ServerBuilder, data, idp};

/// The most of our buttons and links between the mailed link to Okta's set-up and `active`, with
/// every page read; the one that confirms the mailed code is among them.
const OKTA_CLICKS_MAX: u32 = 6;

/// The same for any of the first providers: one more where another way to bring the data is opened.
const CLICKS_MAX: u32 = 7;

/// The most that is brought from Okta's console.
const OKTA_PASTES_MAX: u32 = 1;

/// What an admin brings.
enum Brings {
    /// The address of metadata: path at our provider's server, and the file of the corpus.
    Address(&'static str, &'static str),
    /// A file of the corpus, pasted.
    Text(&'static str),
    /// A file of the corpus, chosen.
    File(&'static str),
    /// An issuer, a client id and a secret.
    Client,
}

use Brings::{Address, Client, File, Text};

/// Provider, the connection's type, what is brought.
///
/// Rippling publishes no sample and generic SAML has none of its own: any metadata serves there.
const PROVIDERS: [(&str, &str, Brings); 12] = [
    ("okta-saml", "OktaSAML", Address(idp::OKTA_PATH, "okta/ssoready.okta.metadata.xml")),
    ("entra-id-saml", "AzureSAML", Text("entra/ssoready.adfs.metadata.xml")),
    ("google-workspace-saml", "GoogleSAML", File("google/salrashid123.googleidpmetadata.xml")),
    (
        "pingone-saml",
        "PingOneSAML",
        Address("/3030059e-440b-4ad0-9217-44326f1757f6/saml20/metadata/1", "ping/ssoready.ping.metadata.xml"),
    ),
    (
        "onelogin-saml",
        "OneLoginSAML",
        Address("/saml/metadata/123456", "onelogin/dropbox.onelogin-idp-metadata.xml"),
    ),
    ("jumpcloud-saml", "JumpCloudSAML", File("jumpcloud/ssoready.jumpcloud.metadata.xml")),
    (
        "adfs-saml",
        "ADFSSAML",
        Address("/FederationMetadata/2007-06/FederationMetadata.xml", "adfs/xlgmokha.ad-2012.xml"),
    ),
    ("rippling-saml", "RipplingSAML", Text("mocksaml/boxyhq.data.metadata.xml")),
    (
        "generic-saml",
        "GenericSAML",
        Address("/saml/idp", "simplesamlphp/jenkinsci.metadatawrapper.metadata.xml"),
    ),
    ("auth0-saml", "Auth0SAML", Address("/samlp/metadata/tyj7qyzz", "other/boxyhq.example.xml")),
    (
        "keycloak-saml",
        "KeycloakSAML",
        Address("/realms/master/protocol/saml/descriptor", "keycloak/ssoready.keycloak.metadata.xml"),
    ),
    ("generic-oidc", "GenericOIDC", Client),
];

struct Scene {
    server: Server,
    api: Api,
    provider: HttpServer,
}

impl Scene {
    async fn start() -> Self {
        let addresses: Vec<_> = PROVIDERS
            .iter()
            .filter_map(|(_, _, brings)| match brings {
                Address(path, file) => Some((*path, idp::metadata(file))),
                Text(_) | File(_) | Client => None,
            })
            .collect();
        let provider = idp::provider_with(&addresses).await;
        let builder = ServerBuilder::new("providers").allow(&[provider.authority()]);
        let (server, api) = Server::with_team(&builder).await;
        Self { server, api, provider }
    }

    /// From the mailed link to `active`.
    async fn set_up(&self, slug: &str, kind: &str, brings: &Brings) -> Tally {
        let address = format!("it@{slug}.example");
        let invitation = Invitation::send(&self.server, &self.api, slug, &address).await;
        let browser = Browser::start(Scripts::On).await;
        invitation.accept(&self.server, &browser).await;
        browser.press(&format!("provider-card-{slug}")).await;
        self.walk(&browser, brings.first_field()).await;
        self.bring(&browser, brings).await;
        browser.press("step-next").await;
        admin::walk_to_review(&browser).await;
        browser.press("save-connection").await;
        browser.find("setup-complete").await;
        let tally = browser.tally();

        assert_eq!(browser.attribute("connection-state", "data-state").await, "active", "{slug}");
        let connections = self.api.connections(&invitation.organization).await;
        assert_eq!(connections.len(), 1, "{connections:?}");
        assert_eq!(connections[0]["state"], "active", "{slug}");
        assert_eq!(connections[0]["connection_type"], kind);
        tally
    }

    /// Goes through every page, copying every value that it offers.
    async fn walk(&self, browser: &Browser, field: &str) {
        loop {
            for key in browser.copies().await {
                browser.copy(&key).await;
            }
            if browser.has(&format!("field-{field}")).await {
                break;
            }
            browser.press("step-next").await;
        }
    }

    async fn bring(&self, browser: &Browser, brings: &Brings) {
        match brings {
            Address(path, _) => browser.fill("idp_metadata_url", &self.provider.url(path)).await,
            Text(file) => {
                let xml = idp::metadata(file);
                browser.fill("idp_metadata_xml", &String::from_utf8_lossy(&xml)).await;
            }
            File(file) => {
                browser.choose_file("idp_metadata_file", "metadata.xml", &idp::metadata(file)).await;
            }
            Client => {
                browser.fill("issuer", &self.provider.url(idp::ISSUER_PATH)).await;
                browser.fill("client_id", "0oa1b2c3d4").await;
                browser.fill("client_secret", "a-secret-of-this-client").await;
            }
        }
    }
}

impl Brings {
    fn first_field(&self) -> &'static str {
        match self {
            Address(..) => "idp_metadata_url",
            Text(_) => "idp_metadata_xml",
            File(_) => "idp_metadata_file",
            Client => "issuer",
        }
    }
}

fn row(what: &str, Tally { clicks, pastes, copies }: Tally) -> String {
    format!("| {what} | {clicks} | {pastes} | {copies} |\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_the_first_providers_is_set_up_from_the_mailed_link() {
    let scene = Scene::start().await;
    let mut table = "\n| Provider | Clicks | Pastes | Values copied |\n|---|---|---|---|\n".to_owned();
    for (slug, kind, brings) in &PROVIDERS {
        let tally = scene.set_up(slug, kind, brings).await;
        table.push_str(&row(slug, tally));
        let wanted = if matches!(brings, Client) { 3 } else { 1 };
        assert_eq!(tally.pastes, wanted, "{slug}");
        assert!(tally.clicks <= CLICKS_MAX, "{slug}: {tally:?}");
    }
    println!("{table}");
    println!("Every page read; the six digits of the mailed code are typed besides.");
    assert_eq!(data::OKTA, idp::metadata("okta/ssoready.okta.metadata.xml"));
    scene.server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn okta_by_address_takes_one_paste_and_six_clicks() {
    let scene = Scene::start().await;
    let (slug, kind, brings) = &PROVIDERS[0];
    let tally = scene.set_up(slug, kind, brings).await;
    println!("\nOkta by the address of its metadata: {tally:?}");
    assert!(tally.pastes <= OKTA_PASTES_MAX, "{tally:?}");
    assert!(tally.clicks <= OKTA_CLICKS_MAX, "{tally:?}");
    scene.server.assert_healthy().await;
}
