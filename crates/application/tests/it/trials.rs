//! Tests of what is not saved yet: judged as it would be, and nothing of it kept but the report.

use time::Duration;
use vestibule_application::ports::store::Store as _;
use vestibule_application::sign_in::{Browser, Departure, Landing, request_id};
use vestibule_application::usecases::start_test::{StartTest, StartTestCommand};
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::{Connection, ProtocolSettings};
use vestibule_domain::saml::{IdpCertificate, SamlSettings};
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::{SSO_SESSION_TIMEOUT, SSO_TEST_TIMEOUT, SsoSession, Standing};
use vestibule_domain::sso::trial::{Trial, TrialOf};

use crate::sign_ins::Stage;
use crate::world::{START, certificate};

impl Stage {
    /// What waits to be saved: other certificates than the connection's.
    fn other_certificates(&self, of: TrialOf) -> Trial {
        let kept = self.connection.saml().unwrap();
        let mut idp = kept.idp.clone().unwrap();
        let other = |n| IdpCertificate {
            id: self.world.ambient.id(START),
            certificate: certificate(n),
            added_at: START,
        };
        idp.signing_certificates = [2, 3].map(other).into();
        let settings = SamlSettings { idp: Some(idp), ..kept.clone() };
        Trial {
            of,
            settings: ProtocolSettings::Saml(Box::new(settings)),
            attribute_map: AttributeMap::default(),
        }
    }

    async fn depart_for(&self, trial: Option<Trial>) -> SsoSession {
        let departed = self.sign_ins.depart_for_test(&self.connection, trial, Browser::default());
        let Departure { session, .. } = departed.unwrap();
        let actor = self.world.caller.actor.clone();
        let command = StartTestCommand { session: session.clone(), actor };
        self.world.run(StartTest { ambient: self.world.ambient.clone() }, command).await.unwrap();
        session
    }

    async fn kept(&self) -> Connection {
        let queries = self.world.store.queries();
        queries.connection(self.world.environment_id(), self.connection.id).await.unwrap().unwrap().connection
    }
}

#[tokio::test]
async fn what_is_tried_is_judged_by_and_nothing_of_it_is_saved() {
    let stage = Stage::set().await;
    // Before anybody else may sign in.
    stage.change(|connection| connection.deactivated(START)).await;
    let before = stage.kept().await;
    let session = stage.depart_for(Some(stage.other_certificates(TrialOf::Certificates))).await;
    let landing = stage.answer(&request_id(session.id), "a1").await;
    assert_eq!(landing, Landing::Test { session: session.id, environment: session.environment_id });
    assert_eq!(*stage.provider.trusted.lock().unwrap(), [certificate(2), certificate(3)]);

    let ended = stage.session(session.id).await;
    assert_eq!((ended.standing(stage.now()), ended.code), (Standing::Success, None));
    assert_eq!(ended.record.person.unwrap().email, "ada@acme.example");
    assert_eq!(ended.trial.unwrap().of, TrialOf::Certificates);
    assert_eq!(stage.kept().await, before);
}

#[tokio::test]
async fn a_test_without_a_trial_is_judged_by_what_is_saved() {
    let stage = Stage::set().await;
    let session = stage.depart_for(None).await;
    stage.answer(&request_id(session.id), "a1").await;
    assert_eq!(*stage.provider.trusted.lock().unwrap(), [certificate(1)]);
    assert_eq!(stage.session(session.id).await.trial, None);
}

#[tokio::test]
async fn the_attributes_of_a_trial_are_read_by_its_map() {
    let stage = Stage::set().await;
    let mut trial = stage.other_certificates(TrialOf::Connection);
    trial.attribute_map.email = Some("somewhere else".into());
    let session = stage.depart_for(Some(trial)).await;
    stage.answer(&request_id(session.id), "a1").await;
    let ended = stage.session(session.id).await;
    let failure = ended.state.failure().unwrap();
    assert_eq!((failure.code, failure.check), (FailureCode::InvalidAttributes, CheckName::Attributes));
}

#[tokio::test]
async fn a_trial_that_fails_says_why_and_a_second_answer_changes_nothing() {
    let stage = Stage::set().await;
    "mallory@elsewhere.example".clone_into(&mut stage.provider.email.lock().unwrap());
    let session = stage.depart_for(Some(stage.other_certificates(TrialOf::Connection))).await;
    stage.answer(&request_id(session.id), "a1").await;
    let ended = stage.session(session.id).await;
    let outside = FailureCode::ProfileNotAllowedOutsideOrganization;
    assert_eq!(ended.state.failure().map(|failure| failure.code), Some(outside));

    "ada@acme.example".clone_into(&mut stage.provider.email.lock().unwrap());
    let again = stage.answer(&request_id(session.id), "a2").await;
    assert!(!matches!(again, Landing::App { .. }), "{again:?}");
    assert_eq!(stage.session(session.id).await, ended);
}

#[tokio::test]
async fn a_trial_waits_longer_than_a_sign_in_and_not_for_ever() {
    for (after, standing) in
        [(SSO_SESSION_TIMEOUT + Duration::SECOND, Standing::Success), (SSO_TEST_TIMEOUT, Standing::TimedOut)]
    {
        let stage = Stage::set().await;
        let session = stage.depart_for(Some(stage.other_certificates(TrialOf::Connection))).await;
        stage.world.clock.forward(after);
        stage.answer(&request_id(session.id), "a1").await;
        assert_eq!(stage.session(session.id).await.standing(stage.now()), standing, "after {after}");
    }
}

#[tokio::test]
async fn the_trail_says_what_was_tried_and_nobody_else_is_told() {
    let stage = Stage::set().await;
    let events = stage.world.event_names().await;
    let session = stage.depart_for(Some(stage.other_certificates(TrialOf::SigningKey))).await;
    stage.answer(&request_id(session.id), "a1").await;
    assert_eq!(stage.world.event_names().await, events);
    let [entry] = <[_; 1]>::try_from(stage.world.audited(AuditAction::TestSignInStarted).await).unwrap();
    let told = [("sso_session_id", session.id.to_string()), ("not_saved", "signing_key".to_owned())];
    assert_eq!(entry.details, told.map(|(name, value)| (name.to_owned(), value)));
}
