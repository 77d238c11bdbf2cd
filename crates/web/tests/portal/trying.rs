//! Test sign-ins with what is not saved yet.

use actix_web::http::StatusCode;
use time::Duration;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::intent::Intent;
use vestibule_domain::organization::ProfileRule;
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::sso::session::{Origin, SsoSessionState};
use vestibule_domain::sso::trial::TrialOf;

use crate::browser::{Browser, Form, Page};
use crate::idp::Idp;
use crate::setting_up::at_okta;
use crate::testing::{come_back, newest, outcome};
use crate::world::{World, path_of};

/// The review of a provider's metadata, before anything was saved.
async fn at_review<'w>(world: &'w World, idp: &Idp) -> (Browser<'w>, Page) {
    let (mut browser, _) = at_okta(world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let step = browser.open("/portal/sso/steps/7").await;
    let review = browser.submit(&step.form("step-next").fill("idp_metadata_xml", &idp.metadata())).await;
    assert_eq!(review.path, "/portal/sso/review");
    (browser, review)
}

async fn world() -> World {
    let mut world = World::new().await;
    world.change_organization(|organization| organization.profiles = ProfileRule::AnyDomain).await;
    world
}

/// Sends a form of a test.
async fn begin(world: &World, browser: &mut Browser<'_>, form: &Form) {
    world.clock.advance(Duration::seconds(1));
    let away = browser.post(form).await;
    assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.body);
    assert!(away.location().unwrap().starts_with("https://idp.example/sso?SAMLRequest="));
}

#[actix_web::test]
async fn what_is_reviewed_can_be_tested_before_it_is_saved() {
    let world = world().await;
    let idp = Idp::new(world.app.ambient.now());
    let (mut browser, review) = at_review(&world, &idp).await;
    let draft = world.connection().await.unwrap();

    begin(&world, &mut browser, &review.form("test-before-save").fill("attribute_first_name", "team")).await;
    assert_eq!(world.connection().await.unwrap(), draft, "nothing is saved");
    let session = newest(&world).await;
    assert_eq!((session.origin, session.trial.as_ref().unwrap().of), (Origin::Test, TrialOf::Connection));
    let page = come_back(&world, &mut browser, session.id, |said| idp.respond(said), |_| {}).await;
    assert_eq!(outcome(&page), "success", "{}", page.body);
    assert!(page.has("trial"));
    assert!(page.words("session-person").contains("R&D"), "as the names were typed");
    assert_eq!(page.attribute("session-back", "href").as_deref(), Some("/portal/sso/review"));

    let session = newest(&world).await;
    assert_eq!(session.code, None);
    assert!(matches!(session.state, SsoSessionState::Successful { .. }));
    assert_eq!(world.connection().await.unwrap(), draft, "nothing is saved by it either");
    assert_eq!(world.deeds().await.last(), Some(&AuditAction::TestSignInStarted));

    // The page that was left open still saves.
    browser.click(&review, "save-connection").await;
    assert_eq!(world.connection().await.unwrap().state, ConnectionState::Active);
    let page = browser.open(&page.path).await;
    assert_eq!(page.attribute("session-back", "href").as_deref(), Some("/portal/sso/done"));
}

#[actix_web::test]
async fn a_test_before_the_save_that_fails_leads_back_to_the_step() {
    let world = world().await;
    let (idp, other) = (Idp::new(world.app.ambient.now()), Idp::new(world.app.ambient.now()));
    let (mut browser, review) = at_review(&world, &idp).await;
    begin(&world, &mut browser, &review.form("test-before-save")).await;
    let session = newest(&world).await;
    let page = come_back(&world, &mut browser, session.id, |said| other.respond(said), |_| {}).await;
    assert_eq!(outcome(&page), "failed");
    assert!(page.words("remedy-received").contains(&other.fingerprint));
    assert!(page.has("remedy-step-link"));
    assert!(!page.has("test-sso"), "there is nothing saved to be tested");
}

#[actix_web::test]
async fn a_wrong_name_is_told_instead_of_tried() {
    let world = world().await;
    let (mut browser, review) = at_review(&world, &Idp::new(world.app.ambient.now())).await;
    let form = review.form("test-before-save").fill("attribute_email", &"a".repeat(513));
    let page = browser.post(&form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("error-attribute_email"));
}

#[actix_web::test]
async fn what_is_no_longer_shown_is_not_tried() {
    let world = world().await;
    let (mut browser, review) = at_review(&world, &Idp::new(world.app.ambient.now())).await;
    let form = review.form("test-before-save");
    let page = browser.post(&form.clone().forge("revision", Some("another"))).await;
    assert_eq!(page.location().as_deref(), Some("/portal/sso/review?notice=stale"));
    let page = browser.post(&form.forge("form_token", Some("another"))).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn the_next_certificate_can_be_tested_before_it_is_trusted() {
    let world = world().await;
    let (old, new) = (Idp::new(world.app.ambient.now()), Idp::new(world.app.ambient.now()));
    let (mut first, review) = at_review(&world, &old).await;
    first.click(&review, "save-connection").await;
    let before = world.connection().await.unwrap();

    let order = world.order(LinkKind::Token, &[Intent::CertificateRenewal]);
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path_of(&world.mint_ordered(order).await)).await;
    let page = browser.click(&landing, "portal-begin").await;
    let shown = browser.submit(&page.form("renewal-check").fill("idp_metadata_xml", &new.metadata())).await;

    // The provider does not sign with it yet.
    begin(&world, &mut browser, &shown.form("renewal-test")).await;
    let session = newest(&world).await;
    let page = come_back(&world, &mut browser, session.id, |said| old.respond(said), |_| {}).await;
    assert_eq!(outcome(&page), "failed");
    assert!(page.words("trial").contains("stays trusted"), "{}", page.words("trial"));
    assert!(!page.has("session-log-link"), "a renewal shows its own tests only");

    // It does now; the page of the test tries again, and saves.
    begin(&world, &mut browser, &page.form("renewal-test")).await;
    let session = newest(&world).await;
    let page = come_back(&world, &mut browser, session.id, |said| new.respond(said), |_| {}).await;
    assert_eq!(outcome(&page), "success", "{}", page.body);
    assert_eq!(world.connection().await.unwrap(), before, "nothing is saved yet");
    let done = browser.submit(&page.form("renewal-save")).await;
    assert_eq!(done.path, "/portal/renewal/done");
    let after = world.connection().await.unwrap();
    let trusted = after.saml().unwrap().idp.clone().unwrap().signing_certificates;
    assert_eq!(trusted.len(), 2);
    assert_eq!(trusted[1].certificate.fingerprint.to_string(), new.fingerprint);

    // Whoever may manage takes the old one away, and the last one stays.
    let mut manager = Browser::new(&world);
    let page = manager.open(&path_of(&world.mint(LinkKind::Launch).await)).await;
    let (first, second) = (page.form("distrust-1"), page.form("distrust-2"));
    let page = manager.submit(&first).await;
    assert!(page.has("connection-notice") && !page.has("distrust-1"));
    let left = world.connection().await.unwrap().saml().unwrap().idp.clone().unwrap().signing_certificates;
    assert_eq!(left, trusted[1..]);
    assert_eq!(manager.post(&second).await.status, StatusCode::CONFLICT, "the last one");
    assert_eq!(browser.post(&second).await.status, StatusCode::FORBIDDEN, "another visit's form");
}

#[actix_web::test]
async fn a_renewal_sees_no_other_attempts() {
    let world = world().await;
    let idp = Idp::new(world.app.ambient.now());
    let (mut first, review) = at_review(&world, &idp).await;
    begin(&world, &mut first, &review.form("test-before-save")).await;
    let session = newest(&world).await;
    first.click(&review, "save-connection").await;

    let order = world.order(LinkKind::Token, &[Intent::CertificateRenewal]);
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path_of(&world.mint_ordered(order).await)).await;
    browser.click(&landing, "portal-begin").await;
    let page = browser.open(&format!("/portal/sso/sessions/{}", session.id)).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}
