//! From a link to a saved connection.

use actix_web::http::{Method, StatusCode};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::environment::ActivationRule;
use vestibule_domain::intent::Intent;
use vestibule_domain::organization::ProfileRule;
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::redirect::LinkRedirects;

use crate::browser::{Browser, Page};
use crate::world::{World, data, path_of, text};

/// What the trail holds before anybody opens a link.
const BOOTSTRAP_DEEDS: usize = 3;

/// Begins a visit with a token link and picks Okta.
pub(crate) async fn at_okta<'w>(world: &'w World, path: &str) -> (Browser<'w>, Page) {
    let mut browser = Browser::new(world);
    let landing = browser.open(path).await;
    browser.click(&landing, "portal-begin").await;
    // Where a visit of the link was before, it goes on there.
    let picker = browser.open("/portal/sso").await;
    let step = browser.click(&picker, "provider-card-okta-saml").await;
    (browser, step)
}

/// Goes on to the step that asks for metadata, and brings Okta's.
pub(crate) async fn at_review<'w>(world: &'w World, path: &str) -> (Browser<'w>, Page) {
    let (mut browser, _) = at_okta(world, path).await;
    let step = browser.open("/portal/sso/steps/7").await;
    let form = step.form("step-next").fill("idp_metadata_xml", &text("okta.xml"));
    let review = browser.submit(&form).await;
    (browser, review)
}

#[actix_web::test]
async fn one_paste_and_five_clicks_make_an_active_connection() {
    let world = World::new().await;
    let url = "https://acme.okta.com/app/exk1a2b3c4d5e6f7g8h9/sso/saml/metadata";
    world.outside.serve(url, Ok(&data("okta.xml")));
    let mut browser = Browser::new(&world);

    let landing = browser.open(&path_of(&world.mint(LinkKind::Token).await)).await;
    assert!(landing.has("portal-landing"));
    let picker = browser.click(&landing, "portal-begin").await;
    assert_eq!(picker.path, "/portal/sso");
    let first = browser.click(&picker, "provider-card-okta-saml").await;
    assert_eq!(
        (first.path.as_str(), first.heading().as_str()),
        ("/portal/sso/steps/1", "Okta: Steps 1 to 4 of 7")
    );
    let last = browser.click(&first, "step-next").await;
    assert_eq!(last.path, "/portal/sso/steps/5");
    let review =
        browser.submit(&last.form("step-next").fill("idp_metadata_url", &format!("  {url}\n"))).await;
    assert_eq!(review.path, "/portal/sso/review");
    assert!(review.words("understood").contains("http://www.okta.com/exkdoocxa1VmjpXmX697"));
    assert!(!review.body.contains("looks unusual"));
    let done = browser.click(&review, "save-connection").await;

    assert!(done.has("setup-complete"));
    assert_eq!(done.words("connection-state"), "active");
    let connection = world.connection().await.unwrap();
    assert_eq!(connection.state, ConnectionState::Active);
    assert_eq!(connection.connection_type, ConnectionType::OktaSaml);
    assert_eq!(connection.provider.as_deref(), Some("okta-saml"));
    assert_eq!(connection.name.as_str(), "Okta");
    let idp = connection.saml().unwrap().idp.clone().unwrap();
    assert_eq!(idp.metadata_url.unwrap().as_str(), url);
    assert_eq!(
        world.deeds().await.split_off(BOOTSTRAP_DEEDS),
        [
            AuditAction::PortalTokenMinted,
            AuditAction::PortalTokenRendered,
            AuditAction::PortalProviderPicked,
            AuditAction::PortalStepReached,
            AuditAction::PortalTokenConsumed,
            AuditAction::ConnectionCreated,
        ]
    );
}

#[actix_web::test]
async fn every_step_shows_our_values_and_leads_on() {
    let world = World::new().await;
    let (mut browser, mut step) = at_okta(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let id = world.connection().await.unwrap().id;
    assert_eq!(step.attribute("copy-app_name", "data-value").as_deref(), Some("Acme App"));
    assert!(!step.has("step-back"));
    let acs = format!("https://sso.acme.example/sso/saml/{id}/acs");
    assert_eq!(step.attribute("copy-acs_url", "data-value"), Some(acs));
    let entity_id = format!("https://sso.acme.example/sso/saml/{id}/metadata");
    assert_eq!(step.attribute("copy-sp_entity_id", "data-value"), Some(entity_id));
    for title in ["Create the app integration", "Enter the service provider values", "Finish the wizard"] {
        assert!(step.has_step(title), "{title}");
    }
    assert!(!step.has_step("Send the user's attributes"));
    step = browser.click(&step, "step-next").await;
    assert_eq!(step.path, "/portal/sso/steps/5");
    assert!(step.has_step("Send the user's attributes") && !step.has_step("Finish the wizard"));
    assert!(step.has("field-idp_metadata_url"));
    assert_eq!(browser.click(&step, "step-back").await.path, "/portal/sso/steps/1");
}

#[actix_web::test]
async fn a_closed_browser_comes_back_to_its_step() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let (mut browser, step) = at_okta(&world, &path).await;
    assert_eq!(browser.click(&step, "step-next").await.path, "/portal/sso/steps/5");
    let landing = browser.open(&path).await;
    assert_eq!(landing.words("portal-begin"), "Continue where you were");
    assert_eq!(browser.click(&landing, "portal-begin").await.path, "/portal/sso/steps/5");
    assert_eq!(browser.open("/portal").await.path, "/portal/sso/steps/5");
    // Looking at another step is not being there.
    browser.open("/portal/sso/steps/6").await;
    assert_eq!(browser.open("/portal/sso/steps").await.path, "/portal/sso/steps/5");
}

#[actix_web::test]
async fn of_two_saves_with_one_link_the_second_is_gone_and_leaves_no_trace() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let (mut first, review) = at_review(&world, &path).await;
    let (mut second, other_review) = at_review(&world, &path).await;
    let done = first.submit(&review.form("save-connection").fill("admin_email", "Anna@Example.com")).await;
    assert!(done.has("setup-complete"));
    let before = (world.connection().await, world.deeds().await);

    let late = second.post(&other_review.form("save-connection")).await;
    assert_eq!(late.status, StatusCode::GONE);
    assert_eq!(late.attribute("link-unusable", "data-reason").as_deref(), Some("consumed"));
    let again = first.asking_json().post(&review.form("save-connection")).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(again.body.contains("\"code\":\"token_consumed\""), "{}", again.body);

    assert_eq!((world.connection().await, world.deeds().await), before);
    let by = world.connection().await.unwrap().set_up_by.unwrap();
    assert_eq!(by.as_str(), "anna@example.com");
    // Whoever did it still sees the outcome, whichever page they go back to.
    for path in ["/portal/sso/done", "/portal/sso/review", "/portal/sso/steps/3", "/portal/sso"] {
        assert!(first.open(path).await.has("setup-complete"), "{path}");
    }
    let reopened = first.open(&path).await;
    assert_eq!(reopened.status, StatusCode::GONE);
    assert!(reopened.body.contains("See the connection"));
}

#[actix_web::test]
async fn of_many_saves_at_once_exactly_one_wins() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let mut visits = Vec::new();
    for _ in 0..8 {
        visits.push(at_review(&world, &path).await);
    }
    let saves = visits.iter_mut().map(|(browser, review)| {
        let form = review.form("save-connection");
        async move { browser.post(&form).await.status }
    });
    let mut statuses = futures_util::future::join_all(saves).await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], StatusCode::SEE_OTHER);
    assert!(statuses[1..].iter().all(|status| *status == StatusCode::GONE), "{statuses:?}");
    let made = world.deeds().await.into_iter().filter(|deed| *deed == AuditAction::ConnectionCreated).count();
    assert_eq!(made, 1);
}

#[actix_web::test]
async fn what_was_shown_is_what_is_saved() {
    let world = World::new().await;
    let (mut browser, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let step = browser.open("/portal/sso/steps/7").await;
    let other = text("okta.xml").replace("exkdoocxa1VmjpXmX697", "exkOther");
    browser.submit(&step.form("step-next").fill("idp_metadata_xml", &other)).await;
    let shown_again = browser.submit(&review.form("save-connection")).await;
    assert!(shown_again.body.contains("has changed since you saw it"));
    assert!(shown_again.body.contains("exkOther"));
    assert_eq!(world.connection().await.unwrap().state, ConnectionState::Draft);
    assert!(browser.click(&shown_again, "save-connection").await.has("setup-complete"));
}

#[actix_web::test]
async fn a_wrong_address_of_the_admin_is_told_beside_its_field() {
    let world = World::new().await;
    let (mut browser, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let page = browser.submit(&review.form("save-connection").fill("admin_email", "anna at example")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("error-summary") && page.has("error-admin_email"));
    assert_eq!(page.attribute("field-admin_email", "value").as_deref(), Some("anna at example"));
    let mended = page.form("save-connection").fill("admin_email", "anna@example.com");
    assert!(browser.submit(&mended).await.has("setup-complete"));
}

#[actix_web::test]
async fn a_connection_that_waits_for_a_domain_says_so() {
    let mut world = World::new().await;
    world.configure(|environment| environment.activation = ActivationRule::VerifiedDomain).await;
    let (mut browser, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let done = browser.click(&review, "save-connection").await;
    assert_eq!(done.words("connection-state"), "waiting for a domain");
    assert_eq!(done.attribute("connection-state", "data-state").as_deref(), Some("validating"));
    assert!(
        done.words("setup-complete")
            .contains("Waiting for a verified domain of \u{2068}Example Corp\u{2069}")
    );
}

#[actix_web::test]
async fn an_active_connection_without_a_domain_says_so_unless_any_domain_may_sign_in() {
    for (profiles, told) in [(ProfileRule::VerifiedDomains, true), (ProfileRule::AnyDomain, false)] {
        let mut world = World::new().await;
        world.change_organization(|organization| organization.profiles = profiles).await;
        let (mut browser, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
        let done = browser.click(&review, "save-connection").await;
        assert_eq!(done.words("setup-complete").contains("Nobody can sign in yet"), told, "{profiles:?}");
    }
}

#[actix_web::test]
async fn the_way_back_is_resolved_from_link_and_environment() {
    let world = World::new().await;
    let redirects = LinkRedirects {
        return_url: Some(world.return_url("https://app.acme.example/settings?a=1&b=2")),
        success_url: Some(world.return_url("https://app.acme.example/done")),
    };
    let order = vestibule_application::usecases::mint_link::MintLinkCommand {
        redirects,
        ..world.order(LinkKind::Token, &[Intent::Sso])
    };
    let (mut browser, review) = at_review(&world, &path_of(&world.mint_ordered(order).await)).await;
    let back = review.attribute("back-to-app", "href");
    assert_eq!(back.as_deref(), Some("https://app.acme.example/settings?a=1&b=2"));
    let done = browser.click(&review, "save-connection").await;
    assert_eq!(done.attribute("return-to-app", "href").as_deref(), Some("https://app.acme.example/done"));
}

#[actix_web::test]
async fn without_a_way_back_the_page_can_be_closed() {
    let world = World::new().await;
    let (mut browser, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    assert!(!review.has("back-to-app"));
    let done = browser.click(&review, "save-connection").await;
    assert!(!done.has("return-to-app"));
    assert!(done.body.contains("You can close this page"));
}

#[actix_web::test]
async fn every_offered_guide_can_be_walked_to_its_end() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let (mut browser, _) = at_okta(&world, &path).await;
    for provider in world.app.catalog.providers() {
        let picker = browser.open("/portal/sso").await;
        let first = browser.click(&picker, &format!("provider-card-{}", provider.slug)).await;
        assert_eq!(first.path, "/portal/sso/steps/1", "{}", provider.slug);
        for n in 1..=provider.steps.len() {
            let page = browser.send(Method::GET, &format!("/portal/sso/steps/{n}"), None).await;
            assert_eq!(page.status, StatusCode::OK);
            // Reading the page proves that it is well-formed.
            assert!(page.has_step(&provider.steps[n - 1].title), "{} step {n}", provider.slug);
            for key in &provider.steps[n - 1].copy {
                assert!(page.has(&format!("copy-{key}")), "{} step {n}: {key}", provider.slug);
            }
        }
    }
}

#[actix_web::test]
async fn all_steps_stand_on_one_page_with_every_value() {
    let world = World::new().await;
    let (mut browser, first) = at_okta(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let guide = browser.click(&first, "go-to-guide").await;
    assert_eq!(guide.status, StatusCode::OK);
    let words = guide.words("guide");
    let connection = world.connection().await.unwrap();
    let addresses = &world.app.ambient.addresses;
    let provider = world.app.catalog.find("okta-saml").unwrap();
    for step in &provider.steps {
        assert!(words.contains(&step.title), "{}", step.title);
        for row in &step.enter {
            assert!(words.contains(&row.field), "{}", row.field);
        }
    }
    for told in [
        addresses.acs_url_of(&connection),
        addresses.entity_id_of(&connection),
        "Acme App".to_owned(),
        "Metadata URL".to_owned(),
    ] {
        assert!(words.contains(&told), "{told}");
    }
    browser.click(&first, "step-next").await;
    let guide = browser.open("/portal/sso/guide").await;
    assert_eq!(browser.click(&guide, "guide-back").await.path, "/portal/sso/steps/5");
}
