//! Opening links: what is shown, what is spent, and what is said when a link cannot be used.

use actix_web::http::{Method, StatusCode};
use time::Duration;
use vestibule_application::usecases::mint_link::MintLinkCommand;
use vestibule_application::usecases::revoke_link::{RevokeLink, RevokeLinkCommand};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::intent::Intent;
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::text::Name;

use crate::browser::Browser;
use crate::setting_up::{at_okta, at_review};
use crate::world::{World, path_of};

/// A launch link opens by a GET, whatever the client accepts.
async fn opened(world: &World, browser: &mut Browser<'_>, path: &str) -> usize {
    browser.open(path).await;
    world.deeds().await.iter().filter(|deed| **deed == AuditAction::PortalTokenRendered).count()
}

#[actix_web::test]
async fn a_landing_page_says_who_invites_and_changes_nothing() {
    let mut world = World::new().await;
    let support = EmailAddress::parse("help@acme.example").unwrap();
    world
        .configure(|environment| {
            environment.branding.product_name = Some(Name::parse("Acme Suite").unwrap());
            environment.branding.support_email = Some(support);
        })
        .await;
    for kind in [LinkKind::Token, LinkKind::Setup] {
        let path = path_of(&world.mint(kind).await);
        let before = world.deeds().await;
        for method in [Method::GET, Method::HEAD, Method::GET] {
            let page = Browser::new(&world).send(method, &path, None).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(!page.headers.contains_key("set-cookie"));
        }
        let page = Browser::new(&world).open(&path).await;
        let words = page.words("portal-landing");
        for told in
            ["Acme Suite invites you to set up single sign-on", "Example Corp", "help@acme.example", "2026"]
        {
            assert!(words.contains(told), "{told}: {words}");
        }
        assert_eq!(world.deeds().await, before);
    }
}

#[actix_web::test]
async fn a_launch_link_opens_once_and_its_browser_may_reload() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Launch).await);
    let mut browser = Browser::new(&world);
    let answer = browser.send(Method::GET, &path, None).await;
    assert_eq!((answer.status, answer.location().as_deref()), (StatusCode::SEE_OTHER, Some("/portal/sso")));
    let cookie = answer.headers.get("set-cookie").unwrap().to_str().unwrap();
    for part in
        ["__Host-vestibule_portal=vps_", "HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=7200"]
    {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert_eq!(browser.open(&path).await.path, "/portal/sso");
    assert_eq!(opened(&world, &mut browser, &path).await, 1);

    let stranger = Browser::new(&world).open(&path).await;
    assert_eq!(stranger.status, StatusCode::GONE);
    assert_eq!(stranger.attribute("link-unusable", "data-reason").as_deref(), Some("consumed"));
}

#[actix_web::test]
async fn looking_at_the_head_of_a_launch_link_does_not_spend_it() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Launch).await);
    let head = Browser::new(&world).send(Method::HEAD, &path, None).await;
    assert_eq!(head.status, StatusCode::OK);
    assert!(!head.headers.contains_key("set-cookie") && head.body.is_empty());
    assert_eq!(Browser::new(&world).open(&path).await.path, "/portal/sso");
    assert_eq!(Browser::new(&world).send(Method::HEAD, &path, None).await.status, StatusCode::GONE);
}

#[actix_web::test]
async fn a_link_without_intent_opens_the_home() {
    let world = World::new().await;
    let order = world.order(LinkKind::Launch, &[]);
    let mut browser = Browser::new(&world);
    let home = browser.open(&path_of(&world.mint_ordered(order).await)).await;
    assert_eq!(home.path, "/portal/home");
    assert!(home.words("task-sso").contains("not set up"));
    assert!(!home.body.contains("directory sync"));
    assert_eq!(browser.click(&home, "task-sso").await.path, "/portal/sso");
}

#[actix_web::test]
async fn a_link_for_what_is_not_here_says_so() {
    let world = World::new().await;
    let order = world.order(LinkKind::Token, &[Intent::Dsync]);
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path_of(&world.mint_ordered(order).await)).await;
    let home = browser.click(&landing, "portal-begin").await;
    assert_eq!(home.heading(), "This cannot be set up here yet");
    assert!(home.words("portal-home").contains("directory sync") && !home.has("task-sso"));
    for path in ["/portal/sso", "/portal/sso/steps/1", "/portal/sso/review", "/portal/sso/done"] {
        assert_eq!(browser.open(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

/// What a link that cannot be used answers, as a page and as an object.
async fn assert_unusable(world: &World, path: &str, status: StatusCode, reason: &str, code: &str) {
    let mut browser = Browser::new(world);
    let page = browser.open(path).await;
    assert_eq!(page.status, status);
    assert_eq!(page.attribute("link-unusable", "data-reason").as_deref(), Some(reason));
    assert!(page.words("link-unusable").contains("To get a new link"));
    for accept in
        ["application/json", "application/json, text/plain, */*", "text/html;q=0.1, application/json"]
    {
        browser.headers = vec![("Accept", accept.to_owned())];
        let object = browser.open(path).await;
        assert_eq!(object.status, status);
        assert_eq!(object.headers.get("content-type").unwrap(), "application/json");
        let request_id = object.headers.get("x-request-id").unwrap().to_str().unwrap().to_owned();
        let object: serde_json::Value = serde_json::from_str(&object.body).unwrap();
        assert_eq!(
            (object["code"].as_str(), object["request_id"].as_str()),
            (Some(code), Some(&*request_id))
        );
        assert!(object["message"].as_str().is_some_and(|message| !message.is_empty()));
    }
    browser.headers = vec![("Accept", "*/*".to_owned())];
    assert!(browser.open(path).await.has("link-unusable"));
}

#[actix_web::test]
async fn an_unusable_link_says_why() {
    let world = World::new().await;
    let unknown = format!("/portal?token=vpt_{}", "A".repeat(43));
    for path in [unknown.as_str(), "/portal?token=vpt_x", "/portal?token=", "/portal"] {
        assert_unusable(&world, path, StatusCode::NOT_FOUND, "unknown", "token_not_found").await;
    }

    let spent = path_of(&world.mint(LinkKind::Launch).await);
    Browser::new(&world).open(&spent).await;
    assert_unusable(&world, &spent, StatusCode::GONE, "consumed", "token_consumed").await;

    let withdrawn = world.mint(LinkKind::Token).await;
    let command =
        RevokeLinkCommand { caller: world.order(LinkKind::Token, &[]).caller, link_id: withdrawn.link.id };
    world.app.run(RevokeLink { ambient: world.app.ambient.clone() }, command).await.unwrap();
    assert_unusable(&world, &path_of(&withdrawn), StatusCode::GONE, "revoked", "token_revoked").await;

    for kind in LinkKind::ALL {
        let link = world.mint(kind).await;
        world.clock.advance(link.link.expires_at - world.app.ambient.now() - Duration::microseconds(1));
        let page = Browser::new(&world).send(Method::HEAD, &path_of(&link), None).await;
        assert_eq!(page.status, StatusCode::OK, "{kind:?} at its last moment");
        world.clock.advance(Duration::microseconds(1));
        assert_unusable(&world, &path_of(&link), StatusCode::GONE, "expired", "token_expired").await;
    }
}

#[actix_web::test]
async fn beginning_with_an_unusable_link_says_why() {
    let world = World::new().await;
    let link = world.mint(LinkKind::Token).await;
    let mut browser = Browser::new(&world);
    let form = browser.open(&path_of(&link)).await.form("portal-begin");
    world.clock.advance(Duration::hours(24));
    let late = browser.post(&form).await;
    assert_eq!(late.status, StatusCode::GONE);
    assert_eq!(late.attribute("link-unusable", "data-reason").as_deref(), Some("expired"));
    let unknown = browser.post(&form.clone().fill("token", "vpt_none")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_visit_that_is_over_says_so() {
    let world = World::new().await;
    let link = world.mint(LinkKind::Setup).await;
    let (mut browser, _) = at_okta(&world, &path_of(&link)).await;
    world.clock.advance(Duration::hours(12));
    let page = browser.open("/portal/sso/steps/2").await;
    assert_eq!(page.status, StatusCode::GONE);
    assert_eq!(page.attribute("link-unusable", "data-reason").as_deref(), Some("expired"));
    // The link outlives the visit, and begins another one.
    let landing = browser.open(&path_of(&link)).await;
    assert_eq!(landing.words("portal-begin"), "Begin");
    assert_eq!(browser.click(&landing, "portal-begin").await.path, "/portal/sso/steps/1");
    assert!(browser.open("/portal/sso").await.has("resume"));

    let page = Browser::new(&world).open("/portal/sso").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(page.attribute("link-unusable", "data-reason").as_deref(), Some("unknown"));
}

#[actix_web::test]
async fn a_withdrawn_link_takes_its_visits_with_it() {
    let world = World::new().await;
    let link = world.mint(LinkKind::Token).await;
    let (mut browser, review) = at_review(&world, &path_of(&link)).await;
    let command =
        RevokeLinkCommand { caller: world.order(LinkKind::Token, &[]).caller, link_id: link.link.id };
    world.app.run(RevokeLink { ambient: world.app.ambient.clone() }, command).await.unwrap();
    let page = browser.post(&review.form("save-connection")).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert_eq!(page.attribute("link-unusable", "data-reason").as_deref(), Some("revoked"));
}

#[actix_web::test]
async fn a_provider_that_the_vendor_named_comes_first() {
    let world = World::new().await;
    let order = MintLinkCommand {
        provider_hint: Some("okta-oidc".to_owned()),
        ..world.order(LinkKind::Launch, &[Intent::Sso])
    };
    let picker = Browser::new(&world).open(&path_of(&world.mint_ordered(order).await)).await;
    let first = picker.body.find("provider-card-").unwrap();
    assert!(
        picker.body[first..].starts_with("provider-card-okta-oidc"),
        "{}",
        &picker.body[first..first + 60]
    );
    assert!(picker.has("provider-card-okta-saml"));
}

#[actix_web::test]
async fn hostile_names_stay_text_on_every_page() {
    let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let world = World::named(hostile, hostile).await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let (mut browser, review) = at_review(&world, &path).await;
    let mut pages = vec![Browser::new(&world).open(&path).await];
    for path in ["/portal/home", "/portal/sso", "/portal/sso/steps/1"] {
        pages.push(browser.open(path).await);
    }
    pages.push(browser.click(&review, "save-connection").await);
    pages.push(review);
    for page in pages {
        assert_eq!(page.status, StatusCode::OK, "{}", page.path);
        assert!(page.body.contains("&lt;script&gt;alert(1)"), "{}", page.path);
        assert!(!page.body.contains("<script>") && !page.body.contains("<img"), "{}", page.path);
    }
}
