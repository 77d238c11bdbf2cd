//! Bringing back what a guide asks for, in every way, right and wrong.

use actix_web::http::{Method, StatusCode};
use vestibule_application::ports::outbound::OutboundError;
use vestibule_application::ports::saml::METADATA_BYTES_MAX;
use vestibule_domain::connection::{Connection, ConnectionState, ProtocolSettings};
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::oidc::TokenAuthMethod;
use vestibule_domain::portal_link::LinkKind;

use crate::browser::{Browser, Form, Page};
use crate::setting_up::at_okta;
use crate::world::{World, data, path_of, text};

/// A browser at the step of a guide that asks for data.
async fn at_step<'w>(world: &'w World, provider: &str, number: usize) -> (Browser<'w>, Page) {
    let (mut browser, _) = at_okta(world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let picker = browser.open("/portal/sso").await;
    browser.click(&picker, &format!("provider-card-{provider}")).await;
    let step = browser.open(&format!("/portal/sso/steps/{number}")).await;
    (browser, step)
}

/// The certificate inside Okta's metadata, as bare base64.
fn okta_certificate() -> String {
    let metadata = text("okta.xml");
    let (_, rest) = metadata.split_once("<ds:X509Certificate>").unwrap();
    rest.split_once("</ds:X509Certificate>").unwrap().0.to_owned()
}

async fn assert_saved(browser: &mut Browser<'_>, review: &Page) {
    assert_eq!(review.path, "/portal/sso/review", "{}", review.body);
    let done = browser.click(review, "save-connection").await;
    assert_eq!(done.words("connection-state"), "active");
}

#[actix_web::test]
async fn metadata_comes_as_a_file() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "okta-saml", 7).await;
    let review = browser.submit(&step.form("step-next").choose("idp_metadata_file", &data("okta.xml"))).await;
    assert_saved(&mut browser, &review).await;
}

#[actix_web::test]
async fn metadata_is_understood_in_the_wrong_box_too() {
    let world = World::new().await;
    let url = "https://idp.example.com/metadata";
    world.outside.serve(url, Ok(&data("okta.xml")));
    let (mut browser, step) = at_step(&world, "okta-saml", 7).await;
    let review = browser.submit(&step.form("step-next").fill("idp_metadata_url", &text("okta.xml"))).await;
    assert_eq!(review.path, "/portal/sso/review");
    let review = browser.submit(&step.form("step-next").fill("idp_metadata_xml", url)).await;
    assert!(review.words("understood").contains(url));
    // It is another address than Okta's, which is said, and taken.
    assert!(review.body.contains("looks unusual for Okta"));
    let review =
        browser.submit(&step.form("step-next").fill("idp_metadata_url", "idp.example.com/metadata")).await;
    assert!(review.words("understood").contains(url));
}

#[actix_web::test]
async fn entity_id_address_and_certificate_come_by_hand() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "okta-saml", 7).await;
    let form = step
        .form("step-next")
        .fill("idp_entity_id", " http://www.okta.com/exk1 ")
        .fill("idp_sso_url", "http://acme.okta.com/sso")
        .fill("idp_certificate", "nonsense");
    let page = browser.submit(&form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("error-idp_sso_url") && page.has("error-idp_certificate"));
    assert!(!page.has("error-idp_entity_id"));
    assert_eq!(page.attribute("field-idp_entity_id", "value").as_deref(), Some(" http://www.okta.com/exk1 "));

    let form = page
        .form("step-next")
        .fill("idp_sso_url", "https://acme.okta.com/sso")
        .fill("idp_certificate", &okta_certificate());
    let review = browser.submit(&form).await;
    assert_saved(&mut browser, &review).await;
    let ProtocolSettings::Saml(saml) = world.connection().await.unwrap().settings else { panic!() };
    let idp = saml.idp.unwrap();
    assert_eq!(idp.entity_id.as_str(), "http://www.okta.com/exk1");
    assert_eq!(idp.signing_certificates.len(), 1);
    assert_eq!(idp.metadata_url, None);
}

#[actix_web::test]
async fn wrong_input_is_told_beside_its_field_and_kept() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "okta-saml", 7).await;
    let okta = text("okta.xml");
    let sp = "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='urn:a'><SPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'/></EntityDescriptor>";
    let cases = [
        ("idp_metadata_xml", "<html><body>Sign in</body></html>".to_owned(), "web page"),
        ("idp_metadata_xml", okta[..okta.len() - 20].to_owned(), "broken at line"),
        ("idp_metadata_xml", "<note/>".to_owned(), "begins with “note”"),
        ("idp_metadata_xml", sp.to_owned(), "service provider"),
        ("idp_metadata_xml", format!("<!DOCTYPE x>{okta}"), "DOCTYPE"),
        ("idp_metadata_xml", okta.replace("use=\"signing\"", "use=\"encryption\""), "is for encryption"),
        ("idp_metadata_url", "https://idp.example.com/a b".to_owned(), "a space or a line break inside"),
        ("idp_metadata_url", "https://nowhere.example/metadata".to_owned(), "no server named"),
        ("idp_metadata_url", "https://u:p@idp.example.com/".to_owned(), "user name and password"),
        ("idp_metadata_url", "ftp://idp.example.com/".to_owned(), "begin with https"),
        ("idp_metadata_url", "https://idp.example.com/#/apps".to_owned(), "console page"),
    ];
    for (field, typed, told) in cases {
        let page = browser.submit(&step.form("step-next").fill(field, &typed)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        let error = page.words(&format!("error-{field}"));
        assert!(error.contains(told), "{typed}: {error}");
        assert!(page.words("error-summary").contains(&error));
        let kept = page.form("step-next");
        let sent_again = browser.submit(&kept).await;
        assert!(sent_again.words(&format!("error-{field}")).contains(told), "{typed} was not kept");
    }
    assert_eq!(world.connection().await.unwrap().state, ConnectionState::Draft);
}

#[actix_web::test]
async fn data_of_another_provider_is_kept_under_its_own_name_or_as_it_is() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "google-workspace-saml", 2).await;
    browser.submit(&step.form("step-next").fill("idp_metadata_xml", &text("okta.xml"))).await;
    let review = browser.open("/portal/sso/review").await;
    assert!(review.words("other-provider").contains("This looks like Okta"));
    let switched = browser.click(&review, "switch-provider").await;
    assert_eq!((switched.path.as_str(), switched.status), ("/portal/sso/review", StatusCode::OK));
    assert_eq!(switched.heading(), "Is this your Okta?");
    assert!(!switched.has("other-provider"));
    assert!(switched.words("understood").contains("exkdoocxa1VmjpXmX697"));
    assert_eq!(world.connection().await.unwrap().provider.as_deref(), Some("okta-saml"));
    // What was reviewed before the switch is the same data still, so it may be saved.
    assert_saved(&mut browser, &review).await;
}

#[actix_web::test]
async fn a_fault_is_told_in_the_language_of_the_page() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "okta-saml", 7).await;
    for (language, told) in [
        (
            "de",
            "Das ist JSON. SAML-Metadaten sind XML und beginnen mit „<“. Kopieren Sie in Okta „View IdP metadata“",
        ),
        ("ja", "これは JSON です。"),
    ] {
        browser.headers.push(("Accept-Language", language.to_owned()));
        let page = browser.submit(&step.form("step-next").fill("idp_metadata_xml", "{}")).await;
        assert!(page.words("error-idp_metadata_xml").contains(told), "{}", page.words("error-summary"));
        browser.headers.pop();
    }
}

#[actix_web::test]
async fn nothing_at_all_is_asked_for() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "okta-saml", 7).await;
    let page = browser.click(&step, "step-next").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.words("error-idp_metadata_url").contains("Paste the metadata URL"));
    let (mut browser, step) = at_step(&world, "google-workspace-saml", 2).await;
    assert!(!step.has("field-idp_metadata_url"));
    assert!(browser.click(&step, "step-next").await.has("error-idp_metadata_xml"));
}

#[actix_web::test]
async fn every_way_a_fetch_fails_has_its_words() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "okta-saml", 7).await;
    let url = "https://idp.example.com/metadata";
    let host = || "idp.example.com".to_owned();
    for (error, told) in [
        (OutboundError::Scheme { url: url.to_owned() }, "https://"),
        (OutboundError::ForbiddenAddress { host: host() }, "private network"),
        (OutboundError::Dns { host: host() }, "no server named"),
        (OutboundError::Connect { host: host() }, "took no connection"),
        (OutboundError::Tls { host: host(), reason: "expired".to_owned() }, "not trustworthy"),
        (OutboundError::Timeout { timeout_ms: 10_000 }, "within 10 seconds"),
        (OutboundError::TooLarge { bytes_max: 2_048 }, "larger than 2 KB"),
        (OutboundError::Redirect, "leads from one to the next"),
        (OutboundError::Status { status: 401 }, "sign in before"),
        (OutboundError::Status { status: 404 }, "status 404"),
        (OutboundError::Status { status: 500 }, "status 500"),
        (OutboundError::Broken { reason: "reset".to_owned() }, "broke before"),
    ] {
        world.outside.serve(url, Err(error));
        let page = browser.submit(&step.form("step-next").fill("idp_metadata_url", url)).await;
        let words = page.words("error-idp_metadata_url");
        assert!(words.contains(told), "{words}");
        assert_eq!(page.attribute("field-idp_metadata_url", "value").as_deref(), Some(url));
    }
}

#[actix_web::test]
async fn after_a_failure_another_way_can_be_taken_without_emptying_the_first() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "okta-saml", 7).await;
    let address = "https://nowhere.example/metadata";
    let page = browser.submit(&step.form("step-next").fill("idp_metadata_url", address)).await;
    assert!(page.has("error-idp_metadata_url"));
    let page = browser.submit(&page.form("step-next").fill("idp_metadata_xml", "<note/>")).await;
    assert!(page.has("error-idp_metadata_xml") && !page.has("error-idp_metadata_url"));
    let review = browser.submit(&page.form("step-next").fill("idp_metadata_xml", &text("okta.xml"))).await;
    assert_saved(&mut browser, &review).await;
}

#[actix_web::test]
async fn one_of_several_providers_is_chosen() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "shibboleth-saml", 6).await;
    let body = |name: &str| text(name).split_once("?>").unwrap().1.to_owned();
    let several = format!(
        "<EntitiesDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata'>{}{}</EntitiesDescriptor>",
        body("okta.xml"),
        body("google-out-of-date.xml")
    );
    let sent = [
        step.form("step-next").fill("idp_metadata_xml", &several),
        step.form("step-next").choose("idp_metadata_file", several.as_bytes()),
    ];
    for form in sent {
        let page = browser.submit(&form).await;
        assert_eq!(page.heading(), "Which identity provider is yours?");
        assert_eq!(page.body.matches("name=\"entity_id\"").count(), 2);
        let page = browser.submit(&page.form("step-next")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.words("error-entity_id").starts_with("Choose the identity provider"));
        let unknown = browser.submit(&page.form("step-next").forge("entity_id", Some("urn:unknown"))).await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unknown.has("error-entity_id"));
        let chosen = browser
            .submit(
                &unknown
                    .form("step-next")
                    .forge("entity_id", Some("http://www.okta.com/exkdoocxa1VmjpXmX697")),
            )
            .await;
        assert_eq!(chosen.path, "/portal/sso/review");
        assert!(chosen.words("understood").contains("exkdoocxa1VmjpXmX697"));
    }
    // A federation's aggregate: fifteen are listed, of which the first speaks SAML 1 only.
    let page = browser.submit(&step.form("step-next").fill("idp_metadata_xml", &text("incommon.xml"))).await;
    assert_eq!(page.body.matches("name=\"entity_id\"").count(), 15);
    let (_, rest) = page.body.split_once("name=\"entity_id\" value=\"").unwrap();
    let first = rest.split_once('"').unwrap().0;
    let page = browser.submit(&page.form("step-next").forge("entity_id", Some(first))).await;
    assert!(page.words("error-idp_metadata_xml").contains("no address to sign in at"));
}

#[actix_web::test]
async fn steps_that_remain_are_walked_before_the_review() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "google-workspace-saml", 2).await;
    assert!(!step.has("go-to-review"));
    let file = data("google-out-of-date.xml");
    let mut page = browser.submit(&step.form("step-next").choose("idp_metadata_file", &file)).await;
    assert_eq!(page.path, "/portal/sso/steps/3?notice=understood");
    assert!(page.has("go-to-review"));
    page = browser.click(&page, "step-next").await;
    assert!(page.body.contains("out of date"));
    assert_saved(&mut browser, &page).await;
}

#[actix_web::test]
async fn the_review_waits_for_what_is_still_needed() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "google-workspace-saml", 5).await;
    let page = browser.click(&step, "step-next").await;
    assert_eq!(page.path, "/portal/sso/steps/2?notice=still-needed");
    assert_eq!(browser.open("/portal/sso/review").await.path, "/portal/sso/steps/2");
}

fn okta_oidc(step: &Page, issuer: &str) -> Form {
    step.form("step-next").fill("issuer", issuer).fill("client_id", "0oa1").fill("client_secret", "hush-hush")
}

#[actix_web::test]
async fn an_openid_connect_provider_is_found_by_whatever_is_pasted() {
    let well_known = "https://dev-265911.oktapreview.com/oauth2/default/.well-known/openid-configuration";
    for issuer in [
        "https://dev-265911.oktapreview.com/oauth2/default",
        "https://dev-265911.oktapreview.com/oauth2/default/",
        " dev-265911.oktapreview.com/oauth2/default",
        well_known,
    ] {
        let world = World::new().await;
        world.outside.serve(well_known, Ok(&data("okta-discovery.json")));
        let (mut browser, step) = at_step(&world, "okta-oidc", 3).await;
        let next = browser.submit(&okta_oidc(&step, issuer)).await;
        assert_eq!(next.path, "/portal/sso/steps/4?notice=understood", "{issuer}");
        let review = browser.click(&next, "step-next").await;
        assert!(!review.body.contains("hush-hush"));
        assert_saved(&mut browser, &review).await;
        assert_eq!(world.outside.asked(), [well_known], "one fetch serves every reading");
        let ProtocolSettings::Oidc(oidc) = world.connection().await.unwrap().settings else { panic!() };
        let client = oidc.client.unwrap();
        assert_eq!(client.provider.issuer.as_str(), "https://dev-265911.oktapreview.com/oauth2/default");
        assert_eq!(client.client_id, "0oa1");
        assert!(client.client_secret.is_some() && client.pkce);
    }
}

#[actix_web::test]
async fn a_secret_is_kept_and_never_shown_again() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "okta-oidc", 3).await;
    let page = browser.submit(&okta_oidc(&step, "https://nowhere.example")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.words("error-issuer").contains("no server named"));
    assert!(!page.body.contains("hush-hush") && page.body.contains("Kept from before"));
    assert!(browser.cookies.values().all(|value| !value.contains("hush")));
    let well_known = "https://dev-265911.oktapreview.com/oauth2/default/.well-known/openid-configuration";
    world.outside.serve(well_known, Ok(&data("okta-discovery.json")));
    let form = page.form("step-next").fill("issuer", "https://dev-265911.oktapreview.com/oauth2/default");
    let next = browser.submit(&form).await;
    assert_eq!(next.path, "/portal/sso/steps/4?notice=understood");
}

#[actix_web::test]
async fn a_secret_of_an_earlier_step_is_known_at_the_last() {
    let world = World::new().await;
    let issuer = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0";
    let document = text("okta-discovery.json")
        .replace("https://dev-265911.oktapreview.com/oauth2/default\"", &format!("{issuer}\""));
    world.outside.serve(&format!("{issuer}/.well-known/openid-configuration"), Ok(document.as_bytes()));
    let (mut browser, step) = at_step(&world, "entra-id-oidc", 2).await;
    let empty = browser.click(&step, "step-next").await;
    assert!(empty.has("error-client_secret") && !empty.has("error-issuer"));
    let page = browser.submit(&empty.form("step-next").fill("client_secret", "hush-hush")).await;
    assert_eq!(page.path, "/portal/sso/steps/3");
    let step = browser.click(&page, "step-next").await;
    assert!(!step.has("field-client_secret"), "it is known already");
    let client_id = "66666666-7777-8888-9999-000000000000";
    let form = step.form("step-next").fill("issuer", issuer).fill("client_id", client_id);
    let next = browser.submit(&form).await;
    assert_eq!(next.path, "/portal/sso/steps/5?notice=understood", "{}", next.body);
    let review = browser.click(&next, "step-next").await;
    assert!(!review.body.contains("looks unusual"));
    assert_saved(&mut browser, &review).await;
    assert_eq!(browser.cookies.len(), 1, "what was typed is not kept longer than needed");

    // Whoever went straight to the last step is asked for everything there.
    let world = World::new().await;
    let (_, step) = at_step(&world, "entra-id-oidc", 4).await;
    assert!(step.has("field-client_secret") && step.has("field-client_id") && step.has("field-issuer"));
    assert!(!step.has("field-tenant_id"));
}

#[actix_web::test]
async fn an_issuer_that_calls_itself_otherwise_is_told() {
    let world = World::new().await;
    world
        .outside
        .serve("https://acme.example/.well-known/openid-configuration", Ok(&data("auth0-discovery.json")));
    let (mut browser, step) = at_step(&world, "generic-oidc", 5).await;
    let page = browser.submit(&okta_oidc(&step, "https://acme.example")).await;
    let words = page.words("error-issuer");
    assert!(
        words.contains("micronautguides.eu.auth0.com") && words.contains("https://acme.example"),
        "{words}"
    );
}

#[actix_web::test]
async fn a_provider_without_discovery_comes_by_hand() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "generic-oidc", 5).await;
    let form =
        okta_oidc(&step, "https://idp.example.com").fill("token_endpoint", "https://idp.example.com/token");
    let page = browser.submit(&form).await;
    assert!(page.has("error-authorization_endpoint") && page.has("error-jwks_uri"));
    assert!(!page.has("error-token_endpoint") && !page.has("error-userinfo_endpoint"));
    let form = page
        .form("step-next")
        .fill("authorization_endpoint", "https://idp.example.com/authorize")
        .fill("jwks_uri", "https://idp.example.com/keys");
    let review = browser.submit(&form).await;
    assert_saved(&mut browser, &review).await;
    assert!(world.outside.asked().is_empty());
}

#[actix_web::test]
async fn a_provider_that_knows_us_by_our_key_gets_its_certificate_first() {
    let world = World::new().await;
    let discovery = |method: &str| {
        let document = serde_json::json!({
            "issuer": "https://secure.login.gov/",
            "authorization_endpoint": "https://secure.login.gov/openid_connect/authorize",
            "token_endpoint": "https://secure.login.gov/api/openid_connect/token",
            "jwks_uri": "https://secure.login.gov/api/openid_connect/certs",
            "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": [method],
        });
        document.to_string().into_bytes()
    };
    let well_known = "https://secure.login.gov/.well-known/openid-configuration";
    let (mut browser, step) = at_step(&world, "login-gov-oidc", 3).await;
    let pem = browser.open("/portal/sso/sp-signing.pem").await.body;
    let pair = |connection: Connection| connection.oidc().unwrap().signing_key.clone().unwrap();
    let before = pair(world.connection().await.unwrap());
    assert_eq!(pem, before.certificate.to_pem());
    assert!(step.has("copy-client_public_certificate") && step.body.contains("/portal/sso/sp-signing.pem"));

    // What was uploaded to a console stays right, whoever picks the provider once more.
    let picker = browser.open("/portal/sso").await;
    browser.click(&picker, "provider-card-login-gov-oidc").await;
    assert_eq!(pair(world.connection().await.unwrap()), before);

    let step = browser.open("/portal/sso/steps/3").await;
    let client_id = "urn:gov:gsa:openidconnect.profiles:sp:sso:agency:app";
    let last = browser.submit(&step.form("step-next").fill("client_id", client_id)).await;
    assert_eq!(last.path, "/portal/sso/steps/4", "{}", last.body);
    assert!(!last.has("field-client_secret"));
    let form = last.form("step-next").fill("issuer", "https://secure.login.gov/");
    world.outside.serve(well_known, Ok(&discovery("client_secret_basic")));
    let refused = browser.submit(&form).await;
    assert!(refused.has("error-issuer"), "{}", refused.body);
    world.outside.serve(well_known, Ok(&discovery("private_key_jwt")));
    let review = browser.submit(&form).await;
    assert_saved(&mut browser, &review).await;

    let saved = world.connection().await.unwrap();
    assert_eq!(saved.connection_type, ConnectionType::LoginGovOidc);
    assert_eq!(pair(saved.clone()), before);
    let client = saved.oidc().unwrap().client.clone().unwrap();
    assert_eq!(client.token_auth_method, TokenAuthMethod::PrivateKeyJwt);
    assert_eq!((client.client_id.as_str(), client.client_secret), (client_id, None));
}

#[actix_web::test]
async fn forms_are_taken_up_to_their_limit() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "okta-saml", 7).await;
    let padded = |bytes: usize| {
        let mut document = data("okta.xml");
        document.resize(bytes, b' ');
        step.form("step-next").choose("idp_metadata_file", &document)
    };
    assert_eq!(browser.submit(&padded(METADATA_BYTES_MAX)).await.path, "/portal/sso/review");
    let over = browser.submit(&padded(METADATA_BYTES_MAX + 1)).await;
    assert!(over.words("error-idp_metadata_file").contains("larger than 5 MB"));
    // A file that is larger still is thrown away, while what was typed is kept.
    let far_over = |bytes| padded(bytes).fill("idp_entity_id", "urn:typed");
    let page = browser.submit(&far_over(16 * 1024 * 1024)).await;
    assert!(page.words("error-idp_metadata_file").contains("larger than 5 MB"));
    assert_eq!(page.attribute("field-idp_entity_id", "value").as_deref(), Some("urn:typed"));
    let text = |bytes: usize| step.form("step-next").fill("idp_metadata_xml", &"x".repeat(bytes));
    let refused = [far_over(16 * 1024 * 1024 + 1), text(METADATA_BYTES_MAX + 64 * 1024)];
    for form in refused {
        let page = browser.post(&form).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(page.attribute("portal-refused", "data-reason").as_deref(), Some("request_too_large"));
    }
}

#[actix_web::test]
async fn forms_of_other_shapes_are_refused_or_read() {
    let world = World::new().await;
    let (mut browser, step) = at_step(&world, "okta-saml", 7).await;
    let token = browser.twin().open("/portal/sso/steps/7").await.form_token();
    let body = serde_urlencoded::to_string([
        ("form_token", token.as_str()),
        ("idp_metadata_xml", &text("okta.xml")),
    ]);
    let form = ("application/x-www-form-urlencoded", body.unwrap().into_bytes());
    let page = browser.send(Method::POST, "/portal/sso/check", Some(form)).await;
    assert_eq!(page.location().as_deref(), Some("/portal/sso/review"));
    for (content_type, body) in [
        ("multipart/form-data", b"--x--".to_vec()),
        ("multipart/form-data; boundary=x", b"--x\r\nno end".to_vec()),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\"step\"\r\n\r\n\xff\xfe\r\n--x--\r\n".to_vec(),
        ),
    ] {
        let page = browser.send(Method::POST, "/portal/sso/check", Some((content_type, body))).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.has("portal-refused"));
    }
    drop(step);
}
