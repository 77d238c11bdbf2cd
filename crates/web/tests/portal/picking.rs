//! Picking an identity provider.

use actix_web::http::StatusCode;
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::portal_link::LinkKind;

use crate::browser::Browser;
use crate::setting_up::{at_okta, at_review};
use crate::world::{World, path_of};

#[actix_web::test]
async fn a_search_finds_by_other_names_and_keeps_what_was_typed() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    browser.open(&path_of(&world.mint(LinkKind::Launch).await)).await;
    let page = browser.open("/portal/sso?q=azure").await;
    assert_eq!(page.attribute("provider-search", "value").as_deref(), Some("azure"));
    assert!(page.has("provider-card-entra-id-saml") && page.has("provider-card-entra-id-oidc"));
    assert!(!page.has("provider-card-okta-saml"));
    let nothing = browser.open("/portal/sso?q=%22%3E%3Cb%3Ezzz").await;
    assert!(nothing.body.contains("Nothing matches") && nothing.body.contains("&lt;b&gt;zzz"));
    assert!(browser.open("/portal/sso?q=other").await.has("provider-card-generic-saml"));
}

#[actix_web::test]
async fn every_provider_is_offered_and_nothing_else_can_be_picked() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    let page = browser.open(&path_of(&world.mint(LinkKind::Launch).await)).await;
    for provider in world.app.catalog.providers() {
        assert!(page.has(&format!("provider-card-{}", provider.slug)), "{}", provider.slug);
    }
    let form = page.form("provider-card-okta-saml").forge("provider", Some("../../etc/passwd"));
    assert_eq!(browser.post(&form).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.connection().await, None);
}

#[actix_web::test]
async fn changing_ones_mind_keeps_our_addresses() {
    let world = World::new().await;
    let (mut browser, _) = at_okta(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let before = world.connection().await.unwrap();
    let picker = browser.open("/portal/sso").await;
    assert!(picker.has("resume"));
    browser.click(&picker, "provider-card-entra-id-oidc").await;
    let after = world.connection().await.unwrap();
    assert_eq!((after.id, after.connection_type), (before.id, ConnectionType::EntraIdOidc));
}

#[actix_web::test]
async fn what_is_connected_is_shown_instead_of_the_picker() {
    let world = World::new().await;
    let (mut first, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let (mut second, other_review) = at_review(&world, &path).await;
    let picker = second.open("/portal/sso").await;
    first.click(&review, "save-connection").await;

    let page = second.submit(&picker.form("provider-card-okta-saml")).await;
    assert_eq!(page.path, "/portal/sso/connection?notice=already-connected");
    assert_eq!(page.words("connection-state"), "active");
    assert!(page.has("connection-notice") && !page.has("reset-connection"));
    let late = second.post(&other_review.form("save-connection")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(late.words("connection-state"), "active");
    let object = second.asking_json().post(&other_review.form("save-connection")).await;
    assert_eq!(object.status, StatusCode::CONFLICT);
    assert!(object.body.contains("organization_already_has_connection"), "{}", object.body);
    for path in ["/portal/sso", "/portal/sso/steps/2", path.as_str()] {
        let page = second.open(path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.has("portal-connection") || page.has("portal-landing"), "{path}");
    }
}
