//! After a set-up: attribute names, who is told, the home; and steps for a colleague.

use actix_web::http::StatusCode;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::Connection;
use vestibule_domain::custom_attributes::CustomAttributes;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::Environment;
use vestibule_domain::intent::Intent;
use vestibule_domain::job::Task;
use vestibule_domain::language::Language;
use vestibule_domain::message::{LiveReader, Message, MessageKind};
use vestibule_domain::organization::ProfileRule;
use vestibule_domain::organization_domain::{DomainState, OrganizationDomain, Proof, ProofSearch};
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::portal_session::SHEETS_SENT_MAX;
use vestibule_domain::text::Name;

use crate::browser::{Browser, Page};
use crate::setting_up::{at_okta, at_review};
use crate::world::{World, path_of};

impl World {
    /// What waits to be mailed.
    async fn mail(&self) -> Vec<Message> {
        let mut mail = Vec::new();
        for job in self.app.store.jobs().claim(16, self.app.ambient.now()).await.unwrap() {
            if let Task::SendMessage(id) = job.task {
                mail.extend(self.app.store.queries().message(job.environment_id, id).await.unwrap());
            }
        }
        mail
    }

    /// Okta, set up through a launch link by somebody who is still there.
    async fn with_okta(&self) -> (Browser<'_>, Page) {
        let mut browser = Browser::new(self);
        let picker = browser.open(&path_of(&self.mint(LinkKind::Launch).await)).await;
        browser.click(&picker, "provider-card-okta-saml").await;
        let step = browser.open("/portal/sso/steps/7").await;
        let okta = crate::world::text("okta.xml");
        let review = browser.submit(&step.form("step-next").fill("idp_metadata_xml", &okta)).await;
        let done =
            browser.submit(&review.form("save-connection").fill("admin_email", "anna@example.com")).await;
        (browser, done)
    }

    async fn prove(&self, domain: &str) {
        let now = self.app.ambient.now();
        let proven = OrganizationDomain {
            id: self.app.ambient.id(now),
            environment_id: self.environment.id,
            organization_id: self.organization.id,
            domain: DomainName::parse(domain).unwrap(),
            state: DomainState::Verified { at: now, by: Proof::Manual },
            verification_token: String::new(),
            search: ProofSearch::begun(now),
            created_at: now,
            updated_at: now,
        };
        let mut work = self.app.store.begin().await.unwrap();
        work.organization_domains().insert(&proven).await.unwrap();
        work.commit().await.unwrap();
    }

    async fn connected(&self) -> Connection {
        self.connection().await.unwrap()
    }
}

#[actix_web::test]
async fn the_providers_usual_attribute_names_are_taken_over_without_a_click() {
    let world = World::new().await;
    let (mut browser, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    assert_eq!(review.attribute("field-attribute_first_name", "value").as_deref(), Some("firstName"));
    browser.click(&review, "save-connection").await;
    let map = world.connected().await.attribute_map;
    // Okta need not send an id, and most do not let it: the subject is the id then.
    assert_eq!(map.idp_id, None);
    assert_eq!(map.email.as_deref(), Some("email"));
    assert_eq!(map.groups.as_deref(), Some("groups"));
    assert_eq!(map.name, None);
}

#[actix_web::test]
async fn a_form_without_the_names_takes_them_over_too() {
    let world = World::new().await;
    let (mut browser, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let mut form = review.form("save-connection");
    for field in ["idp_id", "email", "first_name", "last_name", "groups", "name"] {
        form = form.forge(&format!("attribute_{field}"), None);
    }
    browser.submit(&form).await;
    assert_eq!(world.connected().await.attribute_map.last_name.as_deref(), Some("lastName"));
}

#[actix_web::test]
async fn other_names_are_saved_with_the_connection_and_wrong_ones_are_told() {
    let world = World::new().await;
    let (mut browser, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let form = review.form("save-connection").fill("attribute_email", " mail ").fill("attribute_groups", "");
    let wrong = browser.submit(&form.fill("attribute_name", &"x".repeat(513))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.words("error-attribute_name").contains("512 bytes"));
    assert!(wrong.attribute("attribute-names", "open").is_some() && wrong.has("error-summary"));
    let form = wrong.form("save-connection").fill("attribute_name", "");
    let done = browser.submit(&form).await;
    assert!(done.has("setup-complete"));
    let map = world.connected().await.attribute_map;
    assert_eq!((map.email.as_deref(), map.groups, map.name), (Some("mail"), None, None));
}

#[actix_web::test]
async fn names_are_changed_on_a_page_of_their_own() {
    let world = World::new().await;
    let (mut browser, done) = world.with_okta().await;
    let page = browser.click(&done, "change-attributes").await;
    assert_eq!(page.path, "/portal/sso/attributes");
    assert!(page.heading().contains("Okta"));
    let wrong = browser.submit(&page.form("save-attributes").fill("attribute_email", &"é".repeat(257))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("error-attribute_email"));
    let shown = browser.submit(&wrong.form("save-attributes").fill("attribute_email", "<mail>")).await;
    assert_eq!(shown.path, "/portal/sso/connection?notice=attributes-saved");
    assert!(shown.words("connection-notice").contains("saved"));
    assert!(shown.words("attributes").contains("<mail>"));
    assert_eq!(world.connected().await.attribute_map.email.as_deref(), Some("<mail>"));
    assert_eq!(world.deeds().await.last(), Some(&AuditAction::ConnectionUpdated));
}

#[actix_web::test]
async fn custom_attributes_that_the_vendor_named_are_changed_too() {
    let world = World::new().await;
    let (mut browser, _) = world.with_okta().await;
    let mut connection = world.connected().await;
    connection.attribute_map.custom.insert("cost center \"<".into(), "cc".into());
    let mut work = world.app.store.begin().await.unwrap();
    work.connections().update(&connection).await.unwrap();
    work.commit().await.unwrap();
    let page = browser.open("/portal/sso/attributes").await;
    let form = page.form("save-attributes").fill("custom:cost center \"<", "costCenter");
    browser.submit(&form).await;
    let map = world.connected().await.attribute_map;
    assert_eq!(map.custom.values().collect::<Vec<_>>(), ["costCenter"]);
    let page = browser.open("/portal/sso/attributes").await;
    browser.submit(&page.form("save-attributes").fill("custom:cost center \"<", "")).await;
    assert!(world.connected().await.attribute_map.custom.is_empty());
}

/// Defines attributes that the world's profiles carry.
async fn define(world: &World, attributes: &[(&str, &str)]) {
    let stored = attributes.iter().map(|(key, label)| ((*key).to_owned(), Name::parse(label).unwrap()));
    let custom_attributes = CustomAttributes::from_stored(stored);
    let environment = Environment { custom_attributes, ..world.environment.clone() };
    let mut work = world.app.store.begin().await.unwrap();
    work.accounts().update_environment(&environment).await.unwrap();
    work.commit().await.unwrap();
}

#[actix_web::test]
async fn custom_attributes_of_the_environment_are_offered_by_their_keys_when_it_is_set_up() {
    let world = World::new().await;
    define(&world, &[("department", "Abteilung <b>"), ("cost_center", "Cost center")]).await;
    let (mut browser, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    assert!(review.words("attribute-names").contains("Abteilung <b>"));
    let form = review.form("save-connection");
    assert_eq!(form.value("custom:department"), Some("department"));
    let form = form.fill("custom:cost_center", " kostenstelle ");
    let wrong = browser.submit(&form.clone().fill("custom:department", &"x".repeat(513))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("error-custom:department"));
    let form = wrong.form("save-connection").fill("custom:department", "");
    assert!(browser.submit(&form).await.has("setup-complete"));
    let map = world.connected().await.attribute_map;
    let map: Vec<_> = map.custom.iter().map(|(key, name)| (key.as_str(), name.as_str())).collect();
    assert_eq!(map, [("cost_center", "kostenstelle")]);
}

#[actix_web::test]
async fn custom_attributes_that_come_later_are_offered_beside_those_that_are_mapped() {
    let world = World::new().await;
    let (mut browser, _) = world.with_okta().await;
    define(&world, &[("department", "Department")]).await;
    let shown = browser.open("/portal/sso/connection").await;
    assert!(shown.words("attributes").contains("Departmentnot taken over"), "{}", shown.words("attributes"));
    let page = browser.open("/portal/sso/attributes").await;
    let form = page.form("save-attributes");
    assert_eq!(form.value("custom:department"), Some(""));
    browser.submit(&form.fill("custom:department", "http://schemas.example/department")).await;
    let map = world.connected().await.attribute_map;
    assert_eq!(map.custom.get("department").map(String::as_str), Some("http://schemas.example/department"));

    // One that is taken away is still shown where it is mapped, by its key.
    define(&world, &[]).await;
    let page = browser.open("/portal/sso/attributes").await;
    browser.submit(&page.form("save-attributes").fill("custom:department", "")).await;
    assert!(world.connected().await.attribute_map.custom.is_empty());
    assert!(!browser.open("/portal/sso/attributes").await.body.contains("custom:department"));
}

#[actix_web::test]
async fn a_link_for_setting_up_sees_the_names_and_changes_none() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path_of(&world.mint(LinkKind::Setup).await)).await;
    let own = browser.click(&landing, "portal-begin").await.form_token();
    let (mut manager, _) = world.with_okta().await;
    let form = manager.open("/portal/sso/attributes").await.form("save-attributes");
    let page = browser.open("/portal/sso/attributes").await;
    assert_eq!(page.path, "/portal/sso/connection");
    assert!(page.words("attributes").contains("firstName") && !page.has("change-attributes"));
    let forged = form.fill("attribute_email", "x").forge("form_token", Some(&own));
    assert_eq!(browser.post(&forged).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.connected().await.attribute_map.email.as_deref(), Some("email"));
}

#[actix_web::test]
async fn admin_and_team_get_a_confirmation_in_the_language_of_the_page() {
    let mut world = World::new().await;
    world
        .configure(|environment| {
            environment.branding.support_email = EmailAddress::parse("team@acme.example").ok();
        })
        .await;
    let (mut browser, review) = at_review(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    assert!(world.mail().await.is_empty());
    browser.headers.push(("Accept-Language", "ja".to_owned()));
    browser.submit(&review.form("save-connection").fill("admin_email", "anna@example.com")).await;
    let mut told: Vec<_> = world
        .mail()
        .await
        .into_iter()
        .map(|message| match message.kind {
            MessageKind::Live(note) => (note.reader, message.to.to_string(), note.language),
            other => panic!("{other:?}"),
        })
        .collect();
    told.sort_by(|one, other| one.1.cmp(&other.1));
    assert_eq!(
        told,
        [
            (LiveReader::Admin, "anna@example.com".to_owned(), Language::Ja),
            (LiveReader::Team, "team@acme.example".to_owned(), Language::En),
        ]
    );
}

#[actix_web::test]
async fn a_colleague_gets_the_steps_with_our_values_and_without_the_link() {
    let world = World::new().await;
    let minted = world.mint(LinkKind::Token).await;
    let (mut browser, step) = at_okta(&world, &path_of(&minted)).await;
    browser.headers.push(("Accept-Language", "fr".to_owned()));
    let form = step.form("send-steps");
    let wrong = browser.submit(&form.clone().fill("colleague", "bob")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("guide") && wrong.has("error-colleague"));
    assert_eq!(wrong.attribute("field-colleague", "value").as_deref(), Some("bob"));
    let sent = browser.submit(&form.fill("colleague", " bob@example.com ")).await;
    assert_eq!(sent.path, "/portal/sso/steps/1?notice=sheet-sent");

    let [message] = <[Message; 1]>::try_from(world.mail().await).unwrap();
    assert_eq!(message.to.as_str(), "bob@example.com");
    let told = format!("{:?}", message.kind);
    assert!(!told.contains(minted.token.expose()) && !told.contains("/portal"), "{told}");
    let MessageKind::Steps(note) = message.kind else { panic!("something else was sent") };
    assert_eq!((note.language, note.sheet.provider.as_str()), (Language::Fr, "Okta"));
    let acs = world.app.ambient.addresses.acs_url_of(&world.connected().await);
    let values = note.sheet.steps.iter().flat_map(|step| step.entries.iter().chain(&step.values));
    assert!(values.into_iter().any(|entry| entry.value == acs));
    assert!(note.sheet.steps.iter().any(|step| !step.brings.is_empty()));
    assert_eq!(world.deeds().await.last(), Some(&AuditAction::PortalStepsSent));
}

#[actix_web::test]
async fn the_steps_are_sent_so_often_and_the_page_says_so() {
    let world = World::new().await;
    let (mut browser, step) = at_okta(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    let form = step.form("send-steps").fill("colleague", "bob@example.com");
    for _ in 0..SHEETS_SENT_MAX {
        assert_eq!(browser.post(&form).await.status, StatusCode::SEE_OTHER);
    }
    let refused = browser.post(&form).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.words("error-colleague").contains("5 times"));
    assert_eq!(world.mail().await.len(), usize::from(SHEETS_SENT_MAX));
    let forged = browser.post(&form.forge("form_token", None)).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn the_home_is_a_checklist_of_what_there_is() {
    let mut world = World::new().await;
    let order = world.order(LinkKind::Setup, &[Intent::Sso, Intent::LogStreams]);
    let mut browser = Browser::new(&world);
    let landing = browser.open(&path_of(&world.mint_ordered(order).await)).await;
    let home = browser.click(&landing, "portal-begin").await;
    assert!(home.words("task-sso").contains("not set up"));
    assert!(home.words("task-domains").contains("not verified"));
    assert!(home.words("portal-home").contains("Your link also names log streams."));
    world.with_okta().await;
    world.prove("example.com").await;
    let home = browser.open("/portal/home").await;
    assert!(home.words("task-sso").ends_with("active"));
    assert!(home.words("task-domains").ends_with("example.com verified"));
    world.change_organization(|organization| organization.profiles = ProfileRule::AnyDomain).await;
    let mut browser = Browser::new(&world);
    browser.headers.push(("Accept-Language", "de".to_owned()));
    let order = world.order(LinkKind::Launch, &[]);
    let home = browser.open(&path_of(&world.mint_ordered(order).await)).await;
    assert!(!home.has("task-domains"));
    assert_eq!(home.heading(), "Was möchten Sie einrichten?");
    assert!(home.words("task-sso").ends_with("aktiv"));
}

#[actix_web::test]
async fn every_page_after_the_set_up_speaks_german() {
    let world = World::new().await;
    let (mut browser, _) = world.with_okta().await;
    browser.headers.push(("Accept-Language", "de".to_owned()));
    for (path, heading) in [
        ("/portal/sso/done", "Single Sign-on ist eingerichtet"),
        ("/portal/sso/connection", "Single Sign-on mit Okta"),
        ("/portal/sso/attributes", "Attribute von Okta"),
    ] {
        assert_eq!(browser.open(path).await.heading(), heading, "{path}");
    }
}
