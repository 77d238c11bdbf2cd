//! Proving an address before a link lets anybody in, and coming back to where one was.

use actix_web::http::{Method, StatusCode};
use time::Duration;
use vestibule_application::usecases::mint_link::{MintLinkCommand, MintedLink};
use vestibule_domain::address_code::{CODE_LIFE, CODE_TRIES_MAX, CODES_PER_HOUR_MAX};
use vestibule_domain::admission::AddressRule;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::portal_link::LinkKind;

use crate::browser::{Browser, Page};
use crate::setting_up::{at_okta, at_review};
use crate::world::{World, path_of, text};

impl World {
    /// A link that names admins.
    async fn mint_for(&self, kind: LinkKind, admins: &[&str]) -> MintedLink {
        let admins = admins.iter().map(|raw| EmailAddress::parse(raw).unwrap()).collect();
        self.mint_ordered(MintLinkCommand { admins, ..self.order(kind, &[Intent::Sso]) }).await
    }

    /// The code in the one message that waits.
    async fn mailed_code(&self, address: &str) -> String {
        let mut mailed = self.mailed_codes().await;
        let (to, code, _) = mailed.pop().expect("a code is on its way");
        assert_eq!((to.as_str(), mailed.len()), (address, 0));
        code
    }
}

/// Digits that differ from a code's.
fn other_than(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &code[..5])
}

async fn type_in(browser: &mut Browser<'_>, page: &Page, code: &str) -> Page {
    browser.submit(&page.form("confirm-code").fill("code", code)).await
}

#[actix_web::test]
async fn a_named_admin_types_the_code_and_is_in() {
    let world = World::new().await;
    let path = path_of(&world.mint_for(LinkKind::Token, &["it.admin@example.com"]).await);
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path).await;
    assert!(landing.words("code-to").contains("i•••@example.com"));
    assert!(!landing.body.contains("it.admin") && !landing.has("field-email"));
    let page = browser.click(&landing, "portal-begin").await;
    assert_eq!((page.path.as_str(), page.status), ("/portal/confirm", StatusCode::OK));
    assert!(page.words("code-sent").contains("i•••@example.com"));
    assert!(!page.body.contains("it.admin") && !page.body.contains("vpt_"));
    let code = world.mailed_code("it.admin@example.com").await;
    let picker = type_in(&mut browser, &page, &format!(" {} {}", &code[..3], &code[3..])).await;
    assert_eq!(picker.path, "/portal/sso");
    assert_eq!(browser.cookies.len(), 1, "what was waited for is forgotten");
    // From here on it is a visit as any other, until the browser leaves.
    assert_eq!(browser.open("/portal/confirm").await.path, "/portal/sso");
    assert_eq!(browser.open(&path).await.words("portal-begin"), "Continue where you were");
}

#[actix_web::test]
async fn a_forwarded_link_shows_a_stranger_nothing() {
    let world = World::new().await;
    let path = path_of(&world.mint_for(LinkKind::Setup, &["it@example.com", "bob@example.com"]).await);
    let mut admin = Browser::new(&world);
    let landing = admin.open(&path).await;
    let asking = landing.form("portal-begin").fill("email", "it@example.com");
    let page = admin.submit(&asking).await;
    let code = world.mailed_code("it@example.com").await;
    let picker = type_in(&mut admin, &page, &code).await;
    let step = admin.click(&picker, "provider-card-okta-saml").await;
    let ours = step.attribute("copy-app_name", "data-value").unwrap();

    let mut stranger = Browser::new(&world);
    let landing = stranger.open(&path).await;
    assert!(!landing.body.contains("it@example.com") && !landing.body.contains("bob@example.com"));
    let page = stranger.submit(&landing.form("portal-begin").fill("email", "eve@elsewhere.example")).await;
    assert_eq!((page.path.as_str(), page.status), ("/portal/confirm", StatusCode::OK));
    assert!(world.mailed_codes().await.is_empty());
    for code in [code.as_str(), "000000"] {
        let refused = type_in(&mut stranger, &page, code).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let connection = world.connection().await.unwrap().id.to_string();
    for behind in ["home", "sso", "sso/steps", "sso/steps/1", "sso/review", "sso/done", "sso/connection"] {
        let page = stranger.open(&format!("/portal/{behind}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{behind}");
        assert!(!page.body.contains(&connection), "{behind}");
        assert!(!page.body.contains(&format!(">{ours}<")) || ours == "Acme App", "{behind}");
    }
}

#[actix_web::test]
async fn an_address_that_is_named_and_one_that_is_not_get_the_same_pages() {
    let world = World::new().await;
    let mut seen = Vec::new();
    for address in ["it@example.com", "no@example.com"] {
        let path = path_of(&world.mint_for(LinkKind::Token, &["it@example.com", "b@example.com"]).await);
        let mut browser = Browser::new(&world);
        let landing = browser.open(&path).await;
        let asked = browser.post(&landing.form("portal-begin").fill("email", address)).await;
        let page = browser.open("/portal/confirm").await;
        let code = world.mailed_codes().await.pop().map_or("999999".to_owned(), |(_, code, _)| code);
        let mut pages = vec![asked, browser.open("/portal/confirm").await];
        for _ in 0..=CODE_TRIES_MAX {
            pages.push(type_in(&mut browser, &page, &other_than(&code)).await);
        }
        for _ in 0..CODES_PER_HOUR_MAX {
            world.clock.advance(Duration::seconds(1));
            pages.push(browser.submit(&page.form("code-again")).await);
        }
        let told = |page: Page| {
            let body = page.body.replace(address, "the address");
            // The way back to the landing page holds the link's token.
            let body: String = body.lines().filter(|line| !line.contains("vpt_")).collect();
            (page.status, page.path, body)
        };
        seen.push(pages.into_iter().map(told).collect::<Vec<_>>());
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].last().unwrap().0, StatusCode::TOO_MANY_REQUESTS);
}

#[actix_web::test]
async fn what_is_wrong_with_a_code_is_told() {
    let world = World::new().await;
    let path = path_of(&world.mint_for(LinkKind::Token, &["it@example.com"]).await);
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path).await;
    let page = browser.click(&landing, "portal-begin").await;
    let code = world.mailed_code("it@example.com").await;
    let told = |page: &Page| (page.status, page.words("error-code"));
    for typed in ["", "12345", "abcdef", "<script>"] {
        let refused = type_in(&mut browser, &page, typed).await;
        assert_eq!(told(&refused), (StatusCode::UNPROCESSABLE_ENTITY, "A code has six digits.".to_owned()));
    }
    let wrong = type_in(&mut browser, &page, &other_than(&code)).await;
    assert!(told(&wrong).1.ends_with("You have 4 tries left."), "{}", told(&wrong).1);
    for _ in 0..2 {
        type_in(&mut browser, &page, &other_than(&code)).await;
    }
    let wrong = type_in(&mut browser, &wrong, &other_than(&code)).await;
    assert!(told(&wrong).1.ends_with("You have one try left."), "{}", told(&wrong).1);
    type_in(&mut browser, &page, &other_than(&code)).await;
    let spent = type_in(&mut browser, &page, &code).await;
    assert!(told(&spent).1.contains("tried too often"));

    world.clock.advance(Duration::seconds(1));
    let again = browser.submit(&spent.form("code-again")).await;
    assert!(again.words("notice").contains("Another code is on its way"));
    let code = world.mailed_code("it@example.com").await;
    world.clock.advance(CODE_LIFE);
    let late = type_in(&mut browser, &again, &code).await;
    assert!(told(&late).1.contains("works no longer"));
    let again = browser.submit(&late.form("code-again")).await;
    let code = world.mailed_code("it@example.com").await;
    assert_eq!(type_in(&mut browser, &again, &code).await.path, "/portal/sso");
}

#[actix_web::test]
async fn too_many_codes_are_refused_with_the_time_to_wait() {
    let world = World::new().await;
    let path = path_of(&world.mint_for(LinkKind::Token, &["it@example.com"]).await);
    let mut browser = Browser::new(&world);
    for _ in 0..CODES_PER_HOUR_MAX {
        let landing = browser.open(&path).await;
        assert_eq!(browser.click(&landing, "portal-begin").await.path, "/portal/confirm");
    }
    world.clock.advance(Duration::minutes(30) + Duration::milliseconds(1));
    let landing = browser.open(&path).await;
    let refused = browser.post(&landing.form("portal-begin")).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers.get("retry-after").unwrap(), "1800");
    assert!(refused.words("error-summary").contains("in 30 minutes"));
    world.clock.advance(Duration::minutes(30));
    assert_eq!(browser.click(&landing, "portal-begin").await.path, "/portal/confirm");
}

#[actix_web::test]
async fn an_address_that_is_needed_is_asked_for_again() {
    let world = World::new().await;
    let path = path_of(&world.mint_for(LinkKind::Token, &["it@example.com", "b@example.com"]).await);
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path).await;
    let hostile = "\"><script>alert(1)</script>";
    for (typed, message) in [("", "Enter your e-mail address."), (hostile, "such as name@example.com")] {
        let refused = browser.post(&landing.form("portal-begin").fill("email", typed)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.words("error-email").contains(message));
        assert_eq!(refused.attribute("field-email", "value").as_deref(), Some(typed));
    }
    let without = landing.form("portal-begin").forge("email", None);
    assert_eq!(browser.post(&without).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(world.mailed_codes().await.is_empty());
}

#[actix_web::test]
async fn a_launch_link_with_names_is_not_spent_before_the_proof() {
    let world = World::new().await;
    let path = path_of(&world.mint_for(LinkKind::Launch, &["it@example.com"]).await);
    for _ in 0..2 {
        let landing = Browser::new(&world).open(&path).await;
        assert!(landing.has("portal-landing"));
    }
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path).await;
    let page = browser.click(&landing, "portal-begin").await;
    let code = world.mailed_code("it@example.com").await;
    // The link lives for five minutes, the code for ten.
    world.clock.advance(Duration::minutes(7));
    let page = browser.open(&page.path).await;
    assert_eq!(type_in(&mut browser, &page, &code).await.path, "/portal/sso");
    let late = Browser::new(&world).open(&path).await;
    assert_eq!(late.attribute("link-unusable", "data-reason").as_deref(), Some("consumed"));
}

#[actix_web::test]
async fn a_launch_link_without_intent_says_what_it_is_for() {
    let world = World::new().await;
    let admins = vec![EmailAddress::parse("it@example.com").unwrap()];
    let order = MintLinkCommand { admins, ..world.order(LinkKind::Launch, &[]) };
    let landing = Browser::new(&world).open(&path_of(&world.mint_ordered(order).await)).await;
    assert_eq!(landing.heading(), "Acme App invites you to set up your organization");
}

#[actix_web::test]
async fn without_names_the_address_is_optional_and_kept() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path).await;
    let picker = browser.submit(&landing.form("portal-begin").fill("email", "Anna@Example.com")).await;
    assert_eq!(picker.path, "/portal/sso");
    browser.click(&picker, "provider-card-okta-saml").await;
    let step = browser.open("/portal/sso/steps/7").await;
    let review = browser.submit(&step.form("step-next").fill("idp_metadata_xml", &text("okta.xml"))).await;
    assert_eq!(review.attribute("field-admin_email", "value").as_deref(), Some("anna@example.com"));
    browser.click(&review, "save-connection").await;
    let set_up_by = world.connection().await.unwrap().set_up_by.unwrap();
    assert_eq!(set_up_by.as_str(), "anna@example.com");
    assert!(world.mailed_codes().await.is_empty());

    let landing = Browser::new(&world).open(&path_of(&world.mint(LinkKind::Setup).await)).await;
    let mut other = Browser::new(&world);
    let refused = other.post(&landing.form("portal-begin").fill("email", "anna@")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = landing.form("portal-begin").forge("email", None);
    assert_eq!(other.post(&form).await.status, StatusCode::SEE_OTHER, "a program sends the token only");
}

#[actix_web::test]
async fn an_environment_may_ask_everybody_for_a_proof() {
    let mut world = World::new().await;
    world.configure(|environment| environment.addresses = AddressRule::Confirmed).await;
    let path = path_of(&world.mint(LinkKind::Setup).await);
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path).await;
    let page = browser.submit(&landing.form("portal-begin").fill("email", "anna@example.com")).await;
    assert!(page.words("code-sent").contains("We sent a code of six digits to anna@example.com"));
    let code = world.mailed_code("anna@example.com").await;
    assert_eq!(type_in(&mut browser, &page, &code).await.path, "/portal/sso");
    let launch = path_of(&world.mint(LinkKind::Launch).await);
    assert_eq!(Browser::new(&world).open(&launch).await.path, "/portal/sso");
}

#[actix_web::test]
async fn the_code_is_mailed_in_the_language_of_the_page() {
    let world = World::new().await;
    let path = path_of(&world.mint_for(LinkKind::Token, &["it@example.com"]).await);
    let mut browser = Browser::new(&world);
    let landing = browser.open(&format!("{path}&lang=de")).await;
    assert!(landing.words("portal-begin").contains("Code senden"));
    let page = browser.click(&landing, "portal-begin").await;
    assert_eq!(page.heading(), "Code eingeben");
    let (_, _, language) = world.mailed_codes().await.pop().unwrap();
    assert_eq!(language, Language::De);
}

#[actix_web::test]
async fn the_code_page_is_for_those_who_wait() {
    let world = World::new().await;
    let path = path_of(&world.mint_for(LinkKind::Token, &["it@example.com"]).await);
    let mut browser = Browser::new(&world);
    for cookie in ["", "AAAA", "x y", "%00"] {
        browser.cookies.insert("__Host-vestibule_portal_waiting".to_owned(), cookie.to_owned());
        assert_eq!(browser.open("/portal/confirm").await.status, StatusCode::NOT_FOUND, "{cookie}");
        let form = ("application/x-www-form-urlencoded", b"code=123456".to_vec());
        let page = browser.send(Method::POST, "/portal/confirm", Some(form)).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{cookie}");
        let page = browser.send(Method::POST, "/portal/confirm/again", None).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{cookie}");
    }
    browser.cookies.clear();
    let landing = browser.open(&path).await;
    let page = browser.click(&landing, "portal-begin").await;
    let code = world.mailed_code("it@example.com").await;
    let mut forged = browser.twin();
    forged.headers = vec![("Origin", "https://evil.example".to_owned())];
    let refused = type_in(&mut forged, &page, &code).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let before = world.deeds().await;
    assert_eq!(browser.send(Method::HEAD, "/portal/confirm", None).await.status, StatusCode::OK);
    assert_eq!(world.deeds().await, before, "looking sends nothing");
    assert_eq!(type_in(&mut browser, &page, &code).await.path, "/portal/sso");
}

#[actix_web::test]
async fn another_device_goes_on_at_the_same_step() {
    let world = World::new().await;
    let path = path_of(&world.mint_for(LinkKind::Token, &["it@example.com"]).await);
    let mut office = Browser::new(&world);
    let landing = office.open(&path).await;
    let page = office.click(&landing, "portal-begin").await;
    let code = world.mailed_code("it@example.com").await;
    let picker = type_in(&mut office, &page, &code).await;
    let step = office.click(&picker, "provider-card-entra-id-saml").await;
    let on = step.form("step-next");
    let step = office.submit(&on).await;
    assert_eq!(step.path, "/portal/sso/steps/5");
    // So the page's script notes where on it somebody is.
    let noted = office.post(&on.fill("step", "6")).await;
    assert_eq!(noted.location().as_deref(), Some("/portal/sso/steps/6#step-6"));

    world.clock.advance(Duration::minutes(1));
    let mut home = Browser::new(&world);
    let landing = home.open(&path).await;
    let page = home.click(&landing, "portal-begin").await;
    let code = world.mailed_code("it@example.com").await;
    let resumed = type_in(&mut home, &page, &code).await;
    assert_eq!((resumed.path.as_str(), resumed.heading()), ("/portal/sso/steps/6", step.heading()));
    // Back at the first one, which is in the same visit still.
    assert_eq!(office.open("/portal").await.path, "/portal/sso/steps/6");
    let steps = world.deeds().await.into_iter().filter(|deed| *deed == AuditAction::PortalStepReached);
    assert_eq!(steps.count(), 2);
}

#[actix_web::test]
async fn a_new_browser_comes_back_to_what_was_understood() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let (_, review) = at_review(&world, &path).await;
    let mut other = Browser::new(&world);
    let landing = other.open(&path).await;
    // Whoever skipped ahead by address is at the step that was noted last.
    let resumed = other.click(&landing, "portal-begin").await;
    assert_eq!(resumed.path, "/portal/sso/steps/1");
    let same = other.open("/portal/sso/review").await;
    assert_eq!(same.words("understood"), review.words("understood"));
    assert!(other.click(&same, "save-connection").await.has("setup-complete"));
}

#[actix_web::test]
async fn whose_draft_became_another_providers_picks_again() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    at_okta(&world, &path).await;
    let mut other = Browser::new(&world);
    let landing = other.open(&path_of(&world.mint(LinkKind::Token).await)).await;
    let picker = other.click(&landing, "portal-begin").await;
    other.click(&picker, "provider-card-onelogin-saml").await;
    let mut back = Browser::new(&world);
    let landing = back.open(&path).await;
    let picker = back.click(&landing, "portal-begin").await;
    assert_eq!(picker.path, "/portal/sso");
    assert!(picker.has("resume"));
}
