//! The test identity provider's card: one click in a sandbox, and nothing elsewhere.

use actix_web::http::StatusCode;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::connection_type::{ConnectionType, Protocol};
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::test_provider::TestProviderRule;

use crate::browser::Browser;
use crate::setting_up::at_okta;
use crate::world::{World, path_of};

const CARDS: [(&str, Protocol); 2] =
    [("provider-card-test-idp-saml", Protocol::Saml), ("provider-card-test-idp-oidc", Protocol::Oidc)];

#[actix_web::test]
async fn one_click_connects_the_organization() {
    for (card, protocol) in CARDS {
        let world = World::new().await;
        let mut browser = Browser::new(&world);
        let picker = browser.open(&path_of(&world.mint(LinkKind::Token).await)).await;
        let picker = browser.click(&picker, "portal-begin").await;
        let done = browser.click(&picker, card).await;
        assert_eq!(done.path, "/portal/sso/done");
        assert!(done.has("setup-complete") && done.has("test-sso"));
        let connection = world.connection().await.unwrap();
        assert_eq!(connection.connection_type, ConnectionType::TestIdp);
        assert_eq!((connection.state, connection.settings.protocol()), (ConnectionState::Active, protocol));
        assert!(connection.test_key().is_some());
        let deeds = world.deeds().await;
        for deed in [AuditAction::ConnectionCreated, AuditAction::PortalTokenConsumed] {
            assert!(deeds.contains(&deed), "{deeds:?}");
        }
        // The link is spent, as by any save.
        let late = browser.post(&picker.form(card)).await;
        assert_eq!(late.status, StatusCode::GONE);

        // A test leads to the provider's page.
        let test = browser.post(&done.form("test-sso")).await;
        assert_eq!(test.status, StatusCode::SEE_OTHER);
        let there = test.location().unwrap();
        assert!(there.contains(&format!("/test-idp/{}/", connection.id)), "{there}");
    }
}

#[actix_web::test]
async fn what_another_provider_left_is_not_taken_along() {
    let world = World::new().await;
    let (mut browser, _) = at_okta(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let before = world.connection().await.unwrap();
    let picker = browser.open("/portal/sso").await;
    browser.click(&picker, "provider-card-test-idp-saml").await;
    let after = world.connection().await.unwrap();
    assert_eq!(after.id, before.id);
    assert_eq!((after.connection_type, after.provider), (ConnectionType::TestIdp, None));
    let idp = after.settings;
    let vestibule_domain::connection::ProtocolSettings::Saml(saml) = idp else { panic!("{idp:?}") };
    assert_eq!(saml.idp.unwrap().signing_certificates.len(), 1);
}

#[actix_web::test]
async fn the_card_is_found_by_its_name() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    browser.open(&path_of(&world.mint(LinkKind::Launch).await)).await;
    for (query, found) in [("test", true), ("Test%20IdP", true), ("sandbox", true), ("okta", false)] {
        let page = browser.open(&format!("/portal/sso?q={query}")).await;
        assert_eq!(page.has("provider-card-test-idp-saml"), found, "{query}");
    }
}

#[actix_web::test]
async fn a_form_that_is_not_ours_connects_nothing() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    let picker = browser.open(&path_of(&world.mint(LinkKind::Launch).await)).await;
    let form = picker.form("provider-card-test-idp-saml");
    let malformed = browser.post(&form.clone().forge("protocol", Some("ldap"))).await;
    assert_eq!(malformed.status, StatusCode::BAD_REQUEST);
    let forged = browser.post(&form.forge("form_token", None)).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    assert_eq!(world.connection().await, None);
}

#[actix_web::test]
async fn where_there_is_none_none_is_offered_or_connected() {
    let mut world = World::new().await;
    world.configure(|environment| environment.test_provider = TestProviderRule::Off).await;
    let mut browser = Browser::new(&world);
    let picker = browser.open(&path_of(&world.mint(LinkKind::Launch).await)).await;
    assert!(!picker.has("provider-card-test-idp-saml"));
    assert!(!browser.open("/portal/sso?q=test").await.has("provider-card-test-idp-saml"));
    let mut form = picker.form("provider-card-okta-saml").forge("protocol", Some("saml"));
    "/portal/sso/test-provider".clone_into(&mut form.action);
    assert_eq!(browser.post(&form).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.connection().await, None);
}

#[actix_web::test]
async fn a_test_through_a_provider_that_was_switched_off_says_so() {
    let mut world = World::new().await;
    let link = path_of(&world.mint(LinkKind::Launch).await);
    {
        let mut browser = Browser::new(&world);
        let picker = browser.open(&link).await;
        browser.click(&picker, "provider-card-test-idp-saml").await;
    }
    world.configure(|environment| environment.test_provider = TestProviderRule::Off).await;
    let mut browser = Browser::new(&world);
    let page = browser.open(&path_of(&world.mint(LinkKind::Launch).await)).await;
    let result = browser.click(&page, "test-sso").await;
    assert!(result.path.starts_with("/portal/sso/sessions/"), "{}", result.path);
    assert!(result.body.contains("switched off in this environment"), "{}", result.body);
}
