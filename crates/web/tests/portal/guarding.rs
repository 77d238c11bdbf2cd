//! Forged requests, headers of pages, and refusals as pages.

use actix_web::http::{Method, StatusCode};
use vestibule_domain::portal_link::LinkKind;

use crate::browser::Browser;
use crate::setting_up::{at_okta, at_review};
use crate::world::{World, path_of};

/// Every address that changes something within a visit, with a form that would do.
const CHANGES: [(&str, &str); 6] = [
    ("/portal/sso/provider", "provider=okta-saml"),
    ("/portal/sso/steps", "step=2"),
    ("/portal/sso/check", "step=7"),
    ("/portal/sso/save", "revision=00"),
    ("/portal/sso/reset", "connection=x&confirm=yes"),
    ("/portal/sso/reset", "connection=x"),
];

#[actix_web::test]
async fn a_form_without_its_visits_token_changes_nothing() {
    let world = World::new().await;
    let (mut browser, _) = at_okta(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let mut other = Browser::new(&world);
    let landing = other.open(&path_of(&world.mint(LinkKind::Token).await)).await;
    let foreign = other.click(&landing, "portal-begin").await.form_token();
    let before = world.deeds().await;
    for (path, body) in CHANGES {
        for token in [String::new(), "form_token=".to_owned(), format!("form_token={foreign}")] {
            let body = format!("{body}&{token}");
            let form = ("application/x-www-form-urlencoded", body.clone().into_bytes());
            let page = browser.send(Method::POST, path, Some(form)).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {body}");
            assert_eq!(
                page.attribute("portal-refused", "data-reason").as_deref(),
                Some("form_token_invalid")
            );
            assert!(page.body.contains("/portal/home"), "a way back");
        }
    }
    assert_eq!(world.deeds().await, before);
}

#[actix_web::test]
async fn requests_from_elsewhere_are_refused_even_with_everything_else_right() {
    let world = World::new().await;
    let (mut browser, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let landing = Browser::new(&world).open(&path_of(&world.mint(LinkKind::Token).await)).await;
    let before = world.deeds().await;
    for header in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
        browser.headers = vec![(header.0, header.1.to_owned())];
        for form in [review.form("save-connection"), landing.form("portal-begin")] {
            let page = browser.post(&form).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{header:?}");
            assert_eq!(page.attribute("portal-refused", "data-reason").as_deref(), Some("foreign_origin"));
        }
    }
    assert_eq!(world.deeds().await, before);
    browser.headers =
        vec![("Origin", "https://sso.acme.example".to_owned()), ("Sec-Fetch-Site", "same-origin".to_owned())];
    assert!(browser.submit(&review.form("save-connection")).await.has("setup-complete"));
}

#[actix_web::test]
async fn every_answer_carries_the_policy() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let mut browser = Browser::new(&world);
    for path in [path.as_str(), "/portal", "/portal/nowhere", "/portal/sso", "/portal/begin"] {
        let page = browser.send(Method::GET, path, None).await;
        let header = |name: &str| page.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(
            header("content-security-policy").as_deref(),
            Some(
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
                 form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
            )
        );
        assert_eq!(header("referrer-policy").as_deref(), Some("no-referrer"), "{path}");
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
        assert_eq!(header("cache-control").as_deref(), Some("no-store"));
    }
}

#[actix_web::test]
async fn refusals_are_pages() {
    let world = World::new().await;
    let (mut browser, _) = at_okta(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let large = ("application/x-www-form-urlencoded", vec![b'a'; 17 * 1024]);
    for (method, path, body, status) in [
        (Method::GET, "/portal/nowhere", None, StatusCode::NOT_FOUND),
        (Method::GET, "/portal/sso/steps/0", None, StatusCode::NOT_FOUND),
        (Method::GET, "/portal/sso/steps/8", None, StatusCode::NOT_FOUND),
        (Method::GET, "/portal/sso/steps/x", None, StatusCode::NOT_FOUND),
        (Method::GET, "/portal/sso/save", None, StatusCode::METHOD_NOT_ALLOWED),
        (Method::DELETE, "/portal/home", None, StatusCode::METHOD_NOT_ALLOWED),
        (Method::POST, "/portal/sso/save", Some(large.clone()), StatusCode::PAYLOAD_TOO_LARGE),
        (Method::POST, "/portal/begin", Some(large), StatusCode::PAYLOAD_TOO_LARGE),
        (Method::POST, "/portal/begin", None, StatusCode::BAD_REQUEST),
        (Method::GET, "/portal?token=a&token=b", None, StatusCode::BAD_REQUEST),
    ] {
        let page = browser.send(method.clone(), path, body).await;
        assert_eq!(page.status, status, "{method} {path}");
        assert!(page.has("portal-refused"), "{method} {path}: {}", page.body);
    }
    let object = browser.asking_json().send(Method::GET, "/portal/nowhere", None).await;
    assert!(object.body.contains("\"code\":\"not_found\""), "{}", object.body);
}

#[actix_web::test]
async fn static_files_are_kept_for_ever_under_their_own_names() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    let page = browser.open(&path_of(&world.mint(LinkKind::Token).await)).await;
    let mut found = 0;
    for part in page.body.split('"').filter(|part| part.starts_with("/assets/")) {
        let file = browser.send(Method::GET, part, None).await;
        assert_eq!(file.status, StatusCode::OK, "{part}");
        assert_eq!(file.headers.get("cache-control").unwrap(), "public, max-age=31536000, immutable");
        assert_eq!(file.headers.get("x-content-type-options").unwrap(), "nosniff");
        found += 1;
    }
    assert_eq!(found, 3);
    for path in ["/assets/portal.css", "/assets/nothing.css", "/assets/..%2fCargo.toml"] {
        assert_eq!(browser.send(Method::GET, path, None).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[actix_web::test]
async fn a_store_that_is_away_is_told_and_nothing_is_lost() {
    let world = World::new().await;
    let (mut browser, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    world.outage.set(true);
    let page = browser.post(&review.form("save-connection")).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.headers.get("retry-after").unwrap(), "5");
    assert_eq!(page.attribute("portal-refused", "data-reason").as_deref(), Some("unavailable"));
    assert!(!page.body.contains("database"), "what is behind it is for the log");
    world.outage.set(false);
    assert!(browser.submit(&review.form("save-connection")).await.has("setup-complete"));
}
