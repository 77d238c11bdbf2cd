//! The way of a sign-in: what is written down, what the app gets, what is refused and told.
//!
//! The provider's answers are scripted at the port: how a message is judged is the adapters'
//! promise and is tested there on real ones.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use time::Duration;
use vestibule_application::ports::oidc_sign_in::{
    OidcExchangeOrder, OidcJudgement, OidcRequest, OidcRequestOrder, OidcSignIn,
};
use vestibule_application::ports::saml_sign_in::{
    OpenedResponse, SAML_CHECKS, SamlAccepted, SamlExpectation, SamlJudgement, SamlRequest, SamlRequestError,
    SamlRequestOrder, SamlSignIn, SamlTravel, SamlUnreadable,
};
use vestibule_application::ports::store::{ConnectionSelector, SsoSessionFilter, SsoSessionLine, Store as _};
use vestibule_application::sign_in::{
    Browser, Departure, Landing, PublicProviders, SamlAnswer, SignIns, UNSOLICITED_MESSAGE_BYTES_MAX, Wishes,
    request_id,
};
use vestibule_application::usecases::create_connection::{
    CreateConnection, CreateConnectionCommand, CreatedConnection, NewOptions, NewSamlOptions,
};
use vestibule_application::usecases::exchange_code::{ExchangeCode, ExchangeCodeCommand, ExchangeCodeError};
use vestibule_application::usecases::set_redirect_uris::{SetRedirectUris, SetRedirectUrisCommand};
use vestibule_application::usecases::start_sign_in::{StartSignIn, StartSignInCommand};
use vestibule_domain::Instant;
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::connection::Connection;
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::id::SsoSessionId;
use vestibule_domain::sso::asserted::{Asserted, AssertedAttribute};
use vestibule_domain::sso::authorization::{AUTHORIZATION_CODE_LIFE, Authorization, AuthorizationCode};
use vestibule_domain::sso::check::{Check, CheckName};
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_domain::sso::session::{
    CodeRefused, Exchanger, Origin, SSO_SESSION_TIMEOUT, SsoSession, SsoSessionState, Standing,
};

use crate::world::{START, World, everything, identity_provider};

const APP: &str = "https://app.example/callback";

/// A provider whose next answer says what it is told to, and whose message is its request's id.
#[derive(Default)]
pub(crate) struct Scripted {
    pub(crate) email: Mutex<String>,
    assertion: Mutex<String>,
    /// What the last answer was judged with.
    pub(crate) trusted: Arc<Mutex<Vec<Certificate>>>,
}

impl SamlSignIn for Scripted {
    fn request(&self, order: &SamlRequestOrder<'_>) -> Result<SamlRequest, SamlRequestError> {
        let travel = SamlTravel::Redirect { url: order.endpoint.url.as_str().to_owned() };
        Ok(SamlRequest { xml: order.id.to_owned(), travel })
    }

    fn decode(&self, posted: &str) -> Result<String, SamlUnreadable> {
        match posted.strip_prefix('%') {
            Some(_) => Err(SamlUnreadable { message: "cannot be decoded".into() }),
            None => Ok(posted.to_owned()),
        }
    }

    fn open<'x>(&self, xml: &'x str) -> Result<Box<dyn OpenedResponse + 'x>, SamlUnreadable> {
        let claimed = xml.lines().next().filter(|id| !id.is_empty());
        Ok(Box::new(Opened {
            claimed,
            email: self.email.lock().unwrap().clone(),
            assertion: self.assertion.lock().unwrap().clone(),
            trusted: Arc::clone(&self.trusted),
        }))
    }
}

/// An answer of [`Scripted`].
struct Opened<'x> {
    claimed: Option<&'x str>,
    email: String,
    assertion: String,
    trusted: Arc<Mutex<Vec<Certificate>>>,
}

impl OpenedResponse for Opened<'_> {
    fn in_response_to(&self) -> Option<&str> {
        self.claimed
    }

    fn judge(&self, expectation: &SamlExpectation<'_>) -> SamlJudgement {
        *self.trusted.lock().unwrap() = expectation.certificates.iter().copied().cloned().collect();
        let mut checks: Vec<Check> = SAML_CHECKS.map(|name| Check::passed(name, "fine")).into();
        let outcome = if self.claimed == expectation.in_response_to {
            Ok(SamlAccepted {
                asserted: Asserted {
                    subject: "ada".into(),
                    subject_format: None,
                    session_index: None,
                    attributes: vec![AssertedAttribute {
                        name: "email".into(),
                        friendly_name: None,
                        values: vec![self.email.clone()],
                    }],
                },
                assertion_id: self.assertion.clone(),
                expires_at: expectation.now + Duration::minutes(5),
                session_not_on_or_after: None,
            })
        } else {
            checks[2] = Check::failed(CheckName::Request, "none", "another");
            let message = "The response answers another request.".to_owned();
            Err(Failure { code: FailureCode::StateMismatch, check: CheckName::Request, message })
        };
        SamlJudgement { checks, outcome, decrypted: None, message_certificates: Vec::new(), signed_by: None }
    }
}

struct NoOidc;

#[async_trait]
impl OidcSignIn for NoOidc {
    fn begin(&self, _: &OidcRequestOrder<'_>) -> OidcRequest {
        unreachable!("no connection here speaks it")
    }

    async fn finish(&self, _: &OidcExchangeOrder<'_>) -> OidcJudgement {
        unreachable!("no connection here speaks it")
    }
}

/// An organization with an active connection and a verified domain, and a provider to play.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) connection: Connection,
    pub(crate) provider: Arc<Scripted>,
    pub(crate) sign_ins: SignIns,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let world = World::new().await;
        world.with_verified_domain().await;
        let options = NewSamlOptions {
            idp: identity_provider(&[1]),
            metadata_url: None,
            acs_url: None,
            sp_entity_id: None,
            signing_key: None,
            encryption_keys: Vec::new(),
        };
        let command = CreateConnectionCommand {
            caller: world.caller.clone(),
            organization_id: world.organization.id,
            connection_type: ConnectionType::GenericSaml,
            name: None,
            external_id: None,
            attribute_map: AttributeMap::default(),
            options: NewOptions::Saml(Box::new(options)),
        };
        let made = world.run(CreateConnection { ambient: world.ambient.clone() }, command).await.unwrap();
        let CreatedConnection::New(view) = made else { panic!("{made:?}") };
        let command = SetRedirectUrisCommand {
            actor: world.caller.actor.clone(),
            environment_id: world.environment_id(),
            remove: Vec::new(),
            register: vec![APP.into()],
            first: None,
            made_from: None,
        };
        world.run(SetRedirectUris { ambient: world.ambient.clone() }, command).await.unwrap();
        let provider = Arc::new(Scripted::default());
        *provider.email.lock().unwrap() = "ada@acme.example".into();
        let sign_ins = SignIns {
            ambient: world.ambient.clone(),
            saml: provider.clone(),
            oidc: Arc::new(NoOidc),
            public_providers: Arc::new(PublicProviders::published().unwrap()),
            test_oidc: Arc::new(NoOidc),
        };
        Self { world, connection: view.connection, provider, sign_ins }
    }

    pub(crate) async fn depart(&self, origin: Origin) -> SsoSession {
        let asked =
            Authorization { redirect_uri: APP.into(), state: Some("s&1".into()), code_challenge: None };
        let asked = (origin == Origin::ServiceProvider).then_some(asked);
        let departed =
            self.sign_ins.depart(&self.connection, origin, asked, &Wishes::default(), Browser::default());
        let Departure { session, .. } = departed.unwrap();
        let command = StartSignInCommand { session: session.clone(), listened: true };
        self.world.run(StartSignIn { ambient: self.world.ambient.clone() }, command).await.unwrap();
        session
    }

    /// Posts an answer to a request, with an assertion of its own.
    pub(crate) async fn answer(&self, request: &str, assertion: &str) -> Landing {
        assertion.clone_into(&mut self.provider.assertion.lock().unwrap());
        let answer = SamlAnswer {
            connection_id: self.connection.id,
            response: request.to_owned(),
            relay_state: None,
            browser: Browser::default(),
        };
        self.sign_ins.arrive_by_saml(&*self.world.store, answer).await.unwrap().unwrap()
    }

    async fn exchange(&self, code: &AuthorizationCode) -> Result<(), CodeRefused> {
        let queries = self.world.store.queries();
        let found = queries.sign_in_exchange(self.world.environment_id(), code.session()).await.unwrap();
        let Some(found) = found else { return Err(CodeRefused::Unknown) };
        let command = ExchangeCodeCommand {
            session: found.session,
            email: found.profile.person.email.clone(),
            digest: code.digest(),
            exchanger: Exchanger::Confidential,
            verifier: None,
            listened: false,
        };
        match self.world.run(ExchangeCode { ambient: self.world.ambient.clone() }, command).await {
            Ok(profile) => {
                assert_eq!(profile, found.profile.id);
                Ok(())
            }
            Err(ExchangeCodeError::Code(refused)) => Err(refused),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn session(&self, id: SsoSessionId) -> SsoSession {
        self.world.store.queries().sso_session(self.world.environment_id(), id).await.unwrap().unwrap()
    }

    async fn log(&self) -> Vec<SsoSessionLine> {
        let filter = SsoSessionFilter {
            email_prefix: None,
            connection_id: Some(self.connection.id),
            organization_id: None,
            standing: None,
            origin: None,
            failure: None,
            email: None,
            from: None,
            until: None,
            now: self.now(),
        };
        let page =
            self.world.store.queries().sso_sessions(self.world.environment_id(), &filter, everything());
        page.await.unwrap().items
    }

    pub(crate) fn now(&self) -> Instant {
        self.world.ambient.now()
    }

    pub(crate) async fn change(&self, change: impl FnOnce(Connection) -> Connection) {
        let mut work = self.world.store.begin().await.unwrap();
        assert!(work.connections().update(&change(self.connection.clone())).await.unwrap());
        work.commit().await.unwrap();
    }
}

fn code_of(landing: &Landing) -> AuthorizationCode {
    let Landing::App { parameters, .. } = landing else { panic!("{landing:?}") };
    let (name, code) = &parameters[0];
    assert_eq!(*name, "code", "{landing:?}");
    AuthorizationCode::parse(code).unwrap()
}

fn error_of(landing: &Landing) -> &str {
    let Landing::App { parameters, .. } = landing else { panic!("{landing:?}") };
    let (name, error) = &parameters[0];
    assert_eq!(*name, "error", "{landing:?}");
    error
}

fn stranded(landing: Landing) -> FailureCode {
    let Landing::Stranded { failure, .. } = landing else { panic!("{landing:?}") };
    failure.code
}

#[tokio::test]
async fn a_sign_in_yields_a_code_that_works_once() {
    let stage = Stage::set().await;
    let session = stage.depart(Origin::ServiceProvider).await;
    let landing = stage.answer(&request_id(session.id), "a1").await;
    let Landing::App { redirect_uri, parameters } = &landing else { panic!("{landing:?}") };
    assert_eq!((redirect_uri.as_str(), &parameters[1]), (APP, &("state", "s&1".to_owned())));
    let code = code_of(&landing);
    assert!(matches!(stage.session(session.id).await.state, SsoSessionState::Authorized { .. }));
    assert_eq!(stage.exchange(&code).await, Ok(()));
    assert_eq!(stage.exchange(&code).await, Err(CodeRefused::Unknown));
    assert_eq!(stage.session(session.id).await.standing(stage.now()), Standing::Success);
    let names: Vec<_> =
        stage.session(session.id).await.record.checks.iter().map(|check| check.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    assert!(
        names.contains(&CheckName::Fresh) && names.ends_with(&[CheckName::Attributes, CheckName::Domain])
    );
}

#[tokio::test]
async fn a_code_is_worth_nothing_when_its_time_is_over() {
    let stage = Stage::set().await;
    let session = stage.depart(Origin::ServiceProvider).await;
    let code = code_of(&stage.answer(&request_id(session.id), "a1").await);
    stage.world.clock.forward(AUTHORIZATION_CODE_LIFE);
    assert_eq!(stage.exchange(&code).await, Err(CodeRefused::Expired));
    assert_eq!(stage.session(session.id).await.standing(stage.now()), Standing::TimedOut);
}

#[tokio::test]
async fn an_attempt_takes_one_answer_and_an_assertion_is_used_once() {
    let stage = Stage::set().await;
    let first = stage.depart(Origin::ServiceProvider).await;
    let _ = code_of(&stage.answer(&request_id(first.id), "a1").await);
    // The same answer again: its attempt is over.
    assert_eq!(stranded(stage.answer(&request_id(first.id), "a2").await), FailureCode::StateMismatch);
    // The same assertion for another attempt.
    let second = stage.depart(Origin::ServiceProvider).await;
    assert_eq!(error_of(&stage.answer(&request_id(second.id), "a1").await), "server_error");
    let record = stage.session(second.id).await.record;
    let fresh = record.checks.iter().find(|check| check.name == CheckName::Fresh).unwrap();
    assert_eq!(fresh.outcome.as_str(), "failed");
    let standings: Vec<_> = stage.log().await.iter().map(|line| line.standing.as_str()).collect();
    assert_eq!(standings, ["in_progress", "failed", "failed"], "every refusal leaves a row");
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_refused() {
    let stage = Stage::set().await;
    let session = stage.depart(Origin::ServiceProvider).await;
    stage.world.clock.forward(SSO_SESSION_TIMEOUT);
    assert_eq!(stranded(stage.answer(&request_id(session.id), "a1").await), FailureCode::StateMismatch);
}

#[tokio::test]
async fn a_person_of_another_domain_is_not_let_in() {
    let stage = Stage::set().await;
    *stage.provider.email.lock().unwrap() = "eve@elsewhere.example".into();
    let session = stage.depart(Origin::ServiceProvider).await;
    let landing = stage.answer(&request_id(session.id), "a1").await;
    assert_eq!(error_of(&landing), "profile_not_allowed_outside_organization");
    let record = stage.session(session.id).await.record;
    let check = record.checks.last().unwrap();
    assert_eq!(
        (check.expected.as_deref(), check.received.as_deref()),
        (Some("acme.example"), Some("elsewhere.example"))
    );
}

#[tokio::test]
async fn a_connection_that_was_switched_off_meanwhile_lets_nobody_in() {
    let stage = Stage::set().await;
    let session = stage.depart(Origin::ServiceProvider).await;
    stage.change(|connection| connection.deactivated(START)).await;
    assert_eq!(error_of(&stage.answer(&request_id(session.id), "a1").await), "access_denied");
}

#[tokio::test]
async fn a_sign_in_may_begin_at_the_provider_unless_the_connection_says_otherwise() {
    let stage = Stage::set().await;
    let landing = stage.answer("", "a1").await;
    let Landing::App { redirect_uri, .. } = &landing else { panic!("{landing:?}") };
    assert_eq!(redirect_uri, APP);
    assert_eq!(stage.exchange(&code_of(&landing)).await, Ok(()));
    stage
        .change(|mut connection| {
            connection.saml_mut().unwrap().options.idp_initiated = false;
            connection
        })
        .await;
    assert_eq!(error_of(&stage.answer("", "a2").await), "idp_initiated_sso_disabled");
}

#[tokio::test]
async fn a_response_to_a_request_of_somebody_else_goes_nowhere() {
    let stage = Stage::set().await;
    for claimed in ["_elsewhere", "_sess_01KAJAFKSRSESS000000000000"] {
        assert_eq!(stranded(stage.answer(claimed, "a1").await), FailureCode::StateMismatch, "{claimed}");
    }
}

#[tokio::test]
async fn little_is_kept_of_a_message_that_nobody_waited_for() {
    let stage = Stage::set().await;
    let long = |first: &str| format!("{first}\n{}", "x".repeat(2 * UNSOLICITED_MESSAGE_BYTES_MAX));
    stage.answer(&long("_elsewhere"), "a1").await;
    let id = stage.log().await[0].id;
    assert_eq!(stage.session(id).await.record.messages[0].text.len(), UNSOLICITED_MESSAGE_BYTES_MAX);
    let session = stage.depart(Origin::ServiceProvider).await;
    stage.answer(&long(&request_id(session.id)), "a2").await;
    let kept = stage.session(session.id).await.record.messages;
    assert!(kept[1].text.len() > 2 * UNSOLICITED_MESSAGE_BYTES_MAX);
}

#[tokio::test]
async fn what_cannot_be_decoded_is_kept_as_it_was_posted() {
    let stage = Stage::set().await;
    assert_eq!(stranded(stage.answer("%%%", "a1").await), FailureCode::MalformedSamlResponse);
    let id = stage.log().await[0].id;
    assert_eq!(stage.session(id).await.record.messages[0].text, "%%%");
}

#[tokio::test]
async fn a_test_shows_everything_and_yields_nothing() {
    let stage = Stage::set().await;
    stage.change(|connection| connection.deactivated(START)).await;
    let session = stage.depart(Origin::Test).await;
    let landing = stage.answer(&request_id(session.id), "a1").await;
    assert_eq!(landing, Landing::Test { session: session.id, environment: session.environment_id });
    let ended = stage.session(session.id).await;
    assert_eq!((ended.standing(stage.now()), ended.code), (Standing::Success, None));
    assert_eq!(ended.record.person.unwrap().email, "ada@acme.example");
    assert!(stage.world.event_names().await.iter().all(|name| !name.starts_with("authentication.")));
}

#[tokio::test]
async fn a_profile_stays_the_same_for_a_person_of_a_connection() {
    let stage = Stage::set().await;
    let mut ids = Vec::new();
    for (assertion, email) in [("a1", "ada@acme.example"), ("a2", "byron@acme.example")] {
        *stage.provider.email.lock().unwrap() = email.into();
        let session = stage.depart(Origin::ServiceProvider).await;
        let code = code_of(&stage.answer(&request_id(session.id), assertion).await);
        let queries = stage.world.store.queries();
        let found =
            queries.sign_in_exchange(stage.world.environment_id(), code.session()).await.unwrap().unwrap();
        assert_eq!(found.profile.person.email, email);
        ids.push(found.profile.id);
    }
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_sign_in_begins_in_its_own_environment_alone() {
    let stage = Stage::set().await;
    let queries = stage.world.store.queries();
    let client = stage.world.caller.environment.client_id;
    let selector = ConnectionSelector::Organization(stage.world.organization.id);
    let desk = queries.sign_in_desk(client, selector).await.unwrap().unwrap();
    assert_eq!(desk.found.unwrap().id, stage.connection.id);
    let session = stage.depart(Origin::ServiceProvider).await;
    let code = code_of(&stage.answer(&request_id(session.id), "a1").await);
    let stranger = stage.world.stranger().environment_id();
    assert_eq!(queries.sign_in_exchange(stranger, code.session()).await.unwrap(), None);
}
