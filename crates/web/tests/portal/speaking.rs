//! Languages: which one is spoken, and how another one is chosen.

use actix_web::http::{Method, StatusCode};
use vestibule_domain::language::Language;
use vestibule_domain::portal_link::LinkKind;

use crate::browser::{Browser, Page};
use crate::world::{World, path_of};

fn preferring<'w>(world: &'w World, languages: &str) -> Browser<'w> {
    let mut browser = Browser::new(world);
    browser.headers.push(("Accept-Language", languages.to_owned()));
    browser
}

#[track_caller]
fn assert_spoken(page: &Page, language: &str, heading: &str) {
    assert!(page.body.contains(&format!("<html lang=\"{language}\">")), "{}", page.body);
    assert_eq!(page.headers.get("content-language").unwrap(), language);
    assert!(page.heading().contains(heading), "{}", page.heading());
}

#[actix_web::test]
async fn a_page_speaks_what_the_browser_prefers() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    for (accepted, language, heading) in [
        ("de-AT,de;q=0.9,en;q=0.8", "de", "Acme App lädt Sie ein, Single Sign-on einzurichten"),
        ("fr", "fr", "vous invite à configurer l’authentification unique"),
        ("es-MX", "es", "le invita a configurar el inicio de sesión único"),
        ("pt-PT", "pt", "convida você a configurar o login único"),
        ("ja", "ja", "シングルサインオン (SSO) の設定への招待"),
        ("zh-CN,zh", "en", "invites you to set up single sign-on"),
        ("\"><script>;q=1,*;q=0.1", "en", "invites you to set up single sign-on"),
    ] {
        let page = preferring(&world, accepted).open(&path).await;
        assert_spoken(&page, language, heading);
        assert!(!page.headers.contains_key("set-cookie"));
    }
}

#[actix_web::test]
async fn dates_are_written_as_the_language_writes_them() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    for (language, date) in [
        ("en", "22 November 2026, 12:00 UTC"),
        ("de", "22. November 2026, 12:00 UTC"),
        ("ja", "2026年11月22日 12:00 UTC"),
    ] {
        let page = preferring(&world, language).open(&path).await;
        assert!(page.words("portal-landing").contains(date), "{}", page.words("portal-landing"));
    }
}

#[actix_web::test]
async fn a_language_is_chosen_on_the_page_and_remembered() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let mut browser = preferring(&world, "fr");
    let page = browser.open(&path).await;
    let page = browser.click(&page, "language-de").await;
    assert_spoken(&page, "de", "lädt Sie ein");
    assert_eq!(page.path, format!("{path}&lang=de"));
    let cookie = page.headers.get("set-cookie").unwrap().to_str().unwrap();
    for part in ["__Host-vestibule_language=de", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    // Without the language in its address, and on the pages that follow.
    assert_spoken(&browser.open(&path).await, "de", "lädt Sie ein");
    let next = browser.click(&page, "portal-begin").await;
    assert_eq!(next.path, "/portal/sso");
    assert!(next.body.contains("<html lang=\"de\">"));
    let back = browser.click(&next, "language-en").await;
    assert_eq!(back.path, "/portal/sso?lang=en");
    assert!(back.body.contains("<html lang=\"en\">"));
}

#[actix_web::test]
async fn a_link_may_name_its_language() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Launch).await);
    let mut browser = preferring(&world, "fr");
    let picker = browser.open(&format!("{path}&lang=ja")).await;
    assert_eq!(picker.path, "/portal/sso");
    assert!(picker.body.contains("<html lang=\"ja\">"));
    // The link is spent all the same.
    let stranger = Browser::new(&world).open(&format!("{path}&lang=es")).await;
    assert_eq!(stranger.status, StatusCode::GONE);
    assert_spoken(&stranger, "es", "Este enlace ya se utilizó");
}

#[actix_web::test]
async fn a_language_that_nobody_speaks_changes_nothing() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let mut browser = preferring(&world, "de");
    for tag in ["xx", "", "%22%3E%3Cscript%3Ealert(1)", "english"] {
        let page = browser.open(&format!("{path}&lang={tag}")).await;
        assert_spoken(&page, "de", "lädt Sie ein");
        assert!(!page.headers.contains_key("set-cookie"));
        assert!(!page.body.contains("<script>"));
    }
    browser.cookies.insert("__Host-vestibule_language".to_owned(), "xx".to_owned());
    assert_spoken(&browser.open(&path).await, "de", "lädt Sie ein");
}

#[actix_web::test]
async fn failures_speak_too_as_pages_and_as_objects() {
    let world = World::new().await;
    let mut browser = preferring(&world, "de");
    let page = browser.open("/portal?token=vpt_none").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_spoken(&page, "de", "Dieser Link funktioniert nicht");
    let page = browser.open("/portal/nowhere").await;
    assert_spoken(&page, "de", "Diese Seite gibt es nicht");
    browser.headers[0].1 = "application/json".to_owned();
    let object = browser.open("/portal?token=vpt_none").await;
    assert!(object.body.contains("Dieser Link funktioniert nicht."), "{}", object.body);
    assert!(object.body.contains("\"token_not_found\""));
}

#[actix_web::test]
async fn what_answers_a_form_offers_no_other_language() {
    let world = World::new().await;
    let mut browser = preferring(&world, "de");
    let page = browser.send(Method::POST, "/portal/sso/save", None).await;
    assert!(page.status.is_client_error() && !page.has("languages"));
}

#[actix_web::test]
async fn a_provider_is_found_by_its_other_names_in_every_language() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    browser.open(&path_of(&world.mint(LinkKind::Launch).await)).await;
    for language in Language::ALL.map(Language::as_str) {
        let page = browser.open(&format!("/portal/sso?q=azure&lang={language}")).await;
        assert!(page.body.contains(&format!("<html lang=\"{language}\">")));
        assert!(page.has("provider-card-entra-id-saml") && !page.has("provider-card-okta-saml"));
        let nothing = browser.open("/portal/sso?q=%22%3E%3Cb%3Ezzz").await;
        assert!(nothing.body.contains("&lt;b&gt;zzz") && !nothing.has("provider-card-entra-id-saml"));
    }
}

#[actix_web::test]
async fn a_walkthrough_is_framed_in_the_language_and_says_that_its_steps_are_english() {
    let world = World::new().await;
    let mut browser = preferring(&world, "de");
    let landing = browser.open(&path_of(&world.mint(LinkKind::Token).await)).await;
    let picker = browser.click(&landing, "portal-begin").await;
    assert_spoken(&picker, "de", "Wo melden sich Ihre Leute heute an?");
    let step = browser.click(&picker, "provider-card-okta-saml").await;
    assert_spoken(&step, "de", "Okta: Schritte 1 bis 4 von 7");
    assert_eq!(step.words("step-next"), "Weiter");
    for part in [
        "Schritte 1 bis 4 von 7",
        "<span lang=\"en\">Create the app integration</span></h2>",
        "class=\"prose\" lang=\"en\"",
        "data-copied=\"Kopiert\"",
    ] {
        assert!(step.body.contains(part), "{part}: {}", step.body);
    }
    let last = browser.open("/portal/sso/steps/7").await;
    let wrong = browser.submit(&last.form("step-next")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.words("error-summary").contains("Ein Punkt braucht Ihre Aufmerksamkeit"));
    assert!(wrong.body.contains("<title>Fehler: Okta: Schritte 5 bis 7 von 7"));
}
