//! Certificates of providers, looked after for years: metadata read again, and people warned in
//! time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use time::Duration;
use time::macros::datetime;
use vestibule_application::ports::mail::{MailError, Mailer};
use vestibule_application::ports::outbound::{
    AnswerLimits, FetchLimits, Fetched, Outbound, OutboundAnswer, OutboundError, OutboundRequest, PostAnswer,
    PostRequest,
};
use vestibule_application::ports::saml::{KeyPairRequest, MetadataRead, Saml as _};
use vestibule_application::ports::store::Store;
use vestibule_application::usecases::add_idp_certificate::{AddIdpCertificate, AddIdpCertificateCommand};
use vestibule_application::usecases::add_sp_key::{AddSpKey, AddSpKeyCommand};
use vestibule_application::usecases::create_connection::{
    CreateConnection, CreateConnectionCommand, CreatedConnection, NewOptions, NewSamlOptions,
};
use vestibule_application::usecases::delete_connection::{DeleteConnection, DeleteConnectionCommand};
use vestibule_application::usecases::finish_sign_in::{FinishSignIn, FinishSignInCommand, Written};
use vestibule_application::worker::Worker;
use vestibule_domain::Instant;
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::certificate_watch::{CertificateUse, days_left};
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::event::Fact;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::intent::Intent;
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::language::Language;
use vestibule_domain::member::Member;
use vestibule_domain::message::{OutgoingContent, OutgoingMessage};
use vestibule_domain::notice::{Notice, Notices};
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::saml::{IdentityProvider, SpKeyPair, SpKeyPlace, TrustedIdentityProvider};
use vestibule_domain::secret::{PortalToken, SecretDigest};
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_domain::sso::session::{Origin, SessionRecord, SsoSession, SsoSessionState};
use vestibule_domain::webhook::RetrySchedule;
use vestibule_outbound::SystemDns;
use vestibule_saml::SamlAdapter;
use vestibule_wire::webhook::SignedJson;

use crate::deliveries::Forgetful;
use crate::world::{START, World, certificate, https};

/// Metadata of JumpCloud as it was published; its certificate lasts until [`FIRST_ENDS`].
const FIRST: &str =
    include_str!("../../../saml/tests/data/metadata/jumpcloud/ssoready.jumpcloud.metadata.xml");
const FIRST_ENDS: Instant = datetime!(2028-11-18 16:28:09 UTC);

/// Metadata of Okta, whose certificate lasts until [`SECOND_ENDS`].
const SECOND: &str = include_str!("../../../saml/tests/data/metadata/okta/ssoready.okta.metadata.xml");
const SECOND_ENDS: Instant = datetime!(2034-04-25 20:31:02 UTC);

const URL: &str = "https://idp.example/metadata";

/// The text of the certificate in a document.
fn certificate_text(document: &str) -> &str {
    let (_, rest) = document.split_once("X509Certificate>").unwrap();
    rest.split_once('<').unwrap().0
}

/// The first document after its provider rolled over to the second's certificate.
fn rolled_over() -> String {
    FIRST.replace(certificate_text(FIRST), certificate_text(SECOND))
}

/// The first document while its provider shows both.
fn with_both() -> String {
    let (begin, end) = ("<md:KeyDescriptor", "</md:KeyDescriptor>");
    let key = &FIRST[FIRST.find(begin).unwrap()..FIRST.find(end).unwrap() + end.len()];
    let second = key.replace(certificate_text(FIRST), certificate_text(SECOND));
    FIRST.replace(key, &format!("{key}{second}"))
}

fn read(document: &str) -> IdentityProvider {
    match SamlAdapter::new().read_metadata(document.as_bytes(), None).unwrap() {
        MetadataRead::One(idp) => *idp,
        several @ MetadataRead::Choose(_) => panic!("{several:?}"),
    }
}

/// A provider's server: gives what it was told to give, one thing each time, the last for ever.
struct Publisher(Mutex<VecDeque<Result<String, OutboundError>>>, Mutex<Vec<String>>);

#[async_trait]
impl Outbound for Publisher {
    async fn get(&self, url: &str, _: FetchLimits) -> Result<Fetched, OutboundError> {
        self.1.lock().unwrap().push(url.to_owned());
        let mut script = self.0.lock().unwrap();
        let next = if script.len() > 1 { script.pop_front() } else { script.front().cloned() };
        let body = next.expect("something is published")?.into_bytes();
        Ok(Fetched { body, content_type: None, url: url.to_owned() })
    }

    async fn post(&self, request: PostRequest) -> Result<PostAnswer, OutboundError> {
        panic!("nobody asked for {request:?}");
    }

    async fn send(&self, request: OutboundRequest, _: AnswerLimits) -> Result<OutboundAnswer, OutboundError> {
        panic!("nobody asked for {request:?}");
    }
}

#[derive(Default)]
pub(crate) struct Postbox(pub(crate) Mutex<Vec<OutgoingMessage>>);

#[async_trait]
impl Mailer for Postbox {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), MailError> {
        self.0.lock().unwrap().push(message.clone());
        Ok(())
    }
}

/// A connection to the provider of the first document, and somebody who does what is due.
struct Care {
    world: World,
    connection: ConnectionId,
    publisher: Arc<Publisher>,
    postbox: Arc<Postbox>,
    worker: Worker,
}

impl Care {
    /// Connected by hand, or through metadata that goes on to be published as told.
    async fn of(script: &[Result<String, OutboundError>]) -> Self {
        let world = World::new().await;
        let options = NewSamlOptions {
            idp: read(FIRST),
            metadata_url: (!script.is_empty()).then(|| https(URL)),
            acs_url: None,
            sp_entity_id: None,
            signing_key: None,
            encryption_keys: Vec::new(),
        };
        let command = CreateConnectionCommand {
            caller: world.caller.clone(),
            organization_id: world.organization.id,
            connection_type: ConnectionType::JumpCloudSaml,
            name: None,
            external_id: None,
            attribute_map: AttributeMap::default(),
            options: NewOptions::Saml(Box::new(options)),
        };
        let made = world.run(CreateConnection { ambient: world.ambient.clone() }, command).await.unwrap();
        let CreatedConnection::New(view) = made else { panic!("{made:?}") };
        let publisher = Arc::new(Publisher(Mutex::new(script.iter().cloned().collect()), Mutex::default()));
        let mailer = Arc::new(Postbox::default());
        let worker = Worker {
            store: world.store.clone(),
            ambient: world.ambient.clone(),
            outbound: publisher.clone(),
            dns: Arc::new(SystemDns::new().unwrap()),
            saml: Arc::new(SamlAdapter::new()),
            mailer: mailer.clone(),
            format: Arc::new(SignedJson),
            schedule: RetrySchedule::default(),
        };
        Self { world, connection: view.connection.id, publisher, postbox: mailer, worker }
    }

    async fn published(documents: &[String]) -> Self {
        Self::of(&documents.iter().cloned().map(Ok).collect::<Vec<_>>()).await
    }

    async fn connection(&self) -> Connection {
        let queries = self.world.store.queries();
        queries.connection(self.world.environment_id(), self.connection).await.unwrap().unwrap().connection
    }

    async fn idp(&self) -> TrustedIdentityProvider {
        self.connection().await.saml().unwrap().idp.clone().unwrap()
    }

    /// When the trusted certificates end, in their order.
    async fn ends(&self) -> Vec<Instant> {
        let idp = self.idp().await;
        idp.signing_certificates.iter().map(|held| held.certificate.not_after).collect()
    }

    async fn change(&self, change: impl FnOnce(&mut Connection)) {
        let mut connection = self.connection().await;
        change(&mut connection);
        let mut work = self.world.store.begin().await.unwrap();
        work.connections().update(&connection).await.unwrap();
        work.commit().await.unwrap();
    }

    /// The environment's support address.
    async fn supported_by(&self, address: &str) {
        let mut environment = (*self.world.caller.environment).clone();
        environment.branding.support_email = EmailAddress::parse(address).ok();
        let mut work = self.world.store.begin().await.unwrap();
        work.accounts().update_environment(&environment).await.unwrap();
        work.commit().await.unwrap();
    }

    /// Lets time pass, and does what becomes due.
    async fn live_until(&self, until: Instant) {
        while let Some(due) = self.world.store.jobs().next_due().await.unwrap().filter(|due| *due <= until) {
            let now = self.world.ambient.now();
            self.world.clock.forward((due - now).max(Duration::ZERO));
            for job in self.worker.claim().await.unwrap() {
                self.worker.run(&job).await.unwrap();
            }
        }
        self.world.clock.forward(until - self.world.ambient.now());
    }

    async fn live_for(&self, time: Duration) {
        self.live_until(self.world.ambient.now() + time).await;
    }

    fn readings(&self) -> usize {
        let asked = self.publisher.1.lock().unwrap();
        assert!(asked.iter().all(|url| url == URL), "{asked:?}");
        asked.len()
    }

    /// How many days before the end the vendor was told, and how the certificate was.
    async fn warnings(&self) -> Vec<(u32, Instant)> {
        let told = |fact: Fact| match fact {
            Fact::SamlCertificateRenewalRequired(told) => {
                Some((days_left(told.expires_at, told.at), told.expires_at))
            }
            _ => None,
        };
        self.world.events().await.into_iter().filter_map(|event| told(event.fact)).collect()
    }

    /// What the vendor was told of new certificates.
    async fn renewals(&self) -> Vec<Instant> {
        let told = |fact: Fact| match fact {
            Fact::SamlCertificateRenewed(told) => Some(told.expires_at),
            _ => None,
        };
        self.world.events().await.into_iter().filter_map(|event| told(event.fact)).collect()
    }

    /// To whom messages went, in which language, how many days before the end.
    fn mail(&self) -> Vec<(String, Language, u32)> {
        let note = |message: &OutgoingMessage| match &message.content {
            OutgoingContent::Expiry { note, .. } => {
                (message.to.to_string(), note.language, days_left(note.expires_at, message.created_at))
            }
            other => panic!("{other:?}"),
        };
        self.postbox.0.lock().unwrap().iter().map(note).collect()
    }

    /// Somebody comes back with a response that is refused so.
    async fn refused(&self, code: FailureCode) {
        let now = self.world.ambient.now();
        let session = SsoSession {
            id: self.world.ambient.id(now),
            environment_id: self.world.environment_id(),
            organization_id: Some(self.world.organization.id),
            connection_id: self.connection,
            origin: Origin::IdentityProvider,
            state: SsoSessionState::Started,
            authorization: None,
            trial: None,
            ticket: None,
            exchange: None,
            code: None,
            record: SessionRecord::default(),
            ip_address: None,
            user_agent: None,
            started_at: now,
        };
        let command = FinishSignInCommand {
            session,
            written: Written::NotYet,
            outcome: Err(Failure { code, check: CheckName::Signature, message: String::new() }),
            connection_type: ConnectionType::JumpCloudSaml,
            code: SecretDigest::of("code"),
            listened: false,
            has_metadata_url: self.idp().await.metadata_url.is_some(),
        };
        self.world.run(FinishSignIn { ambient: self.world.ambient.clone() }, command).await.unwrap();
    }
}

fn unreachable() -> OutboundError {
    OutboundError::Connect { host: "idp.example".into() }
}

#[tokio::test]
async fn metadata_is_read_every_day_and_changes_nothing_if_it_is_the_same() {
    let care = Care::published(&[FIRST.to_owned()]).await;
    let before = care.connection().await;
    care.live_for(Duration::hours(22) - Duration::SECOND).await;
    assert_eq!(care.readings(), 0);
    care.live_for(Duration::days(100) - Duration::hours(20)).await;
    assert!((92..=110).contains(&care.readings()), "{}", care.readings());
    let mut after = care.connection().await;
    let read_at = after.saml().unwrap().care.metadata_read_at;
    assert!(read_at > before.saml().unwrap().care.metadata_read_at, "when it was read is known");
    after.saml_mut().unwrap().care = before.saml().unwrap().care;
    assert_eq!(after, before);
    assert_eq!(care.world.audited(AuditAction::ConnectionUpdated).await, []);
    assert_eq!(care.world.event_names().await, ["connection.activated"]);
}

#[tokio::test]
async fn a_new_certificate_comes_beside_the_old_one_until_that_ends() {
    let care = Care::published(&[FIRST.to_owned(), with_both(), rolled_over()]).await;
    let old = care.idp().await.signing_certificates;
    care.live_for(Duration::days(1) + Duration::hours(5)).await;
    assert_eq!(care.ends().await, [FIRST_ENDS]);
    care.live_for(Duration::days(1)).await;
    assert_eq!(care.ends().await, [FIRST_ENDS, SECOND_ENDS]);
    assert_eq!(care.idp().await.signing_certificates[..1], old, "it is the same as before");
    care.live_for(Duration::days(1)).await;
    // The provider no longer shows the old one, and may still go back to it.
    assert_eq!(care.ends().await, [FIRST_ENDS, SECOND_ENDS]);
    assert_eq!(care.renewals().await, [SECOND_ENDS]);
    let trail = care.world.audited(AuditAction::ConnectionUpdated).await;
    assert_eq!(trail.len(), 1);
    let added = care.idp().await.signing_certificates[1].id.to_string();
    assert!(trail[0].details.contains(&("added_certificate".into(), added)), "{trail:?}");
    assert_eq!(trail[0].actor.id, "system");

    care.live_until(FIRST_ENDS + Duration::days(2)).await;
    assert_eq!(care.ends().await, [SECOND_ENDS]);
    assert_eq!(care.renewals().await, [SECOND_ENDS], "nothing better came");
    let trail = care.world.audited(AuditAction::ConnectionUpdated).await;
    let removed = ("removed_certificate".to_owned(), old[0].id.to_string());
    assert!(trail.len() == 2 && trail[1].details.contains(&removed), "{trail:?}");
    assert_eq!(care.warnings().await, [], "nobody was bothered");
}

#[tokio::test]
async fn a_changed_address_is_taken_over() {
    let held = read(FIRST).sso[0].url.as_str().to_owned();
    let moved = FIRST.replace(&held, "https://moved.example/sso");
    let care = Care::published(&[moved]).await;
    care.live_for(Duration::days(1) + Duration::hours(3)).await;
    assert_eq!(care.idp().await.sso[0].url, https("https://moved.example/sso"));
    let trail = care.world.audited(AuditAction::ConnectionUpdated).await;
    assert!(trail[0].details.contains(&("sso_url".into(), "https://moved.example/sso".into())), "{trail:?}");
    assert!(care.renewals().await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_used_changes_nothing_and_is_read_again_the_next_day() {
    let expired = rolled_over().replace("entityID=", "validUntil=\"2026-11-21T12:00:00Z\" entityID=");
    let care = Care::of(&[
        Err(unreachable()),
        Err(OutboundError::Status { status: 500 }),
        Ok("<!doctype html><title>Sign in</title>".to_owned()),
        Ok(rolled_over()[..500].to_owned()),
        Ok(SECOND.to_owned()),
        Ok(expired),
        Ok(rolled_over()),
    ])
    .await;
    let before = care.connection().await;
    for day in 1..=6 {
        care.live_for(Duration::days(1) + Duration::hours(2)).await;
        while care.readings() < day {
            care.live_for(Duration::hours(1)).await;
        }
        assert_eq!(care.connection().await, before, "after {day} days");
    }
    care.live_for(Duration::days(2)).await;
    assert_eq!(care.ends().await, [FIRST_ENDS, SECOND_ENDS]);
}

#[tokio::test]
async fn a_refused_signature_brings_one_reading_an_hour() {
    let care = Care::published(&[FIRST.to_owned(), rolled_over()]).await;
    for code in [FailureCode::MalformedSamlResponse, FailureCode::InvalidAttributes] {
        care.refused(code).await;
    }
    care.live_for(Duration::MINUTE).await;
    assert_eq!(care.readings(), 0);
    for minute in 1..59 {
        care.refused(FailureCode::InvalidX509Certificate).await;
        care.live_for(Duration::MINUTE).await;
        assert_eq!(care.readings(), 1, "after {minute} minutes");
    }
    assert_eq!(care.ends().await, [FIRST_ENDS]);
    care.live_for(Duration::MINUTE).await;
    for minute in 0..60 {
        care.refused(FailureCode::InvalidX509Certificate).await;
        care.live_for(Duration::SECOND).await;
        assert_eq!(care.readings(), 2, "after {minute} minutes");
        care.live_for(Duration::SECOND * 59).await;
    }
    assert_eq!(care.ends().await, [FIRST_ENDS, SECOND_ENDS], "the next sign-in goes through");
    // The row that kept the others away is gone; what stays is read and watched daily.
    care.live_for(Duration::hours(3)).await;
    assert_eq!((care.readings(), care.jobs().await), (2, 2));
}

impl Care {
    /// How many jobs there are, however far away.
    async fn jobs(&self) -> usize {
        let far = self.world.ambient.now() + Duration::days(365);
        self.world.store.jobs().claim(100, far).await.unwrap().len()
    }
}

#[tokio::test]
async fn a_connection_without_an_address_is_never_read_again() {
    let care = Care::of(&[]).await;
    care.refused(FailureCode::InvalidX509Certificate).await;
    care.live_for(Duration::days(30)).await;
    assert_eq!(care.readings(), 0);
    assert_eq!(care.jobs().await, 1, "it is watched");
}

#[tokio::test]
async fn people_are_warned_four_times_and_once_each() {
    let care = Care::of(&[]).await;
    care.change(|connection| {
        connection.set_up_by = EmailAddress::parse("it@acme.example").ok();
        connection.saml_mut().unwrap().care.language = Language::Fr;
    })
    .await;
    care.supported_by("help@vendor.example").await;

    care.live_until(FIRST_ENDS - Duration::days(90) - Duration::SECOND).await;
    assert_eq!(care.warnings().await, []);
    care.live_for(Duration::SECOND).await;
    assert_eq!(care.warnings().await, [(90, FIRST_ENDS)]);
    care.live_until(FIRST_ENDS + Duration::days(200)).await;
    let wanted = [90, 30, 7, 1];
    assert_eq!(care.warnings().await, wanted.map(|days| (days, FIRST_ENDS)));
    let each = |days| {
        [
            ("it@acme.example".to_owned(), Language::Fr, days),
            ("help@vendor.example".into(), Language::En, days),
        ]
    };
    let mut mail = care.mail();
    mail.sort_by_key(|(to, language, days)| (u32::MAX - days, *language == Language::En, to.clone()));
    assert_eq!(mail, wanted.map(each).concat());
    assert_eq!(care.connection().await.updated_at, START, "nothing that anybody sees was changed");
}

#[tokio::test]
async fn members_who_want_it_are_warned_and_nobody_twice() {
    let care = Care::of(&[]).await;
    care.change(|connection| connection.set_up_by = EmailAddress::parse("it@acme.example").ok()).await;
    care.supported_by("help@vendor.example").await;
    let mut work = care.world.store.begin().await.unwrap();
    let team = work.teams().members(care.world.caller.environment.team_id).await.unwrap();
    for (address, notices) in [
        ("eve@vendor.example", Notices::of([Notice::CertificateExpiry])),
        ("bob@vendor.example", Notices::of([Notice::ConnectionLive])),
        ("help@vendor.example", Notices::of(Notice::ALL)),
        ("it@acme.example", Notices::of(Notice::ALL)),
    ] {
        let id = care.world.ambient.id(START);
        let email = EmailAddress::parse(address).unwrap();
        let member = Member { id, email, notices, ..team[0].clone() };
        work.accounts().insert_member(&member).await.unwrap();
    }
    work.commit().await.unwrap();
    care.live_until(FIRST_ENDS - Duration::days(89)).await;
    let mut told: Vec<_> = care.mail().into_iter().map(|(to, _, _)| to).collect();
    told.sort_unstable();
    assert_eq!(told, ["eve@vendor.example", "help@vendor.example", "it@acme.example"]);
}

#[tokio::test]
async fn whoever_is_named_as_contact_is_told_where_nobody_set_it_up() {
    let care = Care::of(&[]).await;
    let mut work = care.world.store.begin().await.unwrap();
    for address in ["a@acme.example", "b@acme.example"] {
        let contact = ItContact {
            id: care.world.ambient.id(START),
            environment_id: care.world.environment_id(),
            organization_id: care.world.organization.id,
            email: EmailAddress::parse(address).unwrap(),
            created_at: START,
            updated_at: START,
        };
        work.it_contacts().insert(&contact).await.unwrap();
    }
    work.commit().await.unwrap();
    care.live_until(FIRST_ENDS - Duration::days(89)).await;
    let wanted = ["a@acme.example", "b@acme.example"].map(|to| (to.to_owned(), Language::En, 90));
    assert_eq!(care.mail(), wanted);
}

#[tokio::test]
async fn an_admin_gets_the_link_to_renew_by_in_the_warning() {
    let care = Care::of(&[]).await;
    care.change(|connection| connection.set_up_by = EmailAddress::parse("it@acme.example").ok()).await;
    care.supported_by("help@vendor.example").await;
    care.live_until(FIRST_ENDS - Duration::days(30)).await;

    let letters = std::mem::take(&mut *care.postbox.0.lock().unwrap());
    let of = |message: &OutgoingMessage| match &message.content {
        OutgoingContent::Expiry { note, renewal_url, .. } => (note.renewal.clone(), renewal_url.clone()),
        other => panic!("{other:?}"),
    };
    let now = care.world.ambient.now();
    let mut admins = 0;
    for letter in letters.iter().filter(|letter| letter.created_at == now) {
        let (renewal, url) = of(letter);
        if letter.to.as_str() != "it@acme.example" {
            assert_eq!((renewal, url), (None, None), "the vendor makes its own links");
            continue;
        }
        admins += 1;
        assert_eq!(renewal.unwrap().expires_at, now + Duration::days(30));
        let url = url.unwrap();
        let (_, token) = url.split_once("/portal?token=").unwrap();
        let digest = PortalToken::parse(token).unwrap().digest();
        let mut work = care.world.store.begin().await.unwrap();
        let link = work.links().find_by_digest(&digest).await.unwrap().unwrap();
        assert_eq!((link.kind, &*link.intents), (LinkKind::Token, &[Intent::CertificateRenewal][..]));
        assert_eq!(link.admins, [EmailAddress::parse("it@acme.example").unwrap()]);
    }
    assert_eq!(admins, 1);
}

#[tokio::test]
async fn where_metadata_brings_the_next_certificate_a_warning_has_no_link() {
    let care = Care::published(&[FIRST.to_owned()]).await;
    care.change(|connection| connection.set_up_by = EmailAddress::parse("it@acme.example").ok()).await;
    care.live_until(FIRST_ENDS - Duration::days(89)).await;
    let letters = care.postbox.0.lock().unwrap();
    assert_eq!(letters.len(), 1);
    let OutgoingContent::Expiry { note, renewal_url, .. } = &letters[0].content else { panic!() };
    assert!(note.metadata_url.is_some());
    assert_eq!((&note.renewal, renewal_url), (&None, &None));
}

#[tokio::test]
async fn a_warning_is_given_once_however_often_its_job_runs() {
    let care = Care::of(&[]).await;
    care.live_until(FIRST_ENDS - Duration::days(90) - Duration::SECOND).await;
    care.world.clock.forward(Duration::SECOND);
    let forgetful = Worker {
        store: Arc::new(Forgetful(care.world.store.clone())),
        ambient: care.world.ambient.clone(),
        outbound: care.publisher.clone(),
        dns: Arc::new(SystemDns::new().unwrap()),
        saml: care.worker.saml.clone(),
        mailer: care.postbox.clone(),
        format: care.worker.format.clone(),
        schedule: RetrySchedule::default(),
    };
    // Two workers with the same job, and both die before they can say that it is done.
    let jobs = forgetful.claim().await.unwrap();
    let [job] = jobs.as_slice() else { panic!("{jobs:?}") };
    let (one, other) = tokio::join!(forgetful.run(job), forgetful.run(job));
    one.unwrap();
    other.unwrap();
    care.live_for(Duration::days(3)).await;
    assert_eq!(care.warnings().await, [(90, FIRST_ENDS)]);
}

#[tokio::test]
async fn a_better_certificate_ends_the_warnings_and_begins_its_own() {
    let care = Care::of(&[]).await;
    care.live_until(FIRST_ENDS - Duration::days(40)).await;
    let command = AddIdpCertificateCommand {
        caller: care.world.caller.clone(),
        connection_id: care.connection,
        certificate: read(SECOND).signing_certificates[0].clone(),
    };
    care.world.run(AddIdpCertificate { ambient: care.world.ambient.clone() }, command).await.unwrap();
    assert_eq!(care.renewals().await, [SECOND_ENDS]);
    care.live_until(SECOND_ENDS - Duration::days(29)).await;
    assert_eq!(care.warnings().await, [(90, FIRST_ENDS), (90, SECOND_ENDS), (30, SECOND_ENDS)]);
}

#[tokio::test]
async fn a_certificate_that_ends_sooner_renews_nothing() {
    let care = Care::of(&[]).await;
    let command = AddIdpCertificateCommand {
        caller: care.world.caller.clone(),
        connection_id: care.connection,
        certificate: certificate(9),
    };
    care.world.run(AddIdpCertificate { ambient: care.world.ambient.clone() }, command).await.unwrap();
    assert!(care.renewals().await.is_empty());
}

#[tokio::test]
async fn nobody_is_warned_of_a_connection_that_is_off() {
    let care = Care::of(&[]).await;
    care.change(|connection| connection.state = ConnectionState::Inactive).await;
    care.live_until(FIRST_ENDS - Duration::days(20)).await;
    assert_eq!(care.warnings().await, []);
    care.change(|connection| connection.state = ConnectionState::Active).await;
    care.live_for(Duration::days(1)).await;
    assert_eq!(care.warnings().await.len(), 1, "once it is on again");
}

#[tokio::test]
async fn the_jobs_of_a_connection_go_with_it() {
    let care = Care::published(&[FIRST.to_owned()]).await;
    care.live_for(Duration::days(2)).await;
    let command =
        DeleteConnectionCommand { caller: care.world.caller.clone(), connection_id: care.connection };
    care.world.run(DeleteConnection { ambient: care.world.ambient.clone() }, command).await.unwrap();
    let readings = care.readings();
    care.live_for(Duration::days(3)).await;
    assert_eq!((care.readings(), care.jobs().await), (readings, 0));
}

/// Gives the connection pairs of ours that end at some instants.
async fn with_keys(care: &Care, pairs: [(SpKeyPlace, Instant); 2]) {
    for (place, ends) in pairs {
        let order = KeyPairRequest {
            common_name: "sp".to_owned(),
            not_before: START - Duration::days(1),
            not_after: ends,
        };
        let command = AddSpKeyCommand {
            caller: care.world.caller.clone(),
            connection_id: care.connection,
            place,
            pair: SamlAdapter::new().generate_key_pair(&order).unwrap().into(),
        };
        care.world.run(AddSpKey { ambient: care.world.ambient.clone() }, command).await.unwrap();
    }
}

#[tokio::test]
async fn what_follows_a_certificate_of_ours_is_there_before_it_ends() {
    let care = Care::of(&[]).await;
    let (signing, encryption) = (START + Duration::days(120), START + Duration::days(200));
    with_keys(&care, [(SpKeyPlace::Signing, signing), (SpKeyPlace::Encryption, encryption)]).await;
    let pairs = async || {
        let connection = care.connection().await;
        let saml = connection.saml().unwrap();
        let ends = |pair: &SpKeyPair| pair.certificate.not_after;
        let first = saml.signing_key.as_ref().map(ends);
        (first, saml.next_signing_key.as_ref().map(|next| ends(next) > signing), saml.encryption_keys.len())
    };
    care.live_until(signing - Duration::days(90) - Duration::SECOND).await;
    assert_eq!(pairs().await, (Some(signing), None, 1));
    care.live_until(signing - Duration::days(89)).await;
    assert_eq!(pairs().await, (Some(signing), Some(true), 1), "it is not used by itself");
    care.live_until(encryption - Duration::days(80)).await;
    assert_eq!(pairs().await, (Some(signing), Some(true), 2), "and each once");
}

#[tokio::test]
async fn people_are_warned_of_our_own_certificates_too() {
    let care = Care::of(&[]).await;
    let (signing, encryption) = (START + Duration::days(120), START + Duration::days(200));
    with_keys(&care, [(SpKeyPlace::Signing, signing), (SpKeyPlace::Encryption, encryption)]).await;
    care.change(|connection| connection.set_up_by = EmailAddress::parse("anna@acme.example").ok()).await;
    care.live_until(encryption - Duration::days(29)).await;
    let told = |fact: Fact| match fact {
        Fact::SamlCertificateRenewalRequired(told) => Some((told.of, days_left(told.expires_at, told.at))),
        _ => None,
    };
    let told: Vec<_> = care.world.events().await.into_iter().filter_map(|event| told(event.fact)).collect();
    let (signing, encryption) = (CertificateUse::RequestSigning, CertificateUse::ResponseEncryption);
    assert_eq!(
        told,
        [(signing, 90), (signing, 30), (encryption, 90), (signing, 7), (signing, 1), (encryption, 30)]
    );
    let letters = care.postbox.0.lock().unwrap();
    let note = |message: &OutgoingMessage| match &message.content {
        OutgoingContent::Expiry { note, renewal_url, .. } => {
            (note.of, note.metadata_url.clone(), renewal_url.is_some())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(letters.len(), told.len(), "the admin hears of each");
    let (of, ours, linked) = note(&letters[0]);
    assert_eq!((of, linked), (signing, true), "one switches by a link");
    let encryption_letter = letters.iter().map(note).find(|(of, ..)| *of == encryption);
    assert!(!encryption_letter.unwrap().2, "nobody switches what is encrypted to");
    assert!(ours.unwrap().as_str().ends_with("/metadata"), "where the provider finds the next one");
}
