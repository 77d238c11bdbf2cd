//! Bringing the next certificate of a provider.

use actix_web::http::StatusCode;
use time::Duration;
use time::macros::datetime;
use vestibule_application::usecases::mint_link::MintLinkCommand;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::Connection;
use vestibule_domain::intent::Intent;
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::saml::SpKeyPlace;
use vestibule_domain::sso::trial::TrialOf;
use vestibule_domain::text::Name;

use crate::browser::{Browser, Page};
use crate::setting_up::at_review;
use crate::testing::newest;
use crate::world::{World, path_of, text};

const URL: &str = "https://acme.okta.com/app/exkdoocxa1VmjpXmX697/sso/saml/metadata";

/// A connection that was set up by pasting.
async fn connected(world: &World) -> Connection {
    let (mut browser, review) = at_review(world, &path_of(&world.mint(LinkKind::Token).await)).await;
    browser.click(&review, "save-connection").await;
    world.connection().await.unwrap()
}

/// Where a link for a renewal leads.
async fn at_renewal(world: &World, kind: LinkKind) -> (Browser<'_>, Page) {
    let order = world.order(kind, &[Intent::CertificateRenewal]);
    let redirects = LinkRedirects {
        success_url: Some(world.return_url("https://app.example/renewed")),
        ..LinkRedirects::default()
    };
    let minted = world.mint_ordered(MintLinkCommand { redirects, ..order }).await;
    let mut browser = Browser::new(world);
    let landing = browser.open(&path_of(&minted)).await;
    let page =
        if landing.has("portal-begin") { browser.click(&landing, "portal-begin").await } else { landing };
    (browser, page)
}

fn certificates(connection: &Connection) -> Vec<String> {
    let idp = connection.saml().unwrap().idp.clone().unwrap();
    idp.signing_certificates.iter().map(|held| held.certificate.subject.clone()).collect()
}

fn next_certificate() -> String {
    text("certificates/idp-1.pem")
}

/// The metadata after the provider rolled over.
fn rolled_over() -> String {
    let document = text("okta.xml");
    let (_, rest) = document.split_once("X509Certificate>").unwrap();
    let old = rest.split_once('<').unwrap().0;
    let new: String = next_certificate().lines().filter(|line| !line.starts_with('-')).collect();
    document.replace(old, &new)
}

#[actix_web::test]
async fn a_pasted_certificate_is_trusted_beside_the_old_one() {
    let world = World::new().await;
    let before = connected(&world).await;
    let (mut browser, page) = at_renewal(&world, LinkKind::Token).await;
    assert_eq!(page.path, "/portal/renewal");
    assert!(page.heading().contains("Okta"));
    assert!(page.words("renewal-held").contains("trial-1022863"));
    assert!(page.words("renewal-steps").contains("Generate new certificate"));
    assert!(!page.has("renewal-read-daily"));

    let form = page.form("renewal-check").fill("idp_certificate", &next_certificate());
    let shown = browser.submit(&form).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.words("renewal-held").contains("trial-1022863"));
    assert!(!shown.words("renewal-new").contains("trial-1022863"));
    assert_eq!(world.connection().await.unwrap(), before, "nothing is saved yet");

    let form = shown.form("renewal-save");
    let done = browser.submit(&form).await;
    assert_eq!(done.path, "/portal/renewal/done");
    assert!(done.has("renewal-complete"));
    assert_eq!(done.attribute("return-to-app", "href").as_deref(), Some("https://app.example/renewed"));
    let after = world.connection().await.unwrap();
    assert_eq!(certificates(&after).len(), 2);
    assert_eq!(certificates(&after)[..1], certificates(&before));
    let deeds = world.deeds().await;
    assert!(
        deeds.ends_with(&[AuditAction::PortalTokenConsumed, AuditAction::ConnectionUpdated]),
        "{deeds:?}"
    );

    // The link is spent: the same again changes nothing, and the outcome can be seen for a while.
    let again = browser.post(&form).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert_eq!(browser.open("/portal/renewal").await.path, "/portal/renewal/done");
    assert_eq!(world.connection().await.unwrap(), after);
}

#[actix_web::test]
async fn a_connection_from_the_api_is_called_by_its_product() {
    let world = World::new().await;
    let name = Name::parse("Fabrikam").unwrap();
    let connection = Connection { provider: None, name, ..connected(&world).await };
    let mut work = world.app.store.begin().await.unwrap();
    work.connections().update(&connection).await.unwrap();
    work.commit().await.unwrap();
    let (_, page) = at_renewal(&world, LinkKind::Launch).await;
    assert_eq!(page.heading(), "Renew the certificate of Okta");
    assert!(!page.body.contains("Fabrikam"), "{}", page.body);
}

/// What is said of the next certificate of ours, and the form that switches to it.
async fn our_next(world: &World, kind: LinkKind, intent: Intent) -> (Browser<'_>, Page) {
    let connected = connected(world).await;
    world.add_key(SpKeyPlace::Signing).await;
    world.add_key(SpKeyPlace::NextSigning).await;
    let minted = world.mint_ordered(world.order(kind, &[intent])).await;
    let mut browser = Browser::new(world);
    let landing = browser.open(&path_of(&minted)).await;
    if landing.has("portal-begin") {
        browser.click(&landing, "portal-begin").await;
    }
    let place = if intent == Intent::Sso { "/portal/sso/connection" } else { "/portal/renewal" };
    let page = browser.open(place).await;
    assert_eq!((page.status, page.path.as_str()), (StatusCode::OK, place), "{}", connected.id);
    (browser, page)
}

#[actix_web::test]
async fn our_next_certificate_is_taken_tried_and_switched_to() {
    let world = World::new().await;
    let (mut browser, page) = our_next(&world, LinkKind::Token, Intent::CertificateRenewal).await;
    assert!(page.words("next-signing-key").contains("the old one"), "{}", page.body);
    let before = world.connection().await.unwrap();
    let next = before.saml().unwrap().next_signing_key.clone().unwrap();
    let file = browser.open("/portal/sso/sp-signing-next.pem").await;
    assert_eq!(file.body, next.certificate.to_pem());

    world.clock.advance(Duration::seconds(1));
    let away = browser.post(&page.form("test-signing-key")).await;
    assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.body);
    assert!(away.location().unwrap().contains("&Signature="));
    let session = newest(&world).await;
    let trial = session.trial.unwrap();
    assert_eq!(trial.of, TrialOf::SigningKey);
    assert_eq!(trial.settings.saml().unwrap().signing_key, Some(next.clone()));
    assert_eq!(world.connection().await.unwrap(), before, "a test switches nothing");
    let waiting = browser.open(&format!("/portal/sso/sessions/{}", session.id)).await;
    assert_eq!(waiting.attribute("session-back", "href").as_deref(), Some("/portal/renewal"));

    let form = page.form("switch-signing-key");
    let switched = browser.submit(&form).await;
    assert!(switched.has("renewal-notice") && !switched.has("next-signing-key"), "{}", switched.body);
    let after = world.connection().await.unwrap();
    let saml = after.saml().unwrap();
    assert_eq!((&saml.signing_key, &saml.next_signing_key), (&Some(next), &None));
    assert_eq!(world.deeds().await.last(), Some(&AuditAction::ConnectionUpdated));
    // Twice is once, and the link is as good as before for the provider's certificate.
    assert_eq!(browser.post(&form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.connection().await.unwrap(), after);
    assert!(browser.open("/portal/renewal").await.has("renewal-check"));
}

#[actix_web::test]
async fn whoever_may_change_a_connection_switches_to_our_next_certificate() {
    let world = World::new().await;
    let (mut browser, page) = our_next(&world, LinkKind::Launch, Intent::Sso).await;
    let switched = browser.submit(&page.form("switch-signing-key")).await;
    assert_eq!(switched.path, "/portal/sso/connection?notice=signing-key-switched");
    assert!(world.connection().await.unwrap().saml().unwrap().next_signing_key.is_none());
}

#[actix_web::test]
async fn whoever_may_only_set_up_is_not_shown_our_next_certificate() {
    let world = World::new().await;
    let (mut browser, page) = our_next(&world, LinkKind::Token, Intent::Sso).await;
    assert!(!page.has("next-signing-key"));
    assert_eq!(browser.open("/portal/sso/sp-signing-next.pem").await.status, StatusCode::NOT_FOUND);
    let held = world.connection().await.unwrap();
    let form = page.form("test-sso").forge("connection", Some(&held.id.to_string()));
    let certificate = held.saml().unwrap().next_signing_key.as_ref().unwrap().id.to_string();
    let mut forged = form.forge("certificate", Some(&certificate));
    forged.action = "/portal/sso/signing-key".to_owned();
    assert_eq!(browser.post(&forged).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.connection().await.unwrap(), held);
}

#[actix_web::test]
async fn metadata_brings_the_certificate_and_is_read_daily_from_then_on() {
    let world = World::new().await;
    connected(&world).await;
    world.outside.serve(URL, Ok(rolled_over().as_bytes()));
    let (mut browser, page) = at_renewal(&world, LinkKind::Setup).await;
    let shown = browser.submit(&page.form("renewal-check").fill("idp_metadata_url", URL)).await;
    assert!(shown.body.contains("is read every day"), "{}", shown.body);
    let done = browser.click(&shown, "renewal-save").await;
    assert!(done.has("renewal-complete"));
    let after = world.connection().await.unwrap();
    let idp = after.saml().unwrap().idp.clone().unwrap();
    assert_eq!(idp.metadata_url.unwrap().as_str(), URL);
    assert_eq!(idp.signing_certificates.len(), 2);
}

#[actix_web::test]
async fn a_metadata_file_brings_the_certificate_too() {
    let world = World::new().await;
    connected(&world).await;
    let (mut browser, page) = at_renewal(&world, LinkKind::Launch).await;
    let form = page.form("renewal-check").choose("idp_metadata_file", rolled_over().as_bytes());
    let shown = browser.submit(&form).await;
    assert!(shown.has("renewal-new"));
    assert!(browser.click(&shown, "renewal-save").await.has("renewal-complete"));
    assert_eq!(certificates(&world.connection().await.unwrap()).len(), 2);
}

#[actix_web::test]
async fn what_renews_nothing_is_told_beside_its_field() {
    let world = World::new().await;
    let before = connected(&world).await;
    let other = text("okta.xml").replace("exkdoocxa1VmjpXmX697", "exkOther");
    world.outside.serve(URL, Ok(other.as_bytes()));
    let held = before.saml().unwrap().idp.as_ref().unwrap().signing_certificates[0].certificate.to_pem();
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
    let (mut browser, page) = at_renewal(&world, LinkKind::Token).await;
    for (field, typed, told) in [
        ("idp_certificate", "", "Paste the new certificate"),
        ("idp_certificate", "hello", "This is not a certificate"),
        ("idp_certificate", key, "This is a private key"),
        ("idp_certificate", &held, "This is trusted already"),
        ("idp_metadata_xml", &text("okta.xml"), "This is trusted already"),
        ("idp_metadata_xml", &other, "http://www.okta.com/exkOther"),
        ("idp_metadata_url", URL, "This is the metadata of another provider"),
        ("idp_metadata_url", "https://nowhere.example/metadata", "We found no server"),
    ] {
        let refused = browser.submit(&page.form("renewal-check").fill(field, typed)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {typed}");
        let words = refused.words(&format!("error-{field}"));
        assert!(words.contains(told), "{field} {typed}: {words}");
        assert!(refused.has("error-summary"));
        assert!(!refused.body.contains("BEGIN PRIVATE KEY"));
    }
    // An end that has passed is told before it is trusted.
    world.clock.advance(datetime!(2200-01-01 0:00 UTC) - datetime!(2026-11-21 12:00 UTC));
    let (mut browser, page) = at_renewal(&world, LinkKind::Token).await;
    let form = page.form("renewal-check").fill("idp_certificate", &next_certificate());
    let words = browser.submit(&form).await.words("error-idp_certificate");
    assert!(words.contains("has expired"), "{words}");
    assert_eq!(certificates(&world.connection().await.unwrap()), certificates(&before));
}

#[actix_web::test]
async fn without_a_connection_there_is_nothing_to_renew() {
    let world = World::new().await;
    let (mut browser, page) = at_renewal(&world, LinkKind::Token).await;
    assert_eq!(page.heading(), "There is no certificate to renew");
    assert_eq!(browser.open("/portal/renewal/done").await.path, "/portal/renewal");
}

#[actix_web::test]
async fn a_link_for_something_else_renews_nothing() {
    let world = World::new().await;
    let before = connected(&world).await;
    let (_, page) = at_renewal(&world, LinkKind::Setup).await;
    let renewal = page.form("renewal-check").fill("idp_certificate", &next_certificate());
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path_of(&world.mint(LinkKind::Launch).await)).await;
    let own = landing.form_token();
    for path in ["/portal/renewal", "/portal/renewal/done"] {
        assert_eq!(browser.open(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let renewal = renewal.forge("form_token", Some(&own));
    assert_eq!(browser.post(&renewal).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.connection().await.unwrap(), before);
}

#[actix_web::test]
async fn the_home_offers_the_renewal_of_a_connection_that_exists() {
    let world = World::new().await;
    let home = async || {
        let minted = world.mint_ordered(world.order(LinkKind::Launch, &[])).await;
        Browser::new(&world).open(&path_of(&minted)).await
    };
    assert!(!home().await.has("task-renewal"));
    connected(&world).await;
    let home = home().await;
    assert_eq!(home.path, "/portal/home");
    assert!(home.has("task-renewal"));
}
