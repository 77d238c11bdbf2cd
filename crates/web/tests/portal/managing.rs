//! A connection that exists, seen through a link that may change it.

use actix_web::http::StatusCode;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::portal_link::LinkKind;

use crate::browser::{Browser, Page};
use crate::setting_up::at_review;
use crate::world::{World, path_of, text};

/// A connection made with a token link, and a browser with a launch link on its page.
async fn at_connection(world: &World) -> (Browser<'_>, Page) {
    let (mut browser, review) = at_review(world, &path_of(&world.mint(LinkKind::Token).await)).await;
    browser.submit(&review.form("save-connection").fill("admin_email", "anna@example.com")).await;
    let mut manager = Browser::new(world);
    let page = manager.open(&path_of(&world.mint(LinkKind::Launch).await)).await;
    (manager, page)
}

#[actix_web::test]
async fn a_connection_is_shown_with_what_it_consists_of() {
    let world = World::new().await;
    let (_, page) = at_connection(&world).await;
    assert_eq!(page.path, "/portal/sso/connection");
    assert_eq!(page.words("connection-state"), "active");
    let words = page.words("portal-connection");
    for told in ["Okta", "anna@example.com", "exkdoocxa1VmjpXmX697", "SHA-256 fingerprint"] {
        assert!(words.contains(told), "{told}");
    }
}

#[actix_web::test]
async fn sign_ins_that_begin_at_the_provider_are_switched_off_and_on() {
    let world = World::new().await;
    let (mut browser, page) = at_connection(&world).await;
    let taken = async || world.connection().await.unwrap().saml().unwrap().options.idp_initiated;
    assert!(page.words("options").contains("begin at the identity providerYes"), "{}", page.words("options"));
    assert!(taken().await);
    let page = browser.click(&page, "switch-idp-initiated").await;
    assert!(page.has("connection-notice"));
    assert!(page.words("options").contains("begin at the identity providerNo"));
    assert!(!taken().await);
    assert_eq!(world.deeds().await.last(), Some(&AuditAction::ConnectionUpdated));
    let page = browser.click(&page, "switch-idp-initiated").await;
    assert!(taken().await);
    let forged = page.form("switch-idp-initiated").forge("idp_initiated", Some("perhaps"));
    assert_eq!(browser.post(&forged).await.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn a_reset_needs_its_confirmation_and_starts_again() {
    let world = World::new().await;
    let (mut browser, page) = at_connection(&world).await;
    let unconfirmed = browser.click(&page, "reset-connection").await;
    assert!(unconfirmed.words("connection-notice").contains("has to be ticked"));
    assert!(world.connection().await.is_some());

    let form = page.form("reset-connection").forge("confirm", Some("yes"));
    let picker = browser.submit(&form).await;
    assert_eq!(picker.path, "/portal/sso?notice=reset");
    assert_eq!(world.connection().await, None);
    assert_eq!(world.deeds().await.last(), Some(&AuditAction::ConnectionDeleted));
    // The form was for the connection that is gone: what is set up since stays.
    browser.click(&picker, "provider-card-okta-saml").await;
    let again = browser.post(&form).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(world.connection().await.is_some());
}

#[actix_web::test]
async fn a_link_for_setting_up_resets_nothing() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path_of(&world.mint(LinkKind::Setup).await)).await;
    let own = browser.click(&landing, "portal-begin").await.form_token();
    let (_, managed) = at_connection(&world).await;
    let page = browser.open("/portal/sso").await;
    assert_eq!(page.path, "/portal/sso/connection");
    assert!(!page.has("reset-connection") && !page.has("update-connection"));
    // A token of its own visit makes the form right, and still it may not.
    let form = managed.form("reset-connection").forge("confirm", Some("yes")).forge("form_token", Some(&own));
    let refused = browser.post(&form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(world.connection().await.is_some());
}

#[actix_web::test]
async fn the_providers_data_can_be_brought_anew() {
    let world = World::new().await;
    let (mut browser, page) = at_connection(&world).await;
    let before = world.connection().await.unwrap();
    let step = browser.click(&page, "update-connection").await;
    assert_eq!(step.path, "/portal/sso/steps/7");
    let other = text("okta.xml").replace("exkdoocxa1VmjpXmX697", "exkRenewed");
    let review = browser.submit(&step.form("step-next").fill("idp_metadata_xml", &other)).await;
    assert!(review.body.contains("replaces what the connection has now"));
    let done = browser.click(&review, "save-connection").await;
    assert!(done.has("setup-complete"));
    let after = world.connection().await.unwrap();
    assert_eq!(after.id, before.id);
    assert_eq!(after.set_up_by, before.set_up_by);
    assert!(after.saml().unwrap().idp.as_ref().unwrap().entity_id.as_str().ends_with("exkRenewed"));
}
