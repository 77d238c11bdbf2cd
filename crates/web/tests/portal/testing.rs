//! Test sign-ins, and the log of all sign-ins.

use actix_web::http::{Method, StatusCode};
use time::Duration;
use vestibule_application::ports::store::SsoSessionFilter;
use vestibule_domain::id::SsoSessionId;
use vestibule_domain::organization::ProfileRule;
use vestibule_domain::page::{PageLimit, PageRequest};
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::sso::session::{Origin, SsoSession};

use crate::browser::{Browser, Page};
use crate::idp::{Idp, Said};
use crate::setting_up::at_okta;
use crate::world::{PUBLIC_URL, World, path_of};

const LOG: &str = "/portal/sso/sessions";

/// A connection to a provider whose keys we have, seen through a link that may change it.
struct Bench<'w> {
    world: &'w World,
    idp: Idp,
    browser: Browser<'w>,
    page: Page,
}

impl<'w> Bench<'w> {
    async fn new(world: &'w mut World) -> Self {
        world.change_organization(|organization| organization.profiles = ProfileRule::AnyDomain).await;
        let idp = Idp::new(world.app.ambient.now());
        let (mut first, _) = at_okta(world, &path_of(&world.mint(LinkKind::Token).await)).await;
        let step = first.open("/portal/sso/steps/7").await;
        let review = first.submit(&step.form("step-next").fill("idp_metadata_xml", &idp.metadata())).await;
        first.click(&review, "save-connection").await;
        let mut browser = Browser::new(world);
        let page = browser.open(&path_of(&world.mint(LinkKind::Launch).await)).await;
        Self { world, idp, browser, page }
    }

    /// Begins a test; answers with the attempt.
    async fn begin(&mut self) -> SsoSessionId {
        // Of one millisecond none would be the newest.
        self.world.clock.advance(Duration::seconds(1));
        let away = self.browser.post(&self.page.form("test-sso")).await;
        assert_eq!(away.status, StatusCode::SEE_OTHER);
        assert!(away.location().unwrap().starts_with("https://idp.example/sso?SAMLRequest="));
        self.newest().await.id
    }

    async fn newest(&self) -> SsoSession {
        newest(self.world).await
    }

    /// Comes back from the provider with what it said.
    async fn come_back(
        &mut self,
        answer: impl FnOnce(&Idp, &Said<'_>) -> String,
        change: impl FnOnce(&mut Said<'_>),
    ) -> Page {
        let session = self.begin().await;
        let idp = &self.idp;
        come_back(self.world, &mut self.browser, session, |said| answer(idp, said), change).await
    }
}

/// The attempt that was begun last.
pub(crate) async fn newest(world: &World) -> SsoSession {
    let filter = SsoSessionFilter::all(world.app.ambient.now());
    let page = PageRequest { limit: PageLimit::new(1).unwrap(), ..PageRequest::default() };
    let environment = world.environment.id;
    let queries = world.app.store.queries();
    let found = queries.sso_sessions(environment, &filter, page).await.unwrap();
    queries.sso_session(environment, found.items[0].id).await.unwrap().unwrap()
}

/// Has the provider answer an attempt, and goes where that leads.
pub(crate) async fn come_back(
    world: &World,
    browser: &mut Browser<'_>,
    session: SsoSessionId,
    answer: impl FnOnce(&Said<'_>) -> String,
    change: impl FnOnce(&mut Said<'_>),
) -> Page {
    let connection = world.connection().await.unwrap();
    let (acs, audience) = (
        format!("{PUBLIC_URL}/sso/saml/{}/acs", connection.id),
        format!("{PUBLIC_URL}/sso/saml/{}/metadata", connection.id),
    );
    let request = format!("_{session}");
    let mut said = Said {
        acs: &acs,
        audience: &audience,
        request: &request,
        at: world.app.ambient.now(),
        subject: "person-1",
        attributes: &[("email", "Ada@example.com"), ("firstName", "Ada"), ("team", "R&amp;D")],
    };
    change(&mut said);
    let form = serde_urlencoded::to_string([("SAMLResponse", &answer(&said))]).unwrap();
    let body = Some(("application/x-www-form-urlencoded", form.into_bytes()));
    // The provider's page posts from another site: the visit's cookie does not come along.
    let path = format!("/sso/saml/{}/acs", connection.id);
    let landed = Browser::new(world).send(Method::POST, &path, body).await;
    assert_eq!(landed.status, StatusCode::SEE_OTHER, "{}", landed.body);
    let place = landed.location().unwrap();
    assert_eq!(place, format!("{LOG}/{session}"));
    browser.open(&place).await
}

pub(crate) fn outcome(page: &Page) -> String {
    page.attribute("test-result", "data-outcome").unwrap()
}

#[actix_web::test]
async fn a_test_that_works_shows_every_check_and_what_came_of_it() {
    let mut world = World::new().await;
    let mut bench = Bench::new(&mut world).await;
    let page = bench.come_back(Idp::respond, |_| {}).await;
    assert_eq!((page.status, outcome(&page).as_str()), (StatusCode::OK, "success"), "{}", page.body);
    assert!(page.has("session-detail") && !page.has("remedy"));
    for check in ["message", "status", "signature", "audience", "times", "fresh", "attributes", "domain"] {
        let outcome = page.attribute(&format!("check-{check}"), "data-outcome");
        assert_eq!(outcome.as_deref(), Some("passed"), "{check}");
    }
    let person = page.words("session-person");
    for told in ["person-1", "Ada@example.com", "Ada", "not sent"] {
        assert!(person.contains(told), "{told}: {person}");
    }
    assert!(page.words("session-attributes").contains("R&D"));
    assert!(page.words("message-saml_request").contains("AuthnRequest"));
    assert!(page.words("message-saml_response").contains("<saml:Issuer>https://idp.example/</saml:Issuer>"));
    // A test is for nobody but the admin.
    let session = bench.newest().await;
    assert_eq!((session.origin, session.code, session.authorization), (Origin::Test, None, None));
}

#[actix_web::test]
async fn each_failure_names_its_cause_and_the_field_to_change() {
    let mut world = World::new().await;
    let other = Idp::new(world.app.ambient.now());
    let mut bench = Bench::new(&mut world).await;

    let page = bench.come_back(|_, said| other.respond(said), |_| {}).await;
    assert_eq!(outcome(&page), "failed");
    assert_eq!(page.attribute("remedy", "data-error").as_deref(), Some("invalid_x509_certificate"));
    assert!(page.words("remedy-expected").contains(&bench.idp.fingerprint));
    assert!(page.words("remedy-received").contains(&other.fingerprint));
    assert!(page.words("remedy-received").contains("valid until"));
    assert!(page.words("remedy-fields").contains("Metadata URL"));
    assert!(page.words("remedy-step").contains("Bring back the metadata"));
    assert_eq!(page.attribute("remedy-hint", "data-quirk").as_deref(), Some("app-scoped-cert"));

    let page = bench.come_back(|_, said| Idp::respond_unsigned(said), |_| {}).await;
    assert_eq!(page.words("remedy-received"), "no signature");
    assert_eq!(page.attribute("remedy-hint", "data-quirk").as_deref(), Some("response-unsigned"));

    let page = bench.come_back(Idp::respond, |said| said.audience = "https://typo.example/").await;
    assert_eq!(page.attribute("check-audience", "data-outcome").as_deref(), Some("failed"));
    assert!(page.words("remedy-received").contains("https://typo.example/"));
    let values = page.words("remedy-values");
    assert!(values.contains("Audience URI (SP Entity ID)") && values.contains("/metadata"), "{values}");
    assert!(page.words("remedy-step").contains("Enter the service provider values"));

    let page = bench.come_back(Idp::respond, |said| said.attributes = &[("mail2", "ada@example.com")]).await;
    assert_eq!(page.attribute("remedy", "data-error").as_deref(), Some("invalid_attributes"));
    assert_eq!(page.words("remedy-expected"), "email");
    assert!(page.words("remedy-received").contains("mail2"));
    assert!(page.words("remedy-values").contains("user.profile.email"));

    let page = bench.come_back(Idp::respond, |said| said.at += Duration::hours(1)).await;
    assert_eq!(page.attribute("check-times", "data-outcome").as_deref(), Some("failed"));
    assert!(page.words("remedy-act").contains("clock"));
}

#[actix_web::test]
async fn garbage_that_nobody_asked_for_is_in_the_log_and_does_no_harm_there() {
    let mut world = World::new().await;
    let bench = Bench::new(&mut world).await;
    let connection = bench.world.connection().await.unwrap();
    let path = format!("/sso/saml/{}/acs", connection.id);
    let mut browser = bench.browser.twin();
    for (posted, logged) in [
        ("", None),
        // What is no text without its encoding is shown with it.
        ("%%%", Some("%%%")),
        ("/////w==", Some("/////w==")),
        ("PGE+PGI+", Some("<a><b>")),
        ("PD94bWw+AAE=", Some("<?xml>\0\u{1}")),
        ("PHNjcmlwdD5hbGVydCgneCcpPC9zY3JpcHQ+", Some("<script>alert('x')</script>")),
    ] {
        bench.world.clock.advance(Duration::seconds(1));
        let form = serde_urlencoded::to_string([("SAMLResponse", posted)]).unwrap();
        let body = Some(("application/x-www-form-urlencoded", form.into_bytes()));
        let refused = Browser::new(bench.world).send(Method::POST, &path, body).await;
        assert!(refused.status.is_client_error(), "{posted}");
        let session = bench.newest().await;
        assert_eq!(session.origin, Origin::IdentityProvider);
        let messages: Vec<_> = session.record.messages.iter().map(|message| message.text.as_str()).collect();
        assert_eq!(messages, Vec::from_iter(logged));
        let page = browser.open(&format!("{LOG}/{}", session.id)).await;
        assert_eq!(page.attribute("session-state", "data-state").as_deref(), Some("failed"));
        assert!(page.has("remedy") && !page.has("test-result") && !page.body.contains("<script>alert"));
    }
}

#[actix_web::test]
async fn an_address_outside_the_verified_domains_is_told() {
    let mut world = World::new().await;
    let mut bench = Bench::new(&mut world).await;
    let mut organization = bench.world.organization.clone();
    organization.profiles = ProfileRule::VerifiedDomains;
    let mut work = bench.world.app.store.begin().await.unwrap();
    assert!(work.organizations().update(&organization).await.unwrap());
    work.commit().await.unwrap();
    let page = bench.come_back(Idp::respond, |_| {}).await;
    let error = page.attribute("remedy", "data-error");
    assert_eq!(error.as_deref(), Some("profile_not_allowed_outside_organization"));
    assert_eq!(page.words("remedy-received"), "example.com");
    // What came is shown all the same.
    assert!(page.words("session-person").contains("Ada@example.com"));
}

#[actix_web::test]
async fn a_test_without_an_answer_waits_and_says_what_the_provider_may_lack() {
    let mut world = World::new().await;
    let mut bench = Bench::new(&mut world).await;
    let session = bench.begin().await;
    let page = bench.browser.open(&format!("{LOG}/{session}")).await;
    assert_eq!(outcome(&page), "in_progress");
    assert!(page.has("look-again"));
    assert_eq!(page.attribute("remedy-hint", "data-quirk").as_deref(), Some("unassigned-user"));
    assert!(page.words("remedy-values").contains("Single sign-on URL"));
    // A visit does not last as long as a test is waited for.
    bench.world.clock.advance(Duration::minutes(61));
    let mut later = Browser::new(bench.world);
    later.open(&path_of(&bench.world.mint(LinkKind::Launch).await)).await;
    let page = later.open(&format!("{LOG}/{session}")).await;
    assert_eq!(outcome(&page), "timed_out");
    assert!(!page.has("look-again"));
}

#[actix_web::test]
async fn the_page_with_the_test_lets_its_form_lead_to_the_provider() {
    let mut world = World::new().await;
    let bench = Bench::new(&mut world).await;
    let policy =
        |page: &Page| page.headers.get("content-security-policy").unwrap().to_str().unwrap().to_owned();
    assert!(policy(&bench.page).contains("form-action 'self' https: http:;"));
    let mut browser = bench.browser.twin();
    assert!(policy(&browser.open(LOG).await).contains("form-action 'self';"));
}

#[actix_web::test]
async fn a_test_needs_the_forms_token_and_a_connection() {
    let mut world = World::new().await;
    let bench = Bench::new(&mut world).await;
    let mut browser = bench.browser.twin();
    let refused = browser.post(&bench.page.form("test-sso").forge("form_token", None)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    let other = World::new().await;
    let mut admin = Browser::new(&other);
    let picker = admin.open(&path_of(&other.mint(LinkKind::Launch).await)).await;
    let form = bench.page.form("test-sso").forge("form_token", Some(&picker.form_token()));
    assert_eq!(admin.post(&form).await.location().as_deref(), Some("/portal/sso"));
}

#[actix_web::test]
async fn who_set_up_with_a_one_time_link_may_test_once_it_is_spent() {
    let mut world = World::new().await;
    world.change_organization(|organization| organization.profiles = ProfileRule::AnyDomain).await;
    let idp = Idp::new(world.app.ambient.now());
    let (mut browser, _) = at_okta(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let step = browser.open("/portal/sso/steps/7").await;
    let review = browser.submit(&step.form("step-next").fill("idp_metadata_xml", &idp.metadata())).await;
    let done = browser.click(&review, "save-connection").await;
    assert!(done.has("setup-complete"));
    assert_eq!(browser.post(&done.form("test-sso")).await.status, StatusCode::SEE_OTHER);
    let log = browser.click(&done, "session-log-link").await;
    assert_eq!(log.attribute("session-row", "data-state").as_deref(), Some("in_progress"));
}

#[actix_web::test]
async fn attempts_of_others_are_not_there() {
    let mut world = World::new().await;
    let mut bench = Bench::new(&mut world).await;
    let session = bench.begin().await;
    // Another organization's admin in the same environment.
    let mut order = bench.world.order(LinkKind::Launch, &[vestibule_domain::intent::Intent::Sso]);
    order.organization_id = bench.world.another_organization("Elsewhere").await;
    let mut stranger = Browser::new(bench.world);
    stranger.open(&path_of(&bench.world.mint_ordered(order).await)).await;
    for path in [
        format!("{LOG}/{session}"),
        format!("{LOG}/nonsense"),
        format!("{LOG}/sess_00000000010000000000000002"),
    ] {
        assert_eq!(stranger.open(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(stranger.open(LOG).await.has("session-none"));
    assert_eq!(Browser::new(bench.world).open(LOG).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn the_log_is_narrowed_by_state_origin_and_address() {
    let mut world = World::new().await;
    let mut bench = Bench::new(&mut world).await;
    bench.come_back(Idp::respond, |_| {}).await;
    bench.come_back(Idp::respond, |said| said.audience = "https://typo.example/").await;
    bench.begin().await;

    let rows = |page: &Page| page.body.matches("data-testid=\"session-row\"").count();
    let mut browser = bench.browser.twin();
    let log = browser.click(&bench.page, "session-log-link").await;
    assert_eq!((log.path.as_str(), rows(&log)), (LOG, 3));
    // Newest first.
    assert_eq!(log.attribute("session-row", "data-state").as_deref(), Some("in_progress"));
    for (query, count) in [
        ("standing=failed", 1),
        ("standing=success", 1),
        ("standing=timed_out", 0),
        ("origin=test", 3),
        ("origin=service_provider", 0),
        ("email=ADA%40example.com", 1),
        ("email=ADA%40example.com&standing=failed", 0),
        ("standing=&origin=&email=", 3),
        ("standing=nonsense&after=nonsense&email=%00", 3),
    ] {
        let page = browser.open(&format!("{LOG}?{query}")).await;
        assert_eq!(rows(&page), count, "{query}");
        assert_eq!(page.has("session-none"), count == 0, "{query}");
    }
    let form = log.form("filter-apply").fill("standing", "failed");
    let query = serde_urlencoded::to_string([("standing", form.value("standing").unwrap())]).unwrap();
    let failed = browser.open(&format!("{LOG}?{query}")).await;
    assert!(failed.words("session-row").contains("malformed_saml_response"));
}

#[actix_web::test]
async fn the_log_by_state_has_what_failed_first_and_leads_to_the_rest_of_a_state() {
    let mut world = World::new().await;
    let mut bench = Bench::new(&mut world).await;
    bench.come_back(Idp::respond, |said| said.audience = "https://typo.example/").await;
    bench.come_back(Idp::respond, |_| {}).await;
    for _ in 0..11 {
        bench.begin().await;
    }

    let rows = |page: &Page| page.body.matches("data-testid=\"session-row\"").count();
    let standings = |page: &Page| {
        let marks = page.body.split("data-testid=\"session-group\" data-state=\"").skip(1);
        marks.map(|rest| rest.split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let grouped = bench.browser.open(&format!("{LOG}?sort=state")).await;
    assert_eq!(standings(&grouped), ["failed", "in_progress", "success"]);
    assert_eq!(rows(&grouped), 1 + 10 + 1, "ten of a state");
    assert!(!grouped.has("sessions-older"));
    assert_eq!(grouped.body.matches("data-testid=\"session-rest\"").count(), 1);
    let rest = bench.browser.click(&grouped, "session-rest").await;
    assert_eq!((rows(&rest), standings(&rest).len()), (11, 0));
    // A state that is chosen leaves nothing to sort.
    let failed = bench.browser.open(&format!("{LOG}?sort=state&standing=failed")).await;
    assert_eq!((rows(&failed), standings(&failed).len()), (1, 0));
    let by_app = bench.browser.open(&format!("{LOG}?sort=state&origin=service_provider")).await;
    assert!(by_app.has("session-none"));
}

#[actix_web::test]
async fn the_log_has_pages_in_both_directions() {
    let mut world = World::new().await;
    let mut bench = Bench::new(&mut world).await;
    for _ in 0..26 {
        bench.begin().await;
    }
    let rows = |page: &Page| page.body.matches("data-testid=\"session-row\"").count();
    let first = bench.browser.open(&format!("{LOG}?origin=test")).await;
    assert_eq!((rows(&first), first.has("sessions-newer")), (25, false));
    let second = bench.browser.click(&first, "sessions-older").await;
    assert_eq!((rows(&second), second.has("sessions-older")), (1, false));
    assert!(second.path.contains("origin=test"));
    let back = bench.browser.click(&second, "sessions-newer").await;
    assert_eq!((rows(&back), back.has("sessions-newer")), (25, false));
}
