//! Members who want to know are told what needs attention: once, and once a day at most.

use std::sync::Arc;

use time::Duration;
use vestibule_application::ports::store::Store;
use vestibule_application::usecases::begin_visit::{BeginVisit, BeginVisitCommand};
use vestibule_application::usecases::mint_link::{MintLink, MintLinkCommand, MintedLink};
use vestibule_application::usecases::revoke_link::{RevokeLink, RevokeLinkCommand};
use vestibule_application::usecases::update_webhook_endpoint::UpdateWebhookEndpointCommand;
use vestibule_application::worker::Worker;
use vestibule_domain::attention::STUCK_AFTER;
use vestibule_domain::brand::{BrandColor, BrandImage, BrandPicture};
use vestibule_domain::digest::{DIGEST_EVERY, DIGEST_OF, Digest, LOOK_EVERY, SETTLED_AFTER};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::{Branding, Environment};
use vestibule_domain::id::{MemberId, OrganizationId};
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::member::{Member, MemberRole};
use vestibule_domain::message::{MailBrand, MailLogo, OutgoingContent};
use vestibule_domain::notice::{Notice, Notices};
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::team::Team;
use vestibule_domain::text::Name;
use vestibule_domain::webhook::{
    DeliveryState, EndpointState, PayloadStyle, RetrySchedule, WebhookDelivery, WebhookEndpoint,
};
use vestibule_outbound::{GuardedClient, SystemDns};
use vestibule_saml::SamlAdapter;
use vestibule_wire::webhook::SignedJson;

use crate::certificate_care::Postbox;
use crate::webhook_endpoints::{create, update, updated};
use crate::world::World;

/// A deployment with two workers.
struct Watch {
    world: World,
    postbox: Arc<Postbox>,
    workers: [Worker; 2],
}

impl Watch {
    /// Ada, the admin, wants these.
    async fn wanted(notices: &[Notice]) -> Self {
        let world = World::new().await;
        let postbox = Arc::new(Postbox::default());
        let worker = || Worker {
            store: world.store.clone(),
            ambient: world.ambient.clone(),
            outbound: Arc::new(GuardedClient::builder().build().unwrap()),
            dns: Arc::new(SystemDns::new().unwrap()),
            saml: Arc::new(SamlAdapter::new()),
            mailer: postbox.clone(),
            format: Arc::new(SignedJson),
            schedule: RetrySchedule::default(),
        };
        let workers = [worker(), worker()];
        let watch = Self { world, postbox, workers };
        let ada = watch.member("ada@vendor.example").await;
        watch.wants(ada, notices).await;
        watch
    }

    async fn member(&self, address: &str) -> Member {
        let email = EmailAddress::parse(address).unwrap();
        self.world.store.queries().member_by_email(&email).await.unwrap().unwrap()
    }

    async fn wants(&self, member: Member, notices: &[Notice]) {
        let member = Member { notices: Notices::of(notices.iter().copied()), ..member };
        let mut work = self.world.store.begin().await.unwrap();
        assert!(work.members().update(&member).await.unwrap());
        work.commit().await.unwrap();
    }

    /// A colleague who wants these.
    async fn colleague(&self, address: &str, notices: &[Notice]) {
        let ada = self.member("ada@vendor.example").await;
        let id: MemberId = self.world.ambient.id(self.world.ambient.now());
        let email = EmailAddress::parse(address).unwrap();
        let role = MemberRole::Member;
        let member = Member { id, email, role, notices: Notices::of(notices.iter().copied()), ..ada };
        let mut work = self.world.store.begin().await.unwrap();
        work.accounts().insert_member(&member).await.unwrap();
        work.commit().await.unwrap();
    }

    /// A set-up that waits for its admin.
    async fn invited(&self, organization_id: OrganizationId) -> MintedLink {
        let order = self.order(organization_id);
        self.world.run(MintLink { ambient: self.world.ambient.clone() }, order).await.unwrap()
    }

    fn order(&self, organization_id: OrganizationId) -> MintLinkCommand {
        MintLinkCommand {
            caller: self.world.caller.clone(),
            organization_id,
            kind: LinkKind::Setup,
            intents: vec![Intent::Sso],
            redirects: LinkRedirects::default(),
            admins: Vec::new(),
            mail_to: Vec::new(),
            language: Language::default(),
            external_user_id: None,
            provider_hint: None,
            life: None,
        }
    }

    async fn endpoint(&self, url: &str) -> WebhookEndpoint {
        create(&self.world, url, &["organization.updated"], PayloadStyle::WorkOs).await.unwrap()
    }

    /// A delivery is given up now.
    async fn given_up(&self, endpoint: &WebhookEndpoint) {
        let now = self.world.ambient.now();
        let delivery = WebhookDelivery {
            id: self.world.ambient.id(now),
            environment_id: endpoint.environment_id,
            endpoint_id: endpoint.id,
            event_id: self.world.ambient.id(now),
            state: DeliveryState::GivenUp { at: now },
            tries: 9,
            created_at: now,
        };
        let mut work = self.world.store.begin().await.unwrap();
        assert!(work.webhooks().insert_delivery(&delivery).await.unwrap());
        work.commit().await.unwrap();
    }

    /// Does what is due, and what becomes due by it.
    async fn work(&self) {
        self.workers[0].attend_to_environments().await.unwrap();
        loop {
            let jobs = self.workers[0].claim().await.unwrap();
            if jobs.is_empty() {
                return;
            }
            for job in jobs {
                // The other one believes that the job is its own, too.
                let (one, other) = tokio::join!(self.workers[0].run(&job), self.workers[1].run(&job));
                one.and(other).unwrap();
            }
        }
    }

    /// Lets time pass, an hour at a time, and does what becomes due.
    async fn live_for(&self, time: Duration) {
        let until = self.world.ambient.now() + time;
        while self.world.ambient.now() < until {
            self.world.clock.forward(LOOK_EVERY.min(until - self.world.ambient.now()));
            self.work().await;
        }
    }

    /// To whom digests went since the last time this was asked, and of what.
    fn told(&self) -> Vec<(String, Digest)> {
        let sent: Vec<_> = self.postbox.0.lock().unwrap().drain(..).collect();
        let mut seen = Vec::new();
        for message in sent {
            let OutgoingContent::Digest { digest, .. } = message.content else { continue };
            // Two workers send what one of them would send twice, under one id.
            if !seen.iter().any(|(id, _, _)| *id == message.id) {
                seen.push((message.id, message.to.to_string(), digest));
            }
        }
        seen.into_iter().map(|(_, to, digest)| (to, digest)).collect()
    }
}

/// Of whom a digest tells, and how many more there are.
fn names(digest: &Digest) -> (Vec<(&str, bool)>, u32) {
    match digest {
        Digest::StuckSetUps { named, more } => {
            (named.iter().map(|one| (one.name.as_str(), one.opened)).collect(), *more)
        }
        Digest::Undelivered { .. } => panic!("{digest:?}"),
    }
}

/// To which endpoints how much was given up, and whether they are switched off.
fn counts(digest: &Digest) -> Vec<(&str, u32, bool)> {
    match digest {
        Digest::Undelivered { named, .. } => {
            named.iter().map(|one| (one.url.as_str(), one.given_up, one.disabled)).collect()
        }
        Digest::StuckSetUps { .. } => panic!("{digest:?}"),
    }
}

const HOOK: &str = "https://app.example/hooks";

#[tokio::test]
async fn a_set_up_that_gets_stuck_is_told_once_to_those_who_want_to_know() {
    let watch = Watch::wanted(&[Notice::SetUpStuck]).await;
    watch.colleague("bob@vendor.example", &[Notice::WebhookUndelivered, Notice::ConnectionLive]).await;
    watch.colleague("eve@vendor.example", &[Notice::SetUpStuck]).await;
    watch.invited(watch.world.organization.id).await;
    watch.live_for(STUCK_AFTER).await;
    assert_eq!(watch.told(), [], "it is not stuck yet");
    watch.live_for(LOOK_EVERY).await;
    let mut told = watch.told();
    told.sort_by(|(one, _), (other, _)| one.cmp(other));
    let to: Vec<_> = told.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["ada@vendor.example", "eve@vendor.example"]);
    for (_, digest) in &told {
        assert_eq!(names(digest), (vec![("Acme", false)], 0));
    }
    watch.live_for(Duration::days(20)).await;
    assert_eq!(watch.told(), [], "it is stuck as it was");
}

#[tokio::test]
async fn a_set_up_that_moved_and_gets_stuck_again_is_told_again() {
    let watch = Watch::wanted(&[Notice::SetUpStuck]).await;
    let minted = watch.invited(watch.world.organization.id).await;
    watch.live_for(STUCK_AFTER + Duration::days(2)).await;
    assert_eq!(watch.told().len(), 1);
    let command = BeginVisitCommand { token: minted.token.clone(), admin: None };
    watch.world.run(BeginVisit { ambient: watch.world.ambient.clone() }, command).await.unwrap();
    watch.live_for(STUCK_AFTER).await;
    assert_eq!(watch.told(), []);
    watch.live_for(LOOK_EVERY).await;
    let told = watch.told();
    assert_eq!(names(&told[0].1), (vec![("Acme", true)], 0));
}

#[tokio::test]
async fn a_set_up_whose_link_was_withdrawn_is_not_told() {
    let watch = Watch::wanted(&[Notice::SetUpStuck]).await;
    let minted = watch.invited(watch.world.organization.id).await;
    watch.live_for(Duration::days(2)).await;
    let command = RevokeLinkCommand { caller: watch.world.caller.clone(), link_id: minted.link.id };
    watch.world.run(RevokeLink { ambient: watch.world.ambient.clone() }, command).await.unwrap();
    watch.live_for(Duration::days(5)).await;
    assert_eq!(watch.told(), []);
}

#[tokio::test]
async fn what_gets_stuck_within_a_day_comes_in_one_mail() {
    let watch = Watch::wanted(&[Notice::SetUpStuck]).await;
    let others = [watch.world.another_organization().await, watch.world.another_organization().await];
    watch.invited(watch.world.organization.id).await;
    for other in others {
        watch.world.clock.forward(Duration::hours(5));
        watch.invited(other).await;
    }
    watch.live_for(STUCK_AFTER).await;
    let first = watch.told();
    assert_eq!(first.len(), 1);
    assert_eq!(names(&first[0].1).0.len(), 1);
    watch.live_for(DIGEST_EVERY - Duration::hours(11)).await;
    assert_eq!(watch.told(), [], "one a day");
    watch.live_for(Duration::hours(11)).await;
    let second = watch.told();
    assert_eq!(second.len(), 1);
    assert_eq!(names(&second[0].1).0.len(), 2);
}

#[tokio::test]
async fn deliveries_that_were_given_up_are_told_by_endpoint_once_a_day() {
    let watch = Watch::wanted(&[Notice::WebhookUndelivered]).await;
    watch.colleague("bob@vendor.example", &[Notice::SetUpStuck]).await;
    let (one, other) = (watch.endpoint(HOOK).await, watch.endpoint("https://b.example/").await);
    watch.given_up(&one).await;
    watch.given_up(&one).await;
    watch.live_for(Duration::hours(1)).await;
    let told = watch.told();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, "ada@vendor.example");
    assert_eq!(counts(&told[0].1), [(HOOK, 2, false)]);

    // It goes on all day: the next digest has the whole day, and nothing twice.
    for _ in 0..6 {
        watch.given_up(&one).await;
        watch.live_for(Duration::hours(3)).await;
    }
    watch.given_up(&other).await;
    let off = Some(EndpointState::Disabled);
    let command = UpdateWebhookEndpointCommand { state: off, ..update(&watch.world, &other) };
    updated(&watch.world, command).await.unwrap();
    assert_eq!(watch.told(), []);
    watch.live_for(Duration::hours(7)).await;
    let told = watch.told();
    assert_eq!(told.len(), 1);
    assert_eq!(counts(&told[0].1), [("https://b.example/", 1, true), (HOOK, 6, false)]);

    watch.live_for(Duration::days(5)).await;
    assert_eq!(watch.told(), [], "nothing new was given up");
    watch.given_up(&one).await;
    watch.live_for(Duration::hours(1)).await;
    assert_eq!(counts(&watch.told()[0].1), [(HOOK, 1, false)], "a new cause is told at once");
}

#[tokio::test]
async fn what_happens_in_the_last_moment_waits_for_the_next_look() {
    let watch = Watch::wanted(&[Notice::WebhookUndelivered]).await;
    let endpoint = watch.endpoint(HOOK).await;
    watch.work().await;
    watch.world.clock.forward(LOOK_EVERY - SETTLED_AFTER + Duration::MICROSECOND);
    watch.given_up(&endpoint).await;
    watch.live_for(SETTLED_AFTER - Duration::MICROSECOND).await;
    assert_eq!(watch.told(), []);
    watch.live_for(LOOK_EVERY).await;
    assert_eq!(watch.told().len(), 1);
}

#[tokio::test]
async fn whoever_wants_to_know_later_hears_of_the_last_week_only() {
    let watch = Watch::wanted(&[]).await;
    let endpoint = watch.endpoint(HOOK).await;
    watch.given_up(&endpoint).await;
    watch.live_for(Duration::days(2)).await;
    watch.given_up(&endpoint).await;
    watch.live_for(DIGEST_OF - Duration::days(1)).await;
    assert_eq!(watch.told(), [], "nobody asked");
    let ada = watch.member("ada@vendor.example").await;
    watch.wants(ada, &[Notice::WebhookUndelivered]).await;
    watch.live_for(LOOK_EVERY).await;
    assert_eq!(counts(&watch.told()[0].1), [(HOOK, 1, false)]);
}

#[tokio::test]
async fn another_teams_members_are_told_nothing() {
    let watch = Watch::wanted(&[]).await;
    let ambient = &watch.world.ambient;
    let now = ambient.now();
    let strangers = Team {
        id: ambient.id(now),
        name: Name::parse("Strangers").unwrap(),
        support_email: None,
        created_at: now,
    };
    let ada = watch.member("ada@vendor.example").await;
    let mallory = Member {
        id: ambient.id(now),
        team_id: strangers.id,
        email: EmailAddress::parse("mallory@strangers.example").unwrap(),
        notices: Notices::of(Notice::ALL),
        ..ada
    };
    let mut work = watch.world.store.begin().await.unwrap();
    work.accounts().insert_team(&strangers).await.unwrap();
    work.accounts().insert_member(&mallory).await.unwrap();
    work.commit().await.unwrap();
    watch.invited(watch.world.organization.id).await;
    watch.live_for(Duration::days(5)).await;
    assert_eq!(watch.told(), []);
}

#[tokio::test]
async fn an_environment_gets_one_job_that_looks_around() {
    let watch = Watch::wanted(&[]).await;
    for worker in &watch.workers {
        worker.attend_to_environments().await.unwrap();
    }
    let jobs = watch.workers[0].claim().await.unwrap();
    assert_eq!(jobs.iter().filter(|job| job.task.kind() == "look_around").count(), 1, "{jobs:?}");
}

#[tokio::test]
async fn mails_to_customers_show_the_brand_and_mails_to_members_do_not() {
    let watch = Watch::wanted(&[Notice::SetUpStuck]).await;
    let id = watch.world.environment_id();
    let held = watch.world.store.queries().environment(id).await.unwrap().unwrap();
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend([0, 0, 0, 64, 0, 0, 0, 16]);
    let logo = BrandImage::parse(png).unwrap();
    let color = BrandColor::parse("#b71c1c").ok();
    let branding = Branding { color, logo: Some(logo.clone()), ..Branding::default() };
    let mut work = watch.world.store.begin().await.unwrap();
    work.accounts().update_environment(&Environment { branding, ..held }).await.unwrap();
    work.commit().await.unwrap();
    let order = MintLinkCommand {
        mail_to: vec![EmailAddress::parse("it@acme.example").unwrap()],
        ..watch.order(watch.world.organization.id)
    };
    watch.world.run(MintLink { ambient: watch.world.ambient.clone() }, order).await.unwrap();
    watch.live_for(STUCK_AFTER + LOOK_EVERY).await;
    let sent: Vec<_> = watch.postbox.0.lock().unwrap().drain(..).collect();
    let brand = |to: &str| &sent.iter().find(|message| message.to.as_str() == to).unwrap().brand;
    let file = BrandPicture::Logo.file_name(&logo);
    let url = format!("https://vestibule.example/portal/brand/{id}/{file}");
    let logo = Some(MailLogo { url, sides_px: (64, 16) });
    assert_eq!(*brand("it@acme.example"), MailBrand { color, logo, logo_dark: None });
    assert_eq!(*brand("ada@vendor.example"), MailBrand::default());
}
