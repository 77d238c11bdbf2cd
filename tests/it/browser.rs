//! IT admins in a real browser, from the link they were mailed to a connection that is active.

use serde_json::{Value, json};
use vestibule_tests::admin::{walk_to, walk_to_review};
use vestibule_tests::browser::{Browser, Scripts};
use vestibule_tests::http::HttpServer;
use vestibule_tests::smtp::SmtpSink;
use vestibule_tests::wait;
use vestibule_tests::{Api, Server, ServerBuilder, data, idp, mailed};

use std::time::Duration;

/// How long a message may take on a busy machine.
const MAIL_LIMIT: Duration = Duration::from_secs(30);

/// Where an admin's mail arrives.
enum Mailbox<'a> {
    /// In the folder of a server without mail server.
    Outbox(&'a Server),
    /// At a mail server.
    Sink(&'a SmtpSink),
    /// Nowhere: the link names nobody.
    Nobodys,
}

impl Mailbox<'_> {
    /// Waits for the code that proves the address.
    async fn code(&self) -> String {
        let texts = || match self {
            Mailbox::Outbox(server) => server.outbox(),
            Mailbox::Sink(sink) => sink.messages().into_iter().map(|message| message.text).collect(),
            Mailbox::Nobodys => Vec::new(),
        };
        let find = || async { texts().iter().find_map(|text| mailed::code(text)) };
        wait::until("a code", MAIL_LIMIT, find).await
    }
}

/// Opens the link, proves the address where one is named, picks.
async fn begin(browser: &Browser, mail: Mailbox<'_>, link: &str, provider: &str, name: &str) {
    browser.open(link).await;
    browser.find("portal-landing").await;
    browser.picture(&format!("{name}-1-landing")).await;
    assert!(!browser.url().await.contains("vpt_") || browser.has("portal-begin").await);
    browser.press("portal-begin").await;
    if !matches!(mail, Mailbox::Nobodys) {
        browser.find("field-code").await;
        assert!(!browser.url().await.contains("vpt_"), "the token is still in the address");
        let code = mail.code().await;
        browser.type_into("code", &code).await;
        browser.picture(&format!("{name}-1b-code")).await;
        browser.press("confirm-code").await;
    }
    browser.find("provider-search").await;
    browser.picture(&format!("{name}-2-picker")).await;
    assert!(!browser.url().await.contains("vpt_"), "the token is still in the address");
    browser.press(&format!("provider-card-{provider}")).await;
    browser.picture(&format!("{name}-3-step")).await;
}

/// Saves, and sees that it worked: on the page, through the API, and that the link is spent.
async fn save(browser: &Browser, api: &Api, organization: &str, link: &str, name: &str) -> Value {
    browser.picture(&format!("{name}-5-review")).await;
    browser.press("save-connection").await;
    browser.find("setup-complete").await;
    assert_eq!(browser.attribute("connection-state", "data-state").await, "active");
    browser.picture(&format!("{name}-6-complete")).await;

    let connections = api.connections(organization).await;
    assert_eq!(connections.len(), 1, "{connections:?}");
    assert_eq!(connections[0]["state"], "active");
    assert_eq!(api.events("connection.activated", organization).await.len(), 1);

    browser.open(link).await;
    assert_eq!(browser.attribute("link-unusable", "data-reason").await, "consumed");
    browser.picture(&format!("{name}-7-spent")).await;
    let page = api.send(reqwest::Method::GET, link, &[("Accept", "text/html")], None).await;
    assert_eq!(page.status, 410);
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.header("content-type"));
    let object = api.send(reqwest::Method::GET, link, &[("Accept", "application/json")], None).await;
    assert_eq!(object.expect(410)["code"], "token_consumed");
    connections[0].clone()
}

/// A deployment that can reach the provider's server.
async fn deployment(name: &str) -> (Server, Api, HttpServer) {
    let provider = idp::provider().await;
    let (server, api) = Server::with_team(&ServerBuilder::new(name).allow(&[provider.authority()])).await;
    (server, api, provider)
}

/// The link in the message to somebody whose token was minted with their address.
async fn mailed_token(server: &Server, api: &Api, organization: &str) -> String {
    api.token(organization, json!({ "it_contact_emails": ["it@customer.example"] })).await;
    let message =
        wait::until("a message in the outbox", MAIL_LIMIT, || async { server.outbox().pop() }).await;
    assert!(message.contains("it@customer.example"), "{message}");
    mailed::link(&message)
}

#[tokio::test(flavor = "multi_thread")]
async fn okta_is_set_up_by_metadata_url_from_the_mailed_link() {
    let (server, api, provider) = deployment("okta").await;
    let organization = api.organization("Customer of Okta").await;
    let link = mailed_token(&server, &api, &organization).await;

    let browser = Browser::start(Scripts::On).await;
    begin(&browser, Mailbox::Outbox(&server), &link, "okta-saml", "okta").await;
    walk_to(&browser, "idp_metadata_url").await;
    browser.fill("idp_metadata_url", &provider.url(idp::OKTA_PATH)).await;
    browser.picture("okta-4-values").await;
    browser.press("step-next").await;
    walk_to_review(&browser).await;
    let review = browser.source().await;
    assert!(review.contains(data::OKTA_ENTITY_ID), "{review}");
    let connection = save(&browser, &api, &organization, &link, "okta").await;
    assert_eq!(connection["connection_type"], "OktaSAML");
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entra_is_set_up_by_pasted_xml_without_javascript() {
    let (server, api, _provider) = deployment("entra").await;
    let organization = api.organization("Customer of Entra").await;
    let link = mailed_token(&server, &api, &organization).await;

    let browser = Browser::start(Scripts::Off).await;
    begin(&browser, Mailbox::Outbox(&server), &link, "entra-id-saml", "entra").await;
    walk_to(&browser, "idp_metadata_xml").await;
    browser.fill("idp_metadata_xml", &String::from_utf8_lossy(data::ENTRA)).await;
    browser.picture("entra-4-values").await;
    browser.press("step-next").await;
    walk_to_review(&browser).await;
    assert!(browser.source().await.contains(data::ENTRA_ENTITY_ID));
    let connection = save(&browser, &api, &organization, &link, "entra").await;
    assert_eq!(connection["connection_type"], "AzureSAML");
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn google_is_set_up_by_a_file_from_an_invitation_by_smtp() {
    let sink = SmtpSink::start().await;
    let builder = ServerBuilder::new("google").set("VESTIBULE_SMTP_URL", &sink.url());
    let (server, api) = Server::with_team(&builder).await;
    let organization = api.organization("Customer of Google").await;
    let contacts = format!("/organizations/{organization}/it_contacts");
    let contact = api.post(&contacts, &json!({ "email": "it@google.example" })).await.expect(201);
    let invite = format!("{contacts}/{}/invite", contact["id"].as_str().unwrap());
    let invited = api.post(&invite, &json!({ "intents": ["sso"] })).await;
    assert!((200..300).contains(&invited.status), "{}", invited.text());
    let message = sink.message_to("it@google.example").await;
    let link = mailed::link(&message.text);

    let browser = Browser::start(Scripts::On).await;
    begin(&browser, Mailbox::Sink(&sink), &link, "google-workspace-saml", "google").await;
    walk_to(&browser, "idp_metadata_file").await;
    browser.choose_file("idp_metadata_file", "GoogleIDPMetadata.xml", data::GOOGLE).await;
    browser.picture("google-4-values").await;
    browser.press("step-next").await;
    walk_to_review(&browser).await;
    assert!(browser.source().await.contains(data::GOOGLE_ENTITY_ID));
    let connection = save(&browser, &api, &organization, &link, "google").await;
    assert_eq!(connection["connection_type"], "GoogleSAML");
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openid_connect_is_set_up_by_discovery() {
    let (server, api, provider) = deployment("oidc").await;
    let organization = api.organization("Customer of OpenID").await;
    let link = mailed_token(&server, &api, &organization).await;

    let browser = Browser::start(Scripts::On).await;
    begin(&browser, Mailbox::Outbox(&server), &link, "generic-oidc", "oidc").await;
    walk_to(&browser, "issuer").await;
    browser.fill("issuer", &provider.url(idp::ISSUER_PATH)).await;
    browser.fill("client_id", "client-1").await;
    browser.fill("client_secret", "secret-1").await;
    browser.picture("oidc-4-values").await;
    browser.press("step-next").await;
    walk_to_review(&browser).await;
    let review = browser.source().await;
    assert!(review.contains(&provider.url(idp::ISSUER_PATH)), "{review}");
    assert!(!review.contains("secret-1"), "the client secret is on the page");
    let connection = save(&browser, &api, &organization, &link, "oidc").await;
    assert_eq!(connection["connection_type"], "GenericOIDC");
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_is_named_beside_its_field_and_nothing_typed_is_lost() {
    let (server, api, provider) = deployment("mistake").await;
    let organization = api.organization("Customer with a typo").await;
    let (_, link) = api.token(&organization, json!({})).await;

    let browser = Browser::start(Scripts::On).await;
    begin(&browser, Mailbox::Nobodys, &link, "okta-saml", "mistake").await;
    walk_to(&browser, "idp_metadata_url").await;
    let typed = provider.url("/nothing/here");
    browser.fill("idp_metadata_url", &typed).await;
    browser.press("step-next").await;
    browser.find("error-summary").await;
    browser.find("error-idp_metadata_url").await;
    assert_eq!(browser.attribute("field-idp_metadata_url", "value").await, typed);
    browser.picture("mistake-4-error").await;
    assert!(browser.overflow(390).await <= 0, "the page is wider than a phone");
    assert!(api.connections(&organization).await.iter().all(|connection| connection["state"] != "active"));
    server.assert_healthy().await;
}
